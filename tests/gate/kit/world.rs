//! The sandbox, and runs of the binary against it.

use super::forge::{Forge, GITHUB_TOKEN, HEAD, runtime_token};
use super::forge::{GITCODE_TOKEN, GITEA_TOKEN, GITEE_TOKEN, GITLAB_TOKEN, REPO_PROJECT, REPO_URL};
use super::patience::{GLANCE, PATIENCE};
use super::run::Run;
use super::scenario::Story;
use super::server::in_background;
use codearts_gate::sandbox::{
    ACCESS_KEY, DOMAIN, PASSWORD, Recorded, SECRET_KEY, SECURITY_TOKEN, Sandbox, TEMPORARY_ACCESS_KEY, USER,
};
use std::thread;
use std::time::Instant;
use tokio::sync::oneshot;

/// The id of a build job.
pub(crate) const JOB: &str = "48c66c6002964721be537cdc6ce0297b";

/// A task id.
pub(crate) const TASK: &str = "2b31ed520aaaaaaebedb6e57aaaaaaaa";
/// A sandbox on its own thread; ends when dropped.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    _end: oneshot::Sender<()>,
}

impl World {
    /// A sandbox with this scenario.
    pub(crate) fn new(story: impl Into<Story>) -> Self {
        let scenario = story.into().into();
        let (sandbox, end) = in_background(|| Sandbox::start(scenario, 0));
        Self { sandbox, _end: end }
    }

    /// Waits until so many requests of one kind have been answered.
    #[track_caller]
    pub(crate) fn wait_for(&self, call: &str, number: usize) {
        let begun = Instant::now();
        while self.calls(call).len() < number {
            assert!(begun.elapsed() < PATIENCE, "{call} was answered {} times", self.calls(call).len());
            thread::sleep(GLANCE);
        }
    }

    /// Waits until so many requests of one kind have arrived, answered or not.
    #[track_caller]
    pub(crate) fn wait_until_received(&self, call: &'static str, number: u32) {
        let begun = Instant::now();
        while self.sandbox.received(call) < number {
            assert!(begun.elapsed() < PATIENCE, "{call} arrived {} times", self.sandbox.received(call));
            thread::sleep(GLANCE);
        }
    }

    /// Starts the next run of a task as another user would, as soon as no other is active.
    #[track_caller]
    pub(crate) fn start_foreign_run_when_idle(&self, task: &str) {
        let begun = Instant::now();
        while self.sandbox.start_foreign_run(task).is_none() {
            assert!(begun.elapsed() < PATIENCE, "the run before never ended");
            thread::sleep(GLANCE);
        }
    }

    /// Sends the answers that a fault holds back.
    pub(crate) fn release(&self) {
        self.sandbox.release();
    }

    /// The served requests of one kind.
    pub(crate) fn calls(&self, call: &str) -> Vec<Recorded> {
        self.sandbox.recorded().into_iter().filter(|recorded| recorded.call == call).collect()
    }

    /// `codearts-gate COMMAND ...` with a key pair, short pauses, and its own report directory.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let mut run = Run::new(arguments);
        run.env("CODEARTS_ENDPOINT", &self.sandbox.origin());
        run.env("HUAWEICLOUD_SDK_AK", ACCESS_KEY).env("HUAWEICLOUD_SDK_SK", SECRET_KEY);
        run.env("CODEARTS_MAX_PAUSE", "20ms").env("CODEARTS_POLL_INTERVAL", "1s");
        run.env("CODEARTS_MAX_DOUBT", "2s");
        run
    }

    /// `codearts-gate build JOB ...`.
    pub(crate) fn run_build(&self, arguments: &[&str]) -> Run {
        let mut run = self.run(&[&["build", JOB], arguments].concat());
        run.without("CODEARTS_ENDPOINT").env("CODEARTS_BUILD_ENDPOINT", &self.sandbox.origin());
        run
    }

    /// The same with an IAM password.
    pub(crate) fn run_with_password(&self, arguments: &[&str]) -> Run {
        let mut run = self.run(arguments);
        run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK");
        run.env("CODEARTS_IAM_ENDPOINT", &self.sandbox.origin()).env("CODEARTS_REGION", "cn-north-4");
        run.env("CODEARTS_IAM_USER", USER).env("CODEARTS_IAM_PASSWORD", PASSWORD);
        run.env("CODEARTS_IAM_DOMAIN", DOMAIN);
        run
    }

    /// The same in a step of GitHub Actions that may upload and comment. `event`: the name of an event, and of its
    /// example where that differs.
    pub(crate) fn run_on_github(&self, forge: &Forge, event: &str, arguments: &[&str]) -> Run {
        let mut run = self.run(arguments);
        let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/github");
        let (name, _) = event.split_once('-').unwrap_or((event, ""));
        run.env("CODEARTS_GATE_ACTION", "true");
        run.env("CI", "true").env("GITHUB_ACTIONS", "true").env("GITHUB_SERVER_URL", "https://github.com");
        run.env("GITHUB_API_URL", forge.origin());
        run.env("GITHUB_GRAPHQL_URL", &format!("{}/graphql", forge.origin()));
        let workspace = run.directory().to_str().expect("UTF-8").to_owned();
        run.env("GITHUB_WORKSPACE", &workspace);
        run.env("GITHUB_REPOSITORY", "acme/widget")
            .env("GITHUB_RUN_ID", "555")
            .env("GITHUB_RUN_ATTEMPT", "1");
        run.env("GITHUB_SHA", "3333333333333333333333333333333333333333");
        run.env("GITHUB_REF", "refs/heads/main").env("GITHUB_EVENT_NAME", name);
        run.env("GITHUB_EVENT_PATH", &format!("{data}/event-{event}.json"));
        run.env("GITHUB_TOKEN", GITHUB_TOKEN).env("ACTIONS_RUNTIME_TOKEN", &runtime_token());
        run.env("ACTIONS_RESULTS_URL", &format!("{}/ignored/path/", forge.origin()));
        for (variable, file) in [("GITHUB_OUTPUT", "output"), ("GITHUB_STEP_SUMMARY", "summary")] {
            let path = run.directory().join(file);
            std::fs::write(&path, "").expect("a file");
            run.env(variable, path.to_str().expect("UTF-8"));
        }
        run
    }

    /// The same in a step of Gitea Actions, of a pull request. The runner sets what GitHub's does, too.
    pub(crate) fn run_on_gitea(&self, forge: &Forge, arguments: &[&str]) -> Run {
        let mut run = self.run_on_github(forge, "pull_request", arguments);
        let event = run.directory().join("event.json");
        let text = include_str!("../../data/gitea/event-pull_request.json");
        std::fs::write(&event, text).expect("a file");
        run.env("GITEA_ACTIONS", "true").env("GITHUB_SERVER_URL", "https://gitea.example");
        run.env("GITHUB_API_URL", &format!("{}/api/v1", forge.origin())).env("GITHUB_RUN_NUMBER", "9");
        run.env("GITHUB_EVENT_PATH", event.to_str().expect("UTF-8"));
        run.env("GITHUB_SHA", HEAD).env("GITHUB_REF", "refs/pull/12/head").env("GITHUB_HEAD_REF", "feature");
        run.without("GITHUB_GRAPHQL_URL").env("GITHUB_TOKEN", GITEA_TOKEN);
        run
    }

    /// The same in a job of GitLab CI, of a merge request, with a token that may write.
    pub(crate) fn run_on_gitlab(&self, forge: &Forge, arguments: &[&str]) -> Run {
        let mut run = self.run(arguments);
        let directory = run.directory().to_str().expect("UTF-8").to_owned();
        let url = "https://gitlab.example.com";
        run.env("CI", "true").env("GITLAB_CI", "true").env("CI_SERVER_URL", url);
        run.env("CI_API_V4_URL", &format!("{}/api/v4", forge.origin()));
        run.env("CI_PROJECT_ID", "1001").env("CI_PROJECT_PATH", "acme/widget");
        run.env("CI_PROJECT_URL", &format!("{url}/acme/widget")).env("CI_PROJECT_DIR", &directory);
        run.env("CI_JOB_ID", "42").env("CI_JOB_URL", &format!("{url}/acme/widget/-/jobs/42"));
        run.env("CI_PIPELINE_ID", "900").env("CI_COMMIT_REF_NAME", "feature");
        run.env("CI_COMMIT_SHA", HEAD);
        run.env("CI_MERGE_REQUEST_IID", "12").env("CI_MERGE_REQUEST_PROJECT_ID", "1001");
        run.env("CI_MERGE_REQUEST_PROJECT_URL", &format!("{url}/acme/widget"));
        run.env("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "1001");
        run.env("CI_JOB_TOKEN", "glcbt-job").env("GITLAB_TOKEN", GITLAB_TOKEN);
        run
    }

    /// The same in a job of CodeArts Pipeline, of a merge request.
    pub(crate) fn run_on_codearts(&self, forge: &Forge, arguments: &[&str]) -> Run {
        let mut run = self.run(arguments);
        run.env("PIPELINE_TRIGGER_TYPE", "MR").env("PROJECT_ID", REPO_PROJECT).env("MERGE_ID", "12");
        run.env("REPO_URL", REPO_URL).env("CODEARTS_REPO_ENDPOINT", forge.origin());
        run
    }

    /// The same in a job of Gitee Go about pull request 12, whose checkout names the repository.
    pub(crate) fn run_on_gitee(&self, forge: &Forge, arguments: &[&str]) -> Run {
        let mut run = self.run(arguments);
        let git = run.directory().join(".git");
        std::fs::create_dir_all(&git).expect("a directory");
        let config = "[remote \"origin\"]\n\turl = git@gitee.com:acme/widget.git\n";
        std::fs::write(git.join("config"), config).expect("a file");
        run.env("GITEE_PIPELINE_NAME", "gate").env("GITEE_PULL_ID", "12").env("GITEE_REPO", "widget");
        run.env("GITEE_BRANCH", "main").env("GITEE_COMMIT", "9999999999999999999999999999999999999999");
        run.env("GITEE_SOURCE_BRANCH", "feature").env("GITEE_SOURCE_COMMIT", HEAD);
        run.env("GITEE_API_URL", forge.origin()).env("GITEE_TOKEN", GITEE_TOKEN);
        run
    }

    /// The same in a job of GitCode Actions about pull request 12.
    pub(crate) fn run_on_gitcode(&self, forge: &Forge, arguments: &[&str]) -> Run {
        let mut run = self.run(arguments);
        let side = serde_json::json!({"sha": HEAD, "repo": {"full_name": "acme/widget"}});
        let event = serde_json::json!({"pr": {"number": 12, "head": side, "base": side}});
        let path = run.directory().join("event.json");
        std::fs::write(&path, event.to_string()).expect("a file");
        run.env("CI", "true").env("ATOMGIT_ACTIONS", "true").env("ATOMGIT_REPOSITORY", "acme/widget");
        run.env("ATOMGIT_SERVER_URL", "https://gitcode.com").env("ATOMGIT_API_URL", forge.origin());
        run.env("ATOMGIT_REF", "refs/pull/12/merge").env("ATOMGIT_RUN_ID", "7");
        run.env("ATOMGIT_SHA", "9999999999999999999999999999999999999999");
        run.env("ATOMGIT_EVENT_PATH", path.to_str().expect("UTF-8")).env("ATOMGIT_TOKEN", GITCODE_TOKEN);
        for (variable, file) in [("ATOMGIT_OUTPUT", "output"), ("ATOMGIT_STEP_SUMMARY", "summary")] {
            let path = run.directory().join(file);
            std::fs::write(&path, "").expect("a file");
            run.env(variable, path.to_str().expect("UTF-8"));
        }
        run
    }

    /// The same with temporary keys.
    pub(crate) fn run_with_temporary_keys(&self, arguments: &[&str]) -> Run {
        let mut run = self.run(arguments);
        run.env("HUAWEICLOUD_SDK_AK", TEMPORARY_ACCESS_KEY)
            .env("HUAWEICLOUD_SDK_SECURITY_TOKEN", SECURITY_TOKEN);
        run
    }
}
