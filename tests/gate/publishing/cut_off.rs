//! A signal while something is on its way to the pull request: what stands there in the end shows how the process ended.

use super::place::{Place, at_once, each, passing};
use crate::kit::forge::{Fault, Forge, pull_request};
use crate::kit::scenario::endless;
use crate::kit::{Ended, TASK, World};
use crate::pull_request::{OTHER_HEAD, story};
use crate::signals::signal;
use std::time::Duration;

/// How late an answer comes that a cancelled process waits for.
const LATE: Duration = Duration::from_millis(400);
/// How late a request is carried out whose answer it no longer waits for.
const VERY_LATE: Duration = Duration::from_millis(2_000);

/// How a request that is on its way ends.
fn endings(request: &'static str) -> [Fault; 3] {
    let fault = Fault::new(request, &[1], 0);
    [
        Fault { late: Some(LATE), ..fault.clone() },
        Fault { is_done: true, late: Some(LATE), ..fault.clone() },
        Fault { is_done: true, stalls: true, ..fault },
    ]
}

/// The same of what is made: it may come even later.
fn endings_of_what_is_made(request: &'static str) -> Vec<Fault> {
    let last = Fault { is_done: true, stalls: true, late: Some(VERY_LATE), ..Fault::new(request, &[1], 0) };
    endings(request).into_iter().chain([last]).collect()
}

/// A comment about a head that has moved on is never put over another's, but the own one is corrected all the same.
#[test]
fn a_comment_of_an_outdated_result_on_its_way() {
    let forge = Forge::with(pull_request(12).moves_to(OTHER_HEAD).at_look(3));
    let request = Place::GitHub.create();
    forge.state().faults = vec![Fault { is_done: true, late: Some(LATE), ..Fault::new(request, &[1], 0) }];
    let world = World::new(story(endless()));
    let arguments = ["check", TASK, "--pull-request", "auto", "--head-interval", "100ms"];
    let run = world.run_on_github(&forge, "pull_request", &arguments);
    let child = run.spawn();
    forge.wait_for(request, 1);
    signal(&child, "TERM");
    let ended = run.wait(child).expect(143);
    let body = Place::GitHub.own(&forge);
    assert!(body.contains("exit code 143"), "{}\n{body}", ended.stderr);
}

/// Runs a job, which gets SIGTERM once it has sent its first request of this kind, which meets this fault.
fn cut_off(place: Place, forge: &Forge, fault: Fault, more: &[&str]) -> Ended {
    let request = fault.request;
    forge.state().forget_requests();
    forge.state().faults = vec![fault];
    let world = World::new(passing());
    let run = place.job(&world, forge, more);
    let child = run.spawn();
    forge.wait_for(request, 1);
    signal(&child, "TERM");
    run.wait(child).expect(143)
}

/// One comment, whether it is the first or one that is edited, and however late its request arrives.
#[test]
fn a_comment_on_its_way() {
    each(|place| {
        let made = endings_of_what_is_made(place.create());
        for (is_there, endings) in [(false, made), (true, endings(place.edit()).to_vec())] {
            std::thread::scope(|scope| {
                for fault in endings {
                    scope.spawn(move || {
                        let forge = Forge::new();
                        if is_there {
                            place.run(&forge, passing().findings([0, 0, 0, 1]), &[]).expect(0);
                        }
                        let ended = cut_off(place, &forge, fault.clone(), &["--publish", "comment"]);
                        let body = place.own(&forge);
                        let log = &ended.stderr;
                        let said = format!("{place:?} {fault:?}:\n{log}\n{body}\n{}", forge.everything());
                        assert!(body.contains("exit code 143"), "{said}");
                        assert_eq!(forge.requests(place.create()).len(), usize::from(!is_there), "{said}");
                    });
                }
            });
        }
    });
}

/// The last check run or status of the commit counts.
#[test]
fn a_check_run_on_its_way() {
    let places = [
        (Place::GitHub, "cancelled"),
        (Place::GitLab, "canceled"),
        (Place::Gitee, "cancelled"),
        (Place::Gitea, "error"),
    ];
    at_once(places, |(place, expected)| {
        std::thread::scope(|scope| {
            for fault in endings(place.check_run()) {
                scope.spawn(move || {
                    let forge = Forge::new();
                    let ended = cut_off(place, &forge, fault.clone(), &["--publish", "comment,check-run"]);
                    let shown = place.check_runs(&forge);
                    let said = format!("{place:?} {fault:?}: {}", ended.stderr);
                    assert_eq!(shown.last().map(String::as_str), Some(expected), "{said}");
                    assert!(place.own(&forge).contains("exit code 143"), "{said}");
                });
            }
        });
    });
}

/// Nothing is begun after a signal: without a comment there is none afterwards.
#[test]
fn a_look_at_the_comments_on_its_way() {
    each(|place| {
        let forge = Forge::new();
        let fault = Fault { late: Some(LATE), ..Fault::new(place.list(), &[], 0) };
        let ended = cut_off(place, &forge, fault, &["--publish", "comment"]);
        assert_eq!(place.comments(&forge).1, [""; 0], "{place:?}: {}", ended.stderr);
        assert_eq!(forge.requests(place.create()).len(), 0, "{place:?}");
    });
}

/// The check run that is there already, with the outcome from before the signal, is not taken for the one that corrects it.
#[test]
fn a_correction_that_is_refused_once() {
    let forge = Forge::new();
    let request = Place::GitHub.check_run();
    let late = Fault { is_done: true, late: Some(LATE), ..Fault::new(request, &[1], 0) };
    // Both faults count each request: this is the second's.
    forge.state().faults = vec![late, Fault::new(request, &[4], 502)];
    let world = World::new(passing());
    let run = Place::GitHub.job(&world, &forge, &["--publish", "comment,check-run"]);
    let child = run.spawn();
    forge.wait_for(request, 1);
    signal(&child, "TERM");
    let ended = run.wait(child).expect(143);
    let shown = Place::GitHub.check_runs(&forge);
    assert_eq!(shown, ["success", "cancelled"], "{}", ended.stderr);
    assert_eq!(forge.requests(request).len(), 3);
}

/// What is missed once the time is over changes the exit code; what the comment shows follows, although the time for it is over, too.
#[test]
fn a_check_run_that_never_comes() {
    at_once([Place::GitHub, Place::GitLab, Place::Gitea], |place| {
        for is_done in [false, true] {
            let forge = Forge::new();
            let stall = Fault { is_done, ..Fault::stall(place.check_run()) };
            forge.state().faults = vec![Fault { on: &[1], ..stall }];
            let more = ["--publish", "comment,check-run", "--report-timeout", "1500ms"];
            let ended = place.run(&forge, passing(), &more).expect(5);
            let body = place.own(&forge);
            assert!(body.contains("exit code 5"), "{place:?} {is_done}: {}\n{body}", ended.stderr);
            let expected: &[&str] = if is_done { &["success", "failure"] } else { &["failure"] };
            let shown = place.check_runs(&forge);
            let words: Vec<&str> =
                shown.iter().map(|word| if word == "failed" { "failure" } else { word }).collect();
            assert_eq!(words, expected, "{place:?} {is_done}: {}", ended.stderr);
        }
    });
}
