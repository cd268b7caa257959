//! `init`: writes the pipeline of a repository, and lists what is left to do.

mod dialogue;
mod questions;

use super::doctor;
use crate::cli::InitArgs;
use crate::console::Console;
use crate::error::Problem;
use crate::init::{Change, Plan, PlannedFile, names_branch, of_host, plan, write};
use crate::lifecycle::track::signals::Signals;
use crate::log_problem;
use crate::messages::{InitHint, InitMessage};
use crate::model::outcome::Outcome;
use crate::settings::{Environment, InitSettings};
use crate::text::redactor::redact;
use dialogue::{Dialogue, Ended};

pub(super) async fn run(
    args: InitArgs,
    environment: &Environment,
    console: Console,
    mut signals: Signals,
) -> anyhow::Result<Outcome> {
    let mut settings = InitSettings::resolve(&args, environment)?;
    let mut dialogue = settings.asks.then(|| Dialogue::new(&console));
    if let Some(dialogue) = &mut dialogue
        && let Err(ended) =
            questions::complete(&mut settings, &args, environment, &console, &mut signals, dialogue).await
    {
        return ended.outcome();
    }
    let answers = settings.answers()?;
    let copy = &settings.copy;
    if !copy.is_repository {
        tracing::warn!("{}", InitMessage::NoRepository);
    }
    let by_host = copy
        .host
        .clone()
        .filter(|host| settings.pipeline.is_none() && of_host(host) == Some(answers.pipeline));
    tracing::info!("{}", InitMessage::For { pipeline: answers.pipeline, host: by_host });
    if names_branch(answers.pipeline) {
        let branch = answers.branch.to_string();
        if copy.branch.is_some() && settings.branch.is_none() {
            tracing::warn!("{}", InitMessage::OtherBranch(branch));
        } else if copy.branch.is_some() && !settings.is_branch_certain {
            let problem = Problem::new(InitMessage::CheckedOutBranch(branch));
            log_problem!(info, problem.hint(InitHint::DefaultBranch));
        }
    }
    let plan = plan(&answers, |path| copy.present(path), settings.force || settings.dry_run)?;
    if settings.dry_run {
        tracing::info!("{}", InitMessage::DryRun);
    } else {
        write(&copy.root, &plan.files)?;
    }
    report(&plan, settings.dry_run, &console)?;
    let Some(dialogue) = dialogue.as_mut().filter(|_| !settings.dry_run) else { return Ok(Outcome::Passed) };
    match questions::test(&settings, &answers, args, environment, &mut signals, dialogue).await {
        Ok(Some((args, environment))) => doctor::run(args, &environment, console, signals).await,
        // Everything is written.
        Ok(None) | Err(Ended::Input) => Ok(Outcome::Passed),
        Err(Ended::Signal(outcome)) => Ok(outcome),
    }
}

/// How a comment begins in a file.
fn comment_of(path: &str) -> &'static str {
    if path == "Jenkinsfile" { "//" } else { "#" }
}

/// Lists what was done and what is left to do; prints what nobody but the user can put in its place.
fn report(plan: &Plan, is_dry: bool, console: &Console) -> Result<(), Problem> {
    let mut printed = String::new();
    for PlannedFile { path, text, change } in &plan.files {
        let shown = (*path).to_owned();
        let is_printed = match change {
            Change::Create | Change::Replace if is_dry => true,
            Change::Create | Change::Replace => {
                tracing::info!("{}", InitMessage::Wrote(shown));
                false
            }
            Change::Nothing => {
                tracing::info!("{}", InitMessage::IsThere(shown));
                false
            }
            Change::AddByHand => {
                tracing::warn!("{}", InitMessage::AddTo(shown));
                true
            }
        };
        if is_printed {
            printed += &format!("{} {path}\n{text}", comment_of(path));
        }
    }
    for (index, step) in plan.steps.iter().enumerate() {
        tracing::info!("{}. {}", index + 1, step.what);
        for command in &step.commands {
            tracing::info!("$ {command}");
        }
        if let Some(instead) = step.instead {
            tracing::info!("{instead}");
        }
    }
    if printed.is_empty() {
        return Ok(());
    }
    let printed = console.document(&redact(&printed));
    printed.map_err(|error| Problem::new(InitMessage::NotPrinted).because(error))
}
