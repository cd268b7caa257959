//! What a refusal means, by its code and its status (`errors-and-retry`, sections 2 to 4), and whether it is one at all. Pure.

use super::error::ErrorBody;
use super::retry::Failure;

/// Whose answers they are. That decides what counts as a refusal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// CodeArts and its gateway, whose refusals carry a code such as `CC.00050010`. What comes without one was said by
    /// something in between, whatever its status: it means nothing.
    #[default]
    CodeArts,
    /// IAM and STS, whose codes may also be numbers. A bare 401 is a refusal too: a password is not tried again.
    Iam,
    /// All others: the status decides.
    Status,
}

impl Dialect {
    /// Whether a code has the form of a documented one (`errors-and-retry`, sections 2 to 4; `auth`).
    fn knows(self, code: &str) -> bool {
        let is_family = |family: &str| {
            !family.is_empty()
                && family.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
                && family.starts_with(|first: char| first.is_ascii_uppercase())
        };
        let has_family =
            code.split_once('.').is_some_and(|(family, rest)| is_family(family) && !rest.is_empty());
        match self {
            Self::CodeArts => has_family,
            Self::Iam => has_family || code.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Status => true,
        }
    }

    /// What a status means that comes without a code.
    fn by_bare_status(self, status: u16) -> Failure {
        match (self, by_status(status)) {
            (Self::Status, failure) | (Self::Iam, failure @ Failure::Unauthenticated) => failure,
            (_, failure @ (Failure::Lost | Failure::Busy)) => failure,
            _ => Failure::Unavailable,
        }
    }
}

/// What an answer with this status and error body means. The tables of `errors-and-retry`, sections 2 to 4.
pub fn classify(dialect: Dialect, status: u16, error: &ErrorBody) -> Failure {
    match error.code.as_deref().filter(|code| dialect.knows(code)) {
        Some(code) => by_code(code, status, error.message.as_deref().unwrap_or_default())
            .unwrap_or_else(|| by_status(status)),
        None => dialect.by_bare_status(status),
    }
}

fn by_code(code: &str, status: u16, message: &str) -> Option<Failure> {
    if let Some(number) = code.strip_prefix("APIGW.").or_else(|| code.strip_prefix("APIG.")) {
        return by_gateway_number(number, status);
    }
    let (family, number) = code.split_once('.')?;
    // A suffix such as `.400` is not part of the code.
    let number = number.split('.').next().unwrap_or(number);
    Some(match (family, number) {
        ("CC", "00000000" | "00050012" | "00050014") | ("CB", "00060211" | "00060100") => Failure::Busy,
        ("CC", "00000003" | "00050007") => Failure::Unauthenticated,
        // The generic wrapper; a code of another service inside the text is the real, lasting cause.
        ("CC", "00050006") if message.contains("service_error_code") => Failure::Rejected,
        ("CC", "00050001" | "00050002" | "00050003" | "00050004" | "00050006") | ("CB", "00060101") => {
            Failure::Inner
        }
        ("CC", "00050010" | "00050011") => Failure::Denied,
        ("CC", "00050013") | ("CB", "00060214") => Failure::NotFound,
        ("CC", "00050015") => Failure::RunActive,
        _ => return None,
    })
}

fn by_gateway_number(number: &str, status: u16) -> Option<Failure> {
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

fn by_status(status: u16) -> Failure {
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
    use super::super::error::find_error;
    use super::*;
    use serde_json::Value;

    fn error(code: &str) -> ErrorBody {
        ErrorBody { code: Some(code.to_owned()), message: None }
    }

    #[test]
    fn every_documented_code_and_status() {
        use Failure::*;
        let cases = [
            (400, "CC.00000000", Busy),
            (401, "CC.00000003", Unauthenticated),
            (400, "CC.xxxxxxxx.400", Rejected),
            (200, "CC.00050000", Rejected),
            (200, "CC.00050001", Inner),
            (200, "CC.00050004", Inner),
            (200, "CC.00050005", Rejected),
            (200, "CC.00050006", Inner),
            (500, "CC.00050006", Inner),
            (200, "CC.00050007", Unauthenticated),
            (200, "CC.00050010", Denied),
            (200, "CC.00050011", Denied),
            (200, "CC.00050012", Busy),
            (200, "CC.00050013", NotFound),
            (200, "CC.00050014", Busy),
            (200, "CC.00050015", RunActive),
            (200, "CC.00050015.400", RunActive),
            (200, "CC.00050016", Rejected),
            (200, "CC.00050017", Rejected),
            (400, "CB.00060200", Rejected),
            (400, "CB.00060211", Busy),
            (500, "CB.00060211", Busy),
            (404, "CB.00060214", NotFound),
            (500, "CB.00060100", Busy),
            (500, "CB.00060101", Inner),
            (400, "DEV.CH.10001", Rejected),
            (500, "DEV.CB.1", Unavailable),
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
            (403, "STS5.0403", Denied),
            (451, "CC.1", Denied),
        ];
        for (status, code, expected) in cases {
            assert_eq!(classify(Dialect::CodeArts, status, &error(code)), expected, "HTTP {status} {code}");
            assert_eq!(classify(Dialect::Iam, status, &error(code)), expected, "HTTP {status} {code}");
        }
        assert_eq!(classify(Dialect::Iam, 401, &error("401")), Unauthenticated);
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
            assert_eq!(classify(Dialect::Status, status, &ErrorBody::default()), expected, "HTTP {status}");
        }
    }

    /// Only the service's own code is a refusal; another's word says nothing, whatever its status.
    #[test]
    fn what_carries_no_code_of_the_service_is_no_refusal() {
        use Failure::*;
        let own = ErrorBody::default();
        for status in [200, 301, 302, 307, 400, 403, 404, 405, 407, 410, 451, 500, 501, 503, 505] {
            for foreign in [
                &own,
                &error("403"),
                &error("blocked"),
                &error("already_exists"),
                &error("a.b"),
                &error(".1"),
            ] {
                assert_eq!(classify(Dialect::CodeArts, status, foreign), Unavailable, "{status} {foreign:?}");
            }
            assert_eq!(classify(Dialect::Iam, status, &own), Unavailable, "{status}");
        }
        for (status, codearts, iam) in
            [(401, Unavailable, Unauthenticated), (408, Lost, Lost), (425, Busy, Busy), (429, Busy, Busy)]
        {
            assert_eq!(classify(Dialect::CodeArts, status, &own), codearts, "{status}");
            assert_eq!(classify(Dialect::Iam, status, &own), iam, "{status}");
        }
    }

    #[test]
    fn a_wrapped_error_of_another_service_is_permanent() {
        let body: Value =
            serde_json::from_str(include_str!("../../tests/data/api/error_check_wrapped_service_error.json"))
                .expect("JSON");
        assert_eq!(classify(Dialect::CodeArts, 500, &find_error(&body)), Failure::Rejected);
    }
}
