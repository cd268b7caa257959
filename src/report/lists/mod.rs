//! The files that carry findings. All of them are written in one pass over the findings; each is streamed to a temporary
//! name and gets its own when the last finding is in it.

pub mod baseline;
pub mod fingerprint;
pub(crate) mod list;
pub mod on_lines;
mod overview;
mod scope;
pub mod spool;

pub use overview::{BLOCKING, LOGGED, Overview, RuleCount};

use crate::error::Problem;
use crate::messages::{ListMessage, StoreMessage};
use crate::model::changed_lines::ChangedLines;
use crate::model::finding::{Finding, Severity, Status};
use crate::model::language::Language;
use crate::report::format::{Format, Written};
use crate::report::lists::baseline::Baseline;
use crate::report::lists::fingerprint::Fingerprints;
use crate::report::lists::list::{List, ListSubject, Marked, Writer};
use crate::report::lists::on_lines::OnLines;
use crate::report::lists::spool::{BATCH, BATCHES, size};
use crate::report::store::directory::ReportDirectory;
use overview::Rules;
use scope::ScopeFilter;
use std::io::{self, BufWriter};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Scope, ScopedJoinHandle};
use tempfile::NamedTempFile;

/// Memory for writing one file.
const WRITE_BUFFER: usize = 64 * 1024;
type Batch = Arc<Vec<Marked>>;

/// What to do with findings.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The task.
    pub task_id: String,
    /// Files to write.
    pub lists: Vec<List>,
    /// Where to.
    pub directory: ReportDirectory,
    /// The checkout, for fingerprints of lines.
    pub sources: PathBuf,
    /// Language of the sentences in the files.
    pub language: Language,
    /// Findings of these severities are listed; empty: of all.
    pub severities: Vec<Severity>,
    /// Findings in these states are listed.
    pub statuses: Vec<Status>,
    /// What is known already.
    pub baseline: Option<Arc<Baseline>>,
    /// Whether to note the open findings, for the next baseline.
    pub notes_open: bool,
    /// Only findings on these lines count and are listed; `None`: all.
    pub changed: Option<Arc<ChangedLines>>,
    /// The findings on these lines are kept for comments in the diff, whether or not only they count.
    pub commented: Option<Arc<ChangedLines>>,
    /// The worst so many findings are kept.
    pub top: usize,
}

impl Plan {
    fn lists(&self, finding: &Finding) -> bool {
        self.statuses.contains(&finding.status) && self.shows(finding.severity)
    }

    fn shows(&self, severity: Severity) -> bool {
        self.severities.is_empty() || self.severities.contains(&severity)
    }
}

/// Writes all lists in one pass over the findings, which come in their order; each file on a thread of its own.
/// `is_cancelled` ends it early, without any file. What counts is counted also where the files cannot be written: then there is
/// none, and why.
///
/// # Errors
/// When the findings cannot be read, or it was cancelled.
pub fn write(
    findings: impl Iterator<Item = io::Result<Finding>>,
    plan: &Plan,
    is_cancelled: &AtomicBool,
) -> Result<(Overview, Result<Vec<Written>, Problem>), Problem> {
    let files = plan.lists.iter().map(|list| Begun::new(*list, plan)).collect::<Result<Vec<_>, _>>();
    let mut overview = Overview::default();
    let mut rules = Rules::default();
    let mut fingerprints = Fingerprints::default();
    let mut on_lines = plan.commented.as_deref().map(OnLines::new);
    let mut scope_filter = ScopeFilter::new(plan.changed.as_deref(), &plan.sources);
    let whole: Result<Vec<Whole>, Problem> = thread::scope(|scope| {
        let start = |files: Vec<Begun>| {
            let started = files.into_iter().map(|file| file.start(scope, is_cancelled));
            let started = started.collect::<io::Result<Vec<_>>>();
            started.map_err(|error| Problem::new(ListMessage::NoThread).because(error))
        };
        let files = files.and_then(start);
        let (mut batch, mut bytes) = (Vec::new(), 0);
        let mut takers = files.as_deref().unwrap_or_default();
        for finding in findings {
            let finding = finding.map_err(|error| Problem::new(ListMessage::NotReadBack).because(error))?;
            ensure_wanted(is_cancelled)?;
            let fingerprint = fingerprints.of(&finding);
            let is_known = plan.baseline.as_ref().map(|baseline| baseline.contains(fingerprint));
            let is_in_scope = scope_filter.takes(&finding);
            if finding.counts() {
                if is_in_scope {
                    overview.count(&finding, is_known);
                } else {
                    overview.outside += 1;
                }
                if let Some(on_lines) = on_lines.as_mut().filter(|_| is_known != Some(true)) {
                    on_lines.add(&finding, fingerprint, plan.shows(finding.severity));
                }
                if plan.notes_open {
                    overview.open.push(fingerprint);
                }
            }
            if is_in_scope && plan.lists(&finding) {
                overview.list(&finding, is_known, plan.top);
                rules.add(&finding);
                if !takers.is_empty() {
                    bytes += size(&finding);
                    batch.push(Marked { finding, fingerprint: fingerprint.to_string(), is_known });
                }
            }
            if bytes > BATCH {
                bytes = 0;
                if !hand_over(&mut batch, takers) {
                    takers = &[];
                }
            }
        }
        hand_over(&mut batch, takers);
        Ok::<_, Problem>(files.and_then(|files| files.into_iter().map(InProgress::finish).collect()))
    })?;
    overview.notes.extend(scope_filter.note());
    overview.rules = rules.most_broken();
    overview.on_lines = on_lines.map(OnLines::finish);
    ensure_wanted(is_cancelled)?;
    let written = whole.and_then(|whole| keep(whole, plan, &mut overview.notes));
    Ok((overview, written))
}

/// Gives all files their names, or none.
fn keep(whole: Vec<Whole>, plan: &Plan, notes: &mut Vec<Problem>) -> Result<Vec<Written>, Problem> {
    let mut written: Vec<Written> = Vec::new();
    for Whole { format, file, note } in whole {
        notes.extend(note);
        let path = plan.directory.file(&plan.task_id, format.ending);
        if let Err(error) = file.persist(&path) {
            for Written { path, .. } in &written {
                let _ = std::fs::remove_file(path);
            }
            let what = StoreMessage::NotWritten { path: path.display().to_string() };
            return Err(Problem::new(what).because(error.error));
        }
        written.push(Written { format, path });
    }
    Ok(written)
}

/// Fails when nobody waits for the lists any more.
fn ensure_wanted(is_cancelled: &AtomicBool) -> Result<(), Problem> {
    if is_cancelled.load(Ordering::Relaxed) { Err(Problem::new(ListMessage::Cancelled)) } else { Ok(()) }
}

/// Why a list could not be written.
fn not_written(format: &Format, error: io::Error) -> Problem {
    Problem::new(ListMessage::NotWritten { format: format.name }).because(error)
}

/// Gives the batch to all files; whether all of them go on.
fn hand_over(batch: &mut Vec<Marked>, files: &[InProgress<'_>]) -> bool {
    let batch = Arc::new(std::mem::take(batch));
    files.iter().all(|file| file.batches.send(Arc::clone(&batch)).is_ok())
}

/// A file with its beginning in it.
struct Begun {
    format: &'static Format,
    file: NamedTempFile,
    writer: Box<dyn Writer>,
}

impl Begun {
    fn new(list: List, plan: &Plan) -> Result<Self, Problem> {
        let begin = || {
            let file = plan.directory.temporary()?;
            let output = BufWriter::with_capacity(WRITE_BUFFER, file.reopen()?);
            let subject =
                ListSubject { task_id: &plan.task_id, sources: &plan.sources, language: plan.language };
            let writer = (list.begin)(output, subject)?;
            Ok(Self { format: list.format, file, writer })
        };
        begin().map_err(|error| not_written(list.format, error))
    }

    fn start<'scope>(
        self,
        scope: &'scope Scope<'scope, '_>,
        is_cancelled: &'scope AtomicBool,
    ) -> io::Result<InProgress<'scope>> {
        let (batches, receiver) = sync_channel(BATCHES);
        let thread =
            thread::Builder::new().spawn_scoped(scope, move || self.write(receiver, is_cancelled))?;
        Ok(InProgress { batches, thread })
    }

    fn write(mut self, batches: Receiver<Batch>, is_cancelled: &AtomicBool) -> Result<Whole, Problem> {
        let format = self.format;
        for batch in batches {
            for marked in batch.iter() {
                ensure_wanted(is_cancelled)?;
                self.writer.finding(marked).map_err(|error| not_written(format, error))?;
            }
        }
        let note = self.writer.finish().map_err(|error| not_written(format, error))?;
        Ok(Whole { format, file: self.file, note })
    }
}

/// A file that is being written on a thread of its own.
struct InProgress<'scope> {
    batches: SyncSender<Batch>,
    thread: ScopedJoinHandle<'scope, Result<Whole, Problem>>,
}

impl InProgress<'_> {
    fn finish(self) -> Result<Whole, Problem> {
        drop(self.batches);
        self.thread.join().unwrap_or_else(|_| Err(Problem::new(ListMessage::ThreadBroken)))
    }
}

/// A file with everything in it, under a temporary name.
struct Whole {
    format: &'static Format,
    file: NamedTempFile,
    note: Option<Problem>,
}
