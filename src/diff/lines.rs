//! The lines of a diff, with their numbers.

use crate::model::diff_error::{DiffError, DiffFault};

/// The lines that are still to be read.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    /// The number of the line that was read last; 0: none was.
    number: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, number: 0 }
    }

    /// The next line, without reading it.
    pub(super) fn peek(&self) -> Option<&'a [u8]> {
        self.clone().next()
    }

    /// What is wrong with the line that was read last.
    pub(super) fn fault(&self, fault: DiffFault) -> DiffError {
        DiffError { line: self.number.max(1), fault }
    }

    /// What is wrong with the next line.
    pub(super) fn fault_ahead(&self, fault: DiffFault) -> DiffError {
        DiffError { line: self.number + 1, fault }
    }
}

/// A line ends with `\n`; a `\r` before it is part of the line.
impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.iter().position(|byte| *byte == b'\n').unwrap_or(self.rest.len());
        let line = &self.rest[..end];
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        self.number += 1;
        Some(line)
    }
}
