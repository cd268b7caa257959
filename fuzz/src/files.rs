//! Files that others wrote.

use crate::memory;
use crate::promise;
use clap::CommandFactory as _;
use codearts_gate::ci::{self, Change};
use codearts_gate::cli::{Cli, Command};
use codearts_gate::error::{Problem, hints_of};
use codearts_gate::publish::event_pull_request;
use codearts_gate::report::lists::baseline::{self, Baseline};
use codearts_gate::report::lists::fingerprint::Fingerprint;
use codearts_gate::report::run_file::RunFile;
use codearts_gate::sandbox::scenario::Scenario;
use codearts_gate::settings::{CheckSettings, Environment, parse, with_variables};
use codearts_gate::text::redactor;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Bytes that a file may take for each of its own.
const FACTOR: usize = 300;

/// A directory of this process, in memory where there is such a file system.
static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let root = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let path = root.join(format!("codearts-gate-fuzz-{}", std::process::id()));
    fs::create_dir_all(&path).expect("a directory");
    path
});

/// The path of a file with this content; each input replaces the one before.
pub fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = DIRECTORY.join(name);
    fs::write(&path, content).expect("a file");
    path
}

/// A directory for files that are written.
pub fn directory() -> &'static Path {
    &DIRECTORY
}

fn check<T>(input: &[u8], result: impl FnOnce() -> Result<T, Problem>) -> Option<T> {
    memory::within(input, FACTOR, result).inspect_err(promise::problem).ok()
}

/// A baseline in any of its forms.
pub fn baseline(input: &[u8]) {
    let path = file("baseline", input);
    let Some(read) = check(input, || Baseline::read(&path)) else { return };
    let text = String::from_utf8_lossy(input);
    // No fingerprint comes from nowhere.
    let words = text.split(|character: char| !character.is_ascii_hexdigit());
    let known: BTreeSet<Fingerprint> =
        words.filter_map(Fingerprint::parse).filter(|one| read.contains(*one)).collect();
    assert!(known.len() == read.len() || text.contains('\\'), "{} of {}", known.len(), read.len());
    // What is written is read as it was.
    let written = directory().join("written");
    baseline::write(&written, &known).expect("a file");
    let again = Baseline::read(&written).expect("a baseline");
    assert!(known.iter().all(|one| again.contains(*one)) && again.len() == known.len());
}

/// What `start` left for `check --run`.
pub fn run_file(input: &[u8]) {
    let path = file("run.json", input);
    let Some(read) = check(input, || RunFile::read(&path)) else { return };
    let again = RunFile::read(&file("run.json", read.to_text().as_bytes()));
    assert_eq!(again, Ok(read));
}

/// A scenario of the sandbox.
pub fn scenario(input: &[u8]) {
    let read = || serde_json::from_slice::<Scenario>(input);
    if let Ok(scenario) = memory::within(input, FACTOR, read) {
        assert!(scenario.script("any").is_some() || !scenario.tasks.contains_key("*"));
    }
}

/// `codearts-gate.toml`, up to the settings of a check.
pub fn configuration(input: &[u8]) {
    redactor::forget();
    let path = file("codearts-gate.toml", input);
    let environment = ENVIRONMENT.with(Clone::clone);
    memory::within(input, FACTOR, || settings(&path, environment));
}

thread_local! {
    static ENVIRONMENT: Environment = {
        // SAFETY: nothing else runs yet that could read a variable.
        unsafe {
            for (name, _) in std::env::vars_os() {
                std::env::remove_var(name);
            }
            for (name, value) in
                [("CODEARTS_TOKEN", "token-of-the-fuzzer"), ("CODEARTS_REGION", "cn-north-4"), ("CODEARTS_TASK_ID", "t")]
            {
                std::env::set_var(name, value);
            }
        }
        Environment::of_process()
    };
}

fn settings(path: &Path, mut environment: Environment) {
    let command = Cli::command();
    let typed = ["codearts-gate", "check", "--config"].map(Into::into);
    let typed = typed.into_iter().chain([path.into()]).collect();
    let arguments = match with_variables(&command, typed, &mut environment) {
        Ok(arguments) => arguments,
        Err(problem) => return promise::problem(&problem),
    };
    let Ok(Cli { command: Command::Check(args) }) = parse(&arguments) else { return };
    if let Err(error) = CheckSettings::resolve(*args, &environment) {
        promise::line(&error.to_string(), 4000);
        hints_of(&error).iter().for_each(|hint| promise::line(&hint.to_string(), 4000));
    }
}

/// The change of a job with these variables, in which `FILE` is the file of the event.
fn change(variables: &[(&str, &str)], event: &Path) -> Change {
    let event = event.to_str().expect("a path");
    let lookup = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        found.map(|value| if value == "FILE" { event.to_owned() } else { value.to_owned() })
    };
    ci::detect(&lookup).facts.change.expect("a change")
}

fn event(input: &[u8], variables: &[(&str, &str)]) {
    let path = file("event.json", input);
    let change = change(variables, &path);
    let found = memory::within(input, FACTOR, || event_pull_request(&change));
    if let Some(found) = found {
        let text = String::from_utf8_lossy(input);
        assert!(
            text.contains('\\') || text.contains(&found.number.to_string()),
            "{found:?} comes from nowhere"
        );
    }
}

/// The event of a job of GitHub Actions.
pub fn event_github(input: &[u8]) {
    for name in ["pull_request", "issue_comment", "workflow_run", "push", "merge_group", "check_run"] {
        event(
            input,
            &[
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_REPOSITORY", "acme/widget"),
                ("GITHUB_EVENT_NAME", name),
                ("GITHUB_EVENT_PATH", "FILE"),
                ("GITHUB_SHA", "3333333333333333333333333333333333333333"),
            ],
        );
    }
}

/// The event of a job of Gitea or Forgejo Actions.
pub fn event_gitea(input: &[u8]) {
    for name in ["pull_request", "issue_comment", "push"] {
        event(
            input,
            &[
                ("GITEA_ACTIONS", "true"),
                ("GITHUB_SERVER_URL", "https://gitea.example"),
                ("GITHUB_REPOSITORY", "acme/widget"),
                ("GITHUB_EVENT_NAME", name),
                ("GITHUB_EVENT_PATH", "FILE"),
            ],
        );
    }
}

/// The event of a job of GitCode Actions.
pub fn event_gitcode(input: &[u8]) {
    event(
        input,
        &[("ATOMGIT_ACTIONS", "true"), ("ATOMGIT_REPOSITORY", "acme/widget"), ("ATOMGIT_EVENT_PATH", "FILE")],
    );
}

/// The event that CodeArts Repo hands to a pipeline in a variable.
pub fn event_codearts(input: &[u8]) {
    let Ok(payload) = std::str::from_utf8(input) else { return };
    let variables = [
        ("PIPELINE_TRIGGER_TYPE", "MR"),
        ("PROJECT_ID", "41a"),
        ("REPO_URL", "https://codehub.cn-north-4.devcloud.huaweicloud.com/acme/widget.git"),
        ("WEBHOOK_PAYLOAD", payload),
    ];
    let lookup =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let code = memory::within(input, FACTOR, || ci::detect(&lookup).facts.code);
    assert!(code.number.is_none_or(|number| payload.contains(&number.to_string())), "{code:?}");
    assert_ne!(code.source_branch.as_deref(), Some(""));
}

/// The variables of any CI: lines `NAME=value`.
pub fn ci_variables(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let lookup = |name: &str| {
        let value = text.lines().filter_map(|line| line.split_once('=')).find(|(known, _)| *known == name)?.1;
        Some(value.to_owned()).filter(|value| !value.is_empty())
    };
    let found = memory::within(input, FACTOR, || ci::detect(&lookup));
    if let Some(url) = &found.facts.code.repository_url {
        assert!(!url.contains(char::is_control), "{url:?}");
    }
    if let Some(change) = &found.facts.change {
        let name = match change {
            Change::GitHub(repository, _) => &repository.name,
            Change::Gitea(repository, _) => &repository.name,
            Change::Gitee(repository, _) => &repository.name,
            Change::CodeArtsRepo(repository) => &repository.name,
            Change::GitLab(..) | Change::Elsewhere(_) => return,
        };
        // They stand in paths of an API.
        assert!(name.split('/').all(|part| part != ".." && part != "."), "{name}");
        assert!(!name.contains(['?', '#', '%', ' ', '\\']), "{name}");
    }
}
