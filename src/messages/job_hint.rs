//! What to do about a run or a build.

/// What to do about how a run or a build went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum JobHint {
    /// The result of the run is lost.
    RunAgain,
    /// A run is active, and is not to be waited for.
    AfterActiveRun,
    /// `report` could not fetch the PDF.
    ExportAgain,
    /// The task was never checked.
    StartRun,
    /// The job was never built.
    StartBuild,
    /// The status of a build is not documented.
    SeeConsole,
    /// A build was perhaps started, and cannot be recognized.
    UniqueParameter,
    /// The project is needed to find the failing step.
    ProjectForStep,
    /// The project is needed to list past runs.
    ProjectForPastRuns,
    /// The result of the quality gate is unknown, and that counts as a pass.
    RequireGate,
    /// The help of this command lists what can be wrong.
    Help(&'static str),
}
