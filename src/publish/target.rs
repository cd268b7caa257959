//! The places where the result can be shown: one table for their names, who carries them and which must be named.

use crate::model::choice::Choice;

/// A place where the result can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The PDF, kept by the CI.
    Artifact,
    /// A comment on the pull request, one per key.
    Comment,
    /// A check run on the commit.
    CheckRun,
    /// Comments on changed lines, one per finding.
    Review,
    /// The page of the run.
    Summary,
    /// Notes on the page of the run and in the diff.
    Annotations,
    /// Values for later steps.
    Outputs,
    /// Findings for code scanning.
    Sarif,
}

/// Who carries the result to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// Where the job runs.
    Host,
    /// Where the change is reviewed.
    Forge,
}

/// What there is to know about a target.
#[derive(Debug)]
struct Entry {
    /// Its name in `--publish`.
    name: &'static str,
    /// What it means, for help and docs.
    help: &'static str,
    carrier: Carrier,
    /// Whether it must be named: `auto` does not stand for it.
    is_opt_in: bool,
}

impl Target {
    const fn entry(self) -> Entry {
        use Carrier::{Forge, Host};
        let (name, help, carrier, is_opt_in) = match self {
            Self::Artifact => ("artifact", "The PDF, kept by the CI", Host, false),
            Self::Comment => {
                ("comment", "A comment on the pull request, or a note on the merge request", Forge, false)
            }
            Self::CheckRun => {
                ("check-run", "A check run on the commit; on GitLab and Gitea its status", Forge, true)
            }
            Self::Review => {
                ("review", "Comments on changed lines, for a check of the pull request", Forge, true)
            }
            Self::Summary => ("summary", "The summary of the job", Host, false),
            Self::Annotations => ("annotations", "Notes beside the job and in the diff", Host, false),
            Self::Outputs => ("outputs", "Values for later steps", Host, false),
            Self::Sarif => ("sarif", "Findings for code scanning", Forge, true),
        };
        Entry { name, help, carrier, is_opt_in }
    }

    /// All of them, in the order of the help.
    pub const ALL: [Self; 8] = [
        Self::Summary,
        Self::Annotations,
        Self::Outputs,
        Self::Artifact,
        Self::Comment,
        Self::Review,
        Self::CheckRun,
        Self::Sarif,
    ];

    /// Its name in `--publish`.
    pub const fn name(self) -> &'static str {
        self.entry().name
    }

    /// What it means, for help and docs.
    pub const fn help(self) -> &'static str {
        self.entry().help
    }

    /// Who carries the result there.
    pub const fn carrier(self) -> Carrier {
        self.entry().carrier
    }

    /// Whether it must be named: `auto` does not stand for it.
    pub const fn is_opt_in(self) -> bool {
        self.entry().is_opt_in
    }

    /// Whether the PDF itself goes there, so that losing it means losing the report.
    pub const fn carries_pdf(self) -> bool {
        matches!(self, Self::Artifact)
    }
}

/// A word of `--publish`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishChoice {
    /// Whatever is on offer.
    Auto,
    /// Nowhere but in the log and the files.
    None,
    /// A target.
    To(Target),
}

impl PublishChoice {
    /// Whether the command `report` has something for it: it has no verdict to show.
    pub fn fits_report(self) -> bool {
        matches!(self, Self::Auto | Self::None | Self::To(Target::Artifact | Target::Outputs))
    }
}

impl Choice for PublishChoice {
    fn all() -> Vec<Self> {
        [Self::Auto, Self::None].into_iter().chain(Target::ALL.map(Self::To)).collect()
    }

    fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::None => "none",
            Self::To(target) => target.name(),
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Auto => "What the CI offers",
            Self::None => "Nowhere but in the log and the files",
            Self::To(target) => target.help(),
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::To(Target::Comment) => &["note"],
            Self::To(Target::CheckRun) => &["status"],
            Self::Auto | Self::None | Self::To(_) => &[],
        }
    }
}

/// Which targets are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Whatever is on offer; a failure is a warning.
    Auto,
    /// Exactly these; each must succeed.
    Named(Vec<Target>),
}
