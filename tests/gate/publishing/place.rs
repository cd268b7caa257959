//! Every forge of the kit, and a job on it: tests of what is the same on all of them run on each.

use crate::kit::forge::{Comment, Discussion, Forge, GITEE_OWN, GiteeComment, HEAD, Note, OWN_ID};
use crate::kit::scenario::{Task, succeeded};
use crate::kit::{Ended, Run, TASK, World};
use serde_json::Value;

/// A forge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    GitHub,
    GitLab,
    Gitee,
    GitCode,
    Gitea,
    Forgejo,
    CodeArtsRepo,
}

pub(crate) const PLACES: [Place; 7] = [
    Place::GitHub,
    Place::GitLab,
    Place::Gitee,
    Place::GitCode,
    Place::Gitea,
    Place::Forgejo,
    Place::CodeArtsRepo,
];

/// Tries something on every forge, on all at the same time.
pub(super) fn each(test: impl Fn(Place) + Sync) {
    at_once(PLACES, test);
}

/// The same on some.
pub(super) fn at_once<P: Send, const NUMBER: usize>(places: [P; NUMBER], test: impl Fn(P) + Sync) {
    std::thread::scope(|scope| {
        for place in places {
            let test = &test;
            scope.spawn(move || test(place));
        }
    });
}

/// Number of the user that others are.
const STRANGER: u64 = 9;

/// A task that passes.
pub(super) fn passing() -> Task {
    succeeded().findings([0, 1, 4, 9])
}

/// First line of the gate's comment.
pub(super) fn mark() -> String {
    format!("<!-- codearts-gate:{TASK} -->")
}

impl Place {
    /// A job of pull request 12.
    pub(super) fn job(self, world: &World, forge: &Forge, more: &[&str]) -> Run {
        self.command(world, forge, &[&["check", TASK, "--report", "none"], more].concat())
    }

    /// A job with these arguments.
    pub(crate) fn command(self, world: &World, forge: &Forge, arguments: &[&str]) -> Run {
        match self {
            Self::GitHub => world.run_on_github(forge, "pull_request", arguments),
            Self::GitLab => world.run_on_gitlab(forge, arguments),
            Self::Gitee => world.run_on_gitee(forge, arguments),
            Self::GitCode => world.run_on_gitcode(forge, arguments),
            Self::Gitea => world.run_on_gitea(forge, arguments),
            Self::Forgejo => {
                let mut run = world.run_on_gitea(forge, arguments);
                run.env("FORGEJO_ACTIONS", "true");
                run
            }
            Self::CodeArtsRepo => world.run_on_codearts(forge, arguments),
        }
    }

    pub(super) fn run(self, forge: &Forge, task: Task, more: &[&str]) -> Ended {
        let world = World::new(task);
        self.job(&world, forge, more).finish()
    }

    /// The same of a job that began for this head, where its surroundings name one.
    pub(super) fn run_at(self, forge: &Forge, head: &str, task: Task, more: &[&str]) -> Ended {
        let world = World::new(task);
        let mut run = self.job(&world, forge, more);
        match self {
            Self::GitHub | Self::GitCode | Self::Gitea | Self::Forgejo => {
                let variable = if self == Self::GitCode { "ATOMGIT_EVENT_PATH" } else { "GITHUB_EVENT_PATH" };
                let event = std::fs::read_to_string(run.variable(variable).expect("a path")).expect("a file");
                let path = run.directory().join("event-of-head.json");
                std::fs::write(&path, event.replace(HEAD, head)).expect("a file");
                run.env(variable, path.to_str().expect("UTF-8"));
            }
            Self::GitLab => {
                run.env("CI_COMMIT_SHA", head);
            }
            Self::Gitee => {
                run.env("GITEE_SOURCE_COMMIT", head);
            }
            Self::CodeArtsRepo => {}
        }
        run.finish()
    }

    pub(super) fn run_without(self, forge: &Forge, task: Task, variables: &[&str], more: &[&str]) -> Ended {
        let world = World::new(task);
        let mut run = self.job(&world, forge, more);
        for variable in variables {
            run.without(variable);
        }
        run.finish()
    }

    /// Variables that hold the token of the job, and the one that people are asked to set.
    pub(super) const fn token(self) -> Option<(&'static [&'static str], &'static str)> {
        match self {
            Self::GitHub => Some((&["GITHUB_TOKEN"], "GITHUB_TOKEN")),
            Self::GitLab => Some((&["GITLAB_TOKEN", "CI_JOB_TOKEN"], "GITLAB_TOKEN")),
            Self::Gitee => Some((&["GITEE_TOKEN"], "GITEE_TOKEN")),
            Self::GitCode => Some((&["ATOMGIT_TOKEN"], "GITCODE_TOKEN")),
            Self::Gitea | Self::Forgejo => Some((&["GITHUB_TOKEN"], "GITEA_TOKEN")),
            // Its token is that of CodeArts Check.
            Self::CodeArtsRepo => None,
        }
    }

    /// How the requests begin that ask whose token it is.
    pub(super) const fn owner(self) -> &'static [&'static str] {
        match self {
            Self::GitHub => &["POST /graphql", "GET /user"],
            Self::GitLab => &["GET /api/v4/user"],
            Self::Gitee | Self::GitCode => &["GET /api/v5/user"],
            Self::Gitea | Self::Forgejo => &["GET /api/v1/user"],
            Self::CodeArtsRepo => &[],
        }
    }

    /// Where the comments are.
    const fn comments_path(self) -> &'static str {
        match self {
            Self::GitHub => "/repos/acme/widget/issues/12/comments",
            Self::GitLab => "/api/v4/projects/1001/merge_requests/12/notes",
            Self::Gitee | Self::GitCode => "/api/v5/repos/acme/widget/pulls/12/comments",
            Self::Gitea | Self::Forgejo => "/api/v1/repos/acme/widget/issues/12/comments",
            Self::CodeArtsRepo => "/v4/repositories/2111111/merge-requests/12/discussions",
        }
    }

    /// How the requests begin that list comments.
    pub(super) fn list(self) -> &'static str {
        self.request("GET", self.comments_path())
    }

    /// The same for those that create one.
    pub(crate) fn create(self) -> &'static str {
        self.request("POST", self.comments_path())
    }

    /// The same for those that edit one.
    pub(crate) fn edit(self) -> &'static str {
        match self {
            Self::GitHub => "PATCH /repos/acme/widget/issues/comments/",
            Self::GitLab => "PUT /api/v4/projects/1001/merge_requests/12/notes/",
            Self::Gitee | Self::GitCode => "PATCH /api/v5/repos/acme/widget/pulls/comments/",
            Self::Gitea | Self::Forgejo => "PATCH /api/v1/repos/acme/widget/issues/comments/",
            Self::CodeArtsRepo => "PUT /v4/repositories/2111111/merge-requests/12/discussions/",
        }
    }

    /// Whether a check run, or the status of a commit, can be written there.
    pub(crate) fn has_check_runs(self) -> bool {
        !self.check_run().is_empty()
    }

    /// How the requests begin that write one; empty where there are none.
    pub(crate) const fn check_run(self) -> &'static str {
        match self {
            Self::GitHub => "POST /repos/acme/widget/check-runs",
            Self::GitLab => "POST /api/v4/projects/1001/statuses/",
            Self::Gitee => "POST /api/v5/repos/acme/widget/check-runs",
            Self::Gitea | Self::Forgejo => "POST /api/v1/repos/acme/widget/statuses/",
            Self::GitCode | Self::CodeArtsRepo => "",
        }
    }

    /// What check runs or statuses show, the latest last, in the forge's word.
    pub(crate) fn check_runs(self, forge: &Forge) -> Vec<String> {
        let state = forge.state();
        let shown: Vec<&Value> = match self {
            Self::GitHub => state.check_runs.iter().map(|run| &run["conclusion"]).collect(),
            Self::GitLab => state.gitlab.statuses.iter().map(|(_, status)| &status["state"]).collect(),
            Self::Gitea | Self::Forgejo => {
                state.gitea.statuses.iter().map(|(_, status)| &status["state"]).collect()
            }
            Self::Gitee => state.gitee.check_runs.iter().map(|run| &run["conclusion"]).collect(),
            Self::GitCode | Self::CodeArtsRepo => Vec::new(),
        };
        shown.into_iter().map(|word| word.as_str().unwrap_or_default().to_owned()).collect()
    }

    fn request(self, method: &str, path: &str) -> &'static str {
        // Faults keep the beginning of a request for as long as the test runs.
        Box::leak(format!("{method} {path}").into_boxed_str())
    }

    /// Somebody else writes.
    pub(super) fn write(self, forge: &Forge, text: &str) {
        let state = &mut *forge.state();
        let body = text.to_owned();
        match self {
            Self::GitHub | Self::Gitea | Self::Forgejo => {
                let id = 2_001 + state.comments.len() as u64;
                state.comments.push(Comment { id, login: "dev1".to_owned(), is_bot: false, body });
            }
            Self::GitLab => {
                let id = 2_001 + state.gitlab.notes.len() as u64;
                state.gitlab.notes.push(Note { id, author: STRANGER, is_system: false, body });
            }
            Self::Gitee | Self::GitCode => {
                let id = 2_001 + state.gitee.comments.len() as u64;
                state.gitee.comments.push(GiteeComment {
                    id,
                    author: STRANGER,
                    body,
                    ..GiteeComment::default()
                });
            }
            Self::CodeArtsRepo => {
                let note = 1 + state.repo.len() as u64;
                state.repo.push(Discussion { note, author: STRANGER, body, is_resolved: false });
            }
        }
    }

    /// The comments of others, and those of the gate.
    pub(crate) fn comments(self, forge: &Forge) -> (Vec<String>, Vec<String>) {
        let state = forge.state();
        let all: Vec<(bool, &String)> = match self {
            Self::GitHub | Self::Gitea | Self::Forgejo => {
                state.comments.iter().map(|comment| (comment.login != "dev1", &comment.body)).collect()
            }
            Self::GitLab => {
                state.gitlab.notes.iter().map(|note| (note.author == OWN_ID, &note.body)).collect()
            }
            Self::Gitee | Self::GitCode => {
                let comments = state.gitee.comments.iter();
                comments.map(|comment| (comment.author == GITEE_OWN, &comment.body)).collect()
            }
            Self::CodeArtsRepo => {
                state.repo.iter().map(|entry| (entry.author != STRANGER, &entry.body)).collect()
            }
        };
        let (own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(is_own, _)| *is_own);
        let bodies = |list: Vec<(bool, &String)>| list.into_iter().map(|(_, body)| body.clone()).collect();
        (bodies(others), bodies(own))
    }

    /// The gate's comment.
    #[track_caller]
    pub(super) fn own(self, forge: &Forge) -> String {
        let (_, own) = self.comments(forge);
        assert_eq!(own.len(), 1, "{self:?}: {}", forge.everything());
        own[0].clone()
    }

    /// Changes the text of the gate's comment, which is the only one.
    pub(super) fn change_own(self, forge: &Forge, change: impl Fn(String) -> String) {
        let state = &mut *forge.state();
        let body = match self {
            Self::GitHub | Self::Gitea | Self::Forgejo => &mut state.comments[0].body,
            Self::GitLab => &mut state.gitlab.notes[0].body,
            Self::Gitee | Self::GitCode => &mut state.gitee.comments[0].body,
            Self::CodeArtsRepo => &mut state.repo[0].body,
        };
        *body = change(std::mem::take(body));
    }
}
