//! Ids as they are pasted: what is wrong with one, and the id that was meant where it can be seen.

use super::environment::Environment;
use super::file::{TaskName, TaskTable};
use super::slips::{did_you_mean, is_unreplaced};
use super::value::{items, refuse, variable_of};
use crate::codearts::{Id, is_device};
use crate::error::Problem;
use crate::messages::{Beside, ConfigMessage, Hint, IdFlaw, IdHint, IdMessage};
use crate::model::sourced::{Origin, Sourced};
use crate::text::is_unprintable;

/// Length of the ids that the console shows.
const USUAL_LENGTH: usize = 32;

/// Whether a character is of a kind.
type IsOfKind = fn(char) -> bool;

/// What stands around or inside ids that were pasted, and does not belong to them.
const BESIDE: [(Beside, IsOfKind); 5] = [
    (Beside::Dashes, |c| matches!(c, '-' | '\u{2010}'..='\u{2015}')),
    (Beside::Quotes, |c| matches!(c, '"' | '\'' | '`' | '\u{2018}'..='\u{201f}' | '«' | '»')),
    (Beside::Brackets, |c| matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>')),
    (Beside::Blanks, char::is_whitespace),
    (Beside::Invisible, is_unprintable),
];

/// Whose id it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum IdKind {
    /// A job's, which is documented to be in small letters (`build`).
    Job,
    /// Another one, of which nothing is documented.
    Other,
}

/// The ids of check tasks; there may be none.
pub(super) fn optional_task_ids(typed: Vec<String>, environment: &Environment) -> Result<Vec<Id>, Problem> {
    read_ids(IdKind::Other, &argument("TASK_ID", typed, environment)?)
}

/// The ids of check tasks that were typed or stand in the variable, else those of the configuration file; there may be none.
/// `command` looks for no task, so a table must have the id.
pub(super) fn task_ids_or_tables(
    command: &'static str,
    typed: Vec<String>,
    environment: &Environment,
) -> Result<Vec<Id>, Problem> {
    let tasks = optional_task_ids(typed, environment)?;
    if !tasks.is_empty() {
        return Ok(tasks);
    }
    let of_table = |table: &TaskTable| match &table.which {
        TaskName::Id(id) => {
            parse_id(IdKind::Other, Sourced { value: id.value.as_str(), origin: id.origin.clone() })
        }
        TaskName::Code(_) => {
            refuse(ConfigMessage::TaskNotSought { at: table.at.clone(), command }, IdHint::Task { command })
        }
    };
    environment.task_tables().iter().map(of_table).collect()
}

/// The ids of build jobs; there may be none.
pub(super) fn job_ids(typed: Vec<String>, environment: &Environment) -> Result<Vec<Id>, Problem> {
    read_ids(IdKind::Job, &argument("JOB_ID", typed, environment)?)
}

/// The task ids that were typed or stand in the variable, else in the configuration file, as far as they can be read; errors about others are reported
/// elsewhere.
pub fn readable_tasks(typed: &[String], environment: &Environment) -> Vec<Id> {
    let variable = environment.get("CODEARTS_TASK_ID").map(str::to_owned);
    let of_file: Vec<String>;
    let texts = match (typed, &variable) {
        ([], Some(_)) => variable.as_slice(),
        ([], None) => {
            let ids = environment.task_tables().iter().filter_map(|task| match &task.which {
                TaskName::Id(id) => Some(id.value.clone()),
                TaskName::Code(_) => None,
            });
            of_file = ids.collect();
            &of_file
        }
        (typed, _) => typed,
    };
    texts.iter().flat_map(|text| items(text)).filter_map(|item| item.parse().ok()).collect()
}

/// What was typed as an argument, else what is in its variable.
fn argument(
    name: &'static str,
    typed: Vec<String>,
    environment: &Environment,
) -> Result<Sourced<Vec<String>>, Problem> {
    if !typed.is_empty() {
        return Ok(Sourced { value: typed, origin: Origin::Argument(name) });
    }
    let variable = variable_of(name);
    let value = environment.get(&variable).map(str::to_owned).into_iter().collect();
    environment.check_readable()?;
    Ok(Sourced { value, origin: Origin::Variable(variable) })
}

/// Ids, each once; every text may be a list.
pub(super) fn read_ids(kind: IdKind, texts: &Sourced<Vec<String>>) -> Result<Vec<Id>, Problem> {
    let mut ids = Vec::new();
    for text in &texts.value {
        let origin = || texts.origin.clone();
        if let Some(id) = broken(text) {
            let given = Sourced { value: text.as_str(), origin: origin() };
            return Err(not_valid(&given, IdFlaw::LineBreak, &[id]));
        }
        for item in items(text) {
            let id = parse_id(kind, Sourced { value: item, origin: origin() })?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    Ok(ids)
}

/// One id.
pub(super) fn parse_id(kind: IdKind, given: Sourced<&str>) -> Result<Id, Problem> {
    let Ok(id) = given.value.parse::<Id>() else {
        let (flaw, meant) = diagnose(given.value.trim());
        return Err(not_valid(&given, flaw, &meant));
    };
    let small = id.as_str().to_ascii_lowercase();
    if is_hexadecimal(&small) && small != id.as_str() {
        if kind == IdKind::Job {
            return Err(not_valid(&given, IdFlaw::Capitals, &[small]));
        }
        tracing::warn!("{}", IdMessage::Capitals { id: id.to_string(), origin: given.origin, small });
    }
    Ok(id)
}

fn not_valid(given: &Sourced<&str>, flaw: IdFlaw, meant: &[String]) -> Problem {
    let hint = match &flaw {
        IdFlaw::Unreplaced => Some(IdHint::Replace),
        IdFlaw::Url => Some(IdHint::PartOfUrl),
        IdFlaw::Separators => Some(IdHint::Separators),
        IdFlaw::LineBreak => Some(IdHint::OneLine),
        IdFlaw::Beside(_) => Some(IdHint::LeaveOut),
        IdFlaw::Characters { .. } | IdFlaw::TooLong { .. } | IdFlaw::Device => Some(IdHint::Form),
        IdFlaw::Capitals => None,
    };
    let (text, origin) = (given.value.to_owned(), given.origin.clone());
    Problem::new(IdMessage::Invalid { text, origin, flaw })
        .hints(hint.map(Hint::from))
        .hints(did_you_mean(meant))
}

/// What is wrong with it, and what was meant.
fn diagnose(text: &str) -> (IdFlaw, Vec<String>) {
    if is_unreplaced(text) {
        return (IdFlaw::Unreplaced, Vec::new());
    }
    if is_device(text) {
        return (IdFlaw::Device, Vec::new());
    }
    if text.contains('/') {
        let flaw = if is_url(text) { IdFlaw::Url } else { IdFlaw::Characters { limit: USUAL_LENGTH } };
        return (flaw, in_url(text).into_iter().collect());
    }
    let mut words = text.split_whitespace();
    if words.clone().count() > 1 && words.all(is_usual) {
        return (IdFlaw::Separators, Vec::new());
    }
    let is_beside = |character: char| BESIDE.iter().any(|(_, is_one)| is_one(character));
    let rest = text.replace(is_beside, "");
    if is_usual(&rest) {
        let found: Vec<Beside> =
            BESIDE.iter().filter(|(_, is_one)| text.contains(is_one)).map(|(name, _)| *name).collect();
        let id = if is_hexadecimal(&rest.to_ascii_lowercase()) { rest.to_ascii_lowercase() } else { rest };
        return (IdFlaw::Beside(found), vec![id]);
    }
    if text.len() > USUAL_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return (IdFlaw::TooLong { length: text.len(), limit: USUAL_LENGTH }, Vec::new());
    }
    (IdFlaw::Characters { limit: USUAL_LENGTH }, Vec::new())
}

/// Whether it has a scheme, or begins with a host.
fn is_url(text: &str) -> bool {
    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    let is_host = |host: &str| {
        let mut labels = host.split(['.', ':']);
        host.bytes().all(belongs) && host.contains('.') && labels.all(|label| !label.is_empty())
    };
    text.contains("://") || text.split('/').next().is_some_and(is_host)
}

/// The id of the task in the URL of a page: what follows `task`, else the only id there is.
fn in_url(url: &str) -> Option<String> {
    let words: Vec<&str> = url.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let ids = || words.iter().enumerate().filter(|(_, word)| is_usual(word));
    let follows = |position: usize, names: &[&str]| {
        let before = position.checked_sub(1).and_then(|before| words.get(before));
        before.is_some_and(|before| names.iter().any(|name| before.eq_ignore_ascii_case(name)))
    };
    let names = ["task", "taskid", "id"];
    let mut all = ids();
    let only = all.next().filter(|_| all.next().is_none()).map(|(_, id)| *id);
    let mut named = ids().filter(|(position, _)| follows(*position, &names)).map(|(_, id)| *id);
    let named = named.next().filter(|_| named.next().is_none());
    // Two ids of which the second may belong to the first: nothing says which is meant.
    let last = ids().next_back().map(|(_, id)| *id);
    only.or(named.filter(|id| Some(*id) == last)).map(str::to_owned)
}

/// An id that a line break has cut in two.
fn broken(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.split_whitespace().collect();
    let joined = lines.concat();
    let is_cut = text.trim().contains('\n') && lines.iter().all(|line| line.len() < USUAL_LENGTH);
    (is_cut && is_usual(&joined)).then_some(joined)
}

fn is_usual(text: &str) -> bool {
    text.len() == USUAL_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_hexadecimal(small: &str) -> bool {
    small.len() == USUAL_LENGTH
        && small.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is pasted, only an id is ever proposed, on one line and without what was wrong.
        #[test]
        fn what_is_meant_is_an_id(text in r#"[ \n"'\[\]{}/=&?a-f0-9A-F-]{0,90}"#) {
            for id in diagnose(&text).1 {
                prop_assert!(is_usual(&id) && id.parse::<Id>().is_ok(), "{id}");
            }
        }
    }

    #[test]
    fn only_a_scheme_or_a_host_makes_a_url() {
        for url in ["https://x/y", "console.example.com/task/1", "127.0.0.1:80/x", "x://"] {
            assert_eq!(diagnose(url).0, IdFlaw::Url, "{url}");
        }
        for other in ["no/id", "../../etc", "a b/c", "/task/1", "./x", "a..b/c"] {
            assert_ne!(diagnose(other).0, IdFlaw::Url, "{other}");
        }
    }
}
