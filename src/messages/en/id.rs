//! Ids, in English.

use crate::messages::id::{Beside, IdFlaw, IdHint, IdMessage};
use crate::messages::shown::VALUE_LIMIT;
use crate::text::one_line;

/// What is wrong with an id.
pub(in crate::messages) fn id(message: &IdMessage) -> String {
    match message {
        IdMessage::NoTask => "no task id".to_owned(),
        IdMessage::NoJob => "no job id".to_owned(),
        IdMessage::Empty(origin) => format!("`{origin}` is empty"),
        IdMessage::Invalid { text, origin, flaw } => {
            format!("`{}` is not a valid `{origin}`: {}", one_line(text, VALUE_LIMIT), id_flaw(flaw))
        }
        IdMessage::Capitals { id, origin, small } => {
            format!("{origin} `{id}` has capital letters; ids are usually in small letters: `{small}`")
        }
    }
}

fn id_flaw(flaw: &IdFlaw) -> String {
    match flaw {
        IdFlaw::Unreplaced => "it is a reference to a variable, not its value".to_owned(),
        IdFlaw::Url => "it is a URL".to_owned(),
        IdFlaw::Separators => "it is more than one id".to_owned(),
        IdFlaw::LineBreak => "it has a line break".to_owned(),
        IdFlaw::Beside(found) => {
            let found: Vec<&str> = found.iter().map(|one| beside(*one)).collect();
            format!("it has {}", found.join(", "))
        }
        IdFlaw::Capitals => "it has capital letters".to_owned(),
        IdFlaw::Device => "it is the name of a device on Windows".to_owned(),
        IdFlaw::TooLong { length, limit } => {
            format!("it has {length} characters, and an id has at most {limit}")
        }
        IdFlaw::Characters { limit } => format!("an id has up to {limit} letters and digits"),
    }
}

const fn beside(beside: Beside) -> &'static str {
    match beside {
        Beside::Dashes => "dashes",
        Beside::Quotes => "quotes",
        Beside::Brackets => "brackets",
        Beside::Blanks => "spaces",
        Beside::Invisible => "invisible characters",
    }
}

/// What to do about an id.
pub(in crate::messages) fn id_hint(hint: &IdHint) -> String {
    match hint {
        IdHint::Task { command } => format!(
            "type `codearts-gate {command} TASK_ID` or set CODEARTS_TASK_ID; the id is the 32 letters and digits in the URL of the task's page in the console"
        ),
        IdHint::Job => "type `codearts-gate build JOB_ID` or set CODEARTS_JOB_ID; the id is the 32 letters and digits in the URL of the page on which the job is edited".to_owned(),
        IdHint::PartOfUrl => {
            "give only the id, the 32 letters and digits in the URL".to_owned()
        }
        IdHint::Form => "give an id such as 2b31ed520aaaaaaebedb6e57aaaaaaaa; it stands in the URL of the page in the console".to_owned(),
        IdHint::Separators => "separate ids with commas or line breaks".to_owned(),
        IdHint::Replace => "set the variable where this value is written, or check its name".to_owned(),
        IdHint::OneLine => "give it on one line".to_owned(),
        IdHint::LeaveOut => "give only the letters and digits".to_owned(),
    }
}
