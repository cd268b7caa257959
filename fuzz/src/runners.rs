//! Commands in the log, as runners of CI read them; and that no secret is in it.

use codearts_gate::console::workflow_command::{Annotation, AnnotationLevel, WorkflowCommand};
use codearts_gate::report::escape;
use codearts_gate::text::redactor::{self, Redactor};
use codearts_gate::text::{no_ci_command, one_line};

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
        assert!(!redacted.contains(secret), "{secret:?} in {redacted:?}");
        if !text.contains(secret) && redacted == text {
            assert!(!text.contains(&escape::html(secret).into_owned()), "{text:?}");
        }
    }
    redactor::forget();
}
