//! The way of a result to the forge. What stands there in the end shows how it ended after all.

use super::{Delivery, Destination, subject};
use crate::lifecycle::finish::files;
use crate::lifecycle::finish::overall::Overall;
use crate::lifecycle::finish::task_findings::{on_lines, overviews};
use crate::messages::InlineMessage;
use crate::model::language::Language;
use crate::publish::{
    Arrival, CommentMode, InDiff, PublishError, PublishResults, Publisher, PullRequestContext, Target,
};
use crate::report::formats::sarif;
use crate::report::lists::on_lines::LineFindings;
use crate::report::result::{ReportResult, TaskResult};
use futures_util::future::{join, join3};
use std::cell::Cell;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Time for correcting what the pull request shows; a cancelled process has 5 s in all.
const CORRECTION_LIMIT: Duration = Duration::from_secs(2);

/// What the pull request shows, or may show: a request can arrive without its answer.
#[derive(Debug, Default)]
pub(super) struct Published {
    comment: Option<Overall>,
    /// Whether anything was sent that changes or makes the comment.
    is_comment_sent: Cell<bool>,
    check_run: Option<Overall>,
    /// When correcting ends.
    corrected_by: Option<Instant>,
}

/// What is shown in the diff, or why that is not known.
struct Diff {
    /// The commit that was checked.
    head: String,
    findings: Result<LineFindings, PublishError>,
    language: Language,
}

impl Diff {
    fn shown(&self) -> Result<InDiff<'_>, PublishError> {
        let Self { head, findings, language } = self;
        let findings = findings.as_ref().map_err(Clone::clone)?;
        Ok(InDiff { head, findings, language: *language })
    }
}

impl Delivery<'_> {
    /// A failure to publish counts once.
    pub(super) fn count_publication(&mut self) {
        if let Some(publisher) = self.publisher
            && let Some(reason) = self.publication.failure(&publisher.config().selection)
        {
            self.ending.count_failure(Err(reason));
        }
    }

    /// Takes the result to the forge, if there is one. Once `stop` is cancelled, only what is on its way to the pull request is
    /// waited for: its answer shows what is there. What was reached stays.
    pub(in crate::lifecycle::finish) async fn publish(
        &mut self,
        deadline: Instant,
        stop: &CancellationToken,
    ) {
        let Some(publisher) = self.publisher else { return };
        // A store or a diff that hangs must not cost the comment too.
        let limit = until(deadline, 2, 3);
        let in_diff = self.in_diff(publisher);
        let reach = OnceCell::new();
        let reached = async || {
            let end = if publisher.uploads_for_comments() { until(deadline, 1, 2) } else { deadline };
            reach.get_or_init(|| publisher.reach_pull_request(deadline, end)).await.as_ref()
        };
        let mut of_review = PublishResults::default();
        let reviewing = stop.run_until_cancelled(async {
            if let Some(in_diff) = &in_diff
                && let Some(reach) = reached().await
            {
                publisher.comment_on_lines(reach, in_diff.shown(), limit, &mut of_review).await;
            }
        });
        let commenting = async {
            let uploading = self.upload(publisher, &reached, deadline, limit);
            stop.run_until_cancelled(uploading).await?;
            let reach = stop.run_until_cancelled(reached()).await??;
            self.comment(publisher, reach, deadline, stop).await;
            Some(reach)
        };
        let (_, reach) = join(reviewing, commenting).await;
        self.publication.absorb(of_review);
        self.count_publication();
        if let Some(reach) = reach
            && !stop.is_cancelled()
        {
            self.check_run(publisher, reach, deadline).await;
            // What came last may have changed what the first has shown.
            self.correct_until(deadline).await;
        }
    }

    /// Makes what the pull request shows agree with how it ended after all, if that is quickly done. What is left is done the next
    /// time, if there is time.
    pub(in crate::lifecycle::finish) async fn correct(&mut self) {
        let deadline = Instant::now() + CORRECTION_LIMIT;
        let deadline = *self.published.corrected_by.get_or_insert(deadline);
        self.correct_until(deadline).await;
    }

    async fn correct_until(&mut self, deadline: Instant) {
        let Some(publisher) = self.publisher else { return };
        let overall = self.ending.overall();
        let is_wrong = |shown: Option<Overall>| shown.is_some_and(|shown| shown != overall);
        let is_comment_wrong = self.published.is_comment_sent.get() && is_wrong(self.published.comment);
        let is_check_run_wrong = is_wrong(self.published.check_run);
        if !is_comment_wrong && !is_check_run_wrong || Instant::now() >= deadline {
            return;
        }
        let Some(reach) = publisher.reach_pull_request(deadline, deadline).await else { return };
        let shown = || subject(self.destination, &self.ending, &self.findings);
        let how = (CommentMode::Correct, &self.published.is_comment_sent);
        let mut of_check_run = PublishResults::default();
        // Neither waits for the other: together they have little time.
        let (comment, check_run) = join(
            async {
                if is_comment_wrong {
                    publisher.comment(&reach, shown(), how, deadline, &mut self.publication).await
                } else {
                    Arrival::No
                }
            },
            async {
                if is_check_run_wrong {
                    publisher.check_run(&reach, shown(), deadline, &mut of_check_run).await
                } else {
                    Arrival::No
                }
            },
        )
        .await;
        self.publication.absorb(of_check_run);
        // Else it shows, or may show, what it did.
        if comment == Arrival::Yes {
            self.published.comment = Some(overall);
        }
        if check_run == Arrival::Yes {
            self.published.check_run = Some(overall);
        }
        self.count_publication();
    }

    /// Writes the comment. Once `stop` is cancelled, only what was sent is waited for.
    async fn comment(
        &mut self,
        publisher: &Publisher,
        reach: &PullRequestContext<'_>,
        deadline: Instant,
        stop: &CancellationToken,
    ) {
        let shown = subject(self.destination, &self.ending, &self.findings);
        // Known before the answer, which may not come.
        self.published.comment = Some(self.ending.overall());
        let is_sent = &self.published.is_comment_sent;
        let how = (CommentMode::Write, is_sent);
        let arrival = {
            let writing = publisher.comment(reach, shown, how, deadline, &mut self.publication);
            let mut writing = pin!(writing);
            tokio::select! {
                biased;
                arrival = &mut writing => arrival,
                () = stop.cancelled() => if is_sent.get() { writing.await } else { return },
            }
        };
        if arrival == Arrival::No {
            self.published.comment = None;
        }
        self.count_publication();
    }

    async fn check_run(&mut self, publisher: &Publisher, reach: &PullRequestContext<'_>, deadline: Instant) {
        let shown = subject(self.destination, &self.ending, &self.findings);
        self.published.check_run = Some(self.ending.overall());
        if publisher.check_run(reach, shown, deadline, &mut self.publication).await == Arrival::No {
            self.published.check_run = None;
        }
        self.count_publication();
    }

    /// Uploads what the result links to. Meanwhile the comments that are there are looked at.
    async fn upload<'p>(
        &mut self,
        publisher: &'p Publisher,
        reached: &impl AsyncFn() -> Option<&'p PullRequestContext<'p>>,
        deadline: Instant,
        limit: Instant,
    ) {
        let Destination { directory, console, .. } = self.destination;
        let of_findings = self.ending.document.tasks.iter().flat_map(|task| &task.files);
        let of_findings = of_findings.filter(|file| file.format == &sarif::FORMAT);
        let findings: Vec<PathBuf> = of_findings.map(|file| PathBuf::from(&file.path)).collect();
        let mut stand_ins: Vec<(String, ReportResult)> =
            self.ending.document.tasks.iter().filter_map(files::stand_in).collect();
        let of_tasks = self.ending.document.tasks.iter_mut();
        let mut reports: Vec<(&str, &mut ReportResult)> = of_tasks
            .filter_map(|TaskResult { task_id, report, .. }| Some((task_id.as_str(), report.as_mut()?)))
            .collect();
        reports.extend(stand_ins.iter_mut().map(|(task_id, page)| (task_id.as_str(), page)));
        let early_reach = if publisher.uploads_for_comments() { reached().await } else { None };
        let [mut of_artifacts, mut of_sarif] = [(); 2].map(|()| PublishResults::default());
        let uploading = publisher.upload_artifacts(
            &mut reports,
            early_reach,
            directory,
            console,
            limit,
            &mut of_artifacts,
        );
        let uploading_findings = publisher.upload_sarif(&findings, limit, &mut of_sarif);
        let looking = async {
            if let Some(reach) = reached().await {
                publisher.look_ahead(reach, deadline).await;
            }
        };
        // None of them needs another.
        join3(uploading, uploading_findings, looking).await;
        drop(reports);
        files::note_stand_ins(&mut self.ending.document, &stand_ins);
        self.publication.absorb(of_artifacts);
        self.publication.absorb(of_sarif);
        publisher.try_files(&mut self.publication);
        self.count_publication();
    }

    /// What is shown in the diff, if that is wanted and known. Else the comments that are there stay as they are.
    fn in_diff(&self, publisher: &Publisher) -> Option<Diff> {
        if !publisher.config().wants(Target::Review) {
            return None;
        }
        let document = &self.ending.document;
        if document.is_outdated() {
            tracing::info!("{}", InlineMessage::LeftOutdated);
            return None;
        }
        let (Some(head), Some(overviews)) = (document.checked_head(), overviews(&self.task_findings)) else {
            tracing::info!("{}", InlineMessage::LeftIncomplete);
            return None;
        };
        let findings = on_lines(&overviews).ok_or_else(PublishError::lines_unknown);
        Some(Diff { head: head.to_owned(), findings, language: self.destination.language })
    }
}

/// The moment at which this part of the time that is left is over.
fn until(deadline: Instant, numerator: u32, denominator: u32) -> Instant {
    let now = Instant::now();
    now + deadline.saturating_duration_since(now) * numerator / denominator
}
