//! Workflow commands: lines of the log that GitHub's runner obeys (`ci/github`, section 2.1). Pure.
//!
//! Only this module writes them, and what it puts into them is escaped; all other talk is disarmed by
//! [`crate::text::no_ci_command`].

use crate::text::{no_ci_command, one_line};
use std::fmt;

/// The runner cuts longer messages off at 4096 characters; these end earlier, with an ellipsis.
const MESSAGE_LIMIT: usize = 4000;
/// Longest title.
const TITLE_LIMIT: usize = 200;

/// How an annotation is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnnotationLevel {
    /// Red.
    Error,
    /// Yellow.
    Warning,
    /// Grey.
    Notice,
}

impl AnnotationLevel {
    const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// A note that GitHub shows on the run's page and, where it has a place, in the diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// How it is marked.
    pub level: AnnotationLevel,
    /// Heading.
    pub title: String,
    /// Text; may come from outside.
    pub message: String,
    /// File relative to the workspace, and line.
    pub place: Option<(String, Option<u32>)>,
}

/// A whole line that the runner obeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowCommand(String);

impl WorkflowCommand {
    /// Makes the runner hide a value in everything that is logged from now on.
    pub fn mask(value: &str) -> Self {
        Self(format!("::add-mask::{}", escape_data(value)))
    }

    /// Opens a part of the log that can be folded.
    pub fn group(title: &str) -> Self {
        Self(format!("::group::{}", escape_data(&no_ci_command(&one_line(title, TITLE_LIMIT)))))
    }

    /// Closes it.
    pub fn end_group() -> Self {
        Self("::endgroup::".to_owned())
    }

    /// Makes an annotation.
    pub fn annotation(annotation: &Annotation) -> Self {
        let Annotation { level, title, message, place } = annotation;
        let mut properties = Vec::new();
        if let Some((file, line)) = place {
            properties.push(format!("file={}", escape_property(&safe(file, MESSAGE_LIMIT))));
            if let Some(line) = line {
                properties.push(format!("line={line}"));
            }
        }
        // A property without a value must not be there.
        let title = safe(title, TITLE_LIMIT);
        if !title.is_empty() {
            properties.push(format!("title={}", escape_property(&title)));
        }
        let gap = if properties.is_empty() { "" } else { " " };
        let message = escape_data(&safe(message, MESSAGE_LIMIT));
        Self(format!("::{}{gap}{}::{message}", level.name(), properties.join(",")))
    }
}

impl fmt::Display for WorkflowCommand {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn safe(text: &str, limit: usize) -> String {
    no_ci_command(&one_line(text, limit))
}

/// `%` comes first, because the runner undoes it last.
fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn annotation(title: &str, message: &str, place: Option<(&str, Option<u32>)>) -> String {
        let place = place.map(|(file, line)| (file.to_owned(), line));
        let (title, message) = (title.to_owned(), message.to_owned());
        let level = AnnotationLevel::Error;
        WorkflowCommand::annotation(&Annotation { level, title, message, place }).to_string()
    }

    #[test]
    fn commands_have_the_documented_form() {
        assert_eq!(
            annotation("C-1001: overflow", "100% sure", Some(("src/a,b.c", Some(10)))),
            "::error file=src/a%2Cb.c,line=10,title=C-1001%3A overflow::100%25 sure"
        );
        assert_eq!(annotation("", "plain", None), "::error::plain");
        assert_eq!(WorkflowCommand::mask("a%b\nc").to_string(), "::add-mask::a%25b%0Ac");
        assert_eq!(WorkflowCommand::group("x").to_string(), "::group::x");
        assert_eq!(WorkflowCommand::end_group().to_string(), "::endgroup::");
    }

    #[test]
    fn hostile_text_stays_text() {
        let line = annotation(
            "::add-mask::t",
            "a\n::error::b ##[add-mask]c",
            Some(("x\n::set-env name=A::b", None)),
        );
        assert_eq!(
            line,
            "::error file=x %3A%3Aset-env name=A%3A%3Ab,title=%3A %3Aadd-mask%3A%3At::a ::error::b ## [add-mask]c"
        );
    }

    /// What the runner reads back: the first line that is a command, its properties, its data.
    fn read(line: &str) -> (String, Vec<(String, String)>, String) {
        let rest = line.strip_prefix("::").expect("a command");
        let (head, data) = rest.split_once("::").expect("an end of the head");
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let unescape = |text: &str| {
            [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]
                .iter()
                .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
        };
        let properties = properties
            .split(',')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), unescape(value)))
            .collect();
        (name.to_owned(), properties, unescape(data))
    }

    proptest! {
        #[test]
        fn any_text_is_one_command_that_reads_back(title in ".*", message in ".*", file in ".+", line in any::<u32>()) {
            let command = annotation(&title, &message, Some((&file, Some(line))));
            prop_assert_eq!(command.lines().count(), 1);
            prop_assert!(!command.contains("##["));
            let (name, properties, data) = read(&command);
            prop_assert_eq!(name, "error");
            prop_assert_eq!(data, safe(&message, MESSAGE_LIMIT));
            let get = |key: &str| properties.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone());
            prop_assert_eq!(get("line"), Some(line.to_string()));
            prop_assert_eq!(get("title").unwrap_or_default(), safe(&title, TITLE_LIMIT));
        }
    }
}
