//! `build`.

use super::number::{COUNT_LIMIT, whole_number};
use super::shared::{
    AllowArgs, BuildEndpointArgs, ConfigArgs, ConnectionArgs, DirectoryArgs, LogArgs, ResultArgs, WaitArgs,
};
use clap::Args;

/// Options of `build`.
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// Id of the build job: the 32 characters at the end of its page's URL. With several ids, all are waited for at
    /// once and the worst result wins [variable: CODEARTS_JOB_ID, comma list]
    #[arg(value_name = "JOB_ID")]
    pub job_ids: Vec<String>,
    /// Start a build and wait for exactly that build; without this option, wait for the current or latest build
    #[arg(long, help_heading = "Waiting")]
    pub start: bool,
    /// Wait for the build with this number
    #[arg(
        long,
        value_name = "NUMBER",
        value_parser = whole_number::<1, COUNT_LIMIT>,
        conflicts_with = "start",
        help_heading = "Waiting"
    )]
    pub build_no: Option<u64>,
    /// Set a parameter of the job, with `--start` (repeatable). Not for secrets: store those in the job
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Waiting")]
    pub param: Vec<String>,
    /// Branch to build, with `--start`
    #[arg(long, value_name = "NAME", conflicts_with_all = ["tag", "commit"], help_heading = "Waiting")]
    pub branch: Option<String>,
    /// Tag to build, with `--start`
    #[arg(long, value_name = "NAME", conflicts_with_all = ["branch", "commit"], help_heading = "Waiting")]
    pub tag: Option<String>,
    /// Commit to build, with `--start`
    #[arg(long, value_name = "SHA", conflicts_with_all = ["branch", "tag"], help_heading = "Waiting")]
    pub commit: Option<String>,
    /// Show the build log while the build runs
    #[arg(long, help_heading = "Waiting")]
    pub follow: bool,
    /// How long to wait.
    #[command(flatten)]
    pub wait: WaitArgs,
    /// Outcomes that pass.
    #[command(flatten)]
    pub allow: AllowArgs,
    /// Where `result.json` goes.
    #[command(flatten)]
    pub directory: DirectoryArgs,
    /// Where the result document goes.
    #[command(flatten)]
    pub result: ResultArgs,
    /// Address of CodeArts Build.
    #[command(flatten)]
    pub site: BuildEndpointArgs,
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
