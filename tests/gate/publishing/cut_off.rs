//! A signal while something is on its way to the pull request: what stands there in the end shows how the process ended.

use super::place::{Place, at_once, each, passing};
use crate::kit::forge::{Fault, Forge, Late, pull_request};
use crate::kit::scenario::endless;
use crate::kit::{Ended, Run, TASK, World};
use crate::pull_request::{OTHER_HEAD, story};
use crate::signals::signal;

/// What the log contains as soon as a signal during publishing is noticed.
const NOTICED: &str = "cancelled while publishing the result";

/// What becomes of a request that is on its way when the signal comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// It is carried out after the signal, and answered.
    Delayed,
    /// It is carried out before the signal, and answered after it.
    AnsweredLate,
    /// It is carried out, and never answered.
    Unanswered,
    /// It is carried out once nobody waits for its answer any more.
    VeryLate,
}

impl Ending {
    /// Of requests that change what is there.
    const OF_CHANGES: [Self; 3] = [Self::Delayed, Self::AnsweredLate, Self::Unanswered];
    /// Of those that make something.
    const OF_CREATIONS: [Self; 4] = [Self::Delayed, Self::AnsweredLate, Self::Unanswered, Self::VeryLate];

    /// The first request of this kind meets it.
    fn of_first(self, request: &'static str) -> Fault {
        Fault {
            is_done: self != Self::Delayed,
            stalls: matches!(self, Self::Unanswered | Self::VeryLate),
            late: (self != Self::Unanswered).then_some(Late::Held),
            ..Fault::new(request, &[1], 0)
        }
    }
}

/// Runs a job that gets SIGTERM once its first request of this kind has arrived, and lets what is held go when it has noticed.
fn cut_off(place: Place, forge: &Forge, run: &Run, (request, ending): (&'static str, Ending)) -> Ended {
    forge.state().forget_requests();
    forge.state().faults.insert(0, ending.of_first(request));
    let watched = run.spawn_watched();
    forge.wait_for(request, 1);
    let looks = forge.requests(place.list()).len();
    signal(&watched.child, "TERM");
    watched.wait_for_log(NOTICED);
    if ending == Ending::VeryLate {
        // It has looked three times for what it has made without an answer.
        forge.wait_for(place.list(), looks + 3);
    }
    forge.release();
    run.wait_watched(watched).expect(143)
}

/// A comment about a head that has moved on is never put over another's, but the own one is corrected all the same.
#[test]
fn a_comment_of_an_outdated_result_on_its_way() {
    let place = Place::GitHub;
    let forge = Forge::with(pull_request(12).moves_to(OTHER_HEAD).at_look(3));
    let world = World::new(story(endless()));
    let arguments = ["check", TASK, "--pull-request", "auto", "--head-interval", "100ms"];
    let run = world.run_on_github(&forge, "pull_request", &arguments);
    let ended = cut_off(place, &forge, &run, (place.create(), Ending::AnsweredLate));
    let body = place.own(&forge);
    assert!(body.contains("exit code 143"), "{}\n{body}", ended.stderr);
}

/// One comment, whether it is the first or one that is edited, and however late its request arrives.
#[test]
fn a_comment_on_its_way() {
    each(|place| {
        let created = (false, place.create(), &Ending::OF_CREATIONS[..]);
        for (is_there, request, endings) in [created, (true, place.edit(), &Ending::OF_CHANGES)] {
            std::thread::scope(|scope| {
                for ending in endings {
                    scope.spawn(move || {
                        let forge = Forge::new();
                        if is_there {
                            place.run(&forge, passing().findings([0, 0, 0, 1]), &[]).expect(0);
                        }
                        let world = World::new(passing());
                        let run = place.job(&world, &forge, &["--publish", "comment"]);
                        let ended = cut_off(place, &forge, &run, (request, *ending));
                        let body = place.own(&forge);
                        let log = &ended.stderr;
                        let said = format!("{place:?} {ending:?}:\n{log}\n{body}\n{}", forge.everything());
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
            for ending in Ending::OF_CHANGES {
                scope.spawn(move || {
                    let forge = Forge::new();
                    let world = World::new(passing());
                    let run = place.job(&world, &forge, &["--publish", "comment,check-run"]);
                    let ended = cut_off(place, &forge, &run, (place.check_run(), ending));
                    let shown = place.check_runs(&forge);
                    let said = format!("{place:?} {ending:?}: {}", ended.stderr);
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
        let world = World::new(passing());
        let run = place.job(&world, &forge, &["--publish", "comment"]);
        let ended = cut_off(place, &forge, &run, (place.list(), Ending::Delayed));
        assert_eq!(place.comments(&forge).1, [""; 0], "{place:?}: {}", ended.stderr);
        assert_eq!(forge.requests(place.create()).len(), 0, "{place:?}");
    });
}

/// The check run that is there already, with the outcome from before the signal, is not taken for the one that corrects it.
#[test]
fn a_correction_that_is_refused_once() {
    let forge = Forge::new();
    let request = Place::GitHub.check_run();
    // Both faults count each request: this is the second's.
    forge.state().faults = vec![Fault::new(request, &[4], 502)];
    let world = World::new(passing());
    let run = Place::GitHub.job(&world, &forge, &["--publish", "comment,check-run"]);
    let ended = cut_off(Place::GitHub, &forge, &run, (request, Ending::AnsweredLate));
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
