//! `init`.

use super::choice::choice;
use super::shared::{CheckEndpointArgs, ConnectionArgs, LogArgs};
use crate::model::pipeline::Pipeline;
use clap::Args;

/// Options of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Ids of the check tasks of the branch that pull requests lead to [variable: CODEARTS_TASK_ID]
    #[arg(value_name = "TASK_ID")]
    pub task_ids: Vec<String>,
    /// System that runs the pipeline [default: what the repository's files and remote `origin` show]
    #[arg(long, value_name = "CI", value_parser = choice::<Pipeline>())]
    pub ci: Option<Pipeline>,
    /// Id of the CodeArts project
    #[arg(long, value_name = "ID")]
    pub project_id: Option<String>,
    /// Ask nothing, as where there is no terminal: what has no default must be given
    #[arg(short, long)]
    pub yes: bool,
    /// Replace files that exist
    #[arg(long)]
    pub force: bool,
    /// Print the files instead of writing them
    #[arg(long)]
    pub dry_run: bool,
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
