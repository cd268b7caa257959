//! The pull request of a build that a plugin of Gitee or GitCode has started in Jenkins: plain data (`ci/forges-cn`, sections 1.6, 2.5 and 7). They set
//! many variables to empty texts, which count as unset.

use super::facts::CodeFacts;
use super::gitee::{Kind, Repository};
use super::value::{Lookup, name, parse_number};

/// Names of the variables of a plugin; empty where it has none.
struct Names {
    kind: Kind,
    number: &'static str,
    target_owner: &'static str,
    target_repository: &'static str,
    target_url: &'static str,
    head: &'static str,
    source_branch: &'static str,
    source_owner: &'static str,
}

const PLUGINS: [Names; 2] = [
    Names {
        kind: Kind::Gitee,
        number: "giteePullRequestIid",
        target_owner: "giteeTargetNamespace",
        target_repository: "giteeTargetRepoName",
        target_url: "giteeTargetRepoHttpUrl",
        head: "giteePullRequestLastCommit",
        source_branch: "giteeSourceBranch",
        source_owner: "giteeSourceNamespace",
    },
    Names {
        kind: Kind::GitCode,
        number: "gitcodePullRequestIid",
        target_owner: "gitcodeTargetNamespace",
        target_repository: "gitcodeRepoName",
        target_url: "",
        head: "gitcodeAfterCommitSha",
        source_branch: "",
        source_owner: "",
    },
];

/// The pull request that a plugin has started the build for.
pub(super) fn read(variable: Lookup<'_>) -> Option<(Repository, CodeFacts)> {
    PLUGINS.iter().find_map(|names| {
        let text =
            |name: &str| variable(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let number = parse_number(&text(names.number)?)?;
        let owner = text(names.target_owner);
        let path =
            owner.as_ref().zip(text(names.target_repository)).map(|(owner, name)| format!("{owner}/{name}"));
        let mut repository = Repository::read(names.kind, names.kind.public_server(), variable)
            .named(path)
            .with_number(Some(number), text(names.head));
        if let Some(url) = text(names.target_url) {
            repository.complete(&url);
        }
        let code = CodeFacts {
            repository_url: repository.url(),
            branch: None,
            source_branch: name(variable, names.source_branch),
            number: Some(number),
            is_from_fork: owner.zip(text(names.source_owner)).map(|(target, source)| target != source),
        };
        Some((repository, code))
    })
}
