//! The files of a result in the report directory: pages, the baseline, and what an earlier run left.

use crate::codearts::Id;
use crate::lifecycle::finish::task_findings::TaskFindings;
use crate::messages::{FinishMessage, Message};
use crate::model::outcome::Outcome;
use crate::publish::HOST_FILES;
use crate::report::formats::FORMATS;
use crate::report::lists::baseline;
use crate::report::lists::fingerprint::Fingerprint;
use crate::report::result::ResultDocument;
use crate::report::store::directory::{RESULT_FILE, ReportDirectory};
use std::collections::BTreeSet;
use std::path::Path;

/// All files that any `check` of these tasks may have left.
pub(crate) fn leftovers(ids: &[String]) -> Vec<String> {
    let of_task = |id: &String| {
        let id = id.clone();
        FORMATS.iter().map(move |entry| format!("{id}.{}", entry.format.ending))
    };
    let of_all = [RESULT_FILE].iter().chain(HOST_FILES).map(|name| (*name).to_owned());
    ids.iter().flat_map(of_task).chain(of_all).collect()
}

/// Removes what an earlier run left, where this one could not begin. `named` are the tasks that it names, if any can be read;
/// else those of the earlier run itself. A failure is not logged: why this run could not begin is in the log already.
pub(crate) fn remove_leftovers(
    directory: &ReportDirectory,
    named: &[Id],
    leftovers: impl FnOnce(&[String]) -> Vec<String>,
) {
    let ids = match named {
        [] => directory.earlier_tasks(),
        named => named.iter().map(ToString::to_string).collect(),
    };
    for name in leftovers(&ids) {
        let _ = directory.remove([name]);
    }
}

/// Removes files from the document that are not there any more. Pages are written again in any case.
pub(super) fn drop_missing(document: &mut ResultDocument) -> Result<(), Message> {
    let mut missing = Vec::new();
    let mut is_there = |path: &str| {
        let is_there = Path::new(path).exists();
        if !is_there {
            missing.push(path.to_owned());
        }
        is_there
    };
    for task in &mut document.tasks {
        task.report.take_if(|report| !is_there(&report.path));
        task.files.retain(|file| !file.format.is_list || is_there(&file.path));
    }
    if missing.is_empty() { Ok(()) } else { Err(FinishMessage::FilesRemoved(missing).into()) }
}

/// Writes the open findings for the next run to compare with; not after a failed gate, or they would be let in.
pub(super) fn write_baseline(
    path: &Path,
    document: &ResultDocument,
    findings: &[TaskFindings],
) -> Result<(), FinishMessage> {
    let place = path.to_owned();
    if findings.iter().any(|findings| findings.overview.is_none()) {
        tracing::warn!("{}", FinishMessage::BaselineIncomplete(place));
        return Ok(());
    }
    if document.tasks.iter().any(|task| task.outcome == Outcome::GateFailed) {
        tracing::warn!("{}", FinishMessage::BaselineOfFailure(place));
        return Ok(());
    }
    let overviews = findings.iter().filter_map(|findings| findings.overview.as_ref());
    let open: BTreeSet<Fingerprint> = overviews.flat_map(|overview| overview.open.iter().copied()).collect();
    if let Err(error) = baseline::write(path, &open) {
        return Err(FinishMessage::BaselineNotWritten(place, format!("{error:#}")));
    }
    tracing::info!("{}", FinishMessage::BaselineWritten { path: place, findings: open.len() as u64 });
    Ok(())
}
