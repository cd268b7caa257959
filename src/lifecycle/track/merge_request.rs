//! The merge-request task that checks the code of a pull request: found or made below the full task of the target branch.

use super::remote_job::Begun;
use crate::codearts::Id;
use crate::codearts::merge_requests::{MergeRequestTask, NewMergeRequestTask, TaskCreationError};
use crate::codearts::start_once::{BrokenOff, StartLimits};
use crate::codearts::task_code::TaskCode;
use crate::console::TaskDisplay;
use crate::http::error::CallError;
use crate::http::retry::is_transient;
use crate::lifecycle::check_run::StartEnvironment;
use crate::lifecycle::checked_code::same_branch;
use crate::lifecycle::report::{ReviewTask, Verdict, problem};
use crate::lifecycle::review::{Review, notice};
use crate::messages::{ReviewHint, ReviewMessage};
use crate::model::outcome::Outcome;
use crate::model::pull_request::PullRequest;
use crate::model::repository::same_repository;
use tokio::time::timeout_at;

/// What finding or making a merge-request task takes.
pub(super) struct Preparation<'a> {
    pub(super) environment: StartEnvironment<'a>,
    pub(super) review: &'a Review<'a>,
    /// The full task.
    pub(super) parent: &'a Id,
    /// Is given its name as soon as that is known.
    pub(super) display: &'a TaskDisplay,
}

impl Preparation<'_> {
    /// Finds or makes the task. `gone`: one that was found before and is not there any more.
    pub(super) async fn prepare(
        &self,
        gone: Option<&Id>,
        limits: &StartLimits<'_>,
    ) -> Result<ReviewTask, Begun> {
        let deadline = limits.deadline;
        let reading = async {
            let pull_request = self.review.pull_request(deadline).await?;
            let parent = self.environment.service.task_code(self.parent, deadline).await?;
            if let Some(name) = &parent.name {
                self.display.name(name);
            }
            fits(self.parent, &parent, pull_request)?;
            if parent.repository.is_none() || parent.branch.is_none() {
                notice(
                    self.display.label(),
                    ReviewMessage::ParentNotKnown { parent: self.parent.to_string() },
                    None,
                );
            }
            let project = self.environment.project_id.cloned().or_else(|| parent.project.clone());
            let project = project.ok_or_else(|| usage(ReviewMessage::NoProject, ReviewHint::Project))?;
            Ok::<_, Verdict>((pull_request, parent, project))
        };
        let (pull_request, parent, project) = in_time(limits, reading).await?;
        let finding = self.environment.service.find_merge_request_task(
            &project,
            self.parent,
            pull_request.number,
            deadline,
        );
        let found = in_time(limits, async { finding.await.map_err(Verdict::from) }).await?;
        let of = self.parent.to_string();
        let (id, is_created, known) = match found.filter(|id| Some(id) != gone) {
            Some(id) => {
                let task = id.to_string();
                (id, false, ReviewMessage::Found { task, parent: of })
            }
            None => match self.create(gone, pull_request, &parent, &project, limits).await? {
                MergeRequestTask::Created(id) => {
                    let task = id.to_string();
                    (id, true, ReviewMessage::Created { task, parent: of })
                }
                MergeRequestTask::Appeared(id) => {
                    let task = id.to_string();
                    (id, false, ReviewMessage::Appeared { task, parent: of })
                }
            },
        };
        tracing::info!("{}: {known}", self.display.label());
        Ok(ReviewTask { id, project, parent_name: parent.name, is_created })
    }

    /// Makes the task.
    async fn create(
        &self,
        gone: Option<&Id>,
        pull_request: &PullRequest,
        parent: &TaskCode,
        project: &Id,
        limits: &StartLimits<'_>,
    ) -> Result<MergeRequestTask, Begun> {
        let (languages, endpoint) = in_time(limits, self.languages_and_endpoint(project, limits)).await?;
        let new = NewMergeRequestTask {
            parent: self.parent,
            repository: parent.repository.as_deref().unwrap_or(&pull_request.repository_url),
            pull_request,
            languages: &languages,
            endpoint: endpoint.as_deref(),
            gone,
        };
        let created = self.environment.service.create_merge_request_task(project, &new, limits).await;
        created.map_err(|error| match error {
            TaskCreationError::NotCreated(error) => Begun::Concluded(error.into()),
            TaskCreationError::Perhaps(error) => {
                Begun::Concluded(Verdict::from(error).within(ReviewMessage::CreationUnknown))
            }
            TaskCreationError::BrokenOff { why, is_sent } => {
                if is_sent {
                    tracing::warn!("{}: {}", self.display.label(), ReviewMessage::PerhapsLeft);
                }
                match why {
                    BrokenOff::Cancelled => Begun::Cancelled,
                    BrokenOff::TimedOut => Begun::Concluded(out_of_time(Outcome::TimedOut)),
                }
            }
        })
    }

    /// What the new task is made of: as it was set, else as the full task has it.
    async fn languages_and_endpoint(
        &self,
        project: &Id,
        limits: &StartLimits<'_>,
    ) -> Result<(Vec<String>, Option<String>), Verdict> {
        let (service, settings) = (self.environment.service, self.review.settings);
        let languages = if settings.languages.is_empty() {
            match service.languages(project, self.parent, limits.deadline).await {
                Ok(languages) => languages,
                Err(error) if is_transient(error.failure) => return Err(error.into()),
                Err(error) => return Err(no_languages(Some(&error))),
            }
        } else {
            settings.languages.clone()
        };
        if languages.is_empty() {
            return Err(no_languages(None));
        }
        let endpoint = match &settings.endpoint {
            Some(endpoint) => Some(endpoint.clone()),
            None => {
                let asking = service.repository_endpoint(project, self.parent, limits.deadline).await;
                // Repositories of CodeArts need none, and the call may be missing.
                asking.unwrap_or_else(|error| {
                    tracing::debug!("{}", problem(ReviewMessage::NoEndpoint, &error));
                    None
                })
            }
        };
        Ok((languages, endpoint))
    }
}

/// Reads something, which ends with the time or with a cancellation at the latest.
async fn in_time<T>(
    limits: &StartLimits<'_>,
    reading: impl Future<Output = Result<T, Verdict>>,
) -> Result<T, Begun> {
    match limits.cancel.run_until_cancelled(timeout_at(limits.deadline, reading)).await {
        Some(Ok(read)) => read.map_err(Begun::Concluded),
        // Nothing answered.
        Some(Err(_)) => Err(Begun::Concluded(out_of_time(Outcome::Unavailable))),
        None => Err(Begun::Cancelled),
    }
}

fn out_of_time(outcome: Outcome) -> Verdict {
    Verdict::new(outcome, ReviewMessage::CreationTimedOut)
}

fn no_languages(error: Option<&CallError>) -> Verdict {
    let verdict = usage(ReviewMessage::NoLanguages, ReviewHint::Languages);
    match error {
        Some(error) => {
            let problem = problem(ReviewMessage::NoLanguages, error);
            Verdict { hints: verdict.hints, ..Verdict::of(Outcome::Usage, problem) }
        }
        None => verdict,
    }
}

fn usage(why: ReviewMessage, hint: ReviewHint) -> Verdict {
    Verdict { hints: vec![hint.into()], ..Verdict::new(Outcome::Usage, why) }
}

/// Makes sure that the full task is the one of the pull request's target.
pub(crate) fn fits(parent: &Id, code: &TaskCode, pull_request: &PullRequest) -> Result<(), Verdict> {
    let refuse = |why| Err(usage(why, ReviewHint::NameParent));
    let PullRequest { repository_url, target_branch, .. } = pull_request;
    if let Some(of_task) = &code.repository
        && !same_repository(of_task, repository_url)
    {
        let (parent, of_task) = (parent.to_string(), of_task.clone());
        return refuse(ReviewMessage::OtherRepository {
            parent,
            of_task,
            of_pull_request: repository_url.clone(),
        });
    }
    if let Some(of_task) = &code.branch
        && !same_branch(of_task, target_branch)
    {
        let (parent, of_task) = (parent.to_string(), of_task.clone());
        return refuse(ReviewMessage::OtherTarget {
            parent,
            of_task,
            of_pull_request: target_branch.clone(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pull_request::ForgeName;

    #[test]
    fn the_full_task_is_the_one_of_the_target() {
        let pull_request = PullRequest {
            forge: ForgeName::GitHub,
            repository: "acme/widget".to_owned(),
            repository_url: "https://github.com/acme/widget.git".to_owned(),
            number: 7,
            title: String::new(),
            source_branch: "feature".to_owned(),
            target_branch: "main".to_owned(),
            head: "2".repeat(40),
            is_from_fork: false,
        };
        let parent: Id = "2b31ed520aaaaaaebedb6e57aaaaaaaa".parse().expect("an id");
        let outcome = |repository: Option<&str>, branch: Option<&str>| {
            let (repository, branch) = (repository.map(str::to_owned), branch.map(str::to_owned));
            let code = TaskCode { name: None, project: None, repository, branch };
            fits(&parent, &code, &pull_request).err().map(|verdict| verdict.outcome)
        };
        for repository in ["https://GitHub.com/acme/widget", "git@github.com:acme/widget.git"] {
            assert_eq!(outcome(Some(repository), Some("main")), None, "{repository}");
        }
        assert_eq!(outcome(Some("https://github.com/acme/widget"), Some("refs/heads/main")), None);
        assert_eq!(outcome(None, None), None);
        let usage = Some(Outcome::Usage);
        assert_eq!(outcome(Some("https://github.com/acme/other"), Some("main")), usage);
        assert_eq!(outcome(Some("https://github.example/acme/widget"), None), usage);
        assert_eq!(outcome(None, Some("master")), usage);
        assert_eq!(outcome(None, Some("Main")), usage);
    }
}
