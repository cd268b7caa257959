//! A job of GitCode Actions as its variables describe it: plain data (`ci/forges-cn`, section 2.5). `ATOMGIT_SHA` may be the
//! commit that merges a pull request, so the head comes from the event.

use super::facts::{Change, CodeFacts, JobFacts, TokenSource};
use super::gitee::{Kind, Repository};
use super::github::pull_request_in;
use super::value::{Lookup, is_number, is_true, name};
use std::path::PathBuf;

/// The job this process runs in.
#[derive(Clone, Debug)]
pub struct Job {
    /// Number of the run, and which try of it.
    pub run_id: String,
    /// Where outputs of the step go.
    pub output_file: Option<PathBuf>,
    /// Where the summary of the step goes.
    pub summary_file: Option<PathBuf>,
}

/// The job, if this is one of GitCode Actions.
pub(super) fn detect(variable: Lookup<'_>) -> Option<(Job, JobFacts)> {
    if !is_true(variable, "ATOMGIT_ACTIONS") {
        return None;
    }
    let number = |name: &str| variable(name).filter(|text| is_number(text)).unwrap_or_default();
    let job = Job {
        run_id: format!("{}/{}", number("ATOMGIT_RUN_ID"), number("ATOMGIT_RUN_ATTEMPT")),
        output_file: variable("ATOMGIT_OUTPUT").map(PathBuf::from),
        summary_file: variable("ATOMGIT_STEP_SUMMARY").map(PathBuf::from),
    };
    let server_url = variable("ATOMGIT_SERVER_URL");
    let server_url = server_url.as_deref().unwrap_or(Kind::GitCode.public_server());
    let git_ref = variable("ATOMGIT_REF").unwrap_or_default();
    let of_ref = pull_request_in(&git_ref).map(|(number, _)| number);
    let mut repository = Repository::read(Kind::GitCode, server_url, variable)
        .named(variable("ATOMGIT_REPOSITORY"))
        .with_number(of_ref, None);
    repository.event_path = variable("ATOMGIT_EVENT_PATH").map(PathBuf::from);
    let source_branch = name(variable, "ATOMGIT_HEAD_REF");
    let is_branch = source_branch.is_none() && git_ref.starts_with("refs/heads/");
    let facts = JobFacts {
        repository: variable("ATOMGIT_REPOSITORY"),
        workspace: variable("ATOMGIT_WORKSPACE").map(PathBuf::from),
        code: CodeFacts {
            repository_url: repository.url(),
            branch: name(variable, "ATOMGIT_REF_NAME").filter(|_| is_branch),
            source_branch,
            number: of_ref,
            is_from_fork: None,
        },
        change: Some(Change::Gitee(Box::new(repository), TokenSource::Job)),
        ..JobFacts::default()
    };
    Some((job, facts))
}
