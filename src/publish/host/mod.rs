//! Where the job runs: outputs, summary, annotations and kept files. A host knows no forge.

mod github_actions;
mod gitlab_ci;
mod interface;
mod jenkins;

pub(super) use interface::Host;

use crate::ci::CiHost;

/// Files in the report directory that some host leaves there for its CI.
pub(super) const FILES: &[&str] = &gitlab_ci::FILES;
/// Those of them that hold outputs.
pub(super) const OUTPUT_FILES: &[&str] = &[gitlab_ci::OUTPUT_FILE];

/// The host of this process, if it is one that offers something. To add one: its folder and a line here.
pub(super) fn of(ci: &CiHost, retention_days: Option<u32>) -> Option<Box<dyn Host>> {
    match ci {
        CiHost::GitHubActions(job) => {
            Some(Box::new(github_actions::GitHubActions { job: job.as_ref().clone(), retention_days }))
        }
        CiHost::GitLabCi(job) => Some(Box::new(gitlab_ci::GitLabCi { job: job.as_ref().clone() })),
        CiHost::Jenkins(build) => Some(Box::new(jenkins::Jenkins { build: build.as_ref().clone() })),
        CiHost::Other | CiHost::None => None,
    }
}
