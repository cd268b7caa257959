//! A job of CodeArts Pipeline as its parameters describe it, where they are handed over as variables (`ci/forges-cn`, section
//! 4.4).

use super::codearts_change;
use super::facts::JobFacts;
use super::value::Lookup;
use std::path::PathBuf;

/// What started a pipeline about a merge request.
const MERGE_REQUEST: &str = "MR";

/// The job this process runs in, of which nothing more is needed.
#[derive(Clone, Debug)]
pub struct Job;

/// The job, if this is one of CodeArts Pipeline.
pub(super) fn detect(variable: Lookup<'_>) -> Option<(Job, JobFacts)> {
    let trigger = variable("PIPELINE_TRIGGER_TYPE")?;
    variable("PROJECT_ID")?;
    let (change, code) = codearts_change::read(variable, trigger.trim().eq_ignore_ascii_case(MERGE_REQUEST));
    let facts = JobFacts {
        repository: code.repository_url.clone().or_else(|| variable("PIPELINE_NAME")),
        workspace: variable("WORKSPACE").map(PathBuf::from),
        change,
        code,
        ..JobFacts::default()
    };
    Some((Job, facts))
}
