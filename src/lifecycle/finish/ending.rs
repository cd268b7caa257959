//! From the verdicts to the end of `check`: the document, publishing, and what the whole ends as.

use crate::lifecycle::finish::lines::{Overall, not_printed, say, task_result};
use crate::lifecycle::track::task::Context;
use crate::messages::OutcomeText;
use crate::model::finding::{Finding, PastRun};
use crate::model::outcome::Outcome;
use crate::publish::{PULL_REQUEST_TARGETS, PublishResults, Target};
use crate::report::lists::baseline;
use crate::report::lists::fingerprint::Fingerprint;
use crate::report::lists::{BLOCKING, Format, Overview, Written};
use crate::report::pages::markdown::{self, Page, Room, Subject, TASK_ID_MARK};
use crate::report::pages::{html, junit};
use crate::report::result::{FileResult, ReportResult, ResultDocument, TaskResult};
use crate::text::count;
use futures_util::future::join3;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// Time for correcting a comment when cancelled; the whole has 5 s.
const CORRECTION_LIMIT: Duration = Duration::from_secs(2);

/// Rounds of telling everybody how it ended: each finds at most one kind of trouble that changes what all have to say.
pub(crate) const ROUNDS: usize = 3;

/// Room in the file of `--report markdown`; what GitHub takes as a summary.
const MARKDOWN_ROOM: Room = Room::Bytes(1024 * 1024);

/// What is known at the end.
pub(crate) struct Ending<'a> {
    context: &'a Context<'a>,
    /// Of the tasks, and of what came after them.
    outcomes: Vec<Outcome>,
    overall: Overall,
    document: ResultDocument,
    /// What was listed, one a task.
    listed: Vec<Listed>,
    /// The worst findings of all tasks.
    findings: Vec<Finding>,
    publication: PublishResults,
    /// What came after the verdicts and stands on every page.
    late: Option<(Outcome, String)>,
    /// How the comment says that it ended.
    commented: Option<Overall>,
    /// Then nothing that comes later changes what the whole ends as.
    is_cancelled: bool,
}

impl<'a> Ending<'a> {
    /// The verdicts on all tasks; a task without one shares `fate`.
    pub(crate) fn new(context: &'a Context<'a>, fate: Outcome) -> Self {
        let settings = context.settings;
        let (outcomes, results): (Vec<Outcome>, Vec<_>) = settings
            .tasks
            .iter()
            .zip(context.states)
            .map(|(task, state)| task_result(task, &state.borrow(), fate, &settings.allow))
            .unzip();
        let overall = Overall::new(&outcomes, &settings.allow);
        let listed: Vec<Listed> = context
            .states
            .iter()
            .map(|state| {
                let mut state = state.borrow_mut();
                Listed { overview: state.overview.take(), past: std::mem::take(&mut state.records) }
            })
            .collect();
        let findings = worst_of(&listed);
        let document = ResultDocument::new(overall.outcome, overall.exit_code, results);
        Self {
            context,
            outcomes,
            overall,
            document,
            listed,
            findings,
            publication: PublishResults::default(),
            late: None,
            commented: None,
            is_cancelled: false,
        }
    }

    /// The same for a process that was cancelled by the signal that `fate` stands for.
    pub(crate) fn cancelled(context: &'a Context<'a>, fate: Outcome) -> Self {
        let mut ending = Self::new(context, fate);
        ending.cancel(fate);
        ending
    }

    /// Makes the whole end as cancelled.
    pub(crate) fn cancel(&mut self, signal: Outcome) {
        self.is_cancelled = true;
        self.late = Some((signal, OutcomeText::Meaning(signal).to_string()));
        self.set_overall(Overall { outcome: signal, exit_code: signal.exit_code() });
    }

    fn set_overall(&mut self, overall: Overall) {
        self.overall = overall;
        self.document.set_overall(overall);
    }

    /// Adds what came after the verdicts. It never hides one: the worst wins.
    fn add(&mut self, outcome: Outcome, reason: String) {
        self.document.reason = Some(reason.clone());
        if self.is_cancelled {
            return;
        }
        self.late = Some((outcome, reason));
        self.outcomes.push(outcome);
        self.set_overall(Overall::new(&self.outcomes, &self.context.settings.allow));
    }

    /// Takes the result to the forge, if there is one. When this is broken off, what was reached stays.
    pub(crate) async fn publish(&mut self) {
        let Context { settings, directory, console, .. } = self.context;
        let Some(publisher) = &settings.publish else { return };
        let deadline = self.context.report_deadline();
        let is_sarif = |file: &&FileResult| file.format == Format::Sarif;
        let of_findings = self.document.tasks.iter().flat_map(|task| &task.files).filter(is_sarif);
        let findings: Vec<PathBuf> = of_findings.map(|file| PathBuf::from(&file.path)).collect();
        let mut reports: Vec<(&str, &mut ReportResult)> = self
            .document
            .tasks
            .iter_mut()
            .filter_map(|TaskResult { task_id, report, .. }| Some((task_id.as_str(), report.as_mut()?)))
            .collect();
        let early_reach = if publisher.uploads_for_comments() {
            publisher.reach_pull_request(deadline, until(deadline, 1, 2)).await
        } else {
            None
        };
        // A store that hangs must not cost the comment too.
        let upload_deadline = until(deadline, 2, 3);
        let [mut of_artifacts, mut of_sarif] = [(); 2].map(|()| PublishResults::default());
        let uploading = publisher.upload_artifacts(
            &mut reports,
            early_reach.as_ref(),
            directory,
            console,
            upload_deadline,
            &mut of_artifacts,
        );
        let uploading_findings = publisher.upload_sarif(&findings, upload_deadline, &mut of_sarif);
        let reaching = async {
            match early_reach {
                Some(_) => None,
                None => publisher.reach_pull_request(deadline, deadline).await,
            }
        };
        // None of them needs another.
        let ((), (), late_reach) = join3(uploading, uploading_findings, reaching).await;
        self.publication.absorb(of_artifacts);
        self.publication.absorb(of_sarif);
        publisher.try_files(&mut self.publication);
        self.count_publication();
        let reach = early_reach.or(late_reach);
        let Some(reach) = reach else { return };
        let mut told = None;
        for target in PULL_REQUEST_TARGETS {
            told.get_or_insert(self.overall);
            let subject = subject(self.overall, &self.document, &self.findings);
            publisher.write_to_pull_request(target, &reach, subject, deadline, &mut self.publication).await;
            if target == Target::Comment {
                self.commented = Some(self.overall);
            }
            self.count_publication();
        }
        // What came last may have changed what the first has told.
        if told != Some(self.overall) {
            self.rewrite_comment(deadline).await;
        }
    }

    /// Makes a comment that is there already say how it ended after all, if that is quickly done.
    pub(crate) async fn correct_comment(&mut self) {
        self.rewrite_comment(Instant::now() + CORRECTION_LIMIT).await;
    }

    async fn rewrite_comment(&mut self, deadline: Instant) {
        let Some(publisher) = &self.context.settings.publish else { return };
        if self.publication.comment_url.is_none() {
            return;
        }
        let Some(reach) = publisher.reach_pull_request(deadline, deadline).await else { return };
        let subject = subject(self.overall, &self.document, &self.findings);
        publisher
            .write_to_pull_request(Target::Comment, &reach, subject, deadline, &mut self.publication)
            .await;
        self.commented = Some(self.overall);
    }

    /// Trouble with publishing counts once.
    fn count_publication(&mut self) {
        let Some(publisher) = &self.context.settings.publish else { return };
        if self.document.reason.is_none()
            && let Some(reason) = self.publication.failure(&publisher.plan().selection)
        {
            self.add(Outcome::ReportFailed, reason);
        }
    }

    /// Writes the files that tell the verdict, then `result.json`. Where that fails, a pass is none.
    pub(crate) fn write_result(&mut self) {
        let missing = self.drop_missing();
        self.count_failure(missing);
        let pages = self.write_pages();
        self.count_failure(pages);
        let result = self.context.directory.write_result(&self.document.to_text());
        self.count_failure(result.map(|_| ()));
    }

    /// A file that could not be written counts, unless something was wrong before.
    fn count_failure(&mut self, written: anyhow::Result<()>) {
        if let Err(error) = written
            && self.document.reason.is_none()
        {
            self.add(Outcome::ReportFailed, format!("{error:#}"));
        }
    }

    /// Files that somebody has removed are not promised.
    fn drop_missing(&mut self) -> anyhow::Result<()> {
        let mut missing = Vec::new();
        let mut is_there = |path: &str| {
            let is_there = Path::new(path).exists();
            if !is_there {
                missing.push(format!("`{path}`"));
            }
            is_there
        };
        for task in &mut self.document.tasks {
            task.report.take_if(|report| !is_there(&report.path));
            task.files.retain(|file| !file.format.is_list() || is_there(&file.path));
        }
        let missing = missing.join(", ");
        anyhow::ensure!(missing.is_empty(), "somebody has removed what was written: {missing}");
        Ok(())
    }

    /// A task as its page shows it: where something came after a pass, or the whole was cancelled, it says so.
    fn as_told(&self, task: &TaskResult) -> TaskResult {
        match &self.late {
            Some((outcome, reason))
                if task.outcome == Outcome::Passed || self.is_cancelled && task.outcome != *outcome =>
            {
                TaskResult {
                    outcome: *outcome,
                    allowed: self.context.settings.allow.contains(outcome),
                    reason: format!("{reason}; {}", task.reason),
                    ..task.clone()
                }
            }
            _ => task.clone(),
        }
    }

    /// Pages and tests, one a task, whatever became of it. Those that cannot be written are not there.
    fn write_pages(&mut self) -> anyhow::Result<()> {
        let Context { settings, directory, .. } = self.context;
        let tool = self.document.tool;
        let task_url = settings.publish.as_ref().and_then(|publisher| publisher.plan().task_url.as_deref());
        let told: Vec<TaskResult> = self.document.tasks.iter().map(|task| self.as_told(task)).collect();
        let mut result = Ok(());
        let tasks = self.document.tasks.iter_mut().zip(&told);
        for ((entry, task), Listed { overview, past }) in tasks.zip(&self.listed) {
            let overview = overview.as_ref();
            for format in settings.findings.formats.iter().copied().filter(|format| !format.is_list()) {
                let url = task_url.map(|url| url.replace(TASK_ID_MARK, &task.task_id));
                let bytes = match format {
                    Format::Junit => junit::render(task, overview)?,
                    Format::Html => {
                        let page = html::Page { task, overview, past, tool, task_url: url.as_deref() };
                        html::render(&page).into_bytes()
                    }
                    _ => markdown_of(task, overview, task_url).into_bytes(),
                };
                let path = directory.file(&task.task_id, format.ending());
                let written = directory.write(&path, &bytes);
                let file = FileResult::new(&Written { format, path });
                entry.files.retain(|known| *known != file);
                match written {
                    Ok(()) => entry.files.push(file),
                    Err(error) => result = Err(error),
                }
            }
        }
        result
    }

    /// Writes the findings for the next run to compare with; not after a failed gate, or they would be let in.
    fn write_baseline(&mut self) {
        let Some(path) = &self.context.settings.gate.write_baseline else { return };
        let is_whole = self.listed.iter().all(|listed| listed.overview.is_some());
        let has_failed = |task: &TaskResult| task.outcome == Outcome::GateFailed;
        let shown = path.display();
        if !is_whole {
            tracing::warn!("the baseline `{shown}` is not written, because not all findings are known");
        } else if self.document.tasks.iter().any(has_failed) {
            tracing::warn!("the baseline `{shown}` is not written, because the gate failed");
        } else {
            let open: BTreeSet<Fingerprint> = self
                .listed
                .iter()
                .filter_map(|listed| listed.overview.as_ref())
                .flat_map(|overview| overview.open.iter().copied())
                .collect();
            match baseline::write(path, &open) {
                Ok(()) => {
                    tracing::info!("baseline: {} in `{shown}`", count(open.len() as u64, "open finding"))
                }
                Err(error) => self
                    .add(Outcome::ReportFailed, format!("could not write the baseline `{shown}`: {error}")),
            }
        }
    }

    /// Shows, writes and says the result; returns the exit code, which is what all of them name.
    pub(crate) async fn tell(mut self) -> u8 {
        if !self.is_cancelled {
            self.write_baseline();
        }
        let mut has_printed = false;
        for _ in 0..ROUNDS {
            let told = self.overall;
            self.tell_all(&mut has_printed);
            if self.overall == told {
                break;
            }
        }
        if self.commented.is_some_and(|commented| commented != self.overall) {
            self.correct_comment().await;
        }
        say(&self.document, self.overall);
        self.overall.exit_code
    }

    /// Tells everybody once; trouble changes what the next have to say.
    fn tell_all(&mut self, has_printed: &mut bool) {
        let Context { settings, console, .. } = self.context;
        self.write_result();
        if let Some(publisher) = &settings.publish {
            publisher.show(
                subject(self.overall, &self.document, &self.findings),
                console,
                &mut self.publication,
            );
            self.count_publication();
            publisher
                .tell_outputs(subject(self.overall, &self.document, &self.findings), &mut self.publication);
            self.count_publication();
        }
        // What is printed stays.
        if settings.json && !std::mem::replace(has_printed, true) {
            let printed = console.document(&self.document.to_text());
            self.count_failure(printed.map_err(|error| anyhow::anyhow!(not_printed(&error))));
        }
    }
}

/// The moment at which this part of the time that is left is over.
fn until(deadline: Instant, numerator: u32, denominator: u32) -> Instant {
    let now = Instant::now();
    now + deadline.saturating_duration_since(now) * numerator / denominator
}

/// What was listed of one task.
struct Listed {
    overview: Option<Overview>,
    past: Vec<PastRun>,
}

/// The findings to show where all tasks are told together.
fn worst_of(listed: &[Listed]) -> Vec<Finding> {
    let all = listed.iter().filter_map(|listed| listed.overview.as_ref());
    let mut worst: Vec<Finding> = all.flat_map(|overview| overview.blocking.iter().cloned()).collect();
    worst.sort_unstable();
    worst.truncate(BLOCKING);
    worst
}

fn subject<'a>(overall: Overall, document: &'a ResultDocument, findings: &'a [Finding]) -> Subject<'a> {
    Subject { outcome: overall.outcome, exit_code: overall.exit_code, document, findings }
}

/// The page that comments show, about one task.
fn markdown_of(task: &TaskResult, overview: Option<&Overview>, task_url: Option<&str>) -> String {
    let outcome = task.outcome;
    let exit_code = if task.allowed { 0 } else { outcome.exit_code() };
    let document = ResultDocument::new(outcome, exit_code, vec![task.clone()]);
    let findings = overview.map(|overview| overview.blocking.as_slice()).unwrap_or_default();
    let subject = Subject { outcome, exit_code, document: &document, findings };
    markdown::render(&Page { task_url, has_charts: true, ..Page::new(subject) }, MARKDOWN_ROOM)
}
