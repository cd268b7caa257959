//! Which CI this process runs in, and what its variables say: plain data, detected once from a lookup that the caller
//! passes in. One file a CI.

pub mod github;
pub mod gitlab;
pub mod jenkins;

use url::Url;

/// Looks a variable up by its name.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The CI that runs this process.
#[derive(Clone, Debug)]
pub enum CiHost {
    /// GitHub Actions, or a runner that behaves like it.
    GitHubActions(Box<github::Job>),
    /// GitLab CI.
    GitLabCi(Box<gitlab::Job>),
    /// Jenkins.
    Jenkins(Box<jenkins::Build>),
    /// Another one that sets `CI`.
    Other,
    /// None: a person's terminal, presumably.
    None,
}

impl CiHost {
    /// Its name, for messages.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::GitHubActions(_) => "GitHub Actions",
            Self::GitLabCi(_) => "GitLab CI",
            Self::Jenkins(_) => "Jenkins",
            Self::Other => "an unknown CI",
            Self::None => "no CI",
        }
    }
}

/// What the variables say about the job.
#[derive(Clone, Debug)]
pub struct CiEnvironment {
    /// Which CI, and what only it says.
    pub host: CiHost,
    /// Repository or job name, as people know it.
    pub repository: Option<String>,
    /// Directory into which the repository was checked out.
    pub workspace: Option<String>,
}

/// The CIs that are recognized by variables of their own, in this order. To add one: its file and a line here.
const KNOWN: [fn(Lookup<'_>) -> Option<CiEnvironment>; 3] = [github::detect, gitlab::detect, jenkins::detect];

/// Finds out which CI this process runs in.
pub fn detect(variable: Lookup<'_>) -> CiEnvironment {
    KNOWN.iter().find_map(|detect| detect(variable)).unwrap_or_else(|| CiEnvironment {
        host: if variable("CI").is_some() { CiHost::Other } else { CiHost::None },
        repository: variable("CI_REPOSITORY"),
        workspace: variable("CI_WORKSPACE"),
    })
}

/// Whether a variable is `true`, in whatever case.
fn is_true(variable: Lookup<'_>, name: &str) -> bool {
    variable(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

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
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, Option<&'a str>);
        let cases: [Case<'_>; 6] = [
            (
                &[("GITHUB_ACTIONS", "True"), ("GITHUB_REPOSITORY", "acme/widget"), ("CI", "true")],
                "GitHub Actions",
                Some("acme/widget"),
            ),
            (
                &[("GITLAB_CI", "true"), ("CI_PROJECT_PATH", "a/b/c"), ("CI", "true")],
                "GitLab CI",
                Some("a/b/c"),
            ),
            (&[("BUILD_NUMBER", "1"), ("JOB_NAME", "folder/job")], "Jenkins", Some("folder/job")),
            (&[("BUILD_NUMBER", "1")], "no CI", None),
            (&[("CI", "1")], "an unknown CI", None),
            (&[], "no CI", None),
        ];
        for (variables, name, repository) in cases {
            let found = detect(&|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            });
            assert_eq!((found.host.name(), found.repository.as_deref()), (name, repository), "{variables:?}");
        }
    }
}
