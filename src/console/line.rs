//! One line of the log, harmless whatever its text. Pure.

use crate::text::{no_ci_command, no_ci_command_in_json, one_line};
use std::time::SystemTime;
use tracing::Level;

/// Longest line, in characters; longer text from outside is cut.
const LINE_LIMIT: usize = 2000;

/// For people; each line of `hints` is a line of its own.
pub(super) fn text_line(level: Level, message: &str, hints: &str) -> String {
    let prefix = match level {
        Level::ERROR => "error: ",
        Level::WARN => "warning: ",
        Level::INFO => "",
        _ => "debug: ",
    };
    let mut line = no_ci_command(&one_line(&format!("{prefix}{message}"), LINE_LIMIT));
    line.push('\n');
    for hint in hints.lines() {
        line.push_str(&one_line(&format!("hint: {hint}"), LINE_LIMIT));
        line.push('\n');
    }
    line
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
        assert_eq!(text_line(Level::WARN, "a\nb\u{1b}[2J", ""), "warning: a b [2J\n");
        assert_eq!(text_line(Level::INFO, "::error::x ##[y]", ""), ": :error::x ## [y]\n");
        assert_eq!(text_line(Level::ERROR, "a", "b\nc"), "error: a\nhint: b\nhint: c\n");
        let line = json_line(Level::INFO, "say \"hi\"\n", "", SystemTime::UNIX_EPOCH);
        assert_eq!(
            line,
            "{\"level\":\"info\",\"message\":\"say \\\"hi\\\"\",\"time\":\"1970-01-01T00:00:00.000Z\"}\n"
        );
        let line = json_line(Level::INFO, "a", "b\nc", SystemTime::UNIX_EPOCH);
        assert!(line.contains("\"hints\":[\"b\",\"c\"]"), "{line}");
    }
}
