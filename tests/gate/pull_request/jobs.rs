//! In which jobs the mode works, and which pull request it is about there.

use super::place::{PLACES, Place};
use super::{CHECK, OTHER_HEAD, PROJECT, parent_with, story, traces};
use crate::kit::forge::{Fault, Forge, GITHUB_TOKEN, GITLAB_TOKEN, HEAD, pull_request};
use crate::kit::scenario::{endless, task};
use crate::kit::{Ended, Run, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::{Value, json};

/// In a multibranch build of Jenkins, which knows the address of the pull request alone.
fn on_jenkins(world: &World, forge: &Forge, url: &str) -> Run {
    let mut run = world.run(&CHECK);
    run.env("JENKINS_URL", "https://jenkins.example/").env("BUILD_URL", "https://jenkins.example/job/w/7/");
    run.env("CHANGE_URL", url).env("BUILD_NUMBER", "7").env("JOB_NAME", "widget/PR-12");
    run.env("GITHUB_API_URL", forge.origin()).env("GITHUB_TOKEN", GITHUB_TOKEN);
    run.env("GITHUB_GRAPHQL_URL", &format!("{}/graphql", forge.origin()));
    run.env("CI_API_V4_URL", &format!("{}/api/v4", forge.origin())).env("GITLAB_TOKEN", GITLAB_TOKEN);
    run
}

const OF_GITLAB: &str = "https://gitlab.example.com/acme/widget";

fn of_gitlab() -> World {
    World::new(Place::GitLab.story(task().ends_at_poll(1)))
}

fn checked(ended: &Ended) -> Value {
    let known = &ended.result()["tasks"][0]["pull_request"];
    json!([known["forge"], known["number"], known["head"]])
}

#[test]
fn jenkins_and_gitlab_know_their_pull_request() {
    let forge = Forge::with(pull_request(12));
    let world = World::new(parent_with(|_| ()));
    let ended = on_jenkins(&world, &forge, "https://github.com/acme/widget/pull/12").finish().expect(0);
    assert_eq!(checked(&ended), json!(["github", 12, HEAD]));
    let world = of_gitlab();
    let address = format!("{OF_GITLAB}/-/merge_requests/12");
    let ended = on_jenkins(&world, &forge, &address).finish().expect(0);
    assert_eq!(checked(&ended), json!(["gitlab", 12, HEAD]));
    let world = of_gitlab();
    let ended = Place::GitLab.job(&world, &forge, HEAD, &CHECK).finish().expect(0);
    assert_eq!(checked(&ended), json!(["gitlab", 12, HEAD]));
    let body: Value = serde_json::from_slice(&world.calls("task-create")[0].body).expect("JSON");
    assert_eq!(body["git_url"], format!("{OF_GITLAB}.git"));
    assert_eq!(forge.state().gitlab.notes.len(), 1, "the same note");
}

/// The commit of a merge queue merges several pull requests: it is not the head, and never compared with it.
#[test]
fn a_merge_queue_checks_the_pull_request_that_it_names() {
    for head in [HEAD, OTHER_HEAD] {
        let world = World::new(parent_with(|_| ()));
        let forge = Forge::with(pull_request(12).head(head));
        let ended = world.run_on_github(&forge, "merge_group", &CHECK).finish().expect(0);
        assert_eq!(checked(&ended), json!(["github", 12, head]));
    }
}

/// (number, works) in a job about another pull request, and in one about none. What is published goes to the one that was checked.
#[test]
fn a_number_beats_the_job() {
    for (event, number, code) in [
        ("pull_request", "7", 0),
        ("pull_request", "12", 0),
        ("schedule", "7", 0),
        ("push", "7", 0),
        ("pull_request", "99", 64),
        ("schedule", "99", 64),
    ] {
        let world = World::new(parent_with(|_| ()));
        let forge = Forge::with(pull_request(12));
        forge.state().pull_requests.push(pull_request(7).head(OTHER_HEAD).branches("fix", "main"));
        let arguments = ["check", TASK, "--pull-request", number, "--report", "none", "--publish"];
        let arguments = [&arguments[..], &["comment,check-run"]].concat();
        let mut run = world.run_on_github(&forge, "pull_request", &arguments);
        run.env("GITHUB_EVENT_NAME", event);
        if event == "schedule" {
            run.env("GITHUB_EVENT_PATH", "/nonexistent");
        }
        let ended = run.finish();
        assert_eq!(ended.code, code, "{event} {number}\n{}", ended.stderr);
        assert_eq!(traces(&world), (usize::from(code == 0), 0), "{event} {number}");
        let of_number = format!("POST /repos/acme/widget/issues/{number}/comments");
        let written = forge.requests("POST /repos/acme/widget/issues/").len();
        if code != 0 {
            // What has this number may be an issue.
            assert_eq!(written, 0, "{event} {number}");
        } else {
            assert_eq!(ended.result()["tasks"][0]["pull_request"]["number"].to_string(), number);
            assert_eq!((forge.requests(&of_number).len(), written), (1, 1), "{event} {number}");
            let head = if number == "7" { OTHER_HEAD } else { HEAD };
            assert_eq!(forge.state().check_runs[0]["head_sha"], head, "{event} {number}");
        }
    }
}

#[test]
fn a_number_beats_the_job_on_gitlab() {
    for (number, is_of_job) in [("7", false), ("12", true)] {
        let world = of_gitlab();
        let forge = Forge::with(pull_request(12));
        forge.state().pull_requests.push(pull_request(7).head(OTHER_HEAD).branches("fix", "main"));
        let arguments = ["check", TASK, "--pull-request", number, "--report", "none"];
        let ended = Place::GitLab.job(&world, &forge, HEAD, &arguments).finish().expect(0);
        assert_eq!(ended.result()["tasks"][0]["pull_request"]["number"].to_string(), number);
        let notes = |iid: &str| {
            forge.requests(&format!("POST /api/v4/projects/1001/merge_requests/{iid}/notes")).len()
        };
        assert_eq!((notes("7"), notes("12")), if is_of_job { (0, 1) } else { (1, 0) });
    }
}

/// One branch can lead to two targets. A job that knows only its commit or branch is about neither more than about the other: nothing
/// is checked or written until somebody chooses.
#[test]
fn a_branch_with_two_pull_requests() {
    let on_github = |listed: Value| {
        let mut both: Value =
            serde_json::from_str(include_str!("../../data/github/commit-pulls.json")).expect("JSON");
        both[1]["state"] = json!("open");
        both[1]["number"] = json!(7);
        let of_commit = "GET /repos/acme/widget/commits/2222222222222222222222222222222222222222/pulls";
        let of_branch = "GET /repos/acme/widget/pulls?head=";
        let forge = Forge::with(pull_request(12));
        forge.state().pull_requests.push(pull_request(7).branches("feature", "dev"));
        let faults =
            [of_commit, of_branch].map(|path| Fault { body: both.clone(), ..Fault::new(path, &[], 200) });
        forge.state().faults.extend(faults);
        let mut event: Value =
            serde_json::from_str(include_str!("../../data/github/event-workflow_run-same-repo.json"))
                .expect("JSON");
        event["workflow_run"]["pull_requests"] = listed;
        (forge, event)
    };
    let of_event: Value =
        serde_json::from_str(include_str!("../../data/github/event-workflow_run-same-repo.json"))
            .expect("JSON");
    let mut listed = of_event["workflow_run"]["pull_requests"].clone();
    let mut other = listed[0].clone();
    other["number"] = json!(7);
    listed.as_array_mut().expect("a list").push(other);
    let publishing = ["check", TASK, "--start", "--report", "none"];
    let chosen = ["check", TASK, "--pull-request", "7", "--report", "none"];
    let mut table = Table::default();
    for event in ["push", "workflow_run", "workflow_run with both"] {
        let run = |arguments: &[&str], story| {
            let (forge, body) = on_github(if event.ends_with("both") { listed.clone() } else { json!([]) });
            let world = World::new(story);
            let name = event.split(' ').next().expect("a name");
            let file = if name == "push" { "push" } else { "workflow_run-same-repo" };
            let mut run = world.run_on_github(&forge, file, arguments);
            if name != "push" {
                let path = run.directory().join("event.json");
                std::fs::write(&path, body.to_string()).expect("a file");
                run.env("GITHUB_EVENT_NAME", name).env("GITHUB_EVENT_PATH", path.to_str().expect("UTF-8"));
            }
            let ended = run.finish();
            let written = forge.state().comments.len();
            (ended, written, traces(&world))
        };
        let (ended, written, traces) = run(&CHECK, parent_with(|_| ()));
        assert_eq!((ended.code, written, traces), (64, 0, (0, 0)), "{event}\n{}", ended.stderr);
        table.add(format!("{event}, auto"), &lines_with(&ended.stderr, "several open"));
        let (ended, written, _) = run(&chosen, parent_with(|script| script.branch = Some("dev".to_owned())));
        assert_eq!((ended.code, written), (0, 1), "{event}\n{}", ended.stderr);
        assert_eq!(ended.result()["tasks"][0]["pull_request"]["number"], 7);
        let (ended, written, _) = run(&publishing, story(task().ends_at_poll(1)));
        assert_eq!((ended.code, written), (0, 0), "{event}\n{}", ended.stderr);
        table.add(format!("{event}, published"), &lines_with(&ended.stderr, "several open"));
    }
    let open = |iid: u64| json!({"iid": iid, "project_id": 1001, "state": "opened", "source_branch": "feature", "source_project_id": 1001});
    for is_listed in [true, false] {
        let run = |arguments: &[&str], story| {
            let forge = Forge::with(pull_request(12));
            forge.state().pull_requests.push(pull_request(7).branches("feature", "dev"));
            let world = World::new(story);
            let mut run = Place::GitLab.job(&world, &forge, HEAD, arguments);
            run.without("CI_MERGE_REQUEST_IID").without("CI_MERGE_REQUEST_PROJECT_ID");
            run.env("CI_COMMIT_BRANCH", "feature");
            if is_listed {
                run.env("CI_OPEN_MERGE_REQUESTS", "acme/widget!12,acme/widget!7");
            } else {
                forge.state().gitlab.merge_requests = vec![open(12), open(7)];
            }
            let ended = run.finish();
            let written = forge.state().gitlab.notes.len();
            (ended, written, traces(&world))
        };
        let (ended, written, traces) = run(&CHECK, Place::GitLab.story(task().ends_at_poll(1)));
        assert_eq!((ended.code, written, traces), (64, 0, (0, 0)), "{is_listed}\n{}", ended.stderr);
        table.add(format!("GitLab, listed {is_listed}, auto"), &lines_with(&ended.stderr, "several open"));
        let (ended, written, _) = run(&publishing, Place::GitLab.story(task().ends_at_poll(1)));
        assert_eq!((ended.code, written), (0, 0), "{is_listed}\n{}", ended.stderr);
        table.add(
            format!("GitLab, listed {is_listed}, published"),
            &lines_with(&ended.stderr, "several open"),
        );
    }
    assert_shown!("a_branch_with_two_pull_requests", table.text());
}

/// The commit of the job is not the one that was checked.
#[test]
fn nothing_is_said_about_the_commit_of_another_job() {
    let arguments = ["check", TASK, "--pull-request", "7"];
    let world = World::new(parent_with(|_| ()));
    let forge = Forge::with(pull_request(12));
    forge.state().pull_requests.push(pull_request(7).head(OTHER_HEAD).branches("fix", "main"));
    let sarif = [&arguments[..], &["--report", "sarif", "--publish", "sarif"]].concat();
    let ended = world.run_on_github(&forge, "push", &sarif).finish().expect(5);
    assert!(ended.stderr.contains("not published as sarif: the event `push` does not name the commit"));
    assert_eq!(forge.state().sarifs.len(), 0);
    let world = of_gitlab();
    let status = [&arguments[..], &["--report", "none", "--publish", "check-run"]].concat();
    let ended = world.run_on_gitlab(&forge, &status).finish().expect(5);
    assert!(ended.stderr.contains("not published as check-run: "), "{}", ended.stderr);
    assert_eq!(forge.state().gitlab.statuses.len(), 0);
}

/// Two full tasks of one target: each has its merge-request task, and all end when the head moves.
#[test]
fn several_tasks_check_one_pull_request() {
    let other = "3".repeat(32);
    let two = ["check", TASK, &other, "--pull-request", "auto", "--report", "none", "--project-id", PROJECT];
    let world = World::new(parent_with(|_| ()));
    let forge = Forge::with(pull_request(12));
    let ended = world.run_on_github(&forge, "pull_request", &two).finish().expect(0);
    assert_eq!(traces(&world), (2, 0));
    // Named alike, they have their ids beside their names: shortened during the wait, whole at the end.
    for id in [TASK, &other] {
        for line in
            [format!("sandbox ({}): starting a run\n", &id[..8]), format!("sandbox ({id}): passed - ")]
        {
            assert_eq!(ended.stderr.matches(&line).count(), 1, "{line} in {}", ended.stderr);
        }
        let comment = &forge.state().comments[0].body;
        let text = format!("| sandbox \\({}", &id[..6]);
        assert_eq!(comment.matches(&text).count(), 2, "{text} in {comment}");
    }
    let world = World::new(story(endless()));
    let forge = Forge::with(pull_request(12).moves_to(OTHER_HEAD).at_look(5));
    let moving = [&two[..], &["--head-interval", "300ms"]].concat();
    let ended = world.run_on_github(&forge, "pull_request", &moving).finish().expect(6);
    assert_eq!(traces(&world), (2, 0), "{}", ended.stderr);
    assert_eq!(world.calls("stop").len(), 2);
}

/// The same mode on GitLab: what people read when all is well, and when the head moves.
#[test]
fn what_people_read_on_gitlab() {
    let mut table = Table::default();
    for (name, moves, code) in [("passed", false, 0), ("moved in mid-wait", true, 6)] {
        let world = World::new(Place::GitLab.story(if moves { endless() } else { task().ends_at_poll(1) }));
        let one = pull_request(12);
        let forge = Forge::with(if moves { one.moves_to(OTHER_HEAD).at_look(3) } else { one });
        let arguments = [&CHECK[..], &["--head-interval", "100ms"]].concat();
        let ended = Place::GitLab.job(&world, &forge, HEAD, &arguments).finish().expect(code);
        table.add(name, &ended.stderr);
        table.add(format!("note: {name}"), &forge.state().gitlab.notes[0].body);
    }
    assert_shown!("a_merge_request_on_gitlab", table.text());
}

/// The rules and the changed lines are those of the branch that it led to.
#[test]
fn a_pull_request_that_leads_elsewhere_is_outdated() {
    for place in PLACES {
        for (look, runs) in [(2, 0), (3, 1)] {
            let world = World::new(place.story(task().ends_at_poll(1)));
            let forge = Forge::with(pull_request(12).retargeted_at_look("release", look));
            let arguments = [&CHECK[..], &["--gate", "off"]].concat();
            let ended = place.job(&world, &forge, HEAD, &arguments).finish().expect(6);
            assert_eq!(traces(&world), (runs, 0), "{place:?} {look}");
            assert_shown!("a_pull_request_that_leads_elsewhere", lines_with(&ended.stderr, "error: "));
        }
    }
}
