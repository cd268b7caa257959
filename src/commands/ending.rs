//! From the verdicts to the end of `check`: the document, publishing, and what the whole ends as.

use super::finish::{Overall, say, task_result};
use super::task::Context;
use crate::outcome::Outcome;
use crate::publish::github::PULL_REQUEST_TARGETS;
use crate::publish::{Publication, Target};
use crate::report::markdown::Subject;
use crate::report::result::{ReportResult, ResultDocument, TaskResult};
use std::time::Duration;
use tokio::time::Instant;

/// Time for correcting a comment when cancelled; the whole has 5 s.
const CORRECTION_LIMIT: Duration = Duration::from_secs(2);

/// What is known at the end.
pub(super) struct Ending<'a> {
    context: &'a Context<'a>,
    /// Of the tasks, and of what came after them.
    outcomes: Vec<Outcome>,
    overall: Overall,
    document: ResultDocument,
    publication: Publication,
    /// Then nothing that comes later changes what the whole ends as.
    is_cancelled: bool,
}

impl<'a> Ending<'a> {
    /// The verdicts on all tasks; a task without one shares `fate`.
    pub(super) fn new(context: &'a Context<'a>, fate: Outcome) -> Self {
        let settings = context.settings;
        let (outcomes, results): (Vec<Outcome>, Vec<_>) = settings
            .tasks
            .iter()
            .zip(context.states)
            .map(|(task, state)| task_result(task, &state.borrow(), fate, &settings.allow))
            .unzip();
        let overall = Overall::new(&outcomes, &settings.allow);
        let document = ResultDocument::new(overall.outcome, overall.exit_code, results);
        Self {
            context,
            outcomes,
            overall,
            document,
            publication: Publication::default(),
            is_cancelled: false,
        }
    }

    /// The same for a process that was cancelled by the signal that `fate` stands for.
    pub(super) fn cancelled(context: &'a Context<'a>, fate: Outcome) -> Self {
        let mut ending = Self::new(context, fate);
        ending.cancel(fate);
        ending
    }

    /// Makes the whole end as cancelled.
    pub(super) fn cancel(&mut self, signal: Outcome) {
        self.is_cancelled = true;
        self.set_overall(Overall { outcome: signal, exit_code: signal.exit_code() });
    }

    fn set_overall(&mut self, overall: Overall) {
        self.overall = overall;
        self.document.set_overall(overall);
    }

    /// Adds what came after the verdicts. It never hides one: the worst wins.
    fn add(&mut self, outcome: Outcome, reason: String) {
        self.document.reason = Some(reason);
        if self.is_cancelled {
            return;
        }
        self.outcomes.push(outcome);
        self.set_overall(Overall::new(&self.outcomes, &self.context.settings.allow));
    }

    /// Takes the result to the forge, if there is one. When this is broken off, what was reached stays.
    pub(super) async fn publish(&mut self) {
        let Context { settings, directory, console, .. } = self.context;
        let Some(github) = &settings.publish else { return };
        let deadline = self.context.report_deadline();
        let mut reports: Vec<(&str, &mut ReportResult)> = self
            .document
            .tasks
            .iter_mut()
            .filter_map(|TaskResult { task_id, report, .. }| Some((task_id.as_str(), report.as_mut()?)))
            .collect();
        // A store that hangs must not cost the comment too.
        let now = Instant::now();
        let upload_deadline = now + deadline.saturating_duration_since(now) * 2 / 3;
        github
            .upload_artifacts(&mut reports, directory, console, upload_deadline, &mut self.publication)
            .await;
        github.try_files(&mut self.publication);
        self.count_publication();
        let Some(reach) = github.reach_pull_request(deadline).await else { return };
        let mut told = None;
        for target in PULL_REQUEST_TARGETS {
            told.get_or_insert(self.overall);
            let subject = subject(self.overall, &self.document);
            github.write_to_pull_request(target, &reach, subject, deadline, &mut self.publication).await;
            self.count_publication();
        }
        // What came last may have changed what the first has told.
        if told != Some(self.overall) && self.publication.comment_url.is_some() {
            let subject = subject(self.overall, &self.document);
            github
                .write_to_pull_request(Target::Comment, &reach, subject, deadline, &mut self.publication)
                .await;
        }
    }

    /// Makes a comment that is there already say how it ended after all, if that is quickly done.
    pub(super) async fn correct_comment(&mut self) {
        let Some(github) = &self.context.settings.publish else { return };
        if self.publication.comment_url.is_none() {
            return;
        }
        let deadline = Instant::now() + CORRECTION_LIMIT;
        let Some(reach) = github.reach_pull_request(deadline).await else { return };
        let subject = subject(self.overall, &self.document);
        github.write_to_pull_request(Target::Comment, &reach, subject, deadline, &mut self.publication).await;
    }

    /// Trouble with publishing counts once.
    fn count_publication(&mut self) {
        let Some(github) = &self.context.settings.publish else { return };
        if self.document.reason.is_none()
            && let Some(reason) = self.publication.failure(&github.selection)
        {
            self.add(Outcome::ReportFailed, reason);
        }
    }

    /// Writes `result.json`. Where that fails, a pass is none.
    pub(super) fn write_result(&mut self) {
        if let Err(error) = self.context.directory.write_result(&self.document.to_text())
            && self.document.reason.is_none()
        {
            self.add(Outcome::ReportFailed, format!("{error:#}"));
        }
    }

    /// Shows, writes and says the result; returns the exit code.
    pub(super) fn tell(mut self) -> u8 {
        let Context { settings, console, .. } = self.context;
        if let Some(github) = &settings.publish {
            github.show(subject(self.overall, &self.document), console, &mut self.publication);
            self.count_publication();
            github.tell_outputs(subject(self.overall, &self.document), &mut self.publication);
            self.count_publication();
        }
        self.write_result();
        say(&self.document, self.overall);
        if settings.json {
            console.document(&self.document.to_text());
        }
        self.overall.exit_code
    }
}

fn subject(overall: Overall, document: &ResultDocument) -> Subject<'_> {
    Subject { outcome: overall.outcome, exit_code: overall.exit_code, document, findings: &[] }
}
