//! What `report` leaves besides the PDF: nothing of an earlier run, and its outcome for later steps.

use crate::codearts::Id;
use crate::lifecycle::finish::files::remove_leftovers;
use crate::log_problem;
use crate::messages::PublishMessage;
use crate::model::outcome::Outcome;
use crate::publish::{OUTPUT_FILES, Publisher, Target};
use crate::report::store::directory::{ReportDirectory, pdf_name};
use crate::report::store::workspace::Workspace;
use std::path::Path;

/// All files that this command may have left.
pub(super) fn leftovers(ids: &[String]) -> Vec<String> {
    ids.iter().map(|id| pdf_name(id)).chain(OUTPUT_FILES.iter().map(|name| (*name).to_owned())).collect()
}

/// A command that could not begin leaves nothing of an earlier run, and hands its outcome to later steps.
pub(super) fn refuse(
    outcome: Outcome,
    directory: &Path,
    workspace: &Workspace,
    tasks: &[Id],
    publisher: Option<&Publisher>,
) {
    if directory.exists() {
        match ReportDirectory::prepare(directory, workspace) {
            Ok(directory) => remove_leftovers(&directory, tasks, leftovers),
            // Whose directory it is, or where it lies, may be the mistake.
            Err(_) if publisher.is_some_and(Publisher::writes_reports) => return,
            Err(_) => {}
        }
    }
    write_outcome(outcome, publisher);
}

/// Hands the outcome to later steps.
pub(super) fn write_outcome(outcome: Outcome, publisher: Option<&Publisher>) {
    let values = [("outcome", outcome.name().to_owned()), ("exit-code", outcome.exit_code().to_string())];
    if let Some(Err(missed)) = publisher.map(|publisher| publisher.write_outputs(&values)) {
        let label = PublishMessage::Missed { target: Target::Outputs.name() };
        log_problem!(warn, label, missed.problem);
    }
}
