//! A panic is a bug: it is said as one, and ends the process with the code for bugs, whatever thread it happens on.

use crate::console;
use crate::model::outcome::Outcome;
use crate::text::redactor::redact_in_panic;

/// Replaces the default report of panics.
pub fn install() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |place| format!(" at {place}"));
        console::last_words(format!(
            "error: a bug in codearts-gate {}{place}: {}; please report it (exit {})\n",
            env!("CARGO_PKG_VERSION"),
            redact_in_panic(panic.payload_as_str().unwrap_or("no message")),
            Outcome::Internal.exit_code()
        ));
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
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("a bug in codearts-gate") && told.contains("on purpose, with ***;"), "{told}");
    }
}
