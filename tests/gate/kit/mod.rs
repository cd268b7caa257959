//! Runs the binary with a clean environment against a sandbox in this process, and searches everything it prints and
//! writes for secrets.

pub(crate) mod forge;
pub(crate) mod gitlab;
pub(crate) mod secrets;

use crate::kit::forge::{Forge, GITHUB_TOKEN, runtime_token};
use crate::kit::gitlab::GITLAB_TOKEN;
use crate::kit::secrets::{assert_none, assert_none_in_bytes};
use codearts_gate::sandbox::scenario::Scenario;
use codearts_gate::sandbox::{
    ACCESS_KEY, DOMAIN, PASSWORD, Recorded, SECRET_KEY, SECURITY_TOKEN, Sandbox, TEMPORARY_ACCESS_KEY, USER,
};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// A task id.
pub(crate) const TASK: &str = "2b31ed520aaaaaaebedb6e57aaaaaaaa";
/// A sandbox on a thread of its own; gone when dropped.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    _end: oneshot::Sender<()>,
}

impl World {
    /// The sandbox with this scenario, JSON.
    pub(crate) fn new(scenario: &str) -> Self {
        let scenario: Scenario = serde_json::from_str(scenario).expect("a scenario");
        let (started, start) = mpsc::channel();
        let (end, ended) = oneshot::channel::<()>();
        thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let sandbox = Sandbox::start(scenario, 0).await.expect("a sandbox");
                started.send(sandbox).expect("a listener");
                let _ = ended.await;
            });
        });
        Self { sandbox: start.recv().expect("a sandbox"), _end: end }
    }

    /// The served requests of one kind.
    pub(crate) fn calls(&self, call: &str) -> Vec<Recorded> {
        self.sandbox.recorded().into_iter().filter(|recorded| recorded.call == call).collect()
    }

    /// `codearts-gate COMMAND ...` with a key pair, short pauses, and its own report directory.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let mut run = Run::new(arguments);
        run.env("CODEARTS_ENDPOINT", &self.sandbox.origin());
        run.env("HUAWEICLOUD_SDK_AK", ACCESS_KEY).env("HUAWEICLOUD_SDK_SK", SECRET_KEY);
        run.env("CODEARTS_MAX_PAUSE", "20ms").env("CODEARTS_POLL_INTERVAL", "1s");
        run.env("CODEARTS_MAX_DOUBT", "1s");
        run
    }

    /// The same with an IAM password.
    pub(crate) fn run_with_password(&self, arguments: &[&str]) -> Run {
        let mut run = self.run(arguments);
        run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK");
        run.env("CODEARTS_IAM_ENDPOINT", &self.sandbox.origin()).env("CODEARTS_REGION", "cn-north-4");
        run.env("CODEARTS_IAM_USER", USER).env("CODEARTS_IAM_PASSWORD", PASSWORD);
        run.env("CODEARTS_IAM_DOMAIN", DOMAIN);
        run
    }

    /// The same in a step of GitHub Actions that may upload and comment. `event`: the name of an event, and of its
    /// example where that differs.
    pub(crate) fn run_on_github(&self, forge: &Forge, event: &str, arguments: &[&str]) -> Run {
        let mut run = self.run(arguments);
        let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/github");
        let (name, _) = event.split_once('-').unwrap_or((event, ""));
        run.env("CODEARTS_GATE_ACTION", "true");
        run.env("CI", "true").env("GITHUB_ACTIONS", "true").env("GITHUB_SERVER_URL", "https://github.com");
        run.env("GITHUB_API_URL", forge.origin());
        run.env("GITHUB_GRAPHQL_URL", &format!("{}/graphql", forge.origin()));
        let workspace = run.directory.path().to_str().expect("UTF-8").to_owned();
        run.env("GITHUB_WORKSPACE", &workspace);
        run.env("GITHUB_REPOSITORY", "acme/widget")
            .env("GITHUB_RUN_ID", "555")
            .env("GITHUB_RUN_ATTEMPT", "1");
        run.env("GITHUB_SHA", "3333333333333333333333333333333333333333");
        run.env("GITHUB_REF", "refs/heads/main").env("GITHUB_EVENT_NAME", name);
        run.env("GITHUB_EVENT_PATH", &format!("{data}/event-{event}.json"));
        run.env("GITHUB_TOKEN", GITHUB_TOKEN).env("ACTIONS_RUNTIME_TOKEN", &runtime_token());
        run.env("ACTIONS_RESULTS_URL", &format!("{}/ignored/path/", forge.origin()));
        for (variable, file) in [("GITHUB_OUTPUT", "output"), ("GITHUB_STEP_SUMMARY", "summary")] {
            let path = run.directory.path().join(file);
            std::fs::write(&path, "").expect("a file");
            run.env(variable, path.to_str().expect("UTF-8"));
        }
        run
    }

    /// The same in a job of GitLab CI, of a merge request, with a token that may write.
    pub(crate) fn run_on_gitlab(&self, forge: &Forge, arguments: &[&str]) -> Run {
        let mut run = self.run(arguments);
        let directory = run.directory.path().to_str().expect("UTF-8").to_owned();
        let url = "https://gitlab.example.com";
        run.env("CI", "true").env("GITLAB_CI", "true").env("CI_SERVER_URL", url);
        run.env("CI_API_V4_URL", &format!("{}/api/v4", forge.origin()));
        run.env("CI_PROJECT_ID", "1001").env("CI_PROJECT_PATH", "acme/widget");
        run.env("CI_PROJECT_URL", &format!("{url}/acme/widget")).env("CI_PROJECT_DIR", &directory);
        run.env("CI_JOB_ID", "42").env("CI_JOB_URL", &format!("{url}/acme/widget/-/jobs/42"));
        run.env("CI_PIPELINE_ID", "900").env("CI_COMMIT_REF_NAME", "feature");
        run.env("CI_COMMIT_SHA", "3333333333333333333333333333333333333333");
        run.env("CI_MERGE_REQUEST_IID", "12").env("CI_MERGE_REQUEST_PROJECT_ID", "1001");
        run.env("CI_MERGE_REQUEST_PROJECT_URL", &format!("{url}/acme/widget"));
        run.env("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "1001");
        run.env("CI_JOB_TOKEN", "glcbt-job").env("GITLAB_TOKEN", GITLAB_TOKEN);
        run
    }

    /// The same with temporary keys.
    pub(crate) fn run_with_temporary_keys(&self, arguments: &[&str]) -> Run {
        let mut run = self.run(arguments);
        run.env("HUAWEICLOUD_SDK_AK", TEMPORARY_ACCESS_KEY)
            .env("HUAWEICLOUD_SDK_SECURITY_TOKEN", SECURITY_TOKEN);
        run
    }
}

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

    /// A value that need not be text.
    pub(crate) fn env_os(&mut self, name: &str, value: &OsStr) -> &mut Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn without(&mut self, name: &str) -> &mut Self {
        self.variables.remove(name);
        self
    }

    /// The report directory of this run.
    pub(crate) fn reports(&self) -> PathBuf {
        self.directory.path().join("reports")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_codearts-gate"));
        command.args(&self.arguments).env_clear().envs(&self.variables).current_dir(self.directory.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts it and returns at once.
    pub(crate) fn spawn(&self) -> Child {
        self.command().spawn().expect("the binary")
    }

    /// Starts it with its talk on a terminal of the test's own.
    #[cfg(unix)]
    pub(crate) fn spawn_on(&self, terminal: Stdio) -> Child {
        self.command().stderr(terminal).spawn().expect("the binary")
    }

    /// The same with other ends of its streams.
    #[cfg(unix)]
    pub(crate) fn spawn_into(&self, stdout: Stdio, stderr: Stdio) -> Child {
        self.command().stdout(stdout).stderr(stderr).spawn().expect("the binary")
    }

    /// Starts it through a shell script that ends in `exec "$0" "$@"`.
    #[cfg(unix)]
    pub(crate) fn spawn_through_shell(&self, script: &str) -> Child {
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_codearts-gate")).args(&self.arguments);
        command.env_clear().envs(&self.variables).current_dir(self.directory.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("a shell")
    }

    /// Runs it to its end.
    pub(crate) fn finish(&self) -> Ended {
        let output = self.command().output().expect("the binary");
        self.ended(output)
    }

    /// What a spawned run left behind.
    pub(crate) fn wait(&self, child: Child) -> Ended {
        self.ended(child.wait_with_output().expect("the binary"))
    }

    fn ended(&self, output: std::process::Output) -> Ended {
        let ended = Ended {
            code: output.status.code().expect("an exit code"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
            reports: self.reports(),
            _directory: Arc::clone(&self.directory),
        };
        self.search_for_secrets(&ended);
        ended
    }

    fn search_for_secrets(&self, ended: &Ended) {
        // What the runner is told to hide has to be told.
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

fn files_below(directory: &Path) -> Vec<PathBuf> {
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

/// Fails unless the file is a whole PDF of this size.
#[track_caller]
pub(crate) fn assert_whole_pdf(path: &Path, bytes: usize) {
    let pdf = std::fs::read(path).expect("the PDF");
    assert_eq!(pdf.len(), bytes);
    assert!(pdf.starts_with(b"%PDF-") && pdf.ends_with(b"%%EOF"), "{path:?}");
}
