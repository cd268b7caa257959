//! Comments in the diff, as each forge of the kit stores them, and a job in pull-request mode that writes them.

use super::place::{PLACES, Place, at_once};
use crate::findings::rows::row;
use crate::kit::forge::{Forge, GITEE_OWN, GiteaNote, GiteaReview, GiteeComment, Inline};
use crate::kit::forge::{PullRequest, pull_request};
use crate::kit::scenario::{Story, Task, scenario, task};
use crate::kit::{Ended, World};
use serde_json::Value;

/// Two hunks, whose lines stand elsewhere in the diff than in the file: 1, 3 and 42 are new.
const PATCH: &str = "@@ -1,2 +1,3 @@\n-old\n+one\n two\n+three\n@@ -40,2 +41,3 @@\n a\n+b\n c";
/// Of two lines of `src/a.c`; the forge shows only one of them.
const DIFF: &str = "diff --git a/src/a.c b/src/a.c\n--- a/src/a.c\n+++ b/src/a.c\n@@ -3 +3 @@\n-a\n+b\n@@ -70 +70 @@\n-a\n+b\n";
/// Has the tool read it.
pub(super) const WITH_DIFF: [&str; 2] = ["--diff", "changes.diff"];
/// What a person replies.
pub(super) const REPLY: &str = "Why?";
/// What people are called, and their number.
const PERSON: (&str, u64) = ("dev1", 9);

/// A comment in the diff, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) path: String,
    pub(super) line: u64,
    pub(super) body: String,
    pub(super) is_gone: bool,
    pub(super) is_resolved: bool,
}

/// The same on every forge that shows comments in the diff, at the same time.
pub(super) fn each(test: impl Fn(Place) + Sync) {
    let [places @ .., Place::CodeArtsRepo] = PLACES else { panic!("the last one has none") };
    at_once(places, test);
}

/// A pull request with two hunks in `src/a.c`.
pub(super) fn two_hunks(place: Place) -> Forge {
    place.with(pull_request(12).file("src/a.c", PATCH))
}

/// One that adds lines 1 to 60 of `src/a.c`.
pub(super) fn sixty_lines() -> PullRequest {
    let lines: String = (1..=60).map(|line| format!("+{line}\n")).collect();
    pull_request(12).file("src/a.c", &format!("@@ -0,0 +1,60 @@\n{lines}"))
}

/// A critical finding.
pub(super) fn one(id: u32, line: u32) -> Value {
    row(id, 0, "src/a.c", line)
}

/// A check that passes, with these findings.
pub(super) fn finding(rows: &[Value]) -> Task {
    task().ends_at_poll(1).defects(rows.to_vec()).gate(1)
}

/// Publishes them. What was requested before is forgotten.
pub(super) fn publish(place: Place, forge: &Forge, task: Task, more: &[&str]) -> Ended {
    publish_of(place, forge, place.story(task), more)
}

/// The same of another story. [`DIFF`] is there.
pub(super) fn publish_of(place: Place, forge: &Forge, story: Story, more: &[&str]) -> Ended {
    let world = World::new(story);
    let more = [&["--pull-request", "auto", "--publish", "review"], more].concat();
    forge.state().forget_requests();
    let run = place.job(&world, forge, &more);
    std::fs::write(run.directory().join("changes.diff"), DIFF).expect("a file");
    run.finish()
}

/// How many requests of the last run wrote something.
pub(super) fn writes(forge: &Forge) -> usize {
    let state = forge.state();
    let is_write = |line: &str| !line.starts_with("GET ") && line != "POST /graphql";
    state.requests.iter().filter(|(line, _)| is_write(line)).count()
}

impl Place {
    fn with(self, pull_request: PullRequest) -> Forge {
        let forge = Forge::with(pull_request);
        forge.state().gitea.resolves = self == Self::Gitea;
        forge
    }

    /// Its forge, with [`sixty_lines`].
    pub(super) fn forge(self) -> Forge {
        self.with(sixty_lines())
    }

    /// A service with the full task of the branch that the pull request leads to.
    pub(super) fn story(self, task: Task) -> Story {
        let host = match self {
            Self::GitHub => "github.com",
            Self::GitLab => "gitlab.example.com",
            Self::Gitee => "gitee.com",
            Self::GitCode => "gitcode.com",
            Self::Gitea | Self::Forgejo => "gitea.example",
            Self::CodeArtsRepo => panic!("no comments in the diff"),
        };
        scenario().task(task.with(|script| {
            script.repository = format!("https://{host}/acme/widget.git");
            script.branch = Some("main".to_owned());
            script.project = Some("0d1a2b3c4d5e6f708192a3b4c5d6e7f8".to_owned());
        }))
    }

    /// Whether a thread can be resolved.
    pub(super) const fn resolves(self) -> bool {
        matches!(self, Self::GitLab | Self::GitCode | Self::Gitea)
    }

    /// How many requests so many comments take.
    pub(super) const fn requests_for(self, comments: usize) -> usize {
        match self {
            Self::GitHub => 1,
            _ => comments,
        }
    }

    /// How the requests begin that list comments, those that create one, and those that remove one.
    pub(super) const fn in_diff(self) -> [&'static str; 3] {
        match self {
            Self::GitHub => [
                "GET /repos/acme/widget/pulls/12/comments",
                "POST /repos/acme/widget/pulls/12/reviews",
                "DELETE /repos/acme/widget/pulls/comments/",
            ],
            Self::GitLab => [
                "GET /api/v4/projects/1001/merge_requests/12/discussions",
                "POST /api/v4/projects/1001/merge_requests/12/discussions",
                "DELETE /api/v4/projects/1001/merge_requests/12/discussions/",
            ],
            Self::Gitee | Self::GitCode => [
                "GET /api/v5/repos/acme/widget/pulls/12/comments",
                "POST /api/v5/repos/acme/widget/pulls/12/comments",
                "DELETE /api/v5/repos/acme/widget/pulls/comments/",
            ],
            Self::Gitea | Self::Forgejo => [
                "GET /api/v1/repos/acme/widget/pulls/12/reviews",
                "POST /api/v1/repos/acme/widget/pulls/12/reviews",
                "DELETE /api/v1/repos/acme/widget/pulls/12/reviews/",
            ],
            Self::CodeArtsRepo => panic!("no comments in the diff"),
        }
    }

    /// How the requests begin that read the changed lines.
    pub(super) const fn changed_files(self) -> &'static str {
        match self {
            Self::GitHub => "GET /repos/acme/widget/pulls/12/files",
            Self::GitLab => "GET /api/v4/projects/acme%2Fwidget/merge_requests/12/diffs",
            Self::Gitee | Self::GitCode => "GET /api/v5/repos/acme/widget/pulls/12/files",
            Self::Gitea | Self::Forgejo => "GET /api/v1/repos/acme/widget/pulls/12/files",
            Self::CodeArtsRepo => panic!("it has none"),
        }
    }

    /// The gate's comments in the diff (`is_own`), or those of people, the oldest first.
    pub(super) fn remarks(self, forge: &Forge, is_own: bool) -> Vec<Shown> {
        let state = forge.state();
        let shown = |login: &str, path: &str, line: u64, body: &str, is_resolved: bool| {
            let is_gone = body.lines().nth(1) == Some("No longer found.");
            let shown = Shown { path: path.to_owned(), line, body: body.to_owned(), is_gone, is_resolved };
            Some(shown).filter(|_| (login != PERSON.0) == is_own)
        };
        match self {
            Self::GitHub | Self::GitLab | Self::CodeArtsRepo => {
                let all = state.inline.iter();
                all.filter_map(|one| shown(&one.login, &one.path, one.line, &one.body, one.is_resolved))
                    .collect()
            }
            Self::Gitee | Self::GitCode => {
                let one = |one: &GiteeComment| {
                    let login = if one.author == GITEE_OWN { "" } else { PERSON.0 };
                    let (path, line) = one.place.as_ref().expect("a place");
                    shown(login, path, *line, &one.body, one.is_resolved)
                };
                state.gitee.comments.iter().filter_map(one).collect()
            }
            Self::Gitea | Self::Forgejo => {
                let all = state.gitea.reviews.iter().flat_map(|review| &review.comments);
                all.filter_map(|one| shown(&one.login, &one.path, one.line, &one.body, one.is_resolved))
                    .collect()
            }
        }
    }

    /// What people wrote.
    pub(super) fn texts_of_people(self, forge: &Forge) -> Vec<String> {
        self.remarks(forge, false).into_iter().map(|shown| shown.body).collect()
    }

    /// The lines of the gate's comments.
    pub(super) fn lines(self, forge: &Forge) -> Vec<u64> {
        self.remarks(forge, true).iter().map(|shown| shown.line).collect()
    }

    /// A person replies to the comment at this place of the list.
    pub(super) fn reply(self, forge: &Forge, at: usize) {
        let state = &mut *forge.state();
        let ((login, author), body) = (PERSON, REPLY.to_owned());
        match self {
            Self::GitHub | Self::GitLab | Self::CodeArtsRepo => {
                let reply_to = Some(state.inline[at].id);
                let login = login.to_owned();
                state.inline.push(Inline { id: 990_001, login, body, reply_to, ..Inline::default() });
            }
            Self::Gitee | Self::GitCode => {
                let comments = &mut state.gitee.comments;
                let replies_to = Some(comments[at].id);
                let place = comments[at].place.clone();
                comments.push(GiteeComment {
                    id: 9_001,
                    author,
                    body,
                    place,
                    replies_to,
                    is_resolved: false,
                });
            }
            Self::Gitea | Self::Forgejo => {
                let comments = &mut state.gitea.reviews[at].comments;
                comments.push(GiteaNote { id: 9, login: login.to_owned(), body, ..comments[0].clone() });
            }
        }
    }

    /// Changes the text of the gate's comment at this place of the list, as people who may do so.
    pub(super) fn change(self, forge: &Forge, at: usize, change: impl Fn(&str) -> String) {
        let state = &mut *forge.state();
        let body = match self {
            Self::GitHub | Self::GitLab | Self::CodeArtsRepo => &mut state.inline[at].body,
            Self::Gitee | Self::GitCode => &mut state.gitee.comments[at].body,
            Self::Gitea | Self::Forgejo => &mut state.gitea.reviews[at].comments[0].body,
        };
        *body = change(body);
    }

    /// A person opens all threads again.
    pub(super) fn open_again(forge: &Forge) {
        let state = &mut *forge.state();
        state.inline.iter_mut().for_each(|one| one.is_resolved = false);
        state.gitee.comments.iter_mut().for_each(|one| one.is_resolved = false);
        let notes = state.gitea.reviews.iter_mut().flat_map(|review| &mut review.comments);
        notes.for_each(|note| note.is_resolved = false);
    }

    /// Puts so many copies of the gate's only comment in its place, which somebody else wrote.
    pub(super) fn copy(self, forge: &Forge, number: u64) {
        let state = &mut *forge.state();
        let (login, author) = (PERSON.0.to_owned(), PERSON.1);
        match self {
            Self::GitHub | Self::GitLab | Self::CodeArtsRepo => {
                let copy = Inline { login, ..state.inline[0].clone() };
                state.inline = (1..=number).map(|id| Inline { id, ..copy.clone() }).collect();
            }
            Self::Gitee | Self::GitCode => {
                let copy = GiteeComment { author, ..state.gitee.comments[0].clone() };
                state.gitee.comments = (1..=number).map(|id| GiteeComment { id, ..copy.clone() }).collect();
            }
            Self::Gitea | Self::Forgejo => {
                let mut copy = GiteaReview { login: login.clone(), ..state.gitea.reviews[0].clone() };
                copy.comments[0].login = login;
                state.gitea.reviews = (1..=number).map(|id| GiteaReview { id, ..copy.clone() }).collect();
            }
        }
    }
}
