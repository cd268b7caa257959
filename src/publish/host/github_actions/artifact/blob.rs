//! Bytes to the store behind a signed address: in blocks, then the list that joins them (`ci/github`, section 1.6).

use crate::http::error::CallError;
use crate::http::repeat::{RetryPolicy, retry};
use crate::http::retry::{Failure, RetryClass};
use crate::http::retry_after::retry_after;
use crate::http::{BODY_LIMIT, CALL_LIMIT, HttpClient, Request, uri};
use crate::messages::{Attempt, HttpMessage, Target};
use crate::text::redactor;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};
use percent_encoding::percent_decode_str;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::time::SystemTime;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::time::Instant;

/// Size of a block: small enough to get through a slow line within the time limit of a call. What is on its way is held in
/// memory, so this and the next bound it.
const BLOCK: u64 = 1024 * 1024;
/// Blocks on their way at once.
const BLOCKS_AT_ONCE: usize = 4;
/// Version of the store's protocol, the one GitHub's own client asks for.
const STORE_VERSION: &str = "2026-04-06";

/// A signed address. Not printable: whoever knows it may write.
#[derive(Clone)]
pub(super) struct SignedUrl(String);

impl SignedUrl {
    /// Takes the address as the service gave it. Its query is signed, so it goes out as it is.
    pub(super) fn new(url: String) -> Self {
        let url = Self(url);
        url.secrets().iter().for_each(|secret| redactor::learn(secret));
        url
    }

    /// What must be hidden: the signature as it stands there, and decoded.
    pub(super) fn secrets(&self) -> Vec<String> {
        let Some((_, query)) = self.0.split_once('?') else { return Vec::new() };
        let mut secrets = Vec::new();
        for signature in query.split('&').filter_map(|pair| pair.strip_prefix("sig=")) {
            let decoded = percent_decode_str(signature).decode_utf8_lossy().into_owned();
            secrets.push(signature.to_owned());
            if decoded != signature {
                secrets.push(decoded);
            }
        }
        secrets
    }

    fn with(&self, parameters: &str) -> String {
        let separator = if self.0.contains('?') { '&' } else { '?' };
        format!("{}{separator}{parameters}", self.0)
    }
}

/// Uploads `bytes` bytes of a file.
///
/// # Errors
/// The last failure; also when the file cannot be read or has another size.
pub(super) async fn upload(
    http: &HttpClient,
    target: &SignedUrl,
    path: &Path,
    bytes: u64,
    mime_type: &'static str,
    deadline: Instant,
) -> Result<(), CallError> {
    let count = bytes.div_ceil(BLOCK);
    let store = Store { http, target, deadline };
    iter(0..count)
        .map(|index| store.put_block(path, index, bytes))
        .buffer_unordered(BLOCKS_AT_ONCE)
        .try_collect::<Vec<()>>()
        .await?;
    store.join_blocks(count, mime_type).await
}

struct Store<'a> {
    http: &'a HttpClient,
    target: &'a SignedUrl,
    deadline: Instant,
}

impl Store<'_> {
    async fn put_block(&self, path: &Path, index: u64, total: u64) -> Result<(), CallError> {
        let start = index * BLOCK;
        let length = BLOCK.min(total - start);
        let block = read_block(path, start, length).await.map_err(|error| {
            let path = path.display().to_string();
            failed(Failure::Rejected, None, HttpMessage::FileNotRead { path, cause: error.to_string() })
        })?;
        let id = uri::value(&block_id(index));
        self.put(&format!("comp=block&blockid={id}"), "application/octet-stream", None, block).await
    }

    async fn join_blocks(&self, count: u64, mime_type: &'static str) -> Result<(), CallError> {
        let list = block_list(count).into();
        self.put("comp=blocklist", "application/xml", Some(mime_type), list).await
    }

    async fn put(
        &self,
        parameters: &str,
        content_type: &'static str,
        blob_type: Option<&'static str>,
        body: Bytes,
    ) -> Result<(), CallError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(HeaderName::from_static("x-ms-version"), HeaderValue::from_static(STORE_VERSION));
        if let Some(blob_type) = blob_type {
            headers.insert(
                HeaderName::from_static("x-ms-blob-content-type"),
                HeaderValue::from_static(blob_type),
            );
        }
        retry(RetryPolicy::new(RetryClass::Idempotent, self.deadline, self.http.backoff()), async || {
            let request = Request {
                method: Method::PUT,
                url: self.target.with(parameters),
                headers: headers.clone(),
                body: Some(body.clone()),
                body_limit: BODY_LIMIT,
                holds_permit: false,
                has_own_connection: true,
            };
            let answer = self
                .http
                .exchange(request, CALL_LIMIT)
                .await
                .map_err(|error| failed(error.failure, None, error.message))?;
            let status = answer.status;
            tracing::debug!("PUT block or list: HTTP {status}");
            match status {
                200..300 => Ok(()),
                _ => Err(refused(status, &answer.headers, &answer.body, SystemTime::now())),
            }
        })
        .await
    }
}

/// What a refusal means, and how long the store asks to wait.
fn refused(status: u16, headers: &HeaderMap, body: &[u8], now: SystemTime) -> CallError {
    let failure = match status {
        408 | 429 | 500.. => Failure::Unavailable,
        _ => Failure::Rejected,
    };
    CallError { retry_after: retry_after(headers, now), ..failed(failure, Some(status), code_in(body)) }
}

fn failed(failure: Failure, status: Option<u16>, why: HttpMessage) -> CallError {
    let (attempt, target) = (Attempt::UploadArtifact, Target::ArtifactStore);
    CallError { status, ..CallError::without_answer(attempt, target, failure, why) }
}

/// The store's error code; its explanation can quote what was signed.
fn code_in(body: &[u8]) -> HttpMessage {
    let text = String::from_utf8_lossy(body);
    let code =
        text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map(|(code, _)| code);
    code.map_or(HttpMessage::NoExplanation, |code| HttpMessage::Said(crate::text::one_line(code, 80)))
}

async fn read_block(path: &Path, start: u64, length: u64) -> io::Result<Bytes> {
    let mut file = tokio::fs::File::open(path).await?;
    file.seek(io::SeekFrom::Start(start)).await?;
    let mut block = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_exact(&mut block).await?;
    Ok(block.into())
}

/// All of one length, as the store demands.
fn block_id(index: u64) -> String {
    BASE64_STANDARD.encode(format!("codearts-gate-block-{index:010}"))
}

fn block_list(count: u64) -> String {
    let mut list = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><BlockList>");
    for index in 0..count {
        let _ = write!(list, "<Latest>{}</Latest>", block_id(index));
    }
    list.push_str("</BlockList>");
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_store_names_its_pause() {
        let mut headers = HeaderMap::new();
        headers.insert(reqwest::header::RETRY_AFTER, HeaderValue::from_static("7"));
        let error = refused(503, &headers, b"<Code>ServerBusy</Code>", SystemTime::UNIX_EPOCH);
        assert_eq!(error.failure, Failure::Unavailable);
        assert_eq!(error.retry_after, Some(std::time::Duration::from_secs(7)));
    }

    #[test]
    fn the_signed_query_stays_as_it_is() {
        let url = SignedUrl::new("https://s.example/a?se=2026%3A00&sig=AbC%2BdEf%3D&sp=cw".to_owned());
        assert_eq!(
            url.with("comp=blocklist"),
            "https://s.example/a?se=2026%3A00&sig=AbC%2BdEf%3D&sp=cw&comp=blocklist"
        );
        assert_eq!(url.secrets(), ["AbC%2BdEf%3D", "AbC+dEf="]);
        assert_eq!(SignedUrl::new("https://s.example/a".to_owned()).secrets(), [""; 0]);
    }

    #[test]
    fn block_ids_have_one_length_and_the_list_their_order() {
        assert_eq!(block_id(0).len(), block_id(49_999).len());
        let list = block_list(2);
        let (first, second) = (list.find(&block_id(0)), list.find(&block_id(1)));
        assert!(first.is_some() && first < second, "{list}");
    }
}
