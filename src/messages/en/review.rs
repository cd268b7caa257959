//! The pull request whose code is checked, in English.

use super::parts::inner;
use crate::messages::review::{CheckedCode, KeptBecause, ReviewHint, ReviewMessage, ShownRef};
use crate::messages::shown::{commit, name};

/// The words of a message.
pub(in crate::messages) fn review(message: &ReviewMessage) -> String {
    match message {
        ReviewMessage::Identified { forge, repository, number, source, target, head, is_from_fork } => {
            let shown = pull_request(forge, repository, *number, *is_from_fork, [source, target, head]);
            format!("checking {shown}")
        }
        ReviewMessage::OtherRepository { parent, of_task, of_pull_request } => format!(
            "task {parent} checks the repository {}, but the pull request leads to {}",
            name(of_task),
            name(of_pull_request)
        ),
        ReviewMessage::OtherTarget { parent, of_task, of_pull_request } => format!(
            "task {parent} checks the branch {}, but the pull request leads to {}",
            name(of_task),
            name(of_pull_request)
        ),
        ReviewMessage::ParentNotKnown { parent } => format!(
            "CodeArts does not show which repository and branch task {parent} checks; assuming those of the pull request"
        ),
        ReviewMessage::NoProject => "the CodeArts project of the task is unknown".to_owned(),
        ReviewMessage::NoLanguages => "the languages of the task are unknown".to_owned(),
        ReviewMessage::Found { task, parent } => {
            format!("using merge-request task {task} of task {parent}")
        }
        ReviewMessage::Appeared { task, parent } => format!(
            "using merge-request task {task} of task {parent}, which appeared while the response to its creation was lost; it is not deleted, because another job may have created it"
        ),
        ReviewMessage::UsedBefore(task) => {
            format!("merge-request task {task} has runs that this job did not start, so it is not deleted")
        }
        ReviewMessage::Created { task, parent } => {
            format!("created merge-request task {task} of task {parent}")
        }
        ReviewMessage::CreationUnknown(why) => {
            format!("could not determine whether a merge-request task was created: {}", inner(why))
        }
        ReviewMessage::PerhapsLeft => {
            "the response to a request that creates a merge-request task was lost: a task without a run may be left in CodeArts".to_owned()
        }
        ReviewMessage::CreationTimedOut => {
            "`--timeout` expired before there was a merge-request task to run".to_owned()
        }
        ReviewMessage::FoundIsGone(task) => {
            format!("merge-request task {task} is gone; creating another one")
        }
        ReviewMessage::Fetching(reference) => format!("CodeArts fetches the pull request {}", fetched(*reference)),
        ReviewMessage::FetchingAgain { failed, next } => format!(
            "CodeArts could not fetch the pull request {}; trying once more {}",
            fetched(*failed),
            fetched(*next)
        ),
        ReviewMessage::MovedBefore { job, now } => format!(
            "this job is about commit {}, but the head of the pull request is {} now",
            commit(job),
            commit(now)
        ),
        ReviewMessage::Moved { from, to } => format!(
            "the head of the pull request moved from {} to {}, so the result would be about outdated code",
            commit(from),
            commit(to)
        ),
        ReviewMessage::Redirected { from: (source, target), to: (new_source, new_target) } => format!(
            "the pull request leads from {} into {} now, and no longer from {} into {}",
            name(new_source),
            name(new_target),
            name(source),
            name(target)
        ),
        ReviewMessage::Elsewhere { then, now } => {
            format!("the pull request that was checked is in {}, and that of this job in {}", name(then), name(now))
        }
        ReviewMessage::OtherBranch { checked, source } => format!(
            "CodeArts checked the branch {}, but the branch of the pull request is {}",
            name(checked),
            name(source)
        ),
        ReviewMessage::NoEndpoint => {
            "the service endpoint of the task is unknown; creating the merge-request task without one".to_owned()
        }
        ReviewMessage::HeadNotInTime => "the head was not read in time".to_owned(),
        ReviewMessage::HeadNotKnown(why) => format!(
            "whether the result is about the current head of the pull request is unknown: {}",
            inner(why)
        ),
        ReviewMessage::HeadNotConfirmed => {
            "could not confirm that the head of the pull request has not moved".to_owned()
        }
        ReviewMessage::BranchNotShown => "CodeArts does not show which branch it checked".to_owned(),
        ReviewMessage::StillAtHead { head } => {
            format!("the head of the pull request is still {}", commit(head))
        }
        ReviewMessage::NoPdf(why) => {
            format!("no PDF of the merge-request task; the HTML page takes its place: {}", inner(why))
        }
        ReviewMessage::Deleted(task) => format!("deleted merge-request task {task}"),
        ReviewMessage::Kept { task, why } => {
            let why = match why {
                KeptBecause::PerhapsRunning => "its run may still be going on",
                KeptBecause::OtherRun => "another run has begun in it",
                KeptBecause::LacksResults => "not all of its results are on disk",
                KeptBecause::NotProved => {
                    "CodeArts does not show that it checks the source branch of the pull request"
                }
            };
            format!("merge-request task {task} was not deleted: {why}")
        }
        ReviewMessage::NotDeleted(task) => format!("could not delete merge-request task {task}"),
        ReviewMessage::ChecksAnother { checked, source } => format!(
            "this result is about {}, not about {}, the branch of the pull request",
            code(checked),
            name(source)
        ),
        ReviewMessage::Checks(checked) => format!("this result is about {}", code(checked)),
    }
}

/// The words of a hint.
pub(in crate::messages) fn review_hint(hint: &ReviewHint) -> String {
    match hint {
        ReviewHint::NameParent => {
            "name the full task of the pull request's target repository and branch as TASK_ID"
        }
        ReviewHint::Project => "pass `--project-id`",
        ReviewHint::Languages => "pass `--task-languages`, such as `--task-languages java,python`",
        ReviewHint::CheckPullRequest => "pass `--pull-request auto` to check the code of the pull request",
        ReviewHint::NewerJob => "see the job of the newer commit",
        ReviewHint::CheckNumber => "check the number after `--pull-request`; a token that may not read it gets the same answer",
        ReviewHint::SeeTask => {
            "run this job again; if it happens again, keep the merge-request task with `--delete-task never` and report its id to CodeArts"
        }
        ReviewHint::DeleteByHand(task) => {
            return format!("delete it with `DELETE /v2/tasks/{task}`; the console does not show it");
        }
    }
    .to_owned()
}

/// Which pull request it is. `about`: its source branch, its target branch, and its head.
pub(super) fn pull_request(
    forge: &str,
    repository: &str,
    number: u64,
    is_from_fork: bool,
    about: [&str; 3],
) -> String {
    let fork = if is_from_fork { " from a fork" } else { "" };
    let [source, target, head] = about;
    format!(
        "{forge} pull request {number} of {}{fork}: {} into {}, head {}",
        name(repository),
        name(source),
        name(target),
        commit(head)
    )
}

const fn fetched(ShownRef(reference): ShownRef) -> &'static str {
    use crate::model::pull_request::FetchRef;
    match reference {
        Some(FetchRef::Pull) => "as `pull`",
        Some(FetchRef::MergeRequest) => "as `merge_request`",
        None => "in its own way",
    }
}

fn code(CheckedCode { repository, branch }: &CheckedCode) -> String {
    match (branch, repository) {
        (Some(branch), Some(repository)) => format!("branch {} of {}", name(branch), name(repository)),
        (Some(branch), None) => format!("branch {}", name(branch)),
        (None, Some(repository)) => format!("a branch of {}", name(repository)),
        (None, None) => "code that CodeArts does not name".to_owned(),
    }
}
