//! Lines are written by a thread of their own: a reader that has stopped must hold up neither time limits nor signals.
//!
//! The queue is bounded. While the reader is only slow, whoever has a line waits a moment for room; once the reader counts
//! as stopped, what finds no room is dropped and counted, until something is read again.

use crate::messages::ConsoleMessage;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes that wait to be written.
const QUEUE_LIMIT: usize = 1024 * 1024;
/// The patience with the reader of this process's log.
const PATIENCE: Duration = Duration::from_millis(250);

/// How long the last lines may take after a signal, when five seconds are all there is.
pub(super) const HURRIED_END_LIMIT: Duration = Duration::from_millis(300);

/// Hands lines to the thread that writes them. Clones share it.
#[derive(Clone)]
pub(super) struct Writer {
    shared: Arc<Shared>,
}

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    /// How long a line waits for room before the reader counts as stopped.
    patience: Duration,
}

#[derive(Default)]
struct Queue {
    lines: VecDeque<String>,
    bytes: usize,
    /// Lines that were dropped since the last one that was taken.
    lost: u64,
    /// Whether the reader counts as stopped.
    is_stopped: bool,
    /// Whether a line is being written.
    is_writing: bool,
}

impl Writer {
    /// The writer of this process's standard error; `None` where the system gives no thread.
    pub(super) fn of_standard_error() -> Option<&'static Self> {
        static WRITER: OnceLock<Option<Writer>> = OnceLock::new();
        WRITER.get_or_init(|| Self::to(io::stderr(), PATIENCE).ok()).as_ref()
    }

    fn to(mut sink: impl Write + Send + 'static, patience: Duration) -> io::Result<Self> {
        let shared = Shared { queue: Mutex::default(), changed: Condvar::new(), patience };
        let writer = Self { shared: Arc::new(shared) };
        let shared = Arc::clone(&writer.shared);
        thread::Builder::new().name("log".to_owned()).spawn(move || shared.write_all(&mut sink))?;
        Ok(writer)
    }

    /// Hands over a line; `note` words how many were dropped before it.
    pub(super) fn write(&self, line: String, note: impl Fn(u64) -> String) {
        let changed = &self.shared.changed;
        let mut queue = self.shared.queue();
        if !queue.has_room(&line) && !queue.is_stopped {
            let is_full = |queue: &mut Queue| !queue.has_room(&line);
            let waited = changed.wait_timeout_while(queue, self.shared.patience, is_full);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
            queue.is_stopped = !queue.has_room(&line);
        }
        if !queue.has_room(&line) {
            queue.lost += 1;
            return;
        }
        queue.push_note(note);
        queue.push(line);
        changed.notify_all();
    }

    /// Waits until all is written; whether it is. A reader that takes nothing for `limit` has stopped, and one that is slow has
    /// `most` in all.
    pub(super) fn finish(&self, limit: Duration, most: Duration, note: impl Fn(u64) -> String) -> bool {
        let started = Instant::now();
        let mut queue = self.shared.queue();
        queue.push_note(note);
        self.shared.changed.notify_all();
        loop {
            let waiting = queue.lines.len();
            let is_same = |queue: &mut Queue| !queue.is_done() && queue.lines.len() == waiting;
            let left = limit.min(most.saturating_sub(started.elapsed()));
            let waited = self.shared.changed.wait_timeout_while(queue, left, is_same);
            let (after, result) = waited.unwrap_or_else(PoisonError::into_inner);
            if after.is_done() || result.timed_out() {
                return after.is_done();
            }
            queue = after;
        }
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what comes, line by line; never ends. It goes on after the stream is closed: lines must go somewhere.
    fn write_all(&self, sink: &mut impl Write) {
        let mut queue = self.queue();
        loop {
            match queue.lines.pop_front() {
                Some(line) => {
                    queue.bytes -= line.len();
                    queue.is_writing = true;
                    drop(queue);
                    // One write a line, so that lines of several processes do not mix.
                    let _ = sink.write_all(line.as_bytes()).and_then(|()| sink.flush());
                    queue = self.queue();
                    queue.is_writing = false;
                    queue.is_stopped = false;
                    self.changed.notify_all();
                }
                None => queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

impl Queue {
    /// A single line always finds room where nothing else waits.
    fn has_room(&self, line: &str) -> bool {
        self.lines.is_empty() || self.bytes + line.len() <= QUEUE_LIMIT
    }

    fn is_done(&self) -> bool {
        self.lines.is_empty() && !self.is_writing
    }

    fn push(&mut self, line: String) {
        self.bytes += line.len();
        self.lines.push_back(line);
    }

    fn push_note(&mut self, note: impl Fn(u64) -> String) {
        if self.lost > 0 {
            let line = note(self.lost);
            self.lost = 0;
            self.push(line);
        }
    }
}

/// Writes one last line and waits a moment for it to be read, wherever this process is.
pub(super) fn last_words(line: String) {
    match Writer::of_standard_error() {
        Some(writer) => {
            writer.write(line, |_| String::new());
            writer.finish(HURRIED_END_LIMIT, HURRIED_END_LIMIT, |_| String::new());
        }
        None => drop(io::stderr().write_all(line.as_bytes())),
    }
}

/// Does something that may block, such as a write to a stream that nobody reads, on a thread of its own.
///
/// # Errors
/// What it brought, or that it was not done within `limit`.
pub(super) fn within(
    limit: Duration,
    action: impl FnOnce() -> io::Result<()> + Send + 'static,
) -> io::Result<()> {
    let (sender, done) = mpsc::channel();
    thread::Builder::new().spawn(move || sender.send(action()))?;
    done.recv_timeout(limit).unwrap_or_else(|_| {
        let message = ConsoleMessage::NotRead { limit };
        Err(io::Error::new(io::ErrorKind::TimedOut, message.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream whose reader takes a line only when it is allowed to.
    struct Slow {
        may_write: mpsc::Receiver<()>,
        written: mpsc::Sender<String>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Without anybody who allows it, everything is taken.
            let _ = self.may_write.recv();
            let _ = self.written.send(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn slow(patience: Duration) -> (Writer, mpsc::Sender<()>, mpsc::Receiver<String>) {
        let (allow, may_write) = mpsc::channel();
        let (written, lines) = mpsc::channel();
        (Writer::to(Slow { may_write, written }, patience).expect("a thread"), allow, lines)
    }

    fn note(lost: u64) -> String {
        format!("lost {lost}")
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn lines_keep_their_order_and_are_all_there_at_the_end() {
        let (writer, allow, lines) = slow(LONG);
        drop(allow);
        let expected: Vec<String> = (0..10_000).map(|number| format!("{number}\n")).collect();
        expected.iter().for_each(|line| writer.write(line.clone(), note));
        assert!(writer.finish(LONG, LONG, note));
        assert_eq!(lines.try_iter().collect::<Vec<_>>(), expected);
    }

    /// Far more than the queue holds, to a reader that is slow and has not stopped.
    #[test]
    fn a_slow_reader_loses_nothing() {
        let (writer, allow, lines) = slow(LONG);
        let long = "x".repeat(QUEUE_LIMIT / 4);
        let reader = thread::spawn(move || {
            for _ in 0..20 {
                thread::sleep(Duration::from_millis(5));
                let _ = allow.send(());
            }
        });
        (0..20).for_each(|_| writer.write(long.clone(), note));
        assert!(writer.finish(LONG, LONG, note));
        reader.join().expect("the reader");
        assert_eq!(lines.try_iter().filter(|line| *line == long).count(), 20);
    }

    /// At the end a reader that goes on taking lines is waited for longer than one that takes none.
    #[test]
    fn a_slow_reader_gets_the_last_lines() {
        let (writer, allow, lines) = slow(LONG);
        (0..12).for_each(|number| writer.write(number.to_string(), note));
        let reader = thread::spawn(move || {
            for _ in 0..12 {
                thread::sleep(Duration::from_millis(250));
                let _ = allow.send(());
            }
        });
        assert!(writer.finish(Duration::from_millis(2500), LONG, note));
        reader.join().expect("the reader");
        assert_eq!(lines.try_iter().count(), 12);
    }

    #[test]
    fn a_stopped_reader_loses_lines_which_are_counted() {
        let (writer, allow, lines) = slow(Duration::ZERO);
        let long = "x".repeat(QUEUE_LIMIT);
        writer.write("first".to_owned(), note);
        // Until the first is being written, and with it the reader found to be stopped.
        while !writer.shared.queue().lines.is_empty() {
            thread::yield_now();
        }
        writer.write(long.clone(), note);
        for number in 0..5 {
            writer.write(format!("dropped {number}"), note);
        }
        assert!(writer.shared.queue().is_stopped);
        assert!(!writer.finish(Duration::ZERO, LONG, note));
        drop(allow);
        assert!(writer.finish(LONG, LONG, note));
        writer.write("last".to_owned(), note);
        assert!(writer.finish(LONG, LONG, note));
        let written: Vec<String> = lines.try_iter().collect();
        assert_eq!(written, ["first".to_owned(), long, "lost 5".to_owned(), "last".to_owned()]);
    }

    #[test]
    fn what_was_lost_is_noted_before_the_next_line() {
        let (writer, allow, lines) = slow(LONG);
        writer.shared.queue().lost = 7;
        drop(allow);
        writer.write("next".to_owned(), note);
        writer.shared.queue().lost = 1;
        assert!(writer.finish(LONG, LONG, note));
        assert_eq!(lines.try_iter().collect::<Vec<_>>(), ["lost 7", "next", "lost 1"]);
    }

    #[test]
    fn what_blocks_is_given_up() {
        let (allow, never) = mpsc::channel::<()>();
        let error = within(Duration::from_millis(1), move || {
            let _ = never.recv();
            Ok(())
        })
        .expect_err("given up");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(allow);
        assert!(within(LONG, || Ok(())).is_ok());
        assert!(within(LONG, || Err(io::Error::other("x"))).is_err());
    }
}
