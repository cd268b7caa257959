//! What `check` was asked to do.

use super::allow::allowed;
use super::connection::{Connection, SESSION_MARGIN, Site};
use super::environment::Environment;
use super::findings::FindingSettings;
use super::ids::{IdKind, parse_id};
use super::publish::{self, Way};
use super::pull_request::{self, PullRequestSettings};
use super::report::ReportSettings;
use super::resume::{self, ResumeSettings};
use super::scope::ScopeSettings;
use super::task_rules::{self, TaskRules};
use super::task_search::{self, TaskChoice};
use super::times::{positive_duration, schedule, within_job};
use super::value::refuse;
use crate::ci::CodeFacts;
use crate::cli::CheckArgs;
use crate::codearts::Id;
use crate::codearts::repo::Repo;
use crate::error::Problem;
use crate::messages::{SettingsHint, SettingsMessage};
use crate::model::outcome::Outcome;
use crate::model::policy::{IfRunning, StopOnCancel, WaitLimit};
use crate::model::pull_request::PullRequestChoice;
use crate::publish::{PublishChoice, Publisher, Target};
use crate::report::formats::ReportChoice;
use crate::wait::Schedule;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Whether a run is started, and how long to wait for it.
#[derive(Debug)]
pub struct RunSettings {
    /// Whether to start a run.
    pub start: bool,
    /// What to do about an active one.
    pub if_running: IfRunning,
    /// Time for the wait.
    pub timeout: WaitLimit,
    /// When to poll.
    pub schedule: Schedule,
    /// How long a success that nothing confirms must stand, if not as usual.
    pub max_doubt: Option<Duration>,
}

/// Everything `check` needs.
#[derive(Debug)]
pub struct CheckSettings {
    /// The tasks, each once; none where one is to be found.
    pub tasks: Vec<Id>,
    /// The same where one of them is to be found.
    pub search: Vec<TaskChoice>,
    /// How each of them is judged.
    pub rules: Vec<TaskRules>,
    /// Their CodeArts project.
    pub project_id: Option<Id>,
    /// The pull request whose code is checked; `None`: the tasks are judged as CodeArts has them.
    pub pull_request: Option<PullRequestSettings>,
    /// Runs that were started before; `None`: none is to be waited for.
    pub resume: Option<ResumeSettings>,
    /// Whether a run is started, and how long to wait.
    pub run: RunSettings,
    /// When to stop the remote run.
    pub stop_on_cancel: StopOnCancel,
    /// Outcomes that become exit 0.
    pub allow: Vec<Outcome>,
    /// Where the changed lines are shown.
    pub scope: ScopeSettings,
    /// Which findings are listed, and where.
    pub findings: FindingSettings,
    /// Whether to fetch the PDF.
    pub wants_pdf: bool,
    /// Where it goes.
    pub report: ReportSettings,
    /// How to publish; `None`: not at all.
    pub publish: Option<Publisher>,
    /// Why there is no place for it here, if there is none.
    pub lacks_place: Option<Problem>,
    /// The code that this job is about.
    pub code: CodeFacts,
    /// Whether to print the document.
    pub json: bool,
}

impl CheckSettings {
    /// Hands over CodeArts Repo to the forges that need it.
    pub fn connect(&mut self, repo: &Arc<Repo>) {
        if let Some(publisher) = &mut self.publish {
            publisher.connect(repo);
        }
        if let Some(pull_request) = &mut self.pull_request {
            pull_request.review.connect(repo);
        }
    }

    /// Whether findings are shown as comments in the diff.
    pub fn comments_on_lines(&self) -> bool {
        self.publish.as_ref().is_some_and(|publisher| publisher.config().wants(Target::Review))
    }

    /// Where to write the next baseline; one task at most has that.
    pub fn write_baseline(&self) -> Option<&Path> {
        self.rules.iter().find_map(|rules| rules.gate.write_baseline.as_deref())
    }

    /// Resolves what was typed.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn resolve(mut args: CheckArgs, environment: &Environment) -> anyhow::Result<(Self, Connection)> {
        let resumed = resume::resolve(&mut args, environment)?;
        let project_id = args
            .project_id
            .take()
            .map(|id| parse_id(IdKind::Other, environment.sourced("--project-id", &id)))
            .transpose()?;
        let (resume, tasks, search) = match resumed {
            Some((resume, tasks)) => (Some(resume), tasks, Vec::new()),
            None => {
                let checks_pull_request = args.pull_request.pull_request != PullRequestChoice::Off;
                let (tasks, search) = task_search::resolve(
                    "check",
                    std::mem::take(&mut args.task_ids),
                    project_id.as_ref(),
                    checks_pull_request,
                    environment,
                )?;
                (None, tasks, search)
            }
        };
        let own = task_rules::of_tasks(&args, &tasks, &search, environment)?;
        let wants_pdf = args.report.contains(&ReportChoice::PDF);
        if args.report.len() > 1 && args.report.contains(&ReportChoice::None) {
            let origin = environment.origin("--report");
            let problem = Problem::new(SettingsMessage::NoneBesideFormats(origin));
            return Err(problem.hint(SettingsHint::Alone).into());
        }
        if !wants_pdf && args.publish.publish.contains(&PublishChoice::To(Target::Artifact)) {
            let origin = environment.origin("--publish");
            refuse(SettingsMessage::ArtifactWithoutPdf(origin), SettingsHint::AddPdf)?;
        }
        let mut report = ReportSettings::resolve(args.files, environment)?;
        let wait = positive_duration(&environment.sourced("--timeout", args.wait.timeout))?;
        let session = wait + report.timeout + SESSION_MARGIN;
        let connection =
            Connection::resolve(args.connection, Site::Check, args.site.endpoint, session, environment)?;
        let timeout;
        (timeout, report.timeout) = within_job(wait, report.timeout, environment.time_left());
        let named = args.publish.publish.clone();
        let pull_request = match &resume {
            Some(resume) => match resume.pull_request.clone() {
                Some(known) => {
                    let delete = args.delete.delete_task;
                    Some(resume::pull_request(known, delete, args.pull_request, environment, &connection)?)
                }
                None => None,
            },
            None => {
                pull_request::resolve(args.pull_request, args.delete.delete_task, environment, &connection)?
            }
        };
        if pull_request.is_none() && named.contains(&PublishChoice::To(Target::Review)) {
            // The lines would be those of another branch.
            let origin = environment.origin("--publish");
            refuse(SettingsMessage::ReviewWithoutPullRequest(origin), SettingsHint::AddPullRequest)?;
        }
        let number = pull_request.as_ref().and_then(|pull_request| pull_request.number);
        let way =
            publish::resolve(args.publish, environment, number, &tasks, &connection.http, &report.directory)?;
        let settings = Self {
            scope: ScopeSettings::resolve(
                &args.findings,
                task_rules::who_needs_lines(&own, pull_request.is_some()),
                pull_request.as_ref().map(|pull_request| &pull_request.review),
                environment,
                &connection,
            )?,
            findings: FindingSettings::resolve(
                args.findings,
                &args.report,
                &named,
                pull_request.is_some(),
                environment,
            )?,
            rules: task_rules::resolve(own, pull_request.is_some())?,
            lacks_place: if let Way::Nowhere(why) = &way { Some(why.clone()) } else { None },
            publish: way.publisher(),
            tasks,
            search,
            project_id,
            run: RunSettings {
                start: args.start || pull_request.is_some() && resume.is_none(),
                if_running: pull_request::about_active_run(args.if_running, pull_request.is_some()),
                timeout,
                schedule: schedule(
                    environment.sourced("--poll-interval", args.wait.poll_interval),
                    environment.sourced("--poll-budget", args.wait.poll_budget),
                )?,
                max_doubt: args
                    .max_doubt
                    .map(|text| positive_duration(&environment.sourced("--max-doubt", text)))
                    .transpose()?,
            },
            pull_request,
            resume,
            stop_on_cancel: args.wait.stop_on_cancel,
            allow: allowed(environment.sourced("--allow", args.allow.names))?,
            wants_pdf,
            report,
            code: environment.ci().facts.code.clone(),
            json: args.result.json,
        };
        Ok((settings, connection))
    }
}
