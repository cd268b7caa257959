//! Where the result is shown.

use super::connection::{CA_FILE_LIMIT, Connection};
use super::environment::Environment;
use super::value::refuse;
use crate::ci::CiEnvironment;
use crate::cli::PublishArgs;
use crate::codearts::Id;
use crate::error::Problem;
use crate::http::{HttpSettings, certificates};
use crate::log_problem;
use crate::messages::{ConnectionMessage, Hint, NowhereMessage, SettingsHint, SettingsMessage};
use crate::model::sourced::{Origin, Sourced};
use crate::publish::{CodeReview, PublishChoice, PublishConfig, Publisher, Selection};
use crate::report::pages::task_page::TASK_ID_MARK;
use crate::text::without_mark;
use std::path::Path;
use url::Url;

/// Longest key of a comment.
const KEY_LIMIT: usize = 128;

/// What is wanted; `None`: nothing.
fn selection(chosen: &[PublishChoice], origin: Origin) -> Result<Option<Selection>, Problem> {
    let mut targets = Vec::new();
    for target in chosen {
        targets.push(match target {
            PublishChoice::Auto | PublishChoice::None if chosen.len() > 1 => {
                return refuse(SettingsMessage::TargetsBesideAuto(origin), SettingsHint::Alone);
            }
            PublishChoice::Auto => return Ok(Some(Selection::Auto)),
            PublishChoice::None => return Ok(None),
            PublishChoice::To(target) => *target,
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
) -> Result<Option<Publisher>, Problem> {
    if !args.publish.iter().all(|target| target.fits_report()) {
        let origin = environment.origin("--publish");
        return Err(Problem::new(SettingsMessage::ReportTarget(origin)));
    }
    Ok(resolve(args, environment, None, tasks, http, report_dir)?.publisher())
}

/// Where the result can go.
pub(super) enum Way {
    /// A forge.
    To(Publisher),
    /// There is no place for it here, for this reason.
    Nowhere(Problem),
    /// Nobody wants it anywhere.
    Unwanted,
}

impl Way {
    /// The forge, if there is one.
    pub(super) fn publisher(self) -> Option<Publisher> {
        match self {
            Self::To(publisher) => Some(publisher),
            Self::Nowhere(_) | Self::Unwanted => None,
        }
    }
}

/// How to publish from here. `number`: the pull request that is checked, if it need not be the one of this job: what is said of
/// it belongs to it.
pub(super) fn resolve(
    args: PublishArgs,
    environment: &Environment,
    number: Option<u64>,
    tasks: &[Id],
    http: &HttpSettings,
    report_dir: &Path,
) -> Result<Way, Problem> {
    let mut ci = environment.ci().clone();
    if let (Some(number), Some(change)) = (number, &mut ci.facts.change)
        && environment.pull_request_number() != Some(number)
    {
        *change = change.about(number);
    }
    let mut way = way(args, environment, &ci, tasks, http, report_dir)?;
    if !matches!(way, Way::Unwanted) {
        for refused in environment.refused_tokens() {
            log_problem!(warn, refused);
        }
    }
    if let Way::To(publisher) = &mut way {
        trust(&mut publisher.config_mut().http, environment.ci().facts.ca_file.as_deref());
    }
    Ok(way)
}

/// The way to the pull request of this job, also where nothing is published. `origin`: what asks for it.
pub(super) fn code_review(
    origin: &Origin,
    environment: &Environment,
    connection: &Connection,
) -> Result<CodeReview, Problem> {
    for refused in environment.refused_tokens() {
        log_problem!(warn, refused);
    }
    let mut http = connection.http.clone();
    trust(&mut http, environment.ci().facts.ca_file.as_deref());
    CodeReview::new(environment.ci().facts.change.as_ref(), http).map_err(|why| {
        let hint = hint_at(&why);
        let what = SettingsMessage::PullRequestNowhere { origin: origin.clone(), why };
        Problem::new(what).hints(hint).hint(SettingsHint::PullRequestJob)
    })
}

/// The same without anything that only requests need.
fn way(
    args: PublishArgs,
    environment: &Environment,
    ci: &CiEnvironment,
    tasks: &[Id],
    http: &HttpSettings,
    report_dir: &Path,
) -> Result<Way, Problem> {
    let comment_key = match args.comment_key {
        Some(key) => checked_key(key, environment)?,
        None => default_key(tasks),
    };
    let task_url = args.task_url.map(|text| checked_task_url(text, environment)).transpose()?;
    let Some(selection) = selection(&args.publish, environment.origin("--publish"))? else {
        return Ok(Way::Unwanted);
    };
    let config = PublishConfig {
        targets: Vec::new(),
        selection,
        comment_key,
        task_url,
        http: http.clone(),
        report_dir: report_dir.to_owned(),
        kept: None,
        run_url: None,
        run_id: String::new(),
        workspace: environment.workspace(),
    };
    let is_named = matches!(config.selection, Selection::Named(_));
    let origin = environment.origin("--publish");
    match Publisher::new(ci, config, args.retention_days) {
        Ok(publisher) => {
            check(publisher.config(), origin)?;
            Ok(Way::To(publisher))
        }
        Err(why) if is_named => {
            let hint = hint_at(&why).or_else(known_jobs);
            let what = SettingsMessage::TargetsNowhere { origin, why };
            Err(Problem::new(what).hints(hint).hint(SettingsHint::LeaveAuto))
        }
        Err(why) => {
            // Where no CI is running, nobody misses it.
            let hint = hint_at(&why).or_else(|| environment.get("CI").and_then(|_| known_jobs()));
            Ok(Way::Nowhere(Problem::new(why).hints(hint)))
        }
    }
}

/// What makes publishing possible where it is not.
fn hint_at(why: &NowhereMessage) -> Option<Hint> {
    match why {
        NowhereMessage::UnknownForge(_) => Some(SettingsHint::PrivateForge.into()),
        NowhereMessage::NoChange => None,
    }
}

/// The jobs from which something can be published.
fn known_jobs() -> Option<Hint> {
    Some(SettingsHint::KnownJobs.into())
}

/// Refuses named targets that do not exist here.
fn check(config: &PublishConfig, origin: Origin) -> Result<(), Problem> {
    let Selection::Named(named) = &config.selection else { return Ok(()) };
    match named.iter().find(|target| !config.targets.contains(target)) {
        Some(target) => {
            let given = Sourced { value: target.name(), origin };
            let names = config.targets.iter().map(|target| target.name().to_owned()).collect();
            refuse(SettingsMessage::NoSuchTarget(given), SettingsHint::OneOf(names))
        }
        None => Ok(()),
    }
}

/// Adds the certificates that GitLab's runner trusts. They are the runner's business, so a problem with them is a warning.
fn trust(http: &mut HttpSettings, ca_file: Option<&Path>) {
    let Some(file) = ca_file else { return };
    let read = || -> anyhow::Result<Vec<u8>> {
        let bundle = crate::file::read(file, CA_FILE_LIMIT)?;
        let bundle = without_mark(&bundle);
        certificates(bundle)?;
        Ok(bundle.to_vec())
    };
    match read() {
        Ok(bundle) => {
            let all = http.ca_bundle.get_or_insert_default();
            all.push(b'\n');
            all.extend(bundle);
        }
        Err(error) => {
            let hint = error.downcast_ref().and_then(crate::file::hint).map(Into::into);
            let what = ConnectionMessage::RunnerCaFile(file.display().to_string());
            log_problem!(warn, Problem::new(what).because(format!("{error:#}")).hints(hint));
        }
    }
}

/// What could be published from here, for `doctor`; else why nothing can.
pub(super) fn on_offer(
    environment: &Environment,
    http: &HttpSettings,
    report_dir: &Path,
) -> Result<Publisher, Problem> {
    let args = PublishArgs {
        publish: vec![PublishChoice::Auto],
        comment_key: None,
        task_url: None,
        retention_days: None,
    };
    match way(args, environment, environment.ci(), &[], http, report_dir)? {
        Way::To(publisher) => Ok(publisher),
        Way::Nowhere(why) => Err(why),
        Way::Unwanted => Err(Problem::new(NowhereMessage::NoChange)),
    }
}

/// The same for a process that could not begin: only what lies on this machine is reached. `publish`: what was understood of
/// the option.
pub fn for_refusals(
    publish: &[PublishChoice],
    environment: &Environment,
    report_dir: &Path,
) -> Option<Publisher> {
    let selection = if publish.is_empty() {
        Ok(Some(Selection::Auto))
    } else {
        selection(publish, environment.origin("--publish"))
    };
    let selection = selection.unwrap_or(Some(Selection::Auto))?;
    let mut publisher = on_offer(environment, &HttpSettings::default(), report_dir).ok()?;
    publisher.config_mut().selection = selection;
    Some(publisher)
}

/// The key stands in an HTML comment, which it must not end.
fn checked_key(key: String, environment: &Environment) -> Result<String, Problem> {
    let key = key.trim().to_owned();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if (1..=KEY_LIMIT).contains(&key.len()) && key.bytes().all(is_plain) && !key.contains("--") {
        Ok(key)
    } else {
        let origin = environment.origin("--comment-key");
        Err(Problem::new(SettingsMessage::CommentKey { origin, limit: KEY_LIMIT }))
    }
}

/// Where the console shows a task is not documented, so its address is the user's to give.
fn checked_task_url(text: String, environment: &Environment) -> Result<String, Problem> {
    let has_user = |address: &Url| !address.username().is_empty() || address.password().is_some();
    let is_address = |address: Url| {
        ["https", "http"].contains(&address.scheme()) && address.has_host() && !has_user(&address)
    };
    if Url::parse(&text.replace(TASK_ID_MARK, "id")).is_ok_and(is_address) {
        Ok(text)
    } else {
        Err(Problem::new(SettingsMessage::TaskUrl(environment.origin("--task-url"))))
    }
}

/// Adds the key of these tasks, which were found later, unless one was typed.
pub fn complete_key(publisher: &mut Publisher, tasks: &[Id]) {
    let key = &mut publisher.config_mut().comment_key;
    if key.is_empty() {
        *key = default_key(tasks);
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
