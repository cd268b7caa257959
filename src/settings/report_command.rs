//! What `report` was asked to do.

use super::connection::{Connection, SESSION_MARGIN, Site};
use super::environment::Environment;
use super::ids::task_ids_or_tables;
use super::publish;
use super::report::{ReportSettings, title};
use super::times::within_job;
use super::value::refuse;
use crate::cli::ReportArgs;
use crate::codearts::Id;
use crate::error::Problem;
use crate::messages::{IdHint, IdMessage, SettingsHint, SettingsMessage};
use crate::model::sourced::Origin;
use crate::publish::Publisher;
use std::time::Duration;

/// Names the PDF.
const REPORT_TITLE: &str = "--report-title";

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
        let tasks = task_ids_or_tables("report", args.task_id.into_iter().collect(), environment)?;
        let task = match tasks.as_slice() {
            [task] => task.clone(),
            [] => return refuse(IdMessage::NoTask, IdHint::Task { command: "report" }),
            _ => return refuse(SettingsMessage::SeveralTasks, SettingsHint::OneTaskEach),
        };
        let mut report = ReportSettings::resolve(args.files, environment)?;
        if let Some(own) = own_title(&task, environment)? {
            report.title = own;
        }
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
            task,
            report,
            connection,
        })
    }
}

/// The title that the configuration file has for this task alone, if nothing else decides.
fn own_title(task: &Id, environment: &Environment) -> Result<Option<String>, Problem> {
    if matches!(environment.origin(REPORT_TITLE), Origin::Flag(_)) {
        return Ok(None);
    }
    let Some(table) = environment.task_tables().iter().find(|table| table.is_of(task)) else {
        return Ok(None);
    };
    let (_, mut own) = environment.of_task(table);
    let given = own.stand_in(REPORT_TITLE.trim_start_matches('-')).map(|given| given.map(str::to_owned));
    let Some(given) = given else { return Ok(None) };
    let value = given.value.clone();
    own.note_given(REPORT_TITLE.to_owned(), given);
    title(Some(value), &own).map(Some)
}
