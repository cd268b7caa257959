//! What `check` and `build` wait for, and the one way in which both are tracked: start or attach, watch, conclude, stop what
//! is given up, collect. Each job returns its report and shares nothing.

use super::board::{Event, Events, Phase};
use crate::codearts::start_once::StartLimits;
use crate::http::error::CallError;
use crate::lifecycle::polling::{poll_error, wait_cost, wait_result};
use crate::lifecycle::report::{JobReport, Verdict};
use crate::messages::WaitCost;
use crate::model::outcome::Outcome;
use crate::model::policy::GivenUp;
use crate::report::result::{StartedBy, WaitResult};
use crate::wait::{End, Pacer, Schedule, Step, Waiter};
use std::cell::RefCell;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Whose run is watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ownership {
    /// Somebody else's, or an ended one.
    #[default]
    Attached,
    /// A start was sent, and whether this run came of it is not known. Never stopped in `auto`.
    Uncertain,
    /// The one that this process started.
    Own,
}

impl Ownership {
    /// Who started the run. `is_watched`: whether there is one.
    pub(crate) fn started_by(self, is_watched: bool) -> Option<StartedBy> {
        match self {
            Self::Own => Some(StartedBy::ThisJob),
            Self::Uncertain => Some(StartedBy::Unknown),
            Self::Attached => is_watched.then_some(StartedBy::Another),
        }
    }
}

/// What came of starting.
#[derive(Debug)]
pub(crate) enum Begun {
    /// There is a run to watch.
    Watching,
    /// There is nothing to watch, and this is why.
    Concluded(Verdict),
    /// The process was cancelled.
    Cancelled,
}

/// What comes of confirming a verdict.
#[derive(Debug)]
pub(crate) enum Confirmed {
    /// This is the verdict.
    Final(Verdict),
    /// Another run is needed, and this came of starting it.
    Again(Begun),
}

/// Something that runs at CodeArts and is waited for.
pub(crate) trait RemoteJob {
    /// The run that is watched, and what is known of it.
    type Run: Default;
    /// How a run ends.
    type End;
    /// What is known at the end.
    type Report;

    /// Attaches to whatever is there.
    fn look(&self, run: &mut Self::Run);

    /// Starts a run, once, and makes `run` the one to watch.
    async fn start(&self, run: &mut Self::Run, limits: &StartLimits<'_>) -> Begun;

    /// By which name people know the run, once it is known.
    fn name(&self, run: &Self::Run) -> Option<String>;

    /// Whose it is.
    fn ownership(&self, run: &Self::Run) -> Ownership;

    /// Whether there is a run to watch.
    fn is_watched(&self, run: &Self::Run) -> bool;

    /// How long the run had been going on before it was watched, where that is known.
    fn age(&self) -> Duration {
        Duration::ZERO
    }

    /// One look at the run.
    async fn poll(&self, run: &mut Self::Run) -> Result<Step<Self::End>, CallError>;

    /// What goes on beside the polls; ends only where the wait is to end, with this verdict. `name`: of the run, once it is
    /// known.
    async fn beside(
        &self,
        pacer: &RefCell<Pacer>,
        ownership: Ownership,
        name: watch::Receiver<Option<String>>,
    ) -> Verdict;

    /// Stops the run, if the settings ask for it and it is the right one. A failure is only worth a warning.
    async fn stop(&self, run: &mut Self::Run, why: GivenUp);

    /// What an end means.
    fn conclude(&self, run: &Self::Run, end: End<Self::End, CallError>, cost: WaitCost) -> Verdict;

    /// What else the verdict on a run depends on; a run that failed may be started once more in another way.
    async fn confirm(&self, _: &mut Self::Run, verdict: Verdict, _: &StartLimits<'_>) -> Confirmed {
        Confirmed::Final(verdict)
    }

    /// Fetches what belongs to the verdict, and makes the report. A cancellation ends it soon, with what is known.
    async fn collect(&self, run: Self::Run, job: JobReport, cancel: &CancellationToken) -> Self::Report;
}

/// What all jobs of a process have in common.
#[derive(Debug)]
pub(crate) struct Tracking<'a> {
    pub(crate) waiter: &'a Waiter,
    pub(crate) schedule: Schedule,
    pub(crate) deadline: Instant,
    /// Whether runs are started.
    pub(crate) starts: bool,
    pub(crate) cancel: &'a CancellationToken,
}

/// Takes one job from its start to its report.
pub(crate) async fn drive<J: RemoteJob>(job: &J, tracking: &Tracking<'_>, events: &Events) -> J::Report {
    let mut run = J::Run::default();
    let mut report = JobReport::default();
    let limits = StartLimits { deadline: tracking.deadline, cancel: tracking.cancel };
    // What comes before and after the wait is large and short: it takes memory only while it lasts.
    let mut begun = Box::pin(begin(job, &mut run, tracking, events)).await;
    let verdict = loop {
        match begun {
            Begun::Watching => {}
            Begun::Concluded(verdict) => break Some(verdict),
            Begun::Cancelled => break None,
        }
        let (verdict, wait) = watch(job, &mut run, tracking, events).await;
        report.wait = wait;
        let Some(verdict) = verdict else { break None };
        match Box::pin(job.confirm(&mut run, verdict, &limits)).await {
            Confirmed::Final(verdict) => break Some(verdict),
            Confirmed::Again(next) => begun = next,
        }
    };
    report.decided_at = verdict.is_some().then(Instant::now);
    if let Some(why) = given_up(verdict.as_ref(), job.ownership(&run)) {
        events.send(Event::Entered(Phase::Stopping));
        let stopping = job.stop(&mut run, why);
        // A cancellation asks again whether there is something to stop: the first answer may never come.
        if tracking.cancel.run_until_cancelled(stopping).await.is_none() {
            job.stop(&mut run, GivenUp::Cancelled).await;
        }
    }
    report.verdict = verdict;
    report.started_by = job.ownership(&run).started_by(job.is_watched(&run));
    events.send(Event::Entered(Phase::Collecting));
    let report = Box::pin(job.collect(run, report, tracking.cancel)).await;
    events.send(Event::Entered(Phase::Done));
    report
}

async fn begin<J: RemoteJob>(job: &J, run: &mut J::Run, tracking: &Tracking<'_>, events: &Events) -> Begun {
    if !tracking.starts {
        job.look(run);
        return Begun::Watching;
    }
    events.send(Event::Entered(Phase::Starting));
    job.start(run, &StartLimits { deadline: tracking.deadline, cancel: tracking.cancel }).await
}

/// Polls to the end of the run; no verdict when cancelled before.
async fn watch<J: RemoteJob>(
    job: &J,
    run: &mut J::Run,
    tracking: &Tracking<'_>,
    events: &Events,
) -> (Option<Verdict>, Option<WaitResult>) {
    events.send(Event::Entered(Phase::Watching));
    let (name, names) = watch::channel(None);
    let announce = |run: &J::Run| {
        let now = job.name(run);
        name.send_if_modified(|before| {
            let is_new = now.is_some() && *before != now;
            if let Some(now) = now.filter(|_| is_new) {
                events.send(Event::Learned(now.clone()));
                *before = Some(now);
            }
            is_new
        });
    };
    announce(run);
    let ownership = job.ownership(run);
    let pacer = RefCell::new(Pacer::new(tracking.schedule).aged(job.age()));
    let polling = tracking.waiter.wait(&pacer, tracking.deadline, tracking.starts, async || {
        let answer = job.poll(run).await;
        announce(run);
        answer.map_err(poll_error)
    });
    let waited = tokio::select! {
        biased;
        waited = polling => waited,
        () = tracking.cancel.cancelled() => return (None, None),
        verdict = job.beside(&pacer, ownership, names) => return (Some(verdict), None),
    };
    let cost = wait_cost(&waited);
    (Some(job.conclude(run, waited.end, cost)), Some(wait_result(&cost)))
}

/// Whether a run is given up, and why. Somebody else's is stopped on a signal or a timeout at the most.
fn given_up(verdict: Option<&Verdict>, ownership: Ownership) -> Option<GivenUp> {
    let Some(verdict) = verdict else { return Some(GivenUp::Cancelled) };
    match verdict.outcome {
        Outcome::Passed | Outcome::CheckFailed | Outcome::BuildFailed | Outcome::Stopped => None,
        Outcome::TimedOut => Some(GivenUp::TimedOut),
        Outcome::Stale => (ownership != Ownership::Attached).then_some(GivenUp::Stale),
        Outcome::GateFailed
        | Outcome::ReportFailed
        | Outcome::Usage
        | Outcome::Unavailable
        | Outcome::Internal
        | Outcome::Denied
        | Outcome::HungUp
        | Outcome::Interrupted
        | Outcome::Terminated => (ownership != Ownership::Attached).then_some(GivenUp::NoResult),
    }
}
