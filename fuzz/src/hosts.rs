//! What hosts keep and show: values for later steps, links and folded sections, as those read them who take them; addresses of kept
//! files; uploads to GitHub's store of artifacts.

use crate::files::{directory, file};
use crate::memory;
use crate::page;
use crate::promise;
use crate::wire::{ORIGIN, Wire};
use codearts_gate::ci;
use codearts_gate::console::log_section::LogSection;
use codearts_gate::console::{Console, LogDialect, LogFormat, Terminal, Verbosity};
use codearts_gate::http::HttpSettings;
use codearts_gate::model::outcome::Outcome;
use codearts_gate::publish::{PublishConfig, PublishError, PublishResults, Publisher, Selection, Target};
use codearts_gate::report::result::{ReportResult, ResultDocument};
use codearts_gate::report::store::directory::ReportDirectory;
use codearts_gate::report::store::workspace::Workspace;
use codearts_gate::text::{no_ci_command, one_line};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};
use url::Url;

/// Bytes that an answer may take for each of its own.
const FACTOR: usize = 600;
/// The variables of a job of each host, with `FILE` for the file of its outputs.
const GITHUB: Variables = &[
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_REPOSITORY", "a/b"),
    ("GITHUB_OUTPUT", "FILE"),
    ("ACTIONS_RESULTS_URL", ORIGIN),
    // Its claims name the run: {"scp": "Actions.Results:run:job"}.
    ("ACTIONS_RUNTIME_TOKEN", "e30.eyJzY3AiOiJBY3Rpb25zLlJlc3VsdHM6cnVuOmpvYiJ9.c2ln"),
];
const GITEA: Variables =
    &[("GITEA_ACTIONS", "true"), ("GITHUB_REPOSITORY", "a/b"), ("GITHUB_OUTPUT", "FILE")];
const GITCODE: Variables =
    &[("ATOMGIT_ACTIONS", "true"), ("ATOMGIT_REPOSITORY", "a/b"), ("ATOMGIT_OUTPUT", "FILE")];
const GITLAB: Variables =
    &[("GITLAB_CI", "true"), ("CI_PROJECT_ID", "3"), ("CI_PROJECT_URL", "https://h/a/b"), ("CI_JOB_ID", "7")];
const JENKINS: Variables = &[
    ("JENKINS_URL", "https://j/"),
    ("BUILD_URL", "https://j/job/a/7/"),
    ("CHANGE_URL", "https://github.com/acme/widget/pull/12"),
];

type Variables = &'static [(&'static str, &'static str)];

thread_local! {
    static STEPS: [Publisher; 3] = [GITHUB, GITEA, GITCODE].map(|job| publisher(job, Target::Outputs));
    static LATER_JOBS: Publisher = publisher(GITLAB, Target::Outputs);
    static LINKS: Publisher = publisher(GITLAB, Target::Annotations);
    static KEPT: [Publisher; 2] = [GITLAB, JENKINS].map(|job| publisher(job, Target::Artifact));
    static STORE: Publisher = publisher(GITHUB, Target::Artifact);
    static WIRE: Wire = Wire::default();
    static CONSOLE: Console =
        Console::new(LogFormat::Text, Verbosity::Quiet, LogDialect::Plain, Terminal::default());
    static REPORTS: ReportDirectory =
        ReportDirectory::shared(directory(), &Workspace::default()).expect("a directory");
}

fn publisher(variables: Variables, target: Target) -> Publisher {
    let output = directory().join("output").to_str().expect("a path").to_owned();
    let config = PublishConfig {
        targets: Vec::new(),
        selection: Selection::Named(vec![target]),
        comment_key: "k".to_owned(),
        task_url: Some("https://h/{task_id}".to_owned()),
        http: HttpSettings::default(),
        report_dir: directory().to_owned(),
        kept: None,
        run_url: None,
        run_id: String::new(),
        workspace: Workspace::new(Some(directory().to_owned()), None),
    };
    let lookup = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        found.map(|value| if value == "FILE" { output.clone() } else { value.to_owned() })
    };
    Publisher::new(&ci::detect(&lookup), config, None).expect("a place")
}

/// Values for later steps, in the files of runners like GitHub's; and for later jobs, in that of GitLab's.
pub fn outputs(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let values = [("task-id", text.to_owned()), ("outcome", "passed".to_owned())];
    STEPS.with(|publishers| {
        for publisher in publishers {
            let output = file("output", b"");
            publisher.write_outputs(&values).expect("written");
            let read = read_outputs(&fs::read_to_string(&output).expect("a file"));
            assert_eq!(read, values.clone().map(|(name, value)| (name.to_owned(), value)));
        }
    });
    let path = directory().join("codearts-gate.env");
    let _ = fs::remove_file(&path);
    LATER_JOBS.with(|publisher| publisher.write_outputs(&values)).expect("written");
    let dotenv = fs::read_to_string(path).expect("a file");
    assert!(dotenv.len() <= 5 * 1024);
    for line in dotenv.split(['\n', '\r']).filter(|line| !line.is_empty()) {
        let (name, _) = line.split_once('=').expect("a value");
        assert!(["CODEARTS_GATE_TASK_ID", "CODEARTS_GATE_OUTCOME"].contains(&name), "{dotenv:?}");
    }
    assert!(dotenv.contains("CODEARTS_GATE_OUTCOME=passed\n"), "{dotenv:?}");
}

/// The values in a file of outputs, as GitHub's runner reads them: `name=value`, or a block up to its mark.
fn read_outputs(text: &str) -> Vec<(String, String)> {
    let mut values = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = after;
        let (equals, block) = (line.find('='), line.find("<<"));
        match (equals, block) {
            (Some(equals), block) if block.is_none_or(|block| equals < block) => {
                values.push((line[..equals].to_owned(), line[equals + 1..].to_owned()));
            }
            (_, Some(block)) => {
                let (name, mark) = (&line[..block], &line[block + 2..]);
                let end = format!("\n{mark}\n");
                let all = format!("\n{rest}");
                let (value, after) = all.split_once(&end).expect("an end of the block");
                values.push((name.to_owned(), value.get(1..).unwrap_or_default().to_owned()));
                rest = &rest[rest.len() - after.len()..];
            }
            _ => panic!("the runner fails the step: {line:?}"),
        }
    }
    values
}

/// Links on the page of a job of GitLab.
pub fn links_gitlab(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let document = ResultDocument::new(Outcome::GateFailed, 4, vec![page::task(text, Outcome::GateFailed)]);
    let mut results = PublishResults::default();
    CONSOLE.with(|console| {
        LINKS.with(|publisher| publisher.show(page::subject(&document, &[]), console, &mut results));
    });
    assert!(results.failures().next().is_none());
    let written = fs::read(directory().join("codearts-gate.annotations.json")).expect("a file");
    let written: Value = serde_json::from_slice(&written).expect("JSON");
    let links: Vec<(&str, &str)> = written["CodeArts Check"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|link| &link["external_link"])
        .map(|link| (link["label"].as_str().expect("a label"), link["url"].as_str().expect("an address")))
        .collect();
    let addresses: Vec<&str> = links.iter().map(|(_, url)| *url).collect();
    assert_eq!(addresses, [format!("https://h/{text}").as_str(), "https://h/2b31"]);
    links.iter().for_each(|(label, _)| promise::line(label, 600));
}

/// A part of the log that GitLab's page folds: one begins, the same one ends, and its title cannot be another.
pub fn log_section(input: &[u8]) {
    let Ok(title) = str::from_utf8(input) else { return };
    if title.is_empty() {
        return;
    }
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_946_400);
    let (section, begin) = LogSection::begin(title, now);
    let end = section.end(now);
    let shown = no_ci_command(&one_line(title, 100));
    let log = format!("{shown}\n{begin}{shown}\n{end}{shown}\n");
    let (name, rest) = marked(&begin, "section_start").expect("a section");
    assert_eq!(rest, format!("{}\n", one_line(title, 200)));
    assert_eq!(marked(&end, "section_end"), Some((name, "\n")));
    let marks = |text: &str| text.match_indices("\x1b[0K").count();
    assert_eq!(marks(&log), 4, "{log:?}");
    assert_eq!(log.matches('\r').count(), 2, "{log:?}");
}

/// The name in a mark of the log as GitLab reads it, and what stands behind the mark.
fn marked<'a>(line: &'a str, kind: &str) -> Option<(&'a str, &'a str)> {
    let (head, rest) = line.split_once('\r')?;
    let (time, name) =
        head.strip_prefix("\x1b[0K")?.strip_prefix(kind)?.strip_prefix(':')?.split_once(':')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let is_mark =
        time.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() && name.bytes().all(is_name);
    is_mark.then_some(())?;
    Some((name, rest.strip_prefix("\x1b[0K")?))
}

/// Addresses of files that GitLab and Jenkins keep: they lead to the file of this name, and nowhere else.
pub fn kept_file(input: &[u8]) {
    let Ok(name) = str::from_utf8(input) else { return };
    // What is the name of a file in the directory of this process.
    if name.is_empty() || name.len() > 200 || name.contains(['/', '\0']) || [".", ".."].contains(&name) {
        return;
    }
    let path = directory().join(format!("kept-{name}"));
    fs::write(&path, "").expect("a file");
    let found = KEPT.with(|publishers| publishers.each_ref().map(|publisher| keep(publisher, &path).0));
    fs::remove_file(&path).expect("a file");
    for (url, start) in found.into_iter().zip(["/a/b/-/jobs/7/artifacts/file/", "/job/a/7/artifact/"]) {
        let url = Url::parse(&url.expect("an address")).expect("an address");
        let kept = percent_decode_str(url.path().strip_prefix(start).expect("a file that is kept"));
        assert_eq!(kept.decode_utf8().as_deref(), Ok(format!("kept-{name}").as_str()), "{url}");
        assert!(url.query().is_none() && url.fragment().is_none(), "{url}");
    }
}

/// Takes a file as the report of a task to where it is kept; its address.
fn keep(publisher: &Publisher, path: &Path) -> (Option<String>, PublishResults) {
    let path = path.to_str().expect("a path").to_owned();
    let mut report = ReportResult { path, bytes: 4, sha256: "0".repeat(64), url: None };
    let mut results = PublishResults::default();
    WIRE.with(|wire| {
        let upload = async || {
            let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
            let reports = &mut [("2b31", &mut report)];
            let (console, directory) = (CONSOLE.with(Clone::clone), REPORTS.with(Clone::clone));
            publisher.upload_artifacts(reports, None, &directory, &console, deadline, &mut results).await;
        };
        wire.wait(upload);
    });
    (report.url, results)
}

/// Answers of GitHub's store of artifacts.
pub fn artifact_github(input: &[u8]) {
    let path = file("2b31.pdf", b"%PDF");
    WIRE.with(|wire| wire.answer(input));
    let (url, results) = memory::within(input, FACTOR, || STORE.with(|publisher| keep(publisher, &path)));
    for (_, PublishError { problem, .. }) in results.failures() {
        promise::problem(problem);
    }
    assert_eq!(url.is_some(), results.failures().next().is_none());
    url.iter().for_each(|url| promise::line(url, 2100));
}
