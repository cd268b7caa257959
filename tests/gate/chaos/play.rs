//! Carries a plan out: the service, the forge, the processes, and whatever happens to them.

use super::elsewhere::Elsewhere;
use super::faults::Kind;
use super::judge::{Wrong, judge};
use super::phase::{Phase, phase};
use super::plan::{Command, Disk, End, Login, Moment, OLD_PART, Plan, Step};
use super::view::{Before, Others, View};
use crate::kit::forge::{Forge, pull_request};
use crate::kit::{Process, Run, World};
use codearts_gate::report::store::directory::RESULT_FILE;
use codearts_gate::sandbox::{DOMAIN, PASSWORD, SECURITY_TOKEN, TEMPORARY_ACCESS_KEY, USER};
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often it is checked whether a moment has come.
const GLANCE: Duration = Duration::from_micros(400);
/// The same while nothing is waited for but the end.
const CALM_GLANCE: Duration = Duration::from_millis(2);
/// A changed file that the sandbox finds something in.
const PATCH: &str = "@@ -0,0 +1,3 @@\n+one\n+two\n+three";
/// Another commit than the one of the job.
const OTHER_HEAD: &str = "4444444444444444444444444444444444444444";

/// What came of a play.
#[derive(Debug, Default)]
pub(crate) struct Played {
    /// What breaks promises.
    pub(crate) wrong: Wrong,
    pub(crate) codes: Vec<i32>,
    pub(crate) faults: Vec<Kind>,
    pub(crate) kills: Vec<Phase>,
    pub(crate) signals: Vec<Phase>,
    /// Kills and signals that came too late.
    pub(crate) missed: usize,
    /// What was said and shown, for a replay.
    pub(crate) story: Vec<String>,
}

/// Plays it.
pub(crate) fn play(plan: &Plan, elsewhere: &Elsewhere) -> Played {
    let mut played = Played::default();
    let world = World::new(plan.story());
    let forge = Forge::with(pull_request(12).file("src/net/reader.c", PATCH));
    forge.state().faults = plan.forge_faults.iter().map(|fault| fault.fault.clone()).collect();
    let first = prepare(plan, &world, &forge);
    let run_file = first.reports().join("run.json").to_str().expect("UTF-8").to_owned();
    lay_out(plan.disk, &first.reports(), plan.tasks[0]);
    let mut others = Others::default();
    for step in &plan.steps {
        let arguments = plan.arguments(step.command, &run_file);
        let run = first.then(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let before = Before::now(plan, &world, &forge, &run, others.runs.len());
        let begun = Instant::now();
        let mut process = run.spawn();
        let disturbed = watch(plan, step, (&world, &forge, &run), &before, &mut process, &mut others);
        let reached = disturbed.map(|(phase, _)| phase);
        let elapsed = begun.elapsed();
        let (status, ended) = run.wait_killed(process);
        let code = status.code();
        match (step.end, reached, code) {
            (End::Kill(_), Some(reached), None) => played.kills.push(reached),
            (End::Signal(_, expected, _), Some(reached), Some(code)) if code == expected => {
                played.signals.push(reached)
            }
            (End::ByItself, ..) => {}
            _ => played.missed += 1,
        }
        played.codes.extend(code);
        played.story.push(format!(
            "$ codearts-gate {}\n[{:?}, disturbed: {reached:?}]\n{}{}\n{status} after {elapsed:?}\nfiles: {:?}\n",
            arguments.join(" "),
            step.end,
            ended.stdout,
            ended.stderr,
            files(&run),
        ));
        let view = View {
            plan,
            step,
            world: &world,
            forge: &forge,
            run: &run,
            before: &before,
            status,
            code,
            ended: &ended,
            elapsed,
            disturbed,
            others: &others,
        };
        let wrong = judge(&view);
        played.wrong.always.extend(wrong.always);
        played.wrong.in_time.extend(wrong.in_time);
    }
    let leaks = elsewhere.leaks(plan.seed);
    played.wrong.always.extend(leaks.into_iter().map(|leak| format!("another host got {leak}")));
    played.faults = faults(plan, &world, &forge);
    played.story.push(requests(&world, &forge));
    played
}

/// A process of this job, whose command is still to be chosen.
fn prepare(plan: &Plan, world: &World, forge: &Forge) -> Run {
    let mut run = match plan.place {
        Some(place) => place.command(world, forge, &[]),
        None => world.run(&[]),
    };
    // All waits are short; the doubt stays far above the latest answer of a fault.
    run.env("CODEARTS_MAX_PAUSE", "4ms").env("CODEARTS_MAX_DOUBT", "1s");
    run.env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin());
    match plan.login {
        Login::Keys => {}
        Login::TemporaryKeys => {
            run.env("HUAWEICLOUD_SDK_AK", TEMPORARY_ACCESS_KEY);
            run.env("HUAWEICLOUD_SDK_SECURITY_TOKEN", SECURITY_TOKEN);
        }
        Login::Password => {
            run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK");
            run.env("CODEARTS_IAM_ENDPOINT", &world.sandbox.origin()).env("CODEARTS_REGION", "cn-north-4");
            run.env("CODEARTS_IAM_USER", USER).env("CODEARTS_IAM_PASSWORD", PASSWORD);
            run.env("CODEARTS_IAM_DOMAIN", DOMAIN);
        }
    }
    run
}

/// What earlier runs have left.
fn lay_out(disk: Disk, reports: &Path, task: &str) {
    for (name, text) in disk.files(task) {
        fs::create_dir_all(reports).expect("a directory");
        fs::write(reports.join(name), text).expect("a file");
    }
    if disk == Disk::InTheWay {
        fs::create_dir_all(reports.join(format!("{task}.pdf"))).expect("a directory");
    }
}

/// Follows the process to its end, and does what the plan wants. How far it had come when it was disturbed, if it was, and when.
fn watch(
    plan: &Plan,
    step: &Step,
    (world, forge, run): (&World, &Forge, &Run),
    before: &Before,
    process: &mut Process,
    others: &mut Others,
) -> Option<(Phase, Duration)> {
    let begun = Instant::now();
    let mut reached = None;
    loop {
        if process.try_wait().expect("a process").is_some() {
            return reached;
        }
        // The judge calls that a violation; a process must not outlive its play.
        if begun.elapsed() > plan.limit() {
            process.kill().expect("killed");
        }
        let polls = world.sandbox.received("progress");
        if let Some(after) = plan.foreign_after.filter(|_| others.runs.is_empty())
            && polls >= after
        {
            others.runs.extend(world.sandbox.start_foreign_run(plan.tasks[0]));
        }
        if others.pushed_after.is_none() && plan.push_after.is_some_and(|after| polls >= after) {
            forge.push(12, OTHER_HEAD);
            others.pushed_after = Some(world.sandbox.recorded().len());
        }
        let due = match step.end {
            End::Kill(moment) | End::Signal(_, _, moment) if reached.is_none() => {
                wait(moment, begun, (world, forge, run), before)
            }
            _ => None,
        };
        let Some(later) = due else {
            sleep(if reached.is_some() || matches!(step.end, End::ByItself) { CALM_GLANCE } else { GLANCE });
            continue;
        };
        sleep(later);
        reached = Some((phase(world, forge, run, before), begun.elapsed()));
        match step.end {
            End::Kill(_) => process.kill().expect("killed"),
            End::Signal(name, ..) => signal(process, name),
            End::ByItself => {}
        }
    }
}

/// Whether the moment has come, and how long it is to go on.
fn wait(
    moment: Moment,
    begun: Instant,
    (world, forge, run): (&World, &Forge, &Run),
    before: &Before,
) -> Option<Duration> {
    match moment {
        Moment::After(time) => (begun.elapsed() >= time).then_some(Duration::ZERO),
        Moment::Received(call, number, later) => {
            let earlier = before.received.get(call).copied().unwrap_or_default();
            (world.sandbox.received(call) >= earlier + number).then_some(later)
        }
        Moment::AtForge(number, later) => {
            (forge.state().requests.len() >= before.at_forge + number).then_some(later)
        }
        Moment::OnItsWay(request, later) => {
            let state = forge.state();
            let is_sent = |(line, _): &(String, _)| line.starts_with(request);
            state.requests[before.at_forge..].iter().any(is_sent).then_some(later)
        }
        Moment::Writing => has_part(&run.reports()).then_some(Duration::ZERO),
        Moment::Result(later) => {
            let is_new = |modified| before.result_modified != Some(modified);
            let modified = fs::metadata(run.reports().join(RESULT_FILE)).and_then(|about| about.modified());
            modified.is_ok_and(is_new).then_some(later)
        }
    }
}

/// Whether a file is just being written.
pub(crate) fn has_part(reports: &Path) -> bool {
    let Ok(entries) = fs::read_dir(reports) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        name.to_str().is_some_and(|name| name.ends_with(".part") && name != OLD_PART)
    })
}

fn signal(process: &Process, name: &str) {
    // It may have ended just now.
    let script = format!("kill -{name} {} 2>/dev/null", process.id());
    let _ = std::process::Command::new("sh").args(["-c", &script]).status().expect("a shell");
}

/// The faults that were met.
fn faults(plan: &Plan, world: &World, forge: &Forge) -> Vec<Kind> {
    let recorded = world.sandbox.recorded();
    let of_service =
        recorded.iter().filter_map(|call| call.fault).map(|number| plan.service_faults[number].kind);
    let of_forge: Vec<Kind> =
        forge.state().met.iter().map(|number| plan.forge_faults[*number].kind).collect();
    // It is met where a signature is refused.
    let is_refused = plan.clock_ahead != 0 && recorded.iter().any(|call| call.status == Some(401));
    of_service.chain(of_forge).chain(is_refused.then_some(Kind::WrongClock)).collect()
}

fn requests(world: &World, forge: &Forge) -> String {
    let recorded = world.sandbox.recorded();
    let of_service = recorded.iter().map(|call| {
        let answer = call
            .answer
            .as_ref()
            .map(|answer| String::from_utf8_lossy(answer).chars().take(200).collect::<String>());
        format!(
            "{:>6} ms {} {:?} {:?} {:?} {answer:?}\n",
            call.at.as_millis(),
            call.call,
            call.task,
            call.status,
            call.fault
        )
    });
    let state = forge.state();
    let of_forge = state
        .requests
        .iter()
        .map(|(line, body)| format!("{line} {}\n", body.to_string().chars().take(300).collect::<String>()));
    of_service.chain(of_forge).collect()
}

/// Names of the files in the report directory, which may not be there.
pub(crate) fn files(run: &Run) -> Vec<String> {
    let Ok(entries) = fs::read_dir(run.reports()) else { return Vec::new() };
    entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Whether this command is one that writes `result.json`.
pub(crate) const fn has_result(command: Command) -> bool {
    matches!(command, Command::Check | Command::CheckRun | Command::Build)
}
