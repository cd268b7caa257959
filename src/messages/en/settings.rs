//! Values of options and variables, in English.

use crate::messages::settings::{DurationFlaw, NowhereMessage, SettingsHint, SettingsMessage};
use crate::messages::shown::{ADDRESS_LIMIT, given as shown, long};
use crate::model::language::Language;
use crate::text::{duration, one_line};

/// What is wrong with a setting.
pub(in crate::messages) fn settings(message: &SettingsMessage) -> String {
    match message {
        SettingsMessage::Duration { given, flaw } => format!("{}: {}", shown(given), duration_flaw(*flaw)),
        SettingsMessage::PollInterval { given, least } => {
            format!("{} must be at least {}", shown(given), duration(*least))
        }
        SettingsMessage::PollBudget(given) => format!("{}: not a valid rate", shown(given)),
        SettingsMessage::JobEndsDuringWait { left, wait, kept } => format!(
            "the job ends in {} (CI_JOB_TIMEOUT): waiting at most {}, keeping {} for the report",
            duration(*left),
            duration(*wait),
            duration(*kept)
        ),
        SettingsMessage::JobEndsDuringReport(left) => format!(
            "the job ends before `--report-timeout` (CI_JOB_TIMEOUT): {} left for the report",
            duration(*left)
        ),
        SettingsMessage::NotAllowed(given) => {
            format!("{}: not an outcome that can be allowed", shown(given))
        }
        SettingsMessage::EmptyDirectory(origin) => format!("`{origin}` is empty"),
        SettingsMessage::Title { origin, limit } => format!("`{origin}` must have 1 to {limit} characters"),
        SettingsMessage::NoneBesideFormats(origin) => {
            format!("`{}` cannot be combined with other formats", origin.with_value("none"))
        }
        SettingsMessage::ArtifactWithoutPdf(origin) => {
            format!("`{}` needs the PDF report", origin.with_value("artifact"))
        }
        SettingsMessage::BaselineWithoutThreshold(origin) => {
            format!("`{origin}` has no effect without a threshold")
        }
        SettingsMessage::ScopeWithoutDiff(origin) => {
            format!("`{}` needs to know which lines changed", origin.with_value("changed"))
        }
        SettingsMessage::ForgeShowsNoLines { origin, forge } => {
            format!("`{origin}` counts findings on changed lines; {forge} does not list them")
        }
        SettingsMessage::DiffNotUsed(origin) => format!("`{origin}` has no effect: every finding counts"),
        SettingsMessage::DiffNotRead(given) => format!("`{}`: the diff could not be read", long(given)),
        SettingsMessage::BadDiff(given) => format!("`{}` is not a usable diff", long(given)),
        SettingsMessage::BaselineOfTasks(origin) => {
            format!("`{origin}`: a baseline belongs to one task, but several were given")
        }
        SettingsMessage::BaselineDirectory(given) => {
            format!("`{}`: the directory does not exist", long(given))
        }
        SettingsMessage::NotABaseline(given) => {
            format!("`{}`: refusing to overwrite a file that is not a baseline", long(given))
        }
        SettingsMessage::SeveralTasks => "`report` takes only one task id".to_owned(),
        SettingsMessage::BuildOfSeveralJobs(origin) => {
            format!("`{origin}` selects a build of one job, but several jobs were given")
        }
        SettingsMessage::NeedsStart(origins) => {
            let names: Vec<String> = origins.iter().map(|origin| format!("`{origin}`")).collect();
            format!("{} can be used only with `--start`", names.join(", "))
        }
        SettingsMessage::ReservedParameter(name) => {
            format!("`--param {name}=...`: CodeArts Build does not accept a parameter of this name")
        }
        SettingsMessage::ParameterForm(origin) => format!("`{origin}` must have the form NAME=VALUE"),
        SettingsMessage::TargetsBesideAuto(origin) => format!(
            "`{}` and `{}` cannot be combined with targets",
            origin.with_value("auto"),
            origin.with_value("none")
        ),
        SettingsMessage::ReportTarget(origin) => {
            format!("`{origin}`: `report` has no verdict; it can publish only `artifact` and `outputs`")
        }
        SettingsMessage::NoSuchTarget(given) => format!("`{given}` is not available here"),
        SettingsMessage::TargetsNowhere { origin, why } => {
            format!("`{origin}` cannot name targets here: {}", why.text(Language::English))
        }
        SettingsMessage::CommentKey { origin, limit } => {
            format!("`{origin}` must have 1 to {limit} letters, digits, dots, dashes and underscores")
        }
        SettingsMessage::TaskUrl(origin) => format!(
            "`{origin}` must be a URL such as https://console.example/task/{{task_id}}, without a user name or a password"
        ),
        SettingsMessage::PullRequestForm => {
            "must be `auto`, `off` or the number of a pull request".to_owned()
        }
        SettingsMessage::NeedsPullRequest(origin) => {
            format!("`{origin}` can be used only with `--pull-request`")
        }
        SettingsMessage::ReviewWithoutPullRequest(origin) => {
            format!("`{}` can be used only with `--pull-request`", origin.with_value("review"))
        }
        SettingsMessage::PullRequestNowhere { origin, why } => {
            format!("`{origin}` finds no pull request here: {}", why.text(Language::English))
        }
        SettingsMessage::TaskLanguage(given) => format!("{}: not the name of a language", shown(given)),
        SettingsMessage::TaskEndpoint(origin) => {
            format!(
                "`{origin}` must be the id of a service endpoint: letters, digits, dashes and underscores"
            )
        }
        SettingsMessage::WholeNumber { least, most } => {
            format!("must be a whole number from {least} to {most}")
        }
    }
}

fn duration_flaw(flaw: DurationFlaw) -> String {
    match flaw {
        DurationFlaw::Zero => "duration must be greater than zero".to_owned(),
        DurationFlaw::Unreadable => "not a duration with a unit".to_owned(),
        DurationFlaw::UpperCase => "the unit must be in lower case".to_owned(),
        DurationFlaw::TooLong(limit) => format!("duration must be at most {}", duration(limit)),
    }
}

/// Why nothing can be published from here.
pub(in crate::messages) fn nowhere(message: &NowhereMessage) -> String {
    match message {
        NowhereMessage::NoChange => "not running in a known CI".to_owned(),
        NowhereMessage::UnknownForge(address) => format!(
            "CHANGE_URL `{}` is not a pull request of GitHub (https://HOST/OWNER/REPO/pull/NUMBER), Gitee or GitCode (https://HOST/OWNER/REPO/pulls/NUMBER), or a merge request of GitLab (https://HOST/GROUP/PROJECT/-/merge_requests/NUMBER); a pull request of Gitea or Forgejo needs GITEA_API_URL",
            one_line(address, ADDRESS_LIMIT)
        ),
    }
}

/// What to do about a setting.
pub(in crate::messages) fn settings_hint(hint: &SettingsHint) -> String {
    match hint {
        SettingsHint::DidYouMean(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            format!("did you mean {}?", words.join(" or "))
        }
        SettingsHint::OneOf(words) => format!("choose from {}", words.join(", ")),
        SettingsHint::DurationForm => "write a duration such as 90s, 15m or 1h30m".to_owned(),
        SettingsHint::RateForm => {
            "write a number from 1 to 6000 and a unit of time (s, min or h), such as 6/min".to_owned()
        }
        SettingsHint::RaiseJobTimeout => {
            "raise the job's `timeout:` above `--timeout` plus `--report-timeout`".to_owned()
        }
        SettingsHint::NameDirectory => "name a directory".to_owned(),
        SettingsHint::AddPdf => "add `pdf` to `--report`".to_owned(),
        SettingsHint::AddThreshold => {
            "add a threshold; `--max-issues 0` allows no new finding at all".to_owned()
        }
        SettingsHint::CountChanged => {
            "pass `--scope changed` to count only findings on changed lines".to_owned()
        }
        SettingsHint::AddDiff => {
            "pass `--diff` with a file that `git diff --output=FILE origin/main...HEAD` writes".to_owned()
        }
        SettingsHint::CountAll => "pass `--scope all` to count every finding".to_owned(),
        SettingsHint::MakeDiff => {
            "write the diff with `git diff --output=FILE origin/main...HEAD`, without other options"
                .to_owned()
        }
        SettingsHint::OneTaskEach => "run codearts-gate once for each task".to_owned(),
        SettingsHint::AddStart => "add `--start` to start a build".to_owned(),
        SettingsHint::LeaveAuto => "leave it at `auto`".to_owned(),
        SettingsHint::Alone => "give it alone, or leave it out".to_owned(),
        SettingsHint::ParameterForm => {
            "write `--param NAME=VALUE`, such as `--param version=1.2.3`".to_owned()
        }
        SettingsHint::AddPullRequest => {
            "add `--pull-request auto` to check the code of the pull request that this job is about".to_owned()
        }
        SettingsHint::PullRequestJob => {
            "run it in a job of a pull request: GitHub Actions, GitLab CI, Gitea or Forgejo Actions, Gitee Go, GitCode Actions, a multibranch pipeline of Jenkins, or CodeArts Pipeline".to_owned()
        }
        SettingsHint::KnownJobs => {
            "known are GitHub Actions, GitLab CI, Gitea and Forgejo Actions, Gitee Go, GitCode Actions, Jenkins with CHANGE_URL, and CodeArts jobs with REPO_URL and PROJECT_ID of CodeArts Repo".to_owned()
        }
        SettingsHint::PrivateForge => {
            "set GITHUB_API_URL, CI_API_V4_URL, GITEA_API_URL, GITEE_API_URL or GITCODE_API_URL if it is a server of your own".to_owned()
        }
    }
}
