//! Beginning an artifact: in the best form that the server takes, under a name that is free.

use super::blob::SignedUrl;
use super::files::Upload;
use super::form::{Form, Remedy, forms, remedy};
use super::service::Service;
use crate::ci::github_actions::{Job, Server};
use crate::error::Problem;
use crate::http::error::CallError;
use crate::http::repeat::{ConsumeError, RetryPolicy, Tries, consume_once, retry};
use crate::http::retry::{RetryClass, is_transient};
use crate::messages::{ArtifactHint, ArtifactMessage, Hint};
use crate::publish::results::PublishError;
use std::ffi::OsStr;

/// Tries under one name, before each of which but the first the artifact of an earlier attempt of this job is removed.
const NAME_TRIES: u32 = 4;

/// An artifact without its bytes.
pub(super) struct Begun {
    pub(super) form: Form,
    pub(super) name: String,
    /// Where its bytes go.
    pub(super) target: SignedUrl,
}

/// A refused request for an artifact.
#[derive(Clone, Debug)]
struct Refusal {
    /// What it calls for.
    remedy: Remedy,
    error: Box<CallError>,
}

/// Why no artifact was begun.
enum BeginError {
    /// Another one has the name.
    NameTaken(CallError),
    Refused(PublishError),
}

/// Begins an artifact; under another name where another job's has the usual one.
///
/// # Errors
/// When the service refuses all forms, or the artifact.
pub(super) async fn begin(service: &Service<'_>, job: &Job, upload: &Upload) -> Result<Begun, PublishError> {
    match begin_named(service, job, upload, "").await {
        Err(BeginError::NameTaken(_)) => {
            let suffix = format!("-{}-{:04x}", job.run_attempt, fastrand::u16(..));
            tracing::info!("{}", ArtifactMessage::NameTaken { suffix: suffix.clone() });
            begin_named(service, job, upload, &suffix).await
        }
        begun => begun,
    }
    .map_err(|error| match error {
        BeginError::NameTaken(error) => error.into(),
        BeginError::Refused(error) => error,
    })
}

/// Tries all forms under the names with this suffix.
async fn begin_named(
    service: &Service<'_>,
    job: &Job,
    upload: &Upload,
    suffix: &str,
) -> Result<Begun, BeginError> {
    let Upload { stem, files } = upload;
    let ending = match files.as_slice() {
        [file] => file.path.extension().and_then(OsStr::to_str),
        _ => None,
    };
    let ending = ending.unwrap_or("pdf");
    let fits = |form: &Form| match job.server {
        Server::GitHub => files.len() == 1 || !form.is_file(),
        Server::Gitea => *form == Form::Zip,
    };
    let mut forms = forms(ending).into_iter().filter(fits).peekable();
    while let Some(form) = forms.next() {
        let name = if form.is_file() {
            format!("{stem}{suffix}.{ending}")
        } else {
            format!("codearts-report-{stem}{suffix}")
        };
        let Refusal { remedy, error } = match take_name(service, job, form, &name).await {
            Ok(target) => return Ok(Begun { form, name, target }),
            Err(refusal) => refusal,
        };
        match remedy {
            Remedy::NextForm => {}
            Remedy::LastForm => while forms.next_if(|form| *form != Form::Zip).is_some() {},
            Remedy::FreeName => return Err(BeginError::NameTaken(*error)),
            Remedy::NoService => return Err(BeginError::Refused(not_supported(&error))),
            // Private servers refuse in other ways.
            Remedy::GiveUp if !job.repository.is_on_github() && !is_transient(error.failure) => {
                return Err(BeginError::Refused(not_supported(&error)));
            }
            Remedy::Again | Remedy::GiveUp if error.said().contains("insufficient usage") => {
                let problem = Problem::new(ArtifactMessage::StorageFull).because(error.brief());
                return Err(BeginError::Refused(PublishError::failed(problem)));
            }
            Remedy::Again | Remedy::GiveUp => return Err(BeginError::Refused((*error).into())),
        }
    }
    Err(BeginError::Refused(PublishError::failed(Problem::new(ArtifactMessage::NoForm))))
}

/// Creates the artifact. What an earlier attempt of this job has left under its name is removed; in the first attempt the name
/// is another job's, or a lost answer's, and neither is replaced.
async fn take_name(service: &Service<'_>, job: &Job, form: Form, name: &str) -> Result<SignedUrl, Refusal> {
    let limit = if job.run_attempt == "1" { 1 } else { NAME_TRIES };
    let tries = Tries { limit, deadline: service.deadline, backoff: service.http.backoff() };
    // What was removed can show for a moment, so there is more than one try, and a pause between them.
    let free = async |_, taken: Option<&Refusal>| {
        let Some(taken) = taken else { return Ok(()) };
        service.remove(name).await.map_err(|error| {
            tracing::info!("{error}");
            ConsumeError::Final(taken.clone())
        })
    };
    let create = async |()| {
        create(service, form, name).await.map_err(|refusal| match refusal.remedy {
            Remedy::FreeName => ConsumeError::Gone(refusal),
            Remedy::Again | Remedy::NextForm | Remedy::LastForm | Remedy::NoService | Remedy::GiveUp => {
                ConsumeError::Final(refusal)
            }
        })
    };
    consume_once(tries, free, create).await
}

/// Creates the artifact, as often as transient failures call for.
async fn create(service: &Service<'_>, form: Form, name: &str) -> Result<SignedUrl, Refusal> {
    let policy = RetryPolicy::new(RetryClass::Idempotent, service.deadline, service.http.backoff());
    let mut tries = 0;
    let created = retry(policy, async || {
        tries += 1;
        match service.create(form, name).await {
            Ok(target) => Ok(Ok(target)),
            Err(error) => match remedy(form, &error, tries) {
                Remedy::Again => Err(error),
                remedy => Ok(Err(Refusal { remedy, error: Box::new(error) })),
            },
        }
    });
    created.await.unwrap_or_else(|error| Err(Refusal { remedy: Remedy::GiveUp, error: Box::new(error) }))
}

/// The server does not know this kind of artifact.
fn not_supported(error: &CallError) -> PublishError {
    let problem = Problem::new(ArtifactMessage::NotSupported).because(error.brief());
    PublishError::not_offered(problem.hint(Hint::Artifact(ArtifactHint::UploadStep)))
}
