//! How the answers of a service are read: whether one is an error, and which failure it is. Each service brings its own dialect;
//! the one here goes by the status alone. Pure.

use super::retry::Failure;
use serde_json::Value;

/// Code and message of an error body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorBody {
    /// The code as sent, such as `CC.00000000` or `401`.
    pub code: Option<String>,
    /// The explanation, as sent.
    pub message: Option<String>,
}

/// Names of the code of an error, each with the names of the explanation beside it.
pub type ErrorFields = &'static [(&'static str, &'static [&'static str])];

/// How the answers of a service are read.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// Where code and explanation stand in an error body, the most trusted names first.
    pub fields: ErrorFields,
    /// Which failure an answer with this status and error body is.
    pub classify: fn(u16, &ErrorBody) -> Failure,
}

/// A service of which only the status is known.
pub const BY_STATUS: Dialect =
    Dialect { fields: &[("code", &["message", "msg"])], classify: |status, _| by_status(status) };

/// How deep error objects are looked for.
const SEARCH_DEPTH: u8 = 4;

impl Dialect {
    /// Which failure an answer with this status and error body is.
    pub fn classify(self, status: u16, error: &ErrorBody) -> Failure {
        (self.classify)(status, error)
    }

    /// Looks for an error in the body of an answer whose HTTP status means failure.
    pub fn find_error(self, body: &Value) -> ErrorBody {
        self.search(body, SEARCH_DEPTH).unwrap_or_default()
    }

    /// Looks for an error in the body of a 2xx answer. `expected` are the fields of a good answer: where one of them holds
    /// something, a stray code does not count; a status of `error` always does.
    pub fn find_error_despite_success(self, body: &Value, expected: &[&str]) -> Option<ErrorBody> {
        let object = body.as_object()?;
        // Where a call is about a status, its word is not about the call.
        let status = object.get("status").filter(|_| !expected.contains(&"status"));
        let is_failure = status.and_then(Value::as_str).is_some_and(|status| {
            ["error", "fail", "failed", "failure"].iter().any(|word| status.trim().eq_ignore_ascii_case(word))
        }) || object.get("success").is_some_and(is_false);
        let holds_something = |field: &&str| match object.get(*field) {
            None | Some(Value::Null) => false,
            Some(Value::Object(inner)) => !inner.is_empty(),
            Some(Value::Array(inner)) => !inner.is_empty(),
            Some(_) => true,
        };
        if !is_failure && expected.iter().any(holds_something) {
            return None;
        }
        let found = self.search(body, SEARCH_DEPTH).filter(|error| error.code.is_some());
        match found {
            Some(error) => Some(error),
            None if is_failure => Some(ErrorBody {
                code: None,
                message: object.get("error").and_then(Value::as_str).map(str::to_owned),
            }),
            None => None,
        }
    }

    fn search(self, value: &Value, depth: u8) -> Option<ErrorBody> {
        let object = value.as_object()?;
        for (code_field, message_fields) in self.fields {
            let code = object.get(*code_field).and_then(text_of);
            let message = message_fields.iter().find_map(|field| object.get(*field).and_then(text_of));
            if code.is_some() || message.is_some() && object.contains_key(*code_field) {
                return Some(ErrorBody { code, message });
            }
        }
        if depth == 0 {
            return None;
        }
        object.values().find_map(|inner| self.search(inner, depth - 1))
    }
}

/// `false`, in any form.
fn is_false(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => ["false", "0"].iter().any(|word| text.trim().eq_ignore_ascii_case(word)),
        _ => false,
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What a status means where nothing else is known.
pub fn by_status(status: u16) -> Failure {
    match status {
        // Not a whole answer, and no refusal either.
        205..=299 => Failure::Unreadable,
        401 => Failure::Unauthenticated,
        403 => Failure::Denied,
        404 => Failure::NotFound,
        408 => Failure::Lost,
        425 | 429 => Failure::Busy,
        // A legal block: nothing that was typed is wrong.
        451 => Failure::Denied,
        501 | 505 => Failure::Rejected,
        500.. => Failure::Unavailable,
        _ => Failure::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const DIALECT: Dialect = Dialect {
        fields: &[
            ("error_code", &["error_msg"]),
            ("errorCode", &["errorMsg"]),
            ("err_code", &["message"]),
            ("code", &["message", "msg"]),
        ],
        ..BY_STATUS
    };

    #[test]
    fn what_a_status_means_alone() {
        use Failure::*;
        let by_status_alone = [
            (205, Unreadable),
            (206, Unreadable),
            (226, Unreadable),
            (302, Rejected),
            (400, Rejected),
            (401, Unauthenticated),
            (403, Denied),
            (404, NotFound),
            (408, Lost),
            (429, Busy),
            (451, Denied),
            (500, Unavailable),
            (501, Rejected),
            (502, Unavailable),
            (503, Unavailable),
            (504, Unavailable),
        ];
        for (status, expected) in by_status_alone {
            assert_eq!(BY_STATUS.classify(status, &ErrorBody::default()), expected, "HTTP {status}");
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
            let found = DIALECT.find_error(&body);
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
            assert_eq!(DIALECT.find_error_despite_success(&body, &progress).is_some(), is_error, "{body}");
        }
    }
}
