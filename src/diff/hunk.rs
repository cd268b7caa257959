//! Hunks: the numbers in their first line decide how many lines follow. Nothing is guessed.

use super::lines::Lines;
use crate::model::diff_error::{DiffError, DiffFault};
use std::ops::RangeInclusive;

/// The changed lines of one file.
#[derive(Debug, Default)]
pub(super) struct Hunks {
    /// Added and changed lines of the new file.
    pub(super) changed: Vec<RangeInclusive<u32>>,
    /// The last line of the new file that was shown.
    last: u32,
}

/// Whether a line begins a hunk.
pub(super) fn is_hunk(line: &[u8]) -> bool {
    line.starts_with(b"@@")
}

impl Hunks {
    /// Reads all hunks that come next.
    pub(super) fn read(&mut self, lines: &mut Lines<'_>) -> Result<(), DiffError> {
        while lines.peek().is_some_and(is_hunk) {
            self.read_one(lines)?;
        }
        match lines.peek() {
            Some(line) if is_surplus(line, lines) => Err(lines.fault_ahead(DiffFault::TooManyLines)),
            Some(_) | None => Ok(()),
        }
    }

    fn read_one(&mut self, lines: &mut Lines<'_>) -> Result<(), DiffError> {
        let line = lines.next().unwrap_or_default();
        let truncated = lines.fault(DiffFault::Truncated);
        let Header { mut old, start, mut new } = Header::read(line).map_err(|fault| lines.fault(fault))?;
        if start < self.last || new > 0 && start == self.last {
            return Err(lines.fault(DiffFault::HunksOutOfOrder));
        }
        self.last = start.saturating_add(new.saturating_sub(1));
        let mut number = start;
        while new > 0 || old.iter().any(|left| *left > 0) {
            let line = lines.next().ok_or_else(|| truncated.clone())?;
            if line.starts_with(b"\\") {
                continue;
            }
            // Some editors and mail programs cut off the blank of an empty line.
            let line: &[u8] = if old.len() == 1 && matches!(line, b"" | b"\r") { b" " } else { line };
            let columns =
                line.get(..old.len()).filter(|columns| columns.iter().all(|mark| b" +-".contains(mark)));
            let columns = columns.ok_or_else(|| lines.fault(DiffFault::UnexpectedLine))?;
            let is_removed = columns.contains(&b'-');
            let in_old = if is_removed { b'-' } else { b' ' };
            for (left, _) in old.iter_mut().zip(columns).filter(|(_, mark)| **mark == in_old) {
                *left = left.checked_sub(1).ok_or_else(|| lines.fault(DiffFault::TooManyLines))?;
            }
            if is_removed {
                continue;
            }
            new = new.checked_sub(1).ok_or_else(|| lines.fault(DiffFault::TooManyLines))?;
            if columns.contains(&b'+') {
                self.note(number);
            }
            number = number.saturating_add(1);
        }
        if lines.peek().is_some_and(|line| line.starts_with(b"\\")) {
            lines.next();
        }
        Ok(())
    }

    fn note(&mut self, line: u32) {
        match self.changed.last_mut() {
            Some(last) if last.end().checked_add(1) == Some(line) => *last = *last.start()..=line,
            Some(_) | None => self.changed.push(line..=line),
        }
    }
}

/// Whether a line would belong to a hunk, although the one before has all its lines.
fn is_surplus(line: &[u8], lines: &Lines<'_>) -> bool {
    match line {
        [b'+' | b' ' | b'\\', ..] => true,
        // The signature of a mail.
        b"-- " | b"--" | b"-- \r" => false,
        [b'-', b'-', b'-', b' ', ..] => !lines.clone().nth(1).is_some_and(|line| line.starts_with(b"+++ ")),
        [b'-', ..] => true,
        _ => false,
    }
}

/// The numbers of `@@ -1,2 +3,4 @@`; of a merge there are more old versions, and more `@`.
pub(super) struct Header {
    /// How many lines each old version has.
    old: Vec<u32>,
    /// The first line in the new file.
    pub(super) start: u32,
    /// How many lines the new file has.
    new: u32,
}

impl Header {
    pub(super) fn read(line: &[u8]) -> Result<Self, DiffFault> {
        let marks = line.iter().take_while(|byte| **byte == b'@').count();
        let parents = marks - 1;
        let mut words = line[marks..].split(|byte| *byte == b' ');
        let is_apart = words.next() == Some(b"");
        let mut old = Vec::new();
        for _ in 0..parents {
            old.push(range(words.next(), b'-')?.1);
        }
        let (start, new) = range(words.next(), b'+')?;
        let end = words.next().unwrap_or_default();
        let is_closed = end.len() >= marks && end[..marks].iter().all(|byte| *byte == b'@');
        if !is_apart || !is_closed || new > 0 && start == 0 {
            return Err(DiffFault::BadHunk);
        }
        start.checked_add(new).ok_or(DiffFault::NumberTooLarge)?;
        Ok(Self { old, start, new })
    }
}

/// `-1,2` or `-1`: where it begins, and how many lines it has.
fn range(word: Option<&[u8]>, sign: u8) -> Result<(u32, u32), DiffFault> {
    let (first, digits) = word.and_then(<[u8]>::split_first).ok_or(DiffFault::BadHunk)?;
    if *first != sign {
        return Err(DiffFault::BadHunk);
    }
    let mut numbers = digits.splitn(2, |byte| *byte == b',');
    let start = number(numbers.next().unwrap_or_default())?;
    let count = numbers.next().map_or(Ok(1), number)?;
    Ok((start, count))
}

fn number(digits: &[u8]) -> Result<u32, DiffFault> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(DiffFault::BadHunk);
    }
    digits
        .iter()
        .try_fold(0_u32, |number, digit| number.checked_mul(10)?.checked_add(u32::from(digit - b'0')))
        .ok_or(DiffFault::NumberTooLarge)
}
