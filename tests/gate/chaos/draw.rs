//! From a seed to a plan. What is drawn, and in which order, makes a seed what it is.

use super::faults::{ForgeFault, of_forge, of_service, pick, slow};
use super::plan::{Command, Disk, End, Job, Login, Moment, Plan, Step, TASKS, WATCHED, token};
use crate::kit::scenario::{CHECKING, FAILED, Job as BuildJob, STOPPED, SUCCEEDED, Task, job, pdf, task};
use crate::publishing::place::{PLACES, Place};
use codearts_gate::sandbox::scenario::ProgressShape;
use fastrand::Rng;
use serde_json::{Value, json};
use std::time::Duration;

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
        // Short, because most of the time goes into runs that come to no end; some are below the doubt of `--max-doubt`.
        let limit = |chance: &mut Rng| Duration::from_millis(pick(chance, &[600, 800, 1_000, 1_600]));
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
            timeout: limit(chance),
            report_timeout: limit(chance),
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
}

fn place(chance: &mut Rng, job: Job) -> Option<Place> {
    if job != Job::PullRequest && chance.u8(0..5) == 0 {
        return None;
    }
    Some(pick(chance, &PLACES))
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
