//! Findings as comments in the diff, on the forges whose folders say how: each once, on its line, taken back when it is gone.

use super::place::{Place, at_once, passing};
use crate::kit::forge::{Fault, Forge, GITEE_OWN, GiteaNote, GiteaReview, GiteeComment, pull_request};
use crate::kit::scenario::{SUCCEEDED, Task, scenario, task};
use crate::kit::{Ended, World};
use serde_json::{Value, json};

const PLACES: [Place; 4] = [Place::Gitee, Place::GitCode, Place::Gitea, Place::Forgejo];
/// Two hunks, whose lines stand elsewhere in the diff than in the file.
const PATCH: &str = "@@ -1,2 +1,3 @@\n-old\n+one\n two\n+three\n@@ -40,2 +41,3 @@\n a\n+b\n c";

/// A comment in the diff, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    path: String,
    line: u64,
    body: String,
    is_resolved: bool,
}

fn forge() -> Forge {
    Forge::with(pull_request(12).file("src/a.c", PATCH))
}

/// A finding of a severity, from 0, the worst.
fn row(message: &str, severity: u8, path: &str, line: u32) -> Value {
    json!({"defect_id": format!("{message}{path}{line}"), "defect_level": severity.to_string(), "defect_status": "0",
           "defect_checker_name": "G.RES.03", "rule_name": "Leak", "defect_content": message, "file_path": path,
           "line_number": line.to_string()})
}

fn one(message: &str, line: u32) -> Value {
    row(message, 0, "src/a.c", line)
}

/// The full task of the target branch, with these findings.
fn parent(place: Place, rows: &[Value]) -> Task {
    let host = match place {
        Place::Gitee => "gitee.com",
        Place::GitCode => "gitcode.com",
        _ => "gitea.example",
    };
    task().ends_at_poll(1).ends(SUCCEEDED).defects(rows.to_vec()).gate(0).with(|script| {
        script.repository = format!("https://{host}/acme/widget.git");
        script.branch = Some("main".to_owned());
        script.project = Some("0d1a2b3c4d5e6f708192a3b4c5d6e7f8".to_owned());
    })
}

fn run(place: Place, forge: &Forge, rows: &[Value], more: &[&str]) -> Ended {
    run_task(place, forge, parent(place, rows), more)
}

fn run_task(place: Place, forge: &Forge, task: Task, more: &[&str]) -> Ended {
    let world = World::new(scenario().task(task));
    let more = [&["--pull-request", "auto", "--publish", "review"], more].concat();
    forge.state().forget_requests();
    place.job(&world, forge, &more).finish()
}

impl Place {
    fn creation(self) -> &'static str {
        match self {
            Self::Gitea | Self::Forgejo => "POST /api/v1/repos/acme/widget/pulls/12/reviews",
            _ => "POST /api/v5/repos/acme/widget/pulls/12/comments",
        }
    }

    fn listing(self) -> &'static str {
        match self {
            Self::Gitea | Self::Forgejo => "GET /api/v1/repos/acme/widget/pulls/12/reviews",
            _ => "GET /api/v5/repos/acme/widget/pulls/12/comments",
        }
    }

    /// The gate's comments in the diff.
    fn remarks(self, forge: &Forge) -> Vec<Shown> {
        let state = forge.state();
        if matches!(self, Self::Gitea | Self::Forgejo) {
            let notes = state.gitea.reviews.iter().flat_map(|review| &review.comments);
            let own = notes.filter(|note| note.login == "gitea-actions");
            return own
                .map(|note| Shown {
                    path: note.path.clone(),
                    line: note.line,
                    body: note.body.clone(),
                    is_resolved: note.is_resolved,
                })
                .collect();
        }
        let own = state.gitee.comments.iter().filter(|comment| comment.author == GITEE_OWN);
        own.map(|comment| {
            let (path, line) = comment.place.clone().expect("a place");
            Shown { path, line, body: comment.body.clone(), is_resolved: comment.is_resolved }
        })
        .collect()
    }

    fn lines(self, forge: &Forge) -> Vec<u64> {
        self.remarks(forge).iter().map(|shown| shown.line).collect()
    }

    /// A person replies to the first comment, or writes a comment with this text.
    fn person(self, forge: &Forge, text: &str, is_reply: bool) {
        let state = &mut *forge.state();
        let body = text.to_owned();
        if matches!(self, Self::Gitea | Self::Forgejo) {
            let login = "dev1".to_owned();
            let note = GiteaNote {
                id: 9,
                login: login.clone(),
                path: "src/a.c".to_owned(),
                line: 1,
                body,
                is_resolved: false,
            };
            match state.gitea.reviews.first_mut().filter(|_| is_reply) {
                Some(review) => review.comments.push(note),
                None => {
                    let body = note.body.clone();
                    let comments = vec![note];
                    state.gitea.reviews.push(GiteaReview { id: 600, login, body, is_draft: false, comments });
                }
            }
            return;
        }
        let comments = &mut state.gitee.comments;
        let replies_to = comments.first().map(|comment| comment.id).filter(|_| is_reply);
        let place = Some(("src/a.c".to_owned(), 1));
        comments.push(GiteeComment { id: 9_001, author: 9, body, place, replies_to, is_resolved: false });
    }

    /// What people wrote.
    fn texts_of_people(self, forge: &Forge) -> Vec<String> {
        let state = forge.state();
        let notes = state.gitea.reviews.iter().flat_map(|review| &review.comments);
        let on_gitea = notes.filter(|note| note.login == "dev1").map(|note| note.body.clone());
        let comments = state.gitee.comments.iter().filter(|comment| comment.author != GITEE_OWN);
        on_gitea.chain(comments.map(|comment| comment.body.clone())).collect()
    }
}

#[test]
fn each_finding_is_shown_once_on_its_line() {
    at_once(PLACES, |place| {
        let forge = forge();
        // One is elsewhere in the file, one in a file that the pull request leaves alone.
        let rows =
            [one("First", 1), one("Third", 3), one("Later", 42), one("Old", 20), row("Far", 0, "src/x.c", 1)];
        let ended = run(place, &forge, &rows, &[]).expect(4);
        assert!(ended.stderr.contains("review: 3 comments added"), "{place:?}: {}", ended.stderr);
        let mut first = place.remarks(&forge);
        first.sort_by_key(|shown| shown.line);
        let lines: Vec<(&str, u64)> = first.iter().map(|shown| (shown.path.as_str(), shown.line)).collect();
        assert_eq!(lines, [("src/a.c", 1), ("src/a.c", 3), ("src/a.c", 42)], "{place:?}");
        assert!(first[0].body.contains("First"), "{}", first[0].body);
        assert!(forge.state().requests.len() <= 15, "{place:?}: {:?}", forge.state().requests.len());
        run(place, &forge, &rows, &[]).expect(4);
        assert_eq!(forge.requests(place.creation()).len(), 0, "{place:?}");
        assert_eq!(place.remarks(&forge).len(), 3, "{place:?}");
    });
}

/// No more than 30, on as many pages of the list as it takes, the worst of them.
#[test]
fn the_worst_are_shown() {
    let added: String = (1..=60).map(|line| format!("+{line}\n")).collect();
    let rows: Vec<Value> = (1..=35)
        .map(|line| row("Many", u8::from(line <= 5) * 3, "src/a.c", line))
        .chain([row("Far", 0, "src/x.c", 1)])
        .collect();
    at_once(PLACES, |place| {
        let forge = Forge::with(pull_request(12).file("src/a.c", &format!("@@ -0,0 +1,60 @@\n{added}")));
        for created in [30, 0] {
            run(place, &forge, &rows, &[]).expect(4);
            assert_eq!(forge.requests(place.creation()).len(), created, "{place:?}");
            let mut lines = place.lines(&forge);
            lines.sort_unstable();
            assert_eq!(lines, (6..=35).collect::<Vec<u64>>(), "{place:?}");
        }
    });
}

/// What nobody has replied to is removed, and comes back with its finding; a reply stays, and what it replies to.
#[test]
fn what_is_gone_is_taken_back() {
    at_once(PLACES, |place| {
        let forge = forge();
        forge.state().gitea.resolves = place == Place::Gitea;
        run(place, &forge, &[one("First", 1), one("Third", 3)], &[]).expect(4);
        run(place, &forge, &[one("Third", 3)], &[]).expect(4);
        assert_eq!(place.lines(&forge), [3], "{place:?}");
        place.person(&forge, "We know.", true);
        for _ in 0..2 {
            run(place, &forge, &[one("Later", 42)], &[]).expect(4);
            let shown = place.remarks(&forge);
            assert_eq!(place.lines(&forge), [3, 42], "{place:?}: {shown:#?}");
            let text: Vec<&str> = shown[0].body.lines().collect();
            assert_eq!(text[1], "No longer found.", "{place:?}: {}", shown[0].body);
            let can_resolve = [Place::GitCode, Place::Gitea].contains(&place);
            assert_eq!(shown[0].is_resolved, can_resolve, "{place:?}");
            assert_eq!(shown[0].body.matches("No longer found.").count(), 1, "{place:?}");
            assert_eq!(place.texts_of_people(&forge), ["We know."], "{place:?}");
        }
        assert!(forge.requests("PATCH ").is_empty(), "{place:?}: what is marked is not marked again");
        run(place, &forge, &[one("Later", 42), one("Third", 3)], &[]).expect(4);
        assert_eq!(place.lines(&forge), [3, 42, 3], "{place:?}");
    });
}

/// What cannot be resolved is marked as gone all the same.
#[test]
fn a_thread_may_stay_open() {
    at_once([Place::GitCode, Place::Gitea], |place| {
        let forge = forge();
        forge.state().gitea.resolves = true;
        run(place, &forge, &[one("First", 1)], &[]).expect(4);
        place.person(&forge, "We know.", true);
        let request = match place {
            Place::GitCode => "PUT ",
            _ => "POST /api/v1/repos/acme/widget/pulls/comments/",
        };
        forge.state().faults =
            vec![Fault { body: json!({"message": "no"}), ..Fault::new(request, &[], 403) }];
        run(place, &forge, &[], &[]).expect(4);
        let shown = &place.remarks(&forge)[0];
        assert!(!shown.is_resolved && shown.body.contains("No longer found."), "{place:?}: {}", shown.body);
    });
}

/// Anybody can paste a mark, also into a comment in the diff.
#[test]
fn comments_of_strangers_stay() {
    at_once(PLACES, |place| {
        let forge = forge();
        run(place, &forge, &[one("First", 1)], &[]).expect(4);
        let copy = place.remarks(&forge)[0].body.clone();
        place.person(&forge, &copy, false);
        run(place, &forge, &[one("Third", 3)], &[]).expect(4);
        assert_eq!(place.lines(&forge), [3], "{place:?}");
        assert_eq!(place.texts_of_people(&forge), [copy], "{place:?}");
    });
}

/// Gitea makes the draft of the same user part of a new review, and with it what nobody was meant to see yet.
#[test]
fn a_draft_of_the_owner_of_the_token_is_not_published() {
    let (place, forge) = (Place::Gitea, forge());
    forge.state().gitea.user = Some("dev1");
    place.person(&forge, "Unfinished.", false);
    let is_draft = |is_draft| forge.state().gitea.reviews[0].is_draft = is_draft;
    is_draft(true);
    let ended = run(place, &forge, &[one("First", 1)], &[]).expect(4);
    assert_eq!(place.texts_of_people(&forge), ["Unfinished."]);
    assert!(forge.state().gitea.reviews[0].is_draft, "{}", ended.stderr);
    for text in
        ["warning: not published as review: ", "has a draft review", "hint: submit or discard the draft"]
    {
        assert!(ended.stderr.contains(text), "{text}: {}", ended.stderr);
    }
    // Nothing is to be written, so it does not matter.
    let ended = run(place, &forge, &[], &[]).expect(4);
    assert!(!ended.stderr.contains("not published"), "{}", ended.stderr);
    is_draft(false);
    run(place, &forge, &[one("First", 1)], &[]).expect(4);
    assert_eq!(place.texts_of_people(&forge).len(), 2);
    // A server that refuses a line may leave a draft without anything in it.
    let (login, body) = ("dev1".to_owned(), String::new());
    let empty = GiteaReview { id: 600, login, body, is_draft: true, comments: Vec::new() };
    forge.state().gitea.reviews = vec![empty];
    run(place, &forge, &[one("First", 1)], &[]).expect(4);
    assert_eq!(place.texts_of_people(&forge).len(), 1);
}

/// It is counted, but not listed.
#[test]
fn a_hidden_draft_of_somebody_else_changes_nothing() {
    let (place, forge) = (Place::Gitea, forge());
    place.person(&forge, "Unfinished.", false);
    forge.state().gitea.reviews[0].is_draft = true;
    for created in [1, 0] {
        let ended = run(place, &forge, &[one("First", 1)], &[]).expect(4);
        assert_eq!(forge.requests(place.creation()).len(), created, "{}", ended.stderr);
        assert_eq!(place.lines(&forge), [1], "{}", ended.stderr);
    }
    assert!(forge.state().gitea.reviews[0].is_draft);
}

/// However many there are, and none counts that was not marked.
#[test]
fn every_comment_with_a_reply_is_marked_as_gone_once() {
    let lines = 22;
    let added: String = (1..=lines).map(|line| format!("+{line}\n")).collect();
    let rows: Vec<Value> = (1..=lines).map(|line| one("Many", line)).collect();
    let (place, forge) = (
        Place::Gitea,
        Forge::with(pull_request(12).file("src/a.c", &format!("@@ -0,0 +1,{lines} @@\n{added}"))),
    );
    run(place, &forge, &rows, &[]).expect(4);
    for review in &mut forge.state().gitea.reviews {
        let reply =
            GiteaNote { id: 9_000 + review.id, login: "dev1".to_owned(), ..review.comments[0].clone() };
        review.comments.extend([reply.clone(), reply]);
    }
    // Of the last two, only replies are left: both, and one, which is counted like our comment.
    for (review, kept) in forge.state().gitea.reviews.iter_mut().rev().zip([2, 1]) {
        review.comments.remove(0);
        review.comments.truncate(kept);
    }
    for marked in [20, 0] {
        let ended = run(place, &forge, &[], &[]).expect(4);
        assert!(ended.stderr.contains(&format!(" {marked} withdrawn")), "{marked}: {}", ended.stderr);
        assert_eq!(forge.requests("PATCH ").len(), marked);
        let replies =
            |review: &GiteaReview| review.comments.iter().filter(|note| note.login == "dev1").count();
        assert_eq!(forge.state().gitea.reviews.iter().map(replies).sum::<usize>(), 2 * 22 - 1);
        let shown = place.remarks(&forge);
        assert!(shown.iter().all(|shown| shown.body.contains("No longer found.")), "{shown:#?}");
    }
}

/// Where hidden marks are not kept, the last line shows which comment it is.
#[test]
fn a_visible_mark_is_enough() {
    at_once([Place::Gitee, Place::GitCode], |place| {
        let forge = forge();
        forge.state().drops_marks = true;
        run(place, &forge, &[one("First", 1), one("Third", 3)], &[]).expect(4);
        run(place, &forge, &[one("Third", 3)], &[]).expect(4);
        assert_eq!(place.lines(&forge), [3], "{place:?}");
        assert_eq!(forge.requests(place.creation()).len(), 0, "{place:?}");
    });
}

/// Each fault leaves at most one comment a finding, and the exit code of the gate.
#[test]
fn faults_change_no_verdict() {
    let body = || json!({"message": "no", "error_message": "no"});
    at_once(PLACES, |place| {
        let (create, list) = (place.creation(), place.listing());
        let fault = |request, on, status| Fault { body: body(), ..Fault::new(request, on, status) };
        let cases = [
            (Fault { is_done: true, ..fault(create, &[1], 0) }, 1, 1..=1),
            (Fault { headers: &[("retry-after", "1")], ..fault(create, &[1], 429) }, 1, 2..=2),
            (fault(create, &[1], 500), 1, 2..=2),
            (fault(create, &[], 401), 0, 1..=1),
            (fault(create, &[], 403), 0, 1..=2),
            (fault(create, &[], 404), 0, 1..=1),
            (fault(create, &[], 422), 0, 1..=1),
            (fault(list, &[1], 500), 1, 1..=1),
            (fault(list, &[], 403), 0, 0..=0),
            (fault(list, &[], 200), 0, 0..=0),
        ];
        for (fault, comments, tries) in cases {
            let forge = forge();
            forge.state().faults = vec![fault.clone()];
            let ended = run(place, &forge, &[one("First", 1)], &[]).expect(4);
            assert_eq!(place.remarks(&forge).len(), comments, "{place:?} {fault:?}: {}", ended.stderr);
            let sent = forge.requests(create).len();
            assert!(tries.contains(&sent), "{place:?} {fault:?}: {sent}");
            let is_missed = ended.stderr.contains("warning: not published as review: ");
            assert_eq!(is_missed, comments == 0, "{place:?} {fault:?}: {}", ended.stderr);
        }
        // It is asked for by name, so a pass is none without it; and what is gone already is as good as removed.
        let forge = forge();
        forge.state().faults = vec![fault(list, &[], 401)];
        run_task(place, &forge, parent(place, &[]).gate(1), &[]).expect(5);
        forge.state().faults.clear();
        run(place, &forge, &[one("First", 1)], &[]).expect(4);
        forge.state().faults = vec![fault("DELETE ", &[], 404)];
        run(place, &forge, &[one("Third", 3)], &[]).expect(4);
    });
}

/// A line that the forge does not take is left out, and so is one that lands elsewhere: how Gitee counts is not documented.
#[test]
fn a_line_that_is_not_taken_is_left_out() {
    let forge = forge();
    let fault = Fault {
        body: json!({"error_message": "invalid position"}),
        ..Fault::new(Place::GitCode.creation(), &[2], 400)
    };
    forge.state().faults = vec![fault];
    let ended =
        run(Place::GitCode, &forge, &[one("First", 1), one("Third", 3), one("Later", 42)], &[]).expect(4);
    assert_eq!(Place::GitCode.remarks(&forge).len(), 2);
    assert!(ended.stderr.contains("warning: review: no comment on `src/a.c:"), "{}", ended.stderr);

    for ignores_places in [false, true] {
        let forge = self::forge();
        forge.state().gitee.counts_from = 1;
        forge.state().gitee.ignores_places = ignores_places;
        run(Place::Gitee, &forge, &[one("First", 1), one("Later", 42)], &[]).expect(4);
        assert_eq!(Place::Gitee.remarks(&forge), []);
        assert_eq!(forge.requests(Place::Gitee.creation()).len(), 2);
    }
}

/// CodeArts Repo shows no lines of a diff.
#[test]
fn a_forge_that_does_not_offer_it_is_a_mistake() {
    let forge = forge();
    let more = ["--pull-request", "auto", "--scope", "all", "--publish", "review"];
    let ended = Place::CodeArtsRepo.run(&forge, passing(), &more).expect(64);
    assert!(ended.stderr.contains("review"), "{}", ended.stderr);
    assert_eq!(forge.state().requests.len(), 0);
}

/// Bots read raw text, also in the diff.
#[test]
fn a_hostile_text_has_no_effect() {
    let long = format!("/lgtm\n```suggestion\nrm\n```\n@all #1 <b> | {}", "/merge ".repeat(15_000));
    at_once(PLACES, |place| {
        let forge = forge();
        let mut finding = one(&long, 1);
        finding["defect_checker_name"] = json!("/approve\n/close");
        run(place, &forge, &[finding], &[]).expect(4);
        let body = &place.remarks(&forge)[0].body;
        assert!(body.len() < 8_000, "{place:?}: {}", body.len());
        for raw in ["```", "@all", "#1", "<b>"] {
            assert!(!body.contains(raw), "{place:?}: {raw}: {body}");
        }
        assert!(body.lines().all(|line| !line.trim_start().starts_with('/')), "{place:?}: {body}");
    });
}
