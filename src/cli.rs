//! What was typed. The doc comments here are the help text; nothing is looked up or decided.

use crate::console::LogFormat;
use crate::model::finding::{Severity, Status};
use crate::model::gate::GateMode;
use crate::model::language::Language;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Waits for a Huawei Cloud CodeArts Check task, turns its result into the exit code, and brings back the PDF report.
#[derive(Debug, Parser)]
#[command(name = "codearts-gate", version, arg_required_else_help = true, disable_help_subcommand = true)]
#[command(
    after_help = "Exit codes: 0 passed, 1 check failed, 2 timed out, 3 stopped, 4 gate failed, 5 report failed, 64 usage, 69 unavailable, 70 bug, 77 denied, 129/130/143 cancelled. `codearts-gate explain` says more."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Wait for a check, decide, bring back the report: the main job
    #[command(after_help = VARIABLES_HELP)]
    Check(Box<CheckArgs>),
    /// Only the PDF report of the latest check: export, wait, download
    #[command(after_help = VARIABLES_HELP)]
    Report(Box<ReportArgs>),
    /// Wait for a CodeArts Build job: its build's result becomes the exit code
    #[command(after_help = VARIABLES_HELP)]
    Build(Box<BuildArgs>),
    /// Try endpoint, clock, credentials, proxy and permissions, and say how to mend what fails
    #[command(after_help = VARIABLES_HELP)]
    Doctor(Box<DoctorArgs>),
    /// Serve an offline imitation of the service on this machine, for trying a pipeline without an account
    #[cfg(feature = "sandbox")]
    Sandbox(SandboxArgs),
    /// Show a passing run against the sandbox, in seconds and without an account
    #[cfg(feature = "sandbox")]
    Demo(DemoArgs),
    /// Say what an exit code means and what to do
    Explain(ExplainArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
}

/// Largest number of findings or builds that is taken; more is a slip of the pen.
const COUNT_LIMIT: u64 = 1_000_000_000;
/// More days than any server keeps artifacts.
const RETENTION_LIMIT: u64 = 400;

/// A whole number in a range, which a complaint names.
fn whole_number<const LEAST: u64, const MOST: u64>(text: &str) -> Result<u64, String> {
    let number = text.trim().parse().ok().filter(|number| (LEAST..=MOST).contains(number));
    number.ok_or_else(|| format!("it must be a whole number from {LEAST} to {MOST}"))
}

fn days(text: &str) -> Result<u32, String> {
    let days = whole_number::<0, RETENTION_LIMIT>(text)?;
    u32::try_from(days).map_err(|error| error.to_string())
}

/// Where reports go.
pub const REPORT_DIRECTORY: &str = "codearts-report";

/// Said once instead of on each option.
const VARIABLES_HELP: &str = "\
Every option --foo-bar can also be given as variable CODEARTS_FOO_BAR; an option beats a variable, an empty variable \
counts as unset. Durations are written 90s, 15m, 1h30m. Lists take commas or line breaks, and words in any case; blanks \
around a value are cut. A CODEARTS_ variable that is not read is named in a warning.

Credentials never come from options; the first complete set wins:
  CODEARTS_TOKEN
  HUAWEICLOUD_OIDC_PROVIDER_URN, HUAWEICLOUD_OIDC_AGENCY_URN, or HUAWEICLOUD_SDK_IDP_ID: keyless, with the CI's id token
  HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK [, HUAWEICLOUD_SDK_SECURITY_TOKEN]
  HUAWEI_CLOUD_ACCESS_KEY_ID, HUAWEI_CLOUD_SECRET_ACCESS_KEY
  HW_ACCESS_KEY, HW_SECRET_KEY [, HW_SECURITY_TOKEN]
  CLOUD_SDK_AK, CLOUD_SDK_SK
  CODEARTS_IAM_USER, CODEARTS_IAM_PASSWORD, CODEARTS_IAM_DOMAIN
  the profile file of the SDK, ~/.huaweicloud/credentials";

/// Options of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Id of the check task, the 32 characters at the end of its page's address; several are waited for at once and
    /// the worst result wins [variable: CODEARTS_TASK_ID, comma list]
    #[arg(value_name = "TASK_ID")]
    pub task_ids: Vec<String>,
    /// Start a run and wait for exactly that run; without it, attach to the current or latest run
    #[arg(long, help_heading = "Waiting")]
    pub start: bool,
    /// With --start, when a run is active already
    #[arg(long, value_name = "POLICY", value_enum, default_value_t, help_heading = "Waiting")]
    pub if_running: IfRunning,
    /// Longest wait for the result; keep --timeout plus --report-timeout below the CI job's own limit
    #[arg(long, value_name = "DURATION", default_value = "60m", help_heading = "Waiting")]
    pub timeout: String,
    /// Gap between status requests: `auto`, or a fixed duration
    #[arg(long, value_name = "DURATION", default_value = "auto", help_heading = "Waiting")]
    pub poll_interval: String,
    /// Most status requests for one task in auto mode, on average
    #[arg(long, value_name = "N/min", default_value = "6/min", help_heading = "Waiting")]
    pub poll_budget: String,
    /// How long a success that nothing confirms must stand: for tests, which cannot wait for real delays
    #[arg(long, value_name = "DURATION", hide = true)]
    pub max_doubt: Option<String>,
    /// Stop the remote run on SIGINT, SIGTERM, SIGHUP and timeout; `auto`: only a run that this process started
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, help_heading = "Waiting")]
    pub stop_on_cancel: StopOnCancel,
    /// Outcomes that count as exit 0, with a warning, such as `stopped,report-failed`
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = "Verdict")]
    pub allow: Vec<String>,
    /// Gate options.
    #[command(flatten)]
    pub gate: GateArgs,
    /// Options about findings.
    #[command(flatten)]
    pub findings: FindingArgs,
    /// Which reports to bring back
    #[arg(
        long,
        value_name = "FORMATS",
        value_enum,
        value_delimiter = ',',
        default_value = "pdf",
        help_heading = "Report"
    )]
    pub report: Vec<ReportFormat>,
    /// Report options.
    #[command(flatten)]
    pub files: FileArgs,
    /// Publishing options.
    #[command(flatten)]
    pub publish: PublishArgs,
    /// Print the result document on standard output
    #[arg(long, help_heading = "Output")]
    pub json: bool,
    /// Address of CodeArts Check, instead of the region's
    #[arg(long, value_name = "URL", help_heading = "Connection")]
    pub endpoint: Option<String>,
    /// CodeArts project id; only needed to show why a check failed, and past runs
    #[arg(long, value_name = "ID", help_heading = "Connection")]
    pub project_id: Option<String>,
    /// Connection options.
    #[command(flatten)]
    pub connection: ConnectionArgs,
    /// Log options.
    #[command(flatten)]
    pub log: LogArgs,
}

/// May the code be merged?
#[derive(Debug, Args)]
#[command(next_help_heading = "Verdict")]
pub struct GateArgs {
    /// How much the quality gate of CodeArts counts
    #[arg(long, value_name = "MODE", value_enum, default_value_t)]
    pub gate: GateMode,
    /// Most critical findings that may be open
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_critical: Option<u64>,
    /// Most major findings that may be open
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_major: Option<u64>,
    /// Most minor findings that may be open
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_minor: Option<u64>,
    /// Most suggestions that may be open
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_suggestion: Option<u64>,
    /// Most findings of all severities that may be open
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_issues: Option<u64>,
    /// Most critical findings that the service calls new
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_new_critical: Option<u64>,
    /// Most major findings that the service calls new
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_new_major: Option<u64>,
    /// Most minor findings that the service calls new
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_new_minor: Option<u64>,
    /// Most suggestions that the service calls new
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_new_suggestion: Option<u64>,
    /// Most findings of all severities that the service calls new
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_new_issues: Option<u64>,
    /// Findings listed in this file do not count against --max-critical, ... --max-issues: a file of --write-baseline, or
    /// the SARIF, JSON or code quality file of an earlier run
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write the open findings to this file, for --baseline; not when a threshold was broken
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
}

/// Which findings are listed, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Findings")]
pub struct FindingArgs {
    /// List findings of these severities only
    #[arg(long, value_name = "LIST", value_enum, value_delimiter = ',')]
    pub severity: Vec<Severity>,
    /// List findings in these states
    #[arg(long, value_name = "LIST", value_enum, value_delimiter = ',', default_value = "open")]
    pub status: Vec<Status>,
    /// Cut this off the front of the paths that the service tells; may be given several times
    #[arg(long, value_name = "PREFIX", value_delimiter = ',')]
    pub strip_prefix: Vec<String>,
    /// Pages of findings that are fetched at the same time: for comparing
    #[arg(long, value_name = "N", hide = true)]
    pub pages_at_once: Option<usize>,
}

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
    /// Address of CodeArts Check, instead of the region's
    #[arg(long, value_name = "URL", help_heading = "Connection")]
    pub endpoint: Option<String>,
    /// Connection options.
    #[command(flatten)]
    pub connection: ConnectionArgs,
    /// Log options.
    #[command(flatten)]
    pub log: LogArgs,
}

/// Options of `build`.
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// Id of the build job, the 32 characters at the end of its page's address; several are waited for at once and the
    /// worst result wins [variable: CODEARTS_JOB_ID, comma list]
    #[arg(value_name = "JOB_ID")]
    pub job_ids: Vec<String>,
    /// Start a build and wait for exactly that one; without it, attach to the current or latest build
    #[arg(long, help_heading = "Waiting")]
    pub start: bool,
    /// Attach to the build with this number
    #[arg(
        long,
        value_name = "NUMBER",
        value_parser = whole_number::<1, COUNT_LIMIT>,
        conflicts_with = "start",
        help_heading = "Waiting"
    )]
    pub build_no: Option<u64>,
    /// With --start, a parameter of the job; may be given several times. No place for secrets: keep those in the job
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Waiting")]
    pub param: Vec<String>,
    /// With --start, the branch to build
    #[arg(long, value_name = "NAME", conflicts_with_all = ["tag", "commit"], help_heading = "Waiting")]
    pub branch: Option<String>,
    /// With --start, the tag to build
    #[arg(long, value_name = "NAME", conflicts_with_all = ["branch", "commit"], help_heading = "Waiting")]
    pub tag: Option<String>,
    /// With --start, the commit to build
    #[arg(long, value_name = "SHA", conflicts_with_all = ["branch", "tag"], help_heading = "Waiting")]
    pub commit: Option<String>,
    /// Show the log of the build while it is written
    #[arg(long, help_heading = "Waiting")]
    pub follow: bool,
    /// Longest wait for the result; keep it below the CI job's own limit
    #[arg(long, value_name = "DURATION", default_value = "60m", help_heading = "Waiting")]
    pub timeout: String,
    /// Gap between status requests: `auto`, or a fixed duration
    #[arg(long, value_name = "DURATION", default_value = "auto", help_heading = "Waiting")]
    pub poll_interval: String,
    /// Most status requests for one job in auto mode, on average
    #[arg(long, value_name = "N/min", default_value = "6/min", help_heading = "Waiting")]
    pub poll_budget: String,
    /// Stop the remote build on SIGINT, SIGTERM, SIGHUP and timeout; `auto`: only a build that this process started
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, help_heading = "Waiting")]
    pub stop_on_cancel: StopOnCancel,
    /// Outcomes that count as exit 0, with a warning, such as `stopped`
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = "Verdict")]
    pub allow: Vec<String>,
    /// Directory for result.json
    #[arg(long, value_name = "DIR", default_value = REPORT_DIRECTORY, help_heading = "Output")]
    pub report_dir: PathBuf,
    /// Print the result document on standard output
    #[arg(long, help_heading = "Output")]
    pub json: bool,
    /// Address of CodeArts Build, instead of the region's
    #[arg(long, value_name = "URL", help_heading = "Connection")]
    pub build_endpoint: Option<String>,
    /// Connection options.
    #[command(flatten)]
    pub connection: ConnectionArgs,
    /// Log options.
    #[command(flatten)]
    pub log: LogArgs,
}

/// Options of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// A task to try the permissions on [variable: CODEARTS_TASK_ID]
    #[arg(value_name = "TASK_ID")]
    pub task_id: Option<String>,
    /// A job of CodeArts Build to try, as `build` would
    #[arg(long, value_name = "JOB_ID", conflicts_with = "task_id")]
    pub job_id: Option<String>,
    /// Directory to try writing to
    #[arg(long, value_name = "DIR", default_value = REPORT_DIRECTORY, help_heading = "Report")]
    pub report_dir: PathBuf,
    /// Address of CodeArts Check, instead of the region's
    #[arg(long, value_name = "URL", help_heading = "Connection")]
    pub endpoint: Option<String>,
    /// Address of CodeArts Build, instead of the region's
    #[arg(long, value_name = "URL", help_heading = "Connection")]
    pub build_endpoint: Option<String>,
    /// Connection options.
    #[command(flatten)]
    pub connection: ConnectionArgs,
    /// Log options.
    #[command(flatten)]
    pub log: LogArgs,
}

/// Where the report goes and how it looks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
pub struct FileArgs {
    /// Directory for reports and result.json
    #[arg(long, value_name = "DIR", default_value = REPORT_DIRECTORY)]
    pub report_dir: PathBuf,
    /// Title of the PDF, 1 to 128 characters [default: the repository's name]
    #[arg(long, value_name = "TEXT")]
    pub report_title: Option<String>,
    /// Longest time for everything after the verdict
    #[arg(long, value_name = "DURATION", default_value = "10m")]
    pub report_timeout: String,
    /// Language of the report and of the service's texts
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value_t)]
    pub language: Language,
}

/// Where the result is shown.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Publishing")]
pub struct PublishArgs {
    /// Where to show the result: `auto` (what the CI offers; trouble is a warning), `none`, or a list of targets, each of
    /// which must succeed
    #[arg(long, value_name = "TARGETS", value_enum, value_delimiter = ',', default_value = "auto")]
    pub publish: Vec<PublishTarget>,
    /// Tells the comments of several gates on one pull request apart [default: the task ids]
    #[arg(long, value_name = "KEY")]
    pub comment_key: Option<String>,
    /// Address of a task's page in the CodeArts console, for links; `{task_id}` in it stands for the id
    #[arg(long, value_name = "URL")]
    pub task_url: Option<String>,
    /// Days to keep the artifact [default: as the repository says]
    #[arg(long, value_name = "DAYS", value_parser = days)]
    pub retention_days: Option<u32>,
}

/// How to reach the service.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// Region of the credentials, such as cn-north-4; also picks the endpoints [also: HUAWEI_CLOUD_REGION,
    /// HW_REGION_NAME]
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Address of IAM, instead of the region's [also: HUAWEICLOUD_SDK_IAM_ENDPOINT]
    #[arg(long, value_name = "URL")]
    pub iam_endpoint: Option<String>,
    /// Address of STS, instead of the region's [also: HUAWEICLOUD_SDK_STS_ENDPOINT]
    #[arg(long, value_name = "URL")]
    pub sts_endpoint: Option<String>,
    /// For a keyless login on GitHub: whom the id token is for [default: GitHub's own, the address of the owner]
    #[arg(long, value_name = "TEXT")]
    pub oidc_audience: Option<String>,
    /// Address of a cloud server's metadata: for tests, which run elsewhere
    #[arg(long, value_name = "URL", hide = true)]
    pub metadata_endpoint: Option<String>,
    /// IAM project id, for the scope of tokens and the X-Project-Id header [also: HUAWEICLOUD_SDK_PROJECT_ID,
    /// HUAWEI_CLOUD_PROJECT_ID, HW_PROJECT_ID]
    #[arg(long, value_name = "ID")]
    pub iam_project_id: Option<String>,
    /// Which credentials to use
    #[arg(long, value_name = "KIND", value_enum, default_value_t)]
    pub auth: AuthKind,
    /// Further certificate authorities, a PEM file
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Allow plain http to another machine, a forge's API included; shows the credentials to the network
    #[arg(long)]
    pub allow_http: bool,
    /// No pause between requests is longer: for tests, which can not sit through real delays
    #[arg(long, value_name = "DURATION", hide = true)]
    pub max_pause: Option<String>,
}

/// What is said, and how.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct LogArgs {
    /// Form of the lines on standard error
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub log_format: LogFormat,
    /// Show every request
    #[arg(short, long, action = ArgAction::SetTrue)]
    pub verbose: bool,
    /// Show warnings and errors only
    #[arg(short, long, action = ArgAction::SetTrue, conflicts_with = "verbose")]
    pub quiet: bool,
}

/// Options of `sandbox`.
#[cfg(feature = "sandbox")]
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// What the imitated service does; `list` names and explains all
    #[arg(long, value_name = "NAME", default_value = "passing")]
    pub scenario: String,
    /// A scenario of your own, a JSON file
    #[arg(long, value_name = "FILE", conflicts_with = "scenario")]
    pub scenario_file: Option<PathBuf>,
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8420)]
    pub port: u16,
    /// Log options.
    #[command(flatten)]
    pub log: LogArgs,
}

/// Options of `demo`.
#[cfg(feature = "sandbox")]
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Which scenario of the sandbox to show
    #[arg(long, value_name = "NAME", default_value = "passing")]
    pub scenario: String,
    /// Directory for the PDF and result.json
    #[arg(long, value_name = "DIR", default_value = REPORT_DIRECTORY)]
    pub report_dir: PathBuf,
    /// Log options.
    #[command(flatten)]
    pub log: LogArgs,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// An exit code or the name of an outcome; all without it
    pub code: Option<String>,
}

/// Options of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// What `--start` does about an active run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum IfRunning {
    /// Wait for that run instead of starting one
    #[default]
    Attach,
    /// Wait until it has ended, then start
    Queue,
    /// Give up at once, with exit code 2
    Fail,
}

/// When the remote run is stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum StopOnCancel {
    /// Only a run that this process started
    #[default]
    Auto,
    /// Any run that is waited for
    Always,
    /// Never
    Never,
}

/// Which credentials to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum AuthKind {
    /// The first complete set
    #[default]
    Auto,
    /// CODEARTS_TOKEN
    Token,
    /// A key pair
    Aksk,
    /// The CI's own identity, without stored keys
    Oidc,
    /// CODEARTS_IAM_USER, CODEARTS_IAM_PASSWORD, CODEARTS_IAM_DOMAIN
    Password,
    /// The profile file of the official SDK
    Profile,
    /// The file of KooCLI; only when named
    Koocli,
    /// The agency of this cloud server, or the identity of this pod; only when named
    Metadata,
}

impl AuthKind {
    /// Whether `auto` looks for it.
    pub const fn is_in_auto(self) -> bool {
        !matches!(self, Self::Koocli | Self::Metadata)
    }
}

/// Where to show the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PublishTarget {
    /// What the CI offers
    Auto,
    /// Nowhere but in the log and the files
    None,
    /// The page of the run
    Summary,
    /// Notes on the page of the run
    Annotations,
    /// Values for later steps
    Outputs,
    /// The PDF, kept by the CI
    Artifact,
    /// A comment on the pull request, or a note on the merge request
    #[value(alias = "note")]
    Comment,
    /// A check run on the commit; on GitLab its status
    CheckRun,
    /// Findings for code scanning
    Sarif,
}

/// A report to bring back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum ReportFormat {
    /// The service's PDF report
    Pdf,
    /// Findings for GitHub code scanning and other readers, SARIF 2.1.0
    Sarif,
    /// The verdict as tests, for GitLab and Jenkins
    Junit,
    /// Findings for GitLab's code quality report
    Codequality,
    /// Findings as Checkstyle XML
    Checkstyle,
    /// Findings as JSON, also for Jenkins' warnings-ng
    Json,
    /// The page that comments show
    Markdown,
    /// A page to look at
    Html,
    /// Findings for spreadsheets
    Csv,
    /// Nothing but result.json
    None,
}
