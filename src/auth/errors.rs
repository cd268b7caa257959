//! How the cloud answers errors (`errors-and-retry`, section 4; `auth`). The gateway stands before every service, so its codes are
//! the same for all; what a service adds of its own is handed in.

use crate::http::dialect::{Dialect, ErrorBody, ErrorFields, by_status};
use crate::http::retry::Failure;

/// Names of the code and of the explanation, in the order of the official SDK, then those that other pages show.
pub const ERROR_FIELDS: ErrorFields = &[
    ("error_code", &["error_msg"]),
    ("errorCode", &["errorMsg"]),
    ("err_code", &["message"]),
    ("code", &["message", "msg"]),
];

/// IAM and STS, whose codes may also be numbers. A bare 401 is a refusal too: a password is not tried again.
pub(super) const IAM: Dialect = Dialect { fields: ERROR_FIELDS, classify: classify_iam };

/// The metadata of a machine: the status decides.
pub(super) const METADATA: Dialect =
    Dialect { fields: ERROR_FIELDS, classify: |status, _| by_status(status) };

fn classify_iam(status: u16, error: &ErrorBody) -> Failure {
    match error.code.as_deref() {
        Some(code) if code.bytes().all(|byte| byte.is_ascii_digit()) => by_status(status),
        Some(code) if is_documented(code) => classify(status, error, |_, _| None),
        None | Some(_) if status == 401 => Failure::Unauthenticated,
        None | Some(_) => by_foreign_status(status),
    }
}

/// What an answer means, by the gateway's codes and then by those that `by_code` knows: family, number and the text beside them.
/// An answer without a documented code came from something in between.
pub fn classify(
    status: u16,
    error: &ErrorBody,
    by_code: impl FnOnce((&str, &str), &str) -> Option<Failure>,
) -> Failure {
    let code = error.code.as_deref().filter(|code| is_documented(code));
    let Some((family, number)) = code.and_then(|code| code.split_once('.')) else {
        return by_foreign_status(status);
    };
    // A suffix such as `.400` is not part of the number.
    let number = number.split('.').next().unwrap_or(number);
    by_gateway_code(family, number, status)
        .or_else(|| by_code((family, number), error.message.as_deref().unwrap_or_default()))
        .unwrap_or_else(|| by_status(status))
}

/// Whether a code has the form of a documented one, such as `APIGW.0301`.
pub fn is_documented(code: &str) -> bool {
    let is_family = |family: &str| {
        family.starts_with(|first: char| first.is_ascii_uppercase())
            && family.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    code.split_once('.').is_some_and(|(family, rest)| is_family(family) && !rest.is_empty())
}

/// What an answer without a code of the service means: its status means little.
fn by_foreign_status(status: u16) -> Failure {
    match by_status(status) {
        failure @ (Failure::Lost | Failure::Busy) => failure,
        _ => Failure::Unavailable,
    }
}

fn by_gateway_code(family: &str, number: &str, status: u16) -> Option<Failure> {
    if !matches!(family, "APIGW" | "APIG") {
        return None;
    }
    Some(match number {
        "0101" | "0103" => Failure::NotFound,
        "0201" if status < 500 => Failure::Rejected,
        "0201" | "0202" | "0203" | "0601" | "0605" | "0610" | "0613" => Failure::Unavailable,
        "0301" | "0303" | "0305" | "0307" => Failure::Unauthenticated,
        "0302" | "0304" | "0306" | "0310" | "0401" | "0402" | "0802" => Failure::Denied,
        "0308" | "0501" => Failure::Busy,
        "0106" | "0602" => Failure::Rejected,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str) -> ErrorBody {
        ErrorBody { code: Some(code.to_owned()), message: None }
    }

    #[test]
    fn codes_of_the_gateway_and_of_iam() {
        use Failure::*;
        let cases = [
            (404, "APIGW.0101", NotFound),
            (500, "APIG.0103", NotFound),
            (413, "APIGW.0201", Rejected),
            (504, "APIGW.0201", Unavailable),
            (502, "APIGW.0202", Unavailable),
            (401, "APIGW.0301", Unauthenticated),
            (403, "APIG.0302", Denied),
            (401, "APIG.0303", Unauthenticated),
            (401, "APIGW.0307", Unauthenticated),
            (429, "APIGW.0308", Busy),
            (405, "APIGW.0501", Busy),
            (500, "APIGW.0601", Unavailable),
            (502, "APIGW.0605", Unavailable),
            (503, "APIGW.0613", Unavailable),
            (403, "APIGW.0802", Denied),
            (401, "IAM.0001", Unauthenticated),
            (401, "401", Unauthenticated),
            (403, "STS5.0403", Denied),
        ];
        for (status, code, expected) in cases {
            assert_eq!(IAM.classify(status, &error(code)), expected, "HTTP {status} {code}");
        }
    }

    /// Only a documented code is a refusal; anything else means nothing, whatever its status. IAM's bare 401 alone is believed.
    #[test]
    fn an_answer_without_a_documented_code_is_not_a_refusal() {
        use Failure::*;
        let foreign = ["403", "blocked", "already_exists", "a.b", ".1"].map(error);
        for body in foreign.iter().chain([&ErrorBody::default()]) {
            for status in [200, 301, 302, 307, 400, 401, 403, 404, 405, 407, 410, 451, 500, 501, 503, 505] {
                assert_eq!(classify(status, body, |_, _| None), Unavailable, "{status} {body:?}");
            }
            for (status, expected) in [(408, Lost), (425, Busy), (429, Busy)] {
                assert_eq!(classify(status, body, |_, _| None), expected, "{status} {body:?}");
            }
        }
        for (status, expected) in [(401, Unauthenticated), (403, Unavailable), (429, Busy)] {
            assert_eq!(IAM.classify(status, &ErrorBody::default()), expected, "{status}");
        }
    }
}
