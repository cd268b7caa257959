//! The PDF: export job, wait, one download. A broken download needs a new export, because the file is gone.

use crate::codearts::Service;
use crate::codearts::pdf::{ExportState, PdfStream};
use crate::console::TaskDisplay;
use crate::error::Problem;
use crate::http::error::CallError;
use crate::http::repeat::{ConsumeError, RetryPolicy, Tries, consume_once, retry};
use crate::http::retry::{RetryClass, RetryDecision, retry_decision};
use crate::lifecycle::check_run::CheckedTask;
use crate::lifecycle::polling::poll_error;
use crate::lifecycle::report::Verdict;
use crate::messages::{Activity, Message, PdfMessage};
use crate::model::outcome::Outcome;
use crate::report::store::directory::ReportDirectory;
pub(crate) use crate::report::store::pdf_file::PdfFile;
use crate::report::store::pdf_file::{PartialPdf, PdfError};
use crate::wait::{End, Pacer, Schedule, Step, Waiter};
use std::cell::RefCell;
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout_at};

/// Export jobs started in all, when downloads break.
pub(crate) const EXPORTS_LIMIT: u32 = 3;

/// Why one export job brought no PDF.
enum Broken {
    /// The download broke.
    Download(Message),
    /// Anything else.
    Other(Verdict),
}

impl From<CallError> for ConsumeError<Broken> {
    fn from(error: CallError) -> Self {
        Self::Final(Broken::Other(error.into()))
    }
}

fn report_failed(reason: impl Into<Message>) -> ConsumeError<Broken> {
    ConsumeError::Final(Broken::Other(Verdict::new(Outcome::ReportFailed, reason)))
}

fn broken_download(why: impl Into<Message>) -> ConsumeError<Broken> {
    ConsumeError::Gone(Broken::Download(why.into()))
}

/// Downloads the PDF of a task within `limit`. Without it, the verdict is that of a command whose only job is the PDF; then no
/// file is left.
pub(crate) async fn fetch_pdf(
    service: &Service,
    waiter: &Waiter,
    task: &CheckedTask,
    title: &str,
    directory: &ReportDirectory,
    display: &TaskDisplay,
    limit: Duration,
) -> Result<PdfFile, Verdict> {
    let deadline = Instant::now() + limit;
    let export = Export { service, waiter, task, title, directory, display, deadline };
    let tries = Tries { limit: EXPORTS_LIMIT, deadline, backoff: service.backoff() };
    let mut exports = 0;
    let make = async |number, broken: Option<&Broken>| {
        exports = number;
        if let Some(Broken::Download(why)) = broken {
            let again = PdfMessage::Again { why: Box::new(why.clone()), number, limit: EXPORTS_LIMIT };
            let label = display.label();
            tracing::warn!("{label}: {again}");
        }
        export.make().await
    };
    let fetching = consume_once(tries, make, async |file: String| export.fetch(&file).await);
    match timeout_at(deadline, fetching).await {
        Ok(Ok(pdf)) => {
            let PdfFile { path, bytes, sha256 } = pdf.clone();
            tracing::info!("{}", PdfMessage::Saved { path, bytes, sha256 });
            Ok(pdf)
        }
        Ok(Err(Broken::Other(verdict))) => Err(verdict),
        Ok(Err(Broken::Download(why))) => {
            let incomplete = PdfMessage::Incomplete { tries: exports, why: Box::new(why) };
            Err(Verdict::new(Outcome::ReportFailed, incomplete))
        }
        Err(_) => Err(Verdict::new(Outcome::ReportFailed, PdfMessage::NotInTime(Some(limit)))),
    }
}

struct Export<'a> {
    service: &'a Service,
    waiter: &'a Waiter,
    task: &'a CheckedTask,
    title: &'a str,
    directory: &'a ReportDirectory,
    display: &'a TaskDisplay,
    deadline: Instant,
}

impl Export<'_> {
    /// Starts an export and waits for it; returns the path of the file.
    async fn make(&self) -> Result<String, ConsumeError<Broken>> {
        let Self { service, waiter, task, .. } = self;
        self.display.show(Activity::MakingPdf, None);
        let job = service.start_export(&task.id, self.title, self.deadline).await?;
        sleep(service.backoff().cap(job.ask_after)).await;
        // The service names the least gap; any law could only ask later.
        let pacer = RefCell::new(Pacer::new(Schedule::Fixed(job.ask_after)));
        let polling = waiter.wait(&pacer, self.deadline, true, async || {
            match service.export_state(&task.id, &job.job).await {
                Ok(ExportState::Running(percent)) => {
                    self.display.show(Activity::MakingPdf, percent);
                    Ok(Step::Pending { floor: Duration::ZERO, ceiling: None, progress: None })
                }
                Ok(ExportState::Ready(file)) => Ok(Step::Done(Ok(file))),
                Ok(ExportState::Failed(reason)) => Ok(Step::Done(Err(reason))),
                Err(error) => Err(poll_error(error)),
            }
        });
        match polling.await.end {
            End::Done(Ok(file)) => Ok(file),
            End::Done(Err(reason)) => Err(report_failed(PdfMessage::ExportFailed(Box::new(reason.into())))),
            End::Refused(error) | End::Lost(Some(error)) => Err(error.into()),
            End::TimedOut | End::Lost(None) => Err(report_failed(PdfMessage::NotInTime(None))),
        }
    }

    /// Downloads the file, once.
    async fn fetch(&self, file: &str) -> Result<PdfFile, ConsumeError<Broken>> {
        self.directory.check_space(0).map_err(disk_failed)?;
        self.display.show(Activity::DownloadingPdf, None);
        let stream = self.open(file).await?;
        self.save(stream).await
    }

    /// Opens the file; only a clearly refused request is repeated.
    async fn open(&self, file: &str) -> Result<PdfStream, ConsumeError<Broken>> {
        let policy = RetryPolicy::new(RetryClass::ConsumeOnce, self.deadline, self.service.backoff());
        let opening = retry(policy, async || self.service.open_pdf(&self.task.id, file).await);
        opening.await.map_err(|error| match retry_decision(RetryClass::ConsumeOnce, error.failure, true) {
            RetryDecision::Recreate => broken_download(error.brief()),
            RetryDecision::Retry(_) | RetryDecision::Renew | RetryDecision::Look | RetryDecision::Final => {
                error.into()
            }
        })
    }

    async fn save(&self, mut stream: PdfStream) -> Result<PdfFile, ConsumeError<Broken>> {
        let announced = stream.length;
        if let Some(length) = announced {
            self.directory.check_space(length).map_err(disk_failed)?;
        }
        let kept = |error: PdfError| match error {
            PdfError::Broken(why) => broken_download(why),
            PdfError::Disk(problem) => disk_failed(problem),
        };
        let mut pdf = PartialPdf::create(self.directory).map_err(kept)?;
        while let Some(piece) = stream.next().await.map_err(|error| broken_download(error.brief()))? {
            pdf.write(&piece).map_err(kept)?;
        }
        // The next download may begin.
        drop(stream);
        let path = self.directory.pdf_path(self.task.named.as_str());
        // Signals must be served meanwhile, and the file is dropped then: it stays here.
        match spawn_blocking(pdf.sync().map_err(kept)?).await {
            Ok(synced) => synced.map_err(PdfError::from).map_err(kept)?,
            Err(_) => return Err(report_failed(PdfMessage::NotStored)),
        }
        pdf.finish(announced, path).map_err(kept)
    }
}

fn disk_failed(problem: Problem) -> ConsumeError<Broken> {
    ConsumeError::Final(Broken::Other(Verdict::of(Outcome::ReportFailed, problem)))
}
