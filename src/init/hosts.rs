//! Which system runs the pipelines of a repository, as its address and its files show it.

use crate::codearts::endpoints;
use crate::model::pipeline::Pipeline;
use crate::model::repository::GITCODE_HOSTS;

/// Where Huawei Cloud keeps repositories.
const CODEARTS_HOSTS: [&str; 4] =
    [".huaweicloud.com", ".myhuaweicloud.com", ".huaweicloud.eu", ".myhuaweicloud.eu"];
/// Where GitHub keeps the repositories of enterprises.
pub(super) const GITHUB_CLOUDS: &str = ".ghe.com";
/// Hosts by their first label.
const FIRST_LABELS: [(&str, Pipeline); 5] = [
    ("github", Pipeline::GitHub),
    ("gitlab", Pipeline::GitLab),
    ("gitee", Pipeline::GiteeGo),
    ("gitea", Pipeline::Gitea),
    ("forgejo", Pipeline::Forgejo),
];

/// The system of the forge that keeps the repository; `None`: the name of the host does not show it.
pub fn of_host(host: &str) -> Option<Pipeline> {
    if GITCODE_HOSTS.contains(&host) {
        return Some(Pipeline::GitCode);
    }
    if CODEARTS_HOSTS.iter().any(|known| host.ends_with(known)) {
        return Some(Pipeline::CodeArts);
    }
    if host.ends_with(GITHUB_CLOUDS) {
        return Some(Pipeline::GitHub);
    }
    if host == "codeberg.org" {
        return Some(Pipeline::Forgejo);
    }
    let (first, _) = host.split_once('.')?;
    FIRST_LABELS.iter().find(|(label, _)| *label == first).map(|(_, pipeline)| *pipeline)
}

/// The region in the name of a host of Huawei Cloud.
pub fn region_of_host(host: &str) -> Option<&'static str> {
    if of_host(host) != Some(Pipeline::CodeArts) {
        return None;
    }
    host.split('.').find_map(|label| endpoints::regions().find(|region| *region == label))
}

/// Files and directories that show that a repository has pipelines for a system.
pub const fn places(pipeline: Pipeline) -> &'static [&'static str] {
    match pipeline {
        Pipeline::GitHub => &[".github/workflows"],
        Pipeline::GitLab => &[".gitlab-ci.yml"],
        Pipeline::Jenkins => &["Jenkinsfile"],
        Pipeline::GiteeGo => &[".workflow"],
        Pipeline::GitCode => &[".gitcode/workflows"],
        Pipeline::CodeArts => &["build.yml", ".cloudbuild"],
        Pipeline::Gitea => &[".gitea/workflows"],
        Pipeline::Forgejo => &[".forgejo/workflows"],
    }
}

/// The system that is meant, most likely: the only one whose files are there, else that of the host. `host`: of the remote
/// repository; `used`: those whose files are there.
pub fn likely(host: Option<&str>, used: &[Pipeline]) -> Option<Pipeline> {
    let of_host = host.and_then(of_host);
    match used {
        // Other tools have a `build.yml`, too.
        [Pipeline::CodeArts] if of_host.is_some() => of_host,
        [only] => Some(*only),
        _ => of_host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pipeline::Pipeline::{
        CodeArts, Forgejo, GitCode, GitHub, GitLab, Gitea, GiteeGo, Jenkins,
    };

    #[test]
    fn hosts_show_the_system() {
        let cases = [
            ("github.com", Some(GitHub)),
            ("github.example.com", Some(GitHub)),
            ("acme.ghe.com", Some(GitHub)),
            ("gitlab.com", Some(GitLab)),
            ("gitlab.example.com", Some(GitLab)),
            ("gitee.com", Some(GiteeGo)),
            ("gitcode.com", Some(GitCode)),
            ("atomgit.com", Some(GitCode)),
            ("codehub.devcloud.cn-north-4.huaweicloud.com", Some(CodeArts)),
            ("codehub-ext.eu-west-101.myhuaweicloud.eu", Some(CodeArts)),
            ("gitea.example.com", Some(Gitea)),
            ("codeberg.org", Some(Forgejo)),
            ("notgithub.com", None),
            ("evilhuaweicloud.com", None),
            ("gitcode.com.evil.example", None),
            ("github", None),
            ("example.com", None),
        ];
        for (host, expected) in cases {
            assert_eq!(of_host(host), expected, "{host}");
        }
        assert_eq!(region_of_host("codehub.devcloud.cn-north-4.huaweicloud.com"), Some("cn-north-4"));
        assert_eq!(region_of_host("codehub.devcloud.huaweicloud.com"), None);
        assert_eq!(region_of_host("x.cn-north-4.example.com"), None);
    }

    #[test]
    fn files_count_where_they_are_of_one_system() {
        let cases: [(Option<&str>, &[Pipeline], Option<Pipeline>); 8] = [
            (Some("github.com"), &[CodeArts], Some(GitHub)),
            (Some("example.com"), &[CodeArts], Some(CodeArts)),
            (Some("github.com"), &[], Some(GitHub)),
            (Some("github.com"), &[Jenkins], Some(Jenkins)),
            (Some("github.com"), &[GitHub, Jenkins], Some(GitHub)),
            (Some("example.com"), &[GitHub, GitLab], None),
            (None, &[GitHub], Some(GitHub)),
            (None, &[], None),
        ];
        for (host, used, expected) in cases {
            assert_eq!(likely(host, used), expected, "{host:?} {used:?}");
        }
    }
}
