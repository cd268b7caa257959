//! The two files through which a step talks to a runner like that of GitHub: outputs and the summary (`ci/github`, sections 2.3 and
//! 2.4). Both are appended to, because other programs of the same step write there too.

use crate::error::Problem;
use crate::messages::{Hint, PublishHint, PublishMessage};
use crate::publish::results::Added;
use crate::text::redactor::redact;
use std::fs::OpenOptions;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

/// A larger summary is not shown at all (1 MiB a step); this limit is lower, because of what others write.
pub(super) const SUMMARY_LIMIT: usize = 1_000_000;

/// The runner has given none.
pub(super) fn no_file(variable: &'static str) -> Problem {
    Problem::new(PublishMessage::NoRunnerFile { variable }).hint(Hint::Publish(PublishHint::RunnerFiles))
}

/// People look for the variable, because the runner chooses the file.
pub(super) fn unwritable(variable: &'static str, file: &Path, error: &io::Error) -> Problem {
    let path = file.display().to_string();
    Problem::new(PublishMessage::RunnerFileNotWritten { variable, path }).because(error)
}

/// Whether a text has room in the summary, in place of what was `added`.
pub(super) fn has_room(file: &Path, text: &str, added: Option<Added>) -> bool {
    let freed = added.map_or(0, |added| usize::try_from(added.to - added.from).unwrap_or(usize::MAX));
    text.len() <= summary_room(file).saturating_add(freed)
}

/// Room that is left in the summary.
pub(super) fn summary_room(file: &Path) -> usize {
    let present = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
    SUMMARY_LIMIT.saturating_sub(usize::try_from(present).unwrap_or(usize::MAX))
}

/// Finds out whether a file can be appended to.
///
/// # Errors
/// When it cannot.
pub(super) fn try_append(file: &Path) -> io::Result<()> {
    crate::file::ensure_regular(file)?;
    OpenOptions::new().append(true).open(file).map(drop)
}

/// Appends to a file. Where what was added before is still its end, that is removed first; where this fails, nothing is left
/// of either.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn replace(path: &Path, text: &str, added: &mut Option<Added>) -> io::Result<()> {
    // To open a pipe would wait for its reader.
    crate::file::ensure_regular(path)?;
    // Never created: a path that does not exist is a mount that is missing, and nobody would read the file.
    let mut file = OpenOptions::new().read(true).append(true).open(path)?;
    let mut from = file.seek(io::SeekFrom::End(0))?;
    if let Some(before) = added.take()
        && before.to == from
    {
        cut(path, before.from)?;
        from = before.from;
    }
    // Others may have left their last line open.
    let mut last = [b'\n'];
    if from > 0 {
        file.seek(io::SeekFrom::Start(from - 1))?;
        file.read_exact(&mut last)?;
    }
    let gap = if last == [b'\n'] { "" } else { "\n" };
    if let Err(error) = file.write_all(format!("{gap}{text}").as_bytes()) {
        // Half of a text may mean something else.
        cut(path, from)?;
        return Err(error);
    }
    *added = Some(Added { from, to: file.seek(io::SeekFrom::End(0))? });
    Ok(())
}

/// Shortens a file. On Windows one that is open to be appended to cannot be.
fn cut(path: &Path, length: u64) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.set_len(length)
}

/// Outputs, of which later ones of a name replace earlier ones: one line a value; a value with line breaks as a block whose end mark does not occur in it.
pub(super) fn outputs(values: &[(&str, String)]) -> String {
    let mut text = String::new();
    for (name, value) in values {
        let value = redact(value);
        if value.contains(['\n', '\r']) {
            let mut mark = String::new();
            while mark.is_empty() || value.contains(&mark) {
                mark = format!("codearts-gate-{:016x}", fastrand::u64(..));
            }
            text.push_str(&format!("{name}<<{mark}\n{value}\n{mark}\n"));
        } else {
            text.push_str(&format!("{name}={value}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    /// Reads the file as the runner does: `=` or `<<`, whichever comes first.
    fn read(text: &str) -> HashMap<String, String> {
        let mut values = HashMap::new();
        let mut lines = text.split('\n');
        while let Some(line) = lines.next() {
            if line.is_empty() {
                continue;
            }
            let (equals, block) = (line.find('='), line.find("<<"));
            match (equals, block) {
                (Some(equals), block) if block.is_none_or(|block| equals < block) => {
                    values.insert(line[..equals].to_owned(), line[equals + 1..].to_owned());
                }
                (_, Some(block)) => {
                    let mark = &line[block + 2..];
                    let body: Vec<&str> = lines.by_ref().take_while(|line| *line != mark).collect();
                    values.insert(line[..block].to_owned(), body.join("\n"));
                }
                _ => panic!("the runner fails the step: {line}"),
            }
        }
        values
    }

    #[test]
    fn values_have_the_documented_form() {
        let text = outputs(&[("verdict", "fail".to_owned()), ("run-id", String::new())]);
        assert_eq!(text, "verdict=fail\nrun-id=\n");
    }

    proptest! {
        #[test]
        fn any_value_reads_back(first in "(.|\n|\r)*", second in "[=<\n a-z]*") {
            let text = outputs(&[("a", first.clone()), ("b", second.clone())]);
            let values = read(&text);
            prop_assert_eq!(&values["a"], &first);
            prop_assert_eq!(&values["b"], &second);
        }
    }

    #[test]
    fn files_are_appended_to_and_never_made() {
        let root = tempfile::tempdir().expect("a directory");
        let file = root.path().join("summary");
        assert!(replace(&file, "x", &mut None).is_err());
        std::fs::write(&file, "before").expect("a file");
        let mut added = None;
        replace(&file, "after\n", &mut added).expect("written");
        assert_eq!(std::fs::read_to_string(&file).expect("the file"), "before\nafter\n");
        // A later text replaces the earlier one; what others have added stays.
        replace(&file, "otherwise\n", &mut added).expect("written");
        assert_eq!(std::fs::read_to_string(&file).expect("the file"), "before\notherwise\n");
        std::fs::write(&file, "before\notherwise\nothers\n").expect("a file");
        replace(&file, "again\n", &mut added).expect("written");
        assert_eq!(std::fs::read_to_string(&file).expect("the file"), "before\notherwise\nothers\nagain\n");
        std::fs::write(&file, vec![b'x'; SUMMARY_LIMIT - 3]).expect("a file");
        assert_eq!(summary_room(&file), 3);
        assert!(has_room(&file, "abc", None) && !has_room(&file, "four", None));
        assert!(has_room(&file, "four", Some(Added { from: 0, to: 1 })));
    }
}
