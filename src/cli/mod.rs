//! What was typed. The doc comments here are the help text; nothing is looked up or decided.

mod build;
mod check;
pub mod chinese;
mod choice;
mod completions;
#[cfg(feature = "sandbox")]
mod demo;
mod doctor;
mod explain;
mod init;
mod number;
mod pull_request;
mod report;
#[cfg(feature = "sandbox")]
mod sandbox;
mod shared;
mod start;
mod tasks;

pub use build::BuildArgs;
pub use check::{CheckArgs, FindingArgs, GateArgs};
pub use completions::CompletionsArgs;
#[cfg(feature = "sandbox")]
pub use demo::DemoArgs;
pub use doctor::DoctorArgs;
pub use explain::ExplainArgs;
pub use init::InitArgs;
pub use pull_request::{DeleteArgs, PullRequestArgs};
pub use report::ReportArgs;
use report::publish_of_report;
#[cfg(feature = "sandbox")]
pub use sandbox::SandboxArgs;
pub use shared::{AuthKind, ConnectionArgs, FileArgs, LogArgs, PublishArgs, REPORT_DIRECTORY, WaitArgs};
pub use tasks::TasksArgs;

pub use start::StartArgs;

use clap::{Parser, Subcommand};

/// Waits for a Huawei Cloud CodeArts Check task, turns its result into the exit code, and downloads the PDF report.
#[derive(Debug, Parser)]
#[command(name = "codearts-gate", version, arg_required_else_help = true, disable_help_subcommand = true)]
#[command(args = shared::of_the_program())]
#[command(
    after_help = "Exit codes: 0 passed, 1 check failed, 2 timed out, 3 stopped, 4 gate failed, 5 report failed, 6 stale, 64 usage, 69 unavailable, 70 internal error, 77 denied, 129/130/143 cancelled. Run `codearts-gate explain` for details."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Wait for a CodeArts Check run, evaluate the quality gate, and download the report
    #[command(after_help = VARIABLES_HELP)]
    Check(Box<CheckArgs>),
    /// Start a CodeArts Check run and leave; `check --run` waits for it later
    #[command(after_help = VARIABLES_HELP)]
    Start(Box<StartArgs>),
    /// Export and download the PDF report of the latest check
    #[command(after_help = VARIABLES_HELP, mut_arg("publish", |arg| arg.value_parser(publish_of_report())))]
    Report(Box<ReportArgs>),
    /// Wait for a CodeArts Build job and exit with its result
    #[command(after_help = VARIABLES_HELP)]
    Build(Box<BuildArgs>),
    /// List the check tasks of a project: id, name, repository, branch, last check
    #[command(after_help = VARIABLES_HELP)]
    Tasks(Box<TasksArgs>),
    /// Write the pipeline file and codearts-gate.toml of this repository, and list the secrets to set
    #[command(after_help = VARIABLES_HELP)]
    Init(Box<InitArgs>),
    /// Check connectivity, clock, credentials, proxy, and permissions, and suggest fixes
    #[command(after_help = VARIABLES_HELP)]
    Doctor(Box<DoctorArgs>),
    /// Run a local mock of the CodeArts API to test pipelines offline
    #[cfg(feature = "sandbox")]
    Sandbox(SandboxArgs),
    /// Run a complete check against the local sandbox; no account needed
    #[cfg(feature = "sandbox")]
    Demo(DemoArgs),
    /// Explain an exit code and how to respond
    Explain(ExplainArgs),
    /// Print a shell completion script
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
}

/// Printed once instead of with each option.
const VARIABLES_HELP: &str = "\
Every option --foo-bar can also be set as the variable CODEARTS_FOO_BAR. An option overrides its variable, and a \
variable the key foo-bar of the configuration file; an empty variable counts as unset. Write durations as 90s, 15m or 1h30m. Separate the items of a list with commas or line breaks. \
Words are not case-sensitive; spaces around a value are removed. An unused CODEARTS_ variable is reported in a warning.

Credentials are never options. The first complete set is used:
  CODEARTS_TOKEN
  HUAWEICLOUD_OIDC_PROVIDER_URN, HUAWEICLOUD_OIDC_AGENCY_URN, or HUAWEICLOUD_SDK_IDP_ID: keyless, with the CI's id token
  HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK [, HUAWEICLOUD_SDK_SECURITY_TOKEN]
  HUAWEI_CLOUD_ACCESS_KEY_ID, HUAWEI_CLOUD_SECRET_ACCESS_KEY
  HW_ACCESS_KEY, HW_SECRET_KEY [, HW_SECURITY_TOKEN]
  CLOUD_SDK_AK, CLOUD_SDK_SK
  CODEARTS_IAM_USER, CODEARTS_IAM_PASSWORD, CODEARTS_IAM_DOMAIN
  the profile file of the SDK, ~/.huaweicloud/credentials";
