//! What `init` was asked to set up, and what is known about it.

use super::connection::{Connection, SESSION_MARGIN, Site, region_of};
use super::environment::Environment;
use super::ids::{IdKind, optional_task_ids, parse_id};
use super::slips::{SLIP_LIMIT, did_you_mean, nearest};
use super::working_copy::WorkingCopy;
use crate::cli::InitArgs;
use crate::codearts::{Id, endpoints};
use crate::error::Problem;
use crate::init::{Answers, Branch, region_of_host};
use crate::messages::{ConnectionMessage, InitHint, InitMessage, ServiceName};
use crate::model::pipeline::Pipeline;
use crate::model::sourced::{Origin, Sourced};

/// Everything `init` needs, as far as it was given.
#[derive(Debug)]
pub struct InitSettings {
    /// Where the files go.
    pub copy: WorkingCopy,
    /// The system, if it was named.
    pub pipeline: Option<Pipeline>,
    /// The region, if it was named.
    pub region: Option<&'static str>,
    /// The project.
    pub project: Option<Id>,
    /// The tasks.
    pub tasks: Vec<Id>,
    /// The branch that they check.
    pub branch: Option<Branch>,
    /// Whether that is known, and not only the branch that is checked out.
    pub is_branch_certain: bool,
    /// Whether somebody is asked for the rest.
    pub asks: bool,
    /// Whether other files are replaced.
    pub force: bool,
    /// Whether files are printed only.
    pub dry_run: bool,
}

impl InitSettings {
    /// Resolves what was typed.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn resolve(args: &InitArgs, environment: &Environment) -> Result<Self, Problem> {
        let copy = environment.working_copy().ok_or_else(|| Problem::new(InitMessage::NoDirectory))?;
        let region = region_of(args.connection.region.clone(), environment);
        let region = region.map(|region| known_region(&region)).transpose()?;
        let project = args.project_id.as_deref();
        let project =
            project.map(|id| parse_id(IdKind::Other, environment.sourced("--project-id", id))).transpose()?;
        let tasks = optional_task_ids(args.task_ids.clone(), environment)?;
        Ok(Self {
            pipeline: args.ci,
            region,
            project,
            tasks,
            branch: copy.branch.as_deref().and_then(Branch::new),
            is_branch_certain: copy.is_branch_certain,
            asks: !args.yes && environment.may_ask(),
            force: args.force,
            dry_run: args.dry_run,
            copy,
        })
    }

    /// The region that is meant where none is named.
    pub fn likely_region(&self) -> Option<&'static str> {
        self.copy.host.as_deref().and_then(region_of_host)
    }

    /// Takes an answer for the region.
    ///
    /// # Errors
    /// When the service is not there.
    pub fn answer_region(&mut self, text: &str) -> Result<(), Problem> {
        let origin = Origin::Flag("--region".to_owned());
        self.region = Some(known_region(&Sourced { value: text.trim().to_ascii_lowercase(), origin })?);
        Ok(())
    }

    /// Takes an answer for the project.
    ///
    /// # Errors
    /// When it is not an id.
    pub fn answer_project(&mut self, text: &str) -> Result<(), Problem> {
        let origin = Origin::Flag("--project-id".to_owned());
        self.project = Some(parse_id(IdKind::Other, Sourced { value: text, origin })?);
        Ok(())
    }

    /// Takes an answer for the task.
    ///
    /// # Errors
    /// When it is not an id.
    pub fn answer_task(&mut self, text: &str) -> Result<(), Problem> {
        self.tasks =
            vec![parse_id(IdKind::Other, Sourced { value: text, origin: Origin::Argument("TASK_ID") })?];
        Ok(())
    }

    /// The way to the service, with the region that was answered.
    ///
    /// # Errors
    /// The first thing that is wrong or missing, such as the credentials.
    pub fn connection(&self, args: &InitArgs, environment: &Environment) -> Result<Connection, Problem> {
        let mut given = args.connection.clone();
        given.region = self.region.map(str::to_owned);
        Connection::resolve(given, Site::Check, args.site.endpoint.clone(), SESSION_MARGIN, environment)
    }

    /// All that a plan needs.
    ///
    /// # Errors
    /// What is missing, all at once.
    pub fn answers(&self) -> Result<Answers, Problem> {
        let (pipeline, region) =
            (self.pipeline.or(self.copy.pipeline), self.region.or_else(|| self.likely_region()));
        if let (Some(pipeline), Some(region), Some(project), false) =
            (pipeline, region, &self.project, self.tasks.is_empty())
        {
            return Ok(Answers {
                pipeline,
                host: self.copy.host.clone(),
                web: self.copy.web.clone(),
                region,
                project: project.clone(),
                tasks: self.tasks.clone(),
                branch: self.branch.clone().unwrap_or_default(),
            });
        }
        let missing = [
            (pipeline.is_none(), "--ci", InitHint::Pipeline),
            (region.is_none(), "--region", InitHint::Region(endpoints::regions().collect())),
            (self.project.is_none(), "--project-id", InitHint::Project),
            (self.tasks.is_empty(), "TASK_ID", InitHint::Task),
        ];
        let missing = missing.into_iter().filter(|(is_missing, ..)| *is_missing);
        let (names, hints): (Vec<&str>, Vec<InitHint>) = missing.map(|(_, name, hint)| (name, hint)).unzip();
        Err(Problem::new(InitMessage::Missing(names)).hints(hints.into_iter().map(Into::into)))
    }
}

/// A region of the table, in its spelling.
fn known_region(given: &Sourced<String>) -> Result<&'static str, Problem> {
    let known = endpoints::regions;
    known().find(|region| *region == given.value).ok_or_else(|| {
        let meant = nearest(&given.value.replace('_', "-"), known(), SLIP_LIMIT);
        let what = ConnectionMessage::UnknownRegion { service: ServiceName::Check, region: given.clone() };
        Problem::new(what).hints(did_you_mean(&meant)).hint(InitHint::Region(known().collect()))
    })
}
