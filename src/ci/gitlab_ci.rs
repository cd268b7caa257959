//! A job of GitLab CI as its variables describe it: plain data (`ci/gitlab`, section 1).

use super::facts::{Change, CodeFacts, JobFacts, TokenSource};
use super::gitlab::{CA_FILE, MergeRequest, Project};
use super::value::{Lookup, is_number, is_true, name, parse_number, shown_url, without_user};
use crate::model::log_dialect::LogDialect;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// The job this process runs in.
#[derive(Clone, Debug)]
pub struct Job {
    /// Page of the job.
    pub url: Option<String>,
    /// Number of the job.
    id: String,
    /// Page of its project.
    project_url: String,
}

/// The job, if this is one of GitLab CI.
pub(super) fn detect(variable: Lookup<'_>) -> Option<(Job, JobFacts)> {
    if !is_true(variable, "GITLAB_CI") {
        return None;
    }
    let project = Project::read(variable);
    let job = Job {
        url: variable("CI_JOB_URL").map(|url| without_user(&url).trim_end_matches('/').to_owned()),
        id: variable("CI_JOB_ID").filter(|id| is_number(id)).unwrap_or_default(),
        project_url: project.project_url.clone(),
    };
    let facts = JobFacts {
        repository: variable("CI_PROJECT_PATH"),
        workspace: variable("CI_PROJECT_DIR").map(PathBuf::from),
        log_dialect: LogDialect::GitLab,
        ends_at: ends_at(variable("CI_JOB_STARTED_AT").as_deref(), variable("CI_JOB_TIMEOUT").as_deref()),
        ca_file: variable(CA_FILE).map(PathBuf::from),
        code: code(&project, variable),
        change: Some(Change::GitLab(Box::new(project), TokenSource::Job)),
    };
    Some((job, facts))
}

fn code(project: &Project, variable: Lookup<'_>) -> CodeFacts {
    let Project { merge_request, source_project_id, project_url, .. } = project;
    let target = merge_request.as_ref();
    let source = source_project_id.as_ref().zip(target);
    CodeFacts {
        repository_url: shown_url(target.and_then(MergeRequest::project_url).unwrap_or(project_url)),
        branch: name(variable, "CI_COMMIT_BRANCH"),
        source_branch: name(variable, "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
        number: target.and_then(|target| parse_number(&target.iid)),
        is_from_fork: source.map(|(source, target)| *source != target.project),
    }
}

impl Job {
    /// Address of the files that the job keeps, by their paths within the project. They are there once the job is over.
    pub fn artifacts_url(&self) -> String {
        format!("{}/-/jobs/{}/artifacts/file/", self.project_url, self.id)
    }
}

/// The end, from the beginning and the seconds the job may take.
fn ends_at(started_at: Option<&str>, timeout: Option<&str>) -> Option<SystemTime> {
    let started_at = read_time(started_at?)?;
    let seconds: u64 = timeout?.parse().ok().filter(|seconds| *seconds > 0)?;
    started_at.checked_add(Duration::from_secs(seconds))
}

/// A time such as `2026-11-22T18:00:00+08:00`, or one that ends in `Z`: servers have time zones.
fn read_time(text: &str) -> Option<SystemTime> {
    let utc = |text: &str| humantime::parse_rfc3339(&format!("{}Z", text.trim_end_matches('Z'))).ok();
    let (time, offset) = text.split_at_checked(text.len().checked_sub("+00:00".len())?)?;
    let (is_ahead, offset) = match offset.split_at_checked(1) {
        Some(("+", offset)) => (true, offset),
        Some(("-", offset)) => (false, offset),
        _ => return utc(text),
    };
    let (hours, minutes) = offset.split_once(':')?;
    let offset = Duration::from_secs(60 * (60 * hours.parse::<u64>().ok()? + minutes.parse::<u64>().ok()?));
    let time = utc(time)?;
    if is_ahead { time.checked_sub(offset) } else { time.checked_add(offset) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_needs_both_numbers() {
        for time in ["2026-11-22T10:00:00Z", "2026-11-22T18:00:00+08:00", "2026-11-22T04:30:00-05:30"] {
            let ends = ends_at(Some(time), Some("3600")).expect("an end");
            assert_eq!(humantime::format_rfc3339(ends).to_string(), "2026-11-22T11:00:00Z");
        }
        for odd in ["", "Z", "+08:00", "2026-11-22T10:00:00+8:00", "2026-11-22T10:00:00+é:00", "时间"] {
            assert_eq!(read_time(odd), None, "{odd}");
        }
        let started = "2026-11-22T10:00:00Z";
        assert_eq!(ends_at(Some(started), None), None);
        assert_eq!(ends_at(Some(started), Some("0")), None);
        assert_eq!(ends_at(Some("now"), Some("3600")), None);
    }
}
