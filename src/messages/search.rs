//! About looking for the task that nobody named.

use crate::model::outcome::Outcome;

/// What became of the search.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum SearchMessage {
    /// The task was found.
    Found {
        /// Its id.
        id: String,
        /// The code that it checks.
        of: SearchedBranch,
    },
    /// No task checks this branch.
    None {
        /// The project.
        project: String,
        /// The code.
        of: SearchedBranch,
        /// How many tasks check other branches of the repository.
        others: u64,
    },
    /// So many tasks check this branch.
    Several {
        /// The project.
        project: String,
        /// The code.
        of: SearchedBranch,
        /// How many.
        tasks: u64,
    },
    /// Two tables of the configuration file mean this task.
    Twice(String),
    /// The search failed, with this outcome.
    Failed(Outcome),
    /// The job is about a pull request whose branch may be in another repository.
    PerhapsFork,
}

/// A branch of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct SearchedBranch {
    /// Address of the repository.
    pub repository: String,
    /// The branch.
    pub branch: String,
}

/// What to do so that the task is known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum SearchHint {
    /// The job of a CI shows the branch.
    InJob,
    /// The pull request itself can be checked.
    CheckPullRequest,
    /// A task can be named.
    Name,
    /// This is one of those that can be named.
    Candidate {
        /// Its id.
        id: String,
        /// Its name.
        name: Option<String>,
        /// Address of its repository.
        repository: Option<String>,
        /// Its branch.
        branch: Option<String>,
    },
    /// There are so many more.
    More(u64),
}
