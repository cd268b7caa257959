//! What GitLab's runner collects after the job (`ci/gitlab`, sections 6.3 and 6.4): values for later jobs, and links for the
//! page of the job.

use serde_json::{Value, json};

/// File with values for later jobs, for `artifacts:reports:dotenv`.
pub(super) const DOTENV_FILE: &str = "codearts-gate.env";
/// File with links, for `artifacts:reports:annotations`.
pub(super) const ANNOTATIONS_FILE: &str = "codearts-gate.annotations.json";

/// GitLab takes 5 KB.
pub(super) const DOTENV_LIMIT: usize = 5 * 1024;
/// Before each name.
const PREFIX: &str = "CODEARTS_GATE_";
/// Heading of the links.
const SECTION: &str = "CodeArts Check";

/// The lines of `present` and these values, which replace earlier ones of their names; and the names of those that found no
/// room, the longest first.
pub(super) fn dotenv(present: &str, values: &[(&str, String)]) -> (String, Vec<String>) {
    let mut lines: Vec<String> =
        present.lines().filter(|line| line.starts_with(PREFIX)).map(|line| format!("{line}\n")).collect();
    for (name, value) in values {
        let line = line(name, value);
        let begins_alike = |known: &String| known.split('=').next() == line.split('=').next();
        match lines.iter().position(begins_alike) {
            Some(position) => lines[position] = line,
            None => lines.push(line),
        }
    }
    let mut left_out = Vec::new();
    while lines.iter().map(String::len).sum::<usize>() > DOTENV_LIMIT {
        let Some(longest) = (0..lines.len()).max_by_key(|position| lines[*position].len()) else { break };
        let removed = lines.remove(longest);
        left_out.push(removed.split('=').next().unwrap_or_default().to_owned());
    }
    (lines.concat(), left_out)
}

/// One value; one bad line would make GitLab refuse the whole file.
fn line(name: &str, value: &str) -> String {
    let name = name.to_ascii_uppercase().replace('-', "_");
    let value = value.replace(char::is_control, " ");
    format!("{PREFIX}{name}={value}\n")
}

/// Links with their labels.
pub(super) fn annotations(links: &[(String, String)]) -> String {
    let links: Vec<Value> =
        links.iter().map(|(label, url)| json!({"external_link": {"label": label, "url": url}})).collect();
    format!("{}\n", json!({SECTION: links}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_lines_of_their_own() {
        let values = [
            ("exit-code", "4".to_owned()),
            ("task-id", "a\nB=c\r\u{0}".to_owned()),
            ("run-id", String::new()),
        ];
        let (text, left_out) = dotenv("", &values);
        assert_eq!(text, "CODEARTS_GATE_EXIT_CODE=4\nCODEARTS_GATE_TASK_ID=a B=c  \nCODEARTS_GATE_RUN_ID=\n");
        assert_eq!(left_out, [""; 0]);
        let (text, _) = dotenv(&text, &[("run-id", "r".to_owned()), ("outcome", "passed".to_owned())]);
        let expected =
            "CODEARTS_GATE_TASK_ID=a B=c  \nCODEARTS_GATE_RUN_ID=r\nCODEARTS_GATE_OUTCOME=passed\n";
        assert!(text.ends_with(expected), "{text}");
    }

    #[test]
    fn what_is_too_long_is_left_out() {
        let values = [
            ("outcome", "passed".to_owned()),
            ("task-id", "a".repeat(3000)),
            ("report-path", "b".repeat(4000)),
        ];
        let (text, left_out) = dotenv("", &values);
        assert!(text.len() <= DOTENV_LIMIT && text.starts_with("CODEARTS_GATE_OUTCOME=passed\n"), "{text}");
        assert_eq!(left_out, ["CODEARTS_GATE_REPORT_PATH"]);
    }
}
