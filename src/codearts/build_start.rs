//! Starting a build exactly once (page `build`, section 4).

use super::id::Id;
use super::service::{Service, post};
use super::start_once::{BrokenOff, StartLimits};
use super::wire::BuildStarted;
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::field;
use crate::http::repeat::{CreateError, create_once};
use crate::http::retry::RetryClass;
use crate::messages::{Attempt, ServiceMessage};
use serde_json::{Value, json};
use std::cell::Cell;
use tokio::time::Instant;

/// What is built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildRequest {
    /// Parameters of the job, by name.
    pub parameters: Vec<(String, String)>,
    /// What is checked out, if not what the job is set to.
    pub revision: Option<Revision>,
}

/// What is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revision {
    /// A branch.
    Branch(String),
    /// A tag.
    Tag(String),
    /// A commit.
    Commit(String),
}

/// A build that was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// Its number.
    pub number: u64,
    /// Whether the service named it. Otherwise the answer was lost, and the build is the one whose record fits the request.
    pub is_certain: bool,
}

/// Why no build was started.
#[derive(Debug)]
pub enum StartError {
    /// A call failed, and nothing was started.
    NotStarted(CallError),
    /// Calls failed, and whether something was started could not be found out.
    Perhaps {
        /// The call that failed.
        error: CallError,
        /// The latest build that appeared since, if one did. Nothing shows that it was started by this request.
        appeared: Option<u64>,
    },
    /// Broken off.
    BrokenOff {
        /// Why.
        why: BrokenOff,
        /// Whether a build may have been started.
        is_sent: bool,
    },
}

impl Service {
    /// Starts a build and makes sure that it is started once.
    ///
    /// # Errors
    /// [`StartError`] holds what is known about a build.
    pub async fn start_build(
        &self,
        job: &Id,
        request: &BuildRequest,
        limits: &StartLimits<'_>,
    ) -> Result<Started, StartError> {
        let is_sent = Cell::new(false);
        let starting = self.start_build_within(job, request, limits, &is_sent);
        match limits.hold(&is_sent, starting).await {
            Ok(started) => started,
            Err((why, is_sent)) => Err(StartError::BrokenOff { why, is_sent }),
        }
    }

    async fn start_build_within(
        &self,
        job: &Id,
        request: &BuildRequest,
        limits: &StartLimits<'_>,
        is_sent: &Cell<bool>,
    ) -> Result<Started, StartError> {
        let deadline = limits.deadline;
        let before = match self.latest_build_by(job, deadline).await {
            Ok(latest) => Some(latest.unwrap_or(0)),
            Err(error) if error.may_lack_call() => {
                tracing::debug!("{}", ServiceMessage::GoingOnWithout(error.shown()));
                None
            }
            Err(error) => return Err(StartError::NotStarted(error)),
        };
        let call = start_call(job, request);
        let look =
            async |error: &CallError| Ok(self.find_started(job, request, before, deadline, error).await);
        let create = async || {
            let body = self.send_start(limits, is_sent, async || self.attempt(&call).await).await?;
            // A number from before the start belongs to another build.
            let number =
                read_build_number(&body).filter(|number| before.is_none_or(|before| *number > before));
            if let Some(number) = number {
                return Ok(Ok(Started { number, is_certain: true }));
            }
            // What was accepted must not be sent again, even if its number is missing.
            let error = self.unreadable(&call, ServiceMessage::NoNewBuild);
            tracing::info!("{}", ServiceMessage::LookingForBuild(error.shown()));
            let found = self.find_started(job, request, before, deadline, &error).await;
            Ok(found.unwrap_or(Err(StartError::Perhaps { error, appeared: None })))
        };
        match create_once(self.starts_by(deadline), look, create).await {
            Ok(result) => result,
            Err(CreateError::NotCreated(error)) => Err(StartError::NotStarted(error)),
            Err(CreateError::Unknown(error)) => Err(StartError::Perhaps { error, appeared: None }),
        }
    }

    /// Looks for a build whose start failed with `error`; `None`: none appeared.
    async fn find_started(
        &self,
        job: &Id,
        request: &BuildRequest,
        before: Option<u64>,
        deadline: Instant,
        error: &CallError,
    ) -> Option<Result<Started, StartError>> {
        let perhaps = |appeared| Some(Err(StartError::Perhaps { error: error.clone(), appeared }));
        // Without the numbers from before, nothing can be known.
        let Some(before) = before else { return perhaps(None) };
        // The latest build, if it came since.
        let look = async || Ok(self.latest_build(job).await?.filter(|latest| *latest > before));
        match self.look_for(deadline, look).await {
            // Others start builds too, so a new number alone shows nothing.
            Ok(Some(latest)) => match self.find_build_of(job, request, before + 1..=latest, deadline).await {
                Some(number) => Some(Ok(Started { number, is_certain: false })),
                None => perhaps(Some(latest)),
            },
            Ok(None) => None,
            Err(_) => perhaps(None),
        }
    }
}

fn read_build_number(body: &Value) -> Option<u64> {
    let answer: BuildStarted = field::read(body);
    let nested = field::read::<BuildStarted>(&answer.result).actual_build_number;
    [answer.actual_build_number, nested].into_iter().flatten().find(|number| *number > 0)
}

/// Branches are understood by the newer call only (section 4).
fn start_call(job: &Id, request: &BuildRequest) -> Call {
    let parameters: Vec<Value> =
        request.parameters.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let mut body = json!({"job_id": job.as_str()});
    if !parameters.is_empty() {
        body["parameter"] = parameters.into();
    }
    let path = match &request.revision {
        Some(Revision::Branch(branch)) => {
            body["scm"] = json!({"branch": branch, "build_type": "branch"});
            "/v1/job/execute"
        }
        Some(Revision::Tag(tag)) => {
            body["scm"] = json!({"build_tag": tag});
            "/v3/jobs/build"
        }
        Some(Revision::Commit(commit)) => {
            body["scm"] = json!({"build_commit_id": commit});
            "/v3/jobs/build"
        }
        None => "/v3/jobs/build",
    };
    Call {
        class: RetryClass::CreateOnce,
        expected: &["actual_build_number"],
        holds_permit: true,
        ..post(Attempt::StartBuild(job.short()), path, body.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::example;
    use super::*;

    #[test]
    fn what_is_sent_to_start_a_build() {
        let job: Id = "48c66c6002964721be537cdc6ce0297b".parse().expect("an id");
        let parameters = vec![("codeBranch".to_owned(), "a \"b\"".to_owned())];
        let sent = |revision| {
            let call = start_call(&job, &BuildRequest { parameters: parameters.clone(), revision });
            let body: Value = serde_json::from_slice(&call.body.expect("a body")).expect("JSON");
            assert_eq!(body["parameter"], json!([{"name": "codeBranch", "value": "a \"b\""}]));
            assert_eq!(body["job_id"], job.as_str());
            (call.path, body["scm"].clone())
        };
        let old = "/v3/jobs/build".to_owned();
        assert_eq!(sent(None), (old.clone(), Value::Null));
        assert_eq!(sent(Some(Revision::Tag("v1".to_owned()))), (old.clone(), json!({"build_tag": "v1"})));
        assert_eq!(
            sent(Some(Revision::Commit("7d4a".to_owned()))),
            (old, json!({"build_commit_id": "7d4a"}))
        );
        let branch = sent(Some(Revision::Branch("main".to_owned())));
        assert_eq!(branch, ("/v1/job/execute".to_owned(), json!({"branch": "main", "build_type": "branch"})));
        assert_eq!(read_build_number(&example("build_run_response.json")), Some(55));
    }
}
