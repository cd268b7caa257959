//! Notes of the summary about targets that were missed, and the step that replaces an artifact. Pure.

use crate::messages::PublishLabel;
use crate::model::language::Language;
use crate::publish::results::{PublishErrorKind, PublishResults};
use crate::publish::target::Target;
use crate::report::escape::inline;
use crate::report::result::ResultDocument;
use crate::report::store::workspace::Workspace;
use std::path::Path;

/// Longest reason in a note, in characters.
const REASON_LIMIT: usize = 500;

/// A heading and a text for each target that was missed.
pub(super) fn notes(
    document: &ResultDocument,
    results: &PublishResults,
    workspace: &Workspace,
    is_on_github: bool,
    language: Language,
) -> Vec<(String, String)> {
    let mut notes = Vec::new();
    for (target, error) in results.failures() {
        let reason = error.problem.text(language);
        match (target, error.kind) {
            (Target::Artifact, PublishErrorKind::NotOffered) => {
                let paths: Vec<String> = document
                    .tasks
                    .iter()
                    .filter_map(|task| Some(workspace.name(Path::new(&task.report.as_ref()?.path))))
                    .filter(|path| !path.contains(['\n', '\r', '`']))
                    .collect();
                notes.push((PublishLabel::UploadStep.text(language), upload_step(&paths, is_on_github)));
            }
            (_, PublishErrorKind::NotOffered) => {}
            // The page has it already.
            (_, PublishErrorKind::Failed | PublishErrorKind::Unanswered)
                if document.reason.as_ref().is_some_and(|shown| shown.text(language).contains(&reason)) => {}
            (_, PublishErrorKind::Failed | PublishErrorKind::Unanswered) => {
                let mut text = format!("{}.", inline(&reason, REASON_LIMIT));
                for hint in &error.problem.hints {
                    text.push_str(&format!("\n\nhint: {}", inline(&hint.text(language), REASON_LIMIT)));
                }
                notes.push((PublishLabel::NotPublished { target: target.name() }.text(language), text));
            }
        }
    }
    notes
}

/// The step that uploads what this one could not. Servers of one's own need the older version of that action (`ci/github`,
/// section 1.2).
fn upload_step(paths: &[String], is_on_github: bool) -> String {
    let version = if is_on_github { "v7" } else { "v3" };
    let mut step = format!(
        "```yaml\n- uses: actions/upload-artifact@{version}\n  if: always()\n  with:\n    name: codearts-report\n    path: |\n"
    );
    for path in paths {
        step.push_str("      ");
        step.push_str(path);
        step.push('\n');
    }
    step.push_str("```");
    step
}
