//! Which system runs the pipelines of a repository, as its address and its files show it.

use crate::model::pipeline::Pipeline;

/// The system whose host keeps the repository; `None`: the name of the host does not show it.
fn of_host(host: &str) -> Option<Pipeline> {
    let begins = |name: &str| host.split('.').next() == Some(name) && host.contains('.');
    if begins("github") || host.ends_with(".ghe.com") {
        Some(Pipeline::GitHub)
    } else if begins("gitlab") {
        Some(Pipeline::GitLab)
    } else {
        None
    }
}

/// Files and directories that show that a repository has pipelines for a system.
pub const fn places(pipeline: Pipeline) -> &'static [&'static str] {
    match pipeline {
        Pipeline::GitHub => &[".github/workflows"],
        Pipeline::GitLab => &[".gitlab-ci.yml"],
    }
}

/// The system that is meant, most likely: the only one whose files are there, else that of the host. `host`: of the remote
/// repository; `used`: those whose files are there.
pub fn likely(host: Option<&str>, used: &[Pipeline]) -> Option<Pipeline> {
    let of_host = host.and_then(of_host);
    match used {
        [only] => Some(*only),
        _ => of_host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pipeline::Pipeline::{GitHub, GitLab};

    #[test]
    fn hosts_and_files_show_the_system() {
        let cases: [(Option<&str>, &[Pipeline], Option<Pipeline>); 10] = [
            (Some("github.com"), &[], Some(GitHub)),
            (Some("github.example.com"), &[], Some(GitHub)),
            (Some("acme.ghe.com"), &[], Some(GitHub)),
            (Some("gitlab.com"), &[], Some(GitLab)),
            (Some("gitlab.example.com"), &[GitHub, GitLab], Some(GitLab)),
            (Some("github.com"), &[GitLab], Some(GitLab)),
            (Some("notgithub.com"), &[], None),
            (Some("github"), &[], None),
            (Some("example.com"), &[GitHub, GitLab], None),
            (None, &[GitHub], Some(GitHub)),
        ];
        for (host, used, expected) in cases {
            assert_eq!(likely(host, used), expected, "{host:?} {used:?}");
        }
    }
}
