//! A project on a GitLab server as variables describe it: plain data (`ci/gitlab`, section 1).

use super::value::{Lookup, is_commit, is_number, is_path_of_names, without_user};
use secrecy::SecretString;

/// A merge request, as the API addresses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeRequest {
    /// Number or path of the project it leads to.
    pub project: String,
    /// Its number within that project.
    pub iid: String,
    /// Its page, if that is known.
    pub page_url: Option<String>,
}

/// Names a file of certificates that GitLab's runner trusts.
pub(super) const CA_FILE: &str = "CI_SERVER_TLS_CA_FILE";
/// Between the page of a project and the number of a merge request.
pub const MERGE_REQUESTS: &str = "/-/merge_requests/";

impl MergeRequest {
    /// The page of the project it leads to.
    pub fn project_url(&self) -> Option<&str> {
        Some(self.page_url.as_deref()?.split_once(MERGE_REQUESTS)?.0)
    }
}

/// A project on a GitLab server, and which state of it this run is about.
#[derive(Clone, Debug)]
pub struct Project {
    /// Address of the REST API, without a slash at its end; empty where nothing names one that may get the token.
    pub api_url: String,
    /// Address of the server, without a slash at its end.
    pub server_url: String,
    /// Number of the project whose pipeline this is; for a fork's merge request that is the fork.
    pub project_id: String,
    /// Page of that project.
    pub project_url: String,
    /// Number of the pipeline.
    pub pipeline_id: String,
    /// The commit that was checked out; in a pipeline of merged results one that is thrown away.
    pub sha: String,
    /// Head of the source branch, where `sha` is another commit.
    pub source_sha: Option<String>,
    /// Number of the project that holds the source branch.
    pub source_project_id: Option<String>,
    /// Branch or tag.
    pub ref_name: String,
    /// The branch, unless this is a pipeline of a merge request or a tag.
    pub branch: Option<String>,
    /// The merge request this pipeline is of.
    pub merge_request: Option<MergeRequest>,
    /// Open merge requests of the branch this pipeline is of.
    pub open_merge_requests: Vec<MergeRequest>,
    /// A token that may write; never given unasked.
    pub token: Option<SecretString>,
    /// Whether that is the job's own, which may only read (`ci/gitlab`, section 2.1).
    pub has_job_token: bool,
}

impl Project {
    /// Reads the variables. Nothing is refused here: whoever needs a value reports that it is missing.
    pub fn read(variable: Lookup<'_>) -> Self {
        let text = |name: &str| {
            variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let given_or_empty = |name: &str| text(name).unwrap_or_default();
        let address = |name: &str| without_user(&given_or_empty(name)).trim_end_matches('/').to_owned();
        // They stand in paths of the API.
        let is_project = |text: &String| is_path_of_names(text, 1..);
        let project = |name: &str| text(name).filter(is_project);
        let commit = |name: &str| text(name).filter(|text| is_commit(text));
        let number = |name: &str| text(name).filter(|text| is_number(text));
        let token = text("GITLAB_TOKEN");
        let merge_request = number("CI_MERGE_REQUEST_IID").zip(project("CI_MERGE_REQUEST_PROJECT_ID")).map(
            |(iid, project)| MergeRequest {
                page_url: text("CI_MERGE_REQUEST_PROJECT_URL").map(|url| page_url(&without_user(&url), &iid)),
                project,
                iid,
            },
        );
        Self {
            api_url: address("CI_API_V4_URL"),
            server_url: address("CI_SERVER_URL"),
            project_id: project("CI_PROJECT_ID").unwrap_or_default(),
            project_url: address("CI_PROJECT_URL"),
            pipeline_id: given_or_empty("CI_PIPELINE_ID"),
            sha: commit("CI_COMMIT_SHA").unwrap_or_default(),
            source_sha: commit("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"),
            source_project_id: project("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"),
            ref_name: given_or_empty("CI_COMMIT_REF_NAME"),
            branch: text("CI_COMMIT_BRANCH"),
            merge_request,
            open_merge_requests: open_merge_requests(
                &given_or_empty("CI_OPEN_MERGE_REQUESTS"),
                &address("CI_SERVER_URL"),
            ),
            has_job_token: token.is_some() && token == text("CI_JOB_TOKEN"),
            token: token.map(SecretString::from),
        }
    }

    /// What is known of a merge request in a build elsewhere.
    pub(super) fn of_merge_request(
        server_url: String,
        merge_request: MergeRequest,
        variable: Lookup<'_>,
    ) -> Self {
        // Whoever names the server of a change could name their own, so its API is another's to name; only GitLab's own is known.
        let given =
            |name: &str| variable(name).map(|text| without_user(&text).trim_end_matches('/').to_owned());
        let own = given("CI_SERVER_URL").filter(|url| *url == server_url);
        let known = own.or_else(|| Some(server_url.clone()).filter(|url| url == "https://gitlab.com"));
        let api_url = given("CI_API_V4_URL").or_else(|| known.map(|url| format!("{url}/api/v4")));
        Self {
            api_url: api_url.unwrap_or_default(),
            project_id: merge_request.project.clone(),
            merge_request: Some(merge_request),
            server_url,
            ..Self::read(variable)
        }
    }

    /// The same for this merge request, which the job need not be about.
    pub(super) fn about(&self, number: u64) -> Self {
        let iid = number.to_string();
        if let Some(known) = self.named(&iid) {
            let open_merge_requests = self.merge_request.is_none().then(|| known.clone());
            return Self { open_merge_requests: open_merge_requests.into_iter().collect(), ..self.clone() };
        }
        let known = self.target();
        let project_url = known.and_then(MergeRequest::project_url).unwrap_or(&self.project_url);
        let merge_request = MergeRequest {
            project: self.target_project().to_owned(),
            page_url: Some(page_url(project_url, &iid)).filter(|_| !project_url.is_empty()),
            iid,
        };
        Self {
            merge_request: Some(merge_request),
            open_merge_requests: Vec::new(),
            branch: None,
            sha: String::new(),
            source_sha: None,
            source_project_id: None,
            ..self.clone()
        }
    }

    /// The merge request, as far as the variables name it. A branch can have several.
    pub fn known_merge_request(&self) -> Option<&MergeRequest> {
        self.target().filter(|_| self.merge_request.is_some() || self.open_merge_requests.len() == 1)
    }

    /// The merge request with this number, if the variables name it.
    pub fn named(&self, iid: &str) -> Option<&MergeRequest> {
        self.merge_request.iter().chain(&self.open_merge_requests).find(|known| known.iid == iid)
    }

    /// The project that merge requests of this job lead to, as far as the variables show it.
    pub fn target_project(&self) -> &str {
        self.target().map_or(&self.project_id, |known| &known.project)
    }

    /// A merge request that leads where all of this job do.
    fn target(&self) -> Option<&MergeRequest> {
        self.merge_request.as_ref().or_else(|| self.open_merge_requests.first())
    }

    /// The commit that people see.
    pub fn head(&self) -> &str {
        self.source_sha.as_deref().unwrap_or(&self.sha)
    }
}

/// `group/project!333,group/project!334`.
fn open_merge_requests(list: &str, server_url: &str) -> Vec<MergeRequest> {
    let parts = list.split(',').filter_map(|part| part.trim().rsplit_once('!'));
    parts
        .filter(|(project, iid)| is_path_of_names(project, 1..) && is_number(iid))
        .map(|(project, iid)| MergeRequest {
            project: project.to_owned(),
            iid: iid.to_owned(),
            page_url: Some(page_url(&format!("{server_url}/{project}"), iid))
                .filter(|_| !server_url.is_empty()),
        })
        .collect()
}

fn page_url(project_url: &str, iid: &str) -> String {
    format!("{}{MERGE_REQUESTS}{iid}", project_url.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(variables: &[(&str, &str)]) -> Project {
        Project::read(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    const SHA: &str = "3333333333333333333333333333333333333333";

    #[test]
    fn a_forks_merge_request_is_that_of_the_target() {
        let read = project(&[
            ("CI_PROJECT_ID", "7"),
            ("CI_MERGE_REQUEST_IID", "12"),
            ("CI_MERGE_REQUEST_PROJECT_ID", "3"),
            ("CI_MERGE_REQUEST_PROJECT_URL", "https://h/gitlab/a/b"),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "7"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", ""),
            ("CI_COMMIT_SHA", SHA),
        ]);
        let page_url = "https://h/gitlab/a/b/-/merge_requests/12";
        let found = read.merge_request.as_ref().expect("a merge request");
        assert_eq!((found.project.as_str(), found.iid.as_str()), ("3", "12"));
        assert_eq!(found.page_url.as_deref(), Some(page_url));
        assert_eq!(found.project_url(), Some("https://h/gitlab/a/b"));
        assert_eq!((read.head(), read.source_project_id.as_deref()), (SHA, Some("7")));
    }

    #[test]
    fn open_merge_requests_of_a_branch_are_listed() {
        let found =
            project(&[("CI_OPEN_MERGE_REQUESTS", "group/sub/project!333, other/fork!4,odd,x!,!5,y!z")]);
        let found: Vec<(&str, &str)> = found
            .open_merge_requests
            .iter()
            .map(|found| (found.project.as_str(), found.iid.as_str()))
            .collect();
        assert_eq!(found, [("group/sub/project", "333"), ("other/fork", "4")]);
    }
}
