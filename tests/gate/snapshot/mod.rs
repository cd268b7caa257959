//! Snapshots of everything people read, from the real binary: a change of a word shows up as the difference of a file.
//!
//! They are in `tests/gate/snapshots`, one file each. To change words: change them, run
//! `INSTA_UPDATE=always cargo test --test gate`, and review `git diff tests/gate/snapshots`: it shows what readers get.
//! Delete the folder first where a snapshot lost its test. No other tool is needed; with `cargo-insta`,
//! `cargo insta review` shows one after the other. A failed test leaves its text in a `.snap.new`, which git ignores.
//! Outcomes, exit codes and calls are asserted beside the snapshots: they are promises and survive an update.

#[cfg(unix)]
mod cancelled;
mod chinese;
mod commands;
#[cfg(unix)]
mod documents;
mod files;
mod github;
mod gitlab;
mod help;
mod mistakes;
#[cfg(unix)]
mod outcomes;
#[cfg(unix)]
mod screen;

use crate::kit::Ended;
#[cfg(unix)]
use crate::kit::{Run, World};
use insta::Settings;

/// What differs from one run to the next, and what stands for it. A filter hides no word, no outcome and no exit code.
const FILTERS: [(&str, &str); 19] = [
    // A port that the system chose; those that a test chose are shorter.
    (r"127\.0\.0\.1:\d{4,5}\b", "127.0.0.1:PORT"),
    // How long something took. Limits are written without "after" and stay.
    (r"after (?:\d+ ?(?:h|min|m|s|ms) ?)+, ", "after TIME, "),
    (r"(?:[2-9]|\d{2,}) polls", "N polls"),
    (r"(detection delay) \d\w+", "$1 TIME"),
    (r"(from \d+ pages?) in \d\w+", "$1 in TIME"),
    (r#""(seconds|lag_bound_seconds)": [\d.]+"#, r#""$1": TIME"#),
    (r#" time="[\d.]+""#, r#" time="TIME""#),
    (r#""polls": \d+"#, r#""polls": N"#),
    // The progress at the first poll; scripted progress is 50 %.
    (r"checking, (?:\d|[1-4]\d) %", "checking, N %"),
    // The same in Chinese.
    (r"用时 (?:\d+ ?(?:ms|h|min|m|s) ?)+", "用时 TIME"),
    (r"轮询 \d+ 次", "轮询 N 次"),
    (r"(检测延迟) \d\w+", "$1 TIME"),
    (r"正在检查，(?:\d|[1-4]\d) %", "正在检查，N %"),
    // When it was.
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "MOMENT"),
    (r"section_(start|end):\d+:", "section_$1:MOMENT:"),
    // The sandbox's PDF changes with the library that writes it.
    (r"\b[0-9a-f]{64}\b", "SHA256"),
    // A file that is being written.
    (r"\.codearts-gate-\w{6}\.part", ".codearts-gate-RANDOM.part"),
    (r"codearts-gate \d+\.\d+\.\d+", "codearts-gate VERSION"),
    (r#"("(?:version|semanticVersion)": ?)"\d+\.\d+\.\d+""#, r#"$1"VERSION""#),
];

/// Fails unless the text is the snapshot of this name. The name is what is shown.
macro_rules! assert_shown {
    ($name:expr, $text:expr) => {
        $crate::snapshot::settings().bind(|| insta::assert_snapshot!($name, $text))
    };
}
pub(crate) use assert_shown;

pub(crate) fn settings() -> Settings {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/gate/snapshots"));
    settings.set_omit_expression(true);
    for (pattern, replacement) in FILTERS {
        settings.add_filter(pattern, replacement);
    }
    let temporary = std::env::temp_dir();
    let temporary = temporary.to_str().expect("UTF-8").trim_end_matches('/');
    settings.add_filter(&format!(r"(/private)?{temporary}/\.tmp\w{{6}}"), "DIRECTORY");
    settings
}

/// Cases of one test and the message of each, for one snapshot.
#[derive(Default)]
pub(crate) struct Table(String);

impl Table {
    pub(crate) fn add(&mut self, case: impl std::fmt::Display, text: &str) {
        self.0 += &format!("=== {case}\n{}\n", text.trim_end());
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// The lines that contain this fact, in their order, each with its hints.
pub(crate) fn lines_with(text: &str, fact: &str) -> String {
    let mut is_shown = false;
    let mut shown = String::new();
    for line in text.lines() {
        is_shown = line.contains(fact) || is_shown && line.starts_with("hint: ");
        if is_shown {
            shown += &format!("{line}\n");
        }
    }
    shown
}

/// What a run printed, and its exit code.
pub(crate) fn shown(ended: &Ended) -> String {
    let mut text = format!("=== standard error\n{}=== exit code: {}\n", ended.stderr, ended.code);
    if !ended.stdout.is_empty() {
        text += &format!("=== standard output\n{}", ended.stdout);
    }
    text
}

/// The whole log in a CI and what is left of it on a terminal.
#[cfg(unix)]
fn on_both(prepare: impl Fn() -> (World, Run), code: i32) -> String {
    let (_world, mut run) = prepare();
    let in_ci = run.env("CI", "true").finish().expect(code);
    let (_world, run) = prepare();
    let (on_terminal, code_there) = screen::run(&run, |_| ());
    let on_terminal = screen::left(&on_terminal);
    assert_eq!(code_there, code, "{on_terminal}");
    format!("=== in a CI\n{}=== on a terminal\n{on_terminal}=== exit code: {code}\n", in_ci.stderr)
}
