//! Addresses of the web, also with host names that are not ASCII. The Unicode tables that `url` would bring for the rare forms of
//! such names are 115 kB.

use idna::punycode;
use url::{Host, ParseError, Url};

/// What stands between labels, also as Chinese and Japanese keyboards write it.
const DOTS: [char; 4] = ['.', '。', '．', '｡'];
/// Distance of a full-width character from its ASCII form.
const FULL_WIDTH: u32 = '！' as u32 - '!' as u32;

/// Reads an address.
///
/// # Errors
/// When it is not one.
pub fn parse_url(text: &str) -> Result<Url, ParseError> {
    let Some((scheme, rest)) = text.split_once("://") else { return Url::parse(text) };
    let (authority, path) = rest.split_at(rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len()));
    let (login, host) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
    if host.is_ascii() {
        return Url::parse(text);
    }
    let (name, port) = host.split_at(host.rfind(':').unwrap_or(host.len()));
    Url::parse(&format!("{scheme}://{login}{}{port}{path}", ascii(name)?))
}

/// Reads the name of a host.
///
/// # Errors
/// When it is not one.
pub fn parse_host(text: &str) -> Result<Host, ParseError> {
    if text.is_ascii() { Host::parse(text) } else { Host::parse(&ascii(text)?) }
}

/// The form of a name that DNS knows. Combining characters are refused: composed, the name would be another one.
fn ascii(name: &str) -> Result<String, ParseError> {
    let labels = name.split(DOTS).map(|label| {
        let label: String = label.chars().map(narrow).flat_map(char::to_lowercase).collect();
        if label.is_ascii() {
            return Ok(label);
        }
        let is_whole = label.chars().all(|character| character.is_alphanumeric() || character == '-');
        let encoded = if is_whole { punycode::encode_str(&label) } else { None };
        encoded.map(|encoded| format!("xn--{encoded}")).ok_or(ParseError::IdnaError)
    });
    Ok(labels.collect::<Result<Vec<_>, _>>()?.join("."))
}

fn narrow(character: char) -> char {
    match character {
        '！'..='～' => char::from_u32(character as u32 - FULL_WIDTH).unwrap_or(character),
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_every_script_are_those_of_dns() {
        let cases = [
            ("https://代码.公司", "https://xn--mnq551h.xn--55qx5d/"),
            (
                "https://u:p@代码。公司:8443/组?a=b@c",
                "https://u:p@xn--mnq551h.xn--55qx5d:8443/%E7%BB%84?a=b@c",
            ),
            ("http://ｅxample．com:80", "http://example.com/"),
            ("https://BÜCHER.example#ü", "https://xn--bcher-kva.example/#%C3%BC"),
            ("https://faß.de", "https://xn--fa-hia.de/"),
            ("https://例え.テスト", "https://xn--r8jz45g.xn--zckzah/"),
            ("https://пример.испытание", "https://xn--e1afmkfd.xn--80akhbyknj4f/"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example/"),
            ("https://EXAMPLE.com/组", "https://example.com/%E7%BB%84"),
            ("https://[::1]:8080/", "https://[::1]:8080/"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_url(text).as_ref().map(Url::as_str), Ok(expected), "{text}");
        }
        // Decomposed, invisible, not a letter.
        for bad in ["https://bu\u{308}cher.example", "https://a\u{200b}b", "https://☃.example"] {
            assert!(parse_url(bad).is_err(), "{bad}");
        }
        assert_eq!(parse_host("代码.公司"), Ok(Host::Domain("xn--mnq551h.xn--55qx5d".to_owned())));
    }
}
