//! The signature of requests, against a second implementation, written from the description of the algorithm alone.

use codearts_gate::auth::signing::{Signable, matches, sign};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

/// An input is lines: the method and the path; then `?name=value`, `name:value` or `!value`, which are parts of the query, headers,
/// and the keys and the date in their order; the body behind an empty line.
pub fn signing(input: &[u8]) {
    let (head, body) = match input.windows(2).position(|pair| pair == b"\n\n") {
        Some(end) => (&input[..end], &input[end + 2..]),
        None => (input, &b""[..]),
    };
    let Ok(head) = str::from_utf8(head) else { return };
    let mut lines = head.split('\n');
    let (method, path) = lines.next().and_then(|line| line.split_once(' ')).unwrap_or_default();
    let (mut query, mut headers, mut keys) = (Vec::new(), Vec::<(String, String)>::new(), Vec::new());
    for line in lines {
        if let Some(parameter) = line.strip_prefix('?') {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            query.push((name.to_owned(), value.to_owned()));
        } else if let Some(key) = line.strip_prefix('!') {
            keys.push(key);
        } else if let Some((name, value)) = line.split_once(':') {
            // HTTP has no other names; each once, as a map of headers has it.
            let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            let is_new = headers.iter().all(|(known, _)| !known.eq_ignore_ascii_case(name));
            if is_name && is_new {
                headers.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    let mut keys = keys.into_iter();
    let [access_key, secret_key, date] = [(); 3].map(|()| keys.next().unwrap_or_default());
    let request = Signable { method, path, query: &query, headers: &headers, body };
    let signed = sign(&request, access_key, secret_key, date);
    assert_eq!(signed.authorization, second(&request, access_key, secret_key, date));
    assert!(matches(secret_key, &signed.string_to_sign, &signed.signature));
    assert!(!matches(secret_key, &format!("{}.", signed.string_to_sign), &signed.signature));
}

/// Every byte but the unreserved ones, as `%XX`.
fn escape(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        if b"-._~".contains(byte) || byte.is_ascii_alphanumeric() {
            text.push(char::from(*byte));
        } else {
            text += &format!("%{byte:02X}");
        }
    }
    text
}

/// The bytes that a text with `%XX` stands for.
fn unescape(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, others)) = rest.split_first() {
        let code =
            others.get(..2).filter(|digits| *first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        match code {
            Some(digits) => {
                let digits = str::from_utf8(digits).expect("ASCII");
                bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
                rest = &others[2..];
            }
            None => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    bytes
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn second(request: &Signable<'_>, access_key: &str, secret_key: &str, date: &str) -> String {
    let path = String::from_utf8_lossy(&unescape(request.path)).into_owned();
    let mut uri = path.split('/').map(|part| escape(part.as_bytes())).collect::<Vec<_>>().join("/");
    if !uri.ends_with('/') {
        uri += "/";
    }
    let mut query = request.query.to_vec();
    query.sort();
    let query: Vec<String> =
        query.iter().map(|(name, value)| escape(name.as_bytes()) + "=" + &escape(value.as_bytes())).collect();
    let mut headers: Vec<(String, &str)> = Vec::new();
    for (name, value) in request.headers {
        if !name.contains('_') {
            headers.push((name.to_lowercase(), value.trim()));
        }
    }
    headers.sort_by(|one, other| one.0.cmp(&other.0));
    let mut block = String::new();
    for (name, value) in &headers {
        block += name;
        block += ":";
        block += value;
        block += "\n";
    }
    let signed: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    let announced = request.headers.iter().find(|(name, _)| name.to_lowercase() == "x-sdk-content-sha256");
    let payload = match announced {
        Some((_, value)) if !request.body.is_empty() => value.clone(),
        _ => hex_of(&Sha256::digest(request.body)),
    };
    let canonical = [request.method, &uri, &query.join("&"), &block, &signed.join(";"), &payload].join("\n");
    let to_sign = format!("SDK-HMAC-SHA256\n{date}\n{}", hex_of(&Sha256::digest(canonical)));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret_key.as_bytes()).expect("any key");
    mac.update(to_sign.as_bytes());
    let signature = hex_of(&mac.finalize().into_bytes());
    format!("SDK-HMAC-SHA256 Access={access_key}, SignedHeaders={}, Signature={signature}", signed.join(";"))
}
