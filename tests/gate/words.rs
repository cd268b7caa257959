//! Messages, pages, comments and names are plain English: words of the field, which can be searched for.

use crate::kit::Run;
use std::fs;
use std::path::{Path, PathBuf};

/// Words that the style guide replaces.
const REPLACED: [&str; 26] = [
    "mend",
    "mends",
    "mended",
    "mending",
    "told",
    "tell",
    "tells",
    "telling",
    "crowd",
    "crowds",
    "can not",
    "no page explains",
    "no page says",
    "is no",
    "are no",
    "trouble",
    "troubles",
    "ours",
    "fate",
    "fates",
    "bring back",
    "brings back",
    "brought back",
    "mischief",
    "slip of the pen",
    "slips of the pen",
];

/// Files and folders whose text is searched, code and comments alike. A folder is added when it is clean.
const CLEAN: [&str; 24] = [
    ".ci",
    ".github",
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "Cargo.toml",
    "Dockerfile",
    "README.md",
    "SECURITY.md",
    "action.yml",
    "benches",
    "book",
    "deny.toml",
    "docs",
    "examples",
    "install.sh",
    "packaging",
    "scripts",
    "setup",
    "src",
    "templates",
    "tests/gate",
    "tests/ring3",
    "vars",
];

/// The list of words itself, and snapshots: they repeat messages.
const SKIPPED: [&str; 2] = ["tests/gate/words.rs", "tests/gate/snapshots"];

/// The first replaced word in each line of a text.
fn replaced(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| (line, line.to_lowercase()));
    lines
        .filter_map(|(line, small)| {
            let word = REPLACED.iter().find(|word| has_word(&small, word))?;
            Some(format!("`{word}`: {}", line.trim()))
        })
        .collect()
}

/// Whether a line has this word by itself, or as a part of a name. "There is no" and "is no longer" are plain.
fn has_word(line: &str, word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        let is_plain = word.ends_with(" no") && (before.ends_with("there ") || after.starts_with(" longer"));
        !is_plain && !is_letter(before.chars().next_back()) && !is_letter(after.chars().next())
    })
}

/// All files below a path, or the path itself.
fn files_below(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let folder = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    folder.flat_map(|entry| files_below(&entry.expect("an entry").path())).collect()
}

#[test]
fn help_is_plain() {
    let commands =
        ["check", "report", "build", "tasks", "init", "doctor", "sandbox", "demo", "explain", "completions"];
    for arguments in commands.map(|command| vec![command, "--help"]).into_iter().chain([vec!["--help"]]) {
        let help = Run::new(&arguments).finish().expect(0).stdout;
        assert_eq!(replaced(&help), [""; 0], "{arguments:?}");
    }
}

#[test]
fn texts_are_plain() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = CLEAN.iter().flat_map(|place| files_below(&root.join(place)));
    let is_skipped = |file: &PathBuf| SKIPPED.iter().any(|place| file.starts_with(root.join(place)));
    let mut wrong = Vec::new();
    for file in files.filter(|file| !is_skipped(file)) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        wrong.extend(replaced(&text).iter().map(|line| format!("{}: {line}", file.display())));
    }
    assert_eq!(wrong, [""; 0]);
}
