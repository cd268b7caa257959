//! The pull request whose code is checked.

use super::choice::choice;
use crate::messages::SettingsMessage;
use crate::model::choice::Choice as _;
use crate::model::pull_request::{DeleteTask, PullRequestChoice, RefChoice};
use clap::Args;

/// Which pull request is checked, and how.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Pull request")]
pub struct PullRequestArgs {
    /// Check the code of a pull request: `auto` (the one this job is about), a number, or `off`. TASK_ID is then the full
    /// task of the target branch
    #[arg(long, value_name = "auto|NUMBER", value_parser = which, default_value = "off")]
    pub pull_request: PullRequestChoice,
    /// How CodeArts fetches the pull request
    #[arg(long = "ref", id = "ref", value_name = "REF", value_parser = choice::<RefChoice>(), default_value = RefChoice::default().word())]
    pub fetch_ref: RefChoice,
    /// Languages of the merge-request task [default: those of the full task]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub task_languages: Vec<String>,
    /// Id of the service endpoint through which CodeArts reads the repository [default: that of the full task]
    #[arg(long, value_name = "ID")]
    pub task_endpoint_id: Option<String>,
    /// Time between two looks at the head; for tests
    #[arg(long, value_name = "DURATION", hide = true)]
    pub head_interval: Option<String>,
}

/// What becomes of a merge-request task.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Pull request")]
pub struct DeleteArgs {
    /// When to delete a merge-request task that this process has created
    #[arg(long, value_name = "WHEN", value_parser = choice::<DeleteTask>(), default_value = DeleteTask::default().word())]
    pub delete_task: DeleteTask,
}

fn which(text: &str) -> Result<PullRequestChoice, String> {
    let text = text.trim();
    match text.to_ascii_lowercase().as_str() {
        "off" => Ok(PullRequestChoice::Off),
        "auto" => Ok(PullRequestChoice::Auto),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => match digits.parse() {
            Ok(number) if number > 0 => Ok(PullRequestChoice::Number(number)),
            Ok(_) | Err(_) => Err(SettingsMessage::PullRequestForm.to_string()),
        },
        _ => Err(SettingsMessage::PullRequestForm.to_string()),
    }
}
