//! How a comment in the diff shows which finding it is about, and whether its text is the one that was written: a hidden first
//! line, and a visible last one where a forge may not keep what is hidden (`ci/forges-cn`, F3). Pure.

use crate::report::lists::fingerprint::{Fingerprint, Group};
use sha2::{Digest as _, Sha256};

/// Begins the hidden line.
const HIDDEN: &str = "<!-- codearts-gate-review:";
/// Ends it.
const HIDDEN_END: &str = " -->";
/// Begins the visible line.
const VISIBLE: &str = "codearts-gate ";

/// What a comment shows about its finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::publish::forge) enum Standing {
    /// That it is there.
    Found,
    /// That it is gone; the thread is still to be resolved.
    Going,
    /// That it is gone.
    Gone,
}

impl Standing {
    /// Those that have a word in the mark.
    const GONE: [Self; 2] = [Self::Going, Self::Gone];

    const fn word(self) -> &'static str {
        match self {
            Self::Found => "",
            Self::Going => "going",
            Self::Gone => "gone",
        }
    }
}

/// What a comment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::publish::forge) struct Mark {
    /// The finding, as it was numbered when the comment was written.
    pub(in crate::publish::forge) fingerprint: Fingerprint,
    /// The findings that differ from it by their number only. Comments of earlier versions do not show it.
    pub(in crate::publish::forge) group: Option<Group>,
    /// What the comment shows.
    pub(in crate::publish::forge) standing: Standing,
    /// Whether the text may hold something that a person wrote: it is not the one that the mark was written for, or the mark does
    /// not show which that was.
    pub(in crate::publish::forge) is_edited: bool,
}

impl Mark {
    /// The mark of a comment that this program may have written for a key. `is_visible`: whether the last line may be all that is
    /// left of it.
    pub(in crate::publish::forge) fn read(body: &str, key: &str, is_visible: bool) -> Option<Self> {
        let first = body.lines().next().and_then(|line| hidden(line, key));
        let visible = || visible(last_line(body)?, key).filter(|_| is_visible);
        let (mark, written) = first.or_else(visible)?;
        Some(Self { is_edited: written != Some(digest(&unmarked(body, key))), ..mark })
    }

    /// The text with the mark.
    pub(super) fn around(self, text: &str, key: &str, is_visible: bool) -> String {
        let group = self.group.map(|group| group.to_string()).unwrap_or_default();
        let last = match self.standing {
            Standing::Found => digest(text),
            // What a person wrote may be in it.
            Standing::Going | Standing::Gone => self.standing.word().to_owned(),
        };
        let words = [self.fingerprint.to_string(), group, last];
        let words = words.iter().filter(|word| !word.is_empty()).map(String::as_str).collect::<Vec<_>>();
        let (words, text) = (words.join(" "), text.trim_end());
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

/// Shows whether words of a text were changed. Forges may change line ends and blanks.
fn digest(text: &str) -> String {
    let mut digest = Sha256::new();
    for word in text.split_whitespace() {
        digest.update(word);
        digest.update(" ");
    }
    hex::encode(&digest.finalize()[..4])
}

fn last_line(body: &str) -> Option<&str> {
    body.lines().map(str::trim).rfind(|line| !line.is_empty())
}

/// A mark, and the digest of the text that was written with it.
type Read = (Mark, Option<String>);

fn hidden(line: &str, key: &str) -> Option<Read> {
    words(line.trim().strip_prefix(HIDDEN)?.strip_suffix(HIDDEN_END)?, key)
}

fn visible(line: &str, key: &str) -> Option<Read> {
    words(line.strip_prefix(VISIBLE)?, key)
}

fn words(text: &str, key: &str) -> Option<Read> {
    let mut words = text.split(' ');
    let fingerprint = words.next().filter(|word| *word == key).and_then(|_| words.next())?;
    let rest: Vec<&str> = words.collect();
    let gone = |word: &str| Standing::GONE.into_iter().find(|standing| standing.word() == word);
    let is_digest = |word: &str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (group, standing, written) = match rest.as_slice() {
        // Those of earlier versions.
        [] => (None, Standing::Found, None),
        [word] => (None, gone(word)?, None),
        [group, word] => match gone(word) {
            Some(standing) => (Some(Group::parse(group)?), standing, None),
            None if is_digest(word) => {
                (Some(Group::parse(group)?), Standing::Found, Some((*word).to_owned()))
            }
            None => return None,
        },
        _ => return None,
    };
    let fingerprint = Fingerprint::parse(fingerprint)?;
    Some((Mark { fingerprint, group, standing, is_edited: true }, written))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINGERPRINT: &str = "00112233445566778899aabbccddeeff";

    fn mark(standing: Standing) -> Mark {
        let fingerprint = Fingerprint::parse(FINGERPRINT).expect("a fingerprint");
        Mark {
            fingerprint,
            group: Group::parse("01234567"),
            standing,
            is_edited: standing != Standing::Found,
        }
    }

    #[test]
    fn a_mark_survives_what_forges_do_to_a_comment() {
        for standing in [Standing::Found, Standing::Going, Standing::Gone] {
            for (is_visible, group) in [(false, true), (true, true), (true, false)] {
                let mark = mark(standing);
                let mark =
                    Mark { group: mark.group.filter(|_| group || standing == Standing::Found), ..mark };
                let body = mark.around("text\n\nmore", "k", is_visible);
                assert_eq!(Mark::read(&body, "k", is_visible), Some(mark), "{body}");
                assert_eq!(
                    Mark::read(&body.trim().replace('\n', " \r\n"), "k", is_visible),
                    Some(mark),
                    "{body}"
                );
                assert_eq!(Mark::read(&body, "k2", is_visible), None, "{body}");
                assert_eq!(unmarked(&body, "k"), "text\n\nmore");
                let shown: Vec<&str> = body.lines().skip(1).collect();
                let left = Mark::read(&shown.join("\n"), "k", is_visible);
                assert_eq!(left, Some(mark).filter(|_| is_visible), "{body}");
                assert_eq!(unmarked(&shown.join("\n"), "k"), "text\n\nmore");
            }
        }
    }

    /// Wherever a person writes something, the text is theirs.
    #[test]
    fn a_changed_text_is_noticed() {
        for is_visible in [false, true] {
            let body = mark(Standing::Found).around("**minor:** text\n\nmore", "k", is_visible);
            let is_edited = |body: &str| Mark::read(body, "k", is_visible).is_none_or(|mark| mark.is_edited);
            for same in
                [body.clone(), body.replace('\n', "\r\n"), format!("{body}\n \n"), body.replace("\n\n", "\n")]
            {
                assert!(!is_edited(&same), "{same}");
            }
            let lines = body.lines().count();
            for at in 0..=lines {
                let mut with_note: Vec<&str> = body.lines().collect();
                with_note.insert(at, "Accepted, see the review.");
                assert!(is_edited(&with_note.join("\n")), "{at} {body}");
            }
            for at in 0..lines {
                let noted = body.lines().enumerate().map(|(number, line)| {
                    if number == at { format!("{line} Accepted.") } else { line.to_owned() }
                });
                assert!(is_edited(&noted.collect::<Vec<_>>().join("\n")), "{at} {body}");
            }
            assert!(is_edited(&body.replace("more", "less")), "{body}");
        }
    }

    /// A comment of an earlier version does not show which text was written, so it may hold anything.
    #[test]
    fn marks_of_earlier_versions_are_read() {
        for (words, standing) in
            [(FINGERPRINT.to_owned(), Standing::Found), (format!("{FINGERPRINT} gone"), Standing::Gone)]
        {
            let expected = Mark { group: None, is_edited: true, ..mark(standing) };
            for body in
                [format!("{HIDDEN}k {words}{HIDDEN_END}\ntext\n"), format!("text\n\n{VISIBLE}k {words}\n")]
            {
                assert_eq!(Mark::read(&body, "k", true), Some(expected), "{body}");
            }
        }
    }

    #[test]
    fn only_a_first_line_is_a_hidden_mark() {
        let line = format!("{HIDDEN}k {FINGERPRINT}{HIDDEN_END}");
        let with = |words: &str| line.replace(FINGERPRINT, &format!("{FINGERPRINT} {words}"));
        let cases = [
            (line.clone(), true),
            (with("01234567 89abcdef"), true),
            (with("01234567 going"), true),
            (format!("text\n{line}"), false),
            (line.replace(FINGERPRINT, "0011"), false),
            (with("gone away"), false),
            (with("01234567 89abcdef gone"), false),
            (with("01234567"), false),
            (with("0123 gone"), false),
            (with("01234567 89"), false),
            (format!("<!-- codearts-gate:k -->\n{line}"), false),
            (String::new(), false),
        ];
        for (body, expected) in cases {
            assert_eq!(Mark::read(&body, "k", false).is_some(), expected, "{body}");
        }
    }
}
