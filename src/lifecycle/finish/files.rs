//! The files of a result in the report directory: pages, the baseline, and what an earlier run left.

use crate::codearts::Id;
use crate::lifecycle::finish::task_findings::TaskFindings;
use crate::messages::{FinishMessage, Message};
use crate::model::outcome::Outcome;
use crate::publish::HOST_FILES;
use crate::report::formats::FORMATS;
use crate::report::formats::html;
use crate::report::lists::baseline;
use crate::report::lists::fingerprint::Fingerprint;
use crate::report::result::{ReportResult, ResultDocument, TaskResult};
use crate::report::store::directory::{RESULT_FILE, ReportDirectory};
use sha2::{Digest as _, Sha256};
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

/// The page that takes the place of a PDF which CodeArts did not make of a merge-request task, with the id of the task.
pub(super) fn stand_in(task: &TaskResult) -> Option<(String, ReportResult)> {
    task.pull_request.as_ref().filter(|_| task.report.is_none())?;
    let page = task.files.iter().find(|file| file.format == &html::FORMAT)?;
    let bytes = std::fs::read(&page.path).ok()?;
    let report = ReportResult {
        path: page.path.clone(),
        bytes: bytes.len() as u64,
        sha256: hex::encode(Sha256::digest(&bytes)),
        url: None,
    };
    Some((task.task_id.clone(), report))
}

/// Notes where these pages were published.
pub(super) fn note_stand_ins(document: &mut ResultDocument, stand_ins: &[(String, ReportResult)]) {
    let files = document.tasks.iter_mut().flat_map(|task| &mut task.files);
    for file in files {
        let published = stand_ins.iter().find(|(_, page)| page.path == file.path);
        if let Some((_, page)) = published {
            file.url.clone_from(&page.url);
        }
    }
}
