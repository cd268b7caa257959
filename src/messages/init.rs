//! About setting a repository up.

use crate::model::pipeline::Pipeline;

/// What `init` says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum InitMessage {
    /// The pipeline is for this system, because of the host of the remote repository if there is one.
    For {
        /// The system.
        pipeline: Pipeline,
        /// The host.
        host: Option<String>,
    },
    /// The directory in which this was started is gone.
    NoDirectory,
    /// The directory is not in a repository of Git.
    NoRepository,
    /// The name of the branch has characters that are not written to a pipeline; this one is written.
    OtherBranch(String),
    /// These have no value.
    Missing(Vec<&'static str>),
    /// Other files are there.
    Exists(Vec<String>),
    /// The way to a file leads out of the repository over a link.
    LinkOutside(String),
    /// A file was not written.
    NotWritten(String),
    /// A file was written.
    Wrote(String),
    /// A file is there already, with the same text.
    IsThere(String),
    /// Into this file somebody has to put what is printed.
    AddTo(String),
    /// Nothing is written, only printed.
    DryRun,
    /// The text could not be printed.
    NotPrinted,
    /// A task that can be chosen.
    Candidate {
        /// Its number in the list.
        number: usize,
        /// Its id.
        id: String,
        /// Its name.
        name: Option<String>,
        /// Address of its repository.
        repository: Option<String>,
        /// Its branch.
        branch: Option<String>,
    },
    /// So many tasks of the project are not shown.
    MoreTasks(u64),
    /// The tasks cannot be listed.
    TasksNotListed,
    /// This is none of the known systems.
    UnknownPipeline(String),
    /// This does not answer a question.
    NeitherYesNorNo(String),
    /// The pipeline is for the branch that is checked out, because the default branch is not known.
    CheckedOutBranch(String),
    /// The input ended before all questions were answered.
    NoAnswer,
}

/// What `init` asks. The answer that counts where none is given is shown after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum InitQuestion {
    /// Which system.
    Pipeline,
    /// Which region.
    Region,
    /// Which project.
    Project,
    /// Which task.
    Task {
        /// Whether some are listed, by number.
        is_listed: bool,
    },
    /// Whether to test the set-up now.
    Test,
}

/// What is left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum InitStep {
    /// The key of a user must be stored where jobs of this system get it.
    Keys(Pipeline),
    /// Instead of that no key can be stored.
    NoKeys,
    /// A token of the forge must be stored, too.
    Token {
        /// Its variable.
        variable: &'static str,
        /// The system.
        pipeline: Pipeline,
    },
    /// Agents of Jenkins need the binary and plugins.
    Agents,
    /// A token of the forge must be stored as a credential of Jenkins.
    Credential {
        /// The id of the credential.
        id: &'static str,
    },
    /// A pipeline must hand on what it knows of a merge request.
    Parameters,
    /// The user needs permissions.
    Permissions,
    /// The files must get into the repository.
    Commit,
    /// The set-up can be tested.
    Test,
}

/// What to do so that a repository can be set up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum InitHint {
    /// Files can be replaced.
    Force,
    /// Git can look the default branch up.
    DefaultBranch,
    /// The system must be named.
    Pipeline,
    /// The region must be named; these are known.
    Region(Vec<&'static str>),
    /// The project must be named.
    Project,
    /// The task must be named.
    Task,
}
