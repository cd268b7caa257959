//! The report directory: made and tried before anything is sent, and written to so that no broken file ever carries a
//! final name.

use crate::redactor::redact_file;
use anyhow::Context as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Name of the result document.
pub const RESULT_FILE: &str = "result.json";
/// Free space below which a download is not begun: the PDF can be fetched only once, so it must find room.
pub const FREE_SPACE_NEEDED: u64 = 64 * 1024 * 1024;

/// A directory that is known to be writable.
#[derive(Clone, Debug)]
pub struct ReportDirectory {
    path: PathBuf,
}

impl ReportDirectory {
    /// Makes the directory if needed and tries to write to it.
    ///
    /// # Errors
    /// When it can not be made or written to.
    pub fn prepare(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let failed = |what: &str, why: &std::io::Error| {
            anyhow::anyhow!("could not {what} `{shown}`: {why}; choose another directory with `--report-dir`")
        };
        fs::create_dir_all(path).map_err(|error| failed("make the report directory", &error))?;
        let directory = Self { path: path.to_owned() };
        directory.temporary().map_err(|error| failed("write to the report directory", &error))?;
        Ok(directory)
    }

    /// Removes what an earlier run left under names that this run will use, so that an old pass can not be taken for a
    /// new one.
    ///
    /// # Errors
    /// When a file is there and can not be removed.
    pub fn remove(&self, names: impl IntoIterator<Item = String>) -> anyhow::Result<()> {
        for name in names {
            let path = self.path.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error)
                        .with_context(|| format!("could not remove the old file `{}`", path.display()));
                }
                _ => {}
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
    pub(super) fn temporary(&self) -> std::io::Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".codearts-gate-").suffix(".part");
        // Artifact uploads often run as another user than the container that wrote the file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        builder.tempfile_in(&self.path)
    }

    /// Checks that `bytes` more fit, with a little room to spare.
    ///
    /// # Errors
    /// One sentence saying how much is missing.
    pub fn check_space(&self, bytes: u64) -> Result<(), String> {
        let Ok(free) = fs4::available_space(&self.path) else {
            // Some file systems do not tell; writing will.
            return Ok(());
        };
        enough_space(free, bytes).map_err(|missing| {
            format!("only {} free in `{}`, {missing} needed", crate::text::bytes(free), self.path.display())
        })
    }

    /// Writes `result.json`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write_result(&self, text: &str) -> anyhow::Result<PathBuf> {
        let path = self.path.join(RESULT_FILE);
        self.write(&path, text.as_bytes())?;
        Ok(path)
    }

    /// Writes a file of this directory, without the secrets of this process.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
        let mut file = self.temporary().context("could not make a temporary file")?;
        file.write_all(&redact_file(bytes))
            .and_then(|()| file.persist(path).map_err(|error| error.error))
            .with_context(|| format!("could not write `{}`", path.display()))?;
        Ok(())
    }
}

/// Name of the PDF of a task.
pub fn pdf_name(task_id: &str) -> String {
    format!("{task_id}.pdf")
}

/// Whether `bytes` fit into `free`; if not, how much is needed.
fn enough_space(free: u64, bytes: u64) -> Result<(), String> {
    let needed = bytes.max(FREE_SPACE_NEEDED);
    if free >= needed { Ok(()) } else { Err(crate::text::bytes(needed)) }
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
        let directory = ReportDirectory::prepare(&path).expect("a directory");
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

    #[test]
    fn a_file_in_the_way_is_named() {
        let root = tempfile::tempdir().expect("a directory");
        let path = root.path().join("file");
        fs::write(&path, "").expect("a file");
        let error = ReportDirectory::prepare(&path).expect_err("a file is no directory");
        assert!(error.to_string().contains("could not make the report directory"), "{error}");
    }

    #[test]
    fn space_is_asked_for_with_room_to_spare() {
        assert_eq!(enough_space(FREE_SPACE_NEEDED, 0), Ok(()));
        assert_eq!(enough_space(FREE_SPACE_NEEDED - 1, 0), Err("67 MB".to_owned()));
        assert_eq!(enough_space(300_000_000, 200_000_000), Ok(()));
        assert_eq!(enough_space(100_000_000, 200_000_000), Err("200 MB".to_owned()));
    }
}
