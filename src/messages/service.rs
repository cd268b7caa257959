//! About what CodeArts answers.

/// What to do about an answer of CodeArts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceHint {
    /// No task has this id.
    TaskId,
    /// Nothing has this id.
    Id,
    /// Something other than CodeArts answered.
    ForeignAnswer,
    /// The credentials are not accepted.
    Credentials,
    /// The signature may carry a wrong time.
    Clock,
    /// A permission is missing.
    Membership,
    /// A run is active.
    ActiveRun,
}
