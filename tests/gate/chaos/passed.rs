//! Exit code 0, held against what the service has on record.

use super::faults::Kind;
use super::plan::{Command, Job};
use super::view::View;
use super::whole;
use codearts_gate::sandbox::scenario::Findings;
use serde_json::Value;
use std::fs;

/// Exit code 0 of a check: status 2 of the right run of each task, as the service has it, and no gate that says otherwise.
pub(super) fn check_passed(view: &View<'_>, result: &Value) -> Vec<String> {
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
    if view.others.pushed_after.is_some_and(|after| has_moved(view, after)) {
        wrong.push("a pass of a head that has moved".to_owned());
    }
    wrong
}

/// Status 2 was served whole, about a run that has it, and that run is one that this process may judge by.
fn run_passed(view: &View<'_>, task: &str, run: Option<&str>) -> Option<String> {
    let View { plan, step, world, before, .. } = view;
    let runs = world.sandbox.runs(task);
    let earlier = before.runs.get(task).map_or(&[][..], Vec::as_slice);
    let starts = matches!(plan.job, Job::CheckStart | Job::PullRequest);
    // Whoever waits for what the task shows has only the service's word for the name of the run.
    let is_lie = |run: &&str| {
        view.since().iter().any(|call| {
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
    let is_served = view.since().iter().filter(|call| call.task.as_deref() == Some(task)).any(|call| {
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

/// Whether a push came before the end of what is read about the run: what follows is only the look before the merge-request task is
/// deleted, and the head was read before.
fn has_moved(view: &View<'_>, pushed_after: usize) -> bool {
    const READS: [&str; 5] = ["summary", "findings", "pdf-start", "pdf-state", "pdf-file"];
    view.world.sandbox.recorded()[pushed_after..].iter().any(|call| READS.contains(&call.call))
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
    let recorded = view.since();
    let is_shown = recorded.iter().any(|call| {
        let is_summary = call.call == "summary" && call.task.as_deref() == Some(task);
        is_summary
            && call.answer.is_some()
            && call.fault.is_none_or(|number| view.plan.service_faults[number].kind == Kind::Slow)
    });
    (says_no && is_shown).then(|| format!("a pass against the gate: {is_access}"))
}

/// The thresholds, by the findings that there are.
fn counts_passed(view: &View<'_>, findings: Findings) -> Option<String> {
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
pub(super) fn build_passed(view: &View<'_>, result: &Value) -> Option<String> {
    let build = &result["builds"][0];
    let number = build["build_no"].as_u64().unwrap_or_default();
    let script = view.plan.build.script();
    let is_old = number <= u64::from(script.before) - u64::from(script.is_building && script.before > 0);
    let is_success = is_old || script.result == "SUCCESS";
    let may_be_old = view.plan.job == Job::Build;
    let is_right = number > 0 && is_success && (may_be_old || !is_old);
    (!is_right).then(|| format!("a pass by build {number}, which ended {}", script.result))
}
