//! In which form a server takes an artifact, and what its refusals call for (`ci/github`, sections 1.5 and 1.9). Pure.

use crate::http::error::CallError;
use crate::http::retry::{CALL_TRIES, Failure, is_transient};

/// Tries before a server that answers 5xx is taken for one that does not know the newer form.
const FORM_TRIES: u32 = 3;
/// Type of a file of which nothing is known.
const ANY_TYPE: &str = "application/octet-stream";
/// Type of an archive.
pub(super) const ZIP_TYPE: &str = "application/zip";

/// How an artifact is sent; better ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The file itself, of this type; version 7.
    File(&'static str),
    /// An archive; version 7.
    TypedZip,
    /// An archive; version 4, which `act` and older servers know, and the only one that Gitea does.
    Zip,
}

/// All forms of a file with this ending, in the order in which they are tried.
pub(super) fn forms(ending: &str) -> [Form; 4] {
    let own_type = match ending {
        "pdf" => "application/pdf",
        "html" => "text/html",
        _ => ANY_TYPE,
    };
    [Form::File(own_type), Form::File(ANY_TYPE), Form::TypedZip, Form::Zip]
}

impl Form {
    pub(super) const fn is_file(self) -> bool {
        matches!(self, Self::File(_))
    }

    pub(super) const fn mime_type(self) -> Option<&'static str> {
        match self {
            Self::File(mime_type) => Some(mime_type),
            Self::TypedZip => Some(ZIP_TYPE),
            Self::Zip => None,
        }
    }

    pub(super) const fn version(self) -> u8 {
        match self {
            Self::File(_) | Self::TypedZip => 7,
            Self::Zip => 4,
        }
    }
}

/// What a refused `CreateArtifact` calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// The same again, after a pause.
    Again,
    /// The next form.
    NextForm,
    /// The last form: the server chokes on the newer ones.
    LastForm,
    /// The name is taken.
    FreeName,
    /// There is no such service.
    NoService,
    /// Nothing.
    GiveUp,
}

/// `tries`: how often this form was tried.
pub(super) fn remedy(form: Form, error: &CallError, tries: u32) -> Remedy {
    let is_about = |words: &str| error.said().contains(words) || error.code.as_deref() == Some(words);
    if error.status == Some(409) || is_about("already_exists") {
        return Remedy::FreeName;
    }
    if is_about("insufficient usage") {
        return Remedy::GiveUp;
    }
    let is_last_form = form == Form::Zip;
    match error.failure {
        Failure::NotFound => Remedy::NoService,
        Failure::Rejected if !is_last_form => Remedy::NextForm,
        Failure::Unavailable if !is_last_form && tries >= FORM_TRIES => Remedy::LastForm,
        failure if is_transient(failure) && tries < CALL_TRIES => Remedy::Again,
        // What could pass is listed there; the rest will not.
        _ => Remedy::GiveUp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::dialect::BY_STATUS;
    use crate::messages::{Attempt, HttpMessage};
    use serde_json::Value;

    fn example(name: &str) -> Value {
        let path = format!("{}/tests/data/github/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON")
    }

    fn error(status: u16, body: &Value) -> CallError {
        let found = BY_STATUS.find_error(body);
        let failure = BY_STATUS.classify(status, &found);
        let why = HttpMessage::Said(found.message.unwrap_or_default());
        let error = CallError::before_sending(Attempt::CreateArtifact, failure, why);
        CallError { status: Some(status), code: found.code, ..error }
    }

    #[test]
    fn what_refusals_call_for() {
        let pdf = forms("pdf")[0];
        let cases = [
            (pdf, error(400, &example("artifact-error-400-mime-type")), 1, Remedy::NextForm),
            (Form::Zip, error(400, &example("artifact-error-400-mime-type")), 1, Remedy::GiveUp),
            (pdf, error(409, &example("artifact-error-409-name-exists")), 1, Remedy::FreeName),
            (pdf, error(429, &example("artifact-error-quota")), 1, Remedy::GiveUp),
            (pdf, error(403, &example("artifact-error-quota")), 1, Remedy::GiveUp),
            (pdf, error(500, &Value::Null), 1, Remedy::Again),
            (pdf, error(500, &Value::Null), 3, Remedy::LastForm),
            (Form::Zip, error(500, &Value::Null), 3, Remedy::Again),
            (Form::Zip, error(500, &Value::Null), 10, Remedy::GiveUp),
            (pdf, error(429, &Value::Null), 5, Remedy::Again),
            (pdf, error(404, &Value::Null), 1, Remedy::NoService),
            (pdf, error(401, &Value::Null), 1, Remedy::GiveUp),
        ];
        for (form, error, tries, expected) in cases {
            assert_eq!(remedy(form, &error, tries), expected, "{form:?} {error} {tries}");
        }
    }
}
