//! Where the result is shown.

use super::environment::Environment;
use super::{UsageError, usage};
use crate::ci::jenkins::{Build, Change};
use crate::ci::{CiKind, github, gitlab};
use crate::cli::{PublishArgs, PublishTarget};
use crate::codearts::Id;
use crate::http::HttpSettings;
use crate::publish::github::GitHub;
use crate::publish::gitlab::GitLab;
use crate::publish::{self, Publisher, Selection, Target};
use crate::report::markdown::TASK_ID_MARK;
use std::path::Path;
use url::Url;

/// Longest key of a comment.
const KEY_LIMIT: usize = 128;
/// More days than any server keeps artifacts.
const RETENTION_LIMIT: u32 = 400;

/// What is wanted; `None`: nothing.
fn selection(chosen: &[PublishTarget]) -> Result<Option<Selection>, UsageError> {
    let mut targets = Vec::new();
    for target in chosen {
        targets.push(match target {
            PublishTarget::Auto | PublishTarget::None if chosen.len() > 1 => {
                return usage("`--publish auto` and `--publish none` can not be combined with targets");
            }
            PublishTarget::Auto => return Ok(Some(Selection::Auto)),
            PublishTarget::None => return Ok(None),
            PublishTarget::Summary => Target::Summary,
            PublishTarget::Annotations => Target::Annotations,
            PublishTarget::Outputs => Target::Outputs,
            PublishTarget::Artifact => Target::Artifact,
            PublishTarget::Comment => Target::Comment,
            PublishTarget::CheckRun => Target::CheckRun,
            PublishTarget::Sarif => Target::Sarif,
        });
    }
    Ok(Some(Selection::Named(targets)))
}

/// The same for the command that only fetches the PDF, which has no verdict to show.
pub(super) fn resolve_for_report(
    args: PublishArgs,
    environment: &Environment,
    tasks: &[Id],
    http: &HttpSettings,
    report_dir: &Path,
) -> Result<Option<Publisher>, UsageError> {
    let fits = |target: &PublishTarget| {
        use PublishTarget::{Artifact, Auto, None, Outputs};
        matches!(target, Auto | None | Artifact | Outputs)
    };
    if !args.publish.iter().all(fits) {
        return usage("`report` makes no verdict; it can be published as `artifact` and `outputs` only");
    }
    let mut publisher = resolve(args, environment, tasks, http, report_dir)?.publisher();
    // Without a note nothing would link to an upload, and uploads stay.
    if let Some(Publisher::GitLab(gitlab)) = &mut publisher
        && gitlab.targets.contains(&Target::Artifact)
    {
        gitlab.targets = &[Target::Artifact, Target::Outputs];
    }
    Ok(publisher)
}

/// Why nothing can be published.
pub const NOWHERE: &str =
    "this is no job of GitHub Actions or GitLab CI, and no Jenkins build of a pull request (CHANGE_URL)";

/// Where the result can go.
pub(super) enum Way {
    /// A forge.
    To(Publisher),
    /// There is no place for it here.
    Nowhere,
    /// Nobody wants it anywhere.
    Unwanted,
}

impl Way {
    /// The forge, if there is one.
    pub(super) fn publisher(self) -> Option<Publisher> {
        match self {
            Self::To(publisher) => Some(publisher),
            Self::Nowhere | Self::Unwanted => None,
        }
    }
}

/// How to publish from here.
pub(super) fn resolve(
    args: PublishArgs,
    environment: &Environment,
    tasks: &[Id],
    http: &HttpSettings,
    report_dir: &Path,
) -> Result<Way, UsageError> {
    if args.retention_days.is_some_and(|days| days > RETENTION_LIMIT) {
        return usage(format!("`--retention-days` must be {RETENTION_LIMIT} or less"));
    }
    let comment_key = match args.comment_key {
        Some(key) => checked_key(key)?,
        None => default_key(tasks),
    };
    let task_url = args.task_url.map(checked_task_url).transpose()?;
    let Some(selection) = selection(&args.publish)? else { return Ok(Way::Unwanted) };
    let settings =
        Settings { selection, comment_key, task_url, retention_days: args.retention_days, http, report_dir };
    let variable = |name: &str| environment.get(name).map(str::to_owned);
    match environment.surroundings().kind {
        CiKind::GitHub => settings.github(github::Job::read(variable), publish::github::TARGETS),
        CiKind::GitLab => settings.gitlab(gitlab::Job::read(variable), publish::gitlab::TARGETS),
        CiKind::Jenkins => {
            let Build { url, change } = Build::read(variable);
            match change {
                Some(Change::GitHub { server_url, repository, number }) => {
                    let job = github::Job::of_pull_request(server_url, repository, number, url, variable);
                    settings.github(job, &[Target::Comment])
                }
                Some(Change::GitLab { server_url, merge_request }) => {
                    let job = gitlab::Job::of_merge_request(server_url, merge_request, url, variable);
                    settings.gitlab(job, &[Target::Comment])
                }
                None => settings.nowhere(),
            }
        }
        CiKind::Other | CiKind::None => settings.nowhere(),
    }
}

/// What is the same for every forge.
struct Settings<'a> {
    selection: Selection,
    comment_key: String,
    task_url: Option<String>,
    retention_days: Option<u32>,
    http: &'a HttpSettings,
    report_dir: &'a Path,
}

impl Settings<'_> {
    fn github(self, job: github::Job, targets: &'static [Target]) -> Result<Way, UsageError> {
        self.check(targets)?;
        let Self { selection, comment_key, task_url, retention_days, http, .. } = self;
        let http = http.clone();
        let github = GitHub { job, targets, selection, comment_key, task_url, retention_days, http };
        Ok(Way::To(Publisher::GitHub(Box::new(github))))
    }

    fn gitlab(self, job: gitlab::Job, targets: &'static [Target]) -> Result<Way, UsageError> {
        self.check(targets)?;
        let Self { selection, comment_key, task_url, http, .. } = self;
        let http = trusting(http, job.ca_file.as_deref());
        let report_dir = self.report_dir.to_owned();
        let gitlab = GitLab { job, targets, selection, comment_key, task_url, report_dir, http };
        Ok(Way::To(Publisher::GitLab(Box::new(gitlab))))
    }

    fn nowhere(self) -> Result<Way, UsageError> {
        match self.selection {
            Selection::Auto => Ok(Way::Nowhere),
            Selection::Named(_) => {
                usage(format!("`--publish` with targets does nothing here: {NOWHERE}; leave it at `auto`"))
            }
        }
    }

    /// Refuses named targets that do not exist here.
    fn check(&self, targets: &[Target]) -> Result<(), UsageError> {
        let Selection::Named(named) = &self.selection else { return Ok(()) };
        match named.iter().find(|target| !targets.contains(target)) {
            Some(target) => {
                let names = targets.iter().map(|target| target.name()).collect::<Vec<_>>().join(", ");
                usage(format!("there is no place for `--publish {}` here; there is {names}", target.name()))
            }
            None => Ok(()),
        }
    }
}

/// The same settings with the certificates that GitLab's runner trusts.
fn trusting(http: &HttpSettings, ca_file: Option<&Path>) -> HttpSettings {
    let mut http = http.clone();
    if let Some(file) = ca_file {
        match std::fs::read(file) {
            Ok(certificates) => {
                let bundle = http.ca_bundle.get_or_insert_default();
                bundle.push(b'\n');
                bundle.extend(certificates);
            }
            Err(error) => {
                tracing::warn!("could not read CI_SERVER_TLS_CA_FILE `{}`: {error}", file.display());
            }
        }
    }
    http
}

/// What could be published from here, for `doctor`.
pub(super) fn on_offer(environment: &Environment, report_dir: &Path) -> Option<Publisher> {
    for_unread_arguments(Vec::new(), environment, report_dir)
}

/// How to tell that nothing could begin; only what lies on this machine is reached.
pub fn for_usage_errors(
    args: &PublishArgs,
    environment: &Environment,
    report_dir: &Path,
) -> Option<Publisher> {
    let publish = selection(&args.publish).unwrap_or(Some(Selection::Auto))?;
    let args = PublishArgs {
        publish: vec![PublishTarget::Auto],
        comment_key: None,
        task_url: None,
        retention_days: None,
    };
    let way = resolve(args, environment, &[], &HttpSettings::default(), report_dir).ok()?;
    let mut publisher = way.publisher()?;
    match &mut publisher {
        Publisher::GitHub(github) => github.selection = publish,
        Publisher::GitLab(gitlab) => gitlab.selection = publish,
    }
    Some(publisher)
}

/// The same when the arguments could not all be read; `publish` is what was understood of them.
pub fn for_unread_arguments(
    publish: Vec<PublishTarget>,
    environment: &Environment,
    report_dir: &Path,
) -> Option<Publisher> {
    let publish = if publish.is_empty() { vec![PublishTarget::Auto] } else { publish };
    let args = PublishArgs { publish, comment_key: None, task_url: None, retention_days: None };
    for_usage_errors(&args, environment, report_dir)
}

/// The key stands in an HTML comment, which it must not end.
fn checked_key(key: String) -> Result<String, UsageError> {
    let key = key.trim().to_owned();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if (1..=KEY_LIMIT).contains(&key.len()) && key.bytes().all(is_plain) && !key.contains("--") {
        Ok(key)
    } else {
        usage(format!("`--comment-key` has 1 to {KEY_LIMIT} letters, digits, dots, dashes and underscores"))
    }
}

/// No page says where the console shows a task, so its address is the user's to give.
fn checked_task_url(text: String) -> Result<String, UsageError> {
    let is_address = |address: Url| ["https", "http"].contains(&address.scheme()) && address.has_host();
    if Url::parse(&text.replace(TASK_ID_MARK, "id")).is_ok_and(is_address) {
        Ok(text)
    } else {
        usage("`--task-url` must be an address such as https://console.example/task/{task_id}")
    }
}

/// One comment for the same tasks, whatever their order; jobs that check different tasks do not overwrite each other.
fn default_key(tasks: &[Id]) -> String {
    let mut ids: Vec<&str> = tasks.iter().map(Id::as_str).collect();
    ids.sort_unstable();
    let all = ids.join(".");
    if all.len() <= KEY_LIMIT {
        return all;
    }
    use sha2::{Digest as _, Sha256};
    hex::encode(Sha256::digest(all))
}
