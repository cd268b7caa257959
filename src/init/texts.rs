//! What the files of each system say. Pure.

use super::answers::Answers;
use super::hosts::{GITHUB_CLOUDS, of_host};
use super::template::fill;
use crate::model::pipeline::Pipeline;

/// The configuration file.
const CONFIG: &str = include_str!("templates/codearts-gate.toml");
const GITHUB: &str = include_str!("templates/github.yml");
const GITLAB: &str = include_str!("templates/gitlab-ci.yml");
const JENKINS: &str = include_str!("templates/Jenkinsfile");
const STAGES: &str = include_str!("templates/stages.groovy");
const GITEA: &str = include_str!("templates/gitea.yml");
/// These jobs have no working copy for sure, and so no configuration file: they are the examples, with other values.
const GITEE_GO: &str = include_str!("../../examples/gitee-go.yml");
const GITCODE: &str = include_str!("../../examples/gitcode.yml");
const CODEARTS: &str = include_str!("../../examples/codearts-build.yml");

/// The values of the examples.
const EXAMPLE_TASK: &str = "2b31ed520aaaaaaebedb6e57aaaaaaaa";
const EXAMPLE_PROJECT: &str = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";
const EXAMPLE_REGION: &str = "cn-north-4";

/// A file before it is known what stands in its place.
pub(super) struct Draft {
    /// Where.
    pub(super) path: &'static str,
    /// What it says.
    pub(super) text: String,
    /// What belongs into the file where others have one of this name, with pipelines of their own.
    pub(super) addition: Option<String>,
}

impl Draft {
    const fn own(path: &'static str, text: String) -> Self {
        Self { path, text, addition: None }
    }
}

/// The files.
pub(super) fn texts(answers: &Answers) -> Vec<Draft> {
    let branch = answers.branch.in_yaml();
    let with_branch = |template| fill(template, &[("@BRANCH@", &branch)]);
    match answers.pipeline {
        Pipeline::GitHub => {
            vec![Draft::own(".github/workflows/codearts-check.yml", with_branch(GITHUB)), config(answers)]
        }
        Pipeline::Gitea => {
            vec![Draft::own(".gitea/workflows/codearts-check.yml", with_branch(GITEA)), config(answers)]
        }
        Pipeline::Forgejo => {
            vec![Draft::own(".forgejo/workflows/codearts-check.yml", with_branch(GITEA)), config(answers)]
        }
        Pipeline::GitLab => {
            let text = fill(GITLAB, &[("@BRANCH@", &answers.branch.to_string())]);
            let addition = Some(text.clone());
            vec![Draft { path: ".gitlab-ci.yml", text, addition }, config(answers)]
        }
        Pipeline::Jenkins => {
            let stages = stages(answers.host.as_deref(), answers.web.as_deref());
            let text = fill(JENKINS, &[("@STAGES@", stages.trim_end())]);
            vec![Draft { path: "Jenkinsfile", text, addition: Some(stages) }, config(answers)]
        }
        Pipeline::GiteeGo => {
            let branch = format!("        - {branch}\n");
            vec![Draft::own(
                ".workflow/codearts-check.yml",
                of_example(GITEE_GO, answers, &[("        - master\n", &branch)]),
            )]
        }
        Pipeline::GitCode => {
            let branch = format!("      - {branch}\n");
            vec![Draft::own(
                ".gitcode/workflows/codearts-check.yml",
                of_example(GITCODE, answers, &[("      - main\n", &branch)]),
            )]
        }
        Pipeline::CodeArts => {
            let text = of_example(CODEARTS, answers, &[]);
            let step = text.find("    - sh:").and_then(|at| text.get(at..)).map(str::to_owned);
            vec![Draft { path: "build.yml", text, addition: step }]
        }
    }
}

/// Whether the files name the branch that the tasks check.
pub const fn names_branch(pipeline: Pipeline) -> bool {
    match pipeline {
        Pipeline::GitHub
        | Pipeline::GitLab
        | Pipeline::Gitea
        | Pipeline::Forgejo
        | Pipeline::GiteeGo
        | Pipeline::GitCode => true,
        Pipeline::Jenkins | Pipeline::CodeArts => false,
    }
}

fn of_example(example: &str, answers: &Answers, more: &[(&str, &str)]) -> String {
    let tasks = answers.tasks.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let values = [
        (EXAMPLE_TASK, tasks.as_str()),
        (EXAMPLE_PROJECT, answers.project.as_str()),
        (EXAMPLE_REGION, answers.region),
    ];
    fill(example, &[&values, more].concat())
}

fn config(answers: &Answers) -> Draft {
    let tables = answers.tasks.iter().map(|task| format!("[[task]]\nid = \"{task}\"\n"));
    let tasks = tables.collect::<Vec<_>>().join("\n");
    let project = answers.project.as_str();
    let values = [("@PROJECT@", project), ("@REGION@", answers.region), ("@TASKS@", tasks.trim_end())];
    Draft::own("codearts-gate.toml", fill(CONFIG, &values))
}

/// The stages of Jenkins, which needs a token of the forge for pull requests. Where the forge is not known, their builds fail until
/// one is added: a check of the task's branch would pass for code that nobody has checked.
fn stages(host: Option<&str>, web: Option<&str>) -> String {
    let mode = "\n                CODEARTS_PULL_REQUEST = \"${env.CHANGE_ID ? 'auto' : 'off'}\"";
    let Some(ForgeOfJenkins { credential, variable, api }) = host.and_then(forge_of_jenkins) else {
        return fill(STAGES, &[("@PULL_REQUEST@", mode), ("@TOKEN@", "")]);
    };
    let api = api.zip(web).map(|(Api { variable, path }, web)| {
        // Of GitHub's own clouds it is a host beside.
        let origin = match host.is_some_and(|host| host.ends_with(GITHUB_CLOUDS)) {
            true => web.replacen("://", "://api.", 1),
            false => format!("{web}{path}"),
        };
        format!("\n                {variable} = '{origin}'")
    });
    let api = api.unwrap_or_default();
    let mode = format!("{mode}{api}");
    let token =
        format!(",\n                        string(credentialsId: '{credential}', variable: '{variable}')");
    fill(STAGES, &[("@PULL_REQUEST@", &mode), ("@TOKEN@", &token)])
}

/// How a job of Jenkins reads pull requests.
pub(super) struct ForgeOfJenkins {
    /// Id of the credential with the token.
    pub(super) credential: &'static str,
    /// The variable for the token.
    pub(super) variable: &'static str,
    /// Where the API of a private server is.
    api: Option<Api>,
}

/// The address of an API.
struct Api {
    /// Its variable.
    variable: &'static str,
    /// What follows the origin of the server's web pages.
    path: &'static str,
}

/// `host`: letters, digits and `.-_`, as the address of a repository has them.
pub(super) fn forge_of_jenkins(host: &str) -> Option<ForgeOfJenkins> {
    let private = |public, variable, path| (host != public).then_some(Api { variable, path });
    let (credential, variable, api) = match of_host(host)? {
        Pipeline::GitHub => {
            ("github-token", "GITHUB_TOKEN", private("github.com", "GITHUB_API_URL", "/api/v3"))
        }
        Pipeline::GitLab => {
            ("gitlab-token", "GITLAB_TOKEN", private("gitlab.com", "CI_API_V4_URL", "/api/v4"))
        }
        Pipeline::GiteeGo => ("gitee-token", "GITEE_TOKEN", private("gitee.com", "GITEE_API_URL", "/api/v5")),
        Pipeline::GitCode => ("gitcode-token", "GITCODE_TOKEN", None),
        Pipeline::Gitea | Pipeline::Forgejo => {
            ("gitea-token", "GITEA_TOKEN", Some(Api { variable: "GITEA_API_URL", path: "/api/v1" }))
        }
        // Its merge requests are not shown to Jenkins.
        Pipeline::CodeArts | Pipeline::Jenkins => return None,
    };
    Some(ForgeOfJenkins { credential, variable, api })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::Branch;
    use crate::init::answers::example::answers;
    use crate::model::choice::Choice as _;
    use crate::model::repository::{host_and_path, web_origin};

    fn all() -> impl Iterator<Item = Draft> {
        Pipeline::all().into_iter().flat_map(|pipeline| texts(&answers(pipeline)))
    }

    /// An example does the same with values of its own: what is written beyond it is listed here.
    #[test]
    fn what_is_written_is_what_the_examples_do() {
        let own = [
            // The task stands in the configuration file, which is in the repository.
            "contents: read",
            "- uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
            "persist-credentials: false",
            // The example for this is in docs/gitea.md.
            "issues: write",
            "- uses: https://github.com/actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
            "run: exec ./codearts-gate check --start --if-running queue --timeout 45m",
            "GITEA_TOKEN: ${{ github.token }}",
            // The task may check another branch than the default one.
            "- if: $CI_COMMIT_BRANCH == \"main\"",
            "CODEARTS_PULL_REQUEST: ${{ github.event_name == 'pull_request' && 'auto' || 'off' }}",
        ];
        let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
        let examples: String = std::fs::read_dir(examples)
            .expect("the examples")
            .map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).expect("text"))
            .collect();
        let known: Vec<&str> = examples.lines().map(str::trim).chain(own).collect();
        for Draft { path, text, .. } in all().filter(|draft| draft.path != "codearts-gate.toml") {
            let text = fill(
                &text,
                &[
                    (&"a".repeat(32), EXAMPLE_TASK),
                    (&"b".repeat(32), EXAMPLE_PROJECT),
                    ("        - trunk", "        - master"),
                    ("trunk", "main"),
                ],
            );
            let lines = text.lines().map(str::trim);
            for line in lines.filter(|line| !line.starts_with(['#', '/']) && !line.is_empty()) {
                assert!(known.contains(&line), "{path}: `{line}` is in no example");
            }
        }
    }

    /// Readers of the files must find the pages.
    #[test]
    fn pages_that_are_named_exist() {
        let mut named = 0;
        for Draft { text, .. } in all() {
            let pages = text.split("https://").skip(1).filter_map(|rest| {
                let page = rest.split_whitespace().next()?.split_once("/docs/")?.1;
                Some(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/").to_owned() + page.split('#').next()?)
            });
            for page in pages {
                assert!(std::path::Path::new(&page).exists(), "{page}");
                named += 1;
            }
        }
        assert!(named >= 10, "{named}");
    }

    #[test]
    fn each_value_is_written_and_no_example_is_left() {
        for pipeline in Pipeline::all() {
            let drafts = texts(&Answers {
                region: "eu-west-101",
                branch: Branch::new("1.0").expect("a branch"),
                ..answers(pipeline)
            });
            let all: String = drafts.iter().map(|draft| draft.text.as_str()).collect();
            for left in [
                EXAMPLE_TASK,
                EXAMPLE_PROJECT,
                EXAMPLE_REGION,
                "@BRANCH@",
                "@STAGES@",
                "@TOKEN@",
                "[main]",
                "- master",
            ] {
                assert!(!all.contains(left), "{pipeline:?}: {left}");
            }
            assert!(all.contains(&"a".repeat(32)) && all.contains("eu-west-101"), "{pipeline:?}");
        }
    }

    /// A server beside the usual port, or without TLS, is asked where it is.
    #[test]
    fn jenkins_asks_the_server_where_it_is() {
        for (address, expected) in [
            (
                "https://gitlab.example.com:8443/a/b.git",
                "CI_API_V4_URL = 'https://gitlab.example.com:8443/api/v4'",
            ),
            ("http://gitea.example.com:3000/a/b", "GITEA_API_URL = 'http://gitea.example.com:3000/api/v1'"),
            ("ssh://git@gitlab.example.com:2222/a/b", "CI_API_V4_URL = 'https://gitlab.example.com/api/v4'"),
            ("git@gitee.example.com:a/b.git", "GITEE_API_URL = 'https://gitee.example.com/api/v5'"),
        ] {
            let host = host_and_path(address).expect("an address").0;
            let text = stages(Some(&host), web_origin(address).as_deref());
            assert!(text.contains(expected), "{address}: {text}");
        }
    }

    #[test]
    fn jenkins_gets_the_token_of_the_forge() {
        let cases = [
            ("github.com", "variable: 'GITHUB_TOKEN'", None),
            (
                "github.example.com",
                "'github-token'",
                Some("GITHUB_API_URL = 'https://github.example.com/api/v3'"),
            ),
            ("acme.ghe.com", "'GITHUB_TOKEN'", Some("GITHUB_API_URL = 'https://api.acme.ghe.com'")),
            (
                "gitlab.example.com",
                "'GITLAB_TOKEN'",
                Some("CI_API_V4_URL = 'https://gitlab.example.com/api/v4'"),
            ),
            ("gitee.com", "'GITEE_TOKEN'", None),
            ("atomgit.com", "'GITCODE_TOKEN'", None),
            ("codeberg.org", "'GITEA_TOKEN'", Some("GITEA_API_URL = 'https://codeberg.org/api/v1'")),
        ];
        for (host, token, api) in cases {
            let text = stages(Some(host), Some(&format!("https://{host}")));
            assert!(text.contains(token) && text.contains("CODEARTS_PULL_REQUEST"), "{text}");
            assert_eq!(text.contains("_URL = "), api.is_some(), "{text}");
            assert!(text.contains(api.unwrap_or_default()), "{text}");
        }
        for host in [None, Some("example.com"), Some("codehub.devcloud.cn-north-4.huaweicloud.com")] {
            let text = stages(host, host.map(|host| format!("https://{host}")).as_deref());
            assert!(
                !text.contains("_TOKEN") && text.contains("CODEARTS_PULL_REQUEST = \"${env.CHANGE_ID"),
                "{text}"
            );
        }
    }
}
