//! `demo`.

use super::shared::{DirectoryArgs, LogArgs, ScenarioArgs};
use clap::Args;

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// What the mock does.
    #[command(flatten)]
    pub scenario: ScenarioArgs,
    /// Where the files go.
    #[command(flatten)]
    pub directory: DirectoryArgs,
    /// Log options.
    #[command(flatten)]
    pub log: LogArgs,
}
