//! A finding of the check, as every format shows it.

/// How bad it is; worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Critical.
    Critical,
    /// Major.
    Major,
    /// Minor.
    Minor,
    /// Suggestion.
    Suggestion,
}

impl Severity {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Suggestion => "suggestion",
        }
    }
}

/// One finding. All text comes from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Path in the repository.
    pub path: String,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Rule that found it.
    pub rule: String,
    /// What is wrong.
    pub message: String,
}
