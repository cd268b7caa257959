//! Languages in which people read this program and the reports of CodeArts.

use crate::model::choice::Choice;

/// A language of messages, of pages, and of what the service renders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese.
    Chinese,
}

impl Language {
    /// The name of the language: the value of `--language`, and of the service's `X-Language` header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "en-us",
            Self::Chinese => "zh-cn",
        }
    }

    /// Stands between a label and what it is about.
    pub const fn colon(self) -> &'static str {
        match self {
            Self::English => ":",
            Self::Chinese => "：",
        }
    }

    /// How pages name it (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en-US",
            Self::Chinese => "zh-CN",
        }
    }
}

impl Choice for Language {
    fn all() -> Vec<Self> {
        vec![Self::English, Self::Chinese]
    }

    fn word(self) -> &'static str {
        self.name()
    }

    fn help(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "Chinese",
        }
    }
}
