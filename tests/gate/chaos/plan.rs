//! A whole job: what is run, where, on which service, and what goes wrong. Plain values.

use super::faults::{ForgeFault, ServiceFault};
use crate::kit::forge::{GITCODE_TOKEN, GITEA_TOKEN, GITEE_TOKEN, GITHUB_TOKEN, GITLAB_TOKEN, REPO_URL};
use crate::kit::scenario::{Job as BuildJob, Story, Task, scenario};
use crate::kit::{JOB, TASK};
use crate::publishing::place::Place;
use codearts_gate::report::store::directory::RESULT_FILE;
use codearts_gate::sandbox::{PASSWORD, SECRET_KEY};
use serde_json::json;
use std::time::Duration;

/// The tasks of a job, at most.
pub(super) const TASKS: [&str; 3] =
    [TASK, "3c31ed520aaaaaaebedb6e57bbbbbbbb", "4d31ed520aaaaaaebedb6e57cccccccc"];
/// A temporary file of a process that was killed long ago.
pub(crate) const OLD_PART: &str = ".codearts-gate-AbC1dE.part";
/// The project that they are in.
const PROJECT: &str = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";

/// Calls after which something may happen.
pub(crate) const WATCHED: [&str; 14] = [
    "progress",
    "run",
    "last-jobs",
    "summary",
    "pdf-start",
    "pdf-state",
    "pdf-file",
    "findings",
    "build-run",
    "build-info",
    "build-latest",
    "build-log",
    "build-steps",
    "stop",
];

/// What is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Job {
    /// `check` of the runs that are there.
    Check,
    /// `check --start`.
    CheckStart,
    /// `check --pull-request auto`.
    PullRequest,
    /// `start`, and `check --run` of its file.
    StartThenCheck,
    /// `build --start`, and without.
    Build,
    BuildStart,
    /// `report`.
    Report,
}

impl Job {
    pub(crate) const ALL: [Self; 7] = [
        Self::Check,
        Self::CheckStart,
        Self::PullRequest,
        Self::StartThenCheck,
        Self::Build,
        Self::BuildStart,
        Self::Report,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::CheckStart => "check --start",
            Self::PullRequest => "check --pull-request",
            Self::StartThenCheck => "start, check --run",
            Self::Build => "build",
            Self::BuildStart => "build --start",
            Self::Report => "report",
        }
    }

    pub(crate) const fn is_build(self) -> bool {
        matches!(self, Self::Build | Self::BuildStart)
    }
}

/// The command of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Check,
    Start,
    /// Of the file that `start` has written.
    CheckRun,
    Build,
    Report,
}

/// A moment of a process.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    /// So long after its start.
    After(Duration),
    /// So many requests of a kind have arrived at the service since its start, and so long afterwards.
    Received(&'static str, u32, Duration),
    /// So many requests have arrived at the forge since its start, and so long afterwards.
    AtForge(usize, Duration),
    /// A request that begins like this has arrived at the forge since its start, which takes its time for it, and so long afterwards.
    OnItsWay(&'static str, Duration),
    /// A file is being written.
    Writing,
    /// The result is on disk, and so long afterwards.
    Result(Duration),
}

/// How a process ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    ByItself,
    /// Name and exit code of a signal.
    Signal(&'static str, i32, Moment),
    Kill(Moment),
}

/// A process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) command: Command,
    pub(crate) end: End,
}

/// What is in the report directory before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disk {
    Empty,
    /// All files of a pass of the same task, and temporary files.
    OldPass,
    /// A result that breaks off, and temporary files.
    Broken,
    /// A directory where the PDF belongs.
    InTheWay,
}

impl Disk {
    /// Names and contents of the files.
    pub(crate) fn files(self, task: &str) -> Vec<(String, String)> {
        let passed = json!({
            "schema": 1, "tool": "codearts-gate 0.1.0", "verdict": "pass", "outcome": "passed", "exit_code": 0,
            "tasks": [{
                "task_id": task, "run_id": "0", "status": 2, "outcome": "passed", "allowed": false, "reason": "an old pass",
                "counts": null, "report": null, "wait": null,
            }],
        });
        let passed = passed.to_string();
        let part = (OLD_PART.to_owned(), "%PDF-".to_owned());
        let result = |text: &str| (RESULT_FILE.to_owned(), text.to_owned());
        match self {
            Self::Empty => Vec::new(),
            Self::OldPass => vec![
                part,
                result(&passed),
                (format!("{task}.pdf"), "%PDF-1.7 old %%EOF".to_owned()),
                (format!("{task}.html"), "<p>passed</p>".to_owned()),
            ],
            Self::Broken => vec![part, result(&passed[..60])],
            Self::InTheWay => vec![part],
        }
    }
}

/// How the job logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    Keys,
    TemporaryKeys,
    Password,
}

impl Login {
    /// What it logs in with.
    pub(super) const fn secret(self) -> &'static str {
        match self {
            Self::Keys | Self::TemporaryKeys => SECRET_KEY,
            Self::Password => PASSWORD,
        }
    }
}

/// The token of a job at this forge.
pub(super) const fn token(place: Place) -> Option<&'static str> {
    match place {
        Place::GitHub => Some(GITHUB_TOKEN),
        Place::GitLab => Some(GITLAB_TOKEN),
        Place::Gitee => Some(GITEE_TOKEN),
        Place::GitCode => Some(GITCODE_TOKEN),
        Place::Gitea | Place::Forgejo => Some(GITEA_TOKEN),
        Place::CodeArtsRepo => None,
    }
}

/// A job, and everything that happens to it.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) job: Job,
    /// `None`: outside of a CI.
    pub(crate) place: Option<Place>,
    pub(crate) tasks: Vec<&'static str>,
    pub(crate) scripts: Vec<Task>,
    pub(crate) build: BuildJob,
    /// Options behind the command, of checks.
    pub(crate) options: Vec<&'static str>,
    pub(crate) timeout: Duration,
    pub(crate) report_timeout: Duration,
    pub(crate) reports: &'static str,
    pub(crate) is_json: bool,
    pub(crate) login: Login,
    pub(crate) clock_ahead: i64,
    pub(crate) has_list_of_runs: bool,
    pub(crate) knows_run_ids: bool,
    pub(crate) service_faults: Vec<ServiceFault>,
    pub(crate) forge_faults: Vec<ForgeFault>,
    pub(crate) disk: Disk,
    pub(crate) steps: Vec<Step>,
    /// Somebody else starts a run as soon as none is active after so many polls.
    pub(crate) foreign_after: Option<u32>,
    /// Somebody pushes to the pull request after so many polls.
    pub(crate) push_after: Option<u32>,
}

impl Plan {
    /// What the service does.
    pub(crate) fn story(&self) -> Story {
        let story = match (self.job, self.scripts.as_slice()) {
            // The task that is created behaves as the one above it.
            (Job::PullRequest, [parent]) => scenario().task(parent.clone().with(|script| {
                script.repository = self.place.map_or_else(String::new, repository);
                script.branch = Some("main".to_owned());
                script.project = Some(PROJECT.to_owned());
            })),
            (_, scripts) => {
                let named = self.tasks.iter().zip(scripts);
                named.fold(scenario(), |story, (id, script)| story.task_named(id, script.clone()))
            }
        };
        let story = story.job(self.build.clone()).clock_ahead(self.clock_ahead);
        let story = if self.has_list_of_runs { story } else { story.without_list_of_runs() };
        let story = if self.knows_run_ids { story } else { story.ignoring_run_ids() };
        let faults = self.service_faults.iter();
        faults.fold(story, |story, fault| story.when(fault.calls.clone(), fault.fault.clone()))
    }

    /// The arguments of a process.
    pub(crate) fn arguments(&self, command: Command, run_file: &str) -> Vec<String> {
        let milliseconds = |time: Duration| format!("{}ms", time.as_millis());
        let mut arguments: Vec<String> = Vec::new();
        let mut add = |more: &[&str]| arguments.extend(more.iter().map(|argument| (*argument).to_owned()));
        match command {
            Command::Check => {
                add(&["check"]);
                add(&self.tasks);
                add(match self.job {
                    Job::CheckStart => &["--start"],
                    Job::PullRequest => &["--pull-request", "auto"],
                    _ => &[],
                });
            }
            Command::CheckRun => add(&["check", "--run", run_file]),
            Command::Start => {
                add(&["start"]);
                add(&self.tasks);
            }
            Command::Build => add(&["build", JOB]),
            Command::Report => add(&["report", self.tasks[0]]),
        }
        if self.job == Job::BuildStart {
            add(&["--start"]);
        }
        if command != Command::Report {
            add(&["--timeout", &milliseconds(self.timeout)]);
        }
        let is_check = matches!(command, Command::Check | Command::CheckRun);
        if is_check || command == Command::Report {
            add(&["--report-timeout", &milliseconds(self.report_timeout)]);
        }
        if is_check {
            add(&["--report", self.reports]);
            add(&self.options);
        }
        if self.is_json && (is_check || command == Command::Build) {
            add(&["--json"]);
        }
        arguments
    }

    /// Longest time that a process may take: its limits and 20 s.
    pub(crate) fn limit(&self) -> Duration {
        self.timeout + self.report_timeout + Duration::from_secs(20)
    }

    /// The value of an option.
    pub(crate) fn option(&self, name: &str) -> Option<&'static str> {
        let position = self.options.iter().position(|option| *option == name)?;
        self.options.get(position + 1).copied()
    }
}

/// The address of the repository that the pull request is in.
fn repository(place: Place) -> String {
    let host = match place {
        Place::GitHub => "github.com",
        Place::GitLab => "gitlab.example.com",
        Place::Gitee => "gitee.com",
        Place::GitCode => "gitcode.com",
        Place::Gitea | Place::Forgejo => "gitea.example",
        Place::CodeArtsRepo => return REPO_URL.to_owned(),
    };
    format!("https://{host}/acme/widget.git")
}
