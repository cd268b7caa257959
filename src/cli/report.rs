//! `report`.

use super::choice::choice_of;
use super::shared::{CheckEndpointArgs, ConfigArgs, ConnectionArgs, FileArgs, LogArgs, PublishArgs};
use crate::publish::PublishChoice;
use clap::Args;
use clap::builder::TypedValueParser;

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
    /// The configuration file.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Log options.
    #[command(flatten)]
    pub log: LogArgs,
}

/// The targets that the command has something for; the others are refused with a reason, and not listed.
pub(super) fn publish_of_report() -> impl TypedValueParser<Value = PublishChoice> {
    choice_of(PublishChoice::fits_report)
}
