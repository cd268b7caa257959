//! Answers of forges: pull requests, their changed lines, their comments.

use crate::memory;
use crate::page;
use crate::promise;
use crate::wire::{ORIGIN, Script, Wire};
use bytes::Bytes;
use codearts_gate::ci::{self, Change, CiEnvironment};
use codearts_gate::codearts::repo::Repo;
use codearts_gate::http::{HttpSettings, imitation};
use codearts_gate::model::language::Language;
use codearts_gate::model::pull_request::{ForgeName, PullRequest};
use codearts_gate::publish::{
    CodeReview, CommentMode, InDiff, PublishConfig, PublishError, PublishResults, Publisher, ReviewError,
    Selection, Target,
};
use codearts_gate::report::lists::on_lines::LineFindings;
use codearts_gate::report::store::workspace::Workspace;
use http::{Method, Response};
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

/// The number of the pull request.
const NUMBER: u64 = 12;
/// Whose token it is.
const OWN_ID: u64 = 7;
const OWN_LOGIN: &str = "gate-bot";
/// Distinguishes the comments.
const KEY: &str = "k";
const HEAD: &str = "3333333333333333333333333333333333333333";
/// Bytes that an answer may take for each of its own.
const FACTOR: usize = 300;

thread_local! {
    static WIRE: Wire = Wire::default();
}

/// A forge, as the job knows it and as its API is imitated.
struct Forge {
    name: ForgeName,
    variables: &'static [(&'static str, &'static str)],
    /// What the path of a list of comments ends with.
    lists: &'static [&'static str],
}

const GITHUB: Forge = Forge {
    name: ForgeName::GitHub,
    variables: &[
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "acme/widget"),
        ("GITHUB_API_URL", ORIGIN),
        ("GITHUB_GRAPHQL_URL", "http://127.0.0.1:9/graphql"),
        ("GITHUB_TOKEN", "token-of-the-fuzzer"),
        ("GITHUB_REF", "refs/pull/12/merge"),
        ("GITHUB_SHA", HEAD),
    ],
    lists: &["/issues/12/comments", "/pulls/12/comments"],
};
const GITLAB: Forge = Forge {
    name: ForgeName::GitLab,
    variables: &[
        ("GITLAB_CI", "true"),
        ("CI_API_V4_URL", "http://127.0.0.1:9/api/v4"),
        ("CI_SERVER_URL", ORIGIN),
        ("CI_PROJECT_ID", "3"),
        ("CI_MERGE_REQUEST_IID", "12"),
        ("CI_MERGE_REQUEST_PROJECT_ID", "3"),
        ("CI_COMMIT_SHA", HEAD),
        ("GITLAB_TOKEN", "token-of-the-fuzzer"),
    ],
    lists: &["/merge_requests/12/notes", "/merge_requests/12/discussions"],
};
const GITEA: Forge = Forge {
    name: ForgeName::Gitea,
    variables: &[
        ("GITEA_ACTIONS", "true"),
        ("GITEA_API_URL", "http://127.0.0.1:9/api/v1"),
        ("GITHUB_SERVER_URL", ORIGIN),
        ("GITHUB_REPOSITORY", "acme/widget"),
        ("GITHUB_REF", "refs/pull/12/head"),
        ("GITHUB_SHA", HEAD),
        ("GITEA_TOKEN", "token-of-the-fuzzer"),
    ],
    lists: &["/issues/12/comments", "/pulls/12/reviews", "/comments"],
};
const GITEE: Forge = Forge {
    name: ForgeName::Gitee,
    variables: &[
        ("JENKINS_URL", ORIGIN),
        ("giteePullRequestIid", "12"),
        ("giteeTargetNamespace", "acme"),
        ("giteeTargetRepoName", "widget"),
        ("GITEE_API_URL", "http://127.0.0.1:9/api/v5"),
        ("GITEE_TOKEN", "token-of-the-fuzzer"),
    ],
    lists: &["/pulls/12/comments"],
};
const GITCODE: Forge = Forge {
    name: ForgeName::GitCode,
    variables: &[
        ("ATOMGIT_ACTIONS", "true"),
        ("ATOMGIT_REPOSITORY", "acme/widget"),
        ("ATOMGIT_REF", "refs/pull/12/head"),
        ("GITCODE_API_URL", "http://127.0.0.1:9/api/v5"),
        ("GITCODE_TOKEN", "token-of-the-fuzzer"),
    ],
    lists: &["/pulls/12/comments"],
};
const CODEARTS_REPO: Forge = Forge {
    name: ForgeName::CodeArtsRepo,
    variables: &[
        ("PIPELINE_TRIGGER_TYPE", "MR"),
        ("PROJECT_ID", "41a"),
        ("REPO_URL", REPOSITORY),
        ("MERGE_ID", "12"),
    ],
    lists: &["/merge-requests/12/discussions"],
};
const REPOSITORY: &str = "https://codehub.cn-north-4.devcloud.huaweicloud.com/acme/widget.git";

impl Forge {
    fn ci(&self) -> CiEnvironment {
        let lookup = |name: &str| {
            self.variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        ci::detect(&lookup)
    }

    fn change(&self) -> Change {
        self.ci().facts.change.expect("a change")
    }
}

fn repo(wire: &Wire) -> Arc<Repo> {
    Arc::new(Repo::new(wire.service.at(ORIGIN.parse().expect("an address"))))
}

/// The pull request of the job, as it was read before.
pub(crate) fn known(forge: ForgeName) -> PullRequest {
    PullRequest {
        forge,
        repository: "acme/widget".to_owned(),
        repository_url: REPOSITORY.to_owned(),
        number: NUMBER,
        title: String::new(),
        source_branch: "fix".to_owned(),
        target_branch: "main".to_owned(),
        head: HEAD.to_owned(),
        is_from_fork: false,
    }
}

/// Which pull request it is, and which lines it changes.
fn pull_request(input: &[u8], forge: &Forge) {
    WIRE.with(|wire| {
        let mut review = CodeReview::new(Some(&forge.change()), HttpSettings::default()).expect("a forge");
        review.connect(&repo(wire));
        let read = || wire.run(input, async |deadline| review.pull_request(None, deadline).await);
        match memory::within(input, FACTOR, read) {
            Ok(found) => described(&found.pull_request, forge.name),
            Err(error) => review_error(error),
        }
        let known = known(forge.name);
        let read = || wire.run(input, async |deadline| review.changed_lines(&known, deadline).await);
        match memory::within(input, FACTOR, read) {
            Ok(changed) => {
                for (path, change) in changed.iter() {
                    promise::path(path);
                    promise::ranges(change);
                }
            }
            Err(error) => review_error(error),
        }
    });
}

fn described(found: &PullRequest, forge: ForgeName) {
    assert_eq!(found.forge, forge);
    assert_eq!(found.number, NUMBER, "another pull request than the one of the job");
    promise::line(&found.title, 300);
    promise::line(&found.repository_url, 2000);
    promise::line(&found.repository, 2000);
    assert!(!found.source_branch.is_empty() && !found.target_branch.is_empty());
    let is_commit =
        (7..=64).contains(&found.head.len()) && found.head.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(is_commit, "{:?}", found.head);
}

fn review_error(error: ReviewError) {
    promise::problem(&error.problem());
}

/// A comment of a list, as far as it may be changed.
struct Listed {
    id: u64,
    is_own: bool,
}

/// All comments in answers, however they are nested.
fn listed(value: &Value, found: &mut Vec<Listed>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| listed(value, found)),
        Value::Object(fields) => {
            let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
            let is_own = ["user", "author"].iter().any(|who| {
                number(&value[*who]["id"]) == Some(OWN_ID)
                    || value[*who]["login"].as_str().is_some_and(|login| {
                        let login = login.strip_suffix("[bot]").unwrap_or(login);
                        login.eq_ignore_ascii_case(OWN_LOGIN)
                    })
            });
            if let Some(id) = number(&value["id"]) {
                found.push(Listed { id, is_own });
            }
            fields.values().for_each(|value| listed(value, found));
        }
        _ => {}
    }
}

/// The comment, and the comments in the diff.
fn comments(input: &[u8], forge: &Forge) {
    let mut known = Vec::new();
    Script::new(input).bodies().for_each(|body| {
        // Text that is not UTF-8 is read as well as it can be; a byte order mark may come first.
        let text = String::from_utf8_lossy(&body);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        listed(&serde_json::from_str(text).unwrap_or_default(), &mut known);
    });
    WIRE.with(|wire| {
        let config = PublishConfig {
            targets: Vec::new(),
            selection: Selection::Named(vec![Target::Comment, Target::Review]),
            comment_key: KEY.to_owned(),
            task_url: None,
            http: HttpSettings::default(),
            report_dir: PathBuf::new(),
            kept: None,
            run_url: None,
            run_id: String::new(),
            workspace: Workspace::default(),
        };
        let mut publisher = Publisher::new(&forge.ci(), config, None).expect("a forge");
        publisher.connect(&repo(wire));
        for target in [Target::Comment, Target::Review] {
            let writes = imitate(input, forge);
            let write = || wire.wait(async || publish(&publisher, target).await);
            let results = memory::within(input, FACTOR, write);
            for (_, PublishError { problem, .. }) in results.failures() {
                promise::problem(problem);
            }
            results.comment_url.iter().for_each(|url| promise::line(url, 2100));
            let writes = writes.borrow();
            for (method, url) in writes.iter().filter(|(method, _)| *method != Method::POST) {
                check_write(method, url, forge, &known);
            }
            let created = writes.iter().filter(|(method, _)| *method == Method::POST).count();
            assert!(created <= 1, "{writes:?}");
            if target == Target::Comment && forge.name != ForgeName::CodeArtsRepo {
                assert!(results.failures().next().is_none() || writes.is_empty(), "{writes:?}");
            }
        }
    });
}

/// Only what the owner of the token wrote is changed.
fn check_write(method: &Method, url: &str, forge: &Forge, known: &[Listed]) {
    let path = url.split('?').next().unwrap_or_default();
    if path.contains("/discussions/") && !path.contains("/notes/") {
        return;
    }
    let Some(id) = path.rsplit('/').next().and_then(|part| part.parse::<u64>().ok()) else { return };
    let mut found = known.iter().filter(|comment| comment.id == id).peekable();
    assert!(found.peek().is_some(), "{method} {url}: no such comment");
    // CodeArts Repo does not show whose the token is: it refuses to change what others wrote.
    let is_own = found.any(|comment| comment.is_own) || forge.name == ForgeName::CodeArtsRepo;
    assert!(is_own, "{method} {url}: another's comment");
}

type Writes = Rc<RefCell<Vec<(Method, String)>>>;

/// Answers for a forge whose lists are the input; what is written is noted.
fn imitate(input: &[u8], forge: &Forge) -> Writes {
    let writes = Writes::default();
    let (noted, mut script, lists) = (Rc::clone(&writes), Script::new(input), forge.lists);
    let mut requests = 0;
    imitation::answer_with(move |method, url| {
        requests += 1;
        assert!(requests < 2000, "requests without end");
        let path = url.split('?').next().unwrap_or_default();
        let body = if path.ends_with("/user") || path.ends_with("/graphql") {
            json!({"id": OWN_ID, "login": OWN_LOGIN, "data": {"viewer": {"login": OWN_LOGIN}}})
        } else if method != Method::GET {
            noted.borrow_mut().push((method.clone(), url.to_owned()));
            json!({"id": 901, "note_id": 901, "html_url": "https://h/901"})
        } else if lists.iter().any(|end| path.ends_with(end)) {
            return script.next();
        } else if path.ends_with("/repositories") {
            json!({"result": {"repositories": [{"repository_id": 5, "https_url": REPOSITORY}]}})
        } else {
            json!([])
        };
        Response::new(Bytes::from(body.to_string()))
    });
    writes
}

async fn publish(publisher: &Publisher, target: Target) -> PublishResults {
    let mut results = PublishResults::default();
    let deadline = crate::wire::soon();
    let Some(place) = publisher.reach_pull_request(deadline, deadline).await else { return results };
    if target == Target::Comment {
        let document = page::plain();
        let subject = page::subject(&document, &[]);
        let how = (CommentMode::Write, &Cell::new(false));
        publisher.comment(&place, subject, how, deadline, &mut results).await;
    } else {
        let findings = LineFindings::default();
        let shown = InDiff { head: HEAD, findings: &findings, language: Language::English };
        publisher.comment_on_lines(&place, Ok(shown), deadline, &mut results).await;
    }
    results
}

/// A pull request of GitHub.
pub fn pull_request_github(input: &[u8]) {
    pull_request(input, &GITHUB);
}

/// A merge request of GitLab.
pub fn pull_request_gitlab(input: &[u8]) {
    pull_request(input, &GITLAB);
}

/// A pull request of Gitea.
pub fn pull_request_gitea(input: &[u8]) {
    pull_request(input, &GITEA);
}

/// A pull request of Gitee.
pub fn pull_request_gitee(input: &[u8]) {
    pull_request(input, &GITEE);
}

/// A pull request of GitCode.
pub fn pull_request_gitcode(input: &[u8]) {
    pull_request(input, &GITCODE);
}

/// A merge request of CodeArts Repo.
pub fn pull_request_codearts(input: &[u8]) {
    pull_request(input, &CODEARTS_REPO);
}

/// Comments of GitHub.
pub fn comments_github(input: &[u8]) {
    comments(input, &GITHUB);
}

/// Notes and discussions of GitLab.
pub fn comments_gitlab(input: &[u8]) {
    comments(input, &GITLAB);
}

/// Comments of Gitea.
pub fn comments_gitea(input: &[u8]) {
    comments(input, &GITEA);
}

/// Comments of Gitee.
pub fn comments_gitee(input: &[u8]) {
    comments(input, &GITEE);
}

/// Comments of GitCode.
pub fn comments_gitcode(input: &[u8]) {
    comments(input, &GITCODE);
}

/// Discussions of CodeArts Repo.
pub fn comments_codearts(input: &[u8]) {
    comments(input, &CODEARTS_REPO);
}
