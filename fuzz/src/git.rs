//! Changed lines against git, which makes the diff and counts the lines that were added.

use crate::files::directory;
use codearts_gate::diff::unified;
use codearts_gate::model::changed_lines::FileChange;
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

/// Lines that look like parts of a diff.
const LINES: [&str; 16] = [
    "a",
    "b",
    "",
    " ",
    "-- x",
    "++ y",
    "--- a/f",
    "+++ b/f",
    "@@ -1 +1 @@",
    "@@@ -1 -1 +1 @@@",
    "diff --git a/x b/x",
    "\\ No newline at end of file",
    "é",
    "\tx",
    "-",
    "+\r",
];
/// Names that git quotes, or that look like something else.
const NAMES: [&str; 8] = ["plain", "with blank", "quote\"d", "tab\there", "测试", "b", "-- x", "a b"];
/// Files of one input.
const FILES: usize = 8;

/// A file before and after; `None`: it is not there.
type Pair = (Option<String>, Option<String>);

/// A file, by its name. The first byte chooses that, the second which sides there are and how they end; each other one is a line:
/// four bits choose it, two the sides that have it.
fn read_file(bytes: &[u8]) -> Option<(&'static str, Pair)> {
    let [name, sides, lines @ ..] = bytes else { return None };
    let side = |side: u8| {
        let has_line = |byte: &&u8| (**byte >> 6) & side != 0 || **byte >> 6 == 0;
        let lines: Vec<&str> =
            lines.iter().filter(has_line).map(|byte| LINES[usize::from(byte & 15)]).collect();
        let end = if sides & (side << 2) == 0 && !lines.is_empty() { "\n" } else { "" };
        (sides & (side << 4) == 0).then(|| lines.join("\n") + end)
    };
    Some((NAMES[usize::from(*name) % NAMES.len()], (side(1), side(2))))
}

/// The lines that git adds. An input is the number of lines of context, and files with a line end between them.
pub fn diff_git(input: &[u8]) {
    let Some((context, input)) = input.split_first() else { return };
    let root = directory().join("git");
    let _ = fs::remove_dir_all(&root);
    let mut files = BTreeMap::new();
    for (name, pair) in input.split(|byte| *byte == b'\n').take(FILES).filter_map(read_file) {
        files.entry(name).or_insert(pair);
    }
    for (side, folder) in ["a", "b"].into_iter().enumerate() {
        fs::create_dir_all(root.join(folder)).expect("a directory");
        for (name, (before, after)) in &files {
            if let Some(text) = if side == 0 { before } else { after } {
                fs::write(root.join(folder).join(name), text).expect("a file");
            }
        }
    }
    let context = format!("-U{}", context % 5);
    let output = Command::new("git")
        .args([
            "-c",
            "core.autocrlf=false",
            "diff",
            "--no-index",
            "--no-prefix",
            "--no-renames",
            "--numstat",
            "-p",
            &context,
            "a",
            "b",
        ])
        .current_dir(&root)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git");
    if output.stdout.is_empty() {
        return;
    }
    let changed = unified(&output.stdout)
        .unwrap_or_else(|error| panic!("{error} in {}", String::from_utf8_lossy(&output.stdout)));
    for (name, (before, after)) in &files {
        let Some(after) = after else { continue };
        // The folders look like the usual prefixes, which are taken off.
        let path = name.replace('\t', "");
        let lines: Vec<&str> = after.split_terminator('\n').collect();
        let before = before.as_deref().unwrap_or_default();
        let is_same = before == after;
        // Of a new file both names begin like that, so there it may be a folder.
        let found = changed.get(&path).or_else(|| changed.get(&format!("b/{path}")));
        let Some((_, FileChange::Lines(ranges))) = found else {
            assert!(is_same || !changed.contains(&path), "{path} is whole");
            assert!(
                is_same || lines.is_empty(),
                "{path} is not in {}",
                String::from_utf8_lossy(&output.stdout)
            );
            continue;
        };
        let is_added = |line: usize| ranges.iter().any(|range| range.contains(&(line as u32 + 1)));
        // What was not added was there before, in this order.
        let mut old = before.split_terminator('\n');
        for (number, line) in lines.iter().enumerate().filter(|(number, _)| !is_added(*number)) {
            assert!(old.any(|known| known == *line), "line {} of {path} was not there before", number + 1);
        }
        let added = ranges.iter().map(|range| range.clone().count()).sum::<usize>();
        assert_eq!(Some(added), counted(&output.stdout, &path, name), "{path}");
    }
}

/// How many lines git says were added to a file, in the lines before the diff.
fn counted(output: &[u8], path: &str, name: &str) -> Option<usize> {
    let text = String::from_utf8_lossy(output);
    let end = text.find("\ndiff --git").unwrap_or(text.len());
    let is_plain = name.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"');
    let row = text[..end].lines().find(|row| {
        if is_plain {
            row.rsplit('\t').next().is_some_and(|file| {
                file == path || file.ends_with(&format!("{name}}}")) || file.ends_with(&format!("/{name}"))
            })
        } else {
            false
        }
    });
    match row {
        Some(row) => row.split('\t').next()?.parse().ok(),
        // Quoted: found by what the diff says.
        None => None.or_else(|| quoted(&text[..end], name)),
    }
}

fn quoted(rows: &str, name: &str) -> Option<usize> {
    let mut written = String::new();
    for byte in name.bytes() {
        match byte {
            b'"' => written.push_str("\\\""),
            b'\t' => written.push_str("\\t"),
            b' '..=b'~' => written.push(char::from(byte)),
            _ => written += &format!("\\{byte:03o}"),
        }
    }
    rows.lines().find(|row| row.contains(&written))?.split('\t').next()?.parse().ok()
}
