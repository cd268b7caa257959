//! What `init` was asked to set up, and what is known about it.

use super::connection::region_of;
use super::environment::Environment;
use super::ids::{IdKind, optional_task_ids, parse_id};
use super::slips::{SLIP_LIMIT, did_you_mean, nearest};
use super::working_copy::WorkingCopy;
use crate::cli::InitArgs;
use crate::codearts::{Id, endpoints};
use crate::error::Problem;
use crate::init::{Answers, Branch};
use crate::messages::{ConnectionMessage, InitHint, InitMessage, ServiceName};
use crate::model::pipeline::Pipeline;
use crate::model::sourced::Sourced;

/// Everything `init` needs, as far as it was given.
#[derive(Debug)]
pub struct InitSettings {
    /// Where the files go.
    pub copy: WorkingCopy,
    /// The system, if it was named.
    pub pipeline: Option<Pipeline>,
    /// The region.
    pub region: Option<&'static str>,
    /// The project.
    pub project: Option<Id>,
    /// The tasks.
    pub tasks: Vec<Id>,
    /// The branch that they check.
    pub branch: Option<Branch>,
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
            force: args.force,
            dry_run: args.dry_run,
            copy,
        })
    }

    /// All that a plan needs.
    ///
    /// # Errors
    /// What is missing, all at once.
    pub fn answers(&self) -> Result<Answers, Problem> {
        let pipeline = self.pipeline.or(self.copy.pipeline);
        if let (Some(pipeline), Some(region), Some(project), false) =
            (pipeline, self.region, &self.project, self.tasks.is_empty())
        {
            let branch = self.branch.clone().unwrap_or_default();
            return Ok(Answers {
                pipeline,
                region,
                project: project.clone(),
                tasks: self.tasks.clone(),
                branch,
            });
        }
        let missing = [
            (pipeline.is_none(), "--ci", InitHint::Pipeline),
            (self.region.is_none(), "--region", InitHint::Region(endpoints::regions().collect())),
            (self.project.is_none(), "--project-id", InitHint::Project),
            (self.tasks.is_empty(), "TASK_ID", InitHint::Task),
        ];
        let (names, hints): (Vec<&str>, Vec<InitHint>) = missing
            .into_iter()
            .filter(|(is_missing, ..)| *is_missing)
            .map(|(_, name, hint)| (name, hint))
            .unzip();
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
