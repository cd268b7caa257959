//! `build`: builds of CodeArts Build jobs, waited for with the same loop, signals and end as checks.

use super::check::labels;
use super::{mask, service};
use crate::codearts::Id;
use crate::console::Console;
use crate::lifecycle::finish::ending::ROUNDS;
use crate::lifecycle::finish::lines::{Overall, not_printed, say};
use crate::lifecycle::track::job::{Build, Context, Progress};
use crate::lifecycle::track::signals::Signals;
use crate::lifecycle::track::task::Ownership;
use crate::messages::OutcomeText;
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::publish::{OUTPUT_FILES, PublishResults};
use crate::report::result::{BuildResult, ResultDocument, StartedBy};
use crate::report::store::directory::{RESULT_FILE, ReportDirectory};
use crate::settings::{BuildSettings, Connection};
use crate::wait::Waiter;
use futures_util::future::join_all;
use std::cell::{Cell, RefCell};
use tokio::time::Instant;

pub(super) async fn run(
    settings: BuildSettings,
    connection: Connection,
    console: &Console,
    mut signals: Signals,
) -> anyhow::Result<u8> {
    let ids: Vec<String> = settings.jobs.iter().map(ToString::to_string).collect();
    mask(&connection, console);
    if let Some(publisher) = &settings.publish {
        publisher.mask(console);
    }
    let directory = ReportDirectory::prepare(&settings.report_dir)?;
    directory.remove([RESULT_FILE].iter().chain(OUTPUT_FILES).map(|name| (*name).to_owned()))?;
    let service = service(connection, Language::English)?;
    let all: Vec<RefCell<Progress>> = labels(&ids)
        .into_iter()
        .map(|label| RefCell::new(Progress { label, ..Progress::default() }))
        .collect();
    let context = Context {
        service: &service,
        waiter: &Waiter::new(service.backoff()),
        settings: &settings,
        all: &all,
        deadline: Instant::now() + settings.timeout.time,
        is_cancelled: Cell::new(false),
    };
    console.begin_crowd(all.len(), "build");
    let builds: Vec<Build<'_>> = settings
        .jobs
        .iter()
        .zip(&all)
        .map(|(job, progress)| {
            let display = console.task(&progress.borrow().label);
            Build { context: &context, job, progress, display }
        })
        .collect();
    console.group("Waiting for CodeArts Build");
    let is_starting = || all.iter().any(|progress| progress.borrow().ownership == Ownership::Starting);
    let work = join_all(builds.iter().map(Build::run));
    let signal = signals.interrupt(work, console, &context.is_cancelled, is_starting).await;
    if signal.is_some() {
        join_all(builds.iter().map(|build| build.give_up("cancelled"))).await;
    }
    drop(builds);
    console.end_crowd();
    console.end_group();
    Ok(end(&context, signal, &directory, console))
}

/// Writes, hands on and says the result; returns the exit code.
fn end(context: &Context<'_>, signal: Option<Outcome>, directory: &ReportDirectory, console: &Console) -> u8 {
    let settings = context.settings;
    let fate = signal.unwrap_or(Outcome::Internal);
    let (mut outcomes, results): (Vec<Outcome>, Vec<BuildResult>) = settings
        .jobs
        .iter()
        .zip(context.all)
        .map(|(job, progress)| result(job, &progress.borrow(), fate, &settings.allow))
        .unzip();
    let overall = |outcomes: &[Outcome]| match signal {
        Some(signal) => Overall { outcome: signal, exit_code: signal.exit_code() },
        None => Overall::new(outcomes, &settings.allow),
    };
    let mut ended = overall(&outcomes);
    let mut document = ResultDocument::new(ended.outcome, ended.exit_code, Vec::new());
    document.builds = results;
    // Trouble makes a pass none, and changes what the next have to say.
    let mut count = |trouble: Option<String>, document: &mut ResultDocument| {
        if trouble.is_some() && document.reason.is_none() {
            document.reason = trouble;
            outcomes.push(Outcome::ReportFailed);
            document.set_overall(overall(&outcomes));
        }
        overall(&outcomes)
    };
    let mut publication = PublishResults::default();
    let mut has_printed = false;
    for _ in 0..ROUNDS {
        let told = ended;
        let written = directory.write_result(&document.to_text());
        ended = count(written.err().map(|error| format!("{error:#}")), &mut document);
        if let Some(publisher) = &settings.publish {
            publisher.tell_values(&outputs(&document), &mut publication);
        }
        // What is printed stays.
        if settings.json && !std::mem::replace(&mut has_printed, true) {
            let printed = console.document(&document.to_text());
            ended = count(printed.err().map(|error| not_printed(&error)), &mut document);
        }
        if ended == told {
            break;
        }
    }
    say(&document, ended);
    ended.exit_code
}

/// Values for later steps.
fn outputs(document: &ResultDocument) -> [(&'static str, String); 5] {
    let numbers = document.builds.iter().filter_map(|build| Some(build.build_no?.to_string()));
    [
        ("outcome", document.outcome.name().to_owned()),
        ("verdict", document.verdict.name().to_owned()),
        ("exit-code", document.exit_code.to_string()),
        ("job-id", document.builds.iter().map(|build| build.job_id.as_str()).collect::<Vec<_>>().join(",")),
        ("build-no", numbers.collect::<Vec<_>>().join(",")),
    ]
}

fn result(job: &Id, progress: &Progress, fate: Outcome, allow: &[Outcome]) -> (Outcome, BuildResult) {
    let (outcome, reason) = progress
        .conclusion
        .clone()
        .unwrap_or_else(|| (fate, format!("{} before there was a result", OutcomeText::Meaning(fate))));
    let result = BuildResult {
        job_id: job.to_string(),
        build_no: progress.build_no,
        started_by: started_by(progress),
        status: progress.state.as_ref().map(|state| state.word().to_owned()),
        outcome,
        allowed: allow.contains(&outcome),
        reason,
        failing_steps: progress.failing_steps.clone(),
        log_tail: progress.log_tail.clone(),
        packages: progress.packages.clone(),
        wait: progress.wait,
    };
    (outcome, result)
}

/// Who started the build, once one is waited for or may have been started.
fn started_by(progress: &Progress) -> Option<StartedBy> {
    match progress.ownership {
        Ownership::Own => Some(StartedBy::ThisJob),
        Ownership::Starting | Ownership::Uncertain => Some(StartedBy::Unknown),
        Ownership::Attached => progress.build_no.map(|_| StartedBy::Another),
    }
}
