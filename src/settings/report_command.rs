//! What `report` was asked to do.

use super::connection::{Connection, SESSION_MARGIN, Site};
use super::environment::Environment;
use super::ids::task_ids;
use super::publish;
use super::report::ReportSettings;
use super::times::within_job;
use super::value::refuse;
use crate::cli::ReportArgs;
use crate::codearts::Id;
use crate::error::Problem;
use crate::messages::{SettingsHint, SettingsMessage};
use crate::publish::Publisher;
use std::time::Duration;

/// Everything `report` needs.
#[derive(Debug)]
pub struct ReportCommandSettings {
    /// The task.
    pub task: Id,
    /// Where the report goes.
    pub report: ReportSettings,
    /// How to publish; `None`: not at all.
    pub publish: Option<Publisher>,
    /// How to reach the service.
    pub connection: Connection,
}

impl ReportCommandSettings {
    /// Resolves what was typed.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn resolve(args: ReportArgs, environment: &Environment) -> Result<Self, Problem> {
        let mut tasks = task_ids("report", args.task_id.into_iter().collect(), environment)?;
        if tasks.len() > 1 {
            return refuse(SettingsMessage::SeveralTasks, SettingsHint::OneTaskEach);
        }
        let mut report = ReportSettings::resolve(args.files, environment)?;
        let session = report.timeout + SESSION_MARGIN;
        let connection =
            Connection::resolve(args.connection, Site::Check, args.site.endpoint, session, environment)?;
        if let Some(left) = environment.time_left() {
            let (_, limit) = within_job(Duration::ZERO, report.timeout, Some(left));
            if limit < report.timeout {
                tracing::info!("{}", SettingsMessage::JobEndsDuringReport(limit));
            }
            report.timeout = limit;
        }
        Ok(Self {
            publish: publish::resolve_for_report(
                args.publish,
                environment,
                &tasks,
                &connection.http,
                &report.directory,
            )?,
            task: tasks.remove(0),
            report,
            connection,
        })
    }
}
