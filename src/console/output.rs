//! Where all talk goes: lines to standard error in the form that its reader takes, and the document to standard output.

use super::batch::BatchProgress;
use super::line::{Look, Parts, json_line, text_line};
use super::listener::Listener;
use super::log_section::LogSection;
use super::options::{LogFormat, Terminal, Verbosity};
use super::task_line::{TaskLine, style};
use super::workflow_command::{Annotation, WorkflowCommand};
use super::writer::{self, HURRIED_END_LIMIT, Writer};
use crate::error::hint_lines;
use crate::messages::{BatchNote, ConsoleHint, ConsoleMessage, Hint, JobKind};
use crate::model::log_dialect::LogDialect;
use crate::text::{QUOTE_LIMIT, no_ci_command, one_line, redactor};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, interval};
use tracing::Level;

/// A CI log gets a line about a running wait at least this often.
const HEARTBEAT: Duration = Duration::from_secs(50);
/// A CI log gets a line about a batch of tasks at most this often.
const BATCH_LINE_GAP: Duration = Duration::from_secs(30);
/// A terminal narrower than this, in columns, gets lines: a bar alone takes 27. One that does not report its width has none.
const WIDTH_NEEDED: u16 = 40;
/// How long the end waits for a reader to take the last lines, and as long again for the document of `--json`.
const END_LIMIT: Duration = Duration::from_secs(3);
/// How long the end waits for a reader that is slow but takes lines.
const SLOW_END_LIMIT: Duration = Duration::from_secs(30);

/// Where talk goes. Cheap to clone.
#[derive(Clone)]
pub struct Console {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    format: LogFormat,
    verbosity: Verbosity,
    dialect: LogDialect,
    look: Look,
    /// Present on a terminal.
    pub(super) bars: Option<MultiProgress>,
    shown: Mutex<Shown>,
    /// Whether a signal has come.
    is_hurried: AtomicBool,
    /// The part of the log that is open, where it has to be named to be closed.
    section: Mutex<Option<LogSection>>,
}

/// What is shown of all tasks.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) tasks: BTreeMap<u64, TaskLine>,
    /// Number of the next task.
    pub(super) next: u64,
    pub(super) batch: Option<BatchProgress>,
    /// The bar of the batch, on a terminal.
    bar: Option<ProgressBar>,
    /// The last line about the batch, and when it was written.
    last_line: Option<(Instant, String)>,
}

impl Console {
    /// Talks to standard error. Live bars need a terminal that can draw, and text for people.
    pub fn new(format: LogFormat, verbosity: Verbosity, dialect: LogDialect, terminal: Terminal) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let is_live = format == LogFormat::Text
            && verbosity == Verbosity::Normal
            && terminal.may_draw
            && is_terminal
            && width().is_some_and(|columns| columns >= WIDTH_NEEDED);
        let takes_escapes = takes_escapes();
        Self {
            inner: Arc::new(Inner {
                format,
                verbosity,
                dialect,
                look: Look {
                    has_colour: terminal.colour.unwrap_or(is_terminal && terminal.may_draw && takes_escapes),
                    has_links: terminal.has_links && (is_terminal || terminal.colour == Some(true)),
                },
                bars: is_live.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr())),
                shown: Mutex::default(),
                is_hurried: AtomicBool::new(false),
                section: Mutex::default(),
            }),
        }
    }

    /// Makes `tracing` events of this program come here. Works once a process; later calls change nothing.
    pub fn install(&self) {
        let console = self.clone();
        let listener = Listener(move |level, parts: &Parts| console.log_event(level, parts));
        let _ = tracing::subscriber::set_global_default(listener);
    }

    /// Prepares for so many tasks of a kind. A batch gets one line for all tasks; events of single ones
    /// until [`Self::end_batch`] are for readers of every detail, but for errors and the first warnings.
    pub fn begin_batch(&self, total: usize, kind: JobKind) {
        let mut shown = self.shown();
        shown.batch = BatchProgress::of(total, kind);
        let bars = self.inner.bars.as_ref().filter(|_| shown.batch.is_some());
        shown.bar = bars.map(|bars| {
            let bar = bars.add(ProgressBar::new(total as u64));
            bar.with_style(style("[{bar:24}] {wide_msg}"))
        });
    }

    /// Logs how the batch ended, if there is one.
    pub fn end_batch(&self) {
        let (batch, bar) = {
            let mut shown = self.shown();
            (shown.batch.take(), shown.bar.take())
        };
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        let Some(batch) = batch else { return };
        self.print(Level::INFO, batch.describe(std::iter::empty()));
        for (note, number) in batch.announced() {
            self.print(Level::INFO, ConsoleMessage::Events { note, number });
        }
        let number = batch.hidden_warnings();
        if number > 0 && self.inner.verbosity < Verbosity::Verbose {
            let hints = hint_lines(&[Hint::Console(ConsoleHint::Verbose)]);
            let message = ConsoleMessage::HiddenWarnings { number };
            self.print_parts(Level::WARN, &Parts::new(&message, &hints));
        }
    }

    /// Keeps bars moving and CI logs awake; never ends.
    pub async fn keep_alive(&self) -> Infallible {
        let mut second = interval(Duration::from_secs(1));
        loop {
            second.tick().await;
            self.beat();
        }
    }

    fn beat(&self) {
        let mut shown = self.shown();
        let Shown { tasks, batch, bar, last_line, .. } = &mut *shown;
        let now = Instant::now();
        if let Some(batch) = batch {
            let text = batch.describe(tasks.values()).to_string();
            if let Some(bar) = bar {
                bar.set_position(batch.done() as u64);
                bar.set_message(text);
                return;
            }
            let is_due = last_line.as_ref().is_none_or(|(last, before)| {
                let gap = if *before == text { HEARTBEAT } else { BATCH_LINE_GAP };
                now.duration_since(*last) >= gap
            });
            if is_due {
                self.print(Level::INFO, &text);
                *last_line = Some((now, text));
            }
            return;
        }
        if self.inner.bars.is_some() {
            tasks.values().for_each(TaskLine::draw);
            return;
        }
        for line in tasks.values_mut() {
            if now.duration_since(line.last_line.unwrap_or(line.started)) >= HEARTBEAT {
                line.last_line = Some(now);
                let (label, progress) = (line.label.clone(), line.progress());
                self.print(Level::INFO, ConsoleMessage::Still { label, progress });
            }
        }
    }

    /// Prints the one document of `--json`. That nobody can read it any more is not an error.
    ///
    /// # Errors
    /// When it cannot be written, such as to a full disk, or its reader has stopped.
    pub fn document(&self, text: &str) -> std::io::Result<()> {
        // Where both streams end in one place, the document comes after the lines before it.
        self.finish();
        let text = text.to_owned();
        let written = writer::within(self.end_limit(), move || {
            let mut stdout = std::io::stdout().lock();
            stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
        });
        match written {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }

    /// Asks a question, which stays on its line until it is answered.
    pub fn ask(&self, question: &str) {
        self.finish();
        self.write(&no_ci_command(&one_line(question, QUOTE_LIMIT)));
        self.write(" ");
    }

    /// Ends the line of a question that nobody has answered.
    pub fn end_question(&self) {
        self.write("\n");
    }

    /// From here on little time is left.
    pub fn hurry(&self) {
        self.inner.is_hurried.store(true, Ordering::Relaxed);
    }

    fn end_limit(&self) -> Duration {
        if self.inner.is_hurried.load(Ordering::Relaxed) { HURRIED_END_LIMIT } else { END_LIMIT }
    }

    /// Waits for the last lines to be read, within a limit.
    pub fn finish(&self) {
        if let Some(writer) = Writer::of_standard_error() {
            let limit = self.end_limit();
            let most = if limit == HURRIED_END_LIMIT { limit } else { SLOW_END_LIMIT };
            writer.finish(limit, most, |lost| self.lost_line(lost));
        }
    }

    /// Lines that nobody read.
    fn lost_line(&self, lost: u64) -> String {
        self.line(Level::WARN, &Parts::new(&ConsoleMessage::LinesLost { number: lost }, ""))
    }

    /// Hides a secret in everything that is printed from now on, and makes the CI hide it in whatever others log.
    pub fn mask(&self, secret: &str) {
        redactor::learn(secret);
        if !secret.is_empty() && self.inner.dialect == LogDialect::Runner {
            self.write_as_it_is(&format!("{}\n", WorkflowCommand::mask(secret)));
        }
    }

    /// Opens a part of the log that can be folded, where the CI knows such.
    pub fn group(&self, title: &impl Display) {
        let title = &title.to_string();
        if self.inner.dialect == LogDialect::GitLab && self.inner.format == LogFormat::Text {
            let (section, line) = LogSection::begin(title, SystemTime::now());
            self.write(&line);
            *self.section() = Some(section);
        } else {
            self.command(&WorkflowCommand::group(title));
        }
    }

    /// Closes it.
    pub fn end_group(&self) {
        if let Some(section) = self.section().take() {
            self.write(&section.end(SystemTime::now()));
        } else {
            self.command(&WorkflowCommand::end_group());
        }
    }

    fn section(&self) -> MutexGuard<'_, Option<LogSection>> {
        self.inner.section.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows a note on the page of the run, where the CI knows such.
    pub fn annotate(&self, annotation: &Annotation) {
        self.command(&WorkflowCommand::annotation(annotation));
    }

    fn command(&self, command: &WorkflowCommand) {
        if [LogDialect::PerhapsRunner, LogDialect::Runner].contains(&self.inner.dialect) {
            self.write(&format!("{command}\n"));
        }
    }

    /// Prints something about the whole process, however many tasks there are.
    pub fn print(&self, level: Level, message: impl Display) {
        self.print_parts(level, &Parts::new(&message, ""));
    }

    fn print_parts(&self, level: Level, parts: &Parts) {
        let needed = match level {
            Level::ERROR | Level::WARN => Verbosity::Quiet,
            Level::INFO => Verbosity::Normal,
            _ => Verbosity::Verbose,
        };
        if self.inner.verbosity < needed {
            return;
        }
        self.write_as_it_is(&self.line(level, parts));
    }

    fn line(&self, level: Level, parts: &Parts) -> String {
        match self.inner.format {
            LogFormat::Text => {
                let line = text_line(level, parts, self.inner.look);
                redactor::redact(&line).into_owned()
            }
            LogFormat::Json => redactor::redact_json(&json_line(level, parts, SystemTime::now())),
        }
    }

    fn write(&self, line: &str) {
        self.write_as_it_is(&redactor::redact(line));
    }

    /// One write a line, so that lines of several processes do not mix.
    fn write_as_it_is(&self, line: &str) {
        let write = || {
            let _ = std::io::stderr().lock().write_all(line.as_bytes());
        };
        match (&self.inner.bars, Writer::of_standard_error()) {
            (Some(bars), _) => bars.suspend(write),
            (None, Some(writer)) => writer.write(line.to_owned(), |lost| self.lost_line(lost)),
            (None, None) => write(),
        }
    }

    /// Logs an event of a task that matters. Of a batch, the first few events of a kind are shown, and at its end how many
    /// there were.
    pub fn log_counted(&self, note: BatchNote, text: &impl Display) {
        self.log_counted_with_hint(note, text, "");
    }

    /// The same with what to do about it.
    pub fn log_counted_with_hint(&self, note: BatchNote, text: &impl Display, hint: &str) {
        let is_shown = self.shown().batch.as_mut().is_none_or(|batch| batch.admits(note));
        let level = if is_shown { Level::INFO } else { Level::DEBUG };
        self.print_parts(level, &Parts::new(text, hint));
    }

    /// An event of this program. In a batch, what concerns a single task is a detail.
    fn log_event(&self, level: Level, parts: &Parts) {
        let level = match &mut self.shown().batch {
            Some(batch) => batch.level(level),
            None => level,
        };
        self.print_parts(level, parts);
    }

    pub(super) fn shown(&self) -> MutexGuard<'_, Shown> {
        self.inner.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a terminal on standard error obeys escape sequences: a console of Windows does once it was asked to, and older ones never.
fn takes_escapes() -> bool {
    #[cfg(windows)]
    let takes_escapes = ::console::Term::stderr().features().colors_supported();
    #[cfg(not(windows))]
    let takes_escapes = true;
    takes_escapes
}

/// Columns of the terminal behind standard error.
fn width() -> Option<u16> {
    terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| width.0)
}
