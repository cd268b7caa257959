//! The PDF export: start a job, ask for its state, fetch the file — which works **once** (page `check-pdf-export`).

use super::errors::CODEARTS;
use super::id::Id;
use super::service::{Service, get, post};
use super::storage::not_about_credentials;
use super::wire::{ExportProgress, ExportStarted, ExportStatus};
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::field;
use crate::http::retry::{Failure, RetryClass};
use crate::http::{Response, TransportError, next_chunk};
use crate::messages::{Attempt, ServiceMessage};
use crate::text::{QUOTE_LIMIT, one_line};
use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use url::Url;

/// Bounds of the interval the service suggests between two questions about a job, and the usual one.
const ASK_LIMITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
const USUAL_ASK: Duration = Duration::from_secs(5);
/// Every PDF begins with this.
pub const PDF_MAGIC: &[u8] = b"%PDF-";
/// Longest error that is read where a file was expected.
const ERROR_LIMIT: usize = 64 * 1024;

/// A running export job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Its id; an integer in the tables, anything in the examples, so it is passed on as it came.
    pub job: String,
    /// `timeAsk`, the least time between two questions.
    pub ask_after: Duration,
}

/// State of an export job.
#[derive(Clone, Debug, PartialEq)]
pub enum ExportState {
    /// Not ready yet; percent for display.
    Running(Option<f64>),
    /// Ready to be fetched, under this path.
    Ready(String),
    /// The service could not make the report, for this reason.
    Failed(ServiceMessage),
}

/// The opened file: the first bytes are known to be those of a PDF.
pub struct PdfStream {
    /// Announced length.
    pub length: Option<u64>,
    first: Option<Bytes>,
    response: reqwest::Response,
    call: Call,
    origin: Url,
    /// Given back at the end.
    _permit: Option<OwnedSemaphorePermit>,
}

impl PdfStream {
    /// The next piece; `None` at the proper end.
    ///
    /// # Errors
    /// When the transfer broke.
    pub async fn next(&mut self) -> Result<Option<Bytes>, CallError> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        next_chunk(&mut self.response).await.map_err(|error| self.call.transport_error(&self.origin, error))
    }
}

impl Service {
    /// `PUT /v1/tasks/{task_id}/pdf-async-job`, or `pdf-job` where only that exists.
    ///
    /// # Errors
    /// The last failure; a job without an id is one.
    pub async fn start_export(&self, task: &Id, title: &str, deadline: Instant) -> Result<Export, CallError> {
        let call = |path: &str| Call {
            method: Method::PUT,
            query: vec![("project_name".to_owned(), title.to_owned())],
            expected: &["result"],
            ..post(Attempt::StartExport(task.short()), format!("/v1/tasks/{task}/{path}"), "{}")
        };
        let mut used = call("pdf-async-job");
        let mut answer = self.call(&used, deadline).await;
        if answer.as_ref().is_err_and(CallError::is_not_found) {
            used = call("pdf-job");
            answer = self.call(&used, deadline).await;
        }
        let body = answer?;
        read_export(&body).ok_or_else(|| self.unreadable(&used, ServiceMessage::Lacks("asyncJobId")))
    }

    /// `GET /v2/async-job`, or the v1 form where only that exists; once.
    ///
    /// # Errors
    /// Any failed call.
    pub async fn export_state(&self, task: &Id, job: &str) -> Result<ExportState, CallError> {
        let attempt = Attempt::ReadExport(task.short());
        let newer = get(attempt.clone(), "/v2/async-job", &["result"])
            .with_query("task_id", task.as_str())
            .with_query("async_job_id", job);
        match self.attempt(&newer).await {
            Err(error) if error.is_not_found() => {
                let job = crate::http::query::encode(job);
                let path = format!("/v1/tasks/{task}/async-job/{job}");
                let older = get(attempt, path, &["result"]);
                Ok(read_export_state(&self.attempt(&older).await?))
            }
            answer => Ok(read_export_state(&answer?)),
        }
    }

    /// `GET /v1/tasks/{task_id}/pdf-file`: opens the file, which is thereby used up.
    ///
    /// # Errors
    /// No answer, an error status, or a body that is an error object or no PDF.
    pub async fn open_pdf(&self, task: &Id, file: &str) -> Result<PdfStream, CallError> {
        let call = Call {
            class: RetryClass::ConsumeOnce,
            ..get(Attempt::DownloadPdf(task.short()), format!("/v1/tasks/{task}/pdf-file"), &[])
                .with_query("job_file", file)
        };
        // Before it is signed: a signature is believed for some minutes only.
        let permit = Arc::clone(&self.downloads).acquire_owned().await.ok();
        let stream = self.renewing(&call, async |headers| self.open_once(task, &call, headers).await).await?;
        Ok(PdfStream { _permit: permit, ..stream })
    }

    /// Asks for the file as it is, so that its length is known and its bytes are those that are hashed.
    async fn open_once(
        &self,
        task: &Id,
        call: &Call,
        mut headers: HeaderMap,
    ) -> Result<PdfStream, CallError> {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let broken = |error| call.transport_error(&self.origin, error);
        let sent = headers.clone();
        let response = self.http.open(call.request(&self.origin, headers)).await.map_err(broken)?;
        tracing::debug!("{}: HTTP {}", call.address(&self.origin), response.status().as_u16());
        if response.status().is_redirection() && response.headers().contains_key(LOCATION) {
            let (call, origin, response) = self.follow(task, call, &response).await?;
            return read_pdf(&call, &origin, response, &HeaderMap::new())
                .await
                .map_err(not_about_credentials);
        }
        read_pdf(call, &self.origin, response, &sent).await
    }
}

/// Reads the beginning of an answer that should be the file.
async fn read_pdf(
    call: &Call,
    origin: &Url,
    mut response: reqwest::Response,
    sent: &HeaderMap,
) -> Result<PdfStream, CallError> {
    let broken = |error| call.transport_error(origin, error);
    // Asked for now: what is reported later is the length of the rest.
    let length = response.content_length();
    let mut first = BytesMut::new();
    // Other good ones bring a part, or nothing.
    let is_success = response.status() == StatusCode::OK;
    if is_success {
        read_at_least(PDF_MAGIC.len(), &mut response, &mut first).await.map_err(broken)?;
    }
    if is_success && first.starts_with(PDF_MAGIC) {
        return Ok(PdfStream {
            length,
            first: Some(first.freeze()),
            response,
            call: call.clone(),
            origin: origin.clone(),
            _permit: None,
        });
    }
    // Something else came where a file was asked for: an error object, also with HTTP 200, or a web page.
    read_at_least(ERROR_LIMIT, &mut response, &mut first).await.map_err(broken)?;
    let answer = Response {
        status: response.status().as_u16(),
        headers: std::mem::take(response.headers_mut()),
        body: first.freeze(),
    };
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let found = CODEARTS.find_error(&body);
    let error = call.answer_error(origin, &answer, &found, sent);
    if is_success && found.code.is_none() {
        return Err(CallError {
            failure: Failure::Unreadable,
            why: ServiceMessage::NotPdf(Box::new(error.why)).into(),
            ..error
        });
    }
    Err(error)
}

/// Reads on until there is so much, or no more.
async fn read_at_least(
    size: usize,
    response: &mut reqwest::Response,
    body: &mut BytesMut,
) -> Result<(), TransportError> {
    while body.len() < size {
        let Some(chunk) = next_chunk(response).await? else { break };
        body.extend_from_slice(&chunk);
    }
    Ok(())
}

fn read_export(body: &Value) -> Option<Export> {
    let result = field::read::<ExportStarted>(body).result;
    let ask_after = result.ask_after.filter(|seconds| *seconds > 0).map_or(USUAL_ASK, Duration::from_secs);
    Some(Export { job: result.job?, ask_after: ask_after.clamp(ASK_LIMITS.0, ASK_LIMITS.1) })
}

fn read_export_state(body: &Value) -> ExportState {
    let ExportStatus { status, reason, file, progress } = field::read::<ExportProgress>(body).result;
    let failed = |unexplained| {
        let reason = reason.as_deref().map(|reason| one_line(reason, QUOTE_LIMIT));
        ExportState::Failed(reason.map_or(unexplained, ServiceMessage::ExportReason))
    };
    match (status.trim().to_ascii_uppercase().as_str(), file) {
        ("SUCCESS", Some(file)) => ExportState::Ready(file),
        ("SUCCESS", None) => failed(ServiceMessage::ExportWithoutFile),
        ("FAILED", _) => failed(ServiceMessage::ExportWithoutReason),
        _ => ExportState::Running(progress),
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::example;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_started_export_in_both_spellings() {
        for name in ["check_pdf_job_response.json", "check_pdf_job_response_string_id.json"] {
            let expected = Export { job: "569151".to_owned(), ask_after: Duration::from_secs(5) };
            assert_eq!(read_export(&example(name)), Some(expected), "{name}");
        }
        let ask = |time_ask: Value| {
            read_export(&json!({"result": {"asyncJobId": 1, "timeAsk": time_ask}}))
                .expect("an export")
                .ask_after
        };
        assert_eq!(ask(json!(null)), USUAL_ASK);
        assert_eq!(ask(json!(0)), USUAL_ASK);
        assert_eq!(ask(json!(-1)), USUAL_ASK);
        assert_eq!(ask(json!(3600)), ASK_LIMITS.1);
        assert_eq!(ask(json!("2")), Duration::from_secs(2));
        assert_eq!(read_export(&json!({"result": {}})), None);
        assert_eq!(read_export(&json!(null)), None);
    }

    #[test]
    fn every_state_of_an_export() {
        use ExportState::*;
        let file = "defects/PdfFiles/20250923/local_test_master_Code check report_20250923164928.pdf";
        assert_eq!(read_export_state(&example("check_async_job_success.json")), Ready(file.to_owned()));
        assert_eq!(read_export_state(&example("check_async_job_running.json")), Running(Some(40.0)));
        assert_eq!(
            read_export_state(&example("check_async_job_failed.json")),
            Failed(ServiceMessage::ExportReason("report generation failed".to_owned()))
        );
        // An older page shows the body `null`: no data yet.
        assert_eq!(read_export_state(&json!(null)), Running(None));
        assert_eq!(
            read_export_state(&json!({"result": {"jobStatus": "success", "jobFile": "f"}})),
            Ready("f".to_owned())
        );
        assert!(matches!(read_export_state(&json!({"result": {"jobStatus": "SUCCESS"}})), Failed(_)));
        assert_eq!(read_export_state(&json!({"result": {"jobStatus": "QUEUED"}})), Running(None));
    }
}
