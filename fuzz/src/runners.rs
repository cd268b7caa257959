//! What runners of CI read: commands in the log and values of steps, as they read them; and that no secret is in it.

use crate::files::{directory, file};
use codearts_gate::ci;
use codearts_gate::console::workflow_command::{Annotation, AnnotationLevel, WorkflowCommand};
use codearts_gate::http::HttpSettings;
use codearts_gate::publish::{PublishConfig, Publisher, Selection, Target};
use codearts_gate::report::escape;
use codearts_gate::report::store::workspace::Workspace;
use codearts_gate::text::redactor::{self, Redactor};
use codearts_gate::text::{no_ci_command, one_line};
use std::cell::RefCell;

/// A line of the log as GitHub's runner reads it: the name of a command, its properties and its text.
fn command(line: &str) -> Option<(String, Vec<(String, String)>, String)> {
    let rest = line.trim_start().strip_prefix("::")?;
    let (head, data) = rest.split_once("::")?;
    let (name, properties) = head.trim().split_once(' ').unwrap_or((head.trim(), ""));
    if name.is_empty() {
        return None;
    }
    let decode = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    };
    let properties = properties.split(',').filter_map(|pair| pair.split_once('='));
    let properties = properties.map(|(name, value)| (name.to_owned(), decode(value))).collect();
    let data = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    Some((name.to_owned(), properties, data))
}

/// Commands to GitHub's runner, and lines that must not be any.
pub fn workflow_command(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let lines = |text: &str| text.split(['\n', '\r']).count();
    let place = Some((text.to_owned(), Some(7)));
    let (title, message) = (text.to_owned(), text.to_owned());
    let annotation = Annotation { level: AnnotationLevel::Warning, title, message, place };
    let line = WorkflowCommand::annotation(&annotation).to_string();
    assert_eq!(lines(&line), 1, "{line:?}");
    let (name, properties, data) = command(&line).expect("a command");
    assert_eq!(name, "warning");
    assert!(
        properties.iter().all(|(name, _)| ["file", "line", "title"].contains(&name.as_str())),
        "{line:?}"
    );
    assert_eq!(properties.iter().filter(|(name, _)| name == "line").count(), 1, "{line:?}");
    assert!(!line.contains("##["), "{line:?}");
    assert_eq!(data, no_ci_command(&one_line(text, 4000)));
    let mask = WorkflowCommand::mask(text).to_string();
    assert_eq!(lines(&mask), 1, "{mask:?}");
    assert_eq!(command(&mask), Some(("add-mask".to_owned(), Vec::new(), text.to_owned())));
    let group = WorkflowCommand::group(text).to_string();
    assert_eq!(lines(&group), 1, "{group:?}");
    assert_eq!(command(&group).map(|(name, ..)| name).as_deref(), Some("group"));
    // What is only said is no command, in either form.
    let said = no_ci_command(&one_line(text, 4000));
    assert!(command(&said).is_none() && !said.contains("##["), "{said:?}");
}

thread_local! {
    static PUBLISHERS: RefCell<Option<[Publisher; 2]>> = const { RefCell::new(None) };
}

fn publisher(variables: &[(&str, &str)]) -> Publisher {
    let config = PublishConfig {
        targets: Vec::new(),
        selection: Selection::Named(vec![Target::Outputs]),
        comment_key: "k".to_owned(),
        task_url: None,
        http: HttpSettings::default(),
        report_dir: directory().to_owned(),
        kept: None,
        run_url: None,
        run_id: String::new(),
        workspace: Workspace::default(),
    };
    let lookup =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Publisher::new(&ci::detect(&lookup), config, None).expect("a place")
}

/// Values for later steps, in the files of GitHub's and of GitLab's runner.
pub fn outputs(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let output = file("output", b"");
    let output_path = output.to_str().expect("a path");
    let values = [("task-id", text.to_owned()), ("outcome", "passed".to_owned())];
    PUBLISHERS.with_borrow_mut(|publishers| {
        let [github, gitlab] = publishers.get_or_insert_with(|| {
            [
                publisher(&[
                    ("GITHUB_ACTIONS", "true"),
                    ("GITHUB_REPOSITORY", "a/b"),
                    ("GITHUB_OUTPUT", output_path),
                ]),
                publisher(&[("GITLAB_CI", "true"), ("CI_PROJECT_ID", "3")]),
            ]
        });
        github.write_outputs(&values).expect("written");
        let read = read_outputs(&std::fs::read_to_string(&output).expect("a file"));
        assert_eq!(read, values.clone().map(|(name, value)| (name.to_owned(), value)));
        let _ = std::fs::remove_file(directory().join("codearts-gate.env"));
        gitlab.write_outputs(&values).expect("written");
        let dotenv = std::fs::read_to_string(directory().join("codearts-gate.env")).expect("a file");
        assert!(dotenv.len() <= 5 * 1024);
        for line in dotenv.split(['\n', '\r']).filter(|line| !line.is_empty()) {
            let (name, _) = line.split_once('=').expect("a value");
            assert!(["CODEARTS_GATE_TASK_ID", "CODEARTS_GATE_OUTCOME"].contains(&name), "{dotenv:?}");
        }
        assert!(dotenv.contains("CODEARTS_GATE_OUTCOME=passed\n"), "{dotenv:?}");
    });
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

/// Secrets in a text: the first line is one, the rest the text.
pub fn redaction(input: &[u8]) {
    let Some((secret, text)) = str::from_utf8(input).ok().and_then(|input| input.split_once('\n')) else {
        return;
    };
    let mut redactor = Redactor::default();
    redactor.learn(secret);
    let secret = secret.trim();
    if secret.len() < 6 {
        assert_eq!(redactor.redact(text), text);
        return;
    }
    let hostile = [text.to_owned(), format!("{text}{secret}{text}"), format!("{secret}{secret}")];
    for text in hostile {
        let redacted = redactor.redact(&text);
        // What is left around a mark must not make it anew.
        assert!(!redacted.contains(secret) || "***".contains(secret), "{secret:?} in {redacted:?}");
        if !text.contains(secret) && redacted == text {
            assert!(!text.contains(&escape::html(secret).into_owned()), "{text:?}");
        }
    }
    redactor::forget();
}
