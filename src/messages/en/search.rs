//! The search for a task, in English.

use crate::messages::search::{SearchHint, SearchMessage, SearchedBranch};
use crate::text::{QUOTE_LIMIT, count, one_line};

/// What became of the search.
pub(in crate::messages) fn search(message: &SearchMessage) -> String {
    match message {
        SearchMessage::Found { id, of } => format!("task `{id}` checks {}", searched(of)),
        SearchMessage::None { project, of, others: 0 } => {
            format!("project `{project}` has no task that checks {}, or another branch of it", searched(of))
        }
        SearchMessage::None { project, of, others } => format!(
            "project `{project}` has no task that checks {}; {} other branches of it",
            searched(of),
            if *others == 1 { "1 task checks".to_owned() } else { format!("{others} tasks check") },
        ),
        SearchMessage::Several { project, of, tasks } => {
            format!("project `{project}` has {tasks} tasks that check {}", searched(of))
        }
        SearchMessage::Twice(id) => format!("two `[[task]]` tables of the configuration file mean task `{id}`"),
        SearchMessage::Failed(_) => {
            "could not look for the task of this repository and branch".to_owned()
        }
        SearchMessage::PerhapsFork => {
            "no task id; a task is not looked for by the branch of a pull request that comes, or may come, from a fork".to_owned()
        }
    }
}

fn searched(code: &SearchedBranch) -> String {
    let quoted = |text: &str| one_line(text, QUOTE_LIMIT);
    format!("branch `{}` of {}", quoted(&code.branch), quoted(&code.repository))
}

/// What to do so that the task is known.
pub(in crate::messages) fn search_hint(hint: &SearchHint) -> String {
    match hint {
        SearchHint::InJob => {
            "run this in a CI job about a branch: the task of `--project-id` is found there by repository and branch".to_owned()
        }
        SearchHint::CheckPullRequest => {
            "add `--pull-request auto` to check the code of the pull request, or give TASK_ID".to_owned()
        }
        SearchHint::Name => {
            "give TASK_ID, or create a task for this branch in the CodeArts Check console".to_owned()
        }
        SearchHint::Candidate { id, name, repository, branch } => {
            let part = |text: &Option<String>| {
                text.as_deref().map_or_else(|| "-".to_owned(), |text| one_line(text, QUOTE_LIMIT))
            };
            format!("choose `{id}`: {}, {}, branch {}", part(name), part(repository), part(branch))
        }
        SearchHint::More(more) => {
            format!("list {} with `codearts-gate tasks`", count(*more, "more task"))
        }
    }
}
