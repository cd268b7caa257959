//! From a seed to a whole job: what is run, where, on which service, and what goes wrong. Plain values.

use super::faults::{ForgeFault, ServiceFault, of_forge, of_service, pick, slow};
use crate::kit::forge::{GITCODE_TOKEN, GITEA_TOKEN, GITEE_TOKEN, GITHUB_TOKEN, GITLAB_TOKEN, REPO_URL};
use crate::kit::scenario::{
    CHECKING, FAILED, Job as BuildJob, STOPPED, SUCCEEDED, Story, Task, job, pdf, scenario, task,
};
use crate::kit::{JOB, TASK};
use crate::publishing::place::{PLACES, Place};
use codearts_gate::report::store::directory::RESULT_FILE;
use codearts_gate::sandbox::scenario::ProgressShape;
use codearts_gate::sandbox::{PASSWORD, SECRET_KEY};
use fastrand::Rng;
use serde_json::{Value, json};
use std::time::Duration;

/// The tasks of a job, at most.
const TASKS: [&str; 3] = [TASK, "3c31ed520aaaaaaebedb6e57bbbbbbbb", "4d31ed520aaaaaaebedb6e57cccccccc"];
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
    const fn secret(self) -> &'static str {
        match self {
            Self::Keys | Self::TemporaryKeys => SECRET_KEY,
            Self::Password => PASSWORD,
        }
    }
}

/// The token of a job at this forge.
const fn token(place: Place) -> Option<&'static str> {
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
    /// The plan of a seed. `elsewhere`: the address of a host that must get no credentials.
    pub(crate) fn new(seed: u64, elsewhere: &str) -> Self {
        let chance = &mut Rng::with_seed(seed);
        let job = pick(
            chance,
            &[
                Job::Check,
                Job::Check,
                Job::Check,
                Job::CheckStart,
                Job::CheckStart,
                Job::CheckStart,
                Job::CheckStart,
                Job::PullRequest,
                Job::PullRequest,
                Job::StartThenCheck,
                Job::StartThenCheck,
                Job::Build,
                Job::BuildStart,
                Job::Report,
            ],
        );
        let place = place(chance, job);
        let number = match job {
            Job::Check | Job::CheckStart | Job::StartThenCheck => pick(chance, &[1, 1, 1, 2, 3]),
            _ => 1,
        };
        let scripts: Vec<Task> = (0..number).map(|_| script(chance, job)).collect();
        let login = match place {
            // The fake of it wants signatures.
            Some(Place::CodeArtsRepo) => Login::Keys,
            _ => {
                pick(chance, &[Login::Keys, Login::Keys, Login::Keys, Login::TemporaryKeys, Login::Password])
            }
        };
        let secrets = [login.secret()].into_iter().chain(place.and_then(token)).collect::<Vec<_>>();
        let seconds = |chance: &mut Rng| Duration::from_secs(pick(chance, &[1, 1, 2, 3]));
        let count = pick(chance, &[0, 1, 1, 2, 2, 3, 5]);
        let service_faults =
            (0..count).map(|_| of_service(chance, job.is_build(), &secrets, elsewhere)).collect();
        let at_forge = if place.is_some() { pick(chance, &[0, 0, 1, 1, 2, 3]) } else { 0 };
        let steps = steps(chance, job, place);
        let on_its_way = steps.iter().filter_map(|step| match step.end {
            End::Kill(Moment::OnItsWay(request, _)) | End::Signal(_, _, Moment::OnItsWay(request, _)) => {
                Some(request)
            }
            _ => None,
        });
        let slow: Vec<ForgeFault> = on_its_way.map(|request| slow(chance, request)).collect();
        Self {
            seed,
            job,
            place,
            tasks: TASKS[..number].to_vec(),
            scripts,
            build: build(chance),
            options: options(chance, job, place),
            timeout: seconds(chance),
            report_timeout: seconds(chance),
            reports: pick(
                chance,
                &[
                    "pdf",
                    "pdf",
                    "pdf",
                    "none",
                    "pdf,html,json",
                    "pdf,sarif,junit,codequality",
                    "pdf,markdown,csv,checkstyle",
                ],
            ),
            is_json: chance.u8(0..4) == 0,
            login,
            clock_ahead: pick(chance, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 400, -3_700, 90_000]),
            has_list_of_runs: chance.u8(0..10) != 0,
            knows_run_ids: chance.u8(0..10) != 0,
            service_faults,
            forge_faults: slow
                .into_iter()
                .chain((0..at_forge).map(|_| of_forge(chance, &secrets, elsewhere)))
                .collect(),
            disk: match pick(
                chance,
                &[
                    Disk::Empty,
                    Disk::Empty,
                    Disk::Empty,
                    Disk::OldPass,
                    Disk::OldPass,
                    Disk::OldPass,
                    Disk::Broken,
                    Disk::Broken,
                    Disk::InTheWay,
                ],
            ) {
                // Not every process of these writes a result, which an old one must not be taken for.
                Disk::Broken if matches!(job, Job::StartThenCheck | Job::Report) => Disk::OldPass,
                disk => disk,
            },
            steps,
            foreign_after: (chance.u8(0..8) == 0 && !job.is_build()).then(|| chance.u32(1..6)),
            push_after: (chance.u8(0..4) == 0 && job == Job::PullRequest).then(|| chance.u32(1..4)),
        }
    }

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
        let seconds = |time: Duration| format!("{}s", time.as_secs());
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
            add(&["--timeout", &seconds(self.timeout)]);
        }
        let is_check = matches!(command, Command::Check | Command::CheckRun);
        if is_check || command == Command::Report {
            add(&["--report-timeout", &seconds(self.report_timeout)]);
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

fn place(chance: &mut Rng, job: Job) -> Option<Place> {
    if job != Job::PullRequest && chance.u8(0..5) == 0 {
        return None;
    }
    Some(pick(chance, &PLACES))
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

fn script(chance: &mut Rng, job: Job) -> Task {
    let before = pick(
        chance,
        &[None, None, Some(SUCCEEDED), Some(SUCCEEDED), Some(FAILED), Some(STOPPED), Some(CHECKING)],
    );
    // Nobody starts a run here.
    let before = if job == Job::Check || job == Job::Report { before.or(Some(CHECKING)) } else { before };
    let mut export = pdf().bytes(chance.usize(4_000..60_000));
    if chance.bool() {
        export = export.ends_at_poll(chance.u32(1..4));
    }
    if chance.u8(0..12) == 0 {
        export = export.fails("out of paper");
    }
    let gates = [
        json!(1),
        json!(1),
        json!(1),
        json!(1),
        json!(0),
        json!("1"),
        json!("0"),
        Value::Null,
        json!("maybe"),
    ];
    let gate = gates[chance.usize(0..gates.len())].clone();
    let findings = pick(chance, &[[0, 0, 0, 0], [0, 1, 4, 9], [0, 1, 4, 9], [2, 0, 30, 40]]);
    let made = task()
        .before(before)
        .ends_at_poll(chance.u32(1..7))
        .ends(pick(chance, &[SUCCEEDED, SUCCEEDED, SUCCEEDED, SUCCEEDED, SUCCEEDED, FAILED, STOPPED]))
        .stale_polls(pick(chance, &[0, 0, 0, 1, 3]))
        .null_polls(pick(chance, &[0, 0, 0, 1, 2]))
        .progress(pick(chance, &[ProgressShape::Steps, ProgressShape::Missing, ProgressShape::Stuck]))
        .findings(findings)
        .gate(gate)
        .pdf(export);
    let made = if chance.u8(0..25) == 0 { made.takes("1h").with(|script| script.polls = None) } else { made };
    if chance.u8(0..5) == 0 { made.numbers_as_strings() } else { made }
}

fn build(chance: &mut Rng) -> BuildJob {
    let made = job()
        .before(chance.u32(0..3))
        .ends_at_poll(chance.u32(1..6))
        .ends(pick(chance, &["SUCCESS", "SUCCESS", "SUCCESS", "FAILURE", "ABORTED"]))
        .hidden_calls(pick(chance, &[0, 0, 2]))
        .log_lines(chance.u32(0..60));
    if chance.u8(0..4) == 0 { made.building() } else { made }
}

fn options(chance: &mut Rng, job: Job, place: Option<Place>) -> Vec<&'static str> {
    let mut options: Vec<&'static str> = Vec::new();
    let or_none: &[&[&str]] = &[&[], &[], &[], &["--gate", "off"], &["--gate", "required"]];
    options.extend(pick(chance, or_none));
    let limits: &[&[&str]] =
        &[&[], &[], &["--max-major", "0"], &["--max-critical", "1"], &["--max-issues", "20"]];
    options.extend(pick(chance, limits));
    let targets: &[&[&str]] = match place {
        Some(place) if place.has_check_runs() && chance.bool() => &[&["--publish", "comment,check-run"]],
        Some(_) => &[
            &[],
            &[],
            &[],
            &["--publish", "comment"],
            &["--publish", "comment,review"],
            &["--publish", "none"],
        ],
        None => &[&[]],
    };
    options.extend(pick(chance, targets));
    let languages: &[&[&str]] = &[&[], &[], &["--language", "zh-cn"], &["--language", "en-us"]];
    options.extend(pick(chance, languages));
    if job == Job::CheckStart {
        let policies: &[&[&str]] = &[&[], &[], &["--if-running", "queue"], &["--if-running", "fail"]];
        options.extend(pick(chance, policies));
    }
    if job == Job::PullRequest && (place == Some(Place::CodeArtsRepo) || chance.bool()) {
        options.extend(["--scope", "all"]);
    }
    options
}

fn moment(chance: &mut Rng, job: Job, place: Option<Place>) -> Moment {
    let a_little = Duration::from_micros(chance.u64(0..6_000));
    let (check, build) = WATCHED.split_at(8);
    match chance.u8(0..12) {
        0 => Moment::After(Duration::from_micros(chance.u64(0..12_000))),
        1 => Moment::After(Duration::from_millis(chance.u64(10..400))),
        2..=4 if job.is_build() => Moment::Received(pick(chance, build), chance.u32(1..4), a_little),
        2..=5 => Moment::Received(pick(chance, check), chance.u32(1..4), a_little),
        6..=8 if let Some(place) = place.filter(|_| chance.bool()) => {
            let mut requests = vec![place.create(), place.create(), place.edit(), place.check_run()];
            requests.retain(|request| !request.is_empty());
            Moment::OnItsWay(pick(chance, &requests), a_little * 5)
        }
        6..=8 => Moment::AtForge(chance.usize(1..6), a_little),
        9..=10 => Moment::Writing,
        _ => Moment::Result(a_little),
    }
}

/// The processes: one that is killed is followed by the same one, undisturbed.
fn steps(chance: &mut Rng, job: Job, place: Option<Place>) -> Vec<Step> {
    let commands: &[Command] = match job {
        Job::Check | Job::CheckStart | Job::PullRequest => &[Command::Check],
        Job::StartThenCheck => &[Command::Start, Command::CheckRun],
        Job::Build | Job::BuildStart => &[Command::Build],
        Job::Report => &[Command::Report],
    };
    let disturbed = chance.usize(0..commands.len());
    let mut steps = Vec::new();
    for (number, command) in commands.iter().copied().enumerate() {
        let step = |end| Step { command, end };
        if number != disturbed {
            steps.push(step(End::ByItself));
            continue;
        }
        match chance.u8(0..20) {
            0..=8 => {
                let first = step(End::Kill(moment(chance, job, place)));
                // Of a start that was killed its check may come next, as in a job that goes on after a failure.
                let goes_on = command == Command::Start && chance.bool();
                steps.push(first);
                if !goes_on {
                    steps.push(step(End::ByItself));
                }
            }
            9..=11 => {
                let (name, code) = pick(chance, &[("TERM", 143), ("INT", 130), ("HUP", 129)]);
                steps.push(step(End::Signal(name, code, moment(chance, job, place))));
            }
            _ => steps.push(step(End::ByItself)),
        }
    }
    steps
}
