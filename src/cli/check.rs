//! `check`.

use super::choice::choice;
use super::number::{COUNT_LIMIT, pages, whole_number};
use super::pull_request::{DeleteArgs, PullRequestArgs};
use super::shared::{
    AllowArgs, CheckEndpointArgs, ConfigArgs, ConnectionArgs, FileArgs, LogArgs, PublishArgs, ResultArgs,
    WaitArgs,
};
use crate::model::choice::Choice as _;
use crate::model::finding::{Severity, Status};
use crate::model::gate::GateMode;
use crate::model::policy::IfRunning;
use crate::model::scope::Scope;
use crate::report::formats::ReportChoice;
use clap::Args;
use std::path::PathBuf;

/// Options of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Id of the check task: the 32 characters at the end of its page's URL. With several ids, all are waited for at
    /// once and the worst result wins. Without an id, the one task of `--project-id` that checks the repository and
    /// branch of this CI job is taken [variable: CODEARTS_TASK_ID, comma list]
    #[arg(value_name = "TASK_ID")]
    pub task_ids: Vec<String>,
    /// Start a run and wait for exactly that run; without this option, wait for the current or latest run
    #[arg(long, help_heading = "Waiting")]
    pub start: bool,
    /// Wait for exactly this run: the file that `start` wrote, or the id of a run of TASK_ID
    #[arg(long, value_name = "FILE|RUN_ID", help_heading = "Waiting")]
    pub run: Option<String>,
    /// What `--start` does when a run is already active. With `--pull-request`, `attach` means `queue`: the active run may
    /// be about an older commit
    #[arg(long, value_name = "POLICY", value_parser = choice::<IfRunning>(), default_value = IfRunning::default().word(), help_heading = "Waiting")]
    pub if_running: IfRunning,
    /// The pull request whose code is checked.
    #[command(flatten)]
    pub pull_request: PullRequestArgs,
    /// What becomes of its task.
    #[command(flatten)]
    pub delete: DeleteArgs,
    /// How long to wait.
    #[command(flatten)]
    pub wait: WaitArgs,
    /// Minimum time that an unconfirmed success must stay unchanged; for tests
    #[arg(long, value_name = "DURATION", hide = true)]
    pub max_doubt: Option<String>,
    /// Outcomes that pass.
    #[command(flatten)]
    pub allow: AllowArgs,
    /// Gate options.
    #[command(flatten)]
    pub gate: GateArgs,
    /// Options about findings.
    #[command(flatten)]
    pub findings: FindingArgs,
    /// Report formats to produce
    #[arg(long, value_name = "FORMATS", value_parser = choice::<ReportChoice>(), value_delimiter = ',', default_value = ReportChoice::PDF.word(), help_heading = "Report")]
    pub report: Vec<ReportChoice>,
    /// Report options.
    #[command(flatten)]
    pub files: FileArgs,
    /// Publishing options.
    #[command(flatten)]
    pub publish: PublishArgs,
    /// Where the result document goes.
    #[command(flatten)]
    pub result: ResultArgs,
    /// Address of CodeArts Check.
    #[command(flatten)]
    pub site: CheckEndpointArgs,
    /// CodeArts project id; needed only to show why a check failed, and earlier runs, and for pull requests where the
    /// task does not name it
    #[arg(long, value_name = "ID", help_heading = "Connection")]
    pub project_id: Option<String>,
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

/// The quality gate and own thresholds.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Verdict")]
pub struct GateArgs {
    /// How to treat the CodeArts quality gate
    #[arg(long, value_name = "MODE", value_parser = choice::<GateMode>(), default_value = GateMode::default().word())]
    pub gate: GateMode,
    /// Maximum number of open critical findings
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_critical: Option<u64>,
    /// Maximum number of open major findings
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_major: Option<u64>,
    /// Maximum number of open minor findings
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_minor: Option<u64>,
    /// Maximum number of open suggestions
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_suggestion: Option<u64>,
    /// Maximum number of open findings, all severities
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_issues: Option<u64>,
    /// Maximum number of new critical findings
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_new_critical: Option<u64>,
    /// Maximum number of new major findings
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_new_major: Option<u64>,
    /// Maximum number of new minor findings
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_new_minor: Option<u64>,
    /// Maximum number of new suggestions
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_new_suggestion: Option<u64>,
    /// Maximum number of new findings, all severities
    #[arg(long, value_name = "N", value_parser = whole_number::<0, COUNT_LIMIT>)]
    pub max_new_issues: Option<u64>,
    /// Ignore findings recorded in this file: from `--write-baseline`, or a SARIF, JSON or Code Quality report of an
    /// earlier run. Applies to the limits on open findings
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write open findings to this file, for `--baseline`; skipped if a threshold was exceeded
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
}

/// Which findings are listed, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Findings")]
pub struct FindingArgs {
    /// List only findings of these severities
    #[arg(long, value_name = "LIST", value_parser = choice::<Severity>(), value_delimiter = ',')]
    pub severity: Vec<Severity>,
    /// List only findings with these statuses
    #[arg(long, value_name = "LIST", value_parser = choice::<Status>(), value_delimiter = ',', default_value = Status::default().word())]
    pub status: Vec<Status>,
    /// Remove this prefix from reported paths (repeatable)
    #[arg(long, value_name = "PREFIX", value_delimiter = ',')]
    pub strip_prefix: Vec<String>,
    /// Open findings to count and list. Default: `all`; with `--pull-request`: `changed`
    #[arg(long, value_name = "SCOPE", value_parser = choice::<Scope>())]
    pub scope: Option<Scope>,
    /// With `--scope changed`: unified diff that shows which lines changed, such as the output of `git diff origin/main...HEAD`; `-` reads it
    /// from standard input. Default: the lines that the forge shows for the pull request
    #[arg(long, value_name = "FILE")]
    pub diff: Option<PathBuf>,
    /// What came through standard input, once it was read.
    #[arg(skip)]
    pub piped: Option<Vec<u8>>,
    /// Number of pages of findings to fetch at the same time; for measurements
    #[arg(long, value_name = "N", value_parser = pages, hide = true)]
    pub pages_at_once: Option<usize>,
}
