//! Ids as they are pasted: what is wrong with one, and the id that was meant where it can be seen.

use super::environment::Environment;
use super::slips::{did_you_mean, is_unreplaced};
use super::value::{UsageError, items, usage};
use crate::codearts::Id;
use crate::text::{is_unprintable, one_line};

/// Length of the ids that the console shows.
const USUAL_LENGTH: usize = 32;

/// Whether a character is of a kind.
type IsOfKind = fn(char) -> bool;

/// What stands around or inside ids that were pasted, and does not belong to them.
const BESIDE: [(&str, IsOfKind); 5] = [
    ("dashes", |c| matches!(c, '-' | '\u{2010}'..='\u{2015}')),
    ("quotes", |c| matches!(c, '"' | '\'' | '`' | '\u{2018}'..='\u{201f}' | '«' | '»')),
    ("brackets", |c| matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>')),
    ("blanks", char::is_whitespace),
    ("invisible characters", is_unprintable),
];

pub(super) fn task_ids(typed: Vec<String>, environment: &Environment) -> Result<Vec<Id>, UsageError> {
    let tasks = ids("TASK_ID", typed, environment)?;
    if tasks.is_empty() {
        return usage(
            "no task id: type `codearts-gate check TASK_ID` or set CODEARTS_TASK_ID; the id is the 32 characters at the end of the task's page in the console",
        );
    }
    Ok(tasks)
}

/// The task ids that were typed or stand in the variable, as far as they can be read: what is wrong with others is told elsewhere.
pub fn readable_tasks(typed: &[String], environment: &Environment) -> Vec<Id> {
    let variable = environment.get("CODEARTS_TASK_ID").map(str::to_owned);
    let texts = if typed.is_empty() { variable.as_slice() } else { typed };
    texts.iter().flat_map(|text| items(text)).filter_map(|item| item.parse().ok()).collect()
}

/// Ids that were typed, or else those in the variable, each once; both may be lists.
pub(super) fn ids(name: &str, typed: Vec<String>, environment: &Environment) -> Result<Vec<Id>, UsageError> {
    let variable = format!("CODEARTS_{name}");
    let (name, texts) = if typed.is_empty() {
        let set = environment.get(&variable).map(str::to_owned);
        environment.check_readable()?;
        (variable.as_str(), set.into_iter().collect())
    } else {
        (name, typed)
    };
    let mut ids = Vec::new();
    for text in &texts {
        if let Some(id) = broken(text) {
            return usage(not_valid(text, name, "give it on one line", &[id]));
        }
        for item in items(text) {
            let id = parse_id(name, item)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    Ok(ids)
}

/// One id. `name`: what it is called where it comes from.
pub(super) fn parse_id(name: &str, text: &str) -> Result<Id, UsageError> {
    let id: Id = text.parse().map_err(|general: String| {
        let (why, meant) = diagnose(text.trim(), general);
        UsageError(not_valid(text, name, &why, &meant))
    })?;
    let small = id.as_str().to_ascii_lowercase();
    if is_hexadecimal(&small) && small != id.as_str() {
        // For jobs it is documented (`build`), for tasks it is not.
        if name.ends_with("JOB_ID") {
            return usage(not_valid(text, name, "it has capital letters", &[small]));
        }
        tracing::warn!("{name} `{id}` has capital letters; ids are usually in small letters: `{small}`");
    }
    Ok(id)
}

fn not_valid(text: &str, name: &str, why: &str, meant: &[String]) -> String {
    let meant: Vec<String> = meant.iter().map(|id| format!("`{id}`")).collect();
    format!("`{}` is not a valid {name}: {why}{}", one_line(text, 60), did_you_mean(&meant))
}

/// What is wrong with it, and what was meant. `general`: what can be said about any text.
fn diagnose(text: &str, general: String) -> (String, Vec<String>) {
    if is_unreplaced(text) {
        return ("it is a variable that was not replaced".to_owned(), Vec::new());
    }
    if text.contains('/') {
        let why =
            format!("this is an address; {}", general.split_once("; ").map_or("", |(_, advice)| advice));
        return (why, in_address(text).into_iter().collect());
    }
    let mut words = text.split_whitespace();
    if words.clone().count() > 1 && words.all(is_usual) {
        return ("separate ids with commas or line breaks".to_owned(), Vec::new());
    }
    let is_beside = |character: char| BESIDE.iter().any(|(_, is_one)| is_one(character));
    let rest = text.replace(is_beside, "");
    if is_usual(&rest) {
        let found: Vec<&str> =
            BESIDE.iter().filter(|(_, is_one)| text.contains(is_one)).map(|(name, _)| *name).collect();
        let id = if is_hexadecimal(&rest.to_ascii_lowercase()) { rest.to_ascii_lowercase() } else { rest };
        return (format!("give it without {}", found.join(", ")), vec![id]);
    }
    if text.len() > USUAL_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return (format!("it has {} characters, and an id at most {USUAL_LENGTH}", text.len()), Vec::new());
    }
    (general, Vec::new())
}

/// The id of the task in the address of a page: what follows `task`, else the only id there is.
fn in_address(address: &str) -> Option<String> {
    let words: Vec<&str> = address.split(|c: char| !c.is_ascii_alphanumeric()).collect();
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
            let (why, meant) = diagnose(&text, "general; advice".to_owned());
            prop_assert!(!why.is_empty());
            for id in meant {
                prop_assert!(is_usual(&id) && id.parse::<Id>().is_ok(), "{id}");
            }
        }
    }
}
