//! What `--pull-request` needs. A merge-request task is really created, and deleted at once; it never runs.

use super::findings::{Findings, TEST_LIMIT, in_time, within_limit};
use crate::codearts::errors::{outcome_of, with_hints};
use crate::codearts::merge_requests::{MergeRequestTask, NewMergeRequestTask, TaskCreationError};
use crate::codearts::start_once::{BrokenOff, StartLimits};
use crate::codearts::task_code::TaskCode;
use crate::codearts::{Id, Service};
use crate::error::Problem;
use crate::http::retry::Failure;
use crate::lifecycle::report::Verdict;
use crate::lifecycle::track::merge_request::fits;
use crate::messages::{
    CodeArtsRepoMessage, DoctorHint, DoctorMessage, HttpMessage, ReviewHint, ReviewMessage, Tested,
};
use crate::model::outcome::Outcome;
use crate::model::pull_request::PullRequest;
use crate::publish::{Identified, ReviewError};
use crate::settings::PullRequestSettings;
use std::cell::Cell;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Creates a task.
pub(super) const CREATE: &str = "codeartscheck:task:create";
/// Deletes a task.
pub(super) const DELETE: &str = "codeartscheck:task:delete";

/// The task of this process: a signal may not end the process before it is deleted.
#[derive(Default)]
pub(super) struct Creation {
    cancel: CancellationToken,
    is_under_way: Cell<bool>,
}

impl Creation {
    /// Whether nothing more is created.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Creates nothing more; whether a task may have to be deleted first.
    pub(super) fn cancel(&self) -> bool {
        self.cancel.cancel();
        self.is_under_way.get()
    }
}

/// The full task of the target branch.
#[derive(Clone, Copy)]
pub(super) struct FullTask<'a> {
    pub(super) service: &'a Service,
    pub(super) id: &'a Id,
    /// The project, if it was given.
    pub(super) given: Option<&'a Id>,
}

/// Reads the pull request and what it changes.
pub(super) async fn read(settings: &PullRequestSettings, findings: &mut Findings) -> Option<PullRequest> {
    let deadline = Instant::now() + TEST_LIMIT;
    let failed = |error: ReviewError| (error.outcome(), error.problem());
    let reading = settings.review.pull_request(settings.number, deadline);
    let Identified { pull_request, job_head } = match within_limit(reading, failed).await {
        Ok(identified) => identified,
        Err((outcome, problem)) => {
            findings.bad(outcome, Tested::PullRequest, &problem);
            return None;
        }
    };
    let PullRequest { forge, repository, number, source_branch, target_branch, head, .. } =
        pull_request.clone();
    let shown = DoctorMessage::PullRequest {
        forge: forge.title(),
        repository,
        number,
        source: source_branch,
        target: target_branch,
        head: head.clone(),
        is_from_fork: pull_request.is_from_fork,
    };
    findings.good(Tested::PullRequest, shown);
    if let Some(job) = job_head.filter(|job| *job != head) {
        Findings::note(Tested::PullRequest, &Problem::new(ReviewMessage::MovedBefore { job, now: head }));
    }
    if settings.review.lacks_changed_lines().is_some() {
        Findings::note(Tested::ChangedFiles, &Problem::new(CodeArtsRepoMessage::NoChangedLines));
        return Some(pull_request);
    }
    let reading = settings.review.changed_lines(&pull_request, deadline);
    let mut misses_files = false;
    findings.tested(Tested::ChangedFiles, within_limit(reading, failed).await, |lines| {
        misses_files = lines.misses_files();
        DoctorMessage::ChangedFiles(lines.files())
    });
    if misses_files {
        Findings::note(Tested::ChangedFiles, &Problem::new(DoctorMessage::MoreFiles));
    }
    Some(pull_request)
}

/// What the task itself needs. `pull_request`: if it could be read.
pub(super) async fn test(
    task: &FullTask<'_>,
    settings: &PullRequestSettings,
    pull_request: Option<&PullRequest>,
    creation: &Creation,
    findings: &mut Findings,
) {
    let (code, fits) = code(task, pull_request, findings).await;
    let Some(project) = task.given.or(code.project.as_ref()) else {
        let unknown = Problem::new(ReviewMessage::NoProject).hint(ReviewHint::Project);
        findings.bad(Outcome::Usage, Tested::Project, &unknown);
        return not_created(DoctorMessage::CreationNotTested);
    };
    findings.good(Tested::Project, DoctorMessage::Project(project.to_string()));
    let found = list(task, project, pull_request, findings).await;
    let languages = languages(task, project, settings, findings).await;
    let endpoint = service_endpoint(task, project, settings, findings).await;
    quality_gate(task, project).await;
    match (found, pull_request) {
        (Ok(Some(found)), Some(pull_request)) => {
            let number = pull_request.number;
            not_created(DoctorMessage::NotCreated { task: found.to_string(), number });
        }
        (Ok(None), Some(pull_request)) if fits && !languages.is_empty() => {
            let new = NewMergeRequestTask {
                parent: task.id,
                repository: code.repository.as_deref().unwrap_or(&pull_request.repository_url),
                pull_request,
                languages: &languages,
                endpoint: endpoint.as_deref(),
                gone: None,
            };
            creation.is_under_way.set(true);
            create_and_delete(task, project, &new, creation, findings).await;
            creation.is_under_way.set(false);
        }
        (Ok(_), _) | (Err(()), _) => not_created(DoctorMessage::CreationNotTested),
    }
}

/// What the full task checks, and whether that is the target of the pull request.
async fn code(
    task: &FullTask<'_>,
    pull_request: Option<&PullRequest>,
    findings: &mut Findings,
) -> (TaskCode, bool) {
    let deadline = Instant::now() + TEST_LIMIT;
    let code = match in_time(task.service.task_code(task.id, deadline)).await {
        Ok(code) => code,
        Err((outcome, problem)) => {
            findings.bad(outcome, Tested::FullTask, &problem);
            return (TaskCode::default(), false);
        }
    };
    let Some(pull_request) = pull_request else { return (code, false) };
    if let Err(verdict) = fits(task.id, &code, pull_request) {
        findings.bad(verdict.outcome, Tested::FullTask, &verdict.into());
        return (code, false);
    }
    match (&code.repository, &code.branch) {
        (Some(repository), Some(branch)) => {
            let (repository, branch) = (repository.clone(), branch.clone());
            findings.good(Tested::FullTask, DoctorMessage::Fits { repository, branch });
        }
        (None, _) | (_, None) => {
            let unknown = ReviewMessage::ParentNotKnown { parent: task.id.to_string() };
            Findings::note(Tested::FullTask, &Problem::new(unknown));
        }
    }
    (code, true)
}

/// The merge-request task that is there already; `Err`: whether there is one is not known. A list that is not there or not
/// allowed shows none, and does not keep `check` from creating a task.
async fn list(
    task: &FullTask<'_>,
    project: &Id,
    pull_request: Option<&PullRequest>,
    findings: &mut Findings,
) -> Result<Option<Id>, ()> {
    let deadline = Instant::now() + TEST_LIMIT;
    let FullTask { service, id, .. } = task;
    let what = Tested::MergeRequestTasks;
    if let Some(PullRequest { number, .. }) = pull_request {
        match in_time(service.find_merge_request_task(project, id, *number, deadline)).await {
            Ok(None) => {}
            Ok(found) => {
                findings.good(what, DoctorMessage::Listed);
                return Ok(found);
            }
            Err((outcome, problem)) => {
                findings.bad(outcome, what, &problem);
                return Err(());
            }
        }
    }
    let mut is_missing = false;
    let listing = within_limit(service.may_list_merge_request_tasks(project, id, deadline), |error| {
        is_missing = matches!(error.failure, Failure::NotFound | Failure::Rejected);
        (outcome_of(&error), with_hints(&error))
    });
    match listing.await {
        Ok(()) => findings.good(what, DoctorMessage::Listed),
        Err((_, problem)) if is_missing => {
            Findings::note(what, &Problem::new(DoctorMessage::NotListed).because(&problem));
        }
        Err((outcome, problem)) => findings.bad(outcome, what, &problem),
    }
    Ok(None)
}

/// The languages of the task; none where they are not known.
async fn languages(
    task: &FullTask<'_>,
    project: &Id,
    settings: &PullRequestSettings,
    findings: &mut Findings,
) -> Vec<String> {
    let deadline = Instant::now() + TEST_LIMIT;
    let languages = if settings.languages.is_empty() {
        in_time(task.service.languages(project, task.id, deadline)).await
    } else {
        Ok(settings.languages.clone())
    };
    let known = languages.and_then(|languages| {
        let unknown = || (Outcome::Usage, Problem::new(ReviewMessage::NoLanguages));
        if languages.is_empty() { Err(unknown()) } else { Ok(languages) }
    });
    match known {
        Ok(languages) => {
            findings.good(Tested::Languages, DoctorMessage::Languages(languages.clone()));
            languages
        }
        Err((outcome, problem)) => {
            findings.bad(outcome, Tested::Languages, &problem.hint(ReviewHint::Languages));
            Vec::new()
        }
    }
}

/// The service endpoint of the task; repositories of CodeArts need none.
async fn service_endpoint(
    task: &FullTask<'_>,
    project: &Id,
    settings: &PullRequestSettings,
    findings: &mut Findings,
) -> Option<String> {
    let deadline = Instant::now() + TEST_LIMIT;
    let endpoint = match &settings.endpoint {
        Some(endpoint) => Ok(Some(endpoint.clone())),
        None => in_time(task.service.repository_endpoint(project, task.id, deadline)).await,
    };
    let unknown = Problem::new(DoctorMessage::NoServiceEndpoint).hint(DoctorHint::NameServiceEndpoint);
    match endpoint {
        Ok(Some(endpoint)) => {
            findings.good(Tested::ServiceEndpoint, DoctorMessage::ServiceEndpoint(endpoint.clone()));
            Some(endpoint)
        }
        Ok(None) => {
            Findings::note(Tested::ServiceEndpoint, &unknown);
            None
        }
        Err((_, why)) => {
            Findings::note(Tested::ServiceEndpoint, &unknown.because(&why).hints(why.hints));
            None
        }
    }
}

/// The quality gate of the full task, which that of the merge-request task may differ from.
async fn quality_gate(task: &FullTask<'_>, project: &Id) {
    let deadline = Instant::now() + TEST_LIMIT;
    let not_shown = || Problem::new(DoctorMessage::NoQualityGate);
    let shown = match in_time(task.service.gate_policy(project, task.id, deadline)).await {
        Ok(Some(policy)) => Problem::new(DoctorMessage::QualityGate(policy)),
        Ok(None) => not_shown(),
        Err((_, why)) => not_shown().because(&why).hints(why.hints),
    };
    Findings::note(Tested::QualityGate, &shown);
}

/// Creates the task, and deletes it again.
async fn create_and_delete(
    task: &FullTask<'_>,
    project: &Id,
    new: &NewMergeRequestTask<'_>,
    creation: &Creation,
    findings: &mut Findings,
) {
    let limits = StartLimits { deadline: Instant::now() + TEST_LIMIT, cancel: &creation.cancel };
    let id = match task.service.create_merge_request_task(project, new, &limits).await {
        Ok(MergeRequestTask::Created(id)) => id,
        Ok(MergeRequestTask::Appeared(id)) => {
            let (task, parent) = (id.to_string(), task.id.to_string());
            findings.good(Tested::Permission(CREATE), ReviewMessage::Appeared { task, parent });
            let untested = Problem::new(DoctorMessage::DeletionNotTested);
            return Findings::note(Tested::Permission(DELETE), &untested);
        }
        Err(error) => {
            creation_failed(error, findings);
            let untested = Problem::new(DoctorMessage::DeletionNotTested);
            return Findings::note(Tested::Permission(DELETE), &untested);
        }
    };
    let (created, parent) = (id.to_string(), task.id.to_string());
    findings.good(Tested::Permission(CREATE), ReviewMessage::Created { task: created.clone(), parent });
    match in_time(task.service.delete_task(&id, Instant::now() + TEST_LIMIT)).await {
        Ok(()) => findings.good(Tested::Permission(DELETE), ReviewMessage::Deleted(created)),
        Err((outcome, why)) => {
            let left = Problem::new(ReviewMessage::NotDeleted(created.clone())).because(&why);
            let left = left.hints(why.hints).hint(ReviewHint::DeleteByHand(created));
            findings.bad(outcome, Tested::Permission(DELETE), &left);
        }
    }
}

fn creation_failed(error: TaskCreationError, findings: &mut Findings) {
    let verdict = match error {
        TaskCreationError::NotCreated(error) => Verdict::from(error),
        TaskCreationError::Perhaps(error) => Verdict::from(error).within(ReviewMessage::CreationUnknown),
        TaskCreationError::BrokenOff { why, is_sent } => {
            if is_sent {
                Findings::note(Tested::Permission(CREATE), &Problem::new(ReviewMessage::PerhapsLeft));
            }
            match why {
                // Nobody waits for the result any more.
                BrokenOff::Cancelled => return,
                BrokenOff::TimedOut => Verdict::new(Outcome::Unavailable, HttpMessage::NotInTime(TEST_LIMIT)),
            }
        }
    };
    findings.bad(verdict.outcome, Tested::Permission(CREATE), &verdict.into());
}

/// Neither creation nor deletion is tested.
fn not_created(why: DoctorMessage) {
    Findings::note(Tested::Permission(CREATE), &Problem::new(why));
    Findings::note(Tested::Permission(DELETE), &Problem::new(DoctorMessage::DeletionNotTested));
}
