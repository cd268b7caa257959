//! Which CI are we in: plain data, read from variables that somebody else looked up, and what its log obeys.

pub mod github;
pub mod gitlab;
pub mod jenkins;
pub mod log_section;
pub mod workflow_command;

use url::Url;

/// An address as a variable holds it, without the user and the password that some controllers and runners put into it.
pub(crate) fn without_user(address: &str) -> String {
    let address = address.trim();
    match Url::parse(address) {
        Ok(mut url) if !url.username().is_empty() || url.password().is_some() => {
            let _ = url.set_username("").and_then(|()| url.set_password(None));
            url.into()
        }
        _ => address.to_owned(),
    }
}

/// Whether a text is the full name of a commit: SHA-1 or SHA-256.
pub(crate) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a text is a path of names such as `owner/name`, of so many.
pub(crate) fn is_path_of_names(text: &str, names: impl std::ops::RangeBounds<usize>) -> bool {
    let is_name = |name: &str| {
        let is_plain = |character: char| character.is_alphanumeric() || "-_.+".contains(character);
        !name.is_empty() && name.chars().all(is_plain) && name.chars().any(char::is_alphanumeric)
    };
    names.contains(&text.split('/').count()) && text.split('/').all(is_name)
}

pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

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
    fn forms_are_told_apart() {
        for (text, expected) in [
            ("https://admin:secret@h/job/7/", "https://h/job/7/"),
            ("https://token@h:8080", "https://h:8080/"),
            (" https://h/a ", "https://h/a"),
            ("not an address", "not an address"),
        ] {
            assert_eq!(without_user(text), expected);
        }
        assert!(is_commit(&"3a".repeat(20)) && is_commit(&"3a".repeat(32)));
        for bad in ["", "3a", "..", &"3".repeat(41), &"x".repeat(40)] {
            assert!(!is_commit(bad), "{bad}");
        }
        for good in ["acme/widget", "a.b/_c-1", "组/项目"] {
            assert!(is_path_of_names(good, 2..=2), "{good}");
        }
        for bad in ["", "acme", "acme/", "a/b/c", "../a", "a/..", "a/.", "a/%2e%2e", "a/b?c", "a/b#c", "a/ b"]
        {
            assert!(!is_path_of_names(bad, 2..=2), "{bad}");
        }
        assert!(is_path_of_names("a/b/c", 1..) && is_number("12") && !is_number("") && !is_number("1/2"));
    }

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
