//! One comment of the gate on a pull request of Gitee or GitCode, and the check run of Gitee.

use crate::kit::forge::{
    Fault, Forge, GITCODE_TOKEN, GITEE_OWN, GITEE_TOKEN, GiteeComment, HEAD, pull_request,
};
use crate::kit::scenario::{SUCCEEDED, Task, pdf, scenario, succeeded, task};
use crate::kit::{Ended, Run, TASK, World};
use crate::snapshot::lines_with;
use serde_json::json;

const LIST: &str = "GET /api/v5/repos/acme/widget/pulls/12/comments";
const CREATE: &str = "POST /api/v5/repos/acme/widget/pulls/12/comments";
const EDIT: &str = "PATCH /api/v5/repos/acme/widget/pulls/comments/";

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

    const fn token(self) -> &'static str {
        match self {
            Self::Gitee => "GITEE_TOKEN",
            Self::GitCode => "GITCODE_TOKEN",
        }
    }
}

fn passing() -> Task {
    succeeded().findings([0, 1, 4, 9])
}

fn comment(author: u64, body: &str) -> GiteeComment {
    GiteeComment { id: 0, author, body: body.to_owned() }
}

/// With 120 comments of others before it, and copies of its mark.
#[test]
fn two_runs_leave_one_comment() {
    for place in PLACES {
        let forge = Forge::new();
        let mark = format!("<!-- codearts-gate:{TASK} -->\nstranger");
        {
            let mut state = forge.state();
            state.gitee.comments = (0..119).map(|_| comment(9, "text")).collect();
            state.gitee.comments.push(comment(9, &mark));
            state.gitee.comments.iter_mut().zip(2_001..).for_each(|(comment, id)| comment.id = id);
        }
        place.run(&forge, passing(), &[]).expect(0);
        let written = forge.state().requests.len();
        assert!(written <= 4, "{place:?}: {written}");
        place.run(&forge, passing().findings([2, 1, 4, 9]), &[]).expect(0);
        let state = forge.state();
        let own: Vec<_> = state.gitee.comments.iter().filter(|comment| comment.author == GITEE_OWN).collect();
        assert_eq!((state.gitee.comments.len(), own.len()), (121, 1), "{place:?}");
        assert!(own[0].body.starts_with(&format!("<!-- codearts-gate:{TASK} -->\n")), "{}", own[0].body);
        assert!(own[0].body.contains("2 (+2)"), "{}", own[0].body);
        assert!(state.gitee.comments.iter().any(|comment| comment.body == mark));
        drop(state);
        assert_eq!(forge.requests(EDIT).len(), 1, "{place:?}");
    }
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

/// Each fault leaves one comment at most, and the exit code.
#[test]
fn faults_change_no_verdict() {
    let refusal = |status| Fault { body: json!({"message": "no"}), ..Fault::new(CREATE, &[], status) };
    for place in PLACES {
        let cases = [
            (Fault { headers: &[("retry-after", "1")], ..Fault::new(CREATE, &[1], 429) }, 1, 2),
            (Fault { is_done: true, ..Fault::new(CREATE, &[1], 0) }, 1, 1),
            (Fault::new(CREATE, &[1], 500), 1, 2),
            (refusal(401), 0, 1),
            (refusal(403), 0, 1),
            (refusal(404), 0, 1),
            (refusal(418), 0, 1),
            (Fault { body: json!({"message": "no"}), ..Fault::new(LIST, &[], 403) }, 0, 0),
        ];
        for (fault, comments, tries) in cases {
            let forge = Forge::new();
            forge.state().faults = vec![fault.clone()];
            let ended = place.run(&forge, passing(), &["--report-timeout", "20s"]).expect(0);
            assert_eq!(forge.state().gitee.comments.len(), comments, "{place:?} {fault:?}: {}", ended.stderr);
            assert_eq!(forge.requests(CREATE).len(), tries, "{place:?} {fault:?}");
            if comments == 0 {
                let warning = lines_with(&ended.stderr, "warning: not published as comment");
                assert!(!warning.is_empty() && ended.stderr.contains("hint: "), "{}", ended.stderr);
            }
        }
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

#[test]
fn without_a_token_nothing_is_sent() {
    for place in PLACES {
        let forge = Forge::new();
        let without = |more: &[&str]| {
            let world = World::new(passing());
            let mut run = place.job(&world, &forge, more);
            run.without("GITEE_TOKEN").without("ATOMGIT_TOKEN");
            run.finish()
        };
        let ended = without(&[]).expect(0);
        let named = ended.stderr.lines().filter(|line| line.contains(place.token())).count();
        assert!((1..=2).contains(&named), "{}", ended.stderr);
        assert!(!ended.stderr.contains("warning: not published"), "{}", ended.stderr);
        without(&["--publish", "comment"]).expect(5);
        without(&["--publish", "sarif"]).expect(64);
        assert_eq!(forge.state().requests.len(), 0, "{place:?}");
    }
}

/// Bots of both forges obey lines that begin with a slash, and read the raw text.
#[test]
fn findings_command_nobody() {
    let row = |message: &str| {
        json!({"defect_id": message, "defect_level": "0", "defect_status": "0", "defect_checker_name": "/close",
               "rule_name": "/merge", "defect_content": message, "file_path": "/approve", "line_number": "1"})
    };
    for place in PLACES {
        let forge = Forge::new();
        let rows = ["/lgtm", "a\n/merge\n@all #1", "x\r\n/close", "```\n/close\n```", "|\n/close"].map(row);
        place.run(&forge, succeeded().defects(rows.to_vec()).gate(0), &[]).expect(4);
        let state = forge.state();
        let body = &state.gitee.comments[0].body;
        assert!(
            body.contains("close") && !body.lines().any(|line| line.trim_start().starts_with('/')),
            "{body}"
        );
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
