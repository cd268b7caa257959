//! What to do about a run or a build, in English.

use crate::messages::job_hint::JobHint;

/// The words of a hint.
pub(in crate::messages) fn job_hint(hint: &JobHint) -> String {
    match hint {
        JobHint::RunAgain => "run this job again",
        JobHint::AfterActiveRun => {
            "rerun when the active run has ended, or use `--if-running attach` or `--if-running queue`"
        }
        JobHint::ExportAgain => {
            "run this command again; if the export fails again, see the task in the CodeArts console"
        }
        JobHint::StartRun => "start a run with `--start`",
        JobHint::StartBuild => "start a build with `--start`",
        JobHint::SeeConsole => "see the build in the CodeArts console",
        JobHint::UniqueParameter => {
            "pass the build a parameter with a unique value, such as the id of the pipeline, so that its record shows who started it"
        }
        JobHint::ProjectForStep => "pass `--project-id` to see which step failed",
        JobHint::ProjectForPastRuns => "pass `--project-id` to show past runs in the page",
        JobHint::Help(command) => {
            return format!(
                "correct the command line or the variables; `codearts-gate {command} --help` lists them"
            );
        }
        JobHint::RequireGate => "pass `--gate required` to fail when the result is unknown",
    }
    .to_owned()
}
