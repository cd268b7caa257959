//! Comments in the diff where a forge has its own way with them.

use super::in_diff::{REPLY, finding, one, publish, two_hunks, writes};
use super::place::{Place, at_once};
use crate::findings::rows::row;
use crate::kit::forge::{Fault, GiteaNote, GiteaReview};
use serde_json::{Value, json};

/// A refusal of these requests.
fn refusal(request: &'static str, on: &'static [usize], status: u16) -> Fault {
    Fault { body: json!({"message": "no", "error_message": "no"}), ..Fault::new(request, on, status) }
}

/// The request that resolves a thread of the only comment, and which of those that look like it.
fn resolution(place: Place) -> (&'static str, &'static [usize]) {
    match place {
        Place::GitLab => ("PUT /api/v4/projects/1001/merge_requests/12/discussions/", &[2]),
        Place::GitCode => ("PUT ", &[1]),
        _ => ("POST /api/v1/repos/acme/widget/pulls/comments/", &[1]),
    }
}

/// What cannot be resolved is marked as gone all the same.
#[test]
fn a_thread_may_stay_open() {
    at_once([Place::GitLab, Place::GitCode, Place::Gitea], |place| {
        let forge = two_hunks(place);
        publish(place, &forge, finding(&[one(1, 1)]), &[]).expect(0);
        place.reply(&forge, 0);
        let (resolve, on) = resolution(place);
        for _ in ["refused", "not tried again"] {
            forge.state().faults = vec![refusal(resolve, on, 403)];
            publish(place, &forge, finding(&[]), &[]).expect(0);
            let shown = &place.remarks(&forge, true)[0];
            assert!(!shown.is_resolved && shown.is_gone, "{place:?}: {}", shown.body);
        }
        assert_eq!(writes(&forge), 0, "{place:?}");
    });
}

/// A withdrawal that breaks off leaves no thread that looks as if a person had resolved it.
#[test]
fn a_finding_comes_back_after_a_broken_withdrawal() {
    let (place, forge) = (Place::GitLab, two_hunks(Place::GitLab));
    publish(place, &forge, finding(&[one(1, 3)]), &[]).expect(0);
    place.reply(&forge, 0);
    let (resolve, on) = resolution(place);
    forge.state().faults = vec![refusal(resolve, on, 409)];
    publish(place, &forge, finding(&[]), &[]).expect(5);
    forge.state().faults.clear();
    publish(place, &forge, finding(&[one(1, 3)]), &[]).expect(0);
    let shown = place.remarks(&forge, true);
    let open = shown.iter().filter(|shown| shown.line == 3 && !shown.is_resolved && !shown.is_gone);
    assert_eq!(open.count(), 1, "{shown:#?}");
}

/// A thread whose resolution was refused is resolved by the next run; one that a person opens again stays open.
#[test]
fn a_refused_resolution_is_tried_again() {
    at_once([Place::GitLab, Place::GitCode, Place::Gitea], |place| {
        let forge = two_hunks(place);
        publish(place, &forge, finding(&[one(1, 3)]), &[]).expect(0);
        place.reply(&forge, 0);
        let (resolve, on) = resolution(place);
        forge.state().faults = vec![refusal(resolve, on, 409)];
        publish(place, &forge, finding(&[]), &[]).expect(5);
        forge.state().faults.clear();
        for (is_opened, resolved, writes_something) in
            [(false, true, true), (false, true, false), (true, false, false)]
        {
            if is_opened {
                Place::open_again(&forge);
            }
            publish(place, &forge, finding(&[]), &[]).expect(0);
            let shown = place.remarks(&forge, true);
            assert_eq!((shown[0].is_gone, shown[0].is_resolved), (true, resolved), "{place:?}");
            assert_eq!(shown[0].body.matches("No longer found.").count(), 1, "{place:?}");
            assert_eq!(writes(&forge) > 0, writes_something, "{place:?}");
        }
    });
}

/// GitLab can resolve the thread of a line that a push changes (`resolve_outdated_diff_discussions`). A finding that is still there
/// gets a new comment then, once; not where a person resolved the thread.
#[test]
fn a_thread_that_a_push_resolved_does_not_hide_its_finding() {
    let place = Place::GitLab;
    for (resolved_at, has_reply, is_outdated, lines) in [
        (None, false, true, &[3][..]),
        (None, true, true, &[3, 3]),
        (None, false, false, &[3]),
        (Some("2026-08-01T09:59:00.187+08:00"), false, true, &[3]),
    ] {
        let forge = two_hunks(place);
        publish(place, &forge, finding(&[one(1, 3)]), &[]).expect(0);
        if has_reply {
            place.reply(&forge, 0);
        }
        {
            let first = &mut forge.state().inline[0];
            (first.is_outdated, first.is_resolved, first.resolved_at) = (is_outdated, true, resolved_at);
        }
        let by_push = resolved_at.is_none() && is_outdated;
        for run in [1, 2] {
            publish(place, &forge, finding(&[one(1, 3)]), &[]).expect(0);
            assert_eq!(place.lines(&forge), lines, "{resolved_at:?} {has_reply}");
            assert_eq!(writes(&forge) > 0, by_push && run == 1, "{resolved_at:?} {has_reply}");
        }
        let open = place.remarks(&forge, true).iter().filter(|shown| !shown.is_resolved).count();
        assert_eq!(open, usize::from(by_push), "{resolved_at:?} {has_reply}");
    }
}

/// Where hidden marks are not kept, the last line shows which comment it is.
#[test]
fn a_visible_mark_is_enough() {
    at_once([Place::Gitee, Place::GitCode], |place| {
        let forge = two_hunks(place);
        forge.state().drops_marks = true;
        publish(place, &forge, finding(&[one(1, 1), one(2, 3)]), &[]).expect(0);
        publish(place, &forge, finding(&[one(2, 3)]), &[]).expect(0);
        assert_eq!(place.lines(&forge), [3], "{place:?}");
        let [_, create, _] = place.in_diff();
        assert_eq!(forge.requests(create).len(), 0, "{place:?}");
    });
}

/// A line that the forge does not take is left out, and so is one that lands elsewhere: how Gitee counts is not documented.
#[test]
fn a_line_that_is_not_taken_is_left_out() {
    let rows = [one(1, 1), one(2, 3), one(3, 42)];
    let (place, forge) = (Place::GitCode, two_hunks(Place::GitCode));
    let [_, create, _] = place.in_diff();
    forge.state().faults = vec![refusal(create, &[2], 400)];
    let ended = publish(place, &forge, finding(&rows), &[]).expect(0);
    assert_eq!(place.lines(&forge), [1, 42]);
    assert!(ended.stderr.contains("warning: review: no comment on `src/a.c:3`"), "{}", ended.stderr);

    for ignores_places in [false, true] {
        let (place, forge) = (Place::Gitee, two_hunks(Place::Gitee));
        forge.state().gitee.counts_from = 1;
        forge.state().gitee.ignores_places = ignores_places;
        publish(place, &forge, finding(&[one(1, 1), one(3, 42)]).gate(0), &[]).expect(4);
        assert_eq!(place.remarks(&forge, true), []);
        assert_eq!(forge.requests(create).len(), 2);
    }

    // One that cannot be removed again does not count as written.
    let (place, forge) = (Place::Gitee, two_hunks(Place::Gitee));
    forge.state().gitee.counts_from = 1;
    forge.state().faults = vec![refusal("DELETE ", &[], 503)];
    let ended = publish(place, &forge, finding(&[one(1, 1)]), &[]).expect(5);
    assert!(!ended.stderr.contains("1 comment added"), "{}", ended.stderr);
    assert_eq!(forge.requests(create).len(), 1);
}

/// A review of a person with one comment.
fn review_of_person() -> GiteaReview {
    let (login, path, body) = ("dev1".to_owned(), "src/a.c".to_owned(), "Unfinished.".to_owned());
    let note =
        GiteaNote { id: 9, login: login.clone(), path, line: 1, body: body.clone(), is_resolved: false };
    GiteaReview { id: 600, login, body, is_draft: true, comments: vec![note] }
}

/// Gitea makes the draft of the same user part of a new review, and with it what nobody was meant to see yet.
#[test]
fn a_draft_of_the_owner_of_the_token_is_not_published() {
    let (place, forge) = (Place::Gitea, two_hunks(Place::Gitea));
    let failing = |rows: &[Value]| finding(rows).gate(0);
    forge.state().gitea.user = Some("dev1");
    forge.state().gitea.reviews = vec![review_of_person()];
    let ended = publish(place, &forge, failing(&[one(1, 1)]), &[]).expect(4);
    assert_eq!(place.texts_of_people(&forge), ["Unfinished."]);
    assert!(forge.state().gitea.reviews[0].is_draft, "{}", ended.stderr);
    for text in
        ["warning: not published as review: ", "has a draft review", "hint: submit or discard the draft"]
    {
        assert!(ended.stderr.contains(text), "{text}: {}", ended.stderr);
    }
    // Nothing is to be written, so it does not matter.
    let ended = publish(place, &forge, finding(&[]), &[]).expect(0);
    assert!(!ended.stderr.contains("not published"), "{}", ended.stderr);
    forge.state().gitea.reviews[0].is_draft = false;
    publish(place, &forge, finding(&[one(1, 1)]), &[]).expect(0);
    assert_eq!(place.texts_of_people(&forge).len(), 2);
    // A server that refuses a line may leave a draft without anything in it.
    let empty = GiteaReview { body: String::new(), comments: Vec::new(), ..review_of_person() };
    forge.state().gitea.reviews = vec![empty];
    publish(place, &forge, finding(&[one(1, 1)]), &[]).expect(0);
    assert_eq!(place.texts_of_people(&forge).len(), 1);
}

/// Also where it is begun after the reviews were listed.
#[test]
fn a_late_draft_is_not_published() {
    let (place, forge) = (Place::Gitea, two_hunks(Place::Gitea));
    forge.state().gitea.user = Some("dev1");
    forge.state().gitea.late_draft = Some(review_of_person());
    let ended = publish(place, &forge, finding(&[one(1, 1)]), &[]).expect(5);
    assert!(ended.stderr.contains("has a draft review"), "{}", ended.stderr);
    let state = forge.state();
    assert!(state.gitea.reviews.len() == 1 && state.gitea.reviews[0].is_draft, "{:?}", state.gitea.reviews);
}

/// A creation that breaks off can leave a draft of a job, which nobody can discard by hand. A comment of a person keeps it.
#[test]
fn a_draft_that_a_broken_creation_left_is_removed() {
    for has_comment_of_person in [false, true] {
        let (place, forge) = (Place::Forgejo, two_hunks(Place::Forgejo));
        publish(place, &forge, finding(&[one(1, 1)]), &[]).expect(0);
        {
            let review = &mut forge.state().gitea.reviews[0];
            (review.is_draft, review.body) = (true, String::new());
            if has_comment_of_person {
                review.comments.extend(review_of_person().comments);
            }
        }
        let code = if has_comment_of_person { 5 } else { 0 };
        let ended = publish(place, &forge, finding(&[one(1, 1), one(2, 3)]), &[]).expect(code);
        let drafts: Vec<bool> = forge.state().gitea.reviews.iter().map(|review| review.is_draft).collect();
        let expected = if has_comment_of_person { vec![true] } else { vec![false, false] };
        assert_eq!(drafts, expected, "{}", ended.stderr);
        assert_eq!(place.lines(&forge), if has_comment_of_person { vec![1] } else { vec![1, 3] });
    }
}

/// Without a number of all entries only an empty page is the end.
#[test]
fn a_list_of_unknown_length_may_have_too_many_pages() {
    let (place, forge) = (Place::Gitea, two_hunks(Place::Gitea));
    forge.state().gitea.hides_totals = true;
    publish(place, &forge, finding(&[one(1, 1)]), &[]).expect(0);
    for (number, code, comments) in [(200, 5, 0), (190, 0, 1)] {
        place.copy(&forge, number);
        publish(place, &forge, finding(&[one(1, 1)]), &[]).expect(code);
        assert_eq!(place.lines(&forge).len(), comments, "{number}");
    }
}

/// It is counted, but not listed.
#[test]
fn a_hidden_draft_of_somebody_else_changes_nothing() {
    let (place, forge) = (Place::Gitea, two_hunks(Place::Gitea));
    forge.state().gitea.reviews = vec![review_of_person()];
    let [_, create, _] = place.in_diff();
    for created in [1, 0] {
        let ended = publish(place, &forge, finding(&[one(1, 1)]), &[]).expect(0);
        assert_eq!(forge.requests(create).len(), created, "{}", ended.stderr);
        assert_eq!(place.lines(&forge), [1], "{}", ended.stderr);
    }
    assert!(forge.state().gitea.reviews[0].is_draft);
}

/// However many there are, and none counts that was not marked.
#[test]
fn every_comment_with_a_reply_is_marked_as_gone_once() {
    let (place, forge) = (Place::Gitea, Place::Gitea.forge());
    let rows: Vec<Value> = (1..=22).map(|line| row(1, 0, "src/a.c", line)).collect();
    publish(place, &forge, finding(&rows), &[]).expect(0);
    for review in &mut forge.state().gitea.reviews {
        let (login, body) = ("dev1".to_owned(), REPLY.to_owned());
        let reply = GiteaNote { id: 9_000 + review.id, login, body, ..review.comments[0].clone() };
        review.comments.extend([reply.clone(), reply]);
    }
    // Of the last two, only replies are left: both, and one, which is counted like our comment.
    for (review, kept) in forge.state().gitea.reviews.iter_mut().rev().zip([2, 1]) {
        review.comments.remove(0);
        review.comments.truncate(kept);
    }
    for marked in [20, 0] {
        let ended = publish(place, &forge, finding(&[]), &[]).expect(0);
        assert!(ended.stderr.contains(&format!(" {marked} withdrawn")), "{marked}: {}", ended.stderr);
        // Before its thread is resolved, and after.
        assert_eq!(forge.requests("PATCH ").len(), 2 * marked);
        assert_eq!(place.texts_of_people(&forge).len(), 2 * 22 - 1);
        let shown = place.remarks(&forge, true);
        assert!(shown.iter().all(|shown| shown.is_gone), "{shown:#?}");
    }
}
