//! `--publish review`: findings on changed lines as comments in the diff, each once, on its line, taken back when it is gone. The
//! same on every forge that shows them.

use super::in_diff::{
    REPLY, WITH_DIFF, each, finding, one, publish, publish_of, sixty_lines, two_hunks, writes,
};
use super::place::{Place, at_once, passing};
use crate::findings::rows::row;
use crate::kit::forge::{Fault, Forge, HEAD, PullRequest, pull_request};
use crate::kit::scenario::{STOPPED, Task, endless, returns, task};
use crate::snapshot::{assert_shown, lines_with};
use serde_json::{Value, json};

const OTHER_HEAD: &str = "4444444444444444444444444444444444444444";

#[test]
fn each_finding_on_a_changed_line_has_one_comment() {
    each(|place| {
        let forge = two_hunks(place);
        let (one, two, three) = (row(1, 2, "src/a.c", 1), row(2, 0, "src/a.c", 42), row(3, 2, "src/a.c", 3));
        let others = [row(4, 0, "src/a.c", 20), row(5, 0, "src/b.c", 1)];
        let rows = [&[one, two, three][..], &others].concat();
        let ended = publish(place, &forge, finding(&rows), &[]).expect(0);
        let first = place.remarks(&forge, true);
        let shown: Vec<_> =
            first.iter().map(|shown| (&*shown.path, shown.line, shown.body.lines().nth(1))).collect();
        let expected = [(42, "**critical:** m2"), (1, "**minor:** m1"), (3, "**minor:** m3")];
        assert_eq!(shown, expected.map(|(line, text)| ("src/a.c", line, Some(text))), "{place:?}");
        let log = "review: 3 comments added, 0 kept, 0 withdrawn; 3 findings on";
        assert!(ended.stderr.contains(log), "{place:?}: {}", ended.stderr);
        assert!(forge.state().requests.len() <= 15, "{place:?}: {:?}", forge.state().requests);
        if place == Place::GitHub {
            assert_shown!("a_comment_in_the_diff", &first[0].body);
            let [_, create, _] = place.in_diff();
            let review = forge.requests(create)[0].clone();
            assert_eq!((&review["commit_id"], &review["event"]), (&json!(HEAD), &json!("COMMENT")));
        }
        // Nothing is sent when nothing has changed but the line; nor with another scope.
        let moved = [row(1, 2, "src/a.c", 3), row(2, 0, "src/a.c", 42), row(3, 2, "src/a.c", 1)];
        publish(place, &forge, finding(&moved), &["--scope", "all"]).expect(0);
        assert_eq!((place.remarks(&forge, true), writes(&forge)), (first, 0), "{place:?}");
        // Another key, other comments.
        publish(place, &forge, finding(&rows), &["--comment-key", "nightly"]).expect(0);
        assert_eq!(place.lines(&forge).len(), 6, "{place:?}");
    });
}

/// What nobody has replied to is removed; a reply stays, and what it replies to.
#[test]
fn a_finding_that_is_gone_takes_its_comment_along() {
    each(|place| {
        let forge = two_hunks(place);
        let rows = [one(1, 1), one(2, 3), one(3, 42)];
        publish(place, &forge, finding(&rows), &[]).expect(0);
        place.reply(&forge, 1);
        let state = || -> Vec<_> {
            let shown = place.remarks(&forge, true).into_iter();
            shown.map(|shown| (shown.line, shown.is_gone, shown.is_resolved)).collect()
        };
        let gone = [(3, true, place.resolves()), (42, false, false)];
        publish(place, &forge, finding(&rows[2..]), &[]).expect(0);
        assert_eq!(state(), gone, "{place:?}");
        // Once is enough.
        publish(place, &forge, finding(&rows[2..]), &[]).expect(0);
        assert_eq!((state(), writes(&forge)), (gone.to_vec(), 0), "{place:?}");
        let body = &place.remarks(&forge, true)[0].body;
        assert_eq!(body.matches("No longer found.").count(), 1, "{place:?}: {body}");
        // It comes back: the old comment has its answer, so there is a new one.
        publish(place, &forge, finding(&rows[1..]), &[]).expect(0);
        assert_eq!(state(), [&gone[..], &[(3, false, false)]].concat(), "{place:?}");
        // What is gone altogether leaves only what was answered.
        publish(place, &forge, finding(&[]), &[]).expect(0);
        assert_eq!(state(), gone[..1], "{place:?}");
        assert_eq!(place.texts_of_people(&forge), [REPLY], "{place:?}");
    });
}

/// Where people may edit a comment of the gate, they may have written something into it; one of an earlier version does not show
/// whether they have.
#[test]
fn what_people_write_into_a_comment_stays() {
    each(|place| {
        let forge = two_hunks(place);
        publish(place, &forge, finding(&[one(1, 1), one(2, 3), one(3, 42)]), &[]).expect(0);
        place.change(&forge, 0, |body| body.replacen("\n\n", "\n\nAccepted by dev1.\n\n", 1));
        place.change(&forge, 1, |body| {
            let mark = |line: &str| line.contains("codearts-gate");
            let words = |line: &str| line.split(' ').count() - if line.starts_with("<!--") { 3 } else { 2 };
            let end = |line: &str| if line.starts_with("<!--") { " -->" } else { "" };
            let old =
                |line: &str| line.split(' ').take(words(line)).collect::<Vec<_>>().join(" ") + end(line);
            body.lines().map(|line| if mark(line) { old(line) } else { line.to_owned() } + "\n").collect()
        });
        // A forge stores it in its own way.
        place.change(&forge, 2, |body| body.trim().replace('\n', " \r\n"));
        for sent in [None, Some(0)] {
            publish(place, &forge, finding(&[]), &[]).expect(0);
            let shown: Vec<_> =
                place.remarks(&forge, true).into_iter().map(|shown| (shown.line, shown.is_gone)).collect();
            assert_eq!(shown, [(1, true), (3, true)], "{place:?}");
            assert!(sent.is_none_or(|sent| sent == writes(&forge)), "{place:?}");
        }
        let body = &place.remarks(&forge, true)[0].body;
        assert_eq!(body.matches("Accepted by dev1.").count(), 1, "{place:?}: {body}");
        // Findings that come back are not shown by those.
        for sent in [3, 0] {
            publish(place, &forge, finding(&[one(1, 1), one(2, 3), one(3, 42)]), &[]).expect(0);
            let shown = place.remarks(&forge, true);
            let mut open: Vec<_> =
                shown.iter().filter(|shown| !shown.is_gone).map(|shown| shown.line).collect();
            open.sort_unstable();
            assert_eq!((open, shown.len()), (vec![1, 3, 42], 5), "{place:?}");
            assert_eq!(writes(&forge) > 0, sent > 0, "{place:?}");
        }
    });
}

/// Of findings with the same code, each keeps its comment where the forge lists on which lines its comments are now.
#[test]
fn the_comment_of_a_fixed_finding_goes_and_that_of_an_equal_one_stays() {
    let twin = |id: u32, line: u32| {
        let mut twin = one(1, line);
        twin["defect_id"] = json!(format!("d{id}"));
        twin
    };
    each(|place| {
        let (forge, knows_lines) = (two_hunks(place), [Place::GitHub, Place::GitLab].contains(&place));
        publish(place, &forge, finding(&[twin(1, 1), twin(2, 3)]), &[]).expect(0);
        assert_eq!(place.lines(&forge), [1, 3], "{place:?}");
        let left = if knows_lines { 3 } else { 1 };
        for sent in [1, 0] {
            publish(place, &forge, finding(&[twin(2, 3)]), &[]).expect(0);
            assert_eq!((place.lines(&forge), writes(&forge)), (vec![left], sent), "{place:?}");
        }
        // Those of a line that was changed are not on it any more.
        publish(place, &forge, finding(&[twin(1, 1), twin(2, 3)]), &[]).expect(0);
        let state = || place.lines(&forge);
        assert_eq!(state().len(), 2, "{place:?}");
        if knows_lines {
            forge.state().inline.iter_mut().find(|one| one.line == 1).expect("there").is_outdated = true;
            publish(place, &forge, finding(&[twin(2, 3)]), &[]).expect(0);
            assert_eq!(state(), [3], "{place:?}");
        }
    });
}

/// Anybody can paste a mark, also into a comment in the diff.
#[test]
fn comments_of_others_are_left_alone() {
    each(|place| {
        let forge = two_hunks(place);
        publish(place, &forge, finding(&[one(1, 3)]), &[]).expect(0);
        let body = place.remarks(&forge, true)[0].body.clone();
        place.copy(&forge, 120);
        for (row, line) in [(one(1, 3), 3), (one(2, 42), 42)] {
            publish(place, &forge, finding(&[row]), &[]).expect(0);
            assert_eq!(place.lines(&forge), [line], "{place:?}");
        }
        publish(place, &forge, finding(&[]), &[]).expect(0);
        assert_eq!(place.remarks(&forge, true), [], "{place:?}");
        assert_eq!(place.texts_of_people(&forge), vec![body; 120], "{place:?}");
    });
}

/// On as many pages of the list as it takes.
#[test]
fn the_worst_thirty_are_shown() {
    each(|place| {
        let forge = place.forge();
        let on_lines = (1..=50).map(|id| row(id, if id > 40 { 0 } else { 2 }, "src/a.c", id));
        let rows: Vec<Value> = on_lines.chain([row(60, 0, "src/x.c", 1)]).collect();
        for sent in [place.requests_for(30), 0] {
            publish(place, &forge, finding(&rows), &[]).expect(0);
            assert_eq!(place.lines(&forge), (41..=50).chain(1..=20).collect::<Vec<_>>(), "{place:?}");
            assert_eq!(writes(&forge), sent, "{place:?}");
        }
        // Those that are there stay; what is gone makes room.
        let fixed: Vec<Value> = rows.iter().filter(|row| row["line_number"] != "45").cloned().collect();
        publish(place, &forge, finding(&fixed), &[]).expect(0);
        let expected: Vec<u64> = (41..=50).filter(|line| *line != 45).chain(1..=21).collect();
        assert_eq!(place.lines(&forge), expected, "{place:?}");
    });
}

/// Nothing is written and nothing is removed where the result is not about the head, or there is none.
#[test]
fn without_a_result_for_the_head_comments_stay() {
    each(|place| {
        let moved = sixty_lines().moves_to(OTHER_HEAD).at_look(3);
        let cases: [(PullRequest, Task, &[&str], i32); 4] = [
            (moved, finding(&[]), &[], 6),
            (sixty_lines(), task().ends_at_poll(1).ends(STOPPED), &[], 3),
            (sixty_lines(), endless(), &["--timeout", "1s"], 2),
            (sixty_lines(), finding(&[]).total(7), &["--scope", "all", "--report-timeout", "2s"], 5),
        ];
        let forge = place.forge();
        publish(place, &forge, finding(&[one(1, 3)]), &[]).expect(0);
        for (now, task, more, code) in cases {
            forge.state().pull_requests = vec![now];
            publish(place, &forge, task, more).expect(code);
            assert_eq!((place.lines(&forge), writes(&forge)), (vec![3], 0), "{place:?} {code}");
        }
    });
}

/// Each fault leaves at most one comment a finding. A failed gate stays failed; a pass needs what is asked for by name.
#[test]
fn faults_leave_one_comment_each() {
    each(|place| {
        let [list, create, remove] = place.in_diff();
        let fault = |request, on, status| Fault {
            body: json!({"message": "no", "error_message": "no"}),
            ..Fault::new(request, on, status)
        };
        let all = place.requests_for(2);
        // How many comments there are, and how often they were sent.
        let cases = [
            (Fault { is_done: true, ..fault(create, &[1], 0) }, 2, all..=all),
            (Fault { headers: &[("retry-after", "1")], ..fault(create, &[1], 429) }, 2, all + 1..=all + 1),
            (fault(create, &[1], 500), 2, all + 1..=all + 1),
            (fault(create, &[1], 502), 2, all + 1..=all + 1),
            (fault(create, &[], 401), 0, 1..=1),
            (fault(create, &[], 403), 0, 1..=2),
            (fault(create, &[], 404), 0, 1..=1),
            // One line could be to blame.
            (fault(create, &[], 422), 0, 1..=3),
            (fault(list, &[1], 500), 2, all..=all),
            (fault(list, &[1], 503), 2, all..=all),
            (fault(list, &[], 401), 0, 0..=0),
            (fault(list, &[], 403), 0, 0..=0),
            // Not a list.
            (fault(list, &[], 200), 0, 0..=0),
        ];
        let fails = [Place::GitLab, Place::GitCode, Place::Forgejo].contains(&place);
        let rows = [one(1, 3), one(2, 7)];
        let failing = || finding(&rows).gate(0);
        for (fault, comments, sent) in cases {
            let forge = place.forge();
            forge.state().faults = vec![fault.clone()];
            let task = if fails { failing() } else { finding(&rows) };
            let ended = publish(place, &forge, task, &[]);
            let code = if fails { 4 } else { 5 * i32::from(comments == 0) };
            assert_eq!(ended.code, code, "{place:?} {fault:?}: {}", ended.stderr);
            assert_eq!(place.lines(&forge).len(), comments, "{place:?} {fault:?}: {}", ended.stderr);
            let number = forge.requests(create).len();
            assert!(sent.contains(&number), "{place:?} {fault:?}: {number}");
            let is_missed = ended.stderr.contains("not published as review: ");
            assert_eq!(is_missed, comments == 0, "{place:?} {fault:?}: {}", ended.stderr);
        }
        let forge = place.forge();
        publish(place, &forge, failing(), &[]).expect(4);
        assert_eq!(place.lines(&forge), [3, 7], "{place:?}");
        // Somebody else has removed it.
        forge.state().faults = vec![fault(remove, &[], 404)];
        publish(place, &forge, finding(&[]), &[]).expect(0);
        forge.state().faults = vec![fault(list, &[], 401)];
        publish(place, &forge, finding(&[]), &[]).expect(5);
        publish(place, &forge, failing(), &[]).expect(4);
    });
}

/// A list with more pages than are read may hold what would be written again.
#[test]
fn a_list_that_does_not_end_is_not_added_to() {
    each(|place| {
        let forge = place.forge();
        publish(place, &forge, finding(&[one(1, 3)]), &[]).expect(0);
        let on_pages = match place {
            Place::GitHub => 100 * 2,
            Place::GitLab => 50 * 10,
            Place::Gitee | Place::GitCode => 50 * 100,
            Place::Gitea | Place::Forgejo => 20 * 10,
            Place::CodeArtsRepo => 0,
        };
        place.copy(&forge, on_pages + 1);
        for (gate, code) in [(1, 5), (0, 4)] {
            let ended = publish(place, &forge, finding(&[one(1, 3)]).gate(gate), &[]).expect(code);
            let shown = lines_with(&ended.stderr, "not published as review: ");
            assert!(shown.contains("could not read the "), "{place:?}: {}", ended.stderr);
            assert_eq!(writes(&forge), 0, "{place:?}");
        }
    });
}

#[test]
fn a_finding_in_a_renamed_file_has_its_comment() {
    each(|place| {
        let renamed = pull_request(12).file("src/new.c", "@@ -1 +1 @@\n-a\n+b\n").named_before("src/old.c");
        let forge = Forge::with(renamed);
        publish(place, &forge, finding(&[row(1, 0, "src/new.c", 1)]), &[]).expect(0);
        assert_eq!(place.lines(&forge), [1], "{place:?}");
    });
}

/// The forge knows better what its diff shows.
#[test]
fn a_line_outside_of_the_diff_is_left_out() {
    each(|place| {
        let forge = place.forge();
        let task = || finding(&[row(1, 0, "src/a.c", 70), row(2, 2, "src/a.c", 3)]);
        // The second run has nothing but that line to write.
        for _ in 0..2 {
            let ended = publish(place, &forge, task(), &WITH_DIFF).expect(0);
            assert_eq!(place.lines(&forge), [3], "{place:?}");
            let warning = "warning: review: no comment on `src/a.c:70`";
            assert!(ended.stderr.contains(warning), "{place:?}: {}", ended.stderr);
        }
    });
}

/// One line that is refused costs few requests, and the others are in few reviews.
#[test]
fn a_refused_line_divides_a_review_in_halves() {
    let (place, forge) = (Place::GitHub, Place::GitHub.forge());
    let rows: Vec<Value> = (1..=30).map(|id| one(id, if id == 9 { 70 } else { 3 })).collect();
    publish(place, &forge, finding(&rows), &WITH_DIFF).expect(0);
    assert_eq!(place.lines(&forge).len(), 29);
    let sent = writes(&forge);
    assert!((6..=11).contains(&sent), "{sent}");
}

#[test]
fn unknown_lines_change_nothing() {
    each(|place| {
        let forge = place.forge();
        publish(place, &forge, finding(&[one(1, 3)]), &[]).expect(0);
        forge.state().faults = vec![Fault::new(place.changed_files(), &[], 403)];
        let ended = publish(place, &forge, finding(&[]), &["--scope", "all"]).expect(5);
        assert_eq!(place.lines(&forge), [3], "{place:?}");
        assert_shown!(format!("unknown_lines_{place:?}"), lines_with(&ended.stderr, "review"));
    });
}

/// Bots read raw text, also in the diff.
#[test]
fn no_finding_can_write_more_than_its_own_text() {
    let hostile = "/lgtm\n```suggestion\nrm -rf\n```\n@all #1 <b> | <img src=x> ".to_owned();
    let mut row = one(1, 3);
    row["defect_content"] = json!(hostile + &"/merge ".repeat(15_000));
    row["defect_checker_name"] = json!("/approve\n/close\n@all");
    each(|place| {
        let forge = place.forge();
        publish(place, &forge, finding(&[row.clone()]), &[]).expect(0);
        let body = &place.remarks(&forge, true)[0].body;
        assert!(body.chars().count() < 2_000, "{place:?}");
        let begins =
            |line: &&str| ["/", "`", "@", "#"].iter().any(|start| line.trim_start().starts_with(start));
        assert_eq!(body.lines().find(begins), None, "{place:?}");
        for raw in ["```", "@all", "#1", "<b>", "<img"] {
            assert!(!body.contains(raw), "{place:?}: {raw}: {body}");
        }
    });
}

/// What is shown in the diff changes nothing about what counts: here, the list has more than the summary.
#[test]
fn comments_in_the_diff_leave_the_verdict_alone() {
    let rows = [row(1, 2, "src/a.c", 3), row(2, 2, "src/b.c", 4), row(3, 2, "src/c.c", 5)];
    let summary = json!({"is_access": 1, "issue_count": 0, "critical_count": 0, "major_count": 0, "minor_count": 0,
                         "suggestion_count": 0});
    at_once([Place::GitHub, Place::GitLab], |place| {
        for (scope, code, counted) in [("all", 4, 3), ("changed", 0, 1)] {
            let forge = place.forge();
            let story = place.story(finding(&rows)).when("summary", returns(summary.clone()));
            let more = ["--scope", scope, "--max-issues", "2"];
            let ended = publish_of(place, &forge, story, &more).expect(code);
            let actual = ended.result()["tasks"][0]["gate"]["thresholds"][0]["actual"].clone();
            assert_eq!((actual, place.lines(&forge).len()), (json!(counted), 1), "{place:?} {scope}");
        }
    });
}

/// What is not listed is not gone.
#[test]
fn a_list_of_one_severity_takes_nothing_back() {
    at_once([Place::GitHub, Place::GitLab], |place| {
        let forge = place.forge();
        let rows = [row(1, 2, "src/a.c", 3), row(2, 0, "src/a.c", 4), row(3, 2, "src/a.c", 5)];
        publish(place, &forge, finding(&rows[..1]), &[]).expect(0);
        publish(place, &forge, finding(&rows), &["--severity", "critical", "--scope", "all"]).expect(0);
        assert_eq!(place.lines(&forge), [3, 4], "{place:?}");
    });
}

#[test]
fn what_the_baseline_knows_has_no_comment() {
    let rows = [row(1, 2, "src/a.c", 3), row(2, 2, "src/a.c", 4)];
    let keep = tempfile::tempdir().expect("a directory");
    let path = keep.path().join("baseline.json");
    let baseline = path.to_str().expect("UTF-8");
    let (place, forge) = (Place::GitHub, Place::GitHub.forge());
    publish(place, &forge, finding(&rows[..1]), &["--write-baseline", baseline]).expect(0);
    publish(place, &forge, finding(&rows), &["--baseline", baseline, "--max-issues", "1"]).expect(0);
    assert_eq!(place.lines(&forge), [4]);
}

/// The lines of another branch are not those of the pull request.
#[test]
fn comments_in_the_diff_need_the_mode() {
    let forge = Place::GitHub.forge();
    let ended = Place::GitHub.run(&forge, passing(), &["--publish", "review"]).expect(64);
    assert_shown!("comments_in_the_diff_without_the_mode", &ended.stderr);
}

/// CodeArts Repo shows no lines of a diff.
#[test]
fn a_forge_that_does_not_offer_it_is_a_mistake() {
    let forge = Forge::new();
    let more = ["--pull-request", "auto", "--scope", "all", "--publish", "review"];
    let ended = Place::CodeArtsRepo.run(&forge, passing(), &more).expect(64);
    assert!(ended.stderr.contains("review"), "{}", ended.stderr);
    assert_eq!(forge.state().requests.len(), 0);
}
