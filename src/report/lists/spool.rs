//! Findings on their way to the files: brought into their order and freed of repetitions on disk, so that memory stays the
//! same however many there are.
//!
//! What fits into a chunk is sorted and written as one run, beside the arrival of the next; at the end the runs are merged, each
//! finding in the place of one that was handed out before.

use crate::error::Problem;
use crate::messages::ListMessage;
use crate::model::finding::{Finding, Severity};
use crate::report::lists::packed;
use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::collections::{BinaryHeap, HashMap};
use std::fs::File;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _, RandomState};
use std::io::{self, BufReader, BufWriter, Seek as _};
use std::mem::size_of;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

/// Memory for findings that arrive, in bytes; as much again is on its way to the disk.
const CHUNK: usize = 4 * 1024 * 1024;
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
            sources.push(Source::Disk(BufReader::with_capacity(READ_BUFFER, run)));
        }
        let mut sorted = Sorted {
            heap: BinaryHeap::new(),
            sources,
            hasher: self.hasher,
            versions: if self.has_rivals { self.versions } else { HashMap::new() },
            has_rivals: self.has_rivals,
        };
        for (number, source) in sorted.sources.iter_mut().enumerate() {
            let mut finding = Finding::new(Severity::Critical, "", None, "", "");
            if source.next(&mut finding)? {
                sorted.heap.push(Reverse((finding, number)));
            }
        }
        Ok(sorted)
    }
}

fn sorted_run(mut chunk: Vec<Finding>, directory: &Path) -> io::Result<File> {
    chunk.sort_unstable();
    let mut writer = BufWriter::new(tempfile::tempfile_in(directory)?);
    for finding in &chunk {
        packed::write(&mut writer, finding)?;
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
    Disk(BufReader<File>),
}

impl Source {
    /// Puts the next finding into the place of another; whether there is one.
    fn next(&mut self, finding: &mut Finding) -> io::Result<bool> {
        match self {
            Self::Memory(findings) => Ok(findings.next().map(|next| *finding = next).is_some()),
            Self::Disk(reader) => packed::read(reader, finding),
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
    /// Puts the next finding into the place of another; whether there is one.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn next(&mut self, finding: &mut Finding) -> io::Result<bool> {
        while self.pop(finding)? {
            if !self.has_rivals {
                return Ok(true);
            }
            // Of several versions the chosen one is handed out, once.
            let key = self.hasher.hash_one(key(finding));
            if self.versions.get(&key) == Some(&version(finding)) {
                self.versions.remove(&key);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The least of all; its source goes on in its place.
    fn pop(&mut self, finding: &mut Finding) -> io::Result<bool> {
        let Some(mut least) = self.heap.peek_mut() else { return Ok(false) };
        let Reverse((next, source)) = &mut *least;
        std::mem::swap(next, finding);
        if !self.sources[*source].next(next)? {
            PeekMut::pop(least);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(findings: &[Finding], chunk_limit: usize) -> Vec<Finding> {
        let directory = tempfile::tempdir().expect("a directory");
        let mut spool = Spool::new(directory.path());
        spool.chunk_limit = chunk_limit;
        for finding in findings {
            spool.add(finding.clone()).expect("room");
        }
        let mut runs = spool.into_sorted().expect("runs");
        let mut place = finding(0, "");
        let mut sorted = Vec::new();
        while runs.next(&mut place).expect("a finding") {
            sorted.push(place.clone());
        }
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
