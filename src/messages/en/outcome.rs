//! Outcomes in English.

use crate::messages::outcome::OutcomeText;
use crate::model::outcome::Outcome;

/// What is said about an outcome.
pub(in crate::messages) fn outcome(text: &OutcomeText) -> String {
    match text {
        OutcomeText::Meaning(outcome) => meaning(*outcome),
        OutcomeText::Advice(outcome) => advice(*outcome),
    }
    .to_owned()
}

/// How it ended, in the middle of a sentence.
pub(super) const fn end_in_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "check passed",
        Outcome::CheckFailed => "check failed to run",
        Outcome::BuildFailed => "build failed",
        Outcome::TimedOut => "timed out",
        Outcome::Stopped => "check stopped",
        Outcome::GateFailed => "quality gate failed",
        Outcome::ReportFailed => "check passed, report not delivered",
        Outcome::Stale => "result out of date",
        Outcome::Usage => "nothing was checked",
        Outcome::Unavailable => "CodeArts unavailable",
        Outcome::Internal => "internal error",
        Outcome::Denied => "access denied",
        Outcome::HungUp | Outcome::Interrupted | Outcome::Terminated => "cancelled",
    }
}

pub(super) const fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "the check finished (status 2) and no quality gate failed; or the build succeeded",
        Outcome::CheckFailed => "the check itself failed to run (status 1): a clone, compile or tool error",
        Outcome::BuildFailed => "the build failed",
        Outcome::TimedOut => {
            "the check (status 0 or none) or the build was still running when `--timeout` expired, or already running with `--if-running fail`"
        }
        Outcome::Stopped => "the check (status 3) or the build was stopped",
        Outcome::GateFailed => {
            "the check finished, but the CodeArts quality gate failed or a threshold was exceeded"
        }
        Outcome::ReportFailed => {
            "the check passed, but the PDF report could not be created, downloaded or published"
        }
        Outcome::Stale => {
            "the result is not about the current head of the pull request: it moved, or CodeArts checked another branch; or the run of `check --run` is gone, or another followed it"
        }
        Outcome::Usage => "invalid arguments or configuration; nothing was checked",
        Outcome::Unavailable => "CodeArts was unreachable, or stayed unreachable until the timeout",
        Outcome::Internal => {
            "a bug in codearts-gate, or the process could not be set up, or the findings that decide could not be stored"
        }
        Outcome::Denied => "the credentials were rejected or a permission is missing",
        Outcome::HungUp => "cancelled by SIGHUP (the terminal was closed)",
        Outcome::Interrupted => "cancelled by SIGINT (Ctrl-C)",
        Outcome::Terminated => "cancelled by SIGTERM",
    }
}

const fn advice(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "nothing to do",
        Outcome::CheckFailed => "fix the failing step, then rerun the check",
        Outcome::BuildFailed => "fix the failing step shown in the log, then rerun the build",
        Outcome::TimedOut => {
            "increase `--timeout`, and the timeout of the CI job (`timeout-minutes`, `timeout:`) with it, or see in the CodeArts console why the run is queued. Runs this job did not start keep running"
        }
        Outcome::Stopped => "start the check again, or ignore with `--allow stopped`",
        Outcome::GateFailed => "fix the reported findings and push again",
        Outcome::ReportFailed => {
            "the check itself passed. Retry with `codearts-gate report TASK_ID`, or ignore with `--allow report-failed`"
        }
        Outcome::Stale => {
            "nothing to do if a newer commit was pushed: the job of that commit has the verdict. Otherwise rerun this job; after `check --run`, begin with the job of `codearts-gate start`"
        }
        Outcome::Usage => {
            "correct the command line or the variables; `codearts-gate check --help` lists them"
        }
        Outcome::Unavailable => {
            "check the network, the proxy and `--region`/`--endpoint`; `codearts-gate doctor` tests each of them"
        }
        Outcome::Internal => {
            "report it, with the version and the last lines of the log, where you got codearts-gate from. If the process could not be set up, check the limits of this machine for open files and threads first; if findings could not be stored, its disk space"
        }
        Outcome::Denied => {
            "check the credentials and that their user is a member of the project; `codearts-gate doctor` names the missing permission"
        }
        Outcome::HungUp | Outcome::Interrupted | Outcome::Terminated => {
            "rerun the job. The log shows whether the remote run was stopped. If the timeout of the CI job (`timeout-minutes`, `timeout:`) ended it, set that above `--timeout` plus `--report-timeout`"
        }
    }
}
