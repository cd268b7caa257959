//! Lines of limited width, also where a text has no blanks. Pure.

use super::table::{is_wide, width};

/// Never begin a line.
const CLOSING: &str = "，。；：、）》」】！？,.;:)]!?";
/// Never end a line.
const OPENING: &str = "（《「【([";
/// Stands before each item of a list.
const BULLET: &str = "- ";

/// Breaks the lines that are wider than `columns`: at blanks, and around characters of East Asia. What goes on is indented like the
/// beginning of its line, and in a list like the text of its item.
pub fn wrap(text: &str, columns: usize) -> String {
    text.lines().map(|line| wrap_line(line, columns)).collect::<Vec<_>>().join("\n")
}

fn wrap_line(line: &str, columns: usize) -> String {
    let text = line.trim_start_matches(' ');
    let bullet = if text.starts_with(BULLET) { BULLET.len() } else { 0 };
    let indent = " ".repeat(line.len() - text.len() + bullet);
    let mut wrapped = line[..line.len() - text.len()].to_owned();
    let mut used = wrapped.len();
    for piece in pieces(text) {
        let wide = width(piece.trim_end());
        if used + wide > columns && used > indent.len() {
            wrapped.truncate(wrapped.trim_end().len());
            wrapped.push('\n');
            wrapped.push_str(&indent);
            used = indent.len();
        }
        wrapped.push_str(piece);
        used += width(piece);
    }
    wrapped
}

/// What is not broken, with the blanks behind it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, character) in text.char_indices() {
        if before.is_some_and(|before| may_break(before, character)) {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(character);
    }
    pieces.push(&text[start..]);
    pieces
}

fn may_break(before: char, after: char) -> bool {
    match (before, after) {
        (_, ' ') => false,
        (' ', _) => true,
        _ => (is_wide(before) || is_wide(after)) && !OPENING.contains(before) && !CLOSING.contains(after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_broken_where_a_reader_expects_it() {
        let cases = [
            ("等待结果的最长时间", 10, "等待结果的\n最长时间"),
            ("等待结果，的最长时间", 8, "等待结\n果，的最\n长时间"),
            ("等待（最长时间）", 6, "等待\n（最长\n时间）"),
            ("轮询间隔：`auto`（自适应）", 16, "轮询间隔：`auto`\n（自适应）"),
            ("用 `--report-dir` 指定", 10, "用\n`--report-dir`\n指定"),
            ("two words", 5, "two\nwords"),
            ("  CODEARTS_TOKEN、HW_SECRET_KEY", 18, "  CODEARTS_TOKEN、\n  HW_SECRET_KEY"),
            ("- auto：第一组凭据", 12, "- auto：第一\n  组凭据"),
            ("一行\n\n两行", 4, "一行\n\n两行"),
            ("", 4, ""),
        ];
        for (text, columns, expected) in cases {
            assert_eq!(wrap(text, columns), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_but_blanks_is_lost(text in "[a-z一-丁，（）` ]{0,60}", columns in 1_usize..40) {
            let without = |text: &str| text.chars().filter(|one| !one.is_whitespace()).collect::<String>();
            let wrapped = wrap(&text, columns);
            prop_assert_eq!(without(&wrapped), without(&text));
            // A line that is too wide could not be broken.
            for line in wrapped.lines().filter(|line| width(line.trim_end()) > columns) {
                prop_assert_eq!(pieces(line.trim_start()).len(), 1, "{}", line);
            }
        }
    }
}
