//! About ids of tasks, jobs and projects.

use crate::model::sourced::Origin;

/// What is wrong with an id, or that there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum IdMessage {
    /// No task id was given.
    NoTask,
    /// No job id was given.
    NoJob,
    /// An option for an id is empty.
    Empty(Origin),
    /// An id that cannot be one.
    Invalid {
        /// As it was given.
        text: String,
        /// Where it comes from.
        origin: Origin,
        /// What is wrong with it.
        flaw: IdFlaw,
    },
    /// An id with capital letters, which is used as it is.
    Capitals {
        /// The id.
        id: String,
        /// Where it comes from.
        origin: Origin,
        /// The same in small letters.
        small: String,
    },
}

/// What is wrong with an id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum IdFlaw {
    /// It is the reference to a variable.
    Unreplaced,
    /// It is a URL.
    Url,
    /// Blanks separate several ids.
    Separators,
    /// A line break cuts it in two.
    LineBreak,
    /// These stand around or inside it.
    Beside(Vec<Beside>),
    /// It has capital letters.
    Capitals,
    /// Windows takes it for a device.
    Device,
    /// It has too many characters.
    TooLong {
        /// How many.
        length: usize,
        /// How many are possible.
        limit: usize,
    },
    /// It is not made of up to so many letters and digits.
    Characters {
        /// How many are possible.
        limit: usize,
    },
}

/// What stands around or inside ids that were pasted, and does not belong to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum Beside {
    /// Dashes.
    Dashes,
    /// Quotes.
    Quotes,
    /// Brackets.
    Brackets,
    /// Blanks.
    Blanks,
    /// Characters that cannot be seen.
    Invisible,
}

/// What to do about an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum IdHint {
    /// How the command takes a task id.
    Task {
        /// The command.
        command: &'static str,
    },
    /// How `build` takes a job id.
    Job,
    /// Only a part of the URL is the id.
    PartOfUrl,
    /// What an id looks like.
    Form,
    /// How several ids are separated.
    Separators,
    /// The variable was not replaced.
    Replace,
    /// An id stands on one line.
    OneLine,
    /// What does not belong to the id must be left out.
    LeaveOut,
}
