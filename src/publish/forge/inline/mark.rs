//! How a comment in the diff shows which finding it is about: a hidden first line, and a visible last one where a forge may not
//! keep what is hidden (`ci/forges-cn`, F3). Pure.

use crate::report::lists::fingerprint::Fingerprint;

/// Begins the hidden line.
const HIDDEN: &str = "<!-- codearts-gate-review:";
/// Ends it.
const HIDDEN_END: &str = " -->";
/// Begins the visible line.
const VISIBLE: &str = "codearts-gate ";
/// Stands in the mark of a comment whose finding is gone.
const GONE: &str = "gone";

/// What a comment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::publish::forge) struct Mark {
    /// The finding.
    pub(in crate::publish::forge) fingerprint: Fingerprint,
    /// Whether the comment shows already that the finding is gone.
    pub(in crate::publish::forge) is_gone: bool,
}

impl Mark {
    /// The mark of a comment that this program may have written for a key. `is_visible`: whether the last line may be all that is
    /// left of it.
    pub(in crate::publish::forge) fn read(body: &str, key: &str, is_visible: bool) -> Option<Self> {
        let first = body.lines().next().and_then(|line| hidden(line, key));
        first.or_else(|| visible(last_line(body)?, key).filter(|_| is_visible))
    }

    /// The text with the mark.
    pub(super) fn around(self, text: &str, key: &str, is_visible: bool) -> String {
        let words = format!("{} {}", self.fingerprint, if self.is_gone { GONE } else { "" });
        let words = words.trim_end();
        let text = text.trim_end();
        let last = if is_visible { format!("\n{VISIBLE}{key} {words}\n") } else { String::new() };
        format!("{HIDDEN}{key} {words}{HIDDEN_END}\n{text}\n{last}")
    }
}

/// The text of a comment without its mark.
pub(super) fn unmarked(body: &str, key: &str) -> String {
    let last = last_line(body).filter(|line| visible(line, key).is_some());
    let is_text = |line: &&str| hidden(line, key).is_none() && Some(line.trim()) != last;
    body.lines().filter(is_text).collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn last_line(body: &str) -> Option<&str> {
    body.lines().map(str::trim).rfind(|line| !line.is_empty())
}

fn hidden(line: &str, key: &str) -> Option<Mark> {
    words(line.trim().strip_prefix(HIDDEN)?.strip_suffix(HIDDEN_END)?, key)
}

fn visible(line: &str, key: &str) -> Option<Mark> {
    words(line.strip_prefix(VISIBLE)?, key)
}

fn words(text: &str, key: &str) -> Option<Mark> {
    let mut words = text.split(' ');
    let fingerprint = words.next().filter(|word| *word == key).and_then(|_| words.next())?;
    let rest: Vec<&str> = words.collect();
    let is_gone = match rest.as_slice() {
        [] => false,
        [GONE] => true,
        _ => return None,
    };
    Some(Mark { fingerprint: Fingerprint::parse(fingerprint)?, is_gone })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINGERPRINT: &str = "00112233445566778899aabbccddeeff";

    #[test]
    fn a_mark_survives_what_forges_do_to_a_comment() {
        let fingerprint = Fingerprint::parse(FINGERPRINT).expect("a fingerprint");
        for (is_gone, is_visible) in [(false, false), (true, false), (false, true), (true, true)] {
            let mark = Mark { fingerprint, is_gone };
            let body = mark.around("text\n\nmore", "k", is_visible);
            assert_eq!(Mark::read(&body, "k", is_visible), Some(mark), "{body}");
            assert_eq!(Mark::read(&body.trim().replace('\n', "\r\n"), "k", is_visible), Some(mark), "{body}");
            assert_eq!(Mark::read(&body, "k2", is_visible), None, "{body}");
            assert_eq!(unmarked(&body, "k"), "text\n\nmore");
            let shown: Vec<&str> = body.lines().skip(1).collect();
            let left = Mark::read(&shown.join("\n"), "k", is_visible);
            assert_eq!(left, Some(mark).filter(|_| is_visible), "{body}");
            assert_eq!(unmarked(&shown.join("\n"), "k"), "text\n\nmore");
        }
    }

    #[test]
    fn only_a_first_line_is_a_hidden_mark() {
        let line = format!("{HIDDEN}k {FINGERPRINT}{HIDDEN_END}");
        let cases = [
            (line.clone(), true),
            (format!("text\n{line}"), false),
            (line.replace(FINGERPRINT, "0011"), false),
            (line.replace(FINGERPRINT, &format!("{FINGERPRINT} gone away")), false),
            (format!("<!-- codearts-gate:k -->\n{line}"), false),
            (String::new(), false),
        ];
        for (body, expected) in cases {
            assert_eq!(Mark::read(&body, "k", false).is_some(), expected, "{body}");
        }
    }
}
