//! The promises, held against what a process has left: its exit code, its files, and what the servers have seen.
//!
//! What the service and the forge have on record decides, not what the gate says.

use super::faults::Kind;
use super::plan::{Command, Disk, End, Job, Plan, Step, WATCHED};
use super::play::{files, has_result};
use super::whole;
use crate::kit::forge::Forge;
use crate::kit::secrets;
use crate::kit::{Ended, Run, World, files_below};
use crate::publishing::place::Place;
use codearts_gate::model::outcome::Outcome;
use codearts_gate::report::store::directory::RESULT_FILE;
use codearts_gate::sandbox::Recorded;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::{Duration, SystemTime};

/// Files of the report directory that are not about one task.
const OF_ALL: [&str; 4] = [RESULT_FILE, "run.json", "codearts-gate.env", "codearts-gate.annotations.json"];

/// SIGKILL.
const KILL: i32 = 9;

/// How everything was before a process began.
pub(crate) struct Before {
    pub(crate) recorded: usize,
    /// Requests that have arrived, by the name of the call.
    pub(crate) received: HashMap<&'static str, u32>,
    pub(crate) at_forge: usize,
    pub(crate) result_modified: Option<SystemTime>,
    faults_of_forge: usize,
    runs: BTreeMap<String, Vec<(String, i64)>>,
    started: usize,
    foreign: usize,
    /// The runs that `run.json` names, by the task that is judged.
    named: BTreeMap<String, Option<String>>,
}

/// A process that has ended, and everything around it.
pub(crate) struct View<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) step: &'a Step,
    pub(crate) world: &'a World,
    pub(crate) forge: &'a Forge,
    pub(crate) run: &'a Run,
    pub(crate) before: &'a Before,
    pub(crate) status: ExitStatus,
    /// `None`: a signal has ended it.
    pub(crate) code: Option<i32>,
    pub(crate) ended: &'a Ended,
    pub(crate) elapsed: Duration,
    /// Runs that somebody else has started.
    pub(crate) foreign: &'a [String],
}

impl Before {
    pub(crate) fn now(plan: &Plan, world: &World, forge: &Forge, run: &Run, foreign: usize) -> Self {
        let of_plan = plan.tasks.iter().map(|id| (*id).to_owned());
        let runs = of_plan.chain(world.sandbox.created_tasks()).map(|id| {
            let runs = world.sandbox.runs(&id);
            (id, runs)
        });
        let (at_forge, faults_of_forge) = {
            let state = forge.state();
            (state.requests.len(), state.met.len())
        };
        let file = fs::read(run.reports().join("run.json")).unwrap_or_default();
        let file: Value = serde_json::from_slice(&file).unwrap_or_default();
        let named = file["tasks"].as_array().into_iter().flatten().filter_map(|task| {
            let judged = task["merge_request"]["task_id"].as_str().or_else(|| task["task_id"].as_str())?;
            Some((judged.to_owned(), task["run_id"].as_str().map(str::to_owned)))
        });
        let about = fs::metadata(run.reports().join(RESULT_FILE)).ok();
        Self {
            recorded: world.sandbox.recorded().len(),
            received: WATCHED.iter().map(|call| (*call, world.sandbox.received(call))).collect(),
            at_forge,
            result_modified: about.and_then(|about| about.modified().ok()),
            faults_of_forge,
            runs: runs.collect(),
            started: world.sandbox.all_runs_started(),
            foreign,
            named: named.collect(),
        }
    }
}

/// What breaks a promise.
pub(crate) fn judge(view: &View<'_>) -> Vec<String> {
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
        if [2, 129, 130, 143].contains(&code) {
            wrong.extend(own_runs_are_stopped(view));
        }
    }
    wrong
        .into_iter()
        .map(|why| format!("{:?}, exit code {:?}: {why}", view.step.command, view.code))
        .collect()
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

/// A signal ends a process only where it cannot be caught, or before there is anything to end in order.
fn is_ended_by_signal(view: &View<'_>) -> Option<String> {
    let signal = view.status.signal()?;
    let is_expected = match view.step.end {
        End::Kill(_) => signal == KILL,
        End::Signal(..) => view.ended.stderr.is_empty() && since(view).is_empty(),
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
    let View { plan, step, world, before, foreign, .. } = view;
    let all = world.sandbox.all_runs_started() - before.started;
    let own = all - (foreign.len() - before.foreign);
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
    let recorded = since(view);
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
    wrong.extend(forge_agrees(view, code));
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

/// Exit code 0 of a check: status 2 of the right run of each task, as the service has it, and no gate that says otherwise.
fn check_passed(view: &View<'_>, result: &Value) -> Vec<String> {
    let tasks = result["tasks"].as_array().cloned().unwrap_or_default();
    let mut wrong = Vec::new();
    if tasks.len() != view.plan.tasks.len() {
        wrong.push(format!("a pass of {} tasks instead of {}", tasks.len(), view.plan.tasks.len()));
    }
    for (task, script) in tasks.iter().zip(&view.plan.scripts) {
        let id = task["task_id"].as_str().unwrap_or_default();
        wrong.extend(run_passed(view, id, task["run_id"].as_str()));
        wrong.extend(gate_passed(view, id, &script.script().is_access));
        wrong.extend(counts_passed(view, script.script().findings));
        let parent = task["pull_request"]["parent_task_id"].as_str();
        if parent.is_none() && view.plan.reports.starts_with("pdf") {
            let path = view.run.reports().join(format!("{id}.pdf"));
            if let Err(why) = whole::pdf(&fs::read(&path).unwrap_or_default()) {
                wrong.push(format!("a pass without a whole PDF: {why}"));
            }
        }
    }
    if view.plan.push_after.is_some_and(|after| has_moved(view, after)) {
        wrong.push("a pass of a head that has moved".to_owned());
    }
    wrong
}

/// Whether a push at this poll came before the end of what is read about the run: what follows is only the look before the
/// merge-request task is deleted, and the head was read before.
fn has_moved(view: &View<'_>, after: u32) -> bool {
    const READS: [&str; 5] = ["summary", "findings", "pdf-start", "pdf-state", "pdf-file"];
    let recorded = view.world.sandbox.recorded();
    let mut polls = recorded.iter().enumerate().filter(|(_, call)| call.call == "progress");
    let push = polls.nth(after.saturating_sub(1) as usize).map(|(position, _)| position);
    push.is_some_and(|push| recorded[push..].iter().any(|call| READS.contains(&call.call)))
}

/// Status 2 was served whole, about a run that has it, and that run is one that this process may judge by.
fn run_passed(view: &View<'_>, task: &str, run: Option<&str>) -> Option<String> {
    let View { plan, step, world, before, .. } = view;
    let runs = world.sandbox.runs(task);
    let earlier = before.runs.get(task).map_or(&[][..], Vec::as_slice);
    let starts = matches!(plan.job, Job::CheckStart | Job::PullRequest);
    // Whoever waits for what the task shows has only the service's word for the name of the run.
    let is_lie = |run: &&str| {
        since(view).iter().any(|call| {
            call.fault.is_some()
                && call.answer.as_ref().is_some_and(|body| String::from_utf8_lossy(body).contains(*run))
        })
    };
    let run = run.filter(|run| starts || step.command == Command::CheckRun || !is_lie(run));
    let first = match step.command {
        // One that had ended before proves nothing.
        Command::Check if starts => earlier.iter().filter(|(_, status)| *status != 0).count(),
        // Who attaches takes what the task shows first; without a list of runs nobody can see that it lags (docs/runs.md).
        Command::Check if !plan.has_list_of_runs => earlier.len().saturating_sub(2),
        _ => earlier.len().saturating_sub(1),
    };
    let may_judge = |id: &str, position: usize| match (step.command, before.named.get(task)) {
        (Command::CheckRun, Some(Some(named))) => named == id,
        _ => position >= first,
    };
    let right: Vec<&str> = runs
        .iter()
        .enumerate()
        .filter(|(position, (id, status))| *status == 2 && may_judge(id, *position))
        .map(|(_, (id, _))| id.as_str())
        .collect();
    let is_right = run.map_or(!right.is_empty(), |run| right.contains(&run));
    if !is_right {
        return Some(format!(
            "a pass by run {run:?} of {task}; its runs: {runs:?}, those before: {earlier:?}"
        ));
    }
    let is_served = since(view).iter().filter(|call| call.task.as_deref() == Some(task)).any(|call| {
        let asked = call.query.iter().find(|(name, _)| name == "job_id").map(|(_, value)| value.as_str());
        let body: Value =
            call.answer.as_ref().and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
        let is_success = body["task_status"] == 2 || body["task_status"] == "2";
        let is_of_run = asked.is_none() || run.is_none() || asked == run;
        match call.call {
            "progress" => is_success && is_of_run,
            // The list of runs names the successful ones.
            "last-jobs" => run.is_some() && body["result"]["last_success_job_id"].as_str() == run,
            _ => false,
        }
    });
    (!is_served).then(|| format!("a pass of {task} that was never served"))
}

/// The quality gate as the service has shown it to this process.
fn gate_passed(view: &View<'_>, task: &str, is_access: &Value) -> Option<String> {
    let says_yes = *is_access == 1 || *is_access == "1";
    match view.plan.option("--gate") {
        Some("off") => return None,
        Some("required") if !says_yes => {
            return Some(format!("a pass without the required gate: {is_access}"));
        }
        _ => {}
    }
    let says_no = *is_access == 0 || *is_access == "0";
    let recorded = since(view);
    let is_shown = recorded.iter().any(|call| {
        let is_summary = call.call == "summary" && call.task.as_deref() == Some(task);
        is_summary
            && call.answer.is_some()
            && call.fault.is_none_or(|number| view.plan.service_faults[number].kind == Kind::Slow)
    });
    (says_no && is_shown).then(|| format!("a pass against the gate: {is_access}"))
}

/// The thresholds, by the findings that there are.
fn counts_passed(view: &View<'_>, findings: codearts_gate::sandbox::scenario::Findings) -> Option<String> {
    let counts_all = view.plan.job != Job::PullRequest || view.plan.option("--scope") == Some("all");
    let limits = [
        ("--max-critical", findings.critical),
        ("--max-major", findings.major),
        ("--max-issues", findings.total()),
    ];
    let broken = limits.iter().find(|(option, number)| {
        view.plan
            .option(option)
            .and_then(|limit| limit.parse().ok())
            .is_some_and(|limit: u32| *number > limit)
    });
    broken
        .filter(|_| counts_all)
        .map(|(option, number)| format!("a pass with {number} findings against {option}"))
}

/// Exit code 0 of a build: the one that was started, or the latest.
fn build_passed(view: &View<'_>, result: &Value) -> Option<String> {
    let build = &result["builds"][0];
    let number = build["build_no"].as_u64().unwrap_or_default();
    let script = view.plan.build.script();
    let is_old = number <= u64::from(script.before) - u64::from(script.is_building && script.before > 0);
    let is_success = is_old || script.result == "SUCCESS";
    let may_be_old = view.plan.job == Job::Build;
    let is_right = number > 0 && is_success && (may_be_old || !is_old);
    (!is_right).then(|| format!("a pass by build {number}, which ended {}", script.result))
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
    let View { plan, step, world, before, foreign, .. } = view;
    let starts = step.command == Command::Check && matches!(plan.job, Job::CheckStart | Job::PullRequest);
    let is_clear = plan.has_list_of_runs && plan.knows_run_ids && foreign.is_empty();
    if !starts || !is_clear || since(view).iter().any(|call| call.fault.is_some()) {
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

/// The requests of this process.
fn since(view: &View<'_>) -> Vec<Recorded> {
    view.world.sandbox.recorded().split_off(view.before.recorded)
}
