//! People read plain English: words of the field, which can be searched for.

use crate::kit::Run;
use std::fs;
use std::path::{Path, PathBuf};

/// Words that the style guide replaces.
const REPLACED: [&str; 14] = [
    "mend",
    "mended",
    "told",
    "tell",
    "tells",
    "crowd",
    "can not",
    "no page explains",
    "is no",
    "trouble",
    "ours",
    "fate",
    "bring back",
    "slip of the pen",
];

/// The first replaced word in each line of a text.
fn replaced(text: &str) -> Vec<String> {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let stands_alone = |line: &str, word: &str| {
        line.match_indices(word).any(|(at, _)| {
            !is_letter(line[..at].chars().next_back()) && !is_letter(line[at + word.len()..].chars().next())
        })
    };
    let lines = text.lines().map(|line| (line, line.to_lowercase()));
    lines
        .filter_map(|(line, small)| {
            let word = REPLACED.iter().find(|word| stands_alone(&small, word))?;
            Some(format!("`{word}`: {}", line.trim()))
        })
        .collect()
}

#[test]
fn help_is_plain() {
    let commands = ["check", "report", "build", "doctor", "sandbox", "demo", "explain", "completions"];
    for arguments in commands.map(|command| vec![command, "--help"]).into_iter().chain([vec!["--help"]]) {
        let help = Run::new(&arguments).finish().expect(0).stdout;
        assert_eq!(replaced(&help), [""; 0], "{arguments:?}");
    }
}

#[test]
fn messages_and_the_action_are_plain() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = fs::read_dir(root.join("src/messages/en")).expect("the folder");
    let messages = folder.map(|entry| entry.expect("an entry").path());
    for file in messages.chain([root.join("action.yml")]) {
        let text = fs::read_to_string(&file).expect("text");
        assert_eq!(replaced(&text), [""; 0], "{}", Path::new(&file).display());
    }
}
