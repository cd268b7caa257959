//! Lists of findings and baselines in English.

use crate::messages::list::{ListHint, ListMessage};
use crate::text::count;

/// What became of a list of findings or a baseline.
pub(in crate::messages) fn list(message: &ListMessage) -> String {
    match message {
        ListMessage::OmittedFromSarif { findings } => format!(
            "{} omitted from the SARIF file, the least severe: GitHub accepts 25,000 results and 10 MB compressed",
            count(*findings, "finding")
        ),
        ListMessage::OmittedFromJunit { findings } => format!(
            "{} omitted from the JUnit file, the least severe: GitLab reads no file of 30 MB",
            count(*findings, "finding")
        ),
        ListMessage::NotReadBack => "could not read back the findings from the report directory".to_owned(),
        ListMessage::NoThread => "could not start a thread for a file".to_owned(),
        ListMessage::ThreadBroken => "a thread that wrote a file broke off".to_owned(),
        ListMessage::Cancelled => "cancelled".to_owned(),
        ListMessage::BaselineNotRead { path } => format!("could not read the baseline `{path}`"),
        ListMessage::BaselineUnknownForm { path } => format!("`{path}` is not a baseline file"),
        ListMessage::BaselineWithoutFindings { path } => format!("the baseline `{path}` lists no findings"),
        ListMessage::BaselineWithoutFingerprints { path } => {
            format!("the findings in the baseline `{path}` do not have the fingerprints of codearts-gate")
        }
    }
}

/// What to do about a list or a baseline.
pub(in crate::messages) fn list_hint(hint: &ListHint) -> String {
    match hint {
        ListHint::WriteBaseline => "create it with an earlier run and `--write-baseline`",
        ListHint::BaselineFiles => {
            "use a file of `--write-baseline`, or the .json, .sarif or .codequality.json file of an earlier run"
        }
        ListHint::FindingsIn(path) => return format!("see the findings in `{path}`"),
        ListHint::AskForFile => {
            "add `--report html` to get the findings as a page, or `--report sarif` for other tools"
        }
        ListHint::Csv => "add `--report csv`, which lists all findings",
    }
    .to_owned()
}
