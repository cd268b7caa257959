//! One line of the log, harmless whatever its text. Pure.

use crate::messages::{Label, LinePrefix};
use crate::model::finding::Severity;
use crate::text::{no_ci_command, no_ci_command_in_json, one_line};
use std::fmt::Display;
use std::time::SystemTime;
use tracing::Level;

/// Longest line, in characters; longer text from outside is cut.
const LINE_LIMIT: usize = 2000;

/// Ends a colour.
const PLAIN: &str = "\u{1b}[0m";
const BOLD: &str = "\u{1b}[1m";

/// The parts of an event that are printed; what is empty is not there.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) message: String,
    /// What to do about it, one a line.
    pub(super) hints: String,
    /// Path and line with which the message begins; its severity follows.
    pub(super) place: String,
    /// The address of that place.
    pub(super) link: String,
    pub(super) severity: Option<Severity>,
}

impl Parts {
    /// A message with its hints, one a line.
    pub(super) fn new(message: &impl Display, hints: &str) -> Self {
        Self { message: message.to_string(), hints: hints.to_owned(), ..Self::default() }
    }
}

/// What the reader of the lines can show.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    pub(super) has_colour: bool,
    pub(super) has_links: bool,
}

/// For people; each hint is a line of its own. Colour is a second sign of what the words say, never the only one.
pub(super) fn text_line(level: Level, parts: &Parts, look: Look) -> String {
    let (prefix, colour) = match level {
        Level::ERROR => (Some(LinePrefix::Error), "\u{1b}[1;31m"),
        Level::WARN => (Some(LinePrefix::Warning), "\u{1b}[1;33m"),
        Level::INFO => (None, ""),
        _ => (Some(LinePrefix::Debug), "\u{1b}[2m"),
    };
    let prefix = prefix.map(|prefix| prefix.to_string()).unwrap_or_default();
    let mut line = prefixed(&prefix, colour, &parts.message, look.has_colour);
    if let Some(marked) = with_place(&line, parts, look) {
        line = marked;
    }
    let prefix = LinePrefix::Hint.to_string();
    for hint in parts.hints.lines() {
        line.push_str(&prefixed(&prefix, "\u{1b}[1;36m", hint, look.has_colour));
    }
    line
}

/// A line that begins with its place and severity, with what makes them stand out. `None`: it does not begin so.
fn with_place(line: &str, Parts { place, link, severity, .. }: &Parts, look: Look) -> Option<String> {
    let severity = severity.filter(|_| !place.is_empty())?;
    let word = Label::Severity(severity).to_string();
    let rest = line.strip_prefix(place.as_str())?.strip_prefix(": ")?.strip_prefix(word.as_str())?;
    // <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>; anything but plain characters could end it.
    let is_plain = |link: &&String| !link.is_empty() && link.bytes().all(|byte| byte.is_ascii_graphic());
    let place = match Some(link).filter(is_plain).filter(|_| look.has_links) {
        Some(link) => format!("\u{1b}]8;;{link}\u{1b}\\{place}\u{1b}]8;;\u{1b}\\"),
        None => place.clone(),
    };
    let tone = match severity {
        Severity::Critical => "\u{1b}[1;31m",
        Severity::Major => "\u{1b}[33m",
        Severity::Minor | Severity::Suggestion => "\u{1b}[36m",
    };
    Some(match look.has_colour {
        true => format!("{BOLD}{place}{PLAIN}: {tone}{word}{PLAIN}{rest}"),
        false => format!("{place}: {word}{rest}"),
    })
}

/// One line; the colour is that of its prefix.
fn prefixed(prefix: &str, colour: &str, text: &str, has_colour: bool) -> String {
    let line = no_ci_command(&one_line(&format!("{prefix} {text}"), LINE_LIMIT));
    match line.strip_prefix(prefix).filter(|_| has_colour && !prefix.is_empty()) {
        Some(rest) => format!("{colour}{prefix}{PLAIN}{rest}\n"),
        None => format!("{line}\n"),
    }
}

/// As a JSON object; `hints` is a list there, if there are any.
pub(super) fn json_line(level: Level, Parts { message, hints, .. }: &Parts, time: SystemTime) -> String {
    let mut line = serde_json::json!({
        "time": humantime::format_rfc3339_millis(time).to_string(),
        "level": level.as_str().to_ascii_lowercase(),
        "message": one_line(message, LINE_LIMIT),
    });
    if !hints.is_empty() {
        line["hints"] = hints.lines().map(|hint| one_line(hint, LINE_LIMIT)).collect();
    }
    format!("{}\n", no_ci_command_in_json(&line.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN_LOOK: Look = Look { has_colour: false, has_links: false };
    const FULL_LOOK: Look = Look { has_colour: true, has_links: true };

    #[test]
    fn lines_are_single_plain_and_no_commands() {
        let text = |level, message, hints, look| text_line(level, &Parts::new(&message, hints), look);
        assert_eq!(text(Level::WARN, "a\nb\u{1b}[2J", "", PLAIN_LOOK), "warning: a b [2J\n");
        assert_eq!(text(Level::INFO, "::error::x ##[y]", "", PLAIN_LOOK), ": :error::x ## [y]\n");
        assert_eq!(text(Level::ERROR, "a", "b\nc", PLAIN_LOOK), "error: a\nhint: b\nhint: c\n");
        let coloured = text(Level::ERROR, "a\u{1b}[2J", "b", FULL_LOOK);
        assert_eq!(coloured, "\u{1b}[1;31merror:\u{1b}[0m a [2J\n\u{1b}[1;36mhint:\u{1b}[0m b\n");
        assert_eq!(text(Level::INFO, "a", "", FULL_LOOK), "a\n");
        let line = json_line(Level::INFO, &Parts::new(&"say \"hi\"\n", ""), SystemTime::UNIX_EPOCH);
        assert_eq!(
            line,
            "{\"level\":\"info\",\"message\":\"say \\\"hi\\\"\",\"time\":\"1970-01-01T00:00:00.000Z\"}\n"
        );
        let line = json_line(Level::INFO, &Parts::new(&"a", "b\nc"), SystemTime::UNIX_EPOCH);
        assert!(line.contains("\"hints\":[\"b\",\"c\"]"), "{line}");
    }

    #[test]
    fn a_place_stands_out_and_leads_to_its_line() {
        let finding = |place: &str, link: &str| Parts {
            place: place.to_owned(),
            link: link.to_owned(),
            severity: Some(Severity::Critical),
            ..Parts::new(&format!("{place}: critical: bad"), "")
        };
        let shown = |place, link, look| text_line(Level::INFO, &finding(place, link), look);
        assert_eq!(shown("a.c:1", "https://h/a.c#L1", PLAIN_LOOK), "a.c:1: critical: bad\n");
        assert_eq!(
            shown("a.c:1", "https://h/a.c#L1", FULL_LOOK),
            "\u{1b}[1m\u{1b}]8;;https://h/a.c#L1\u{1b}\\a.c:1\u{1b}]8;;\u{1b}\\\u{1b}[0m: \u{1b}[1;31mcritical\u{1b}[0m: bad\n"
        );
        // What is not as it was given gets no mark.
        assert_eq!(shown("::a.c\u{1b}", "", FULL_LOOK), ": :a.c : critical: bad\n");
        let link = shown("a.c", "https://h/\u{1b}\\x", FULL_LOOK);
        assert_eq!(link, "\u{1b}[1ma.c\u{1b}[0m: \u{1b}[1;31mcritical\u{1b}[0m: bad\n");
    }
}
