//! About values of options and variables.

use crate::model::sourced::{Origin, Sourced};
use std::time::Duration;

/// What is wrong with a setting, or worth a line.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum SettingsMessage {
    /// A duration that cannot be used.
    Duration {
        /// As it was given.
        given: Sourced<String>,
        /// What is wrong with it.
        flaw: DurationFlaw,
    },
    /// A fixed polling interval below the shortest.
    PollInterval {
        /// As it was given.
        given: Sourced<String>,
        /// The shortest.
        least: Duration,
    },
    /// A rate that cannot be read.
    PollBudget(Sourced<String>),
    /// The CI job ends before the wait would.
    JobEndsDuringWait {
        /// Time until the job ends.
        left: Duration,
        /// Time for the wait.
        wait: Duration,
        /// Time kept for the report.
        kept: Duration,
    },
    /// The CI job ends before the time for the report is over.
    JobEndsDuringReport(Duration),
    /// An outcome that `--allow` does not take.
    NotAllowed(Sourced<String>),
    /// The report directory has no name.
    EmptyDirectory(Origin),
    /// The title of the PDF is empty or too long.
    Title {
        /// Where it comes from.
        origin: Origin,
        /// Most characters.
        limit: usize,
    },
    /// `none` beside another format.
    NoneBesideFormats(Origin),
    /// An artifact without a PDF.
    ArtifactWithoutPdf(Origin),
    /// A baseline that nothing is compared with.
    BaselineWithoutThreshold(Origin),
    /// `--scope changed`, and nothing shows which lines changed.
    ScopeWithoutDiff(Origin),
    /// A pull request on a forge that does not show which lines changed, and nothing else does.
    ForgeShowsNoLines {
        /// What asks for the pull request.
        origin: Origin,
        /// What people call the forge.
        forge: &'static str,
    },
    /// A diff, and all findings count.
    DiffNotUsed(Origin),
    /// The diff could not be read.
    DiffNotRead(Sourced<String>),
    /// What is in it is not a diff.
    BadDiff(Sourced<String>),
    /// One baseline for several tasks.
    BaselineOfTasks(Origin),
    /// The directory of the new baseline is missing.
    BaselineDirectory(Sourced<String>),
    /// Something else is where the new baseline is to be written.
    NotABaseline(Sourced<String>),
    /// `report` with several tasks.
    SeveralTasks,
    /// The number of a build, and several jobs.
    BuildOfSeveralJobs(Origin),
    /// What only a started build can use.
    NeedsStart(Vec<Origin>),
    /// A parameter that CodeArts Build does not accept.
    ReservedParameter(String),
    /// A parameter without a name. It may be a value that is to be kept, so it is not repeated.
    ParameterForm(Origin),
    /// `--publish auto` or `--publish none` beside targets.
    TargetsBesideAuto(Origin),
    /// A target that the command `report` has nothing for.
    ReportTarget(Origin),
    /// A target that does not exist here.
    NoSuchTarget(Sourced<&'static str>),
    /// Targets where nothing can be published.
    TargetsNowhere {
        /// Where they come from.
        origin: Origin,
        /// Why nothing can be published.
        why: NowhereMessage,
    },
    /// A key of comments that cannot be used.
    CommentKey {
        /// Where it comes from.
        origin: Origin,
        /// Most characters.
        limit: usize,
    },
    /// An address of tasks that cannot be used. It may hold a password, so it is not repeated.
    TaskUrl(Origin),
    /// `--pull-request` is neither a word that is known nor a number.
    PullRequestForm,
    /// What only a pull request can use.
    NeedsPullRequest(Origin),
    /// Comments in the diff where no pull request is checked.
    ReviewWithoutPullRequest(Origin),
    /// A pull request is to be checked where none can be read.
    PullRequestNowhere {
        /// Where that was asked for.
        origin: Origin,
        /// Why none can be read.
        why: NowhereMessage,
    },
    /// Something that cannot name a language.
    TaskLanguage(Sourced<String>),
    /// The id of a service endpoint that is none.
    TaskEndpoint(Origin),
    /// A number outside its range.
    WholeNumber {
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
}

/// What is wrong with a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum DurationFlaw {
    /// It is zero.
    Zero,
    /// It cannot be read.
    Unreadable,
    /// Its unit is in upper case.
    UpperCase,
    /// It is longer than this.
    TooLong(Duration),
}

/// Why nothing can be published from here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum NowhereMessage {
    /// This is not a job of a known CI about a change.
    NoChange,
    /// The change is at an address of an unknown forge.
    UnknownForge(String),
}

/// What to do about a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum SettingsHint {
    /// Only findings on changed lines are to count.
    CountChanged,
    /// These words were probably meant.
    DidYouMean(Vec<String>),
    /// One of these must be chosen.
    OneOf(Vec<String>),
    /// How durations are written.
    DurationForm,
    /// How rates are written.
    RateForm,
    /// The CI job must last longer.
    RaiseJobTimeout,
    /// A directory must be named.
    NameDirectory,
    /// The PDF must be asked for.
    AddPdf,
    /// A threshold must be set.
    AddThreshold,
    /// Something must show which lines changed.
    AddDiff,
    /// Every finding may count.
    CountAll,
    /// How a diff is made.
    MakeDiff,
    /// The tasks must be checked one by one.
    OneTaskEach,
    /// A build must be started.
    AddStart,
    /// `auto` fits.
    LeaveAuto,
    /// `auto` and `none` stand alone.
    Alone,
    /// How parameters of a build are written.
    ParameterForm,
    /// What makes publishing possible here.
    PrivateForge,
    /// The jobs from which something can be published.
    KnownJobs,
    /// A pull request must be named.
    AddPullRequest,
    /// Where pull requests can be checked.
    PullRequestJob,
}
