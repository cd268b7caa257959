//! A panic is a bug: it is reported as one, and ends the process with the code for bugs, whatever thread it happens on.

use super::line::{Look, Parts, text_line};
use super::writer::last_words;
use crate::error::hint_lines;
use crate::messages::{ConsoleMessage, Hint};
use crate::model::outcome::Outcome;
use crate::text::redactor::redact_in_panic;
use tracing::Level;

/// Replaces the default report of panics.
pub fn install() {
    std::panic::set_hook(Box::new(|panic| {
        let message = ConsoleMessage::Bug {
            version: env!("CARGO_PKG_VERSION"),
            place: panic.location().map(ToString::to_string),
            text: redact_in_panic(panic.payload_as_str().unwrap_or("no message")).into_owned(),
            exit_code: Outcome::Internal.exit_code(),
        };
        let hints = hint_lines(&[Hint::Outcome(Outcome::Internal)]);
        last_words(text_line(Level::ERROR, &Parts::new(&message, &hints), Look::default()));
        #[expect(clippy::exit, reason = "the one place: an abort would end with another code")]
        std::process::exit(i32::from(Outcome::Internal.exit_code()));
    }));
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    /// Set in the process that is to panic.
    const VICTIM: &str = "CODEARTS_GATE_TEST_PANIC";

    /// Runs itself in another process, which panics.
    #[test]
    fn a_panic_is_shown_and_ends_with_70() {
        if std::env::var_os(VICTIM).is_some() {
            super::install();
            crate::text::redactor::learn("canary-in-a-panic");
            panic!("on purpose, with canary-in-a-panic");
        }
        let name = "console::crash::tests::a_panic_is_shown_and_ends_with_70";
        let output = Command::new(std::env::current_exe().expect("this program"))
            .args([name, "--exact", "--nocapture"])
            .env(VICTIM, "1")
            .output()
            .expect("this program");
        assert_eq!(output.status.code(), Some(70), "{output:?}");
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(log.contains("a bug in codearts-gate") && log.contains("on purpose, with ***"), "{log}");
    }
}
