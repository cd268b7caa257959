//! The values that later steps and jobs get; each CI has its own way to hand them on.

use crate::model::finding::PerSeverity;
use crate::report::formats::markdown::Subject;
use crate::report::result::TaskResult;
use crate::report::store::workspace::Workspace;
use std::path::Path;

/// All values, by name. Several tasks: ids and paths as comma lists, counts as sums.
pub(super) fn values(
    subject: Subject<'_>,
    comment_url: Option<&str>,
    workspace: &Workspace,
) -> Vec<(&'static str, String)> {
    let Subject { outcome, exit_code, document, .. } = subject;
    let list = |value: &dyn Fn(&TaskResult) -> Option<String>| -> String {
        document.tasks.iter().filter_map(value).collect::<Vec<_>>().join(",")
    };
    let mut values = vec![
        ("outcome", outcome.name().to_owned()),
        ("verdict", outcome.verdict().name().to_owned()),
        ("exit-code", exit_code.to_string()),
        ("task-id", list(&|task| Some(task.judged_task_id.clone()))),
        ("run-id", list(&|task| task.run_id.clone())),
        ("report-path", list(&|task| Some(workspace.name(Path::new(&task.report.as_ref()?.path))))),
        ("report-sha256", list(&|task| Some(task.report.as_ref()?.sha256.clone()))),
        ("artifact-url", list(&|task| task.published_at().map(str::to_owned))),
        ("comment-url", comment_url.unwrap_or_default().to_owned()),
    ];
    let counts = document.counts().map_or_else(PerSeverity::default, |counts| counts.map(Some));
    values.extend(
        counts
            .by_name()
            .map(|(name, count)| (name, count.map(|count| count.to_string()).unwrap_or_default())),
    );
    values
}
