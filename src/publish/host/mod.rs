//! Where the job runs: outputs, summary, annotations and kept files. A host knows no forge.

mod gitcode_actions;
mod gitea_actions;
mod gitee_go;
mod github_actions;
mod gitlab_ci;
mod interface;
mod jenkins;
mod plain;
mod step_files;

pub(super) use interface::Host;

use crate::ci::CiHost;

/// Files in the report directory that some host leaves there for its CI.
pub(super) const FILES: &[&str] = &gitlab_ci::FILES;
/// Those of them that hold outputs.
pub(super) const OUTPUT_FILES: &[&str] = &[gitlab_ci::OUTPUT_FILE];

/// The host of this process. To add one: its file and a line here.
pub(super) fn of(ci: &CiHost, retention_days: Option<u32>) -> Box<dyn Host> {
    match ci {
        CiHost::GitHubActions(job) => {
            Box::new(github_actions::GitHubActions { job: job.as_ref().clone(), retention_days })
        }
        CiHost::GiteaActions(job) => {
            Box::new(gitea_actions::GiteaActions::new(job.as_ref().clone(), retention_days))
        }
        CiHost::GitLabCi(job) => Box::new(gitlab_ci::GitLabCi { job: job.as_ref().clone() }),
        CiHost::GitCodeActions(job) => {
            Box::new(gitcode_actions::GitCodeActions { job: job.as_ref().clone() })
        }
        CiHost::GiteeGo(_) => Box::new(gitee_go::GiteeGo),
        CiHost::Jenkins(build) => Box::new(jenkins::Jenkins { build: build.as_ref().clone() }),
        CiHost::CodeArtsPipeline(_) | CiHost::CodeArtsBuild(_) | CiHost::Other | CiHost::None => {
            Box::new(plain::Plain)
        }
    }
}
