//! Which CI this process runs in, and what its variables describe: plain data, detected once from a lookup that the caller
//! passes in. One file a CI, and one a forge.

mod facts;
pub mod github;
pub mod github_actions;
pub mod gitlab;
pub mod gitlab_ci;
pub mod jenkins;
mod value;

pub use facts::{Change, JobFacts, TokenSource};
pub use value::Lookup;
pub(crate) use value::{is_commit, is_path_of_names};

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
    GitHubActions(github_actions::Job), "GitHub Actions";
    GitLabCi(gitlab_ci::Job), "GitLab CI";
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

    #[test]
    fn each_ci_is_known_by_its_own_variables() {
        type Case<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>, Option<&'a str>);
        let cases: [Case<'_>; 6] = [
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
