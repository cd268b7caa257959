//! How much is logged, in which form, and which commands the reader of the log obeys.

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

/// Which commands in the log its reader obeys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogDialect {
    /// None.
    #[default]
    Plain,
    /// GitHub's runner in the end, perhaps with others before it: a script may keep a copy of the log, and a command
    /// that masks a secret would be kept in it. The runner hides the secrets of the job by itself.
    PerhapsRunner,
    /// GitHub's runner and nobody else.
    Runner,
    /// The page of a job of GitLab, which folds sections.
    GitLab,
}
