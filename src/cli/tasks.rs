//! `tasks`.

use super::shared::{CheckEndpointArgs, ConfigArgs, ConnectionArgs, LogArgs};
use clap::Args;

/// Options of `tasks`.
#[derive(Debug, Args)]
pub struct TasksArgs {
    /// Id of the CodeArts project
    #[arg(long, value_name = "ID")]
    pub project_id: Option<String>,
    /// Only tasks of this repository; https and SSH addresses of the same repository are equal
    #[arg(long, value_name = "URL")]
    pub repository: Option<String>,
    /// Only tasks of this branch
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
    /// Print the tasks as JSON
    #[arg(long, help_heading = "Output")]
    pub json: bool,
    /// Address of CodeArts Check.
    #[command(flatten)]
    pub site: CheckEndpointArgs,
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
