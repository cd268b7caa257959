//! The end of a process that could not begin.

use crate::codearts::Id;
use crate::console::Console;
use crate::error::{Problem, hints_of, outcome_of};
use crate::lifecycle::finish::files::{leftovers, remove_leftovers};
use crate::messages::{FinishMessage, Message, OutsideText, spoken};
use crate::publish::{PublishResults, Publisher};
use crate::report::formats::markdown::Subject;
use crate::report::result::ResultDocument;
use crate::report::store::directory::ReportDirectory;
use crate::report::store::workspace::Workspace;
use std::path::Path;

/// A process that could not begin writes its own document, if `directory` is to hold one: neither an old one nor other files
/// of an earlier run must be taken for its result. `tasks`: those that it names, as far as they can be read;
/// `None`: it is not about tasks.
pub(crate) fn report_refusal(
    error: &anyhow::Error,
    directory: Option<&Path>,
    workspace: &Workspace,
    tasks: Option<&[Id]>,
    json: bool,
    publisher: Option<&Publisher>,
    console: &Console,
) {
    let outcome = outcome_of(error);
    let document = ResultDocument::without_jobs(outcome, reason(error), hints_of(error));
    let directory = directory.map(|directory| ReportDirectory::prepare(directory, workspace));
    // Whose directory it is, or where it lies, may be the mistake.
    let is_out_of_bounds = matches!(directory, Some(Err(_)));
    if let Some(Ok(directory)) = &directory {
        if let Some(tasks) = tasks {
            remove_leftovers(directory, tasks, leftovers);
        }
        let _ = directory.write_result(&document.to_text());
    }
    if let Some(publisher) = publisher.filter(|publisher| !is_out_of_bounds || !publisher.writes_reports()) {
        let exit_code = outcome.exit_code();
        let subject = Subject { outcome, exit_code, document: &document, findings: &[], language: spoken() };
        let mut publication = PublishResults::default();
        publisher.show(subject, console, &mut publication);
        publisher.write_result_outputs(subject, &mut publication);
    }
    if json && let Err(error) = console.document(&document.to_text()) {
        tracing::error!("{}", FinishMessage::NotPrinted(error.to_string()));
    }
}

/// Typed as far as the error is; the rest is text from outside.
fn reason(error: &anyhow::Error) -> Message {
    let mut chain = error.chain();
    let outermost = chain.next().and_then(|outermost| outermost.downcast_ref::<Problem>());
    match outermost.cloned() {
        Some(problem) => chain.fold(problem.into(), |what, cause| {
            FinishMessage::Because { what: Box::new(what), cause: cause.to_string() }.into()
        }),
        None => OutsideText(format!("{error:#}")).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::{LogDialect, LogFormat, Terminal, Verbosity};
    use crate::messages::SetupMessage;
    use serde_json::Value;

    /// A problem keeps its message; what is around and below it is in the same sentence.
    #[test]
    fn the_reason_is_the_problem_itself() {
        let problem = || anyhow::Error::new(Problem::new(SetupMessage::HttpClient));
        assert_eq!(reason(&problem()), SetupMessage::HttpClient.into());
        let below = anyhow::Error::new(Problem::new(SetupMessage::HttpClient).because("no roots"));
        for error in [problem(), below, problem().context("no client"), anyhow::anyhow!("x").context("y")] {
            assert_eq!(reason(&error).to_string(), format!("{error:#}"));
        }
    }

    /// The document names the outcome and the number that the process ends with.
    #[test]
    fn what_cannot_be_set_up_is_no_usage_error_in_the_document_either() {
        let place = tempfile::tempdir().expect("a directory");
        let directory = place.path().join("reports");
        let console =
            Console::new(LogFormat::Text, Verbosity::Quiet, LogDialect::default(), Terminal::default());
        let setup = anyhow::Error::new(Problem::new(SetupMessage::HttpClient)).context("no client");
        for (error, outcome, exit_code) in [(setup, "internal", 70), (anyhow::anyhow!("x"), "usage", 64)] {
            report_refusal(&error, Some(&directory), &Workspace::default(), None, false, None, &console);
            let text = std::fs::read(directory.join("result.json")).expect("the document");
            let document: Value = serde_json::from_slice(&text).expect("JSON");
            assert_eq!((&document["outcome"], &document["exit_code"]), (&outcome.into(), &exit_code.into()));
        }
    }
}
