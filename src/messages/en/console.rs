//! Progress and the log itself, in English.

use crate::messages::console::{BatchState, ConsoleHint, ConsoleMessage, LinePrefix, Progress};
use crate::messages::finish::JobKind;
use crate::model::language::Language;
use crate::text::{count, duration};

/// What the console prints by itself.
pub(in crate::messages) fn console(message: &ConsoleMessage) -> String {
    match message {
        ConsoleMessage::WaitingForCheck => "Waiting for CodeArts Check".to_owned(),
        ConsoleMessage::WaitingForBuild => "Waiting for CodeArts Build".to_owned(),
        ConsoleMessage::Task { label, progress } => format!("{label}: {}", describe(progress)),
        ConsoleMessage::Still { label, progress } => format!("{label}: still {}", describe(progress)),
        ConsoleMessage::Progress(progress) => describe(progress),
        ConsoleMessage::Batch(state) => batch(state),
        ConsoleMessage::Events { note, number } => {
            format!("{}: {number} in total", note.text(Language::English))
        }
        ConsoleMessage::HiddenWarnings { number } => {
            format!("{} not shown", count((*number).into(), "further warning"))
        }
        ConsoleMessage::LinesLost { number } => {
            format!("{} missing here: the reader of the log had stopped", count(*number, "line"))
        }
        ConsoleMessage::NotRead { limit } => format!("nobody read it within {}", duration(*limit)),
        ConsoleMessage::Bug { version, place, text, exit_code } => {
            let place = place.as_ref().map(|place| format!(" at {place}")).unwrap_or_default();
            format!("a bug in codearts-gate {version}{place}: {text} (exit {exit_code})")
        }
    }
}

/// `checking, 45 %, 1m12s, about 1m28s left`.
fn describe(progress: &Progress) -> String {
    let Progress { activity, percent, elapsed, left } = progress;
    let mut text = activity.text(Language::English);
    if let Some(percent) = percent {
        text += &format!(", {percent:.0} %");
    }
    if elapsed.as_secs() > 0 {
        text += &format!(", {}", duration(*elapsed));
    }
    if let Some(left) = left {
        text += &format!(", about {} left", duration(*left));
    }
    text
}

/// `1000 tasks: 640 done (2 not passed: 80d4b7a1, 9f3c06e2), 300 checking, 60 creating the PDF report; furthest behind: 2b31ed52
/// checking, 12 %`.
fn batch(state: &BatchState) -> String {
    let BatchState { total, kind, done, failed, named, activities, furthest_behind } = state;
    let noun = match kind {
        JobKind::Task => "task",
        JobKind::Build => "build",
    };
    let mut text = format!("{}: {done} done", count(*total as u64, noun));
    if *failed > 0 {
        let more = if *failed > named.len() { ", ..." } else { "" };
        text += &format!(" ({failed} not passed: {}{more})", named.join(", "));
    }
    for (activity, number) in activities {
        text += &format!(", {number} {}", activity.text(Language::English));
    }
    if let Some((label, progress)) = furthest_behind {
        text += &format!("; furthest behind: {label} {}", describe(progress));
    }
    text
}

/// What to do about the log itself.
pub(in crate::messages) fn console_hint(hint: &ConsoleHint) -> String {
    match hint {
        ConsoleHint::Verbose => "show them with `--verbose`".to_owned(),
    }
}

/// How a line begins.
pub(in crate::messages) fn line_prefix(prefix: &LinePrefix) -> String {
    match prefix {
        LinePrefix::Error => "error:",
        LinePrefix::Warning => "warning:",
        LinePrefix::Debug => "debug:",
        LinePrefix::Hint => "hint:",
    }
    .to_owned()
}
