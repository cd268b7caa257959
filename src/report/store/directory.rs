//! The report directory: made and tried before anything is sent, and written to so that no broken file ever carries a
//! final name.

use crate::error::Problem;
use crate::file::long_path::{persist, reachable};
use crate::messages::{Hint, StoreHint, StoreMessage, StorePlace};
use crate::report::store::checkout::stays_inside;
use crate::report::store::lock::lock;
use crate::report::store::workspace::Workspace;
use crate::text::redactor::redact_file;
use serde_json::Value;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tempfile::NamedTempFile;

/// Name of the result document.
pub const RESULT_FILE: &str = "result.json";
/// Free space below which a download is not begun: the PDF can be fetched only once, so it must find room.
pub const FREE_SPACE_NEEDED: u64 = 64 * 1024 * 1024;

/// Largest result document of an earlier run that is read.
const RESULT_LIMIT: u64 = 16 * 1024 * 1024;
/// Names of temporary files: this, so many letters or digits, and [`PART_SUFFIX`].
const PART_PREFIX: &str = ".codearts-gate-";
/// How many letters or digits.
const PART_LETTERS: usize = 6;
/// The end of such a name.
const PART_SUFFIX: &str = ".part";

/// A directory that is known to be writable.
#[derive(Clone, Debug)]
pub struct ReportDirectory {
    path: PathBuf,
    held: Arc<Mutex<Held>>,
}

/// What this process holds of a directory.
#[derive(Debug, Default)]
struct Held {
    /// Held as long as anybody has the directory.
    lock: Option<File>,
    /// Temporary files that were begun. Most have a final name by now, or are gone.
    parts: Vec<PathBuf>,
    is_closed: bool,
}

/// Directories that exist only as long as something is tried.
#[derive(Debug)]
pub struct Trial {
    /// The innermost first.
    made: Vec<PathBuf>,
}

impl Drop for Trial {
    fn drop(&mut self) {
        for made in &self.made {
            // One in which somebody has put something stays.
            let _ = fs::remove_dir(made);
        }
    }
}

impl ReportDirectory {
    /// Makes the directory if needed, tries to write to it, keeps others out, and removes temporary files of processes that were
    /// killed.
    ///
    /// # Errors
    /// When it cannot be made or written to, lies behind a link out of the checkout, or is in use.
    pub fn prepare(path: &Path, workspace: &Workspace) -> Result<Self, Problem> {
        let directory = Self::shared(path, workspace)?;
        let locked = lock(path)?;
        if locked.is_some() {
            directory.remove_parts();
        }
        directory.held().lock = locked;
        Ok(directory)
    }

    /// The same beside another that has it: nobody is kept out, nothing is removed.
    ///
    /// # Errors
    /// When it cannot be made or written to, or lies behind a link out of the checkout.
    pub fn shared(path: &Path, workspace: &Workspace) -> Result<Self, Problem> {
        stays_inside(workspace, path, StorePlace::ReportDirectory)?;
        let shown = || path.display().to_string();
        let failed = |what: StoreMessage, error: io::Error| {
            Problem::new(what).because(error).hint(Hint::Store(StoreHint::OtherDirectory))
        };
        fs::create_dir_all(path)
            .map_err(|error| failed(StoreMessage::DirectoryNotCreated { path: shown() }, error))?;
        let directory = Self { path: path.to_owned(), held: Arc::default() };
        directory
            .temporary()
            .map_err(|error| failed(StoreMessage::DirectoryNotWritable { path: shown() }, error))?;
        Ok(directory)
    }

    /// Finds out whether reports could be written and have room. The directories that it makes are gone with the trial.
    ///
    /// # Errors
    /// When they could not.
    pub fn try_out(path: &Path, workspace: &Workspace) -> Result<Trial, Problem> {
        let is_missing = |place: &&Path| !place.as_os_str().is_empty() && !place.exists();
        let trial = Trial { made: path.ancestors().take_while(is_missing).map(Path::to_owned).collect() };
        Self::shared(path, workspace)?.check_space(0)?;
        Ok(trial)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all writing: removes what threads are still writing whose result nobody waits for any more, as after a signal. They would
    /// leave it behind at the end of the process. No file can be begun from then on.
    pub fn close(&self) {
        let mut held = self.held();
        held.is_closed = true;
        for part in held.parts.drain(..) {
            let _ = fs::remove_file(part);
        }
    }

    /// Makes the directory anew, after somebody has removed it.
    fn restore(&self, held: &mut Held) -> io::Result<()> {
        tracing::warn!("{}", StoreMessage::DirectoryRemoved { path: self.path.display().to_string() });
        fs::create_dir_all(&self.path)?;
        if held.lock.is_some() {
            held.lock = lock(&self.path).map_err(io::Error::other)?;
        }
        Ok(())
    }

    /// A failure does not keep the run from beginning.
    fn remove_parts(&self) {
        let Ok(entries) = fs::read_dir(&self.path) else { return };
        for entry in entries.flatten() {
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            if is_file && entry.file_name().to_str().is_some_and(is_part) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Ids of the tasks that the result document of an earlier run is about.
    pub fn earlier_tasks(&self) -> Vec<String> {
        let path = self.path.join(RESULT_FILE);
        let is_small = fs::symlink_metadata(&path).is_ok_and(|it| it.is_file() && it.len() <= RESULT_LIMIT);
        let text = if is_small { fs::read(&path).unwrap_or_default() } else { Vec::new() };
        let document: Value = serde_json::from_slice(&text).unwrap_or_default();
        let tasks = document["tasks"].as_array().map(Vec::as_slice).unwrap_or_default();
        let is_id = |id: &&str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        // Files have the id that was named: of a pull request the one of the full task.
        let named = |task: &Value| {
            let parent = task["pull_request"]["parent_task_id"].as_str();
            parent.or_else(|| task["task_id"].as_str()).filter(is_id).map(str::to_owned)
        };
        tasks.iter().filter_map(named).collect()
    }

    /// Removes what an earlier run left under names that this run will use, so that an old pass cannot be taken for a
    /// new one.
    ///
    /// # Errors
    /// When a file is there and cannot be removed.
    pub fn remove(&self, names: impl IntoIterator<Item = String>) -> Result<(), Problem> {
        for name in names {
            let path = self.path.join(name);
            if let Err(error) = fs::remove_file(&path)
                && error.kind() != ErrorKind::NotFound
            {
                let what = StoreMessage::NotRemoved { path: path.display().to_string() };
                return Err(Problem::new(what).because(error));
            }
        }
        Ok(())
    }

    /// Where the PDF of a task goes.
    pub fn pdf_path(&self, task_id: &str) -> PathBuf {
        self.path.join(pdf_name(task_id))
    }

    /// Where another file about a task goes.
    pub fn file(&self, task_id: &str, ending: &str) -> PathBuf {
        self.path.join(format!("{task_id}.{ending}"))
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file without a final name; gone when dropped.
    pub(crate) fn temporary(&self) -> io::Result<NamedTempFile> {
        let mut held = self.held();
        if held.is_closed {
            return Err(ErrorKind::Interrupted.into());
        }
        let part = match self.part() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.restore(&mut held)?;
                self.part()
            }
            part => part,
        }?;
        held.parts.push(part.path().to_owned());
        Ok(part)
    }

    fn part(&self) -> io::Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PART_PREFIX).rand_bytes(PART_LETTERS).suffix(PART_SUFFIX);
        // Artifact uploads often run as another user than the container that wrote the file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        builder.tempfile_in(reachable(&self.path))
    }

    /// Checks that `bytes` more fit, with a little room to spare.
    ///
    /// # Errors
    /// When they do not.
    pub fn check_space(&self, bytes: u64) -> Result<(), Problem> {
        let Ok(free) = fs4::available_space(&self.path) else {
            // Some file systems do not know; writing will show it.
            return Ok(());
        };
        let needed = bytes.max(FREE_SPACE_NEEDED);
        if free >= needed {
            Ok(())
        } else {
            let what = StoreMessage::NoSpace { path: self.path.display().to_string(), free, needed };
            Err(Problem::new(what).hint(Hint::Store(StoreHint::FreeSpace)))
        }
    }

    /// Writes `result.json`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write_result(&self, text: &str) -> Result<PathBuf, Problem> {
        let path = self.path.join(RESULT_FILE);
        self.write(&path, text.as_bytes())?;
        Ok(path)
    }

    /// Writes a file of this directory, without the secrets of this process. Where that fails, no older one of the name is left: it
    /// would show another state.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Problem> {
        let bytes = redact_file(bytes);
        let write = || -> io::Result<()> {
            let mut file = self.temporary()?;
            file.write_all(&bytes)?;
            persist(file, path)
        };
        write()
            .or_else(|_| {
                // The older one may also take the room that is missing.
                withdraw(path)?;
                write()
            })
            .map_err(|error| {
                Problem::new(StoreMessage::NotWritten { path: path.display().to_string() }).because(error)
            })
    }
}

/// Removes a file, or at least what is in it.
fn withdraw(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        // In a directory that became read-only, the file itself may still be writable.
        Err(error) => {
            fs::OpenOptions::new().write(true).truncate(true).open(path).map(drop).map_err(|_| error)
        }
    }
}

/// Whether a temporary file of this program has such a name.
fn is_part(name: &str) -> bool {
    let middle = name.strip_prefix(PART_PREFIX).and_then(|rest| rest.strip_suffix(PART_SUFFIX));
    middle.is_some_and(|middle| {
        middle.len() == PART_LETTERS && middle.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Name of the PDF of a task.
pub fn pdf_name(task_id: &str) -> String {
    format!("{task_id}.pdf")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_results_are_removed_and_new_ones_appear_whole() {
        let root = tempfile::tempdir().expect("a directory");
        let path = root.path().join("a/b");
        fs::create_dir_all(&path).expect("directories");
        for name in ["result.json", "t1.pdf", "other.pdf"] {
            fs::write(path.join(name), "old").expect("a file");
        }
        let directory = ReportDirectory::prepare(&path, &Workspace::default()).expect("a directory");
        directory.remove(["t1.pdf", "result.json", "none"].map(str::to_owned)).expect("removed");
        let names = || {
            let mut names: Vec<String> = fs::read_dir(&path)
                .expect("a listing")
                .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
                .collect();
            names.sort();
            names
        };
        assert_eq!(names(), ["other.pdf"]);
        let written = directory.write_result("{}\n").expect("written");
        assert_eq!(fs::read_to_string(written).expect("the file"), "{}\n");
        assert_eq!(names(), ["other.pdf", "result.json"]);
    }

    /// A thread is still at work when the process ends.
    #[test]
    fn what_is_still_being_written_is_removed_at_the_end() {
        let root = tempfile::tempdir().expect("a directory");
        let directory = ReportDirectory::prepare(root.path(), &Workspace::default()).expect("a directory");
        let number_of_files = || fs::read_dir(root.path()).expect("a listing").count();
        directory.write_result("{}").expect("written");
        let part = directory.clone().temporary().expect("a file");
        assert_eq!(number_of_files(), 2);
        directory.close();
        assert_eq!(number_of_files(), 1, "the result stays");
        assert!(directory.clone().temporary().is_err(), "nothing is begun any more");
        part.persist(root.path().join("late")).expect_err("it is gone");
        assert_eq!(number_of_files(), 1);
    }

    #[test]
    fn what_is_only_tried_leaves_nothing() {
        let root = tempfile::tempdir().expect("a directory");
        let count = || fs::read_dir(root.path()).expect("a listing").count();
        let workspace = Workspace::default();
        let trial = ReportDirectory::try_out(&root.path().join("a/b"), &workspace).expect("writable");
        assert_eq!(count(), 1);
        drop(trial);
        assert_eq!(count(), 0);
        fs::create_dir(root.path().join("a")).expect("a directory");
        ReportDirectory::try_out(&root.path().join("a/b"), &workspace).expect("writable");
        ReportDirectory::try_out(&root.path().join("a"), &workspace).expect("writable");
        assert!(root.path().join("a").is_dir() && !root.path().join("a/b").exists());
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let root = tempfile::tempdir().expect("a directory");
        let path = root.path().join("file");
        fs::write(&path, "").expect("a file");
        let error =
            ReportDirectory::prepare(&path, &Workspace::default()).expect_err("a file is not a directory");
        assert_eq!(error.what, StoreMessage::DirectoryNotCreated { path: path.display().to_string() }.into());
    }

    #[test]
    fn a_file_that_cannot_be_replaced_is_withdrawn() {
        let root = tempfile::tempdir().expect("a directory");
        let directory = ReportDirectory::prepare(root.path(), &Workspace::default()).expect("a directory");
        let path = root.path().join("page");
        fs::create_dir(&path).expect("a directory in the way");
        assert!(directory.write(&path, b"new").is_err());
        withdraw(&path).expect_err("a directory is not a file");
        fs::remove_dir(&path).expect("removed");
        withdraw(&path).expect("nothing is there");
        fs::write(&path, "old").expect("a file");
        withdraw(&path).expect("removed");
        assert!(!path.exists());
        directory.write(&path, b"new").expect("written");
    }

    #[test]
    fn the_tasks_of_an_earlier_run() {
        let root = tempfile::tempdir().expect("a directory");
        let directory = ReportDirectory::prepare(root.path(), &Workspace::default()).expect("a directory");
        let tasks = |text: &str| {
            fs::write(root.path().join(RESULT_FILE), text).expect("a file");
            directory.earlier_tasks()
        };
        assert_eq!(
            tasks(r#"{"tasks": [{"task_id": "a1"}, {"task_id": "../x"}, {"task_id": ""}, 7]}"#),
            ["a1"]
        );
        assert_eq!(tasks("an old pass"), [""; 0]);
    }
}
