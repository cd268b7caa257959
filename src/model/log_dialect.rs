//! Which commands in the log its reader obeys.

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
