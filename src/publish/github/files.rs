//! The two files through which a step talks to GitHub's runner: outputs and the summary (`ci/github`, sections 2.3 and
//! 2.4). Both are appended to, because other programs of the same step write there too.

use crate::redactor::redact;
use std::fs::OpenOptions;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

/// A larger summary is not shown at all (1 MiB a step); ours ends earlier, because of what others wrote.
pub(super) const SUMMARY_LIMIT: usize = 1_000_000;

/// Appends outputs. Later values of a name replace earlier ones.
///
/// # Errors
/// When the file can not be written.
pub(super) fn write_outputs(file: &Path, values: &[(&str, String)]) -> io::Result<()> {
    append(file, &outputs(values))
}

/// Appends to the summary.
///
/// # Errors
/// When the file can not be written, or what others wrote leaves no room.
pub(super) fn write_summary(file: &Path, text: &str) -> io::Result<()> {
    if text.len() > summary_room(file) {
        return Err(io::Error::other("other programs of this step have filled the summary already"));
    }
    append(file, &redact(text))
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
    OpenOptions::new().append(true).open(file).map(drop)
}

fn append(file: &Path, text: &str) -> io::Result<()> {
    // Never created: a path that does not exist is a mount that is missing, and nobody would read the file.
    let mut file = OpenOptions::new().read(true).append(true).open(file)?;
    // Others may have left their last line open.
    let mut last = [b'\n'];
    if file.seek(io::SeekFrom::End(0))? > 0 {
        file.seek(io::SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    let gap = if last == [b'\n'] { "" } else { "\n" };
    file.write_all(format!("{gap}{text}").as_bytes())
}

/// One line a value; a value with line breaks as a block whose end mark does not occur in it.
fn outputs(values: &[(&str, String)]) -> String {
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
        assert!(write_summary(&file, "x").is_err());
        std::fs::write(&file, "before").expect("a file");
        write_summary(&file, "after\n").expect("written");
        assert_eq!(std::fs::read_to_string(&file).expect("the file"), "before\nafter\n");
        std::fs::write(&file, vec![b'x'; SUMMARY_LIMIT - 3]).expect("a file");
        assert_eq!(summary_room(&file), 3);
        assert!(write_summary(&file, "four").is_err());
    }
}
