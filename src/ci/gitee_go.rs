//! A job of Gitee Go as its variables describe it: plain data (`ci/forges-cn`, section 1.6). On a pull request `GITEE_BRANCH` and
//! `GITEE_COMMIT` are those of the target; no variable names the owner of the repository.

use super::facts::{Change, CodeFacts, JobFacts, TokenSource};
use super::gitee::{Kind, Repository};
use super::value::{Lookup, name, parse_number};

/// The job this process runs in.
#[derive(Clone, Debug)]
pub struct Job;

/// The job, if this is one of Gitee Go.
pub(super) fn detect(variable: Lookup<'_>) -> Option<(Job, JobFacts)> {
    variable("GITEE_PIPELINE_NAME")?;
    let number = variable("GITEE_PULL_ID").and_then(|id| parse_number(id.trim()));
    let head = variable("GITEE_SOURCE_COMMIT").filter(|_| number.is_some());
    let repository = Repository::read(Kind::Gitee, Kind::Gitee.public_server(), variable)
        .named(variable("GITEE_REPO"))
        .with_number(number, head);
    let facts = JobFacts {
        repository: variable("GITEE_REPO"),
        code: CodeFacts {
            repository_url: repository.url(),
            branch: name(variable, "GITEE_BRANCH").filter(|_| number.is_none()),
            source_branch: name(variable, "GITEE_SOURCE_BRANCH").filter(|_| number.is_some()),
            number,
            is_from_fork: None,
        },
        change: Some(Change::Gitee(Box::new(repository), TokenSource::Credentials)),
        ..JobFacts::default()
    };
    Some((Job, facts))
}
