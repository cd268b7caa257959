//! `report`.

use super::shared::{CheckEndpointArgs, ConnectionArgs, FileArgs, LogArgs, PublishArgs};
use clap::Args;

/// Options of `report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Id of the check task [variable: CODEARTS_TASK_ID]
    #[arg(value_name = "TASK_ID")]
    pub task_id: Option<String>,
    /// Report options.
    #[command(flatten)]
    pub files: FileArgs,
    /// Publishing options.
    #[command(flatten)]
    pub publish: PublishArgs,
    /// Address of CodeArts Check.
    #[command(flatten)]
    pub site: CheckEndpointArgs,
    /// Connection options.
    #[command(flatten)]
    pub connection: ConnectionArgs,
    /// Log options.
    #[command(flatten)]
    pub log: LogArgs,
}
