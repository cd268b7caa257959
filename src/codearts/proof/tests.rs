//! What was seen to go wrong, one story each.

use super::super::example::runs;
use super::*;
use TaskStatus::{Checking, Failed, NotChecked, Stopped, Successful};

fn listed(last: &str, last_successful: &str) -> Runs {
    Runs::Listed(runs(last, last_successful))
}

fn before(status: TaskStatus, runs: Runs) -> Before {
    let runs = if let Runs::Listed(runs) = runs { Some(runs) } else { None };
    Before { status: Some(status), runs }
}

/// One poll: when, status, percent, list.
type Poll<'a> = (u64, TaskStatus, Option<f64>, Runs);

/// What the last poll comes to; the others must not end the wait.
fn last(proof: &mut Proof, polls: &[Poll<'_>]) -> Next {
    let mut next = Next::Wait;
    for (at, status, percent, runs) in polls {
        assert!(matches!(next, Next::Wait | Next::Doubt), "ended before {at} s: {next:?}");
        next = proof.weigh(&Look {
            at: Duration::from_secs(*at),
            progress: Progress { status: *status, percent: *percent },
            runs: runs.clone(),
            about_run: None,
            is_last: false,
        });
    }
    next
}

/// A proof for a started run `own`, after a success.
fn own() -> Proof {
    Proof::started(Patience::default(), "own".to_owned(), before(Successful, listed("old", "old")))
}

const NONE: Option<f64> = None;
const PASS: Next = Next::Ended(Successful);

#[test]
fn what_the_list_confirms_is_believed_at_once() {
    assert_eq!(last(&mut own(), &[(1, Successful, NONE, listed("own", "own"))]), PASS);
    // Behind somebody's next run, too.
    assert_eq!(last(&mut own(), &[(1, Checking, NONE, listed("next", "own"))]), PASS);
    assert_eq!(last(&mut own(), &[(1, NotChecked, NONE, listed("own", "own"))]), PASS);
}

/// A replica that is behind shows the success of the run before once more.
#[test]
fn a_success_that_the_list_does_not_confirm_must_stand() {
    let list = || listed("own", "old");
    let begun = (1, Checking, Some(10.0), list());
    let stale = [begun.clone(), (10, Successful, NONE, list()), (20, Failed, NONE, list())];
    assert_eq!(last(&mut own(), &stale), Next::Ended(Failed));
    let mut attached = Proof::shown(Patience::default());
    assert_eq!(last(&mut attached, &stale), Next::Doubt);
    assert_eq!(last(&mut attached, &[(30, Failed, NONE, list())]), Next::Doubt);
    assert_eq!(last(&mut attached, &[(51, Failed, NONE, list())]), Next::Ended(Failed));
    // A `0` in between starts anew.
    let success = |at| (at, Successful, NONE, list());
    let again = [begun.clone(), success(10), success(20), success(30), success(50)];
    assert_eq!(last(&mut own(), &again), Next::Doubt);
    let anew = [&again[..], &[(52, Checking, Some(90.0), list()), success(60), success(70)]].concat();
    assert_eq!(last(&mut own(), &anew), Next::Doubt);
    assert_eq!(last(&mut own(), &[&again[..], &[success(56)]].concat()), PASS);
    // Few looks are not enough, however long.
    assert_eq!(last(&mut own(), &[begun, success(10), success(100)]), Next::Doubt);
}

/// The success from before the run never counts, however long it stands.
#[test]
fn a_success_that_may_be_the_old_one_is_never_believed() {
    let success = |at| (at, Successful, NONE, listed("own", "old"));
    let polls: Vec<_> = (1..40).map(|number| success(number * 10)).collect();
    assert_eq!(last(&mut own(), &polls), Next::Wait);
}

#[test]
fn a_success_waits_for_a_list_that_was_there_before() {
    let mut polls = vec![(1, Checking, Some(10.0), Runs::NotAsked)];
    polls.extend((1..100).map(|number| (number * 10, Successful, NONE, Runs::Down)));
    let mut proof = own();
    assert_eq!(last(&mut proof, &polls), Next::Doubt);
    assert_eq!(last(&mut proof, &[(1010, Successful, NONE, Runs::Missing)]), Next::Doubt);
    assert_eq!(last(&mut proof, &[(1020, Successful, NONE, listed("own", "own"))]), PASS);
}

#[test]
fn without_a_list_progress_that_falls_back_is_another_run() {
    let unlisted = || Proof::started(Patience::default(), "own".to_owned(), before(Failed, Runs::Missing));
    let run = [(1, Checking, Some(10.0), Runs::NotAsked), (20, Checking, Some(60.0), Runs::NotAsked)];
    let success = |at| (at, Successful, NONE, Runs::Missing);
    assert_eq!(last(&mut unlisted(), &[&run[..], &[success(30)]].concat()), PASS);
    let other = (30, Checking, Some(5.0), Runs::NotAsked);
    let polls = [&run[..], &[other, success(40), success(50), success(60)]].concat();
    assert_eq!(last(&mut unlisted(), &polls), Next::Doubt);
    assert_eq!(last(&mut unlisted(), &[&polls[..], &[success(80)]].concat()), Next::Lost(Lost::OtherRun));
    // So is one that runs after a gap.
    let after_gap = (100, Checking, Some(70.0), Runs::NotAsked);
    let polls = [&run[..], &[after_gap, success(110), success(120), success(150)]].concat();
    assert_eq!(last(&mut unlisted(), &polls), Next::Lost(Lost::OtherRun));
    // What is attached to has no id to ask about.
    let low = |at| (at, Checking, Some(5.0), Runs::Missing);
    let attached = [&run[..], &[low(30), low(40), low(50)]].concat();
    let mut proof = Proof::shown(Patience::default());
    assert_eq!(last(&mut proof, &attached), Next::Doubt);
    assert_eq!(last(&mut proof, &[low(53)]), Next::Lost(Lost::OtherRun));
    // Where progress is soon what it was, a server was behind.
    let mut proof = Proof::shown(Patience::default());
    let back =
        [&run[..], &[(30, Checking, Some(55.0), Runs::Missing), (40, Checking, Some(65.0), Runs::Missing)]];
    assert_eq!(last(&mut proof, &back.concat()), Next::Wait);
    assert_eq!(last(&mut proof, &[(60, Successful, NONE, Runs::Missing)]), PASS);
}

/// Attached: the run that was seen fails between two polls, and the next one succeeds.
#[test]
fn an_attached_run_is_not_replaced() {
    let mut proof = Proof::shown(Patience::default());
    let polls =
        [(0, Checking, Some(50.0), listed("seen", "old")), (30, Checking, Some(80.0), listed("seen", "old"))];
    assert_eq!(last(&mut proof, &polls), Next::Wait);
    assert_eq!(proof.id(), Some("seen"));
    let success = |at| (at, Successful, NONE, listed("next", "next"));
    assert_eq!(last(&mut proof, &[success(40), success(50), success(60), success(70)]), Next::Doubt);
    let lost = Lost::Superseded { run: Some("seen".to_owned()), by: "next".to_owned() };
    assert_eq!(last(&mut proof, &[success(90)]), Next::Lost(lost));
    assert_eq!(proof.id(), Some("seen"));
}

#[test]
fn what_the_task_shows_first_is_the_answer_where_the_list_bears_it_out() {
    let first = |status, runs| last(&mut Proof::shown(Patience::default()), &[(0, status, NONE, runs)]);
    assert_eq!(first(Successful, listed("a", "a")), PASS);
    assert_eq!(first(Successful, Runs::Missing), PASS);
    assert_eq!(first(Successful, listed("b", "a")), Next::Doubt);
    assert_eq!(first(Successful, Runs::Down), Next::Doubt);
    assert_eq!(first(Failed, listed("b", "a")), Next::Ended(Failed));
    assert_eq!(first(Stopped, Runs::Down), Next::Ended(Stopped));
    assert_eq!(first(Failed, listed("a", "a")), Next::Doubt);
}

/// The list was behind when it was read before the start, and the request that starts was lost: what it names now is the run before.
#[test]
fn an_old_run_that_appears_late_is_not_what_a_lost_start_began() {
    let mut proof = Proof::unnamed(Patience::default(), before(Successful, listed("older", "older")), false);
    let old = |at| (at, Successful, NONE, listed("old", "old"));
    assert_eq!(last(&mut proof, &[old(0), old(10), old(20), old(30)]), Next::Doubt);
    assert_eq!(last(&mut proof, &[old(50)]), Next::Lost(Lost::StartUnknown { run: "old".to_owned() }));
    // One that was seen running since is taken.
    let mut proof = Proof::unnamed(Patience::default(), before(Successful, listed("older", "older")), true);
    assert_eq!(last(&mut proof, &[old(0)]), PASS);
}

/// A list that is always empty is none.
#[test]
fn an_empty_list_is_no_list() {
    for status in [NotChecked, Failed, Successful] {
        let before = before(status, listed("", ""));
        let mut proof = Proof::started(Patience::default(), "own".to_owned(), before);
        let running = |at| (at, Checking, Some(50.0), listed("", ""));
        let polls = [running(1), running(30), running(60), (90, Successful, NONE, listed("", ""))];
        assert_eq!(last(&mut proof, &polls), PASS, "{status:?}");
    }
}

/// Polls may be far apart.
#[test]
fn a_pause_between_two_polls_is_no_gap() {
    let patience = Patience::default().with_polls_every(Duration::from_secs(90));
    let mut proof = Proof::shown(patience);
    let running = |at| (at, Checking, NONE, Runs::Missing);
    assert_eq!(last(&mut proof, &[running(0), running(90), running(180), running(270)]), Next::Wait);
}

/// The run of a lost start ends between the two answers of one look.
#[test]
fn a_run_that_ends_within_a_look_is_no_other_run() {
    let mut proof = Proof::unnamed(Patience::default(), before(NotChecked, listed("", "")), false);
    let success = |at| (at, Successful, NONE, listed("new", "new"));
    let polls =
        [(0, Checking, Some(90.0), listed("new", "new")), success(10), success(20), success(30), success(40)];
    assert_eq!(last(&mut proof, &polls), Next::Doubt);
    assert_eq!(last(&mut proof, &[success(56)]), PASS);
    assert_eq!(proof.id(), Some("new"));
}

/// The next run has hidden the watched one, and the service obeys the id in the question: what it answers must stand, and be about a new id.
#[test]
fn an_answer_about_the_run_must_stand() {
    let about = |at, status| Look {
        at: Duration::from_secs(at),
        progress: Progress { status: Failed, percent: None },
        runs: listed("next", "old"),
        about_run: Some(status),
        is_last: false,
    };
    let run = |proof: &mut Proof, looks: &[Look]| {
        looks.iter().map(|look| proof.weigh(look)).last().unwrap_or(Next::Wait)
    };
    let looks = [1, 11, 21, 31, 47].map(|at| about(at, Successful));
    assert_eq!(run(&mut own(), &looks[..4]), Next::Doubt);
    assert_eq!(run(&mut own(), &looks), PASS);
    assert_eq!(run(&mut own(), &[about(1, Stopped)]), Next::Ended(Stopped));
    assert_eq!(run(&mut own(), &[about(1, Checking)]), Next::Wait);
    // The list was down before the start, so the id may be an old one.
    let before = Before { status: Some(Successful), runs: None };
    let mut old = Proof::started(Patience::default(), "own".to_owned(), before);
    let superseded = Lost::Superseded { run: Some("own".to_owned()), by: "next".to_owned() };
    assert_eq!(run(&mut old, &looks), Next::Lost(superseded));
}

#[test]
fn only_runs_this_process_started_may_be_stopped() {
    let at = Duration::from_secs(20);
    let proof = |polls: &[Poll<'_>]| {
        let mut proof = own();
        last(&mut proof, polls);
        proof
    };
    let running = |percent| Progress { status: Checking, percent };
    let over = Progress { status: Successful, percent: None };
    let watched = proof(&[(1, Checking, Some(40.0), Runs::NotAsked)]);
    use Active::{Nothing, PerhapsAnother, Watched};
    // (progress, list) -> what is active
    let cases = [
        (Some(running(Some(50.0))), listed("own", "old"), Watched),
        (None, listed("own", "old"), Watched),
        (None, listed("own", "own"), PerhapsAnother),
        (Some(running(Some(5.0))), listed("own", "old"), PerhapsAnother),
        (Some(running(None)), listed("next", "old"), PerhapsAnother),
        (Some(running(None)), listed("old", "old"), Watched),
        (Some(over), listed("old", "old"), Nothing),
        (Some(running(Some(40.0))), Runs::Missing, Watched),
        (Some(running(Some(10.0))), Runs::Down, PerhapsAnother),
        (Some(over), Runs::Down, Nothing),
        (None, Runs::Down, Watched),
    ];
    for (progress, runs, expected) in cases {
        assert_eq!(active(&watched, at, progress.as_ref(), &runs), expected, "{progress:?} {runs:?}");
    }
    // Nothing is known of the last minutes.
    assert_eq!(active(&watched, Duration::from_secs(90), None, &Runs::Down), PerhapsAnother);
    // It was seen to end, and something runs again.
    let ended = proof(&[(1, Checking, NONE, Runs::NotAsked), (10, Successful, NONE, Runs::Down)]);
    assert_eq!(active(&ended, at, Some(&running(None)), &Runs::Down), PerhapsAnother);
}
