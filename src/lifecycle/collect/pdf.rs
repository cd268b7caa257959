//! The PDF: export job, wait, one download. A broken transfer needs a new job, because the file is gone.

use crate::codearts::errors::{explained, outcome_of};
use crate::codearts::pdf::{ExportState, PdfStream};
use crate::codearts::{Id, Service};
use crate::console::TaskDisplay;
use crate::http::error::CallError;
use crate::http::retry::{RetryClass, RetryDecision, retry_decision};
use crate::lifecycle::polling::poll_error;
use crate::messages::HttpMessage;
use crate::model::outcome::Outcome;
use crate::report::store::directory::ReportDirectory;
pub(crate) use crate::report::store::pdf_file::PdfFile;
use crate::report::store::pdf_file::{PartialPdf, PdfError};
use crate::text::{bytes, duration};
use crate::wait::{End, Pacer, Schedule, Step, Waiter};
use std::cell::RefCell;
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout_at};

/// Export jobs started in all, when transfers break.
pub(crate) const EXPORTS_LIMIT: u32 = 3;

/// Why there is no PDF.
#[derive(Debug)]
pub(crate) struct ExportError {
    /// What a command whose only job is the PDF ends as.
    pub(crate) outcome: Outcome,
    /// One sentence.
    pub(crate) message: String,
}

/// Why one export job brought no PDF.
enum Broken {
    /// Another job may bring one.
    Transfer(String),
    /// Nothing will.
    Final(ExportError),
}

impl From<CallError> for Broken {
    fn from(error: CallError) -> Self {
        Self::Final(ExportError { outcome: outcome_of(&error), message: explained(&error) })
    }
}

fn report_failed(message: String) -> Broken {
    Broken::Final(ExportError { outcome: Outcome::ReportFailed, message })
}

/// Brings back the PDF of a task within `limit`, or says why not; then no file is left.
pub(crate) async fn fetch_pdf(
    service: &Service,
    waiter: &Waiter,
    task: &Id,
    title: &str,
    directory: &ReportDirectory,
    display: &TaskDisplay,
    limit: Duration,
) -> Result<PdfFile, ExportError> {
    let deadline = Instant::now() + limit;
    let export = Export { service, waiter, task, title, directory, display, deadline };
    let label = display.label();
    let mut number = 1;
    loop {
        let result = timeout_at(deadline, export.run()).await.unwrap_or_else(|_| {
            Err(report_failed(format!(
                "the PDF was not there within {} (`--report-timeout`)",
                duration(limit)
            )))
        });
        match result {
            Ok(pdf) => {
                tracing::info!(
                    "report: {} ({}, sha256 {})",
                    pdf.path.display(),
                    bytes(pdf.bytes),
                    pdf.sha256
                );
                return Ok(pdf);
            }
            Err(Broken::Final(error)) => return Err(error),
            Err(Broken::Transfer(why)) if number < EXPORTS_LIMIT && Instant::now() < deadline => {
                number += 1;
                tracing::warn!(
                    "{label}: the PDF did not come whole ({why}); it can be fetched only once, so it is made again (job {number} of {EXPORTS_LIMIT})"
                );
                sleep(service.backoff().after(number, None)).await;
            }
            Err(Broken::Transfer(why)) => {
                return Err(ExportError {
                    outcome: Outcome::ReportFailed,
                    message: format!("the PDF did not come whole in {number} tries: {why}"),
                });
            }
        }
    }
}

struct Export<'a> {
    service: &'a Service,
    waiter: &'a Waiter,
    task: &'a Id,
    title: &'a str,
    directory: &'a ReportDirectory,
    display: &'a TaskDisplay,
    deadline: Instant,
}

impl Export<'_> {
    /// One job from start to file.
    async fn run(&self) -> Result<PdfFile, Broken> {
        self.display.show("making the PDF report", None);
        let file = self.make().await?;
        self.directory.check_space(0).map_err(report_failed)?;
        self.display.show("downloading the PDF report", None);
        let stream = self.open(&file).await?;
        self.save(stream).await
    }

    /// Starts the job and waits for it; returns the path of the file.
    async fn make(&self) -> Result<String, Broken> {
        let Self { service, waiter, task, .. } = self;
        let job = service.start_export(task, self.title, self.deadline).await?;
        sleep(service.backoff().cap(job.ask_after)).await;
        // The service names the least gap; any law could only ask later.
        let pacer = RefCell::new(Pacer::new(Schedule::Fixed(job.ask_after)));
        let polling = waiter.wait(&pacer, self.deadline, true, async || {
            match service.export_state(task, &job.job).await {
                Ok(ExportState::Running(percent)) => {
                    self.display.show("making the PDF report", percent);
                    Ok(Step::Pending { floor: Duration::ZERO, ceiling: None, progress: None })
                }
                Ok(ExportState::Ready(file)) => Ok(Step::Done(Ok(file))),
                Ok(ExportState::Failed(reason)) => Ok(Step::Done(Err(reason))),
                Err(error) => Err(poll_error(error)),
            }
        });
        let waited = polling.await;
        match waited.end {
            End::Done(Ok(file)) => Ok(file),
            End::Done(Err(reason)) => {
                Err(report_failed(format!("the service could not make the PDF: {reason}")))
            }
            End::Refused(error) | End::Lost(Some(error)) => Err(error.into()),
            End::TimedOut | End::Lost(None) => {
                Err(report_failed("the PDF was not ready in time (`--report-timeout`)".to_owned()))
            }
        }
    }

    /// Opens the file; only a clearly refused request is repeated.
    async fn open(&self, file: &str) -> Result<PdfStream, Broken> {
        let mut tries = 0;
        loop {
            let error = match self.service.open_pdf(self.task, file).await {
                Ok(stream) => return Ok(stream),
                Err(error) => error,
            };
            tries += 1;
            match retry_decision(RetryClass::ConsumeOnce, error.failure, true) {
                RetryDecision::Retry(limit) if tries < limit => {
                    let pause = self.service.backoff().after(tries, error.retry_after);
                    tracing::info!("{}", HttpMessage::Retrying(error.shown(), pause));
                    sleep(pause).await;
                }
                RetryDecision::Recreate => return Err(Broken::Transfer(error.brief().to_string())),
                _ => return Err(error.into()),
            }
        }
    }

    async fn save(&self, mut stream: PdfStream) -> Result<PdfFile, Broken> {
        let announced = stream.length;
        if let Some(length) = announced {
            self.directory.check_space(length).map_err(report_failed)?;
        }
        let kept = |error: PdfError| match error {
            PdfError::Broken(why) => Broken::Transfer(why),
            PdfError::Disk(_) => report_failed(error.to_string()),
        };
        let mut pdf = PartialPdf::create(self.directory).map_err(kept)?;
        while let Some(piece) =
            stream.next().await.map_err(|error| Broken::Transfer(error.brief().to_string()))?
        {
            pdf.write(&piece).map_err(kept)?;
        }
        // The next download may begin.
        drop(stream);
        let path = self.directory.pdf_path(self.task.as_str());
        // Bringing it to the disk may take long, and signals must be served meanwhile.
        match spawn_blocking(move || pdf.finish(announced, path)).await {
            Ok(finished) => finished.map_err(kept),
            Err(_) => Err(report_failed("the file could not be finished".to_owned())),
        }
    }
}
