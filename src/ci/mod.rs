//! Which CI are we in: plain data, read from variables that somebody else looked up, and what its log obeys.

pub mod github;
pub mod gitlab;
pub mod jenkins;
pub mod log_section;
pub mod workflow_command;

/// A CI system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CiKind {
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
    /// Jenkins.
    Jenkins,
    /// Another one that sets `CI`.
    Other,
    /// None: a person's terminal, presumably.
    None,
}

impl CiKind {
    /// Its name, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub Actions",
            Self::GitLab => "GitLab CI",
            Self::Jenkins => "Jenkins",
            Self::Other => "an unknown CI",
            Self::None => "no CI",
        }
    }
}

/// What the CI tells about the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Which CI.
    pub kind: CiKind,
    /// Repository or job name, as people know it.
    pub repository: Option<String>,
    /// Directory into which the repository was checked out.
    pub workspace: Option<String>,
}

/// Looks at the variables of the CI systems we know (`ci/github`, `ci/gitlab`, `ci/jenkins`).
pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Surroundings {
    let is_true = |name: &str| variable(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let (kind, repository, workspace) = if is_true("GITHUB_ACTIONS") {
        (CiKind::GitHub, "GITHUB_REPOSITORY", "GITHUB_WORKSPACE")
    } else if is_true("GITLAB_CI") {
        (CiKind::GitLab, "CI_PROJECT_PATH", "CI_PROJECT_DIR")
    } else if variable("JENKINS_URL").is_some()
        || variable("BUILD_NUMBER").is_some() && variable("JOB_NAME").is_some()
    {
        (CiKind::Jenkins, "JOB_NAME", "WORKSPACE")
    } else if variable("CI").is_some() {
        (CiKind::Other, "CI_REPOSITORY", "CI_WORKSPACE")
    } else {
        (CiKind::None, "CI_REPOSITORY", "CI_WORKSPACE")
    };
    Surroundings { kind, repository: variable(repository), workspace: variable(workspace) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ci_is_known_by_its_own_variables() {
        type Case<'a> = (&'a [(&'a str, &'a str)], CiKind, Option<&'a str>);
        let cases: [Case<'_>; 6] = [
            (
                &[("GITHUB_ACTIONS", "True"), ("GITHUB_REPOSITORY", "acme/widget"), ("CI", "true")],
                CiKind::GitHub,
                Some("acme/widget"),
            ),
            (
                &[("GITLAB_CI", "true"), ("CI_PROJECT_PATH", "a/b/c"), ("CI", "true")],
                CiKind::GitLab,
                Some("a/b/c"),
            ),
            (&[("BUILD_NUMBER", "1"), ("JOB_NAME", "folder/job")], CiKind::Jenkins, Some("folder/job")),
            (&[("BUILD_NUMBER", "1")], CiKind::None, None),
            (&[("CI", "1")], CiKind::Other, None),
            (&[], CiKind::None, None),
        ];
        for (variables, kind, repository) in cases {
            let found = detect(|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            });
            assert_eq!((found.kind, found.repository.as_deref()), (kind, repository), "{variables:?}");
        }
    }
}
