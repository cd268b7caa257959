//! `start`.

use super::choice::choice;
use super::pull_request::PullRequestArgs;
use super::shared::{CheckEndpointArgs, ConfigArgs, ConnectionArgs, DirectoryArgs, LogArgs};
use crate::model::choice::Choice as _;
use crate::model::policy::IfRunning;
use clap::Args;

/// Options of `start`.
#[derive(Debug, Args)]
pub struct StartArgs {
    /// Id of the check task. With several ids, a run of each is started. Without an id, the one task of `--project-id`
    /// that checks the repository and branch of this CI job is taken [variable: CODEARTS_TASK_ID, comma list]
    #[arg(value_name = "TASK_ID")]
    pub task_ids: Vec<String>,
    /// What to do when a run is already active. With `--pull-request`, `attach` means `queue`: the active run may be about
    /// an older commit
    #[arg(long, value_name = "POLICY", value_parser = choice::<IfRunning>(), default_value = IfRunning::default().word(), help_heading = "Waiting")]
    pub if_running: IfRunning,
    /// Maximum time to start the runs, and to wait for an active run to end where that is needed
    #[arg(long, value_name = "DURATION", default_value = "60m", help_heading = "Waiting")]
    pub timeout: String,
    /// The pull request whose code is checked.
    #[command(flatten)]
    pub pull_request: PullRequestArgs,
    /// Where the file goes.
    #[command(flatten)]
    pub directory: DirectoryArgs,
    /// Address of CodeArts Check.
    #[command(flatten)]
    pub site: CheckEndpointArgs,
    /// CodeArts project id; needed only for pull requests where the task does not name it
    #[arg(long, value_name = "ID", help_heading = "Connection")]
    pub project_id: Option<String>,
    /// Connection options.
    #[command(flatten)]
    pub connection: ConnectionArgs,
    /// The configuration file.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Log options.
    #[command(flatten)]
    pub log: LogArgs,
}
