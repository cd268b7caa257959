//! Which CI this process runs in, and what its variables describe: plain data, detected once from a lookup that the caller
//! passes in. One file a CI, and one a forge.

pub mod codearts_build;
mod codearts_change;
pub mod codearts_pipeline;
pub mod codearts_repo;
mod facts;
pub mod gitcode_actions;
pub mod gitea;
pub mod gitea_actions;
pub mod gitee;
pub mod gitee_go;
pub mod github;
pub mod github_actions;
pub mod gitlab;
pub mod gitlab_ci;
pub mod jenkins;
mod jenkins_plugins;
mod value;

pub use facts::{Change, CodeFacts, JobFacts, TokenSource};
pub use value::Lookup;
pub(crate) use value::{is_commit, is_path_of_names, parse_number};

use std::path::PathBuf;

/// What the variables describe.
#[derive(Clone, Debug)]
pub struct CiEnvironment {
    /// Which CI, and what only it knows.
    pub host: CiHost,
    /// What others may know too.
    pub facts: JobFacts,
}

/// The CIs that are recognized by variables of their own, in this order.
macro_rules! known {
    ($($host:ident($module:ident::$job:ident), $name:literal;)*) => {
        /// The CI that runs this process.
        #[derive(Clone, Debug)]
        pub enum CiHost {
            $(#[doc = concat!($name, ".")] $host(Box<$module::$job>),)*
            /// Another one that sets `CI`.
            Other,
            /// None: a person's terminal, presumably.
            None,
        }

        impl CiHost {
            /// The name of one that is known.
            pub const fn name(&self) -> Option<&'static str> {
                match self {
                    $(Self::$host(_) => Some($name),)*
                    Self::Other | Self::None => None,
                }
            }
        }

        fn detect_known(variable: Lookup<'_>) -> Option<CiEnvironment> {
            $(if let Some((job, facts)) = $module::detect(variable) {
                return Some(CiEnvironment { host: CiHost::$host(Box::new(job)), facts });
            })*
            None
        }
    };
}

// To add one: its file, and a line here.
known! {
    // Before GitHub Actions, whose variables it sets too.
    GiteaActions(gitea_actions::Job), "Gitea or Forgejo Actions";
    GitCodeActions(gitcode_actions::Job), "GitCode Actions";
    GitHubActions(github_actions::Job), "GitHub Actions";
    GitLabCi(gitlab_ci::Job), "GitLab CI";
    CodeArtsPipeline(codearts_pipeline::Job), "CodeArts Pipeline";
    CodeArtsBuild(codearts_build::Job), "CodeArts Build";
    GiteeGo(gitee_go::Job), "Gitee Go";
    Jenkins(jenkins::Build), "Jenkins";
}

/// Finds out which CI this process runs in.
pub fn detect(variable: Lookup<'_>) -> CiEnvironment {
    detect_known(variable).unwrap_or_else(|| CiEnvironment {
        host: if variable("CI").is_some() { CiHost::Other } else { CiHost::None },
        facts: JobFacts {
            repository: variable("CI_REPOSITORY"),
            workspace: variable("CI_WORKSPACE").map(PathBuf::from),
            ..JobFacts::default()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(variables: &[(&str, &str)]) -> CodeFacts {
        let lookup = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        detect(&lookup).facts.code
    }

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned()).filter(|text| !text.is_empty())
    }

    #[test]
    fn pull_requests_are_named_by_variables() {
        const GITHUB: [(&str, &str); 2] = [("GITHUB_ACTIONS", "true"), ("GITHUB_REPOSITORY", "acme/widget")];
        const GITLAB: [(&str, &str); 4] = [
            ("GITLAB_CI", "true"),
            ("CI_PROJECT_URL", "https://h/fork/widget"),
            ("CI_MERGE_REQUEST_PROJECT_ID", "3"),
            ("CI_MERGE_REQUEST_PROJECT_URL", "https://user:secret@h/acme/widget"),
        ];
        const JENKINS: [(&str, &str); 4] = [
            ("JENKINS_URL", "https://j/"),
            ("BRANCH_NAME", "PR-12"),
            ("GIT_URL", "https://h/fork/widget.git"),
            ("CHANGE_BRANCH", "fix"),
        ];
        let facts = |repository_url, source_branch, number, is_from_fork| CodeFacts {
            repository_url: text(repository_url),
            branch: None,
            source_branch: text(source_branch),
            number,
            is_from_fork,
        };
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a [(&'a str, &'a str)], CodeFacts);
        const GITEA: [(&str, &str); 4] = [
            ("GITHUB_ACTIONS", "true"),
            ("GITEA_ACTIONS", "true"),
            ("GITHUB_SERVER_URL", "https://h/git"),
            ("GITHUB_REPOSITORY", "acme/widget"),
        ];
        let cases: [Case<'_>; 11] = [
            (
                &GITEA,
                &[("GITHUB_HEAD_REF", "fix"), ("GITHUB_REF", "refs/pull/12/head")],
                facts("https://h/git/acme/widget", "fix", Some(12), None),
            ),
            (
                &JENKINS,
                &[
                    ("CHANGE_ID", "12"),
                    ("CHANGE_URL", "https://h/git/acme/widget/pulls/12"),
                    ("GITEA_API_URL", "https://h/git"),
                ],
                facts("https://h/git/acme/widget", "fix", Some(12), Some(false)),
            ),
            (
                &GITHUB,
                &[
                    ("GITHUB_HEAD_REF", "fix/\u{1b}[1m"),
                    ("GITHUB_REF", "refs/pull/12/merge"),
                    ("GITHUB_REF_NAME", "12/merge"),
                ],
                facts("https://github.com/acme/widget", "fix/\u{1b}[1m", Some(12), None),
            ),
            (
                // `pull_request_target` runs on the target branch.
                &GITHUB,
                &[("GITHUB_HEAD_REF", "fix"), ("GITHUB_REF", "refs/heads/main"), ("GITHUB_REF_NAME", "main")],
                facts("https://github.com/acme/widget", "fix", None, None),
            ),
            (
                &GITHUB,
                &[
                    ("GITHUB_REF", "refs/heads/gh-readonly-queue/main/pr-12-ab"),
                    ("GITHUB_REF_NAME", "gh-readonly-queue/main/pr-12-ab"),
                ],
                facts("https://github.com/acme/widget", "", None, None),
            ),
            (
                &GITLAB,
                &[
                    ("CI_MERGE_REQUEST_IID", "12"),
                    ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "fix"),
                    ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "7"),
                ],
                facts("https://h/acme/widget", "fix", Some(12), Some(true)),
            ),
            (
                &GITLAB,
                &[("CI_MERGE_REQUEST_IID", "12"), ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "3")],
                facts("https://h/acme/widget", "", Some(12), Some(false)),
            ),
            (
                &GITLAB,
                &[("CI_MERGE_REQUEST_IID", "x"), ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "3")],
                facts("https://h/fork/widget", "", None, None),
            ),
            (
                &JENKINS,
                &[
                    ("CHANGE_ID", "12"),
                    ("CHANGE_FORK", "outsider"),
                    ("CHANGE_URL", "https://github.com/acme/widget/pull/12"),
                ],
                facts("https://github.com/acme/widget", "fix", Some(12), Some(true)),
            ),
            (
                &JENKINS,
                &[("CHANGE_ID", "12"), ("CHANGE_URL", "https://h/acme/widget/-/merge_requests/12")],
                facts("https://h/acme/widget", "fix", Some(12), Some(false)),
            ),
            (
                &JENKINS,
                &[("CHANGE_ID", "-1"), ("CHANGE_URL", "javascript:x")],
                facts("", "fix", None, Some(false)),
            ),
        ];
        for (variables, more, expected) in cases {
            assert_eq!(code(&[variables, more].concat()), expected, "{variables:?} {more:?}");
        }
    }

    #[test]
    fn branches_are_named_by_variables() {
        const GITHUB: (&str, &str) = ("GITHUB_ACTIONS", "true");
        const JENKINS: (&str, &str) = ("JENKINS_URL", "https://j/");
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);
        let cases: [Case<'_>; 10] = [
            (
                &[
                    GITHUB,
                    ("GITHUB_REPOSITORY", "a/b"),
                    ("GITHUB_SERVER_URL", "https://ghe.example"),
                    ("GITHUB_REF", "refs/heads/r/1"),
                    ("GITHUB_REF_NAME", "r/1"),
                ],
                "https://ghe.example/a/b",
                "r/1",
            ),
            (
                &[
                    GITHUB,
                    ("GITHUB_REPOSITORY", "a"),
                    ("GITHUB_REF", "refs/tags/v1"),
                    ("GITHUB_REF_NAME", "v1"),
                ],
                "",
                "",
            ),
            (
                &[("GITLAB_CI", "true"), ("CI_COMMIT_BRANCH", "main"), ("CI_PROJECT_URL", "https://h/a/b")],
                "https://h/a/b",
                "main",
            ),
            (&[("GITLAB_CI", "true"), ("CI_COMMIT_TAG", "v1")], "", ""),
            (
                &[
                    JENKINS,
                    ("BRANCH_NAME", "r/1"),
                    ("GIT_BRANCH", "other"),
                    ("GIT_URL", "https://bot:secret@h/a.git"),
                ],
                "https://h/a.git",
                "r/1",
            ),
            (
                &[JENKINS, ("GIT_BRANCH", "origin/main"), ("GIT_URL_1", "git@h:a/b.git")],
                "git@h:a/b.git",
                "main",
            ),
            (&[JENKINS, ("GIT_BRANCH", "detached")], "", ""),
            (&[JENKINS, ("BRANCH_NAME", "v1"), ("TAG_NAME", "v1")], "", ""),
            (&[("CI", "true"), ("GIT_BRANCH", "main")], "", ""),
            (&[], "", ""),
        ];
        for (variables, url, branch) in cases {
            let expected =
                CodeFacts { repository_url: text(url), branch: text(branch), ..CodeFacts::default() };
            assert_eq!(code(variables), expected, "{variables:?}");
        }
    }

    #[test]
    fn each_ci_is_known_by_its_own_variables() {
        type Case<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>, Option<&'a str>);
        let gitea = Some("Gitea or Forgejo Actions");
        let cases: [Case<'_>; 8] = [
            (
                &[("GITHUB_ACTIONS", "true"), ("GITEA_ACTIONS", "true"), ("GITHUB_REPOSITORY", "a/b")],
                gitea,
                Some("a/b"),
            ),
            (&[("GITHUB_ACTIONS", "true"), ("FORGEJO_ACTIONS", "true")], gitea, None),
            (
                &[("GITHUB_ACTIONS", "True"), ("GITHUB_REPOSITORY", "acme/widget"), ("CI", "true")],
                Some("GitHub Actions"),
                Some("acme/widget"),
            ),
            (
                &[("GITLAB_CI", "true"), ("CI_PROJECT_PATH", "a/b/c"), ("CI", "true")],
                Some("GitLab CI"),
                Some("a/b/c"),
            ),
            (&[("BUILD_NUMBER", "1"), ("JOB_NAME", "folder/job")], Some("Jenkins"), Some("folder/job")),
            (&[("BUILD_NUMBER", "1")], None, None),
            (&[("CI", "1")], None, None),
            (&[], None, None),
        ];
        for (variables, name, repository) in cases {
            let found = detect(&|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            });
            assert_eq!(
                (found.host.name(), found.facts.repository.as_deref()),
                (name, repository),
                "{variables:?}"
            );
        }
    }
}
