//! About what `doctor` tests.

use super::Message;
use super::finish::JobKind;
use super::service::HostFamily;
use std::time::Duration;

/// What `doctor` tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum Tested {
    /// What the CI says about the job.
    Environment,
    /// The proxy.
    Proxy,
    /// The report directory.
    ReportDirectory,
    /// Where the result can be shown.
    Publishing,
    /// One place where the result can be shown: its name in `--publish`.
    Target(&'static str),
    /// The id of the task or the job.
    Task,
    /// Options and variables.
    Configuration,
    /// The client itself.
    HttpClient,
    /// The credentials that were found.
    Credentials,
    /// The address of the service.
    Endpoint,
    /// The clock of this machine.
    Clock,
    /// A login.
    Login,
    /// All permissions.
    Permissions,
    /// The pull request itself.
    PullRequest,
    /// The files that it changes.
    ChangedFiles,
    /// The full task of its target branch.
    FullTask,
    /// The CodeArts project of that.
    Project,
    /// The merge-request tasks below it.
    MergeRequestTasks,
    /// The languages of a merge-request task.
    Languages,
    /// The service endpoint of a merge-request task.
    ServiceEndpoint,
    /// The quality gate of the full task.
    QualityGate,
    /// One permission: its name.
    Permission(&'static str),
    /// The smallest policy that is enough.
    Policy,
    /// A build job.
    Job,
    /// Its latest build.
    LatestBuild,
    /// How that ended.
    BuildStatus,
    /// Its log.
    BuildLog,
    /// Its steps.
    BuildSteps,
    /// Its packages.
    BuildPackages,
    /// Starting and stopping a build.
    StartAndStop,
}

/// Where this runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum Surroundings {
    /// In the CI of this name.
    Ci(&'static str),
    /// In a CI that is not known here.
    UnknownCi,
    /// On a person's terminal, presumably.
    NoCi,
}

/// How a line of `doctor` begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum DoctorLabel {
    /// It works.
    Good(Tested),
    /// Worth knowing.
    Note(Tested),
    /// It does not work.
    Bad(Tested),
}

/// Why permissions are not tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum Untested {
    /// Neither a task nor a job was given.
    NoSubject,
    /// Something is missing in the configuration.
    Configuration,
    /// The login failed.
    Login,
    /// The endpoint does not answer.
    Endpoint,
}

/// What a test of `doctor` found.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum DoctorMessage {
    /// Where this runs.
    Environment {
        /// The CI.
        ci: Surroundings,
        /// The repository, if it is known.
        repository: Option<String>,
    },
    /// This proxy is used.
    ProxyUsed(String),
    /// The report directory can be written to.
    DirectoryWritable(String),
    /// Nothing can be published from here.
    NothingPublished(Box<Message>),
    /// Permissions are not tested.
    NotTested(Untested),
    /// The service answers.
    EndpointAnswers {
        /// Its address.
        origin: String,
        /// What kind of host it is.
        family: HostFamily,
    },
    /// The clock is right.
    ClockMatches,
    /// The clock is wrong.
    ClockOff {
        /// How much.
        off: Duration,
        /// Whether it is behind the service's.
        is_behind: bool,
    },
    /// The login succeeded.
    LoggedIn,
    /// The task can be read.
    TaskRead {
        /// Its id.
        task: String,
        /// Its status, if it has one.
        status: Option<i64>,
    },
    /// Results and PDF can be read.
    ReportRead,
    /// Only starting needs it.
    OnlyForStart(JobKind),
    /// It is needed to run a merge-request task.
    OnlyForRun,
    /// Which pull request it is.
    PullRequest {
        /// What people call the forge.
        forge: &'static str,
        /// The repository that it leads to.
        repository: String,
        /// Its number.
        number: u64,
        /// The branch that is to be merged.
        source: String,
        /// The branch into which it is merged.
        target: String,
        /// Its latest commit.
        head: String,
        /// Whether the source branch is in another repository.
        is_from_fork: bool,
    },
    /// How many files it changes.
    ChangedFiles(usize),
    /// The forge does not list all of them.
    MoreFiles,
    /// The full task is that of the pull request's target.
    Fits {
        /// Its repository.
        repository: String,
        /// Its branch.
        branch: String,
    },
    /// The project of the task.
    Project(String),
    /// Merge-request tasks can be listed.
    Listed,
    /// They cannot be, so that each job creates one.
    NotListed,
    /// There is a merge-request task of the pull request, so that none is created.
    NotCreated {
        /// That task.
        task: String,
        /// Number of the pull request.
        number: u64,
    },
    /// A task cannot be created, because something else failed.
    CreationNotTested,
    /// A task cannot be deleted, because none was created.
    DeletionNotTested,
    /// The languages that the merge-request task checks.
    Languages(Vec<String>),
    /// The service endpoint of the merge-request task.
    ServiceEndpoint(String),
    /// The service endpoint of the full task is not known.
    NoServiceEndpoint,
    /// The quality gate of the full task, as CodeArts shows it.
    QualityGate(String),
    /// CodeArts does not show it.
    NoQualityGate,
    /// The policy itself, as JSON.
    TaskPolicy(String),
    /// Reading builds needs no policy.
    BuildPolicy,
    /// The job can be read.
    JobRead {
        /// Its id.
        job: String,
        /// Whether a build is active.
        is_running: bool,
    },
    /// The number of the latest build, if there is one.
    LatestBuild(Option<u64>),
    /// The status of a build.
    BuildStatus(String),
    /// It can be read.
    Readable,
    /// Nothing that was tested is wrong.
    NoProblems {
        /// Whether permissions were tested.
        has_permissions: bool,
        /// What the process exits with.
        exit_code: u8,
    },
    /// Something does not.
    Problems {
        /// How many.
        number: u64,
        /// What the process exits with.
        exit_code: u8,
    },
}

/// What to do about a finding of `doctor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum DoctorHint {
    /// Name a task or a job.
    GiveSubject,
    /// The policy needs one more action for `--start`.
    AddAction(&'static str),
    /// The service endpoint may have to be named.
    NameServiceEndpoint,
    /// The user must be a member of the project.
    Membership,
}
