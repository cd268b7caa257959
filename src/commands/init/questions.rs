//! What is asked: the system, the region, the project, the task, and at the end whether to test the set-up.

use super::dialogue::{Dialogue, Ended};
use crate::cli::{Cli, Command, DoctorArgs, InitArgs};
use crate::codearts::task_list::{TaskEntry, TaskFilter};
use crate::commands::session::{mask, service};
use crate::console::Console;
use crate::error::Problem;
use crate::init::{Answers, Branch};
use crate::lifecycle::track::signals::Signals;
use crate::log_problem;
use crate::messages::{InitHint, InitMessage, InitQuestion};
use crate::model::choice::Choice as _;
use crate::model::pipeline::Pipeline;
use crate::model::repository::same_repository;
use crate::settings::{Environment, InitSettings, parse, with_variables};
use clap::CommandFactory as _;
use std::ffi::OsString;
use std::time::Duration;
use tokio::time::Instant;

/// Longest time for the list of tasks.
const LIST_LIMIT: Duration = Duration::from_secs(30);
/// Most tasks that are shown.
const SHOWN_LIMIT: usize = 20;
/// Answers that agree, in every language: who reads Chinese may type either.
const YES: [&str; 6] = ["yes", "y", "是", "是的", "好", "好的"];
/// Answers that do not.
const NO: [&str; 5] = ["no", "n", "否", "不", "不是"];

/// Asks for everything that was not given.
pub(super) async fn complete(
    settings: &mut InitSettings,
    args: &InitArgs,
    environment: &Environment,
    console: &Console,
    signals: &mut Signals,
    dialogue: &mut Dialogue,
) -> Result<(), Ended> {
    if settings.pipeline.is_none() {
        let default = settings.copy.pipeline.map(Pipeline::word);
        let answer = |text: &str| {
            Pipeline::find(&text.to_ascii_lowercase()).ok_or_else(|| {
                Problem::new(InitMessage::UnknownPipeline(text.to_owned())).hint(InitHint::Pipeline)
            })
        };
        settings.pipeline = Some(dialogue.ask(signals, InitQuestion::Pipeline, default, answer).await?);
    }
    if settings.region.is_none() {
        let default = settings.likely_region();
        dialogue.ask(signals, InitQuestion::Region, default, |text| settings.answer_region(text)).await?;
    }
    if settings.project.is_none() {
        dialogue.ask(signals, InitQuestion::Project, None, |text| settings.answer_project(text)).await?;
    }
    if settings.tasks.is_empty() {
        let tasks = listed(settings, args, environment, console, signals).await?;
        let default = show(settings, &tasks);
        let question = InitQuestion::Task { is_listed: !tasks.is_empty() };
        let by_number = |text: &str| {
            let number: usize = text.parse().ok().filter(|number| (1..=SHOWN_LIMIT).contains(number))?;
            tasks.get(number - 1)
        };
        let take = |text: &str| match by_number(text) {
            Some(task) => {
                settings.tasks = vec![task.id.clone()];
                if let Some(branch) = &task.branch {
                    settings.branch = Branch::new(branch);
                    settings.is_branch_certain = true;
                }
                Ok(())
            }
            None => settings.answer_task(text),
        };
        dialogue.ask(signals, question, default.as_deref(), take).await?;
    }
    Ok(())
}

/// The tasks of the project, those of this repository first; none where they cannot be listed.
async fn listed(
    settings: &InitSettings,
    args: &InitArgs,
    environment: &Environment,
    console: &Console,
    signals: &mut Signals,
) -> Result<Vec<TaskEntry>, Ended> {
    let not_listed = |why: &dyn std::fmt::Display| {
        tracing::warn!("{}", Problem::new(InitMessage::TasksNotListed).because(why));
        Ok(Vec::new())
    };
    let connection = match settings.connection(args, environment) {
        Ok(connection) => connection,
        Err(problem) => return not_listed(&problem),
    };
    mask(&connection, console);
    let (Ok(service), Some(project)) = (service(connection), &settings.project) else {
        return Ok(Vec::new());
    };
    let everything = TaskFilter::default();
    let tasks = tokio::select! {
        tasks = service.tasks(project, &everything, Instant::now() + LIST_LIMIT) => tasks,
        signal = signals.next() => {
            console.hurry();
            return Err(Ended::Signal(signal));
        }
    };
    match tasks {
        Ok(mut tasks) => {
            tasks.sort_by_key(|task| !is_of(settings, task));
            Ok(tasks)
        }
        Err(error) => not_listed(&error),
    }
}

/// Whether a task checks this repository.
fn is_of(settings: &InitSettings, task: &TaskEntry) -> bool {
    let (here, there) = (settings.copy.repository.as_deref(), task.repository.as_deref());
    here.zip(there).is_some_and(|(here, there)| same_repository(here, there))
}

/// Shows what can be chosen; returns the number of the task that is meant, if only one checks the default branch.
fn show(settings: &InitSettings, tasks: &[TaskEntry]) -> Option<String> {
    for (index, task) in tasks.iter().take(SHOWN_LIMIT).enumerate() {
        let TaskEntry { id, name, repository, branch, .. } = task.clone();
        tracing::info!(
            "{}",
            InitMessage::Candidate { number: index + 1, id: id.to_string(), name, repository, branch }
        );
    }
    if tasks.len() > SHOWN_LIMIT {
        tracing::info!("{}", InitMessage::MoreTasks((tasks.len() - SHOWN_LIMIT) as u64));
    }
    let is_meant = |task: &TaskEntry| {
        is_of(settings, task) && (task.branch.is_none() || task.branch == settings.copy.branch)
    };
    let mut meant = tasks.iter().take(SHOWN_LIMIT).enumerate().filter(|(_, task)| is_meant(task));
    let (index, _) = meant.next()?;
    meant.next().is_none().then(|| (index + 1).to_string())
}

/// Asks whether to test the set-up; `None`: no, or without credentials there is nothing to test.
pub(super) async fn test(
    settings: &InitSettings,
    answers: &Answers,
    args: InitArgs,
    environment: &Environment,
    signals: &mut Signals,
    dialogue: &mut Dialogue,
) -> Result<Option<(DoctorArgs, Environment)>, Ended> {
    if settings.connection(&args, environment).is_err() {
        return Ok(None);
    }
    let answer = |text: &str| {
        yes_or_no(text).ok_or_else(|| Problem::new(InitMessage::NeitherYesNorNo(text.to_owned())))
    };
    if !dialogue.ask(signals, InitQuestion::Test, Some(YES[0]), answer).await? {
        return Ok(None);
    }
    let doctor = doctor(answers, args, environment);
    Ok(doctor.inspect_err(|problem| log_problem!(warn, problem)).ok().flatten())
}

fn yes_or_no(text: &str) -> Option<bool> {
    let is_one_of = |words: &[&str]| words.contains(&text.to_lowercase().as_str());
    if is_one_of(&YES) { Some(true) } else { is_one_of(&NO).then_some(false) }
}

/// `doctor` for the first task, with the connection that `init` was given.
fn doctor(
    answers: &Answers,
    args: InitArgs,
    environment: &Environment,
) -> Result<Option<(DoctorArgs, Environment)>, Problem> {
    let mut environment = environment.clone();
    let task = answers.tasks.first().map(ToString::to_string).unwrap_or_default();
    let typed = ["codearts-gate", "doctor", &task, "--project-id", answers.project.as_str()];
    let typed = typed.map(OsString::from).to_vec();
    let arguments = with_variables(&Cli::command(), typed, &mut environment)?;
    Ok(match parse(&arguments) {
        Ok(Cli { command: Command::Doctor(mut doctor) }) => {
            doctor.connection = args.connection;
            doctor.connection.region = Some(answers.region.to_owned());
            doctor.site = args.site;
            Some((*doctor, environment))
        }
        Ok(_) | Err(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_counts_as_one() {
        for (text, expected) in [
            ("yes", Some(true)),
            ("Y", Some(true)),
            ("是", Some(true)),
            ("好", Some(true)),
            ("no", Some(false)),
            ("N", Some(false)),
            ("否", Some(false)),
            ("yesterday", None),
            ("sure", None),
            ("", None),
        ] {
            assert_eq!(yes_or_no(text), expected, "{text}");
        }
    }
}
