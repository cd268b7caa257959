//! Systems that run pipelines, as far as a pipeline can be written for them: plain data.

use crate::model::choice::Choice;

/// A system for which `init` writes a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum Pipeline {
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
}

impl Choice for Pipeline {
    fn all() -> Vec<Self> {
        vec![Self::GitHub, Self::GitLab]
    }

    fn word(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub Actions",
            Self::GitLab => "GitLab CI",
        }
    }
}
