//! The file that `start` writes, in English.

use crate::messages::run_file::{RunFileHint, RunFileMessage};
use crate::messages::shown::ADDRESS_LIMIT;
use crate::text::{count, one_line};

/// The words of a message.
pub(in crate::messages) fn run_file(message: &RunFileMessage) -> String {
    match message {
        RunFileMessage::NotRead { path } => format!("could not read `{path}` as a file of `start`"),
        RunFileMessage::OtherSchema { path, schema } => {
            format!("`{path}` has version {schema}, which this version of codearts-gate does not know")
        }
        RunFileMessage::NoRun { path } => format!("`{path}` names no run, or something that is not an id"),
        RunFileMessage::Inconsistent { path } => format!(
            "`{path}` is not a file of `start`: a merge-request task is a full task, or lacks its pull request"
        ),
        RunFileMessage::OtherTasks { path, tasks } => {
            format!("`{path}` is about {}, not about the task that was named", tasks.join(", "))
        }
        RunFileMessage::OtherPullRequest { path, of_file, of_job } => {
            format!("`{path}` is about pull request {of_file}, but this job is about pull request {of_job}")
        }
        RunFileMessage::OtherRepository { path, of_file, of_job } => format!(
            "`{path}` is about a pull request of `{}`, but this job is about one of `{}`",
            one_line(of_file, ADDRESS_LIMIT),
            one_line(of_job, ADDRESS_LIMIT)
        ),
        RunFileMessage::OtherThanTyped { path, of_file, option, typed } => {
            format!("`{path}` is about pull request {of_file}, but `{option}` is {typed}")
        }
        RunFileMessage::WithoutPullRequest { path, option } => {
            format!("`{path}` is not about a pull request, but `{option}` is set")
        }
        RunFileMessage::Contradicts { option } => format!("`{option}` cannot be combined with `--run`"),
        RunFileMessage::NeitherFileNorId(value) => {
            format!("`--run {}`: neither a file nor the id of a run", one_line(value, ADDRESS_LIMIT))
        }
        RunFileMessage::OneRunOfTasks => "`--run` names one run, but several tasks were given".to_owned(),
        RunFileMessage::RunWithoutTask => "`--run` names a run by its id, but TASK_ID is missing".to_owned(),
        RunFileMessage::Written { path, runs } => {
            format!("wrote {} to `{path}`", count(*runs, "started run"))
        }
        RunFileMessage::NotWritten { started, of } => {
            format!("started {started} of {}; no file was written for `check --run`", count(*of, "run"))
        }
        RunFileMessage::WaitingFor { path } => format!("waiting for the runs in `{path}`"),
        RunFileMessage::Gone => "CodeArts no longer knows the task of the run".to_owned(),
    }
}

/// The words of a hint.
pub(in crate::messages) fn run_file_hint(hint: &RunFileHint) -> String {
    match hint {
        RunFileHint::WriteAgain => "write it with `codearts-gate start`, and pass it on unchanged",
        RunFileHint::LeaveOut => "leave it out: `check --run` takes it from the file",
        RunFileHint::SamePullRequest => {
            "name the file that `codearts-gate start` wrote for the pull request of this job"
        }
        RunFileHint::StartPullRequest => "pass `--pull-request` to `codearts-gate start` too",
        RunFileHint::Form => "name the file that `start` wrote, or the id of a run and its TASK_ID",
        RunFileHint::StartAgain => "start a run again with `codearts-gate start`",
    }
    .to_owned()
}
