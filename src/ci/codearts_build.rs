//! A job of CodeArts Build as its variables describe it (`ci/forges-cn`, section 4.4). It knows no merge request: the pipeline
//! hands `MERGE_ID` and `REPO_URL` over as parameters.

use super::codearts_change;
use super::facts::JobFacts;
use super::value::Lookup;
use std::path::PathBuf;

/// The job this process runs in, of which nothing more is needed.
#[derive(Clone, Debug)]
pub struct Job;

/// The job, if this is one of CodeArts Build.
pub(super) fn detect(variable: Lookup<'_>) -> Option<(Job, JobFacts)> {
    ["BUILDNUMBER", "INCREASENUM", "PROJECT_ID"].into_iter().try_for_each(|name| variable(name).map(drop))?;
    let (change, code) = codearts_change::read(variable, true);
    let facts = JobFacts {
        repository: variable("JOB_NAME"),
        workspace: variable("WORKSPACE").map(PathBuf::from),
        change,
        code,
        ..JobFacts::default()
    };
    Some((Job, facts))
}
