//! A finding of the check, as the service returns it and every format shows it. All text in it comes from outside.

use crate::model::choice::Choice;
use serde::{Deserialize, Serialize};

/// Characters of a message that are kept for showing it, one more than a page shows.
const KEPT_MESSAGE: usize = 601;
/// Steps of a flow that are kept for showing it.
const KEPT_FLOW: usize = 12;

/// A property of a finding with a word and a help text for each value. The position of each value is its number in the
/// service (`check-results`, section 2).
macro_rules! property {
    ($(#[$meta:meta])* $name:ident { $($(#[$value_meta:meta])* $value:ident, $word:literal, $help:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        #[cfg_attr(test, macro_rules_attribute::derive(Example!))]
        pub enum $name {
            $($(#[$value_meta])* $value,)*
        }

        impl $name {
            /// All, in the order of their numbers.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$value),*];

            /// The word for it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $word,)*
                }
            }
        }

        impl Choice for $name {
            fn all() -> Vec<Self> {
                Self::ALL.to_vec()
            }

            fn word(self) -> &'static str {
                self.name()
            }

            fn help(self) -> &'static str {
                match self {
                    $(Self::$value => $help,)*
                }
            }
        }
    };
}

property! {
    /// How bad a finding is; worst first.
    Severity {
        /// Critical.
        Critical, "critical", "Critical findings";
        /// Major.
        Major, "major", "Major findings";
        /// Minor.
        Minor, "minor", "Minor findings";
        /// Suggestion.
        Suggestion, "suggestion", "Suggestions";
    }
}

property! {
    /// What has been done about a finding.
    #[derive(Default)]
    Status {
        /// Nothing yet.
        #[default]
        Open, "open", "Findings that nobody has handled yet";
        /// It was fixed.
        Resolved, "resolved", "Findings that were fixed";
        /// Somebody decided to accept it.
        Ignored, "ignored", "Findings that somebody decided to accept";
    }
}

/// One finding. Findings are ordered as they are shown: what counts before what does not count yet, the worst first, then
/// by place; the other fields make the order total, so that it does not depend on the order of arrival.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// Comes from an upgraded engine and does not count before a time of grace is over.
    pub is_delayed: bool,
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
    /// Its id in the service.
    pub id: String,
    /// What has been done about it.
    pub status: Status,
    /// What the rule is about, in words.
    pub rule_title: String,
    /// Tags of the rule.
    pub tags: Vec<String>,
    /// When it was found first, as the service writes it.
    pub created_at: String,
    /// Columns in the line, from 1; the end is exclusive.
    pub columns: Option<(u32, u32)>,
    /// The line itself, as far as the service shows it.
    pub code: String,
    /// How the program gets there, outermost step first.
    pub flow: Vec<FlowStep>,
}

/// A step on the way to a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FlowStep {
    /// Path in the repository.
    pub path: String,
    /// Line, from 1.
    pub line: Option<u32>,
    /// What happens there.
    pub message: String,
}

impl Finding {
    /// A finding of which only the main things are known.
    pub fn new(severity: Severity, path: &str, line: Option<u32>, rule: &str, message: &str) -> Self {
        Self {
            is_delayed: false,
            severity,
            path: path.to_owned(),
            line,
            rule: rule.to_owned(),
            message: message.to_owned(),
            id: String::new(),
            status: Status::Open,
            rule_title: String::new(),
            tags: Vec::new(),
            created_at: String::new(),
            columns: None,
            code: String::new(),
            flow: Vec::new(),
        }
    }

    /// As much of it as is shown, because many are kept in memory.
    #[must_use]
    pub fn shortened(&self) -> Self {
        let mut short = self.clone();
        short.message = self.message.chars().take(KEPT_MESSAGE).collect();
        short.flow.truncate(KEPT_FLOW);
        short
    }

    /// Whether it counts against a threshold.
    pub fn counts(&self) -> bool {
        self.status == Status::Open && !self.is_delayed
    }
}

/// One value for each severity, and one for all findings together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Counts"))]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct PerSeverity<T> {
    /// Critical findings.
    pub critical: T,
    /// Major findings.
    pub major: T,
    /// Minor findings.
    pub minor: T,
    /// Suggestions.
    pub suggestion: T,
    /// All findings.
    pub issues: T,
}

/// Numbers of findings. `issues` is at least the largest of the others, but where the service counts, not always their sum.
pub type Counts = PerSeverity<u64>;

impl<T: Copy> PerSeverity<T> {
    /// The value for one severity.
    pub const fn of(&self, severity: Severity) -> T {
        match severity {
            Severity::Critical => self.critical,
            Severity::Major => self.major,
            Severity::Minor => self.minor,
            Severity::Suggestion => self.suggestion,
        }
    }

    /// The values of the severities, worst first; without `issues`.
    pub fn severities(self) -> [(Severity, T); 4] {
        Severity::ALL.map(|severity| (severity, self.of(severity)))
    }

    /// Each value with its name, as outputs and tables call it.
    pub const fn by_name(self) -> [(&'static str, T); 5] {
        let Self { critical, major, minor, suggestion, issues } = self;
        [
            ("critical", critical),
            ("major", major),
            ("minor", minor),
            ("suggestion", suggestion),
            ("issues", issues),
        ]
    }

    /// Something else for each value.
    pub fn map<U>(self, mut with: impl FnMut(T) -> U) -> PerSeverity<U> {
        let Self { critical, major, minor, suggestion, issues } = self;
        PerSeverity {
            critical: with(critical),
            major: with(major),
            minor: with(minor),
            suggestion: with(suggestion),
            issues: with(issues),
        }
    }

    /// Each value together with its counterpart.
    pub const fn zip<U: Copy>(self, other: PerSeverity<U>) -> PerSeverity<(T, U)> {
        PerSeverity {
            critical: (self.critical, other.critical),
            major: (self.major, other.major),
            minor: (self.minor, other.minor),
            suggestion: (self.suggestion, other.suggestion),
            issues: (self.issues, other.issues),
        }
    }

    /// The values in the order of [`PerSeverity::by_name`].
    pub const fn from_array([critical, major, minor, suggestion, issues]: [T; 5]) -> Self {
        Self { critical, major, minor, suggestion, issues }
    }
}

impl Counts {
    /// Counts one more finding.
    pub const fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Critical => self.critical += 1,
            Severity::Major => self.major += 1,
            Severity::Minor => self.minor += 1,
            Severity::Suggestion => self.suggestion += 1,
        }
        self.issues += 1;
    }

    /// The larger of each count.
    #[must_use]
    pub fn larger(self, other: Self) -> Self {
        self.zip(other).map(|(one, other)| one.max(other))
    }

    /// The sum of each count.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.zip(other).map(|(one, other)| one.saturating_add(other))
    }

    /// The counts with a total that is at least the largest part.
    #[must_use]
    pub fn consistent(self) -> Self {
        let Self { critical, major, minor, suggestion, issues } = self;
        Self { issues: issues.max(critical).max(major).max(minor).max(suggestion), ..self }
    }
}

/// A past run of the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastRun {
    /// When it began, as the service writes it.
    pub time: String,
    /// What it found.
    pub counts: Counts,
}
