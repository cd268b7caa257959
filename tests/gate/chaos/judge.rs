//! The promises, held against what a process has left: its exit code, its files, and what the servers have seen.
//!
//! What the service and the forge have on record decides, not what the gate says.

use super::faults::Kind;
use super::passed::{build_passed, check_passed};
use super::plan::{Command, Disk, End, Job};
use super::play::{files, has_result};
use super::view::View;
use super::whole;
use crate::kit::files_below;
use crate::kit::secrets;
use crate::publishing::place::Place;
use codearts_gate::model::outcome::Outcome;
use codearts_gate::report::store::directory::RESULT_FILE;
use codearts_gate::sandbox::Recorded;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

/// Files of the report directory that are not about one task.
const OF_ALL: [&str; 4] = [RESULT_FILE, "run.json", "codearts-gate.env", "codearts-gate.annotations.json"];

/// SIGKILL.
const KILL: i32 = 9;
/// The shortest limit in an end after a signal or a timeout: one that was over sooner had time for everything.
const HURRY: Duration = Duration::from_secs(1);

/// What breaks a promise.
#[derive(Debug, Default)]
pub(crate) struct Wrong {
    /// Counts at once.
    pub(crate) always: Vec<String>,
    /// What an end had no time for any more, as where the processor came late: counts where it is seen again alone.
    pub(crate) in_time: Vec<String>,
}

impl Wrong {
    pub(crate) const fn is_none(&self) -> bool {
        self.always.is_empty() && self.in_time.is_empty()
    }
}

/// Holds a process against the promises.
pub(crate) fn judge(view: &View<'_>) -> Wrong {
    let mut wrong = files_are_whole(view);
    wrong.extend(is_ended_by_signal(view));
    wrong.extend(starts_are_few(view));
    wrong.extend(forge_is_in_order(view));
    if let Some(code) = view.code {
        wrong.extend(end_is_orderly(view, code));
        if has_result(view.step.command) {
            match result(view) {
                Ok(result) => wrong.extend(result_agrees(view, code, &result)),
                Err(why) => wrong.push(why),
            }
        }
        if view.step.command == Command::Start {
            wrong.extend(start_is_handed_on(view, code));
        }
    }
    let mut in_time = Vec::new();
    if let Some((code, end)) = cut_short(view) {
        in_time.extend(own_runs_are_stopped(view));
        if code != 2 {
            in_time.extend(forge_agrees(view, code));
        }
        if end < HURRY {
            wrong.append(&mut in_time);
        }
    }
    let described = |why| format!("{:?}, exit code {:?}: {why}", view.step.command, view.code);
    Wrong {
        always: wrong.into_iter().map(described).collect(),
        in_time: in_time.into_iter().map(described).collect(),
    }
}

/// The exit code of a process that a signal or `--timeout` has ended, and how long it took from then on.
fn cut_short(view: &View<'_>) -> Option<(i32, Duration)> {
    let code = view.code.filter(|code| [2, 129, 130, 143].contains(code))?;
    let from = if code == 2 { view.plan.timeout } else { view.disturbed?.1 };
    Some((code, view.elapsed.saturating_sub(from)))
}

/// Every file is whole or absent, also where the process was killed.
fn files_are_whole(view: &View<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let laid_out = view.plan.disk.files(view.plan.tasks[0]);
    let there = files_below(view.run.directory());
    for path in there.into_iter().filter(|path| path.starts_with(view.run.reports())) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let content = fs::read(&path).unwrap_or_default();
        // What was there before the job may be there as long as no process of it was able to begin.
        let is_old = laid_out.iter().any(|(known, text)| *known == name && text.as_bytes() == content);
        if name.ends_with(".part") {
            if view.code.is_some() {
                wrong.push(format!("{name} is left"));
            }
        } else if is_old {
            if view.code.is_some() && matches!(view.step.command, Command::Check | Command::CheckRun) {
                wrong.push(format!("{name} is left from before"));
            }
        } else if let Err(why) = whole::check(&name, &content) {
            wrong.push(format!("{name} is not whole: {why}"));
        }
    }
    wrong
}

/// A signal ends a process only where it cannot be caught, or before there is anything to end in order; and none is killed because it
/// has gone beyond its limit.
fn is_ended_by_signal(view: &View<'_>) -> Option<String> {
    let signal = view.status.signal()?;
    let is_expected = match view.step.end {
        End::Kill(_) => signal == KILL && view.elapsed <= view.plan.limit(),
        End::Signal(..) => signal != KILL && view.ended.stderr.is_empty() && view.since().is_empty(),
        End::ByItself => false,
    };
    (!is_expected).then(|| format!("signal {signal} has ended it"))
}

/// A known exit code, in time.
fn end_is_orderly(view: &View<'_>, code: i32) -> Vec<String> {
    let mut wrong = Vec::new();
    if !Outcome::ALL.iter().any(|outcome| i32::from(outcome.exit_code()) == code) || code == 70 {
        wrong.push("no exit code of the table, or an internal error".to_owned());
    }
    if view.elapsed > view.plan.limit() {
        wrong.push(format!("it took {:?}, and may take {:?}", view.elapsed, view.plan.limit()));
    }
    wrong
}

/// A process starts what its arguments say, and that once.
fn starts_are_few(view: &View<'_>) -> Vec<String> {
    let View { plan, step, world, before, others, .. } = view;
    let all = world.sandbox.all_runs_started() - before.started;
    let own = all - (others.runs.len() - before.foreign);
    let allowed = match (step.command, plan.job) {
        (Command::Start, _) | (Command::Check, Job::CheckStart) => plan.tasks.len(),
        // Code that could not be fetched is fetched in another way, once.
        (Command::Check, Job::PullRequest) => 2,
        _ => 0,
    };
    // Without a list of runs, a run of a lost start that is over at once looks like an earlier one.
    let unseen = |task: &&str| -> usize {
        let runs = world.sandbox.runs(task);
        let own = runs.get(before.runs.get(*task).map_or(0, Vec::len)..).unwrap_or_default();
        own.split_last().map_or(0, |(_, others)| others.iter().filter(|(_, status)| *status != 0).count())
    };
    let allowed =
        allowed + if allowed > 0 && !plan.has_list_of_runs { plan.tasks.iter().map(unseen).sum() } else { 0 };
    let carried_out = |call: &&Recorded| match call.fault {
        None => call.status == Some(200),
        Some(number) => plan.service_faults[number].kind.is_carried_out(),
    };
    let recorded = view.since();
    let builds = recorded.iter().filter(|call| call.call == "build-run").filter(carried_out).count();
    let mut wrong = Vec::new();
    if own > allowed {
        wrong.push(format!("{own} runs were started"));
    }
    if builds > usize::from(plan.job == Job::BuildStart) {
        wrong.push(format!("{builds} builds were started"));
    }
    if world.sandbox.created_tasks().len() > plan.steps.len() {
        wrong.push("more tasks were created than there were processes".to_owned());
    }
    wrong
}

/// One comment, whole artifacts, no secrets.
fn forge_is_in_order(view: &View<'_>) -> Vec<String> {
    let View { plan, forge, .. } = view;
    let mut wrong = Vec::new();
    if let Some(place) = plan.place {
        // Some forges keep those in the diff in the same list.
        let (_, own) = place.comments(forge);
        let number = own.iter().filter(|body| body.contains("<!-- codearts-gate:")).count();
        if number > 1 {
            wrong.push(format!("there are {number} comments"));
        }
    }
    if let Some(secret) = secrets::find(&forge.everything()) {
        wrong.push(format!("the forge got `{secret}`"));
    }
    for artifact in forge.state().artifacts.iter().filter(|artifact| artifact.is_final) {
        let is_pdf = artifact.mime_type.as_deref() == Some("application/pdf");
        if is_pdf && let Err(why) = whole::pdf(&artifact.bytes) {
            wrong.push(format!("artifact {} is not whole: {why}", artifact.name));
        }
    }
    wrong
}

fn result(view: &View<'_>) -> Result<Value, String> {
    let text =
        fs::read(view.run.reports().join(RESULT_FILE)).map_err(|error| format!("no result.json: {error}"))?;
    serde_json::from_slice(&text).map_err(|error| format!("result.json: {error}"))
}

/// `result.json`, standard output, the outputs and the files name what the process ended with.
fn result_agrees(view: &View<'_>, code: i32, result: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let names: Vec<&Outcome> =
        Outcome::ALL.iter().filter(|outcome| i32::from(outcome.exit_code()) == code).collect();
    let named = names.iter().find(|outcome| result["outcome"] == outcome.name());
    if result["exit_code"] != code || named.is_none() {
        wrong.push(format!("result.json has {} and {}", result["outcome"], result["exit_code"]));
    }
    if named.is_some_and(|outcome| result["verdict"] != outcome.verdict().name()) {
        wrong.push(format!("result.json has the verdict {}", result["verdict"]));
    }
    if view.plan.is_json {
        let printed: Value = serde_json::from_str(&view.ended.stdout).unwrap_or_default();
        if printed["exit_code"] != code {
            wrong.push(format!("standard output has {}", printed["exit_code"]));
        }
    }
    wrong.extend(outputs_agree(view, code));
    wrong.extend(files_are_listed(view, result));
    if cut_short(view).is_none_or(|(code, _)| code == 2) {
        wrong.extend(forge_agrees(view, code));
    }
    if code == 0 {
        match view.plan.job.is_build() {
            true => wrong.extend(build_passed(view, result)),
            false => wrong.extend(check_passed(view, result)),
        }
    }
    wrong
}

/// What later steps learn.
fn outputs_agree(view: &View<'_>, code: i32) -> Option<String> {
    let (path, name) = match view.plan.place? {
        Place::GitHub | Place::GitCode | Place::Gitea | Place::Forgejo => {
            (view.run.directory().join("output"), "exit-code=")
        }
        Place::GitLab => (view.run.reports().join("codearts-gate.env"), "CODEARTS_GATE_EXIT_CODE="),
        Place::Gitee | Place::CodeArtsRepo => return None,
    };
    let text = fs::read_to_string(path).ok()?;
    let last = text.lines().filter_map(|line| line.strip_prefix(name)).next_back()?.trim_matches('"');
    (last != code.to_string()).then(|| format!("later steps get the exit code {last}"))
}

/// The files that the result lists are there as it says, and no others about its tasks.
fn files_are_listed(view: &View<'_>, result: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut listed: BTreeSet<String> = OF_ALL.iter().map(|name| (*name).to_owned()).collect();
    for task in result["tasks"].as_array().into_iter().flatten() {
        let files = task["files"].as_array().into_iter().flatten();
        for file in files.chain([&task["report"]]).filter(|file| file.is_object()) {
            let path = view.run.directory().join(file["path"].as_str().unwrap_or_default());
            let Ok(bytes) = fs::read(&path) else {
                wrong.push(format!("result.json lists {}, which is missing", file["path"]));
                continue;
            };
            listed.extend(path.file_name().map(|name| name.to_string_lossy().into_owned()));
            let digest = hex::encode(Sha256::digest(&bytes));
            if file["sha256"].as_str().is_some_and(|known| known != digest) {
                wrong.push(format!("result.json lists {} with another digest", file["path"]));
            }
        }
    }
    if view.step.command != Command::Build {
        let in_the_way = (view.plan.disk == Disk::InTheWay).then(|| format!("{}.pdf", view.plan.tasks[0]));
        listed.extend(in_the_way);
        let mut unknown = files(view.run);
        unknown.retain(|name| !listed.contains(name) && !name.ends_with(".part"));
        if !unknown.is_empty() {
            wrong.push(format!("{unknown:?} are there, and result.json does not list them"));
        }
    }
    wrong
}

/// Where nothing went wrong at the forge, comment and check run show how the process ended.
fn forge_agrees(view: &View<'_>, code: i32) -> Vec<String> {
    let Some(place) = view.plan.place else { return Vec::new() };
    let (met, requests) = {
        let state = view.forge.state();
        (state.met[view.before.faults_of_forge..].to_vec(), state.requests[view.before.at_forge..].to_vec())
    };
    if met.iter().any(|number| view.plan.forge_faults[*number].kind != Kind::Slow) {
        return Vec::new();
    }
    let has_sent = |starts: &[&str]| {
        requests
            .iter()
            .any(|(line, _)| starts.iter().any(|start| !start.is_empty() && line.starts_with(start)))
    };
    let mut wrong = Vec::new();
    if has_sent(&[place.create(), place.edit()]) {
        wrong.extend(comment_agrees(view, place, code));
    }
    if has_sent(&[place.check_run()])
        && let Some(shown) = place.check_runs(view.forge).pop()
        && (shown == "success") != (code == 0)
    {
        wrong.push(format!("the check run shows {shown}"));
    }
    wrong
}

fn comment_agrees(view: &View<'_>, place: Place, code: i32) -> Option<String> {
    let (_, own) = place.comments(view.forge);
    let body = own.iter().find(|body| body.contains("<!-- codearts-gate:"))?;
    let is_shown = ["exit code ", "退出码 "].iter().any(|word| {
        let behind = body.rsplit_once(word).map_or("", |(_, behind)| behind);
        behind.split(|letter: char| !letter.is_ascii_digit()).next() == Some(&code.to_string())
    });
    (!is_shown).then(|| format!("the comment shows another exit code: {body}"))
}

/// A start that succeeded hands on runs that exist; one that failed hands on nothing.
fn start_is_handed_on(view: &View<'_>, code: i32) -> Option<String> {
    let path = view.run.reports().join("run.json");
    let Ok(text) = fs::read(path) else {
        return (code == 0).then(|| "a start without its file".to_owned());
    };
    if code != 0 {
        return Some("a start that failed has written a file".to_owned());
    }
    let file: Value = serde_json::from_slice(&text).unwrap_or_default();
    let is_misled = view.plan.service_faults.iter().any(|fault| fault.kind == Kind::WrongRun);
    let tasks = file["tasks"].as_array().cloned().unwrap_or_default();
    let is_there = |task: &Value| {
        let runs = view.world.sandbox.runs(task["task_id"].as_str().unwrap_or_default());
        task["run_id"].as_str().is_none_or(|id| runs.iter().any(|(known, _)| known == id))
    };
    let is_right = tasks.len() == view.plan.tasks.len() && (is_misled || tasks.iter().all(is_there));
    (!is_right).then(|| format!("run.json names runs that do not exist: {file}"))
}

/// Where the service made no mistake, what a process has started does not go on after its end.
fn own_runs_are_stopped(view: &View<'_>) -> Option<String> {
    let View { plan, step, world, before, others, .. } = view;
    let starts = step.command == Command::Check && matches!(plan.job, Job::CheckStart | Job::PullRequest);
    let is_clear = plan.has_list_of_runs && plan.knows_run_ids && others.runs.is_empty();
    if !starts || !is_clear || view.since().iter().any(|call| call.fault.is_some()) {
        return None;
    }
    let tasks = plan.tasks.iter().map(|id| (*id).to_owned()).chain(world.sandbox.created_tasks());
    let going_on: Vec<String> = tasks
        .flat_map(|task| {
            let earlier = before.runs.get(&task).map_or(0, Vec::len);
            world.sandbox.runs(&task).into_iter().skip(earlier)
        })
        .filter_map(|(id, status)| (status == 0).then_some(id))
        .collect();
    (!going_on.is_empty()).then(|| format!("{going_on:?} were started and go on"))
}
