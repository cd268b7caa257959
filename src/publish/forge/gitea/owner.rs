//! Whose token this is, as far as a job may ask.

use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::messages::Attempt;
use crate::publish::forge::rest::Rest;
use crate::publish::forge::sticky::owner_unknown;
use serde_json::Value;
use tokio::sync::OnceCell;

/// Authors of what is written with the token of a job.
const JOB_LOGINS: [&str; 2] = ["gitea-actions", "forgejo-actions"];

/// Those whose comments this token has written.
#[derive(Debug)]
pub(super) struct Owners {
    /// Whether the token may be that of a job, which need not be allowed to ask who it is.
    may_be_job: bool,
    logins: OnceCell<Vec<String>>,
}

impl Owners {
    pub(super) fn new(may_be_job: bool) -> Self {
        Self { may_be_job, logins: OnceCell::new() }
    }

    /// Their names, asked for once. Guessing wrong would leave a second comment, so a failure is a failure.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn logins(&self, api: &Rest) -> Result<&[String], CallError> {
        self.logins.get_or_try_init(|| self.ask(api)).await.map(Vec::as_slice)
    }

    async fn ask(&self, api: &Rest) -> Result<Vec<String>, CallError> {
        let call = Call::get(Attempt::ReadTokenOwner, "/user", &["login"]);
        match api.call(call).await {
            Ok((user, _)) => Ok(vec![user["login"].as_str().ok_or_else(owner_unknown)?.to_owned()]),
            // A person's token that lacks a scope is answered with the scope.
            Err(error)
                if self.may_be_job
                    && matches!(
                        error.failure,
                        Failure::Denied | Failure::NotFound | Failure::Unauthenticated
                    )
                    && !error.said().contains("scope") =>
            {
                Ok(JOB_LOGINS.map(str::to_owned).to_vec())
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether one of these wrote an entry of a list.
pub(super) fn wrote(owners: &[String], entry: &Value) -> bool {
    let login = entry["user"]["login"].as_str();
    login.is_some_and(|login| owners.iter().any(|owner| owner.eq_ignore_ascii_case(login)))
}
