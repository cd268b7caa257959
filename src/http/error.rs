//! What a failed call is: one error type for every request, and the reading of error bodies.
//!
//! The service answers errors in many shapes, some of them with HTTP 200 (`errors-and-retry`, section 1). Codes
//! decide, never texts: those are localised and reworded between versions.

use super::retry::{Failure, TlsFault};
use serde_json::Value;
use std::fmt;
use std::time::{Duration, SystemTime};

/// A request that did not bring what it was sent for.
#[derive(Clone, Debug, thiserror::Error)]
pub struct CallError {
    /// What was tried, reading well after "could not": `read the progress of task 2b31…`.
    pub attempt: String,
    /// Method, host and path; never the query, which can hold names of files.
    pub target: String,
    /// What went wrong.
    pub failure: Failure,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The service's error code, as sent.
    pub code: Option<String>,
    /// The server's explanation or the transport's, made harmless.
    pub message: String,
    /// `X-Request-Id`, for the provider's support.
    pub request_id: Option<String>,
    /// How long the server asked to wait.
    pub retry_after: Option<Duration>,
    /// The server's clock when it answered.
    pub server_date: Option<SystemTime>,
}

impl fmt::Display for CallError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "could not {} ({}): {}", self.attempt, self.target, self.answer())?;
        if let Some(request_id) = &self.request_id {
            write!(formatter, " [request {request_id}]")?;
        }
        Ok(())
    }
}

impl CallError {
    /// A call that was not even sent.
    pub fn before_sending(attempt: &str, failure: Failure, message: String) -> Self {
        Self {
            attempt: attempt.to_owned(),
            target: "nothing was sent".to_owned(),
            failure,
            status: None,
            code: None,
            message,
            request_id: None,
            retry_after: None,
            server_date: None,
        }
    }

    /// The error in fewer words, for lines that say that it is tried again.
    pub fn brief(&self) -> String {
        format!("could not {}: {}", self.attempt, self.answer())
    }

    fn answer(&self) -> String {
        match (self.status, &self.code) {
            (None, _) => self.message.clone(),
            (Some(status), None) => format!("HTTP {status}, {}", self.message),
            (Some(status), Some(code)) => format!("HTTP {status} {code}, {}", self.message),
        }
    }

    /// Whether this status came without a code of the service: from a load balancer, a proxy, a sign-in page.
    pub fn is_bare(&self, status: u16) -> bool {
        self.failure == Failure::Unavailable && self.status == Some(status)
    }

    /// Whether the call may not exist here, or not in this form: so it was answered, or it came to a bare 404.
    pub fn may_lack_call(&self) -> bool {
        matches!(self.failure, Failure::NotFound | Failure::Rejected) || self.is_bare(404)
    }

    /// Whether the refusal may be one of a signature made with a wrong clock, which could not be compared.
    fn may_be_the_clock(&self) -> bool {
        let is_about_signature = self.code.as_deref().is_some_and(|code| code.ends_with(".0303"));
        self.failure == Failure::Unauthenticated
            && (is_about_signature || self.status.is_some() && self.server_date.is_none())
    }

    /// What the reader should do next, where the failure tells.
    pub fn advice(&self) -> Option<&'static str> {
        let is_code = |code: &str| self.code.as_deref().is_some_and(|own| own.starts_with(code));
        match self.failure {
            // Ids of projects and of tasks look alike.
            Failure::NotFound if is_code("CC.00050013") => Some(
                "check the id: is it the id of the project? The id of the task is needed; and check that `--region` (or the endpoint) is where the task lives",
            ),
            Failure::Unavailable if self.status.is_some_and(|status| (300..500).contains(&status)) => Some(
                "this is not an answer of CodeArts as documented: a proxy, a sign-in page or another server may have sent it; check the proxy variables, `--region`/`--endpoint` and the network",
            ),
            Failure::Unauthenticated if self.may_be_the_clock() => Some(
                "check the credentials: keys or token of the right account and region, not expired, no stray blanks; and the clock of this machine: a signature holds for 15 minutes",
            ),
            Failure::ProxyRefused => Some(
                "check the user and the password in the address of the proxy (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY); they are not sent again",
            ),
            Failure::Unreachable => {
                Some("check the host name, `--region`/`--endpoint`, the proxy variables and the firewall")
            }
            Failure::Tls(TlsFault::Expired | TlsFault::NotYetValid) => Some(
                "have the server's certificate renewed; if others find it valid, set the clock of this machine",
            ),
            Failure::Tls(TlsFault::WrongName) => Some(
                "check the host name in `--endpoint`; a proxy that intercepts TLS may also answer in its place",
            ),
            Failure::Tls(TlsFault::NotSpoken) => Some(
                "check the port in `--endpoint`: plain http answers there, or something that is not a web server",
            ),
            Failure::Tls(TlsFault::UnknownAuthority | TlsFault::OtherCertificate) => Some(
                "if a proxy or a private deployment uses its own certificate authority, name its bundle with `--ca-file`",
            ),
            Failure::Unauthenticated => Some(
                "check the credentials: keys or token of the right account and region, not expired, no stray blanks",
            ),
            Failure::Denied => Some(
                "the user of these credentials must be a member of the CodeArts project, in a role that may do this, and CodeArts Check may need the `codeartscheck` permissions; a wrong region looks the same",
            ),
            Failure::NotFound => {
                Some("check the id, and that `--region` (or the endpoint) is where it lives")
            }
            Failure::RunActive => {
                Some("a run is active; `--if-running` says whether to attach, queue or fail")
            }
            Failure::Lost
            | Failure::Unavailable
            | Failure::Unreadable
            | Failure::TooLarge
            | Failure::Busy
            | Failure::Inner
            | Failure::Rejected => None,
        }
    }
}

/// Code and message of an error body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorBody {
    /// The code as sent, such as `CC.00000000` or `401`.
    pub code: Option<String>,
    /// The explanation, as sent.
    pub message: Option<String>,
}

/// Names of the code and of the explanation, in the order of the official SDK, then the ones other pages show; the last
/// are those of GitHub's results service.
const FIELDS: [(&str, &[&str]); 4] = [
    ("error_code", &["error_msg"]),
    ("errorCode", &["errorMsg"]),
    ("err_code", &["message"]),
    ("code", &["message", "msg"]),
];
/// How deep error objects are looked for.
const SEARCH_DEPTH: u8 = 4;

/// Looks for an error in the body of an answer whose HTTP status says failure.
pub fn find_error(body: &Value) -> ErrorBody {
    search(body, SEARCH_DEPTH).unwrap_or_default()
}

/// Looks for an error in the body of a 2xx answer. `expected` are the fields of a good answer: where one of them holds
/// something, a stray code does not count; a status of `error` always does.
pub fn find_error_despite_success(body: &Value, expected: &[&str]) -> Option<ErrorBody> {
    let object = body.as_object()?;
    let says_failed = object.get("status").and_then(Value::as_str).is_some_and(|status| {
        ["error", "fail", "failed", "failure"].iter().any(|word| status.trim().eq_ignore_ascii_case(word))
    }) || object.get("success").is_some_and(is_no);
    let holds_something = |field: &&str| match object.get(*field) {
        None | Some(Value::Null) => false,
        Some(Value::Object(inner)) => !inner.is_empty(),
        Some(Value::Array(inner)) => !inner.is_empty(),
        Some(_) => true,
    };
    if !says_failed && expected.iter().any(holds_something) {
        return None;
    }
    let found = search(body, SEARCH_DEPTH).filter(|error| error.code.is_some());
    match found {
        Some(error) => Some(error),
        None if says_failed => Some(ErrorBody {
            code: None,
            message: object.get("error").and_then(Value::as_str).map(str::to_owned),
        }),
        None => None,
    }
}

/// A plain no, in any form.
fn is_no(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => ["false", "0"].iter().any(|word| text.trim().eq_ignore_ascii_case(word)),
        _ => false,
    }
}

fn search(value: &Value, depth: u8) -> Option<ErrorBody> {
    let object = value.as_object()?;
    for (code_field, message_fields) in FIELDS {
        let code = object.get(code_field).and_then(text_of);
        let message = message_fields.iter().find_map(|field| object.get(*field).and_then(text_of));
        if code.is_some() || message.is_some() && object.contains_key(code_field) {
            return Some(ErrorBody { code, message });
        }
    }
    if depth == 0 {
        return None;
    }
    object.values().find_map(|inner| search(inner, depth - 1))
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The sentence for an answer: the server's message if it sent one, else what the body looked like. Outside text, not
/// made safe yet.
pub fn explain(status: u16, error: &ErrorBody, body: &[u8]) -> String {
    explain_unread(status, error, body, None)
}

/// The same where the body could not be read as JSON; `why` says where it stops being that.
pub fn explain_unread(status: u16, error: &ErrorBody, body: &[u8], why: Option<&str>) -> String {
    if let Some(message) = &error.message {
        return message.clone();
    }
    if (300..400).contains(&status) {
        return "the server redirects elsewhere, which is never followed with credentials".to_owned();
    }
    if (205..300).contains(&status) {
        return "a whole answer has an HTTP status from 200 to 204".to_owned();
    }
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start();
    if text.is_empty() {
        "the answer was empty".to_owned()
    } else if text.starts_with('<') {
        format!("a web page came back instead of JSON, perhaps from a proxy: {text}")
    } else {
        match why {
            Some(why) => format!("the answer is not JSON that can be read ({why}): {text}"),
            None => format!("the answer was: {text}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_fault_of_tls_and_of_the_clock_has_its_own_advice() {
        let of = |failure, code: Option<&str>, has_date: bool| {
            let error = CallError {
                status: Some(401),
                code: code.map(str::to_owned),
                server_date: has_date.then_some(SystemTime::UNIX_EPOCH),
                ..CallError::before_sending("x", failure, String::new())
            };
            error.advice().unwrap_or_default()
        };
        let tls = |fault| of(Failure::Tls(fault), None, true);
        assert!(tls(TlsFault::Expired).contains("renewed") && tls(TlsFault::NotYetValid).contains("clock"));
        assert!(tls(TlsFault::WrongName).contains("host name"));
        assert!(tls(TlsFault::UnknownAuthority).contains("--ca-file"));
        assert!(tls(TlsFault::NotSpoken).contains("plain http"));
        for (code, has_date, is_clock) in [
            (Some("APIGW.0301"), true, false),
            (Some("APIGW.0301"), false, true),
            (Some("APIG.0303"), true, true),
            (None, true, false),
        ] {
            let advice = of(Failure::Unauthenticated, code, has_date);
            assert_eq!(advice.contains("clock of this machine"), is_clock, "{code:?} {has_date}");
        }
    }

    #[test]
    fn every_shape_of_error_body_is_read() {
        let cases = [
            (json!({"error_code": "CC.1", "error_msg": "m"}), Some("CC.1"), Some("m")),
            (json!({"errorCode": "CC.2", "errorMsg": "m"}), Some("CC.2"), Some("m")),
            (json!({"code": "already_exists", "msg": "m"}), Some("already_exists"), Some("m")),
            (json!({"error": {"code": 401, "message": "m", "title": "t"}}), Some("401"), Some("m")),
            (
                json!({"error": {"code": "DEV.1", "message": "m"}, "status": "failed"}),
                Some("DEV.1"),
                Some("m"),
            ),
            (
                json!({"success": false, "message": "m", "err_code": "E", "result": null}),
                Some("E"),
                Some("m"),
            ),
            (json!({"a": {"b": {"error_code": "deep"}}}), Some("deep"), None),
            (json!({"error_code": "  ", "error_msg": "m"}), None, Some("m")),
            (json!({}), None, None),
            (json!([1]), None, None),
            (json!(null), None, None),
        ];
        for (body, code, message) in cases {
            let found = find_error(&body);
            assert_eq!(found.code.as_deref(), code, "{body}");
            assert_eq!(found.message.as_deref(), message, "{body}");
        }
    }

    #[test]
    fn errors_hide_behind_success() {
        let progress = ["task_status"];
        let cases = [
            (json!({"error_code": "CC.00050015", "error_msg": "m"}), true),
            (json!({"status": "error", "error": null, "result": null}), true),
            (json!({"httpStatus": "BAD_REQUEST", "status": "ERROR"}), true),
            (json!({"success": false}), true),
            (json!({"success": "False", "task_status": 2}), true),
            (json!({"success": 0, "task_status": 2}), true),
            (json!({"success": "true", "task_status": 2}), false),
            (json!({"status": " Failure", "task_status": 2}), true),
            (json!({"httpStatus": "BAD_REQUEST", "status": "error", "task_status": 2}), true),
            (json!({"error_code": "CC.1", "task_status": {}}), true),
            (json!({"task_status": 2, "error_code": "CC.1"}), false),
            (json!({"task_status": null, "progress": null}), false),
            (json!({"task_status": null, "error_code": ""}), false),
            (json!({"status": "success", "result": {"code": null}}), false),
            (json!(null), false),
        ];
        for (body, is_error) in cases {
            assert_eq!(find_error_despite_success(&body, &progress).is_some(), is_error, "{body}");
        }
    }
}
