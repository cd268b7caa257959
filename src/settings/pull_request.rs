//! The pull request whose code is checked.

use super::connection::Connection;
use super::environment::Environment;
use super::publish;
use super::times::positive_duration;
use super::value::{items, refuse};
use crate::cli::PullRequestArgs;
use crate::error::Problem;
use crate::messages::{SettingsHint, SettingsMessage};
use crate::model::policy::IfRunning;
use crate::model::pull_request::{DeleteTask, PullRequest, PullRequestChoice, RefChoice};
use crate::publish::CodeReview;
use crate::text::is_id;
use std::time::Duration;

/// Longest id of a service endpoint; the console's have 32 characters.
const ENDPOINT_LIMIT: usize = 64;
/// Longest name of a language.
const LANGUAGE_LIMIT: usize = 32;

/// Which pull request is checked, and how.
#[derive(Debug)]
pub struct PullRequestSettings {
    /// Its number; `None`: the one that this job is about.
    pub number: Option<u64>,
    /// What is known of it, where its run was started before.
    pub known: Option<PullRequest>,
    /// How CodeArts fetches it.
    pub fetch_ref: RefChoice,
    /// When the merge-request task is deleted.
    pub delete: DeleteTask,
    /// Languages of the merge-request task; empty: those of the full task.
    pub languages: Vec<String>,
    /// The service endpoint through which CodeArts reads the repository, if not that of the full task.
    pub endpoint: Option<String>,
    /// How often the head is looked at, if not as usual.
    pub head_gap: Option<Duration>,
    /// The way to the pull request.
    pub review: CodeReview,
}

/// What was asked for; `None`: the task is judged as CodeArts has it.
pub(super) fn resolve(
    args: PullRequestArgs,
    delete: DeleteTask,
    environment: &Environment,
    connection: &Connection,
) -> Result<Option<PullRequestSettings>, Problem> {
    let number = match args.pull_request {
        PullRequestChoice::Off => {
            let idle = [
                (args.fetch_ref != RefChoice::default(), "--ref"),
                (!args.task_languages.is_empty(), "--task-languages"),
                (args.task_endpoint_id.is_some(), "--task-endpoint-id"),
            ];
            return match idle.into_iter().find(|(is_set, _)| *is_set) {
                Some((_, option)) => refuse(
                    SettingsMessage::NeedsPullRequest(environment.origin(option)),
                    SettingsHint::AddPullRequest,
                ),
                None => Ok(None),
            };
        }
        PullRequestChoice::Auto => None,
        PullRequestChoice::Number(number) => Some(number),
    };
    let review = publish::code_review(&environment.origin("--pull-request"), environment, connection)?;
    Ok(Some(PullRequestSettings {
        number,
        fetch_ref: args.fetch_ref,
        delete,
        languages: languages(&args.task_languages, environment)?,
        head_gap: head_gap(args.head_interval, environment)?,
        known: None,
        endpoint: args.task_endpoint_id.map(|id| endpoint(id, environment)).transpose()?,
        review,
    }))
}

/// What to do about an active run: one of a pull request may have fetched an older commit, so it is never the one to wait for.
pub(super) const fn about_active_run(chosen: IfRunning, has_pull_request: bool) -> IfRunning {
    match chosen {
        IfRunning::Attach if has_pull_request => IfRunning::Queue,
        IfRunning::Attach | IfRunning::Queue | IfRunning::Fail => chosen,
    }
}

/// How often the head is looked at, if not as usual.
pub(super) fn head_gap(
    given: Option<String>,
    environment: &Environment,
) -> Result<Option<Duration>, Problem> {
    given.map(|text| positive_duration(&environment.sourced("--head-interval", text))).transpose()
}

fn languages(given: &[String], environment: &Environment) -> Result<Vec<String>, Problem> {
    let mut languages: Vec<String> = Vec::new();
    for language in given.iter().flat_map(|list| items(list)).map(str::to_ascii_lowercase) {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"+#._-".contains(&byte);
        if language.len() > LANGUAGE_LIMIT || !language.bytes().all(is_word) {
            let given = environment.sourced("--task-languages", language);
            return Err(Problem::new(SettingsMessage::TaskLanguage(given)));
        }
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    Ok(languages)
}

fn endpoint(id: String, environment: &Environment) -> Result<String, Problem> {
    let id = id.trim().to_owned();
    if is_id(&id, ENDPOINT_LIMIT) {
        Ok(id)
    } else {
        Err(Problem::new(SettingsMessage::TaskEndpoint(environment.origin("--task-endpoint-id"))))
    }
}
