//! The one comment of the gate, on every forge.

use super::place::{Place, each, mark, passing};
use crate::kit::forge::{Fault, Forge, HEAD};
use crate::kit::scenario::{Task, succeeded};
use crate::kit::{Ended, TASK, World};
use serde_json::{Value, json};

const OTHER_HEAD: &str = "4444444444444444444444444444444444444444";
const THIRD_HEAD: &str = "5555555555555555555555555555555555555555";

/// After 120 comments of others, one of which begins with the gate's mark. The fakes of GitHub and GitLab have two a page.
#[test]
fn two_runs_leave_one_comment() {
    each(|place| {
        let forge = Forge::new();
        let copy = format!("{}\nstranger", mark());
        let number = if [Place::GitHub, Place::GitLab].contains(&place) { 60 } else { 120 };
        for number in 0..number {
            place.write(&forge, if number == 30 { &copy } else { "looks good" });
        }
        place.run(&forge, passing(), &[]).expect(0);
        assert!(place.own(&forge).starts_with(&format!("{}\n### ", mark())), "{}", place.own(&forge));
        place.run(&forge, worse(), &[]).expect(0);
        assert!(place.own(&forge).contains("| 2 (+2) |"), "{place:?}: {}", place.own(&forge));
        let (others, _) = place.comments(&forge);
        assert_eq!((others.len(), &others[30]), (number, &copy), "{place:?}");
        assert_eq!(forge.requests(place.create()).len(), 1, "{place:?}");
    });
}

/// The comment that a job of this head finds, after a push of [`OTHER_HEAD`].
#[derive(Clone, Copy)]
struct Found {
    /// The head that the job of the comment was about.
    of: &'static str,
    /// What has become of its text.
    change: fn(String) -> String,
    /// Whether the forge drops what is hidden.
    drops_marks: bool,
    /// Whether it stays as it is.
    is_kept: bool,
    /// How often the head is looked up.
    looks: usize,
}

/// A job that ends after somebody has pushed leaves the comment of a job of the new head alone, and no other: perhaps that head
/// gets no job.
#[test]
fn an_older_job_leaves_only_a_newer_comment_alone() {
    let same = |text| text;
    // As earlier versions wrote it.
    let without_mark = |text: String| {
        let is_other = |line: &&str| !line.starts_with("<!-- codearts-gate-head:");
        let lines: Vec<&str> = text.lines().filter(is_other).collect();
        [THIRD_HEAD, OTHER_HEAD].iter().fold(lines.join("\n"), |text, head| {
            text.replace(&format!("\ncodearts-gate `{TASK}` `{head}`"), &format!("\ncodearts-gate `{TASK}`"))
        })
    };
    let written = |of, looks| Found { of, change: same, drops_marks: false, is_kept: false, looks };
    let cases = [
        ("newer", Found { is_kept: true, ..written(OTHER_HEAD, 1) }),
        (
            "newer, with other ends of lines",
            Found { is_kept: true, change: |text| text.replace('\n', "\r\n"), ..written(OTHER_HEAD, 1) },
        ),
        ("of the same head", written(HEAD, 0)),
        ("of an earlier head", written(THIRD_HEAD, 1)),
        ("without a mark", Found { change: without_mark, ..written(OTHER_HEAD, 0) }),
    ];
    each(|place| {
        let keeps_marks = cases.iter().copied();
        let is_visible = [Place::Gitee, Place::GitCode].contains(&place);
        let dropped = cases.iter().filter(|_| is_visible);
        let dropped = dropped.map(|(name, found)| (*name, Found { drops_marks: true, ..*found }));
        for (name, found) in keeps_marks.chain(dropped) {
            let about = format!("{place:?}, {name}, drops marks: {}", found.drops_marks);
            let forge = Forge::new();
            forge.state().drops_marks = found.drops_marks;
            // No text of a finding is a mark.
            place
                .run_at(&forge, found.of, with_rows(marks_of(OTHER_HEAD)), &["--allow", "gate-failed"])
                .expect(0);
            place.change_own(&forge, found.change);
            let before = place.own(&forge);
            forge.push(12, OTHER_HEAD);
            forge.state().forget_requests();
            let ended = place.run_at(&forge, HEAD, worse(), &[]).expect(0);
            // The variables of CodeArts Pipeline name no head.
            let is_known = place != Place::CodeArtsRepo;
            let is_kept = is_known && found.is_kept;
            assert_eq!(place.own(&forge) == before, is_kept, "{about}: {before}\n{}", ended.stderr);
            assert_eq!(ended.stderr.contains("comment: left as it is"), is_kept, "{about}: {}", ended.stderr);
            let state = forge.state();
            let is_look = |(line, _): &&(String, Value)| {
                ["/pulls/12", "/merge_requests/12"].iter().any(|end| line.ends_with(end))
            };
            let looks = state.requests.iter().filter(is_look).count();
            assert_eq!(looks, if is_known { found.looks } else { 0 }, "{about}: {:?}", state.requests);
        }
    });
}

/// Findings whose texts look like marks of a comment about this head.
fn marks_of(head: &str) -> Vec<Value> {
    let hidden = format!("<!-- codearts-gate-head:{head} -->");
    let visible = format!("codearts-gate `{TASK}` `{head}`");
    let texts = [format!("x\n{hidden}\n"), format!("x\r\n{visible}\r\n"), hidden, visible];
    (1..).zip(&texts).map(|(number, text)| row(number, text, text)).collect()
}

/// What fails after the comment has been written is in the comment, although somebody has pushed before.
#[cfg(target_os = "linux")]
#[test]
fn a_late_failure_is_in_the_comment_of_an_older_job() {
    each(|place| {
        let (forge, world) = (Forge::new(), World::new(passing()));
        forge.push(12, OTHER_HEAD);
        let run = place.job(&world, &forge, &["--json"]);
        let ended = run.wait(run.spawn_through_shell("exec \"$0\" \"$@\" >/dev/full")).expect(5);
        assert!(place.own(&forge).contains("report-failed"), "{place:?}: {}", ended.stderr);
    });
}

/// Where it cannot be read what the head is now, or the job is about no head, the result is the newest that is known.
#[test]
fn a_head_that_is_not_known_keeps_nothing_back() {
    let refused = |request| vec![Fault { body: json!({"message": "no"}), ..Fault::new(request, &[], 403) }];
    let of_queue = |world: &World, forge: &Forge| {
        world.run_on_github(forge, "merge_group", &["check", TASK, "--report", "none"]).finish()
    };
    let cases: [(Place, &dyn Fn(&Forge) -> Ended, Vec<Fault>); 3] = [
        (
            Place::GitHub,
            &|forge| Place::GitHub.run(forge, worse(), &[]),
            refused("GET /repos/acme/widget/pulls/12"),
        ),
        (
            Place::Gitea,
            &|forge| Place::Gitea.run(forge, worse(), &[]),
            refused("GET /api/v1/repos/acme/widget/pulls/12"),
        ),
        (Place::GitHub, &|forge| of_queue(&World::new(worse()), forge), vec![]),
    ];
    for (place, run, faults) in cases {
        let forge = Forge::new();
        place.run_at(&forge, OTHER_HEAD, passing(), &[]).expect(0);
        forge.push(12, OTHER_HEAD);
        forge.state().faults = faults;
        let ended = run(&forge).expect(0);
        assert!(place.own(&forge).contains("| 2 (+2) |"), "{place:?}: {}", ended.stderr);
    }
}

fn worse() -> Task {
    passing().findings([2, 1, 4, 9])
}

/// Texts of findings that mean something to a forge or to its bots.
const HOSTILE: [&str; 9] = [
    "/lgtm",
    "a\n/approve\n/label ~x",
    "x\r\n/close",
    "```\n/merge\n```",
    "|\n/close | b | c",
    "@all #1 !2 @acme/team",
    "<b>bold</b><!-- codearts-gate-counts:9,9,9,9,9 --><details>",
    "[x](https://evil.example) ![y](z) `code` \\| &lt;",
    "```suggestion\n/bad\n```",
];

fn row(number: usize, text: &str, place: &str) -> Value {
    json!({"defect_id": number.to_string(), "defect_level": "0", "defect_status": "0", "defect_checker_name": place,
           "rule_name": place, "defect_content": text, "file_path": place, "line_number": "1"})
}

fn with_rows(rows: Vec<Value>) -> Task {
    succeeded().defects(rows).gate(0)
}

/// Bars of a table's line that end a cell.
fn bars(line: &str) -> usize {
    line.replace("\\\\", "").replace("\\|", "").matches('|').count()
}

/// Each changes only its own line of the table, which keeps its cells. Bots read raw text, also within code.
#[test]
fn a_text_changes_only_its_own_cell() {
    let long = "/lgtm ".repeat(20_000);
    let texts: Vec<&str> = HOSTILE.into_iter().chain([&long[..100_000]]).collect();
    let hostile: Vec<Value> = (1..).zip(&texts).map(|(number, text)| row(number, text, "/close")).collect();
    let plain: Vec<Value> = (1..).zip(&texts).map(|(number, _)| row(number, "plain", "plain")).collect();
    each(|place| {
        let [shown, usual] = [&hostile, &plain].map(|rows| {
            let forge = Forge::new();
            place.run(&forge, with_rows(rows.clone()), &[]).expect(4);
            place.own(&forge)
        });
        // How long the check took differs.
        let is_same = |line: &&str| !line.contains("the check finished");
        let lines = |body: &str| body.lines().filter(is_same).map(str::to_owned).collect::<Vec<_>>();
        let (shown_lines, usual_lines) = (lines(&shown), lines(&usual));
        assert_eq!(shown_lines.len(), usual_lines.len(), "{place:?}: {shown}");
        let changed = || shown_lines.iter().zip(&usual_lines).filter(|(one, other)| one != other);
        assert_eq!(changed().count(), texts.len(), "{place:?}: {shown}");
        for (line, usual) in changed() {
            assert_eq!(bars(line), bars(usual), "{place:?}: {line}");
        }
        for line in shown.lines() {
            assert!(!line.trim_start().starts_with('/'), "{place:?}: {line}");
        }
        for raw in ["@all", "#1", "!2", "<b>", "](https://evil", "```suggestion"] {
            assert!(!shown.contains(raw), "{place:?}: {raw}: {shown}");
        }
        assert!(shown.chars().count() <= 30_000, "{place:?}: {}", shown.len());
    });
}
