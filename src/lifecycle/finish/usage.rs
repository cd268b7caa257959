//! The end of a process that could not begin.

use crate::codearts::Id;
use crate::console::Console;
use crate::lifecycle::finish::files::{leftovers, not_printed, remove_leftovers};
use crate::model::outcome::Outcome;
use crate::publish::{PublishResults, Publisher};
use crate::report::pages::markdown::Subject;
use crate::report::result::ResultDocument;
use crate::report::store::directory::ReportDirectory;
use std::path::Path;

/// A process that could not begin says so in its document too, if `directory` is to hold one: neither an old one nor other files
/// of an earlier run must be taken for its result. `tasks`: those that it names, as far as they can be read;
/// `None`: it is not about tasks.
pub(crate) fn report_usage_error(
    error: &anyhow::Error,
    directory: Option<&Path>,
    tasks: Option<&[Id]>,
    json: bool,
    publisher: Option<&Publisher>,
    console: &Console,
) {
    let document = ResultDocument::of_usage_error(format!("{error:#}"));
    let directory = directory.map(ReportDirectory::prepare);
    // Whose directory it is, or where it lies, may be the mistake.
    let is_out_of_bounds = matches!(directory, Some(Err(_)));
    if let Some(Ok(directory)) = &directory {
        if let Some(tasks) = tasks {
            remove_leftovers(directory, tasks, leftovers);
        }
        let _ = directory.write_result(&document.to_text());
    }
    if let Some(publisher) = publisher.filter(|publisher| !is_out_of_bounds || !publisher.writes_reports()) {
        let subject = Subject {
            outcome: Outcome::Usage,
            exit_code: Outcome::Usage.exit_code(),
            document: &document,
            findings: &[],
        };
        let mut publication = PublishResults::default();
        publisher.show(subject, console, &mut publication);
        publisher.tell_outputs(subject, &mut publication);
    }
    if json && let Err(error) = console.document(&document.to_text()) {
        tracing::error!("{}", not_printed(&error));
    }
}
