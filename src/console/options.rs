//! How much is logged, and in which form.

use crate::model::choice::Choice;

/// Form of the lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl Choice for LogFormat {
    fn all() -> Vec<Self> {
        vec![Self::Text, Self::Json]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Text => "Text for people",
            Self::Json => "One JSON object per line",
        }
    }
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Warnings and errors.
    Quiet,
    /// What a user wants to follow.
    #[default]
    Normal,
    /// Every request.
    Verbose,
}

/// What the surroundings say of the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Whether one may be drawn on.
    pub may_draw: bool,
    /// Whether colours are wanted, if that is said.
    pub colour: Option<bool>,
    /// Whether it makes links of addresses that are not shown.
    pub has_links: bool,
}
