//! A signal while something is on its way to the pull request: what stands there in the end shows how the process ended.

use super::place::{Place, at_once, each, passing};
use crate::kit::forge::{Fault, Forge};
use crate::kit::{Ended, World};
use std::time::Duration;

/// How late an answer comes that a cancelled process waits for.
const LATE: Duration = Duration::from_millis(400);
/// How late a request is carried out whose answer it no longer waits for.
const VERY_LATE: Duration = Duration::from_millis(2_200);

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

/// Runs a job, which gets SIGTERM once it has sent its first request of this kind, which meets this fault.
fn cut_off(place: Place, forge: &Forge, fault: Fault, more: &[&str]) -> Ended {
    let request = fault.request;
    forge.state().forget_requests();
    forge.state().faults = vec![fault];
    let world = World::new(passing());
    let run = place.job(&world, forge, more);
    let child = run.spawn();
    forge.wait_for(request, 1);
    let killed = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.expect("kill").success());
    run.wait(child).expect(143)
}

/// One comment, whether it is the first or one that is edited, and however late its request arrives.
#[test]
fn a_comment_on_its_way() {
    each(|place| {
        std::thread::scope(|scope| {
            let made = endings_of_what_is_made(place.create()).into_iter().map(|fault| (false, fault));
            for (is_there, fault) in made.chain(endings(place.edit()).map(|fault| (true, fault))) {
                scope.spawn(move || {
                    let forge = Forge::new();
                    if is_there {
                        place.run(&forge, passing().findings([0, 0, 0, 1]), &[]).expect(0);
                    }
                    let ended = cut_off(place, &forge, fault.clone(), &["--publish", "comment"]);
                    let body = place.own(&forge);
                    let said =
                        format!("{place:?} {fault:?}:\n{}\n{body}\n{}", ended.stderr, forge.everything());
                    assert!(body.contains("exit code 143"), "{said}");
                    assert_eq!(forge.requests(place.create()).len(), usize::from(!is_there), "{said}");
                });
            }
        });
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
