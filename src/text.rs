//! Making text from outside safe to show, and saying times and sizes the way people do. Pure, but for the secrets that the
//! process knows.

mod invisible;
pub mod redactor;
pub mod table;
pub mod wrap;

use crate::text::redactor::redact;
use std::time::Duration;

/// Longest text from a server that is quoted in a message, in characters.
pub const QUOTE_LIMIT: usize = 500;

/// Text from outside as one harmless line without secrets: control characters (also the escape that drives terminals),
/// invisible ones and line breaks become spaces, runs of white space become one space, and at most `limit` characters stay.
pub fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::with_capacity(text.len().min(limit));
    // Whole, before it is shortened: half a secret would not be found any more.
    push_line(&mut line, &redact(text), limit);
    line
}

/// Text from outside that may have several lines: the same, but line breaks stay, empty lines do not.
pub fn kept_lines(text: &str, limit: usize) -> String {
    let mut kept = String::with_capacity(text.len().min(limit));
    let mut room = limit;
    for line in redact(text).lines() {
        let end = kept.len();
        if end > 0 {
            kept.push('\n');
        }
        match push_line(&mut kept, line, room) {
            0 => kept.truncate(end),
            characters => room = room.saturating_sub(characters + 1),
        }
        if room == 0 {
            break;
        }
    }
    kept
}

/// Adds what [`one_line`] makes of a text; how many characters that are.
fn push_line(line: &mut String, text: &str, limit: usize) -> usize {
    // Most texts are on a plain line already.
    if text.len() <= limit && is_plain(text) && text.trim_ascii().len() == text.len() && !text.contains("  ")
    {
        line.push_str(text);
        return text.len();
    }
    let mut characters = 0;
    let mut gap = false;
    for character in text.chars() {
        if character.is_whitespace() || is_unprintable(character) {
            gap = characters > 0;
            continue;
        }
        let needed = 1 + usize::from(gap);
        if characters + needed > limit {
            line.push('…');
            return characters + 1;
        }
        if gap {
            line.push(' ');
            gap = false;
        }
        line.push(character);
        characters += needed;
    }
    characters
}

/// Whether a text consists of printable ASCII characters, each of which is one byte and one character for everybody.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Controls, and characters that nobody sees.
pub fn is_unprintable(character: char) -> bool {
    character.is_control() || invisible::is_invisible(character)
}

/// The bytes of a text without the byte order mark that editors of Windows put before it.
pub fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text)
}

/// Whether a text is an id such as servers make them, of at most `limit` characters, and no secret: nothing else is shown as one or
/// put into a path.
pub fn is_id(text: &str, limit: usize) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=limit).contains(&text.len())
        && text.bytes().all(is_plain)
        && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
        && redact(text) == text
}

/// A line that no CI log reads as a command: GitHub's `::name::` is only a command at the start of a line, its older
/// `##[name]` anywhere in it (`ci/github`, section 2.1).
pub fn no_ci_command(line: &str) -> String {
    let line = line.replace("##[", "## [");
    if line.trim_start().starts_with("::") { line.replacen("::", ": :", 1) } else { line }
}

/// The same for JSON, whose value stays equal: the older command is recognised anywhere in a line.
pub fn no_ci_command_in_json(json: &str) -> String {
    json.replace("##[", "#\\u0023[")
}

/// A duration as it is typed: `850ms`, `42s`, `5m12s`, `2h03m`.
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{}ms", duration.subsec_millis()),
        1..60 => format!("{seconds}s"),
        60..3600 => match seconds % 60 {
            0 => format!("{}m", seconds / 60),
            rest => format!("{}m{rest:02}s", seconds / 60),
        },
        _ => match seconds % 3600 / 60 {
            0 => format!("{}h", seconds / 3600),
            rest => format!("{}h{rest:02}m", seconds / 3600),
        },
    }
}

/// A number of bytes as people say it, in powers of ten.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let mut value = count as f64;
    let mut unit = "B";
    for next in UNITS {
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if value < 10.0 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// `1 poll`, `2 polls`.
pub fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_text_becomes_one_plain_line() {
        let cases = [
            ("plain", "plain"),
            ("  two \r\n lines\t", "two lines"),
            ("\u{1b}[31mred\u{1b}[0m", "[31mred [0m"),
            ("a\u{202e}b\u{0}c", "a b c"),
            // Soft hyphen, filler, variation selector, tags, a mark of Egyptian writing.
            ("a\u{ad}b\u{3164}c\u{fe0f}d\u{e0041}\u{e007f}e\u{13430}f", "a b c d e f"),
            ("网络繁忙,请稍后再试", "网络繁忙,请稍后再试"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(one_line(text, 100), expected, "{text:?}");
        }
        assert_eq!(one_line("abcdef", 3), "abc…");
        assert_eq!(one_line("ab cd", 3), "ab…");
        assert_eq!(kept_lines("  a\r\n\n\u{1b}b \n c", 100), "a\nb\nc");
        assert_eq!(kept_lines("abc\ndef", 5), "abc\nd…");
    }

    #[test]
    fn ids_have_their_form() {
        crate::text::redactor::learn("canaryid0123456789");
        for good in ["2b31ed520aaaaaaebedb6e57aaaaaaaa", "0400:1A2B:3C:4D-5E", "a_b.c", "7"] {
            assert!(is_id(good, 40), "{good}");
        }
        for bad in ["", "..", ".", "-", "a b", "a/b", "a%2fb", "ä", "xcanaryid0123456789x", &"x".repeat(41)]
        {
            assert!(!is_id(bad, 40), "{bad}");
        }
    }

    #[test]
    fn ci_commands_are_disarmed() {
        assert_eq!(no_ci_command("::error::x"), ": :error::x");
        assert_eq!(no_ci_command("  ::add-mask::x"), "  : :add-mask::x");
        assert_eq!(no_ci_command("std::vec ##[error]x"), "std::vec ## [error]x");
        let json = no_ci_command_in_json("\"a ##[error]x\"");
        assert!(!json.contains("##["), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), "a ##[error]x");
    }

    #[test]
    fn durations_and_sizes_read_well() {
        let cases =
            [(850, "850ms"), (42_000, "42s"), (312_400, "5m12s"), (900_000, "15m"), (7_380_000, "2h03m")];
        for (milliseconds, expected) in cases {
            assert_eq!(duration(Duration::from_millis(milliseconds)), expected);
        }
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (20_480, "20 kB"),
            (999_999, "1.0 MB"),
            (200_000_000, "200 MB"),
        ];
        for (size, expected) in cases {
            assert_eq!(bytes(size), expected);
        }
        assert_eq!(count(1, "poll"), "1 poll");
        assert_eq!(count(0, "poll"), "0 polls");
    }

    proptest! {
        /// Plain texts take a shorter way.
        #[test]
        fn plain_texts_lose_only_blanks(text in "[ -~]{0,40}") {
            let words: Vec<&str> = text.split_whitespace().collect();
            prop_assert_eq!(one_line(&text, 40), words.join(" "));
        }

        #[test]
        fn any_text_is_one_line_within_the_limit(text in ".*", limit in 1usize..80) {
            let line = one_line(&text, limit);
            prop_assert!(line.chars().count() <= limit + 1);
            prop_assert!(!line.chars().any(is_unprintable));
            let safe = no_ci_command(&line);
            prop_assert!(!safe.trim_start().starts_with("::"));
            prop_assert!(!safe.contains("##["));
        }
    }
}
