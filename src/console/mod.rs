//! Talk: everything on standard error, and the one document on standard output.
//!
//! Lines come as `tracing` events, so every module can talk without knowing this one. A terminal gets live bars; a CI
//! log gets a line per change and a heartbeat, no control characters, one write a line. Nobody listening (a closed
//! pipe, a Jenkins controller that restarts) is no reason to fail.

mod crowd;

use crate::ci::log_section::LogSection;
use crate::ci::workflow_command::{Annotation, WorkflowCommand};
use crate::text::{count, duration, no_ci_command, no_ci_command_in_json, one_line};
use crowd::Crowd;
pub use crowd::SINGLE_TASKS_LIMIT;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::{Debug, Write as _};
use std::io::{IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, interval};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, span};

/// A CI log hears of a running wait at least this often.
const HEARTBEAT: Duration = Duration::from_secs(50);
/// A CI log hears of a changed percentage at most this often.
const PERCENT_LINE_GAP: Duration = Duration::from_secs(10);
/// A CI log hears of a crowd of tasks at most this often.
const CROWD_LINE_GAP: Duration = Duration::from_secs(30);
/// Longest line, in characters; longer text from outside is cut.
const LINE_LIMIT: usize = 2000;

/// Form of the lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// How much is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Warnings and errors.
    Quiet,
    /// What a user wants to follow.
    #[default]
    Normal,
    /// Every request.
    Verbose,
}

/// Who reads the lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reader {
    /// Nobody who obeys commands in them.
    #[default]
    Anybody,
    /// GitHub's runner in the end, perhaps with others before it: a script may keep a copy of the log, and a secret that
    /// is told to be hidden would stand there. The runner hides the secrets of the job by itself.
    PerhapsRunner,
    /// GitHub's runner and nobody else.
    Runner,
    /// The page of a job of GitLab, which folds sections.
    GitLab,
}

/// Where talk goes. Cheap to clone.
#[derive(Clone)]
pub struct Console {
    inner: Arc<Inner>,
}

struct Inner {
    format: LogFormat,
    verbosity: Verbosity,
    reader: Reader,
    /// Present on a terminal.
    bars: Option<MultiProgress>,
    shown: Mutex<Shown>,
    /// The part of the log that is open, where it has to be named to be closed.
    section: Mutex<Option<LogSection>>,
}

/// What is shown of all tasks.
#[derive(Default)]
struct Shown {
    tasks: BTreeMap<u64, TaskLine>,
    next: u64,
    crowd: Option<Crowd>,
    /// The bar of the crowd, on a terminal.
    bar: Option<ProgressBar>,
    /// The last line about the crowd, and when it was written.
    last_line: Option<(Instant, String)>,
}

/// What is shown of one task.
struct TaskLine {
    label: String,
    phase: &'static str,
    percent: Option<f64>,
    started: Instant,
    last_line: Option<Instant>,
    bar: Option<ProgressBar>,
}

/// Shows the progress of one task.
pub struct TaskDisplay {
    console: Console,
    number: u64,
    label: String,
}

impl Console {
    /// Talks to standard error. Live bars need a terminal, and text for people.
    pub fn new(format: LogFormat, verbosity: Verbosity, reader: Reader) -> Self {
        let is_live =
            format == LogFormat::Text && verbosity == Verbosity::Normal && std::io::stderr().is_terminal();
        Self {
            inner: Arc::new(Inner {
                format,
                verbosity,
                reader,
                bars: is_live.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr())),
                shown: Mutex::default(),
                section: Mutex::default(),
            }),
        }
    }

    /// Makes `tracing` events of this program come here. Works once a process; later calls change nothing.
    pub fn install(&self) {
        let _ = tracing::subscriber::set_global_default(Listener(self.clone()));
    }

    /// Gets ready for so many tasks, called `noun`. Of a crowd there is one line about all; what is said about single ones
    /// until [`Self::end_crowd`] is for readers of every detail, but for errors and the first warnings.
    pub fn begin_crowd(&self, total: usize, noun: &'static str) {
        let mut shown = self.shown();
        shown.crowd = Crowd::of(total, noun);
        let bars = self.inner.bars.as_ref().filter(|_| shown.crowd.is_some());
        shown.bar = bars.map(|bars| {
            let bar = bars.add(ProgressBar::new(total as u64));
            bar.with_style(style("[{bar:24}] {msg}"))
        });
    }

    /// Says how the crowd ended, if it was one.
    pub fn end_crowd(&self) {
        let (crowd, bar) = {
            let mut shown = self.shown();
            (shown.crowd.take(), shown.bar.take())
        };
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        let Some(crowd) = crowd else { return };
        self.print(Level::INFO, &crowd.describe(std::iter::empty()));
        for (kind, number) in crowd.told() {
            self.print(Level::INFO, &format!("{kind}: {number} in all"));
        }
        if crowd.hidden_warnings() > 0 {
            let number = count(crowd.hidden_warnings().into(), "further warning");
            self.print(Level::WARN, &format!("{number}; `--verbose` shows them"));
        }
    }

    /// Begins to show a task.
    pub fn task(&self, label: &str) -> TaskDisplay {
        let label = one_line(label, 64);
        let mut shown = self.shown();
        let bar = self.inner.bars.as_ref().filter(|_| shown.crowd.is_none()).map(|bars| {
            let bar = bars.add(ProgressBar::new(100));
            bar.set_style(bar_style(false));
            bar.set_prefix(label.clone());
            bar
        });
        let number = shown.next;
        shown.next += 1;
        let line = TaskLine {
            label: label.clone(),
            phase: "",
            percent: None,
            started: Instant::now(),
            last_line: None,
            bar,
        };
        shown.tasks.insert(number, line);
        TaskDisplay { console: self.clone(), number, label }
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
        let Shown { tasks, crowd, bar, last_line, .. } = &mut *shown;
        let now = Instant::now();
        if let Some(crowd) = crowd {
            let text = crowd.describe(tasks.values());
            if let Some(bar) = bar {
                bar.set_position(crowd.done() as u64);
                bar.set_message(text);
                return;
            }
            let is_due = last_line.as_ref().is_none_or(|(last, said)| {
                let gap = if *said == text { HEARTBEAT } else { CROWD_LINE_GAP };
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
                self.print(Level::INFO, &format!("{}: still {}", line.label, line.describe()));
            }
        }
    }

    /// Prints the one document of `--json`.
    pub fn document(&self, text: &str) {
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    }

    /// Makes the CI hide a secret in everything that is logged from now on.
    pub fn mask(&self, secret: &str) {
        if !secret.is_empty() && self.inner.reader == Reader::Runner {
            self.command(&WorkflowCommand::mask(secret));
        }
    }

    /// Opens a part of the log that can be folded, where the CI knows such.
    pub fn group(&self, title: &str) {
        if self.inner.reader == Reader::GitLab && self.inner.format == LogFormat::Text {
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

    fn section(&self) -> std::sync::MutexGuard<'_, Option<LogSection>> {
        self.inner.section.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows a note on the page of the run, where the CI knows such.
    pub fn annotate(&self, annotation: &Annotation) {
        self.command(&WorkflowCommand::annotation(annotation));
    }

    fn command(&self, command: &WorkflowCommand) {
        if [Reader::PerhapsRunner, Reader::Runner].contains(&self.inner.reader) {
            self.write(&format!("{command}\n"));
        }
    }

    fn print(&self, level: Level, message: &str) {
        let needed = match level {
            Level::ERROR | Level::WARN => Verbosity::Quiet,
            Level::INFO => Verbosity::Normal,
            _ => Verbosity::Verbose,
        };
        if self.inner.verbosity < needed {
            return;
        }
        let line = match self.inner.format {
            LogFormat::Text => text_line(level, message),
            LogFormat::Json => json_line(level, message, SystemTime::now()),
        };
        self.write(&line);
    }

    /// One write a line, so that lines of several processes do not mix.
    fn write(&self, line: &str) {
        let write = || {
            let _ = std::io::stderr().lock().write_all(line.as_bytes());
        };
        match &self.inner.bars {
            Some(bars) => bars.suspend(write),
            None => write(),
        }
    }

    /// Says something about a task that matters: of a crowd the first few of a kind, and at its end how many there were.
    pub fn tell(&self, kind: &'static str, text: &str) {
        let is_told = self.shown().crowd.as_mut().is_none_or(|crowd| crowd.admits(kind));
        self.print(if is_told { Level::INFO } else { Level::DEBUG }, text);
    }

    /// Says something about the whole process.
    pub fn announce(&self, level: Level, text: &str) {
        self.print(level, text);
    }

    /// An event of this program. Whoever talks about one task of a crowd talks to readers of every detail.
    fn hear(&self, level: Level, message: &str) {
        let level = match &mut self.shown().crowd {
            Some(crowd) => crowd.level(level),
            None => level,
        };
        self.print(level, message);
    }

    fn shown(&self) -> std::sync::MutexGuard<'_, Shown> {
        self.inner.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TaskDisplay {
    /// The name the task is shown under.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Shows what the task is doing. Percentages are for display only.
    pub fn show(&self, phase: &'static str, percent: Option<f64>) {
        let mut shown = self.console.shown();
        let is_single = shown.crowd.is_none() && self.console.inner.bars.is_none();
        let Some(line) = shown.tasks.get_mut(&self.number) else { return };
        let is_new_phase = line.phase != phase;
        if is_new_phase {
            line.started = Instant::now();
        }
        let has_moved = percent.is_some() && percent != line.percent;
        line.phase = phase;
        line.percent = percent;
        line.draw();
        let is_due = line.last_line.is_none_or(|last| last.elapsed() >= PERCENT_LINE_GAP);
        if is_single && (is_new_phase || has_moved && is_due) {
            line.last_line = Some(Instant::now());
            let text = format!("{}: {}", line.label, line.describe());
            drop(shown);
            self.console.print(Level::INFO, &text);
        }
    }

    /// As [`Console::tell`].
    pub fn tell(&self, kind: &'static str, text: &str) {
        self.console.tell(kind, text);
    }

    /// Says something that belongs to the task, such as a line of its log, however many tasks there are.
    pub fn say(&self, text: &str) {
        self.console.print(Level::INFO, &format!("{}{text}", self.label));
    }

    /// Stops showing the task, which has come to its end.
    pub fn end(&self, has_passed: bool) {
        let mut shown = self.console.shown();
        let Some(line) = shown.tasks.remove(&self.number) else { return };
        if let Some(bar) = line.bar {
            bar.finish_and_clear();
        }
        if let Some(crowd) = &mut shown.crowd {
            crowd.end_task(&self.label, has_passed);
        }
    }
}

/// Of a task that has not come to its end.
impl Drop for TaskDisplay {
    fn drop(&mut self) {
        if let Some(bar) = self.console.shown().tasks.remove(&self.number).and_then(|line| line.bar) {
            bar.finish_and_clear();
        }
    }
}

impl TaskLine {
    /// `checking, 45 %, 1 min 12 s, about 1 min 28 s left`.
    fn describe(&self) -> String {
        let elapsed = self.started.elapsed();
        let mut text = self.phase.to_owned();
        if let Some(percent) = self.percent {
            let _ = write!(text, ", {percent:.0} %");
        }
        if elapsed >= Duration::from_secs(1) {
            let _ = write!(text, ", {}", duration(elapsed));
        }
        if let Some(left) = self.percent.and_then(|percent| time_left(elapsed, percent)) {
            let _ = write!(text, ", about {} left", duration(left));
        }
        text
    }

    fn draw(&self) {
        let Some(bar) = &self.bar else { return };
        bar.set_style(bar_style(self.percent.is_some()));
        if let Some(percent) = self.percent {
            bar.set_position(percent as u64);
        }
        bar.set_message(self.describe());
        bar.tick();
    }
}

/// The rest, if the task goes on as before. Nothing is said from too little.
fn time_left(elapsed: Duration, percent: f64) -> Option<Duration> {
    let is_telling = (5.0..100.0).contains(&percent) && elapsed >= Duration::from_secs(5);
    is_telling.then(|| elapsed.mul_f64((100.0 - percent) / percent))
}

fn bar_style(has_percent: bool) -> ProgressStyle {
    let template = if has_percent { "{prefix} [{bar:24}] {msg}" } else { "{prefix} {spinner} {msg}" };
    style(template)
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

fn text_line(level: Level, message: &str) -> String {
    let prefix = match level {
        Level::ERROR => "error: ",
        Level::WARN => "warning: ",
        Level::INFO => "",
        _ => "debug: ",
    };
    let mut line = no_ci_command(&one_line(&format!("{prefix}{message}"), LINE_LIMIT));
    line.push('\n');
    line
}

fn json_line(level: Level, message: &str, time: SystemTime) -> String {
    let line = serde_json::json!({
        "time": humantime::format_rfc3339_millis(time).to_string(),
        "level": level.as_str().to_ascii_lowercase(),
        "message": one_line(message, LINE_LIMIT),
    });
    format!("{}\n", no_ci_command_in_json(&line.to_string()))
}

/// Takes this program's events; what libraries say could hold headers, and is not for users.
struct Listener(Console);

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut message = Message::default();
        event.record(&mut message);
        self.0.hear(*event.metadata().level(), &message.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_single_plain_and_no_commands() {
        assert_eq!(text_line(Level::WARN, "a\nb\u{1b}[2J"), "warning: a b [2J\n");
        assert_eq!(text_line(Level::INFO, "::error::x ##[y]"), ": :error::x ## [y]\n");
        let line = json_line(Level::INFO, "say \"hi\"\n", SystemTime::UNIX_EPOCH);
        assert_eq!(
            line,
            "{\"level\":\"info\",\"message\":\"say \\\"hi\\\"\",\"time\":\"1970-01-01T00:00:00.000Z\"}\n"
        );
    }

    #[test]
    fn an_estimate_needs_something_to_go_by() {
        let seconds = Duration::from_secs;
        assert_eq!(time_left(seconds(60), 25.0), Some(seconds(180)));
        assert_eq!(time_left(seconds(60), 1.0), None);
        assert_eq!(time_left(seconds(2), 50.0), None);
        assert_eq!(time_left(seconds(60), 100.0), None);
    }
}
