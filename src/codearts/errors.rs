//! What an error of the service means (`errors-and-retry`, sections 2 to 4): which failure a code is, which outcome of the task a
//! failure becomes, and what to do about it. Codes decide, never texts: those are localised and reworded between versions.

use crate::auth::errors::{self, ERROR_FIELDS};
use crate::error::Problem;
use crate::http::dialect::{Dialect, ErrorBody};
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::messages::{Hint, HttpHint, ServiceHint};
use crate::model::outcome::Outcome;

/// The service and its gateway, whose refusals carry a code such as `CC.00050010`. What comes without one was sent by something
/// in between, whatever its status: it means nothing.
pub(super) const CODEARTS: Dialect = Dialect { fields: ERROR_FIELDS, classify };

fn classify(status: u16, error: &ErrorBody) -> Failure {
    errors::classify(status, error, by_code)
}

fn by_code(code: (&str, &str), message: &str) -> Option<Failure> {
    Some(match code {
        ("CC", "00000000" | "00050012" | "00050014") | ("CB", "00060211" | "00060100") => Failure::Busy,
        ("CC", "00000003" | "00050007") => Failure::Unauthenticated,
        // The generic wrapper; a code of another service inside the text is the real, lasting cause.
        ("CC", "00050006") if message.contains("service_error_code") => Failure::Rejected,
        ("CC", "00050001" | "00050002" | "00050003" | "00050004" | "00050006") | ("CB", "00060101") => {
            Failure::Inner
        }
        ("CC", "00050010" | "00050011") => Failure::Denied,
        ("CC", UNKNOWN_TASK) | ("CB", "00060214") => Failure::NotFound,
        // A run is active.
        ("CC", "00050015") => Failure::Conflict,
        _ => return None,
    })
}

/// Number of the code for a task that does not exist.
const UNKNOWN_TASK: &str = "00050013";
/// Codes for a parameter that is not valid. An id that does not exist has no code of its own in most calls.
const INVALID_PARAMETER: [&str; 2] = ["CC.00000001", "CB.00060201"];

/// The error of a call whose only parameter is an id: a parameter that is not valid is that id.
pub(super) fn about_id(error: CallError, hint: ServiceHint) -> CallError {
    // A suffix such as `.400` is not part of the code.
    let is = |code: &str, known: &str| {
        code.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let is_invalid =
        error.code.as_deref().is_some_and(|code| INVALID_PARAMETER.iter().any(|known| is(code, known)));
    if is_invalid { CallError { hints: vec![Hint::Service(hint)], ..error } } else { error }
}

/// What a call that failed for good makes of the task: nothing is known about its result.
pub const fn outcome_of(error: &CallError) -> Outcome {
    match error.failure {
        Failure::Unauthenticated | Failure::Denied | Failure::ProxyRefused => Outcome::Denied,
        Failure::NotFound | Failure::Rejected => Outcome::Usage,
        Failure::Conflict => Outcome::TimedOut,
        Failure::Unreachable
        | Failure::Tls(_)
        | Failure::Lost
        | Failure::Unavailable
        | Failure::Unreadable
        | Failure::TooLarge
        | Failure::Busy
        | Failure::Inner => Outcome::Unavailable,
    }
}

/// Whether a call about a task failed because there is no such task (`errors-and-retry`): it is refused as a wrong parameter.
pub const fn is_unknown_task(error: &CallError) -> bool {
    matches!(error.failure, Failure::Rejected | Failure::NotFound)
}

/// What to do about a failed call.
pub fn hints_of(error: &CallError) -> Vec<Hint> {
    if !error.hints.is_empty() {
        return error.hints.clone();
    }
    let service = |hint| vec![Hint::Service(hint)];
    match error.failure {
        Failure::Unreachable => vec![Hint::Http(HttpHint::Unreachable)],
        Failure::Tls(fault) => vec![Hint::Http(HttpHint::Tls(fault))],
        Failure::ProxyRefused => vec![Hint::Http(HttpHint::ProxyLogin)],
        Failure::Unavailable if error.status.is_some_and(|status| (300..500).contains(&status)) => {
            service(ServiceHint::ForeignAnswer)
        }
        Failure::Unauthenticated if may_be_the_clock(error) => {
            vec![Hint::Service(ServiceHint::Credentials), Hint::Service(ServiceHint::Clock)]
        }
        Failure::Unauthenticated => service(ServiceHint::Credentials),
        Failure::Denied => service(ServiceHint::Membership),
        Failure::NotFound if names_unknown_task(error) => service(ServiceHint::TaskId),
        Failure::NotFound if is_of_build(error) => service(ServiceHint::JobId),
        Failure::NotFound => service(ServiceHint::Id),
        Failure::Conflict => service(ServiceHint::ActiveRun),
        Failure::Lost
        | Failure::Unavailable
        | Failure::Unreadable
        | Failure::TooLarge
        | Failure::Busy
        | Failure::Inner
        | Failure::Rejected => Vec::new(),
    }
}

/// The error as people read it, with what to do about it.
pub fn with_hints(error: &CallError) -> Problem {
    Problem { hints: hints_of(error), ..Problem::from(error) }
}

/// The error of a call that names a project and no task: the code for an unknown task is about the project then.
pub(super) fn project_hints(error: CallError) -> CallError {
    if names_unknown_task(&error) {
        CallError { hints: vec![ServiceHint::ProjectId.into()], ..error }
    } else {
        error
    }
}

/// The error of the creation of a task.
pub(super) fn creation_hints(error: CallError) -> CallError {
    let hint = match error.failure {
        Failure::Denied => ServiceHint::TaskCreation,
        Failure::Rejected | Failure::Inner if is_about_language(error.said()) => ServiceHint::TaskLanguages,
        _ => return project_hints(error),
    };
    CallError { hints: vec![hint.into()], ..error }
}

/// Whether a refusal is about the languages of a task; it has no code of its own (`pr-mode`, section 6). Only a hint depends on it.
fn is_about_language(said: &str) -> bool {
    said.to_lowercase().contains("language") || said.contains("语言")
}

/// Ids of projects and of tasks look alike.
fn names_unknown_task(error: &CallError) -> bool {
    let number = error.code.as_deref().and_then(|code| code.strip_prefix("CC."));
    number.is_some_and(|number| number.starts_with(UNKNOWN_TASK))
}

fn is_of_build(error: &CallError) -> bool {
    error.code.as_deref().is_some_and(|code| code.starts_with("CB."))
}

/// Whether the refusal may be one of a signature made with a wrong clock, which could not be compared.
fn may_be_the_clock(error: &CallError) -> bool {
    let is_about_signature = error.code.as_deref().is_some_and(|code| code.ends_with(".0303"));
    is_about_signature || error.status.is_some() && error.server_date.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{Attempt, HttpMessage};
    use serde_json::Value;
    use std::time::SystemTime;

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
            (200, "CC.00050015", Conflict),
            (200, "CC.00050015.400", Conflict),
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
            (401, "IAM.0001", Unauthenticated),
            (403, "STS5.0403", Denied),
            (451, "CC.1", Denied),
        ];
        for (status, code, expected) in cases {
            assert_eq!(classify(status, &error(code)), expected, "HTTP {status} {code}");
        }
    }

    #[test]
    fn a_wrapped_error_of_another_service_is_permanent() {
        let body: Value =
            serde_json::from_str(include_str!("../../tests/data/api/error_check_wrapped_service_error.json"))
                .expect("JSON");
        assert_eq!(classify(500, &CODEARTS.find_error(&body)), Failure::Rejected);
    }

    #[test]
    fn a_refused_creation_gets_its_own_advice() {
        let refused = |failure, code: &str, said: &str| {
            let why = HttpMessage::Said(said.to_owned());
            let error = CallError::before_sending(Attempt::ReachService, failure, why);
            hints_of(&creation_hints(CallError { code: Some(code.to_owned()), ..error }))
        };
        let cases = [
            (Failure::Denied, "CC.00050010", "no permission", Some(ServiceHint::TaskCreation)),
            (Failure::Denied, "CC.00050011", "", Some(ServiceHint::TaskCreation)),
            (Failure::NotFound, "CC.00050013", "", Some(ServiceHint::ProjectId)),
            (
                Failure::Rejected,
                "CC.00050005",
                "There is no proper set of languages",
                Some(ServiceHint::TaskLanguages),
            ),
            (Failure::Rejected, "CC.00050016.400", "Language invalid", Some(ServiceHint::TaskLanguages)),
            (Failure::Rejected, "CC.00050005", "create task failed", None),
        ];
        for (failure, code, said, expected) in cases {
            let expected: Vec<Hint> = expected.into_iter().map(Hint::Service).collect();
            assert!(refused(failure, code, said) == expected, "{failure:?} {code} {said}");
        }
    }

    #[test]
    fn a_refused_signature_may_be_about_the_clock() {
        for (code, has_date, is_clock) in [
            (Some("APIGW.0301"), true, false),
            (Some("APIGW.0301"), false, true),
            (Some("APIG.0303"), true, true),
            (None, true, false),
        ] {
            let error = CallError {
                status: Some(401),
                code: code.map(str::to_owned),
                server_date: has_date.then_some(SystemTime::UNIX_EPOCH),
                ..CallError::before_sending(
                    Attempt::ReachService,
                    Failure::Unauthenticated,
                    HttpMessage::Empty,
                )
            };
            let has_hint = hints_of(&error).contains(&Hint::Service(ServiceHint::Clock));
            assert_eq!(has_hint, is_clock, "{code:?} {has_date}");
        }
    }
}
