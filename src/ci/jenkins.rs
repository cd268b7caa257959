//! A build of Jenkins as its variables describe it: plain data (`ci/jenkins`, section 1).

use super::facts::{Change, CodeFacts, JobFacts, TokenSource};
use super::gitea;
use super::gitee;
use super::github::Repository;
use super::gitlab::{CA_FILE, MERGE_REQUESTS, MergeRequest, Project};
use super::jenkins_plugins;
use super::value::{Lookup, is_path_of_names, name, parse_number, shown_url, without_user};
use std::path::PathBuf;
use url::Url;

/// What the Git plugin calls the branch where a commit was checked out.
const DETACHED: &str = "detached";

/// What the address of a change names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ChangeAddress {
    /// A pull request of GitHub.
    GitHub {
        /// Address of the server, without a slash at its end.
        server_url: String,
        /// `owner/name`.
        repository: String,
        /// Its number.
        number: u64,
    },
    /// A merge request of GitLab.
    GitLab {
        /// Address of the server, without a slash at its end.
        server_url: String,
        /// The merge request.
        merge_request: MergeRequest,
    },
}

/// The build this process runs in.
#[derive(Clone, Debug)]
pub struct Build {
    /// Its page, if Jenkins knows its own address.
    pub url: Option<String>,
}

/// The build, if this is one of Jenkins.
pub(super) fn detect(variable: Lookup<'_>) -> Option<(Build, JobFacts)> {
    let is_set = |name: &str| variable(name).is_some();
    let is_build = is_set("JENKINS_URL") || is_set("BUILD_NUMBER") && is_set("JOB_NAME");
    if !is_build {
        return None;
    }
    let (change, code) = match jenkins_plugins::read(variable) {
        Some((repository, code)) => {
            (Some(Change::Gitee(Box::new(repository), TokenSource::Credentials)), code)
        }
        None => {
            let change = change(variable);
            let code = code(change.as_ref(), variable);
            (change, code)
        }
    };
    let facts = JobFacts {
        repository: variable("JOB_NAME"),
        workspace: variable("WORKSPACE").map(PathBuf::from),
        ca_file: match &change {
            Some(Change::GitLab(..)) => variable(CA_FILE).map(PathBuf::from),
            Some(
                Change::GitHub(..)
                | Change::Gitea(..)
                | Change::Gitee(..)
                | Change::CodeArtsRepo(_)
                | Change::Elsewhere(_),
            )
            | None => None,
        },
        code,
        change,
        ..JobFacts::default()
    };
    Some((Build { url: address(variable, "BUILD_URL") }, facts))
}

fn address(variable: Lookup<'_>, name: &str) -> Option<String> {
    variable(name).map(|text| without_user(&text))
}

/// The change that a multibranch build checks, with what the variables hold about its forge.
fn change(variable: Lookup<'_>) -> Option<Change> {
    let change_url = address(variable, "CHANGE_URL")?;
    if let Some(repository) = gitea::Repository::of_change(&change_url, variable) {
        return Some(Change::Gitea(Box::new(repository), TokenSource::Credentials));
    }
    if let Some(repository) = gitee::Repository::of_change(&change_url, variable) {
        return Some(Change::Gitee(Box::new(repository), TokenSource::Credentials));
    }
    let api_url = address(variable, "CI_API_V4_URL").unwrap_or_default();
    let server_url = address(variable, "CI_SERVER_URL").map(|url| url.trim_end_matches('/').to_owned());
    let gitlab_url = api_url.trim_end_matches('/').strip_suffix("/api/v4").or(server_url.as_deref());
    Some(match read_change(&change_url, gitlab_url) {
        Some(ChangeAddress::GitHub { server_url, repository, number }) => {
            let repository = Repository::of_pull_request(server_url, repository, number, variable);
            Change::GitHub(Box::new(repository), TokenSource::Credentials)
        }
        Some(ChangeAddress::GitLab { server_url, merge_request }) => {
            let project = Project::of_merge_request(server_url, merge_request, variable);
            Change::GitLab(Box::new(project), TokenSource::Credentials)
        }
        None => Change::Elsewhere(change_url),
    })
}

/// A change names the repository that it leads to; what was checked out may be the fork.
fn code(change: Option<&Change>, variable: Lookup<'_>) -> CodeFacts {
    let Some(id) = variable("CHANGE_ID") else { return code_of_branch(variable) };
    let repository_url = match change {
        Some(Change::GitHub(repository, _)) => Some(format!("{}/{}", repository.server_url, repository.name)),
        Some(Change::Gitea(repository, _)) => Some(format!("{}/{}", repository.server_url, repository.name)),
        Some(Change::GitLab(project, _)) => {
            let merge_request = project.merge_request.as_ref();
            merge_request.and_then(MergeRequest::project_url).map(str::to_owned)
        }
        Some(Change::Gitee(repository, _)) => repository.url(),
        Some(Change::CodeArtsRepo(_) | Change::Elsewhere(_)) | None => None,
    };
    CodeFacts {
        repository_url: repository_url.as_deref().and_then(shown_url),
        branch: None,
        source_branch: name(variable, "CHANGE_BRANCH"),
        number: parse_number(id.trim()),
        is_from_fork: Some(variable("CHANGE_FORK").is_some()),
    }
}

/// Only multibranch builds name the branch itself; the others name it as it is called in the checkout.
fn code_of_branch(variable: Lookup<'_>) -> CodeFacts {
    let checked_out = || {
        let branch = name(variable, "GIT_BRANCH").filter(|branch| branch != DETACHED)?;
        Some(branch.strip_prefix("origin/").map_or_else(|| branch.clone(), str::to_owned))
    };
    let branch = name(variable, "BRANCH_NAME").or_else(checked_out);
    CodeFacts {
        repository_url: ["GIT_URL", "GIT_URL_1"]
            .into_iter()
            .find_map(variable)
            .and_then(|url| shown_url(&url)),
        branch: branch.filter(|_| variable("TAG_NAME").is_none()),
        ..CodeFacts::default()
    }
}

impl Build {
    /// Address of the files that the build archives, by their paths within the workspace. They are there once it is over.
    pub fn artifacts_url(&self) -> Option<String> {
        Some(format!("{}/artifact/", self.url.as_ref()?.trim_end_matches('/')))
    }
}

/// `https://HOST/OWNER/REPO/pull/N` or `https://HOST/GROUP/PROJECT/-/merge_requests/N`. `gitlab_url`: the server's own address,
/// which may have a path.
fn read_change(address: &str, gitlab_url: Option<&str>) -> Option<ChangeAddress> {
    let is_web = |address: &Url| ["https", "http"].contains(&address.scheme());
    let address = Url::parse(address.trim()).ok().filter(is_web)?;
    let host = address.origin().ascii_serialization();
    let path = address.path().trim_matches('/');
    if let Some((project, iid)) = path.split_once(MERGE_REQUESTS) {
        let iid = number(iid)?.to_string();
        let page_url = Some(format!("{host}/{project}{MERGE_REQUESTS}{iid}"));
        let below = gitlab_url.and_then(|url| Some((url, url.strip_prefix(&host)?.strip_prefix('/')?)));
        let within =
            below.and_then(|(url, path)| Some((url, project.strip_prefix(path)?.strip_prefix('/')?)));
        let (server_url, project) = within.unwrap_or((host.as_str(), project));
        if !is_path_of_names(project, 2..) {
            return None;
        }
        let merge_request = MergeRequest { project: project.to_owned(), iid, page_url };
        return Some(ChangeAddress::GitLab { server_url: server_url.to_owned(), merge_request });
    }
    let (repository, rest) = path.split_once("/pull/")?;
    let number = number(rest).filter(|_| is_path_of_names(repository, 2..=2))?;
    Some(ChangeAddress::GitHub { server_url: host, repository: repository.to_owned(), number })
}

/// The number at the beginning of the rest of a path.
fn number(rest: &str) -> Option<u64> {
    rest.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_from_their_address() {
        let github = |server_url: &str, repository: &str, number| {
            let (server_url, repository) = (server_url.to_owned(), repository.to_owned());
            Some(ChangeAddress::GitHub { server_url, repository, number })
        };
        let gitlab = |server_url: &str, project: &str, iid: &str| {
            let page_url = Some(format!("{server_url}/{project}/-/merge_requests/{iid}"));
            let merge_request = MergeRequest { project: project.to_owned(), iid: iid.to_owned(), page_url };
            Some(ChangeAddress::GitLab { server_url: server_url.to_owned(), merge_request })
        };
        let below = Some("https://host.example/gitlab");
        let cases = [
            ("https://github.com/acme/widget/pull/12", github("https://github.com", "acme/widget", 12)),
            ("https://ghe.example:8443/a/b/pull/7/files", github("https://ghe.example:8443", "a/b", 7)),
            (
                "https://gitlab.example/group/sub/proj/-/merge_requests/33",
                gitlab("https://gitlab.example", "group/sub/proj", "33"),
            ),
            ("https://bitbucket.example/projects/A/repos/b/pull-requests/3", None),
            ("https://github.com/acme/pull/12", None),
            ("https://github.com/acme/widget/pull/x", None),
            ("http://ghe.example/acme/widget/pull/12", github("http://ghe.example", "acme/widget", 12)),
            ("ftp://github.com/acme/widget/pull/12", None),
            (
                "https://host.example/gitlab/group/proj/-/merge_requests/3",
                gitlab("https://host.example/gitlab", "group/proj", "3"),
            ),
            (
                "https://host.example/gitlabber/proj/-/merge_requests/3#note_1",
                gitlab("https://host.example", "gitlabber/proj", "3"),
            ),
            ("", None),
        ];
        for (address, expected) in cases {
            assert_eq!(read_change(address, below), expected, "{address}");
        }
    }
}
