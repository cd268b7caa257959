//! What is read of a pull request: which one it is, its head, and the lines that it changes.

use super::job::{CHECK, event, same};
use crate::kit::forge::{Fault, Forge, HEAD, PullRequest, pull_request};
use crate::kit::review::{Review, shown};
use crate::kit::scenario::succeeded;
use crate::kit::{Run, World};
use crate::snapshot::{Table, assert_shown};
use codearts_gate::model::changed_lines::ChangedLines;
use codearts_gate::model::outcome::Outcome;
use codearts_gate::model::pull_request::ForgeName;
use codearts_gate::publish::ReviewError;
use serde_json::{Value, json};

const NEXT: &str = "4444444444444444444444444444444444444444";
const REQUEST: &str = "GET /api/v1/repos/acme/widget/pulls/12";
const DIFF: &str = "GET /api/v1/repos/acme/widget/pulls/12.diff";

/// The forge as a job sees it, whose event file stays as long.
struct Job {
    review: Review,
    _run: Run,
}

impl std::ops::Deref for Job {
    type Target = Review;

    fn deref(&self) -> &Review {
        &self.review
    }
}

fn review(forge: &Forge, change: impl Fn(&mut Run)) -> Job {
    let mut run = World::new(succeeded()).run_on_gitea(forge, &CHECK);
    change(&mut run);
    Job { review: Review::of(&run), _run: run }
}

fn changed(pull_request: PullRequest, faults: Vec<Fault>) -> ChangedLines {
    let forge = Forge::with(pull_request);
    forge.state().faults = faults;
    let review = review(&forge, same);
    let found = review.pull_request(None).expect("a pull request").pull_request;
    review.changed_lines(&found).expect("lines")
}

#[test]
fn a_pull_request_is_read_whole() {
    let forge = Forge::with(pull_request(12).of_fork().title("a\n/close").branches("f/x", "main"));
    let found = review(&forge, same).pull_request(None).expect("a pull request");
    assert_eq!(found.job_head.as_deref(), Some(HEAD));
    let read = &found.pull_request;
    assert_eq!((read.forge, read.number, read.head.as_str()), (ForgeName::Gitea, 12, HEAD));
    assert_eq!((read.repository.as_str(), read.is_from_fork), ("acme/widget", true));
    assert_eq!(read.repository_url, "https://gitea.example/acme/widget.git");
    assert_eq!((read.source_branch.as_str(), read.target_branch.as_str()), ("f/x", "main"));
    assert_eq!(read.title, "a /close");
    assert_eq!(forge.requests("GET ").len(), 1);
    let forgejo = |run: &mut Run| {
        run.env("FORGEJO_ACTIONS", "true");
    };
    let found = review(&forge, forgejo).pull_request(None).expect("a pull request");
    assert_eq!(found.pull_request.forge, ForgeName::Forgejo);
}

/// Of an event, of a commit whose pull request has to be asked for, and of a number that was asked for.
#[test]
fn every_job_leads_to_its_pull_request() {
    let on_event = |name: &'static str, text: Value| {
        move |run: &mut Run| {
            event(run, name, &text.to_string());
            run.env("GITHUB_REF", "refs/heads/feature");
        }
    };
    let push = on_event("push", json!({"after": HEAD}));
    let moved = on_event("push", json!({"after": NEXT}));
    let comment = on_event("issue_comment", json!({"is_pull": true, "issue": {"number": 12}}));
    let issue = on_event("issue_comment", json!({"is_pull": false, "issue": {"number": 12}}));
    let without_event = |run: &mut Run| {
        run.env("GITHUB_EVENT_PATH", "/nonexistent/event.json");
    };
    type Change<'a> = &'a dyn Fn(&mut Run);
    let cases: [(&str, Change<'_>, Option<u64>, Option<(u64, Option<&str>)>); 9] = [
        ("pull request", &same, None, Some((12, Some(HEAD)))),
        ("no event", &without_event, None, Some((12, Some(HEAD)))),
        ("push", &push, None, Some((12, Some(HEAD)))),
        ("push of another commit", &moved, None, None),
        ("comment", &comment, None, Some((12, None))),
        ("comment on an issue", &issue, None, None),
        ("its own number", &same, Some(12), Some((12, Some(HEAD)))),
        ("another number", &same, Some(7), Some((7, None))),
        ("no such number", &push, Some(99), None),
    ];
    for (name, change, number, expected) in cases {
        let forge = Forge::new();
        // That of the commit is on the second page.
        let others = [7, 8].map(|number| pull_request(number).head(&"9".repeat(40)));
        forge.state().pull_requests.splice(0..0, others);
        match (review(&forge, change).pull_request(number), expected) {
            (Ok(found), Some((number, head))) => {
                assert_eq!((found.pull_request.number, found.job_head.as_deref()), (number, head), "{name}");
            }
            (Err(ReviewError::NotFound(_)), None) => {}
            (found, _) => panic!("{name}: {found:?}"),
        }
    }
    // One commit can lead to two.
    let forge = Forge::new();
    forge.state().pull_requests.push(pull_request(13));
    let error = review(&forge, push).pull_request(None).expect_err("two");
    assert_eq!(error.outcome(), Outcome::Usage, "{error}");
}

#[test]
fn the_head_moves() {
    let forge = Forge::with(pull_request(12).moves_to(NEXT).at_look(2));
    let review = review(&forge, same);
    let found = review.pull_request(None).expect("a pull request").pull_request;
    assert_eq!((found.head.as_str(), review.head(&found).as_deref()), (HEAD, Ok(NEXT)));
    assert_eq!(forge.requests("GET ").len(), 2);
}

/// The list of files has no lines, so they come from the diff; without one all files count whole.
#[test]
fn changed_lines_are_those_of_the_diff() {
    let files = || {
        pull_request(12)
            .file("src/a.c", "@@ -1,2 +1,3 @@\n a\n+b\n c\n")
            .file("logo.png", "Binary files a/logo.png and b/logo.png differ")
            .cut_file("src/cut.c", "@@ -1 +1,2 @@\n a\n+b", 9)
            .removed_file("src/gone.c")
            .renamed_file("old.c", "new.c")
    };
    let too_large = Fault::new(DIFF, &[], 500);
    let web_page = Fault { body: json!("<html>sign in</html>"), ..Fault::new(DIFF, &[], 200) };
    for (faults, is_shown) in [(vec![], true), (vec![too_large], false), (vec![web_page], false)] {
        for page in [2, 100] {
            let lines = changed(files().files_a_page(page), faults.clone());
            assert!(!lines.misses_files());
            for (path, line, expected) in [
                ("src/a.c", Some(1), !is_shown),
                ("src/a.c", Some(2), true),
                ("logo.png", Some(1), true),
                ("src/cut.c", Some(500), true),
                ("src/gone.c", None, false),
                ("new.c", Some(1), !is_shown),
                ("new.c", None, true),
                ("old.c", None, false),
            ] {
                assert_eq!(lines.touches(path, line), expected, "{path} {line:?} {faults:?}");
            }
        }
    }
}

/// Where not all files are listed, the diff has the others; without it they count as changed.
#[test]
fn an_incomplete_list_leaves_nothing_out() {
    let file = |it: PullRequest, name: &str| it.file(name, "@@ -1 +1,2 @@\n a\n+b");
    let many = (0..7).fold(pull_request(12), |it, index| file(it, &format!("{index}.c")));
    let repeated = file(file(pull_request(12), "a.c"), "6.c").files_a_page(1).repeats_its_first_page();
    for pull_request in [many.files_a_page(1), repeated] {
        let lines = changed(pull_request.clone(), vec![]);
        assert!(!lines.misses_files() && lines.touches("6.c", Some(2)) && !lines.touches("6.c", Some(1)));
        let lines = changed(pull_request, vec![Fault::new(DIFF, &[], 404)]);
        assert!(lines.misses_files() && lines.touches("6.c", Some(1)) && lines.touches("b.c", Some(7)));
    }
}

/// What each failure means for the caller, and its advice.
#[test]
fn each_failure_has_its_kind() {
    let wrong = |body: Value| Fault { body, ..Fault::new(REQUEST, &[], 200) };
    let without = |path: &[&str], value: Value| {
        let mut body = pull_request(12).on_gitea();
        *path.iter().fold(&mut body, |at, name| &mut at[*name]) = value;
        wrong(body)
    };
    let refused = |status, message: &str| Fault {
        body: json!({"message": message}),
        ..Fault::new(REQUEST, &[], status)
    };
    let scope = "token does not have at least one of required scope(s), required=[read:repository]";
    let cases = [
        ("no right", refused(403, "user should have permission to read"), Outcome::Denied),
        ("scope", refused(403, scope), Outcome::Denied),
        ("bad token", refused(401, "invalid username, password or token"), Outcome::Denied),
        ("not visible", refused(404, "The target couldn't be found."), Outcome::Denied),
        ("down", Fault::new(REQUEST, &[], 502), Outcome::Unavailable),
        ("a list", wrong(json!([1])), Outcome::Unavailable),
        ("another number", without(&["number"], json!(13)), Outcome::Unavailable),
        ("a head that is not a commit", without(&["head", "sha"], json!("../../x")), Outcome::Unavailable),
        ("no branch", without(&["base", "ref"], json!("")), Outcome::Unavailable),
    ];
    let mut table = Table::default();
    for (name, fault, outcome) in cases {
        let forge = Forge::new();
        forge.state().faults = vec![fault];
        let error = review(&forge, same).pull_request(None).expect_err(name);
        assert_eq!(error.outcome(), outcome, "{name}: {error}");
        table.add(name, &shown(&forge, error));
    }
    let forge = Forge::new();
    let without_token = |run: &mut Run| {
        run.without("GITHUB_TOKEN");
    };
    let error = review(&forge, without_token).pull_request(None).expect_err("no token");
    assert_eq!(error.outcome(), Outcome::Denied);
    table.add("without a token", &shown(&forge, error));
    assert_shown!("reading_a_pull_request", table.text());
}

/// The token goes to the server that a variable names, never to one that only the address of a change does.
#[test]
fn only_a_named_server_gets_the_token() {
    let forge = Forge::new();
    let world = World::new(succeeded());
    let jenkins = |address: &str, api: Option<&str>| {
        let mut run = world.run(&CHECK);
        run.env("JENKINS_URL", "https://j/").env("CHANGE_ID", "12").env("CHANGE_URL", address);
        run.env("GITEA_TOKEN", crate::kit::forge::GITEA_TOKEN);
        if let Some(api) = api {
            run.env("GITEA_API_URL", api);
        }
        codearts_gate::ci::detect(&|name| run.variable(name)).facts.change
    };
    let here = format!("{}/acme/widget/pulls/12", forge.origin());
    for (address, api, is_known) in [
        (here.as_str(), Some(forge.origin()), true),
        (here.as_str(), None, false),
        (here.as_str(), Some("https://elsewhere.example"), false),
    ] {
        let change = jenkins(address, api);
        let is_gitea = matches!(change, Some(codearts_gate::ci::Change::Gitea(..)));
        assert_eq!(is_gitea, is_known, "{change:?}");
    }
    let mut run = world.run(&CHECK);
    run.env("JENKINS_URL", "https://j/").env("CHANGE_ID", "12").env("CHANGE_URL", &here);
    run.env("GITEA_TOKEN", crate::kit::forge::GITEA_TOKEN).env("GITEA_API_URL", forge.origin());
    let found = Review::of(&run).pull_request(None).expect("a pull request");
    assert_eq!((found.pull_request.number, found.job_head), (12, None));
}
