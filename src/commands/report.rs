//! `report`: only the PDF.

use super::export::fetch_pdf;
use super::service;
use super::signals::Signals;
use crate::console::Console;
use crate::outcome::Outcome;
use crate::report::directory::{ReportDirectory, pdf_name};
use crate::settings::ReportCommandSettings;

pub(super) async fn run(
    settings: ReportCommandSettings,
    console: &Console,
    mut signals: Signals,
) -> anyhow::Result<Outcome> {
    let ReportCommandSettings { task, report, connection } = settings;
    let directory = ReportDirectory::prepare(&report.directory)?;
    directory.remove([pdf_name(task.as_str())])?;
    let service = service(connection, report.language)?;
    let display = console.task(task.as_str());
    let fetched = tokio::select! {
        fetched = fetch_pdf(&service, &task, &report.title, &directory, &display, report.timeout) => fetched,
        signal = signals.next() => {
            tracing::error!("cancelled; nothing was kept");
            return Ok(signal);
        }
        never = console.keep_alive() => match never {},
    };
    drop(display);
    Ok(match fetched {
        Ok(_) => Outcome::Passed,
        Err(error) => {
            tracing::error!("{}", error.message);
            tracing::error!("{} (exit {})", error.outcome, error.outcome.exit_code());
            error.outcome
        }
    })
}
