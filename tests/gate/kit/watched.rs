//! A run whose log is read while it runs.

use super::patience::{GLANCE, PATIENCE};
use super::process::Process;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Output;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// A running process, and its log so far.
pub(crate) struct Watched {
    pub(crate) child: Process,
    log: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

impl Watched {
    pub(super) fn new(mut child: Process) -> Self {
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let log = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&log);
        let reader = thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                *written.lock().unwrap_or_else(PoisonError::into_inner) += &format!("{line}\n");
            }
        });
        Self { child, log, reader }
    }

    fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until the log contains this.
    #[track_caller]
    pub(crate) fn wait_for_log(&self, fact: &str) {
        let begun = Instant::now();
        while !self.log().contains(fact) {
            assert!(begun.elapsed() < PATIENCE, "`{fact}` is not in the log:\n{}", self.log());
            thread::sleep(GLANCE);
        }
    }

    /// Waits for the end.
    pub(super) fn finish(mut self) -> Output {
        let mut stdout = Vec::new();
        self.child.stdout.take().expect("a pipe").read_to_end(&mut stdout).expect("standard output");
        let status = self.child.wait().expect("the binary");
        self.reader.join().expect("a log");
        let stderr = self.log.lock().unwrap_or_else(PoisonError::into_inner).clone().into_bytes();
        Output { status, stdout, stderr }
    }
}
