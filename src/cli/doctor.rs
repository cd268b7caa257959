//! `doctor`.

use super::shared::{BuildEndpointArgs, CheckEndpointArgs, ConnectionArgs, DirectoryArgs, LogArgs};
use clap::Args;

/// Options of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Id of a check task, to test the permissions on it [variable: CODEARTS_TASK_ID]
    #[arg(value_name = "TASK_ID")]
    pub task_id: Option<String>,
    /// Id of a CodeArts Build job, to test the permissions that `build` needs
    #[arg(long, value_name = "JOB_ID", conflicts_with = "task_id")]
    pub job_id: Option<String>,
    /// Directory to test.
    #[command(flatten)]
    pub directory: DirectoryArgs,
    /// Address of CodeArts Check.
    #[command(flatten)]
    pub site: CheckEndpointArgs,
    /// Address of CodeArts Build.
    #[command(flatten)]
    pub build_site: BuildEndpointArgs,
    /// Connection options.
    #[command(flatten)]
    pub connection: ConnectionArgs,
    /// Log options.
    #[command(flatten)]
    pub log: LogArgs,
}
