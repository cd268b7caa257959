//! Names of files in a diff: quotes, prefixes, and which of two names is meant.

use crate::model::diff_error::DiffFault;
use std::borrow::Cow;

/// What stands for the other side of a file that was added or deleted.
pub(super) const NO_FILE: &[u8] = b"/dev/null";

/// The prefixes of git: `a/`, `b/`; of its option `diff.mnemonicPrefix`: `c/`, `i/`, `o/`, `w/`; of `--no-index`: `1/`, `2/`.
const PREFIXES: &[u8] = b"abciow12";

/// A name, without its quotes.
pub(super) type Name<'a> = Cow<'a, [u8]>;

/// The name in the rest of a line: in quotes, or up to a tab, after which a time stands.
pub(super) fn read(rest: &[u8]) -> Result<Name<'_>, DiffFault> {
    let rest = rest.strip_suffix(b"\r").unwrap_or(rest);
    if rest.starts_with(b"\"") {
        let (name, after) = unquote(rest)?;
        return match after {
            [] | [b'\t', ..] => Ok(Cow::Owned(name)),
            _ => Err(DiffFault::BadQuotes),
        };
    }
    let end = rest.iter().position(|byte| *byte == b'\t').unwrap_or(rest.len());
    Ok(Cow::Borrowed(&rest[..end]))
}

/// The two names of `diff --git OLD NEW`, unless they are of different form: then other lines name them.
pub(super) fn pair(rest: &[u8]) -> Result<Option<(Name<'_>, Name<'_>)>, DiffFault> {
    let rest = rest.strip_suffix(b"\r").unwrap_or(rest);
    if rest.starts_with(b"\"") {
        let (old, after) = unquote(rest)?;
        let Some(second @ [b'"', ..]) = after.strip_prefix(b" ") else { return Ok(None) };
        return match unquote(second)? {
            (new, []) => Ok(Some((Cow::Owned(old), Cow::Owned(new)))),
            (_, _) => Err(DiffFault::BadQuotes),
        };
    }
    Ok(halves(rest, b" "))
}

/// The two names on both sides of what stands in the middle: prefixes are equally long, and the names the same.
fn halves<'a>(text: &'a [u8], between: &[u8]) -> Option<(Name<'a>, Name<'a>)> {
    let length = text.len().checked_sub(between.len())? / 2;
    let (old, rest) = text.split_at(length);
    let new = rest.strip_prefix(between)?;
    (old == new || without_prefix(old)? == without_prefix(new)?)
        .then_some((Cow::Borrowed(old), Cow::Borrowed(new)))
}

/// The names in `OLD and NEW`; none where ` and ` stands in a name too.
pub(super) fn both(names: &[u8]) -> Option<(Name<'_>, Name<'_>)> {
    const BETWEEN: &[u8] = b" and ";
    halves(names, BETWEEN).or_else(|| {
        let split = |names: &[u8]| names.windows(BETWEEN.len()).position(|window| window == BETWEEN);
        let (old, rest) = names.split_at(split(names)?);
        let new = rest.strip_prefix(BETWEEN)?;
        split(new).is_none().then_some((Cow::Borrowed(old), Cow::Borrowed(new)))
    })
}

/// The file in the repository that a new name means. Where that is not certain, each that it may be. None where git was
/// given prefixes of more than one part, because their end is not shown.
pub(super) fn meant<'a>(old: &[u8], new: &'a [u8], is_git: bool) -> Vec<&'a [u8]> {
    if old == new {
        return vec![new];
    }
    let has_prefixes =
        without_prefix(old).is_some() && without_prefix(new).is_some() && old.first() != new.first();
    let may_be_added = old == NO_FILE && without_prefix(new).is_some();
    match after_first(new) {
        Some(file) if has_prefixes && after_first(old) == Some(file) => vec![file],
        Some(file) if has_prefixes || may_be_added || after_first(old) == Some(file) => vec![file, new],
        Some(_) | None if is_git => Vec::new(),
        Some(_) | None => vec![new],
    }
}

fn without_prefix(name: &[u8]) -> Option<&[u8]> {
    match name {
        [letter, b'/', rest @ ..] if PREFIXES.contains(letter) => Some(rest),
        _ => None,
    }
}

fn after_first(name: &[u8]) -> Option<&[u8]> {
    let slash = name.iter().position(|byte| *byte == b'/')?;
    name.get(slash + 1..)
}

/// The name in quotes as in C, and what comes after.
fn unquote(text: &[u8]) -> Result<(Vec<u8>, &[u8]), DiffFault> {
    let mut name = Vec::new();
    let mut rest = text.strip_prefix(b"\"").ok_or(DiffFault::BadQuotes)?;
    loop {
        rest = match rest {
            [b'"', after @ ..] => return Ok((name, after)),
            [b'\\', high @ b'0'..=b'3', middle @ b'0'..=b'7', low @ b'0'..=b'7', after @ ..] => {
                name.push((high - b'0') << 6 | (middle - b'0') << 3 | (low - b'0'));
                after
            }
            [b'\\', letter, after @ ..] => {
                name.push(match letter {
                    b'a' => 0x07,
                    b'b' => 0x08,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 0x0b,
                    b'f' => 0x0c,
                    b'r' => b'\r',
                    b'"' | b'\\' => *letter,
                    _ => return Err(DiffFault::BadQuotes),
                });
                after
            }
            [byte, after @ ..] if *byte != b'\\' => {
                name.push(*byte);
                after
            }
            _ => return Err(DiffFault::BadQuotes),
        }
    }
}

/// The name as text, if it lies within the repository.
pub(super) fn checked(name: &[u8]) -> Result<&str, DiffFault> {
    let text = std::str::from_utf8(name).map_err(|_| DiffFault::NameNotText)?;
    let mut parts = text.split(['/', '\\']);
    let is_outside =
        text.is_empty() || text.starts_with('/') || text.contains('\0') || parts.any(|part| part == "..");
    if is_outside { Err(DiffFault::NameOutside) } else { Ok(text) }
}
