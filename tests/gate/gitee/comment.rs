//! One comment of the gate on a pull request of Gitee or GitCode, and the check run of Gitee.

use crate::kit::forge::{Fault, Forge, GITCODE_TOKEN, GITEE_TOKEN, GiteeComment, HEAD, pull_request};
use crate::kit::scenario::{SUCCEEDED, Task, pdf, scenario, succeeded, task};
use crate::kit::{Ended, Run, TASK, World};
use serde_json::json;

/// A forge, and a job on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Gitee,
    GitCode,
}

const PLACES: [Place; 2] = [Place::Gitee, Place::GitCode];

impl Place {
    fn job(self, world: &World, forge: &Forge, more: &[&str]) -> Run {
        let arguments = [&["check", TASK, "--report", "none"], more].concat();
        match self {
            Self::Gitee => world.run_on_gitee(forge, &arguments),
            Self::GitCode => world.run_on_gitcode(forge, &arguments),
        }
    }

    fn run(self, forge: &Forge, task: Task, more: &[&str]) -> Ended {
        let world = World::new(task);
        self.job(&world, forge, more).finish()
    }
}

fn passing() -> Task {
    succeeded().findings([0, 1, 4, 9])
}

fn comment(author: u64, body: &str) -> GiteeComment {
    GiteeComment { author, body: body.to_owned(), ..GiteeComment::default() }
}

/// Whether hidden marks are kept is not documented: the last line shows which comment it is.
#[test]
fn a_comment_without_its_hidden_marks_is_found() {
    for place in PLACES {
        let forge = Forge::new();
        forge.state().drops_marks = true;
        forge.state().gitee.comments = vec![comment(9, &format!("copied\n\ncodearts-gate `{TASK}`\n"))];
        place.run(&forge, passing(), &[]).expect(0);
        place.run(&forge, passing().findings([2, 1, 4, 9]), &[]).expect(0);
        let state = forge.state();
        assert_eq!(state.gitee.comments.len(), 2, "{place:?}");
        assert!(state.gitee.comments[0].body.starts_with("copied"), "{place:?}");
        assert!(state.gitee.comments[1].body.starts_with("### "), "{place:?}");
    }
}

/// Who the token belongs to has to be known before a marked comment is edited.
#[test]
fn an_unknown_owner_makes_no_second_comment() {
    for place in PLACES {
        let forge = Forge::new();
        place.run(&forge, passing(), &[]).expect(0);
        forge.state().faults = vec![Fault::new("GET /api/v5/user", &[], 403)];
        place.run(&forge, passing().findings([1, 1, 4, 9]), &[]).expect(0);
        assert_eq!(forge.state().gitee.comments.len(), 1, "{place:?}");
    }
}

/// GitCode's answer has the id of the discussion first; without `note_id` the own comment is looked for.
#[test]
fn the_discussion_is_not_the_comment() {
    for hides_note_id in [false, true] {
        let forge = Forge::new();
        forge.state().gitee.hides_note_id = hides_note_id;
        let ended = Place::GitCode.run(&forge, passing(), &[]).expect(0);
        let url = "https://gitcode.com/acme/widget/merge_requests/12#note_3001";
        assert!(ended.stderr.contains(&format!("comment: {url}")), "{}", ended.stderr);
        let output = std::fs::read_to_string(ended.reports.with_file_name("output")).expect("the file");
        assert!(
            output.contains(&format!("comment-url={url}\n")) && output.contains("outcome=passed\n"),
            "{output}"
        );
        let summary = std::fs::read_to_string(ended.reports.with_file_name("summary")).expect("the file");
        assert!(summary.starts_with("### ✅ CodeArts Check passed\n"), "{summary}");
    }
}

/// With the database's number of the pull request, on the head; a later run makes another, and a lost answer none.
#[test]
fn a_check_run_is_made_finished() {
    let check_run = ["--publish", "check-run"];
    let forge = Forge::new();
    Place::Gitee.run(&forge, passing().pdf(pdf()), &check_run).expect(0);
    Place::Gitee.run(&forge, succeeded().before(3), &check_run).expect(3);
    let lost = "POST /api/v5/repos/acme/widget/check-runs";
    forge.state().faults = vec![Fault { is_done: true, ..Fault::new(lost, &[1], 0) }];
    Place::Gitee.run(&forge, succeeded().findings([1, 0, 0, 0]).gate(0), &check_run).expect(4);
    let state = forge.state();
    let made: Vec<_> = state.gitee.check_runs.iter().map(|run| run["conclusion"].clone()).collect();
    assert_eq!(made, ["success", "cancelled", "failure"]);
    for run in &state.gitee.check_runs {
        assert_eq!((&run["status"], &run["head_sha"]), (&json!("completed"), &json!(HEAD)));
        assert_eq!(run["pull_request_id"], 18_000_012);
    }
    drop(state);
    let ended = Place::GitCode.run(&forge, passing(), &check_run).expect(64);
    assert!(ended.stderr.contains("check-run"), "{}", ended.stderr);
}

/// The head moves before the check run is written, which shows what was checked all the same.
#[test]
fn a_check_run_is_of_the_checked_head() {
    const OTHER_HEAD: &str = "4444444444444444444444444444444444444444";
    for (number, choice) in [(12, "auto"), (13, "13")] {
        let forge = Forge::with(pull_request(number).moves_to(OTHER_HEAD).at_look(3));
        let parent = task().ends_at_poll(1).ends(SUCCEEDED).with(|script| {
            script.repository = "https://gitee.com/acme/widget.git".to_owned();
            script.branch = Some("main".to_owned());
            script.project = Some("0d1a2b3c4d5e6f708192a3b4c5d6e7f8".to_owned());
        });
        let world = World::new(scenario().task(parent));
        let more = ["--pull-request", choice, "--scope", "all", "--publish", "check-run"];
        Place::Gitee.job(&world, &forge, &more).finish().expect(6);
        let state = forge.state();
        let made = &state.gitee.check_runs[0];
        assert_eq!((made["head_sha"].as_str(), made["conclusion"].as_str()), (Some(HEAD), Some("cancelled")));
        assert_eq!(made["pull_request_id"], 18_000_000 + number, "{made}");
    }
}

/// Where nothing names the owner of the repository, a line says what to set; what is asked for by name ends as usual.
#[test]
fn a_checkout_without_a_remote_names_no_repository() {
    let forge = Forge::new();
    for (more, expected) in [(&[][..], 0), (&["--pull-request", "auto"], 64)] {
        let world = World::new(passing());
        let mut run = Place::Gitee.job(&world, &forge, more);
        std::fs::remove_dir_all(run.directory().join(".git")).expect("a directory");
        let ended = run.finish().expect(expected);
        assert!(ended.stderr.contains("set GITEE_REPO to OWNER/NAME"), "{}", ended.stderr);
        run.env("GITEE_REPO", "../widget");
        assert!(run.finish().expect(expected).stderr.contains("GITEE_REPO"));
    }
    assert_eq!(forge.state().requests.len(), 0);
}

/// A token goes to the public host or to the one that a variable names.
#[test]
fn a_remote_elsewhere_gets_no_token() {
    let forge = Forge::new();
    let world = World::new(passing());
    let mut run = Place::Gitee.job(&world, &forge, &[]);
    let url = format!("{}/acme/widget.git", forge.origin());
    std::fs::write(run.directory().join(".git/config"), format!("[remote \"origin\"]\n\turl = {url}\n"))
        .expect("a file");
    let ended = run.without("GITEE_API_URL").finish().expect(0);
    assert!(ended.stderr.contains("GITEE_API_URL is not set"), "{}", ended.stderr);
    assert_eq!(forge.state().requests.len(), 0);
}

/// The plugins of Jenkins and the address of a multibranch build name the pull request, with empty variables beside them.
#[test]
fn builds_of_jenkins_write_the_comment() {
    let plugin =
        [("giteePullRequestIid", "12"), ("giteeTargetNamespace", "acme"), ("giteeTargetRepoName", "widget")];
    let gitcode =
        [("gitcodePullRequestIid", "12"), ("gitcodeTargetNamespace", "acme"), ("gitcodeRepoName", "widget")];
    let change = [("CHANGE_URL", "https://gitee.com/acme/widget/pulls/12"), ("giteePullRequestIid", "")];
    let atomgit = [("CHANGE_URL", "https://atomgit.com/acme/widget/merge_requests/12")];
    for variables in [&plugin[..], &gitcode, &change, &atomgit] {
        let forge = Forge::new();
        let world = World::new(passing());
        let mut run = world.run(&["check", TASK, "--report", "none"]);
        run.env("JENKINS_URL", "https://jenkins.example/").env("GITEE_API_URL", forge.origin());
        run.env("GITCODE_API_URL", forge.origin()).env("ATOMGIT_API_URL", "https://unused.example");
        run.env("GITEE_TOKEN", GITEE_TOKEN).env("GITCODE_TOKEN", GITCODE_TOKEN);
        variables.iter().for_each(|(name, value)| {
            run.env(name, value);
        });
        run.finish().expect(0);
        assert_eq!(forge.state().gitee.comments.len(), 1, "{variables:?}");
    }
}
