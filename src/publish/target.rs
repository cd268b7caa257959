//! The places where the result can be shown: one table for their names, who carries them and which must be named.

/// A place where the result can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The PDF, kept by the CI.
    Artifact,
    /// A comment on the pull request, one per key.
    Comment,
    /// A check run on the commit.
    CheckRun,
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
    carrier: Carrier,
    /// Whether it must be named: `auto` does not stand for it.
    is_opt_in: bool,
}

impl Target {
    const fn entry(self) -> Entry {
        use Carrier::{Forge, Host};
        let (name, carrier, is_opt_in) = match self {
            Self::Artifact => ("artifact", Host, false),
            Self::Comment => ("comment", Forge, false),
            Self::CheckRun => ("check-run", Forge, true),
            Self::Summary => ("summary", Host, false),
            Self::Annotations => ("annotations", Host, false),
            Self::Outputs => ("outputs", Host, false),
            Self::Sarif => ("sarif", Forge, true),
        };
        Entry { name, carrier, is_opt_in }
    }

    /// Its name in `--publish`.
    pub const fn name(self) -> &'static str {
        self.entry().name
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

/// Which targets are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Whatever is on offer; a failure is a warning.
    Auto,
    /// Exactly these; each must succeed.
    Named(Vec<Target>),
}
