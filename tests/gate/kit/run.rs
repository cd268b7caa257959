//! One run of the binary, and its results.

use super::process::Process;
use super::schema::assert_result;
use super::secrets::{assert_none, assert_none_in_bytes};
use super::watched::Watched;
use codearts_gate::report::store::directory::RESULT_FILE;
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

/// One run of the binary, being prepared.
pub(crate) struct Run {
    arguments: Vec<String>,
    variables: BTreeMap<String, OsString>,
    directory: Arc<TempDir>,
}

impl Run {
    /// Without any variable but those that are set here.
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let directory = Arc::new(tempfile::tempdir().expect("a directory"));
        let mut run = Self {
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            variables: BTreeMap::new(),
            directory,
        };
        let reports = run.reports().to_str().expect("UTF-8").to_owned();
        run.env("CODEARTS_REPORT_DIR", &reports);
        run
    }

    pub(crate) fn env(&mut self, name: &str, value: &str) -> &mut Self {
        self.env_os(name, value.as_ref())
    }

    /// A value that may be other bytes than text.
    pub(crate) fn env_os(&mut self, name: &str, value: &OsStr) -> &mut Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn without(&mut self, name: &str) -> &mut Self {
        self.variables.remove(name);
        self
    }

    /// A variable of the process.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name)?.to_str().map(str::to_owned)
    }

    /// The directory it runs in.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The report directory of this run.
    pub(crate) fn reports(&self) -> PathBuf {
        self.directory.path().join("reports")
    }

    /// Another run in the same place: the same variables and directories, and other arguments.
    pub(crate) fn then(&self, arguments: &[&str]) -> Self {
        Self {
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            variables: self.variables.clone(),
            directory: Arc::clone(&self.directory),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command.args(&self.arguments).env_clear().envs(&self.variables).current_dir(self.directory.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts it and returns at once.
    pub(crate) fn spawn(&self) -> Process {
        Process::new(self.command().spawn().expect("the binary"))
    }

    /// Starts it with standard error on a terminal of the test.
    #[cfg(unix)]
    pub(crate) fn spawn_on(&self, terminal: Stdio) -> Process {
        Process::new(self.command().stderr(terminal).spawn().expect("the binary"))
    }

    /// Starts it with somebody at a terminal.
    #[cfg(unix)]
    pub(crate) fn spawn_at(&self, input: Stdio, output: Stdio) -> Process {
        Process::new(self.command().stdin(input).stderr(output).spawn().expect("the binary"))
    }

    /// The same with other ends of its streams.
    #[cfg(unix)]
    pub(crate) fn spawn_into(&self, stdout: Stdio, stderr: Stdio) -> Process {
        Process::new(self.command().stdout(stdout).stderr(stderr).spawn().expect("the binary"))
    }

    /// Starts it through a shell script that ends in `exec "$0" "$@"`.
    #[cfg(unix)]
    pub(crate) fn spawn_through_shell(&self, script: &str) -> Process {
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg(binary()).args(&self.arguments);
        command.env_clear().envs(&self.variables).current_dir(self.directory.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Process::new(command.spawn().expect("a shell"))
    }

    /// Runs it to its end.
    pub(crate) fn finish(&self) -> Ended {
        let output = self.command().output().expect("the binary");
        self.ended(output)
    }

    /// Runs it to its end in another directory.
    pub(crate) fn finish_in(&self, directory: &Path) -> Ended {
        let output = self.command().current_dir(directory).output().expect("the binary");
        self.ended(output)
    }

    /// Starts it, and reads its log while it runs.
    pub(crate) fn spawn_watched(&self) -> Watched {
        Watched::new(self.spawn())
    }

    /// The results of a watched run.
    pub(crate) fn wait_watched(&self, watched: Watched) -> Ended {
        self.ended(watched.finish())
    }

    /// The results of a spawned run.
    pub(crate) fn wait(&self, process: Process) -> Ended {
        self.ended(process.into_child().wait_with_output().expect("the binary"))
    }

    /// The results of one that may have been killed, and how it ended. What a killed one has left is searched all the same, but need
    /// not match the schema.
    pub(crate) fn wait_killed(&self, process: Process) -> (ExitStatus, Ended) {
        let output = process.into_child().wait_with_output().expect("the binary");
        let code = output.status.code();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let ended = self.found(code.unwrap_or(-1), text(&output.stdout), text(&output.stderr));
        if code.is_some() {
            self.hold_against_schema(&ended);
        }
        (output.status, ended)
    }

    fn ended(&self, output: std::process::Output) -> Ended {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let code = output.status.code().expect("an exit code");
        let ended = self.found(code, text(output.stdout), text(output.stderr));
        self.hold_against_schema(&ended);
        ended
    }

    fn found(&self, code: i32, stdout: String, stderr: String) -> Ended {
        let (reports, _directory) = (self.reports(), Arc::clone(&self.directory));
        let ended = Ended { code, stdout, stderr, reports, _directory };
        self.search_for_secrets(&ended);
        ended
    }

    /// Every result document matches its schema.
    fn hold_against_schema(&self, ended: &Ended) {
        let is_result = |path: &PathBuf| path.file_name().is_some_and(|name| name == RESULT_FILE);
        for path in files_below(self.directory.path()).into_iter().filter(is_result) {
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            assert_result(&path.display().to_string(), &text);
        }
        let has = |option: &str| self.arguments.iter().any(|argument| argument == option);
        if has("--json") && !has("--help") && !has("tasks") && !ended.stdout.is_empty() {
            assert_result("stdout", &ended.stdout);
        }
    }

    fn search_for_secrets(&self, ended: &Ended) {
        // A mask command must contain the secret.
        let is_mask = |line: &&str| line.starts_with("::add-mask::");
        let stderr: Vec<&str> = ended.stderr.lines().filter(|line| !is_mask(line)).collect();
        let mut texts =
            vec![("stdout".to_owned(), ended.stdout.clone()), ("stderr".to_owned(), stderr.join("\n"))];
        for path in files_below(self.directory.path()) {
            let place = path.display().to_string();
            match String::from_utf8(std::fs::read(&path).expect("a file")) {
                Ok(text) => texts.push((place, text)),
                Err(error) => assert_none_in_bytes(&place, error.as_bytes()),
            }
        }
        for (place, text) in texts {
            assert_none(&place, &text);
        }
    }
}

/// The binary under test: the one of this build, or the one that `GATE` names.
fn binary() -> OsString {
    std::env::var_os("GATE").unwrap_or_else(|| env!("CARGO_BIN_EXE_codearts-gate").into())
}

pub(crate) fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// A finished run.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) reports: PathBuf,
    /// Keeps the files.
    _directory: Arc<TempDir>,
}

impl Ended {
    /// The document in the report directory.
    pub(crate) fn result(&self) -> Value {
        let text = std::fs::read(self.reports.join("result.json")).expect("result.json");
        serde_json::from_slice(&text).expect("JSON")
    }

    /// The outputs of the step, the last of each name.
    pub(crate) fn outputs(&self) -> BTreeMap<String, String> {
        let text = std::fs::read_to_string(self.reports.with_file_name("output")).expect("the file");
        let pairs = text.lines().map(|line| line.split_once('=').expect("an output"));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The summary of the step.
    pub(crate) fn summary(&self) -> String {
        std::fs::read_to_string(self.reports.with_file_name("summary")).expect("the file")
    }

    /// Names of the files in the report directory, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = files_below(&self.reports)
            .iter()
            .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Fails unless the exit code is this one.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stderr:\n{}\nstdout:\n{}", self.stderr, self.stdout);
        self
    }
}
