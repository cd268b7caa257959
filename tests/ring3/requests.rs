//! Sends random requests exactly as the gate sends its own, for a judge that verifies signatures: `requests ADDRESS SEED NUMBER`.

use codearts_gate::auth::{AccessKeys, Authenticator, Credentials, Unsigned};
use codearts_gate::http::call::{Call, host_of, send};
use codearts_gate::http::{HttpClient, HttpSettings};
use codearts_gate::messages::Attempt;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use std::time::Duration;
use url::Url;

/// What texts are made of: everything that encoders treat differently.
const PIECES: [&str; 22] = [
    "a", "Z9", "-", ".", "_", "~", " ", "+", "%", "%2F", "%zz", "/", "?", "&", "=", "#", ",", ";", "\"",
    "演示", "é", "😀",
];
const METHODS: [Method; 4] = [Method::GET, Method::POST, Method::PUT, Method::DELETE];

fn text(random: &mut fastrand::Rng, least: usize) -> String {
    (0..random.usize(least..6)).map(|_| PIECES[random.usize(..PIECES.len())]).collect()
}

fn call(random: &mut fastrand::Rng) -> Call {
    let segments = (0..random.usize(1..5)).map(|_| {
        // Dots alone would be taken as relative paths.
        let segment = format!("x{}", text(random, 0));
        format!("/{}", utf8_percent_encode(&segment, NON_ALPHANUMERIC))
    });
    let path: String = segments.collect();
    let mut call = Call::get(Attempt::ReachService, path, &[]);
    call.method = METHODS[random.usize(..METHODS.len())].clone();
    for _ in 0..random.usize(..5) {
        // Few names, so that some repeat.
        let name = if random.bool() { "n".to_owned() } else { text(random, 1) };
        call.query.push((name, text(random, 0)));
    }
    if call.method != Method::GET && random.bool() {
        call.body = Some(text(random, 0).into());
    }
    call
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, address, seed, number] = arguments.as_slice() else {
        anyhow::bail!("requests ADDRESS SEED NUMBER")
    };
    let origin = Url::parse(address)?;
    let http = HttpClient::new(&HttpSettings { plain_only: true, ..HttpSettings::default() })?;
    let mut random = fastrand::Rng::with_seed(seed.parse()?);
    for _ in 0..number.parse::<u32>()? {
        let session = random.bool().then(|| "session-token".to_owned().into());
        let keys = AccessKeys {
            access_key: "SANDBOXACCESSKEY0001".to_owned(),
            secret_key: "sandbox-secret-key-not-a-secret".to_owned().into(),
            security_token: session,
        };
        let project = random.bool().then(|| "0d1a2b3c4d5e6f708192a3b4c5d6e7f8".to_owned());
        let auth = Authenticator::new(Credentials::Keys(keys, None), project, &http);
        let call = call(&mut random);
        let unsigned = Unsigned {
            method: call.method.as_str(),
            host: &host_of(&origin),
            path: &call.path,
            query: &call.query,
            body: call.body.as_deref().unwrap_or_default(),
        };
        let (mut headers, _) = auth.headers(&unsigned).await?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        send(&http, &origin, &call, headers, Duration::from_secs(30)).await?;
    }
    Ok(())
}
