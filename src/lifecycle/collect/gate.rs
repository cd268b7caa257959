//! From "the check finished" to "may the code be merged?": the service's gate and our thresholds become the verdict.

use crate::codearts::Id;
use crate::codearts::errors::{explained, outcome_of};
use crate::codearts::summary::{Answers, Summary};
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::lifecycle::collect::findings::{self, Trouble, Wanted};
use crate::lifecycle::collect::standing::{self, Latest};
use crate::lifecycle::track::task::{Conclusion, Context, TaskState};
use crate::model::gate::{GateMode, Known, ServiceGate, decide};
use crate::model::outcome::Outcome;
use crate::text::count;
use std::cell::RefCell;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Longest time for the summary where nothing depends on it.
const COUNTS_LIMIT: Duration = Duration::from_secs(30);

/// Reads the summary, decides, and lists the findings. `finished`: the sentence that says the check itself went well. The
/// conclusion is in `state` as soon as it is certain, before files are made; trouble with those is returned.
pub(crate) async fn judge(
    context: &Context<'_>,
    task: &Id,
    state: &RefCell<TaskState>,
    finished: &str,
    deadline: Instant,
) -> Result<(), String> {
    let gate = &context.settings.gate;
    let (summary, doubt) = match read_summary(context, task, state, deadline).await {
        Ok(read) => read,
        Err(conclusion) => {
            state.borrow_mut().conclusion = Some(conclusion);
            return Ok(());
        }
    };
    state.borrow_mut().summary = summary.clone();
    let Summary { gate: service, undocumented, counts, new_counts } = summary;
    let known = Known { service, undocumented, doubt, counts, new_counts };
    if gate.baseline.is_none() {
        conclude(context, state, &known, finished);
    }
    tell_notice(context, state, &known);
    let wanted = findings::wanted(context.settings);
    if wanted == Wanted::Nothing {
        return Ok(());
    }
    let listed = findings::list(context, task, state, wanted, deadline).await;
    match &listed {
        Ok(_) if gate.baseline.is_some() => {
            let counting = state.borrow().overview.as_ref().map(|overview| overview.counting);
            // The list is this run's, whoever's the summary was.
            conclude(context, state, &Known { counts: counting, ..known }, finished);
        }
        Ok(Some(open)) => {
            let counts = known.counts.map(|counts| counts.larger(*open));
            conclude(context, state, &Known { counts, ..known }, finished);
        }
        Ok(None) => {}
        Err(trouble) if gate.baseline.is_some() => {
            conclude_without_findings(context, state, &known, finished, trouble);
        }
        Err(_) => {}
    }
    match listed {
        Err(trouble) if wanted == Wanted::All => Err(trouble.message),
        Err(trouble) => {
            tracing::warn!("{}; the findings are not listed", trouble.message);
            Ok(())
        }
        Ok(_) => Ok(()),
    }
}

/// The summary, as far as it counts, and why not all of it does; an empty one where nothing depends on it, or the service
/// knows of none.
async fn read_summary(
    context: &Context<'_>,
    task: &Id,
    state: &RefCell<TaskState>,
    deadline: Instant,
) -> Result<(Summary, Option<String>), Conclusion> {
    let gate = &context.settings.gate;
    let deadline = if gate.decides() { deadline } else { deadline.min(Instant::now() + COUNTS_LIMIT) };
    let run = state.borrow().run_id.clone();
    let reading = async {
        let answers = context.service.summary(task, run.as_deref(), deadline).await?;
        if gate.decides() {
            find_counting(context, task, state, answers, deadline).await
        } else {
            Ok((answers.together(), None))
        }
    };
    let trouble: Result<CallError, String> = match timeout_at(deadline, reading).await {
        Ok(Ok(read)) => return Ok(read),
        Ok(Err(error)) => Ok(error),
        Err(_) => Err("the summary of the check did not come in time".to_owned()),
    };
    let unknown = |why: &str| {
        tracing::warn!("{why}; the findings are not counted");
        Ok((Summary::default(), None))
    };
    match trouble {
        Ok(error) if !gate.decides() => unknown(&error.to_string()),
        Err(why) if !gate.decides() => unknown(&why),
        // Such a service can not say; what that means, the gate decides.
        Ok(error) if is_no_such_call(&error) => unknown(&error.to_string()),
        Ok(error)
            if error.failure == Failure::Denied && !gate.has_thresholds() && gate.mode == GateMode::Auto =>
        {
            unknown(&explained(&error))
        }
        Ok(error) => Err((undecided(&error), not_read(&explained(&error)))),
        Err(why) => Err((Outcome::Unavailable, not_read(&why))),
    }
}

/// What counts of the answers: somebody's next run may have begun before they were given.
async fn find_counting(
    context: &Context<'_>,
    task: &Id,
    state: &RefCell<TaskState>,
    answers: Answers,
    deadline: Instant,
) -> Result<(Summary, Option<String>), CallError> {
    let gate = &context.settings.gate;
    let latest = match standing::latest(context, task, state, deadline).await {
        Ok(latest) => latest,
        // Nothing passes because of what the list could change.
        Err(error) if gate.mode == GateMode::Auto && !gate.has_thresholds() => {
            tracing::debug!("{error}; whose summary it is, is not known");
            Latest::Untold
        }
        Err(error) => return Err(error),
    };
    let is_about_run = answers.of_run.as_ref().is_some_and(Summary::says_anything);
    let needs_proof = match latest {
        Latest::Judged => false,
        Latest::Other(_) => true,
        Latest::Untold => gate.mode == GateMode::Required,
    };
    let knows_runs = is_about_run && needs_proof && context.service.summary_knows_runs(task, deadline).await;
    Ok(standing::counting(answers, &latest, knows_runs, gate.mode))
}

/// Whether the gateway does not know the call at all (`errors-and-retry`).
fn is_no_such_call(error: &CallError) -> bool {
    let code = error.code.as_deref().unwrap_or_default();
    error.is_bare(404)
        || error.failure == Failure::NotFound
            && (error.status == Some(404) || code.ends_with(".0101") || code.ends_with(".0103"))
}

/// What a call that failed for good means for a check that went well: no pass, and no verdict on the code.
pub(crate) fn undecided(error: &CallError) -> Outcome {
    match outcome_of(error) {
        Outcome::Denied => Outcome::Denied,
        _ => Outcome::Unavailable,
    }
}

fn not_read(why: &str) -> String {
    format!("the check finished, but whether its quality gate was passed could not be read: {why}")
}

/// The findings could not be compared: what is certain without them still counts, and nothing passes.
fn conclude_without_findings(
    context: &Context<'_>,
    state: &RefCell<TaskState>,
    known: &Known,
    finished: &str,
    trouble: &Trouble,
) {
    let gate = &context.settings.gate;
    let decision = decide(gate.mode, &gate.thresholds.without_list(), known);
    let why = format!("the findings could not be compared with the baseline: {}", trouble.message);
    state.borrow_mut().conclusion = Some(if decision.failures.is_empty() {
        (trouble.outcome, why)
    } else {
        (Outcome::GateFailed, format!("{}; {why}; {finished}", decision.failures.join(", and ")))
    });
    state.borrow_mut().gate = Some(decision.result);
}

/// Says what should be known about the service's gate although it does not count against the code.
fn tell_notice(context: &Context<'_>, state: &RefCell<TaskState>, known: &Known) {
    let gate = &context.settings.gate;
    if let Some(notice) = decide(gate.mode, &gate.thresholds, known).notice {
        let text = format!("{}: {notice}; `--gate required` would not let it pass", state.borrow().label);
        context.console.tell("notices of the gate", &text);
    }
}

/// Decides, and notes what each gate said.
fn conclude(context: &Context<'_>, state: &RefCell<TaskState>, known: &Known, finished: &str) {
    let gate = &context.settings.gate;
    let mut state = state.borrow_mut();
    if !gate.decides() {
        state.conclusion = Some((Outcome::Passed, finished.to_owned()));
        return;
    }
    let decision = decide(gate.mode, &gate.thresholds, known);
    let known_already = match (&gate.baseline, &state.overview) {
        (Some(_), Some(overview)) => format!(" ({} known from the baseline)", overview.known),
        _ => String::new(),
    };
    state.conclusion = Some(if decision.failures.is_empty() {
        let mut met = Vec::new();
        if gate.mode != GateMode::Off && known.service == ServiceGate::Passed {
            met.push("the CodeArts quality gate was passed".to_owned());
        }
        match decision.result.thresholds.len() as u64 {
            0 => {}
            number => met.push(format!("{} met{known_already}", count(number, "threshold"))),
        }
        let sentence =
            if met.is_empty() { finished.to_owned() } else { format!("{finished}; {}", met.join(", ")) };
        (Outcome::Passed, sentence)
    } else {
        (Outcome::GateFailed, format!("{}{known_already}; {finished}", decision.failures.join(", and ")))
    });
    state.gate = Some(decision.result);
}
