//! Questions on a terminal: a line is asked, a line is answered.

use crate::console::Console;
use crate::error::Problem;
use crate::lifecycle::track::signals::Signals;
use crate::log_problem;
use crate::messages::{InitMessage, InitQuestion};
use crate::model::outcome::Outcome;
use std::io::BufRead as _;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Ended {
    /// A signal has come.
    Signal(Outcome),
    /// The input has ended.
    Input,
}

impl Ended {
    /// How the command ends.
    pub(super) fn outcome(self) -> anyhow::Result<Outcome> {
        match self {
            Self::Signal(outcome) => Ok(outcome),
            Self::Input => Err(Problem::new(InitMessage::NoAnswer).into()),
        }
    }
}

/// Somebody at a terminal.
pub(super) struct Dialogue {
    console: Console,
    lines: UnboundedReceiver<String>,
}

impl Dialogue {
    pub(super) fn new(console: &Console) -> Self {
        let (sender, lines) = unbounded_channel();
        // A read that is waited for cannot be ended: the thread ends with the process.
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines() {
                let Ok(line) = line else { return };
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { console: console.clone(), lines }
    }

    /// Asks until the answer is taken. `default`: what counts where the line is empty.
    pub(super) async fn ask<T>(
        &mut self,
        signals: &mut Signals,
        question: InitQuestion,
        default: Option<&str>,
        mut take: impl FnMut(&str) -> Result<T, Problem>,
    ) -> Result<T, Ended> {
        let shown = default.map(|default| format!(" [{default}]")).unwrap_or_default();
        loop {
            self.console.ask(&format!("{question}{shown}:"));
            let line = tokio::select! {
                line = self.lines.recv() => line,
                signal = signals.next() => {
                    self.console.hurry();
                    self.console.end_question();
                    return Err(Ended::Signal(signal));
                }
            };
            let Some(line) = line else {
                self.console.end_question();
                return Err(Ended::Input);
            };
            let answer = match line.trim() {
                "" => match default {
                    Some(default) => default,
                    None => continue,
                },
                answer => answer,
            };
            match take(answer) {
                Ok(taken) => return Ok(taken),
                Err(problem) => log_problem!(warn, problem),
            }
        }
    }
}
