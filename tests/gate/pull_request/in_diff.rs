//! `--publish review`: findings on changed lines as comments in the diff, each once, taken back when it is gone.

use super::place::{PLACES, Place};
use super::{CHECK, OTHER_HEAD};
use crate::findings::rows::row;
use crate::kit::forge::{Fault, Forge, HEAD, Inline, PullRequest, pull_request};
use crate::kit::scenario::{STOPPED, Story, Task, endless, returns, task};
use crate::kit::{Ended, TASK, World};
use crate::snapshot::{assert_shown, lines_with};
use serde_json::{Value, json};

/// Adds lines 1 to 60 of `src/a.c`.
fn changing() -> PullRequest {
    let lines: String = (1..=60).map(|line| format!("+{line}\n")).collect();
    pull_request(12).file("src/a.c", &format!("@@ -0,0 +1,60 @@\n{lines}"))
}

fn finding(rows: &[Value]) -> Task {
    task().ends_at_poll(1).defects(rows.to_vec()).gate(1)
}

fn publish(place: Place, forge: &Forge, task: Task, more: &[&str]) -> Ended {
    publish_of(place, forge, place.story(task), more)
}

fn publish_of(place: Place, forge: &Forge, story: Story, more: &[&str]) -> Ended {
    let world = World::new(story);
    let arguments = [&CHECK[..], &["--publish", "review"], more].concat();
    place.job(&world, forge, HEAD, &arguments).finish()
}

/// Lines of the comments, and how each begins below its mark.
fn shown(forge: &Forge) -> Vec<(u64, String)> {
    let state = forge.state();
    let begin = |comment: &Inline| comment.body.lines().nth(1).unwrap_or_default().to_owned();
    state.inline.iter().map(|comment| (comment.line, begin(comment))).collect()
}

fn reply(forge: &Forge, at: usize) {
    let mut state = forge.state();
    let first = state.inline[at].id;
    state.inline.push(Inline {
        id: 990_000 + first % 1000,
        login: "dev1".to_owned(),
        body: "Why?".to_owned(),
        reply_to: Some(first),
        ..Inline::default()
    });
}

/// How many requests wrote something in the diff.
fn writes(forge: &Forge) -> usize {
    let of_diff =
        |line: &str| ["/reviews", "/discussions", "/pulls/comments/"].iter().any(|part| line.contains(part));
    let state = forge.state();
    state.requests.iter().filter(|(line, _)| !line.starts_with("GET ") && of_diff(line)).count()
}

#[test]
fn each_finding_on_a_changed_line_has_one_comment() {
    for place in PLACES {
        let forge = Forge::with(changing());
        let rows = [
            row(1, 2, "src/a.c", 3),
            row(2, 0, "src/a.c", 7),
            row(3, 0, "src/a.c", 61),
            row(4, 0, "src/b.c", 1),
        ];
        let ended = publish(place, &forge, finding(&rows), &[]).expect(0);
        let first = shown(&forge);
        assert_eq!(first, [(7, "**critical:** m2".to_owned()), (3, "**minor:** m1".to_owned())], "{place:?}");
        assert!(
            ended.stderr.contains("review: 2 comments added, 0 kept, 0 withdrawn; 2 findings on"),
            "{}",
            ended.stderr
        );
        if place == Place::GitHub {
            assert_shown!("a_comment_in_the_diff", &forge.state().inline[0].body);
            let review = forge.requests(place.inline_creation())[0].clone();
            assert_eq!((&review["commit_id"], &review["event"]), (&json!(HEAD), &json!("COMMENT")));
        }
        // Nothing is sent when nothing has changed but the line; nor with another scope.
        let before = writes(&forge);
        let moved = [row(1, 2, "src/a.c", 13), row(2, 0, "src/a.c", 17)];
        publish(place, &forge, finding(&moved), &["--scope", "all"]).expect(0);
        assert_eq!((shown(&forge), writes(&forge)), (first, before), "{place:?}");
        // Another key, other comments.
        publish(place, &forge, finding(&rows), &["--comment-key", "nightly"]).expect(0);
        assert_eq!(forge.state().inline.len(), 4, "{place:?}");
    }
}

#[test]
fn a_finding_that_is_gone_takes_its_comment_along() {
    for place in PLACES {
        let forge = Forge::with(changing());
        let rows = [row(1, 0, "src/a.c", 3), row(2, 0, "src/a.c", 7), row(3, 0, "src/a.c", 9)];
        publish(place, &forge, finding(&rows), &[]).expect(0);
        reply(&forge, 1);
        publish(place, &forge, finding(&rows[2..]), &[]).expect(0);
        let state = |forge: &Forge| {
            let shown = |one: &Inline| (one.line, one.body.contains("No longer found."), one.is_resolved);
            forge.state().inline.iter().map(shown).collect::<Vec<_>>()
        };
        let reply_of = (0, false, false);
        let gone = [(7, true, place.resolves()), (9, false, false), reply_of];
        assert_eq!(state(&forge), gone, "{place:?}");
        assert_eq!(forge.state().inline[2].body, "Why?");
        // Once is enough.
        let before = writes(&forge);
        publish(place, &forge, finding(&rows[2..]), &[]).expect(0);
        assert_eq!((state(&forge), writes(&forge)), (gone.to_vec(), before), "{place:?}");
        // It comes back: the old comment has its answer, so there is a new one.
        publish(place, &forge, finding(&rows[1..]), &[]).expect(0);
        assert_eq!(state(&forge), [&gone[..], &[(7, false, false)]].concat(), "{place:?}");
        // What is gone altogether leaves only what was answered.
        publish(place, &forge, finding(&[]), &[]).expect(0);
        assert_eq!(state(&forge), [gone[0], reply_of], "{place:?}");
    }
}

#[test]
fn comments_of_others_are_left_alone() {
    for place in PLACES {
        let forge = Forge::with(changing());
        let rows = [row(1, 0, "src/a.c", 3)];
        publish(place, &forge, finding(&rows), &[]).expect(0);
        let body = forge.state().inline[0].body.clone();
        let stranger =
            |id| Inline { id, login: "mallory".to_owned(), body: body.clone(), line: 3, ..Inline::default() };
        forge.state().inline = (1..=120).map(stranger).collect();
        publish(place, &forge, finding(&rows), &[]).expect(0);
        assert_eq!(forge.state().inline.len(), 121, "{place:?}");
        publish(place, &forge, finding(&[]), &[]).expect(0);
        let left: Vec<u64> = forge.state().inline.iter().map(|one| one.id).collect();
        assert_eq!(left, (1..=120).collect::<Vec<_>>(), "{place:?}");
        assert_eq!(forge.state().inline[119].body, body);
    }
}

#[test]
fn the_worst_thirty_are_shown() {
    for place in PLACES {
        let forge = Forge::with(changing());
        let rows: Vec<Value> =
            (1..=50).map(|id| row(id, if id > 40 { 0 } else { 2 }, "src/a.c", id)).collect();
        publish(place, &forge, finding(&rows), &[]).expect(0);
        let lines = |forge: &Forge| shown(forge).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
        assert_eq!(lines(&forge), (41..=50).chain(1..=20).collect::<Vec<_>>(), "{place:?}");
        // Those that are there stay; what is gone makes room.
        let fixed: Vec<Value> = rows.iter().filter(|row| row["line_number"] != "45").cloned().collect();
        publish(place, &forge, finding(&fixed), &[]).expect(0);
        let expected: Vec<u64> = (41..=50).filter(|line| *line != 45).chain(1..=21).collect();
        assert_eq!(lines(&forge), expected, "{place:?}");
    }
}

/// Nothing is written and nothing is removed where the result is not about the head, or there is none.
#[test]
fn without_a_result_for_the_head_comments_stay() {
    for place in PLACES {
        let moved = changing().moves_to(OTHER_HEAD).at_look(3);
        let cases: [(PullRequest, Task, &[&str], i32); 4] = [
            (moved, finding(&[]), &[], 6),
            (changing(), task().ends_at_poll(1).ends(STOPPED), &[], 3),
            (changing(), endless(), &["--timeout", "1s"], 2),
            (changing(), finding(&[]).total(7), &["--scope", "all", "--report-timeout", "2s"], 5),
        ];
        for (now, task, more, code) in cases {
            let forge = Forge::with(changing());
            publish(place, &forge, finding(&[row(1, 0, "src/a.c", 3)]), &[]).expect(0);
            let before = writes(&forge);
            forge.state().pull_requests = vec![now];
            publish(place, &forge, task, more).expect(code);
            assert_eq!((shown(&forge).len(), writes(&forge)), (1, before), "{place:?} {code}");
        }
    }
}

/// A gate that failed shows its findings all the same, and stays failed where they cannot be shown.
#[test]
fn a_failed_gate_stays_failed() {
    for place in PLACES {
        let failing = || finding(&[row(1, 0, "src/a.c", 3)]).gate(0);
        let forge = Forge::with(changing());
        publish(place, &forge, failing(), &[]).expect(4);
        assert_eq!(forge.state().inline.len(), 1);
        let forge = Forge::with(changing());
        forge.state().faults = vec![Fault::new(place.inline_creation(), &[], 403)];
        publish(place, &forge, failing(), &[]).expect(4);
    }
}

#[test]
fn faults_leave_one_comment_each() {
    for place in PLACES {
        let (create, list, remove) = (place.inline_creation(), place.inline_list(), place.inline_removal());
        // The exit code, the comments, and how often they were sent at most.
        let cases = [
            (Fault::new(create, &[1], 502), 0, 2, 3),
            (Fault { is_done: true, ..Fault::new(create, &[1], 0) }, 0, 2, 2),
            (Fault { headers: &[("retry-after", "1")], ..Fault::new(create, &[1], 429) }, 0, 2, 3),
            (Fault::new(create, &[], 401), 5, 0, 1),
            (Fault::new(create, &[], 403), 5, 0, 2),
            (Fault::new(create, &[], 404), 5, 0, 2),
            (Fault::new(list, &[1], 503), 0, 2, 2),
            (Fault::new(list, &[], 403), 5, 0, 0),
            (Fault { body: json!({"message": "no list"}), ..Fault::new(list, &[], 200) }, 5, 0, 0),
        ];
        for (fault, code, comments, sent) in cases {
            let forge = Forge::with(changing());
            forge.state().faults = vec![fault.clone()];
            let rows = [row(1, 0, "src/a.c", 3), row(2, 0, "src/a.c", 7)];
            let ended = publish(place, &forge, finding(&rows), &[]);
            assert_eq!(ended.code, code, "{place:?} {fault:?}: {}", ended.stderr);
            assert_eq!(forge.state().inline.len(), comments, "{place:?} {fault:?}");
            assert!(forge.requests(create).len() <= sent, "{place:?} {fault:?}");
        }
        // Somebody else has removed it.
        let forge = Forge::with(changing());
        publish(place, &forge, finding(&[row(1, 0, "src/a.c", 3)]), &[]).expect(0);
        forge.state().faults = vec![Fault::new(remove, &[], 404)];
        publish(place, &forge, finding(&[]), &[]).expect(0);
    }
}

#[test]
fn a_finding_in_a_renamed_file_has_its_comment() {
    for place in PLACES {
        let patch = "@@ -1 +1 @@\n-a\n+b\n";
        let forge = Forge::with(pull_request(12).file("src/new.c", patch).named_before("src/old.c"));
        publish(place, &forge, finding(&[row(1, 0, "src/new.c", 1)]), &[]).expect(0);
        assert_eq!(shown(&forge), [(1, "**critical:** m1".to_owned())], "{place:?}");
    }
}

/// The forge knows better what its diff shows.
#[test]
fn a_line_outside_of_the_diff_is_left_out() {
    for place in PLACES {
        let forge = Forge::with(changing());
        let world = World::new(place.story(finding(&[row(1, 0, "src/a.c", 70), row(2, 2, "src/a.c", 3)])));
        let diff = "diff --git a/src/a.c b/src/a.c\n--- a/src/a.c\n+++ b/src/a.c\n@@ -3 +3 @@\n-a\n+b\n@@ -70 +70 @@\n-a\n+b\n";
        let arguments = [&CHECK[..], &["--publish", "review", "--diff", "changes.diff"]].concat();
        // The second run has nothing but that line to write.
        for _ in 0..2 {
            let run = place.job(&world, &forge, HEAD, &arguments);
            std::fs::write(run.directory().join("changes.diff"), diff).expect("a file");
            let ended = run.finish().expect(0);
            assert_eq!(shown(&forge).len(), 1, "{place:?}");
            let warning = "warning: review: no comment on `src/a.c:70`";
            assert!(ended.stderr.contains(warning), "{}", ended.stderr);
        }
    }
}

/// One line that is refused costs few requests, and the others are in few reviews.
#[test]
fn a_refused_line_divides_a_review_in_halves() {
    let forge = Forge::with(changing());
    let world = World::new(Place::GitHub.story(finding(
        &(1..=30).map(|id| row(id, 0, "src/a.c", if id == 9 { 70 } else { 3 })).collect::<Vec<_>>(),
    )));
    let diff = "diff --git a/src/a.c b/src/a.c\n--- a/src/a.c\n+++ b/src/a.c\n@@ -3 +3 @@\n-a\n+b\n@@ -70 +70 @@\n-a\n+b\n";
    let arguments = [&CHECK[..], &["--publish", "review", "--diff", "changes.diff"]].concat();
    let run = Place::GitHub.job(&world, &forge, HEAD, &arguments);
    std::fs::write(run.directory().join("changes.diff"), diff).expect("a file");
    run.finish().expect(0);
    assert_eq!(shown(&forge).len(), 29);
    let sent = forge.requests(Place::GitHub.inline_creation()).len();
    assert!((6..=11).contains(&sent), "{sent}");
}

/// A withdrawal that breaks off leaves no thread that looks as if a person had resolved it.
#[test]
fn a_finding_comes_back_after_a_broken_withdrawal() {
    let place = Place::GitLab;
    let forge = Forge::with(changing());
    let rows = [row(1, 0, "src/a.c", 3)];
    publish(place, &forge, finding(&rows), &[]).expect(0);
    reply(&forge, 0);
    forge.state().faults =
        vec![Fault::new("PUT /api/v4/projects/1001/merge_requests/12/discussions/", &[2], 403)];
    publish(place, &forge, finding(&[]), &[]).expect(5);
    publish(place, &forge, finding(&rows), &[]).expect(0);
    let open = |one: &&Inline| one.line == 3 && !one.is_resolved && !one.body.contains("No longer found.");
    let state = forge.state();
    assert_eq!(state.inline.iter().filter(open).count(), 1, "{:#?}", state.inline);
}

#[test]
fn unknown_lines_change_nothing() {
    for place in PLACES {
        let forge = Forge::with(changing());
        publish(place, &forge, finding(&[row(1, 0, "src/a.c", 3)]), &[]).expect(0);
        forge.state().faults = vec![Fault::new(place.files(), &[], 403)];
        let ended = publish(place, &forge, finding(&[]), &["--scope", "all"]).expect(5);
        assert_eq!(forge.state().inline.len(), 1, "{place:?}");
        assert_shown!(format!("unknown_lines_{place:?}"), lines_with(&ended.stderr, "review"));
    }
}

/// What outside text may do on a forge is tested beside it; here, what it must not be.
#[test]
fn no_finding_can_write_more_than_its_own_text() {
    let hostile = "/lgtm\n```suggestion\nrm -rf\n```\n@all #1 <img src=x> ".to_owned() + &"x".repeat(100_000);
    let mut row = row(1, 0, "src/a.c", 3);
    row["defect_content"] = json!(hostile);
    row["defect_checker_name"] = json!("/approve\n@all");
    for place in PLACES {
        let forge = Forge::with(changing());
        publish(place, &forge, finding(&[row.clone()]), &[]).expect(0);
        let body = forge.state().inline[0].body.clone();
        assert!(body.chars().count() < 2_000, "{place:?}");
        let begins =
            |line: &&str| ["/", "`", "@", "#"].iter().any(|start| line.trim_start().starts_with(start));
        assert_eq!(body.lines().find(begins), None, "{place:?}");
        assert!(!body.contains("@all #1") && !body.contains("<img"), "{place:?} {body}");
    }
}

/// What is shown in the diff changes nothing about what counts: here, the list has more than the summary.
#[test]
fn comments_in_the_diff_leave_the_verdict_alone() {
    let rows = [row(1, 2, "src/a.c", 3), row(2, 2, "src/b.c", 4), row(3, 2, "src/c.c", 5)];
    let summary = json!({"is_access": 1, "issue_count": 0, "critical_count": 0, "major_count": 0, "minor_count": 0,
                         "suggestion_count": 0});
    for place in PLACES {
        for (scope, code, counted) in [("all", 4, 3), ("changed", 0, 1)] {
            let forge = Forge::with(changing());
            let story = place.story(finding(&rows)).when("summary", returns(summary.clone()));
            let more = ["--scope", scope, "--max-issues", "2"];
            let ended = publish_of(place, &forge, story, &more).expect(code);
            let actual = ended.result()["tasks"][0]["gate"]["thresholds"][0]["actual"].clone();
            assert_eq!((actual, shown(&forge).len()), (json!(counted), 1), "{place:?} {scope}");
        }
    }
}

/// What is not listed is not gone.
#[test]
fn a_list_of_one_severity_takes_nothing_back() {
    for place in PLACES {
        let forge = Forge::with(changing());
        let rows = [row(1, 2, "src/a.c", 3), row(2, 0, "src/a.c", 4), row(3, 2, "src/a.c", 5)];
        publish(place, &forge, finding(&rows[..1]), &[]).expect(0);
        publish(place, &forge, finding(&rows), &["--severity", "critical", "--scope", "all"]).expect(0);
        let lines: Vec<u64> = shown(&forge).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [3, 4], "{place:?}");
    }
}

#[test]
fn what_the_baseline_knows_has_no_comment() {
    let rows = [row(1, 2, "src/a.c", 3), row(2, 2, "src/a.c", 4)];
    let keep = tempfile::tempdir().expect("a directory");
    let path = keep.path().join("baseline.json");
    let baseline = path.to_str().expect("UTF-8");
    let forge = Forge::with(changing());
    publish(Place::GitHub, &forge, finding(&rows[..1]), &["--write-baseline", baseline]).expect(0);
    publish(Place::GitHub, &forge, finding(&rows), &["--baseline", baseline, "--max-issues", "1"]).expect(0);
    assert_eq!(shown(&forge), [(4, "**minor:** m2".to_owned())]);
}

/// The lines of another branch are not those of the pull request.
#[test]
fn comments_in_the_diff_need_the_mode() {
    let forge = Forge::with(changing());
    let world = World::new(Place::GitHub.story(finding(&[])));
    let arguments = ["check", TASK, "--publish", "review"];
    let ended = Place::GitHub.job(&world, &forge, HEAD, &arguments).finish().expect(64);
    assert_shown!("comments_in_the_diff_without_the_mode", &ended.stderr);
}
