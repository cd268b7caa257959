//! Finds the task that nobody named: the only one of the project that checks the branch of this job.

use crate::codearts::errors::{outcome_of, with_hints};
use crate::codearts::task_list::{NoSingleTask, TaskEntry};
use crate::codearts::{Id, Service};
use crate::console::Console;
use crate::error::Problem;
use crate::lifecycle::report::Verdict;
use crate::lifecycle::review::Review;
use crate::lifecycle::track::signals::Signals;
use crate::messages::{FinishMessage, Hint, SearchHint, SearchMessage, SearchedBranch};
use crate::model::outcome::Outcome;
use crate::settings::{SearchedCode, TaskChoice, TaskSearch};
use std::time::Duration;
use tokio::time::Instant;

/// Longest time for the search.
const SEARCH_LIMIT: Duration = Duration::from_secs(120);
/// Most tasks that are named where there is a choice.
const CANDIDATE_LIMIT: usize = 10;

/// The tasks, each once. `review`: the pull request whose code is checked.
///
/// # Errors
/// When for one there is none, or a choice, or a call failed; or a signal came first.
pub(super) async fn find(
    choices: &[TaskChoice],
    service: &Service,
    review: Option<&Review<'_>>,
    deadline: Instant,
    console: &Console,
    signals: &mut Signals,
) -> Result<Vec<Id>, Problem> {
    let deadline = deadline.min(Instant::now() + SEARCH_LIMIT);
    let looking = async {
        let mut ids = Vec::with_capacity(choices.len());
        for choice in choices {
            let id = match choice {
                TaskChoice::Named(id) => id.clone(),
                TaskChoice::Sought(search) => look(search, service, review, deadline).await?,
            };
            if ids.contains(&id) {
                return Err(Problem::new(SearchMessage::Twice(id.to_string())));
            }
            ids.push(id);
        }
        Ok(ids)
    };
    tokio::select! {
        found = looking => found,
        signal = signals.next() => {
            console.hurry();
            Err(Problem::new(FinishMessage::NoResult(signal)))
        }
        never = console.keep_alive() => match never {},
    }
}

async fn look(
    search: &TaskSearch,
    service: &Service,
    review: Option<&Review<'_>>,
    deadline: Instant,
) -> Result<Id, Problem> {
    let of = match (&search.code, review) {
        (SearchedCode::Branch(of), _) => of.clone(),
        (SearchedCode::TargetBranch, Some(review)) => {
            let pull_request = review.pull_request(deadline).await.map_err(not_identified)?;
            SearchedBranch {
                repository: pull_request.repository_url.clone(),
                branch: pull_request.target_branch.clone(),
            }
        }
        (SearchedCode::TargetBranch, None) => return Err(failed(Outcome::Internal)),
    };
    let TaskSearch { project, .. } = search;
    match service.the_task(project, &of.repository, &of.branch, deadline).await {
        Ok(id) => {
            tracing::info!("{}", SearchMessage::Found { id: id.to_string(), of });
            Ok(id)
        }
        Err(NoSingleTask::Failed(error)) => {
            let hints = with_hints(&error).hints;
            Err(failed(outcome_of(&error)).because(error).hints(hints))
        }
        Err(NoSingleTask::None(others)) => {
            let what = SearchMessage::None { project: project.to_string(), of, others: others.len() as u64 };
            Err(Problem::new(what).hint(SearchHint::Name).hints(candidates(others)))
        }
        Err(NoSingleTask::Several(tasks)) => {
            let what = SearchMessage::Several { project: project.to_string(), of, tasks: tasks.len() as u64 };
            Err(Problem::new(what).hints(candidates(tasks)))
        }
    }
}

fn failed(outcome: Outcome) -> Problem {
    Problem::new(SearchMessage::Failed(outcome))
}

/// The pull request whose target branch was wanted is not known.
fn not_identified(why: Verdict) -> Problem {
    let Verdict { outcome, reason, hints } = why;
    failed(outcome).because(reason).hints(hints)
}

/// The tasks among which to choose, as hints.
fn candidates(tasks: Vec<TaskEntry>) -> Vec<Hint> {
    let more = tasks.len().saturating_sub(CANDIDATE_LIMIT) as u64;
    let named = tasks.into_iter().take(CANDIDATE_LIMIT);
    let candidate = |task: TaskEntry| {
        let TaskEntry { id, name, repository, branch, last_check: _, created: _ } = task;
        SearchHint::Candidate { id: id.to_string(), name, repository, branch }
    };
    let rest = (more > 0).then_some(SearchHint::More(more));
    named.map(candidate).chain(rest).map(Hint::from).collect()
}
