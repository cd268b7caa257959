//! The files that carry findings. All of them are written in one pass over the findings; each is streamed to a temporary
//! name and gets its own when the last finding is in it.

pub mod baseline;
mod batch;
pub mod fingerprint;
pub(crate) mod list;
pub mod on_lines;
mod overview;
mod packed;
mod scope;
pub mod spool;

pub use overview::{BLOCKING, LOGGED, Overview, RuleCount};

use crate::error::Problem;
use crate::file::long_path::persist;
use crate::messages::{ListMessage, StoreMessage};
use crate::model::changed_lines::ChangedLines;
use crate::model::finding::{Finding, Severity, Status};
use crate::model::language::Language;
use crate::report::format::{Format, Written};
use crate::report::lists::baseline::Baseline;
use crate::report::lists::batch::{Batch, Batches};
use crate::report::lists::fingerprint::Fingerprints;
use crate::report::lists::list::{List, ListSubject, Marked, Writer};
use crate::report::lists::on_lines::OnLines;
use crate::report::lists::spool::Sorted;
use crate::report::store::directory::ReportDirectory;
use overview::Rules;
use scope::ScopeFilter;
use std::io::{self, BufWriter};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Scope, ScopedJoinHandle};
use tempfile::NamedTempFile;

/// Memory for writing one file.
const WRITE_BUFFER: usize = 64 * 1024;
/// Batches that wait until they are taken.
const BATCHES: usize = 2;

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

/// Writes all lists in one pass over the findings, which come in their order, on as many threads as there are processors: more
/// would mostly wait for each other, where memory is allocated. The files have no names yet: [`keep`] gives them theirs.
/// `is_cancelled` ends it early, without any file. What counts is counted also where the files cannot be written: then there is
/// none, and why.
///
/// # Errors
/// When the findings cannot be read, or it was cancelled.
pub fn write(
    mut findings: Sorted,
    plan: &Plan,
    is_cancelled: &AtomicBool,
) -> Result<(Overview, Result<Vec<Whole>, Problem>), Problem> {
    let files = plan.lists.iter().map(|list| Begun::new(*list, plan)).collect::<Result<Vec<_>, _>>();
    let mut overview = Overview::default();
    let mut rules = Rules::default();
    let mut fingerprints = Fingerprints::default();
    let mut on_lines = plan.commented.as_deref().map(OnLines::new);
    let mut scope_filter = ScopeFilter::new(plan.changed.as_deref(), &plan.sources);
    let whole: Result<Vec<Whole>, Problem> = thread::scope(|scope| {
        let start = |files: Vec<Begun>| {
            let shares = shares(files, thread::available_parallelism().map_or(1, NonZero::get));
            let started = shares.into_iter().map(|files| InProgress::start(files, scope, is_cancelled));
            let started = started.collect::<io::Result<Vec<_>>>();
            started.map_err(|error| Problem::new(ListMessage::NoThread).because(error))
        };
        let files = files.and_then(start);
        let takers = files.as_deref().unwrap_or_default();
        let mut takers: Vec<_> = takers.iter().map(|thread| &thread.batches).collect();
        let mut batches = Batches::default();
        let not_read = |error| Problem::new(ListMessage::NotReadBack).because(error);
        loop {
            let place = batches.place();
            if !findings.next(&mut place.finding).map_err(not_read)? {
                break;
            }
            ensure_wanted(is_cancelled)?;
            let finding = &place.finding;
            let fingerprint = fingerprints.of(finding);
            let is_known = plan.baseline.as_ref().map(|baseline| baseline.contains(fingerprint));
            let is_in_scope = scope_filter.takes(finding);
            if finding.counts() {
                if is_in_scope {
                    overview.count(finding, is_known);
                } else {
                    overview.outside += 1;
                }
                if let Some(on_lines) = on_lines.as_mut().filter(|_| is_known != Some(true)) {
                    on_lines.add(finding, fingerprint, plan.shows(finding.severity));
                }
                if plan.notes_open {
                    overview.open.push(fingerprint);
                }
            }
            if is_in_scope && plan.lists(finding) {
                overview.list(finding, is_known, plan.top);
                rules.add(finding);
                if !takers.is_empty() {
                    fingerprint.write(&mut place.fingerprint);
                    place.is_known = is_known;
                    batches.keep();
                }
            }
            if batches.is_full() && !batches.hand_over(takers.iter().copied()) {
                takers.clear();
            }
        }
        batches.hand_over(takers);
        let finish = |threads: Vec<InProgress<'_>>| {
            let written = threads.into_iter().map(InProgress::finish).collect::<Result<Vec<_>, _>>()?;
            let mut whole: Vec<Whole> = written.into_iter().flatten().collect();
            whole.sort_by_key(|file| plan.lists.iter().position(|list| list.format == file.format));
            Ok(whole)
        };
        Ok::<_, Problem>(files.and_then(finish))
    })?;
    overview.notes.extend(scope_filter.note());
    overview.rules = rules.most_broken();
    overview.on_lines = on_lines.map(OnLines::finish);
    ensure_wanted(is_cancelled)?;
    Ok((overview, whole))
}

/// Gives all files of a task their names, or none. To be done by whoever waits for them: where nobody does, as after a signal, the
/// result does not list them.
///
/// # Errors
/// When the disk refuses.
pub fn keep(whole: Vec<Whole>, notes: &mut Vec<Problem>) -> Result<Vec<Written>, Problem> {
    let mut written: Vec<Written> = Vec::new();
    for Whole { format, path, file, note } in whole {
        notes.extend(note);
        if let Err(error) = persist(file, &path) {
            for Written { path, .. } in &written {
                let _ = std::fs::remove_file(path);
            }
            return Err(not_written(&path, error));
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
fn not_written(path: &Path, error: io::Error) -> Problem {
    Problem::new(StoreMessage::NotWritten { path: path.display().to_string() }).because(error)
}

/// A file with its beginning in it.
struct Begun {
    format: &'static Format,
    /// Where it will be.
    path: PathBuf,
    file: NamedTempFile,
    writer: Box<dyn Writer>,
}

impl Begun {
    fn new(list: List, plan: &Plan) -> Result<Self, Problem> {
        let path = plan.directory.file(&plan.task_id, list.format.ending);
        let begin = || {
            let file = plan.directory.temporary()?;
            let output = BufWriter::with_capacity(WRITE_BUFFER, file.reopen()?);
            let subject =
                ListSubject { task_id: &plan.task_id, sources: &plan.sources, language: plan.language };
            let writer = (list.begin)(output, subject)?;
            Ok(Self { format: list.format, path: path.clone(), file, writer })
        };
        begin().map_err(|error| not_written(&path, error))
    }

    /// Adds the findings of a batch.
    fn add(&mut self, batch: &[Marked], is_cancelled: &AtomicBool) -> Result<(), Problem> {
        for marked in batch {
            ensure_wanted(is_cancelled)?;
            self.writer.finding(marked).map_err(|error| not_written(&self.path, error))?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Whole, Problem> {
        let note = self.writer.finish().map_err(|error| not_written(&self.path, error))?;
        Ok(Whole { format: self.format, path: self.path, file: self.file, note })
    }
}

/// Deals files to at most so many threads, in turn.
fn shares<T>(files: Vec<T>, threads: usize) -> Vec<Vec<T>> {
    let mut shares: Vec<Vec<T>> = (0..threads.min(files.len())).map(|_| Vec::new()).collect();
    for (file, share) in files.into_iter().zip((0..threads).cycle()) {
        shares[share].push(file);
    }
    shares
}

/// Files that are being written on a thread.
struct InProgress<'scope> {
    batches: SyncSender<Arc<Batch>>,
    thread: ScopedJoinHandle<'scope, Result<Vec<Whole>, Problem>>,
}

impl<'scope> InProgress<'scope> {
    fn start(
        mut files: Vec<Begun>,
        scope: &'scope Scope<'scope, '_>,
        is_cancelled: &'scope AtomicBool,
    ) -> io::Result<Self> {
        let (batches, receiver): (_, Receiver<Arc<Batch>>) = sync_channel(BATCHES);
        let thread = thread::Builder::new().spawn_scoped(scope, move || {
            for batch in receiver {
                for file in &mut files {
                    file.add(batch.findings(), is_cancelled)?;
                }
            }
            files.into_iter().map(Begun::finish).collect()
        })?;
        Ok(Self { batches, thread })
    }

    fn finish(self) -> Result<Vec<Whole>, Problem> {
        drop(self.batches);
        self.thread.join().unwrap_or_else(|_| Err(Problem::new(ListMessage::ThreadBroken)))
    }
}

/// A file with everything in it, under a temporary name.
#[derive(Debug)]
pub struct Whole {
    format: &'static Format,
    path: PathBuf,
    file: NamedTempFile,
    note: Option<Problem>,
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn files_are_dealt_in_turn() {
        assert_eq!(shares(vec![1, 2, 3, 4, 5], 2), [vec![1, 3, 5], vec![2, 4]]);
        assert_eq!(shares(vec![1, 2], 8), [[1], [2]]);
        assert_eq!(shares(Vec::<u8>::new(), 2), Vec::<Vec<u8>>::new());
    }
}
