//! `doctor`.

use super::pull_request::PullRequestArgs;
use super::shared::{
    BuildEndpointArgs, CheckEndpointArgs, ConfigArgs, ConnectionArgs, DirectoryArgs, LogArgs,
};
use clap::Args;

/// Nothing is checked here, so the help of `check` does not fit.
const PULL_REQUEST_HELP: &str = "Also test what `check --pull-request` needs: `auto` (the pull request that this job is about), a \
number, or `off`. Creates a merge-request task below TASK_ID and deletes it at once; no run is started";

/// Options of `doctor`.
#[derive(Debug, Args)]
#[command(mut_arg("pull_request", |argument| argument.help(PULL_REQUEST_HELP)), mut_arg("ref", |argument| argument.hide(true)))]
pub struct DoctorArgs {
    /// Id of a check task, to test the permissions on it [variable: CODEARTS_TASK_ID]
    #[arg(value_name = "TASK_ID")]
    pub task_id: Option<String>,
    /// Id of a CodeArts Build job, to test the permissions that `build` needs
    #[arg(long, value_name = "JOB_ID", conflicts_with_all = ["task_id", "pull_request"])]
    pub job_id: Option<String>,
    /// The pull request whose check is tested.
    #[command(flatten)]
    pub pull_request: PullRequestArgs,
    /// Directory to test.
    #[command(flatten)]
    pub directory: DirectoryArgs,
    /// Address of CodeArts Check.
    #[command(flatten)]
    pub site: CheckEndpointArgs,
    /// Address of CodeArts Build.
    #[command(flatten)]
    pub build_site: BuildEndpointArgs,
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
