//! One line of the log, harmless whatever its text. Pure.

use crate::text::{no_ci_command, no_ci_command_in_json, one_line};
use std::time::SystemTime;
use tracing::Level;

/// Longest line, in characters; longer text from outside is cut.
const LINE_LIMIT: usize = 2000;

/// Ends a colour.
const PLAIN: &str = "\u{1b}[0m";

/// For people; each line of `hints` is a line of its own. Colour is a second sign of what the words say, never the only one.
pub(super) fn text_line(level: Level, message: &str, hints: &str, has_colour: bool) -> String {
    let (prefix, colour) = match level {
        Level::ERROR => ("error:", "\u{1b}[1;31m"),
        Level::WARN => ("warning:", "\u{1b}[1;33m"),
        Level::INFO => ("", ""),
        _ => ("debug:", "\u{1b}[2m"),
    };
    let mut line = prefixed(prefix, colour, message, has_colour);
    for hint in hints.lines() {
        line.push_str(&prefixed("hint:", "\u{1b}[1;36m", hint, has_colour));
    }
    line
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
pub(super) fn json_line(level: Level, message: &str, hints: &str, time: SystemTime) -> String {
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

    #[test]
    fn lines_are_single_plain_and_no_commands() {
        assert_eq!(text_line(Level::WARN, "a\nb\u{1b}[2J", "", false), "warning: a b [2J\n");
        assert_eq!(text_line(Level::INFO, "::error::x ##[y]", "", false), ": :error::x ## [y]\n");
        assert_eq!(text_line(Level::ERROR, "a", "b\nc", false), "error: a\nhint: b\nhint: c\n");
        let coloured = text_line(Level::ERROR, "a\u{1b}[2J", "b", true);
        assert_eq!(coloured, "\u{1b}[1;31merror:\u{1b}[0m a [2J\n\u{1b}[1;36mhint:\u{1b}[0m b\n");
        assert_eq!(text_line(Level::INFO, "a", "", true), "a\n");
        let line = json_line(Level::INFO, "say \"hi\"\n", "", SystemTime::UNIX_EPOCH);
        assert_eq!(
            line,
            "{\"level\":\"info\",\"message\":\"say \\\"hi\\\"\",\"time\":\"1970-01-01T00:00:00.000Z\"}\n"
        );
        let line = json_line(Level::INFO, "a", "b\nc", SystemTime::UNIX_EPOCH);
        assert!(line.contains("\"hints\":[\"b\",\"c\"]"), "{line}");
    }
}
