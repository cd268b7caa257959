//! Findings on their way to the files: brought into their order and freed of repetitions on disk, so that memory stays the
//! same however many there are.
//!
//! What fits into a chunk is sorted and written as one run, beside the arrival of the next; at the end the runs are merged.

use crate::error::Problem;
use crate::messages::ListMessage;
use crate::model::finding::Finding;
use std::cmp::Reverse;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::collections::{BinaryHeap, HashMap};
use std::fs::File;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _, RandomState};
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, Write as _};
use std::mem::size_of;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread::{self, JoinHandle};

/// Memory for findings that arrive, in bytes; as much again is on its way to the disk.
const CHUNK: usize = 4 * 1024 * 1024;
/// Memory for findings that are handed from one thread to the next at once, in bytes.
pub(crate) const BATCH: usize = 256 * 1024;
/// Batches that wait until they are taken.
pub(crate) const BATCHES: usize = 2;
/// Memory for reading one run.
const READ_BUFFER: usize = 32 * 1024;

/// Takes findings in any order.
#[derive(Debug)]
pub struct Spool {
    directory: PathBuf,
    chunk: Vec<Finding>,
    chunk_bytes: usize,
    chunk_limit: usize,
    runs: Vec<File>,
    /// Writes the run before.
    writing: Option<JoinHandle<io::Result<File>>>,
    hasher: RandomState,
    /// By the documented key (`check-results`, section 2), shortened to a number: which of several versions stays.
    versions: HashMap<u64, u64>,
    /// Whether there were several versions of one finding.
    has_rivals: bool,
}

impl Spool {
    /// A spool that keeps its runs in nameless files of this directory.
    pub fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            chunk: Vec::new(),
            chunk_bytes: 0,
            chunk_limit: CHUNK,
            runs: Vec::new(),
            writing: None,
            hasher: RandomState::new(),
            versions: HashMap::new(),
            has_rivals: false,
        }
    }

    /// Takes a finding; whether it is new.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn add(&mut self, finding: Finding) -> io::Result<bool> {
        let version = version(&finding);
        let is_new = match self.versions.entry(self.hasher.hash_one(key(&finding))) {
            Entry::Vacant(entry) => {
                entry.insert(version);
                true
            }
            // Which version stays must not depend on which came first.
            Entry::Occupied(mut entry) if version < *entry.get() => {
                entry.insert(version);
                self.has_rivals = true;
                false
            }
            Entry::Occupied(_) => return Ok(false),
        };
        self.chunk_bytes += size(&finding);
        self.chunk.push(finding);
        if self.chunk_bytes > self.chunk_limit {
            self.write_run()?;
        }
        Ok(is_new)
    }

    fn write_run(&mut self) -> io::Result<()> {
        self.finish_run()?;
        let chunk = std::mem::take(&mut self.chunk);
        let directory = self.directory.clone();
        self.writing = Some(thread::Builder::new().spawn(move || sorted_run(chunk, &directory))?);
        self.chunk_bytes = 0;
        Ok(())
    }

    fn finish_run(&mut self) -> io::Result<()> {
        if let Some(writing) = self.writing.take() {
            let broken = |_| io::Error::other(Problem::new(ListMessage::ThreadBroken));
            let run = writing.join().map_err(broken)?;
            self.runs.push(run?);
        }
        Ok(())
    }

    /// All findings, in their order, each once.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn into_sorted(mut self) -> io::Result<Sorted> {
        self.finish_run()?;
        self.chunk.sort_unstable();
        let mut sources = vec![Source::Memory(self.chunk.into_iter())];
        for mut run in self.runs {
            run.rewind()?;
            sources.push(Source::Disk(BufReader::with_capacity(READ_BUFFER, run), String::new()));
        }
        let mut sorted = Sorted {
            heap: BinaryHeap::new(),
            sources,
            hasher: self.hasher,
            versions: if self.has_rivals { self.versions } else { HashMap::new() },
            has_rivals: self.has_rivals,
        };
        for source in 0..sorted.sources.len() {
            sorted.refill(source)?;
        }
        Ok(sorted)
    }
}

fn sorted_run(mut chunk: Vec<Finding>, directory: &Path) -> io::Result<File> {
    chunk.sort_unstable();
    let mut writer = BufWriter::new(tempfile::tempfile_in(directory)?);
    for finding in chunk {
        serde_json::to_writer(&mut writer, &finding)?;
        writer.write_all(b"\n")?;
    }
    writer.into_inner().map_err(io::IntoInnerError::into_error)
}

/// What makes rows of the service the same finding.
fn key(finding: &Finding) -> (&str, &str, Option<u32>) {
    (&finding.id, &finding.path, finding.line)
}

/// Stands for all that a finding says. One that counts comes before one that does not yet.
fn version(finding: &Finding) -> u64 {
    // Not the hasher of maps, which is another one in each process.
    let mut hasher = DefaultHasher::new();
    finding.hash(&mut hasher);
    hasher.finish() >> 1 | u64::from(finding.is_delayed) << 63
}

/// Memory that a finding takes, about, in bytes.
pub(crate) fn size(finding: &Finding) -> usize {
    let Finding { path, rule, message, id, rule_title, tags, created_at, code, flow, .. } = finding;
    let texts: usize = [path, rule, message, id, rule_title, created_at, code].map(String::len).iter().sum();
    let tags: usize = tags.iter().map(|tag| size_of::<String>() + tag.len()).sum();
    let flow: usize = flow.iter().map(|step| size_of_val(step) + step.path.len() + step.message.len()).sum();
    size_of::<Finding>() + texts + tags + flow
}

#[derive(Debug)]
enum Source {
    Memory(std::vec::IntoIter<Finding>),
    Disk(BufReader<File>, String),
}

impl Source {
    fn next(&mut self) -> io::Result<Option<Finding>> {
        match self {
            Self::Memory(findings) => Ok(findings.next()),
            Self::Disk(reader, line) => {
                line.clear();
                if reader.read_line(line)? == 0 {
                    return Ok(None);
                }
                Ok(Some(serde_json::from_str(line)?))
            }
        }
    }
}

/// Hands findings out in their order.
#[derive(Debug)]
pub struct Sorted {
    heap: BinaryHeap<Reverse<(Finding, usize)>>,
    sources: Vec<Source>,
    hasher: RandomState,
    versions: HashMap<u64, u64>,
    has_rivals: bool,
}

impl Sorted {
    /// The same, read ahead on a thread of its own.
    ///
    /// # Errors
    /// When there can be no more threads.
    pub fn read_ahead(self) -> io::Result<impl Iterator<Item = io::Result<Finding>>> {
        let (sender, batches) = sync_channel(BATCHES);
        thread::Builder::new().spawn(move || {
            let (mut batch, mut bytes) = (Vec::new(), 0);
            for finding in self {
                let is_last = finding.is_err();
                bytes += finding.as_ref().map_or(0, size);
                batch.push(finding);
                if bytes > BATCH || is_last {
                    // Nobody may be waiting any more.
                    if sender.send(std::mem::take(&mut batch)).is_err() || is_last {
                        return;
                    }
                    bytes = 0;
                }
            }
            let _ = sender.send(batch);
        })?;
        Ok(batches.into_iter().flatten())
    }

    fn refill(&mut self, source: usize) -> io::Result<()> {
        if let Some(finding) = self.sources[source].next()? {
            self.heap.push(Reverse((finding, source)));
        }
        Ok(())
    }

    fn next_finding(&mut self) -> io::Result<Option<Finding>> {
        while let Some(Reverse((finding, source))) = self.heap.pop() {
            self.refill(source)?;
            if !self.has_rivals {
                return Ok(Some(finding));
            }
            // Of several versions the chosen one is handed out, once.
            let key = self.hasher.hash_one(key(&finding));
            if self.versions.get(&key) == Some(&version(&finding)) {
                self.versions.remove(&key);
                return Ok(Some(finding));
            }
        }
        Ok(None)
    }
}

impl Iterator for Sorted {
    type Item = io::Result<Finding>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_finding().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Severity;
    use proptest::prelude::*;

    fn sorted(findings: &[Finding], chunk_limit: usize) -> Vec<Finding> {
        let directory = tempfile::tempdir().expect("a directory");
        let mut spool = Spool::new(directory.path());
        spool.chunk_limit = chunk_limit;
        for finding in findings {
            spool.add(finding.clone()).expect("room");
        }
        let sorted = spool
            .into_sorted()
            .and_then(Sorted::read_ahead)
            .expect("runs")
            .collect::<io::Result<_>>()
            .expect("findings");
        assert_eq!(std::fs::read_dir(directory.path()).expect("a listing").count(), 0);
        sorted
    }

    fn finding(number: u32, message: &str) -> Finding {
        let severity = Severity::ALL[number as usize % 4];
        Finding {
            id: format!("{}", number / 2),
            ..Finding::new(severity, &format!("src/{}.c", number % 7), Some(number % 3), "r", message)
        }
    }

    #[test]
    fn rows_that_repeat_a_finding_are_counted() {
        let directory = tempfile::tempdir().expect("a directory");
        let mut spool = Spool::new(directory.path());
        let mut add = |finding: Finding| spool.add(finding).expect("room");
        assert!(add(finding(1, "a")));
        assert!(!add(finding(1, "a")));
        assert!(!add(finding(1, "b")), "the same finding in other words");
        let elsewhere = Finding { line: Some(99), ..finding(1, "a") };
        assert!(add(elsewhere), "the same id in another place");
    }

    #[test]
    fn what_counts_wins_over_the_same_that_does_not_yet() {
        let delayed = Finding { is_delayed: true, ..finding(1, "a") };
        for order in [[delayed.clone(), finding(1, "a")], [finding(1, "a"), delayed]] {
            assert_eq!(sorted(&order, CHUNK), [finding(1, "a")]);
        }
    }

    proptest! {
        /// Whatever the order of arrival and wherever runs end, the same comes out: sorted, each finding once.
        #[test]
        fn order_and_chunks_do_not_matter(
            parts in prop::collection::vec((0u32..60, "[ab]{0,2}"), 0..80),
            seed in any::<u64>(),
            chunk_limit in 1usize..4000,
        ) {
            let findings: Vec<Finding> = parts.iter().map(|(number, text)| finding(*number, text)).collect();
            let mut shuffled = findings.clone();
            fastrand::Rng::with_seed(seed).shuffle(&mut shuffled);
            let once = sorted(&findings, chunk_limit);
            prop_assert_eq!(&once, &sorted(&shuffled, usize::MAX));
            prop_assert!(once.is_sorted());
            let keys: std::collections::HashSet<_> = findings.iter().map(key).collect();
            prop_assert_eq!(once.len(), keys.len());
        }
    }
}
