//! Where the task is to be looked for that nobody named: the project, the repository and the branch of this job.

use super::environment::Environment;
use super::file::{TaskName, TaskTable};
use super::ids::{IdKind, optional_task_ids, parse_id};
use crate::ci::CodeFacts;
use crate::codearts::Id;
use crate::error::Problem;
use crate::messages::{
    ConfigHint, ConfigMessage, IdHint, IdMessage, SearchHint, SearchMessage, SearchedBranch,
};
use crate::model::sourced::Sourced;

/// The project in which the one task of this job is looked for.
#[derive(Debug)]
pub struct TaskSearch {
    /// The project.
    pub project: Id,
    /// The code that its task checks.
    pub code: SearchedCode,
}

/// The code that a task is to check.
#[derive(Debug, PartialEq, Eq)]
pub enum SearchedCode {
    /// This branch.
    Branch(SearchedBranch),
    /// The branch that the pull request leads to, whose code is checked.
    TargetBranch,
}

/// A task, by its id or by what it checks.
#[derive(Debug)]
pub enum TaskChoice {
    /// This one.
    Named(Id),
    /// The one that is to be found.
    Sought(TaskSearch),
}

/// The ids that were typed, else the tasks of the configuration file, else where to look for the one that was meant. The ids are
/// empty if one of the tasks is to be found; the choices are empty if none is.
pub(super) fn resolve(
    command: &'static str,
    typed: Vec<String>,
    project: Option<&Id>,
    checks_pull_request: bool,
    environment: &Environment,
) -> Result<(Vec<Id>, Vec<TaskChoice>), Problem> {
    let tasks = optional_task_ids(typed, environment)?;
    if !tasks.is_empty() {
        return Ok((tasks, Vec::new()));
    }
    let of_file = of_file(project, environment)?;
    if !of_file.is_empty() {
        let ids = of_file.iter().map(|choice| match choice {
            TaskChoice::Named(id) => Some(id.clone()),
            TaskChoice::Sought(_) => None,
        });
        let ids: Option<Vec<Id>> = ids.collect();
        return Ok(match ids {
            Some(ids) => (ids, Vec::new()),
            None => (Vec::new(), of_file),
        });
    }
    let search = of_job(command, project, checks_pull_request, environment)?;
    Ok((tasks, vec![TaskChoice::Sought(search)]))
}

/// The tasks of the configuration file.
fn of_file(project: Option<&Id>, environment: &Environment) -> Result<Vec<TaskChoice>, Problem> {
    let choice = |task: &TaskTable| match &task.which {
        TaskName::Id(id) => {
            let given = Sourced { value: id.value.as_str(), origin: id.origin.clone() };
            parse_id(IdKind::Other, given).map(TaskChoice::Named)
        }
        TaskName::Code(of) => {
            let no_project = || {
                let what = ConfigMessage::TaskWithoutProject { at: task.at.clone() };
                Problem::new(what).hint(ConfigHint::NameProject)
            };
            let project = project.ok_or_else(no_project)?.clone();
            Ok(TaskChoice::Sought(TaskSearch { project, code: SearchedCode::Branch(of.clone()) }))
        }
    };
    environment.task_tables().iter().map(choice).collect()
}

/// The one task of this job.
fn of_job(
    command: &'static str,
    project: Option<&Id>,
    checks_pull_request: bool,
    environment: &Environment,
) -> Result<TaskSearch, Problem> {
    let no_task = || Problem::new(IdMessage::NoTask).hint(IdHint::Task { command });
    let project = project.ok_or_else(no_task)?.clone();
    if checks_pull_request {
        return Ok(TaskSearch { project, code: SearchedCode::TargetBranch });
    }
    match branch(&environment.ci().facts.code, || environment.is_from_fork())? {
        Some(code) => Ok(TaskSearch { project, code }),
        None => Err(no_task().hint(SearchHint::InJob)),
    }
}

/// The branch that this job is about, if it is known.
fn branch(
    facts: &CodeFacts,
    is_from_fork: impl FnOnce() -> Option<bool>,
) -> Result<Option<SearchedCode>, Problem> {
    let CodeFacts { repository_url, branch, source_branch, number, is_from_fork: _ } = facts;
    let is_about_pull_request = number.is_some() || source_branch.is_some();
    // The same name in another repository is another branch.
    if is_about_pull_request && is_from_fork() != Some(false) {
        return Err(Problem::new(SearchMessage::PerhapsFork).hint(SearchHint::CheckPullRequest));
    }
    let branch = if is_about_pull_request { source_branch } else { branch };
    let known = repository_url.clone().zip(branch.clone());
    Ok(known.map(|(repository, branch)| SearchedCode::Branch(SearchedBranch { repository, branch })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_branch_of_a_job() {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let facts = |branch: &str, source_branch: &str, number| CodeFacts {
            repository_url: text("https://h/a/b"),
            branch: text(branch),
            source_branch: text(source_branch),
            number,
            is_from_fork: None,
        };
        let cases = [
            (facts("main", "", None), None, Ok(Some("main"))),
            (facts("", "fix", Some(1)), Some(false), Ok(Some("fix"))),
            (facts("", "", Some(1)), Some(false), Ok(None)),
            (facts("", "fix", Some(1)), Some(true), Err(())),
            (facts("", "fix", None), None, Err(())),
            (facts("", "", None), None, Ok(None)),
            (CodeFacts { repository_url: None, ..facts("main", "", None) }, None, Ok(None)),
        ];
        for (facts, is_from_fork, expected) in cases {
            let expected = expected.map(|branch| {
                let code = |branch: &str| {
                    let repository = "https://h/a/b".to_owned();
                    SearchedCode::Branch(SearchedBranch { repository, branch: branch.to_owned() })
                };
                branch.map(code)
            });
            assert_eq!(branch(&facts, || is_from_fork).map_err(drop), expected, "{facts:?}");
        }
    }
}
