//! About the file that `start` writes and `check --run` reads.

/// What is wrong with it, or with what was asked for.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum RunFileMessage {
    /// It cannot be read.
    NotRead {
        /// The file.
        path: String,
    },
    /// It is of another version.
    OtherSchema {
        /// The file.
        path: String,
        /// Its version.
        schema: u32,
    },
    /// It names no run.
    NoRun {
        /// The file.
        path: String,
    },
    /// Its entries contradict each other.
    Inconsistent {
        /// The file.
        path: String,
    },
    /// It is about other tasks than those that were named.
    OtherTasks {
        /// The file.
        path: String,
        /// The tasks that it is about.
        tasks: Vec<String>,
    },
    /// It is about another pull request than this job.
    OtherPullRequest {
        /// The file.
        path: String,
        /// The number of the one that the file names.
        of_file: u64,
        /// The number of the one that the job is about.
        of_job: u64,
    },
    /// It is about a pull request of another repository than this job.
    OtherRepository {
        /// The file.
        path: String,
        /// The repository that the file names.
        of_file: String,
        /// The repository that the job is about.
        of_job: String,
    },
    /// It is about another pull request than the one that was asked for.
    OtherThanTyped {
        /// The file.
        path: String,
        /// The number of the one that the file names.
        of_file: u64,
        /// Where the other one was asked for.
        option: String,
        /// Its number.
        typed: u64,
    },
    /// A pull request was asked for, and it is not about one.
    WithoutPullRequest {
        /// The file.
        path: String,
        /// Where it was asked for.
        option: String,
    },
    /// `--run` with an option that it contradicts.
    Contradicts {
        /// The option.
        option: String,
    },
    /// The value of `--run` is neither a file nor an id.
    NeitherFileNorId(String),
    /// One run, and several tasks.
    OneRunOfTasks,
    /// The id of a run, and no task.
    RunWithoutTask,
    /// The file was written.
    Written {
        /// The file.
        path: String,
        /// How many runs it names.
        runs: u64,
    },
    /// Not every run was started, so there is no file.
    NotWritten {
        /// How many runs were started.
        started: u64,
        /// How many were asked for.
        of: u64,
    },
    /// The run that is waited for.
    WaitingFor {
        /// The file.
        path: String,
    },
    /// CodeArts does not know the task of the run any more.
    Gone,
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum RunFileHint {
    /// It should be made anew.
    WriteAgain,
    /// The task or the option must be left out.
    LeaveOut,
    /// Which file belongs to the job.
    SamePullRequest,
    /// The start should be about a pull request.
    StartPullRequest,
    /// What `--run` takes.
    Form,
    /// The run should be started anew.
    StartAgain,
}
