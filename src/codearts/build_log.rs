//! The log of a build while it is being written (page `build`, section 6).

use super::builds::shown;
use super::id::Id;
use super::service::{Service, get};
use super::wire::{LogContent, LogPiece};
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::field;
use crate::messages::Attempt;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Bytes asked for at once; the service's own usual number.
const PIECE: u64 = 1_000_000;
/// Largest answer with a piece, in bytes; the service may count characters, and escape them.
const PIECE_LIMIT: usize = 8 * 1024 * 1024;
/// Pieces read in one go: a log that never ends must not keep the verdict back.
const PIECES_LIMIT: usize = 100;
/// Times more is asked for where the service announces more and sends nothing, once the build is over.
const EMPTY_LIMIT: u32 = 5;
/// Pause between them.
const EMPTY_PAUSE: Duration = Duration::from_secs(1);
/// Longest line, in bytes; what is longer is cut into several.
const LINE_LIMIT: usize = 8 * 1024;
/// Lines kept from the end.
const TAIL: usize = 30;

/// Reads the log of one build, from where it stopped the last time.
#[derive(Debug)]
pub struct BuildLog<'a> {
    service: &'a Service,
    job: &'a Id,
    build_no: u64,
    offset: u64,
    lines: Lines,
}

impl<'a> BuildLog<'a> {
    /// From the beginning.
    pub fn new(service: &'a Service, job: &'a Id, build_no: u64) -> Self {
        Self { service, job, build_no, offset: 0, lines: Lines::default() }
    }

    /// Reads what has come since; `line` gets each whole line. `is_over`: nothing more is being written. Returns whether all that
    /// there is was read.
    ///
    /// # Errors
    /// The last failure.
    pub async fn read(
        &mut self,
        is_over: bool,
        deadline: Instant,
        mut line: impl FnMut(&str),
    ) -> Result<bool, CallError> {
        let mut empty = 0;
        for _ in 0..PIECES_LIMIT {
            let piece = self.piece(deadline).await?;
            let has_moved = piece.offset.is_some_and(|next| next > self.offset);
            // What comes again was shown already.
            if let Some(next) = piece.offset.filter(|_| has_moved) {
                self.offset = next;
                self.lines.add(&piece.content, &mut line);
            }
            if !piece.has_more_data.unwrap_or(false) {
                return Ok(true);
            }
            if !has_moved {
                empty += 1;
                if !is_over || empty > EMPTY_LIMIT {
                    return Ok(!is_over);
                }
                sleep(self.service.backoff().cap(EMPTY_PAUSE)).await;
            }
            // Signals are served between pieces.
            tokio::task::yield_now().await;
        }
        Ok(false)
    }

    /// Whether the log can be read at all.
    ///
    /// # Errors
    /// The last failure.
    pub async fn try_to_read(&self, deadline: Instant) -> Result<(), CallError> {
        self.piece(deadline).await.map(drop)
    }

    async fn piece(&self, deadline: Instant) -> Result<LogContent, CallError> {
        let call = Call {
            body_limit: PIECE_LIMIT,
            ..get(
                Attempt::ReadBuildLog(shown(self.job, self.build_no)),
                format!("/v3/jobs/{}/{}/real-time-log", self.job, self.build_no),
                &["result"],
            )
        };
        let call = call.with_query("offset", self.offset.to_string()).with_query("length", PIECE.to_string());
        Ok(field::read::<LogPiece>(&self.service.call(&call, deadline).await?).result)
    }

    /// The last lines, an unfinished one included, which `line` gets too.
    pub fn finish(mut self, mut line: impl FnMut(&str)) -> Vec<String> {
        self.lines.finish(&mut line);
        self.lines.tail.into()
    }
}

/// Lines out of pieces that end anywhere.
#[derive(Debug, Default)]
struct Lines {
    unfinished: String,
    tail: VecDeque<String>,
}

impl Lines {
    fn add(&mut self, content: &str, line: &mut impl FnMut(&str)) {
        // An official sample writes line ends as a backslash and an n.
        let unescaped = (!content.contains('\n')).then(|| content.replace("\\n", "\n"));
        let mut pieces = unescaped.as_deref().unwrap_or(content).split('\n');
        self.unfinished.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let whole = std::mem::replace(&mut self.unfinished, piece.to_owned());
            self.take(whole.trim_end(), line);
        }
        if self.unfinished.len() > LINE_LIMIT {
            let long = std::mem::take(&mut self.unfinished);
            self.take(&long, line);
        }
    }

    fn finish(&mut self, line: &mut impl FnMut(&str)) {
        let rest = std::mem::take(&mut self.unfinished);
        if !rest.trim().is_empty() {
            self.take(rest.trim_end(), line);
        }
    }

    fn take(&mut self, whole: &str, line: &mut impl FnMut(&str)) {
        let mut rest = whole;
        loop {
            let (part, more) = rest.split_at(rest.floor_char_boundary(LINE_LIMIT));
            line(part);
            if self.tail.len() == TAIL {
                self.tail.pop_front();
            }
            self.tail.push_back(part.to_owned());
            if more.is_empty() {
                return;
            }
            rest = more;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::example;
    use super::*;

    #[test]
    fn pieces_become_lines_and_the_last_are_kept() {
        let mut seen = Vec::new();
        let mut lines = Lines::default();
        for piece in ["a\nb", "c\r\n\nd", "", "\\n", "e\\nf"] {
            lines.add(piece, &mut |line: &str| seen.push(line.to_owned()));
        }
        lines.finish(&mut |line: &str| seen.push(line.to_owned()));
        assert_eq!(seen, ["a", "bc", "", "d", "e", "f"]);
        let mut sizes = Vec::new();
        lines.add(&"é".repeat(LINE_LIMIT), &mut |line: &str| sizes.push(line.len()));
        assert_eq!(sizes, [LINE_LIMIT, LINE_LIMIT]);
        let many: String = (0..100).map(|number| format!("{number}\n")).collect();
        lines.add(&many, &mut |_: &str| {});
        assert_eq!(lines.tail.len(), TAIL);
        assert_eq!((lines.tail[0].as_str(), lines.tail[TAIL - 1].as_str()), ("70", "99"));
    }

    #[test]
    fn the_example_of_a_log() {
        let piece = field::read::<LogPiece>(&example("build_real_time_log_v3.json")).result;
        assert_eq!((piece.offset, piece.has_more_data), (Some(126_548), Some(true)));
        assert!(piece.content.ends_with("BUILD SUCCESS\\n"), "{}", piece.content);
    }
}
