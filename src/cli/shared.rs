//! Groups of options that several commands take; each option is written once.

use super::choice::choice;
use super::number::days;
use crate::console::LogFormat;
use crate::model::choice::Choice as _;
use crate::model::language::Language;
use crate::model::policy::StopOnCancel;
use crate::publish::PublishChoice;
use clap::{Arg, ArgAction, Args, Command, ValueEnum};
use std::path::PathBuf;

/// Where reports go.
pub const REPORT_DIRECTORY: &str = "codearts-report";

/// The configuration file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Configuration")]
pub struct ConfigArgs {
    /// Configuration file, or `none`. Options and variables override it [default: codearts-gate.toml in the working
    /// directory, if it exists]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// How long to wait, and how often to ask.
#[derive(Debug, Args)]
#[command(next_help_heading = "Waiting")]
pub struct WaitArgs {
    /// Maximum time to wait for the result. This plus any `--report-timeout` must be shorter than the CI job's timeout
    #[arg(long, value_name = "DURATION", default_value = "60m")]
    pub timeout: String,
    /// Polling interval: `auto` (adaptive) or a fixed duration
    #[arg(long, value_name = "DURATION", default_value = "auto")]
    pub poll_interval: String,
    /// Average polling rate limit per task or job in `auto` mode
    #[arg(long, value_name = "N/min", default_value = "6/min")]
    pub poll_budget: String,
    /// Stop the remote run on SIGINT, SIGTERM, SIGHUP and timeout
    #[arg(long, value_name = "WHEN", value_parser = choice::<StopOnCancel>(), default_value = StopOnCancel::default().word())]
    pub stop_on_cancel: StopOnCancel,
}

/// Outcomes that pass.
#[derive(Debug, Args)]
#[command(next_help_heading = "Verdict")]
pub struct AllowArgs {
    /// Exit 0, with a warning, for these outcomes, such as `stopped,report-failed`
    #[arg(long = "allow", id = "allow", value_name = "NAME", value_delimiter = ',')]
    pub names: Vec<String>,
}

/// How the result document is handed on.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct ResultArgs {
    /// Print the result document on standard output
    #[arg(long)]
    pub json: bool,
}

/// Where files go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
pub struct DirectoryArgs {
    /// Directory for reports and `result.json`
    #[arg(long, value_name = "DIR", default_value = REPORT_DIRECTORY)]
    pub report_dir: PathBuf,
}

/// Where the report goes and how it looks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
pub struct FileArgs {
    /// Where files go.
    #[command(flatten)]
    pub directory: DirectoryArgs,
    /// Title of the PDF report, 1 to 128 characters [default: the repository's name]
    #[arg(long, value_name = "TEXT")]
    pub report_title: Option<String>,
    /// Time limit for downloading and publishing reports
    #[arg(long, value_name = "DURATION", default_value = "10m")]
    pub report_timeout: String,
}

/// The language of everything that people read.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct LanguageArgs {
    /// Language of the log, of pages, comments and reports, and of what CodeArts writes [default: en-us; on a terminal
    /// outside of a CI, that of LC_ALL, LC_MESSAGES or LANG]
    #[arg(long, value_name = "LANGUAGE", value_parser = choice::<Language>())]
    pub language: Option<Language>,
}

/// What may stand before the command, too, and then counts for it. Shown with each command.
pub(super) fn of_the_program() -> Vec<Arg> {
    let language = LanguageArgs::augment_args(Command::new(""));
    language.get_arguments().map(|argument| argument.clone().hide(true)).collect()
}

/// Where the result is shown.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Publishing")]
pub struct PublishArgs {
    /// Where to show the result: `auto` (whatever the CI offers; a failure is a warning), `none`, or a list of targets that
    /// must all succeed
    #[arg(long, value_name = "TARGETS", value_parser = choice::<PublishChoice>(), value_delimiter = ',', default_value = "auto")]
    pub publish: Vec<PublishChoice>,
    /// Key that identifies this gate's pull request comment; use a different key for each gate [default: the task ids]
    #[arg(long, value_name = "KEY")]
    pub comment_key: Option<String>,
    /// URL of a task's page in the CodeArts console, used for links; `{task_id}` is replaced by the id
    #[arg(long, value_name = "URL")]
    pub task_url: Option<String>,
    /// Number of days to keep the artifact [default: the repository's setting]
    #[arg(long, value_name = "DAYS", value_parser = days)]
    pub retention_days: Option<u32>,
}

/// URL of CodeArts Check.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct CheckEndpointArgs {
    /// URL of CodeArts Check [default: the region's]
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,
}

/// URL of CodeArts Build.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct BuildEndpointArgs {
    /// URL of CodeArts Build [default: the region's]
    #[arg(long, value_name = "URL")]
    pub build_endpoint: Option<String>,
}

/// How to reach the service.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// Region of the credentials, such as cn-north-4; also selects the endpoints [also: HUAWEI_CLOUD_REGION,
    /// HW_REGION_NAME]
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// URL of IAM [default: the region's] [also: HUAWEICLOUD_SDK_IAM_ENDPOINT]
    #[arg(long, value_name = "URL")]
    pub iam_endpoint: Option<String>,
    /// URL of STS [default: the region's] [also: HUAWEICLOUD_SDK_STS_ENDPOINT]
    #[arg(long, value_name = "URL")]
    pub sts_endpoint: Option<String>,
    /// URL of CodeArts Repo, for comments on its merge requests [default: the region's]
    #[arg(long, value_name = "URL")]
    pub repo_endpoint: Option<String>,
    /// Audience (`aud`) to request for the GitHub OIDC token [default: the URL of the repository's owner]
    #[arg(long, value_name = "TEXT")]
    pub oidc_audience: Option<String>,
    /// URL of the cloud server's metadata service; for tests
    #[arg(long, value_name = "URL", hide = true)]
    pub metadata_endpoint: Option<String>,
    /// IAM project id, for the scope of tokens and the X-Project-Id header [also: HUAWEICLOUD_SDK_PROJECT_ID,
    /// HUAWEI_CLOUD_PROJECT_ID, HW_PROJECT_ID]
    #[arg(long, value_name = "ID")]
    pub iam_project_id: Option<String>,
    /// Kind of credentials to use
    #[arg(long, value_name = "KIND", value_enum, default_value_t)]
    pub auth: AuthKind,
    /// Additional trusted CA certificates (PEM)
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Allow unencrypted HTTP to remote hosts, APIs of GitHub and GitLab included (insecure: exposes credentials)
    #[arg(long)]
    pub allow_http: bool,
    /// Maximum pause between requests; for tests
    #[arg(long, value_name = "DURATION", hide = true)]
    pub max_pause: Option<String>,
}

/// What is logged, and how.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct LogArgs {
    /// Format of the log on standard error
    #[arg(long, value_name = "FORMAT", value_parser = choice::<LogFormat>(), default_value = LogFormat::default().word())]
    pub log_format: LogFormat,
    /// Log every request
    #[arg(short, long, action = ArgAction::SetTrue)]
    pub verbose: bool,
    /// Log only warnings and errors
    #[arg(short, long, action = ArgAction::SetTrue, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Its language.
    #[command(flatten)]
    pub language: LanguageArgs,
}

/// What the mock does.
#[cfg(feature = "sandbox")]
#[derive(Debug, Args)]
pub struct ScenarioArgs {
    /// Scenario to run; `list` describes all scenarios
    #[arg(long = "scenario", id = "scenario", value_name = "NAME", default_value = "passing")]
    pub name: String,
}

/// Which credentials to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum AuthKind {
    /// The first complete set of credentials
    #[default]
    Auto,
    /// CODEARTS_TOKEN
    Token,
    /// An access key pair (AK/SK)
    Aksk,
    /// The CI job's OIDC identity; no stored keys
    Oidc,
    /// CODEARTS_IAM_USER, CODEARTS_IAM_PASSWORD, CODEARTS_IAM_DOMAIN
    Password,
    /// The profile file of the official SDK
    Profile,
    /// The configuration file of KooCLI; never chosen by `auto`
    Koocli,
    /// The agency of this cloud server, or the identity of this pod; never chosen by `auto`
    Metadata,
}

impl AuthKind {
    /// Whether `auto` looks for it.
    pub const fn is_in_auto(self) -> bool {
        !matches!(self, Self::Koocli | Self::Metadata)
    }
}
