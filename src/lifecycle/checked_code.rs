//! Whether a task that is judged as CodeArts has it is about the code of the job's pull request.

use crate::ci::CodeFacts;
use crate::codearts::task_code::TaskCode;
use crate::model::repository::same_repository;

/// What a task has checked, in a job about a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CheckedCode {
    /// The branch that would be merged, as far as the names show it.
    PullRequest,
    /// Another repository or branch.
    Other,
}

/// Compares what a task has checked with the pull request of the job. `None`: the job is not about one, or nothing is known to
/// compare.
pub(crate) fn compare(job: &CodeFacts, checked: &TaskCode) -> Option<CheckedCode> {
    let source = job.source_branch.as_deref()?;
    let is_other_branch = checked.branch.as_deref().map(|branch| !same_branch(branch, source));
    let repositories = checked.repository.as_deref().zip(job.repository_url.as_deref());
    // The address is that of the target; the branch of a fork is elsewhere.
    let is_elsewhere = repositories.map(|(one, other)| !same_repository(one, other));
    match (is_other_branch, is_elsewhere) {
        (None, None) => None,
        (Some(true), _) | (_, Some(true)) => Some(CheckedCode::Other),
        (Some(false), Some(false)) if job.is_from_fork == Some(true) => Some(CheckedCode::Other),
        (Some(false), _) => Some(CheckedCode::PullRequest),
        (None, Some(false)) => None,
    }
}

/// Whether two names are those of one branch; some are written as a ref.
pub(crate) fn same_branch(one: &str, other: &str) -> bool {
    let plain = |name: &str| {
        let name = name.trim_ascii();
        name.strip_prefix("refs/heads/").unwrap_or(name).to_owned()
    };
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_compared_with_all_its_characters() {
        assert!(same_branch("refs/heads/main", "main") && same_branch(" main\n", "main"));
        for other in ["main\u{200b}", "main\u{3000}", "\u{feff}main", "main\u{ad}", "Main"] {
            assert!(!same_branch(other, "main"), "{other:?}");
        }
    }

    #[test]
    fn the_branch_of_the_task_is_compared() {
        let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let compare = |source, fork, repository, branch| {
            let job = CodeFacts {
                repository_url: known("https://github.com/acme/widget"),
                source_branch: known(source),
                is_from_fork: fork,
                ..CodeFacts::default()
            };
            let (repository, branch) = (known(repository), known(branch));
            compare(&job, &TaskCode { repository, branch, ..TaskCode::default() })
        };
        let ssh = "git@github.com:acme/widget.git";
        let other = Some(CheckedCode::Other);
        assert_eq!(compare("feature", None, ssh, "main"), other);
        assert_eq!(compare("feature", None, ssh, "feature"), Some(CheckedCode::PullRequest));
        assert_eq!(compare("feature", Some(true), ssh, "feature"), other);
        assert_eq!(compare("feature", None, "git@github.com:acme/other.git", "feature"), other);
        assert_eq!(compare("feature", None, "", "refs/heads/feature"), Some(CheckedCode::PullRequest));
        assert_eq!(compare("feature", None, ssh, ""), None);
        assert_eq!(compare("feature", None, "", ""), None);
        assert_eq!(compare("", None, ssh, "main"), None, "not about a pull request");
    }
}
