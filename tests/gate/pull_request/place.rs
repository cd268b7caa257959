//! Where the pull request is: tests of the mode run on either forge.

use super::PROJECT;
use crate::kit::forge::{Fault, Forge, HEAD};
use crate::kit::scenario::{Story, Task, scenario};
use crate::kit::{Run, World};

/// A forge of the kit, and a job on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    GitHub,
    GitLab,
}

pub(super) const PLACES: [Place; 2] = [Place::GitHub, Place::GitLab];

/// Reads the pull request, or its files.
const PULL: &str = "GET /repos/acme/widget/pulls/12";
/// Reads the merge request by what the job knows, and from then on by what GitLab calls it.
const FIRST_LOOK: &str = "GET /api/v4/projects/1001/merge_requests/12";
const LATER_LOOKS: &str = "GET /api/v4/projects/acme%2Fwidget/merge_requests/12";

/// Numbers of requests.
static NUMBERS: [usize; 4_000] = {
    let mut numbers = [0; 4_000];
    let mut index = 0;
    while index < numbers.len() {
        numbers[index] = index + 1;
        index += 1;
    }
    numbers
};

impl Place {
    /// The full task of the branch that the pull requests of the kit lead to.
    pub(super) fn parent(self, task: Task) -> Task {
        let repository = match self {
            Self::GitHub => "https://github.com/acme/widget.git",
            Self::GitLab => "https://gitlab.example.com/acme/widget.git",
        };
        task.with(|script| {
            script.repository = repository.to_owned();
            script.branch = Some("main".to_owned());
            script.project = Some(PROJECT.to_owned());
        })
    }

    /// A service with that task.
    pub(super) fn story(self, task: Task) -> Story {
        scenario().task(self.parent(task))
    }

    /// A job of pull request 12, whose head was this when it began.
    pub(super) fn job(self, world: &World, forge: &Forge, head: &str, arguments: &[&str]) -> Run {
        match self {
            Self::GitHub => {
                let mut run = world.run_on_github(forge, "pull_request", arguments);
                let event = include_str!("../../data/github/event-pull_request.json");
                let path = run.directory().join("event.json");
                std::fs::write(&path, event.replace(HEAD, head)).expect("a file");
                let path = path.to_str().expect("UTF-8").to_owned();
                run.env("GITHUB_EVENT_PATH", &path);
                run
            }
            Self::GitLab => {
                let mut run = world.run_on_gitlab(forge, arguments);
                run.env("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", head);
                run
            }
        }
    }

    /// The comments on the pull request.
    pub(super) fn comments(self, forge: &Forge) -> Vec<String> {
        let state = forge.state();
        match self {
            Self::GitHub => state.comments.iter().map(|comment| comment.body.clone()).collect(),
            Self::GitLab => state.gitlab.notes.iter().map(|note| note.body.clone()).collect(),
        }
    }

    /// Where the comments are; the same address makes one.
    pub(super) const fn comment_list(self) -> &'static str {
        match self {
            Self::GitHub => "GET /repos/acme/widget/issues/12/comments",
            Self::GitLab => "GET /api/v4/projects/1001/merge_requests/12/notes",
        }
    }

    pub(super) const fn comment_creation(self) -> &'static str {
        match self {
            Self::GitHub => "POST /repos/acme/widget/issues/12/comments",
            Self::GitLab => "POST /api/v4/projects/1001/merge_requests/12/notes",
        }
    }

    /// The list of changed files.
    pub(super) const fn files(self) -> &'static str {
        match self {
            Self::GitHub => "GET /repos/acme/widget/pulls/12/files",
            Self::GitLab => "GET /api/v4/projects/acme%2Fwidget/merge_requests/12/diffs",
        }
    }

    /// The n-th look at the pull request, from 1: the first identifies it, the second comes before the run, the third after it.
    /// How the request begins, and which one of those it is.
    const fn look(self, number: usize) -> (&'static str, usize) {
        match (self, number) {
            (Self::GitHub, number) => (PULL, number),
            (Self::GitLab, 1) => (FIRST_LOOK, 1),
            (Self::GitLab, number) => (LATER_LOOKS, number - 1),
        }
    }

    #[track_caller]
    pub(super) fn wait_for_look(self, forge: &Forge, number: usize) {
        let (beginning, number) = self.look(number);
        forge.wait_for(beginning, number);
    }

    /// This fault at one look.
    pub(super) fn at_look(self, number: usize, fault: &Fault) -> Fault {
        let (request, number) = self.look(number);
        Fault { request, on: &NUMBERS[number - 1..number], ..fault.clone() }
    }

    /// The same at all later ones, too.
    pub(super) fn since_look(self, number: usize, fault: &Fault) -> Vec<Fault> {
        let later = |number: usize| {
            let (request, number) = self.look(number);
            Fault { request, on: &NUMBERS[number - 1..], ..fault.clone() }
        };
        match (self, number) {
            (Self::GitLab, 1) => vec![later(1), later(2)],
            _ => vec![later(number)],
        }
    }
}
