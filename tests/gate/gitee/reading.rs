//! What is read of a pull request of Gitee or GitCode: which one it is, its head, and the lines that it changes.

use crate::kit::forge::{Fault, Forge, HEAD, PullRequest, pull_request};
use crate::kit::review::Review;
use crate::kit::scenario::succeeded;
use crate::kit::{Run, TASK, World};
use codearts_gate::model::outcome::Outcome;
use codearts_gate::model::pull_request::ForgeName;

const NEXT: &str = "4444444444444444444444444444444444444444";
const FORGES: [ForgeName; 2] = [ForgeName::Gitee, ForgeName::GitCode];

fn job(name: ForgeName, forge: &Forge) -> Run {
    let world = World::new(succeeded());
    if name == ForgeName::Gitee {
        let mut run = world.run_on_gitee(forge, &["check", TASK]);
        // Only the settings read the checkout.
        run.env("GITEE_REPO", "acme/widget");
        run
    } else {
        world.run_on_gitcode(forge, &["check", TASK])
    }
}

#[test]
fn a_pull_request_is_read_whole() {
    for name in FORGES {
        let forge = Forge::with(
            pull_request(12).of_fork().title("a\n/close").branches("f/x", "main").moves_to(NEXT).at_look(2),
        );
        let run = job(name, &forge);
        let review = Review::of(&run);
        let found = review.pull_request(None).expect("a pull request");
        assert_eq!(found.job_head.as_deref(), Some(HEAD), "{name:?}");
        let read = &found.pull_request;
        assert_eq!((read.forge, read.number, read.head.as_str()), (name, 12, HEAD));
        assert_eq!((read.repository.as_str(), read.is_from_fork), ("acme/widget", true));
        assert_eq!((read.source_branch.as_str(), read.target_branch.as_str()), ("f/x", "main"));
        assert_eq!(
            (read.title.as_str(), read.repository_url.as_str()),
            ("a /close", format!("https://{}.com/acme/widget", name.title().to_ascii_lowercase()).as_str())
        );
        assert_eq!(forge.requests("GET ").len(), 1);
        assert_eq!(review.head(read).as_deref(), Ok(NEXT));
        assert_eq!(forge.requests("GET ").len(), 2);
    }
}

#[test]
fn a_job_without_a_pull_request_has_none() {
    for name in FORGES {
        let forge = Forge::with(pull_request(7).of_deleted_fork());
        let mut run = job(name, &forge);
        run.without("GITEE_PULL_ID").without("ATOMGIT_EVENT_PATH").env("ATOMGIT_REF", "refs/heads/main");
        let review = Review::of(&run);
        assert_eq!(review.pull_request(None).expect_err("none").outcome(), Outcome::Usage, "{name:?}");
        let typed = review.pull_request(Some(7)).expect("a pull request");
        assert_eq!((typed.job_head, typed.pull_request.is_from_fork), (None, true));
        assert_eq!(review.pull_request(Some(99)).expect_err("none").outcome(), Outcome::Usage);
        forge.state().faults = vec![Fault::new("GET ", &[], 401)];
        assert_eq!(review.pull_request(Some(7)).expect_err("refused").outcome(), Outcome::Denied);
    }
}

#[test]
fn changed_lines_are_those_of_the_new_files() {
    let files = || -> PullRequest {
        pull_request(12)
            .file("src/a.c", "@@ -1,2 +1,3 @@\n a\n+b\n c\n")
            .file_without_patch("src/huge.c")
            .removed_file("src/gone.c")
            .renamed_file("old.c", "new.c")
    };
    for (name, ignores_pages) in [(ForgeName::Gitee, true), (ForgeName::GitCode, false)] {
        let forge = Forge::with(files().files_a_page(if ignores_pages { 100 } else { 2 }));
        forge.state().gitee.ignores_pages = ignores_pages;
        let run = job(name, &forge);
        let review = Review::of(&run);
        let found = review.pull_request(None).expect("a pull request").pull_request;
        let lines = review.changed_lines(&found).expect("lines");
        assert!(!lines.misses_files(), "{name:?}");
        for (path, line, expected) in [
            ("src/a.c", Some(1), false),
            ("src/a.c", Some(2), true),
            ("src/huge.c", Some(500), true),
            ("src/gone.c", None, false),
            ("new.c", Some(1), false),
            ("new.c", None, true),
            ("old.c", None, false),
        ] {
            assert_eq!(lines.touches(path, line), expected, "{name:?} {path}:{line:?}");
        }
        let pages = forge.requests("GET /api/v5/repos/acme/widget/pulls/12/files").len();
        assert_eq!(pages, if ignores_pages { 2 } else { 3 }, "{name:?}");
    }
}
