//! What goes wrong between the gate and a forge leaves one comment at most, and the exit code.

use super::place::{PLACES, Place, each, passing};
use crate::kit::forge::{Fault, Forge};
use crate::kit::scenario::{CHECKING, Task, endless};
use crate::snapshot::lines_with;
use serde_json::{Value, json};

/// The request that meets the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    List,
    Create,
    Edit,
}

impl At {
    fn fault(self, place: Place, on: &'static [usize], status: u16) -> Fault {
        let request = match self {
            Self::List => place.list(),
            Self::Create => place.create(),
            Self::Edit => place.edit(),
        };
        // None of the ways in which forges write a message is a surprise.
        let body = json!({"message": "no", "error_code": "CH.1", "error_msg": "no", "error_message": "no"});
        Fault { body, ..Fault::new(request, on, status) }
    }
}

fn busy(fault: Fault) -> Fault {
    Fault { headers: &[("retry-after", "1")], ..fault }
}

fn lost(fault: Fault) -> Fault {
    Fault { is_done: true, ..fault }
}

/// With each fault: how many comments there are in the end, and how often one was created.
#[test]
fn a_first_comment() {
    use At::{Create, List};
    each(|place| {
        let cases = [
            (lost(Create.fault(place, &[1], 0)), 1, 1..=1),
            (busy(Create.fault(place, &[1], 429)), 1, 2..=2),
            (Create.fault(place, &[1], 500), 1, 2..=2),
            // The credentials of CodeArts are renewed once.
            (Create.fault(place, &[], 401), 0, 1..=if place == Place::CodeArtsRepo { 2 } else { 1 }),
            (Create.fault(place, &[], 403), 0, 1..=2),
            (Create.fault(place, &[], 404), 0, 1..=1),
            (Create.fault(place, &[], 418), 0, 1..=1),
            (busy(List.fault(place, &[1], 429)), 1, 1..=1),
            (List.fault(place, &[1], 500), 1, 1..=1),
            (List.fault(place, &[], 401), 0, 0..=0),
            (List.fault(place, &[], 403), 0, 0..=0),
            (List.fault(place, &[], 404), 0, 0..=0),
            // An answer that is not a list.
            (List.fault(place, &[], 200), 0, 0..=0),
        ];
        for (fault, comments, tries) in cases {
            let forge = Forge::new();
            forge.state().faults = vec![fault.clone()];
            let ended = place.run(&forge, passing(), &[]).expect(0);
            let (_, own) = place.comments(&forge);
            assert_eq!(own.len(), comments, "{place:?} {fault:?}: {}", ended.stderr);
            let sent = forge.requests(place.create()).len();
            assert!(tries.contains(&sent), "{place:?} {fault:?}: {sent}");
            let warning = lines_with(&ended.stderr, "not published as comment: ");
            assert_eq!(warning.is_empty(), comments == 1, "{place:?} {fault:?}: {}", ended.stderr);
        }
    });
}

/// The comment is there already.
#[test]
fn a_comment_that_is_edited() {
    use At::{Create, Edit, List};
    each(|place| {
        let forge = Forge::new();
        place.run(&forge, passing(), &[]).expect(0);
        let cases = [
            (lost(Edit.fault(place, &[1], 0)), true),
            (busy(Edit.fault(place, &[1], 429)), true),
            (Edit.fault(place, &[1], 500), true),
            (Edit.fault(place, &[], 401), false),
            (Edit.fault(place, &[], 403), false),
            (Edit.fault(place, &[], 404), false),
            (List.fault(place, &[], 403), false),
            (Create.fault(place, &[], 403), true),
        ];
        for (number, (fault, is_edited)) in (1..).zip(cases) {
            // There, what may not be edited is another's.
            if place == Place::CodeArtsRepo && fault.request == place.edit() && fault.status == 403 {
                continue;
            }
            forge.state().forget_requests();
            forge.state().faults = vec![fault.clone()];
            let ended = place.run(&forge, passing().findings([number, 1, 4, 9]), &[]).expect(0);
            let body = place.own(&forge);
            assert_eq!(
                body.contains(&format!("| {number} (")),
                is_edited,
                "{place:?} {fault:?}: {}",
                ended.stderr
            );
            assert_eq!(forge.requests(place.create()).len(), 0, "{place:?} {fault:?}");
        }
    });
}

/// An answer that names nobody does not show whose comment is there: another one would be the second.
#[test]
fn an_owner_without_a_name() {
    each(|place| {
        let forge = Forge::new();
        place.run(&forge, passing(), &[]).expect(0);
        let nobody = |request: &&'static str| Fault {
            body: json!({"message": [], "data": {}}),
            ..Fault::new(request, &[], 200)
        };
        forge.state().faults = place.owner().iter().map(nobody).collect();
        let ended = place.run(&forge, passing(), &[]).expect(0);
        place.own(&forge);
        let warning = lines_with(&ended.stderr, "not published as comment: ");
        assert_eq!(warning.is_empty(), place.owner().is_empty(), "{place:?}: {}", ended.stderr);
    });
}

/// Another exit code than that of a pass stays as well, also where the comment is asked for by name.
#[test]
fn another_exit_code() {
    let failing = || passing().gate(0);
    each(|place| {
        let cases: [(fn() -> Task, &[&str], i32); 2] = [
            (|| endless().before(CHECKING), &["--timeout", "1s"], 2),
            (|| passing().gate(0), &["--publish", "comment"], 4),
        ];
        for (task, more, code) in cases {
            let forge = Forge::new();
            forge.state().faults = vec![At::Create.fault(place, &[], 403)];
            place.run(&forge, task(), more).expect(code);
            assert_eq!(place.comments(&forge), (vec![], vec![]), "{place:?}");
            forge.state().faults = vec![lost(At::Create.fault(place, &[], 0))];
            place.run(&forge, task(), more).expect(code);
            place.own(&forge);
        }
        let forge = Forge::new();
        forge.state().faults = vec![At::List.fault(place, &[], 401)];
        place.run(&forge, passing(), &["--publish", "comment"]).expect(5);
        place.run(&forge, failing(), &["--publish", "comment"]).expect(4);
    });
}

/// A list with more pages than are read may hold the gate's comment: none is written then, and the exit code is that of any other
/// failure.
#[test]
fn a_list_that_does_not_end() {
    each(|place| {
        let forge = Forge::new();
        // Of each page that is read, and one more.
        let pages = match place {
            Place::GitHub | Place::GitLab => 50 * 2,
            Place::Gitee | Place::GitCode => 50 * 100,
            Place::CodeArtsRepo => 20 * 100,
            // It has no pages, but a number of all entries.
            Place::Gitea | Place::Forgejo => {
                let cut = Fault { body: json!([]), ..Fault::new(place.list(), &[], 200) };
                forge.state().faults = vec![Fault { headers: &[("x-total-count", "1")], ..cut }];
                0
            }
        };
        for _ in 0..=pages {
            place.write(&forge, "looks good");
        }
        for (more, task, code) in [
            (&[][..], passing(), 0),
            (&["--publish", "comment"], passing(), 5),
            (&["--publish", "comment"], passing().gate(0), 4),
        ] {
            let ended = place.run(&forge, task, more).expect(code);
            let shown = lines_with(&ended.stderr, "not published as comment: ");
            assert!(shown.contains("could not read the "), "{place:?}: {}", ended.stderr);
            assert_eq!(forge.requests(place.create()).len(), 0, "{place:?}");
        }
        // Where the forge shows that the last page is one, all is known.
        if [Place::GitHub, Place::GitLab].contains(&place) {
            forge.state().comments.pop();
            forge.state().gitlab.notes.pop();
            place.run(&forge, passing(), &[]).expect(0);
            place.own(&forge);
        }
    });
}

/// A job without a token, as one of a fork is: a line or two name the variable, and nothing is sent.
#[test]
fn a_job_without_a_token() {
    each(|place| {
        let Some((variables, shown)) = place.token() else { return };
        let forge = Forge::new();
        for (more, code) in [(&[][..], 0), (&["--publish", "comment"], 5)] {
            let ended = place.run_without(&forge, passing(), variables, more).expect(code);
            let named = ended.stderr.lines().filter(|line| line.contains(shown)).count();
            assert!((1..=2).contains(&named), "{place:?}: {}", ended.stderr);
            let is_warning = ended.stderr.contains("warning: not published");
            assert_eq!(is_warning, code == 5, "{place:?}: {}", ended.stderr);
        }
        assert_eq!(forge.state().requests, Vec::<(String, Value)>::new(), "{place:?}");
    });
}

/// What no forge has is a mistake on the command line.
#[test]
fn a_target_that_is_not_there() {
    for place in PLACES.into_iter().filter(|place| *place != Place::GitHub) {
        let forge = Forge::new();
        let ended = place.run(&forge, passing(), &["--publish", "sarif"]).expect(64);
        assert!(ended.stderr.contains("sarif"), "{place:?}: {}", ended.stderr);
        assert_eq!(forge.state().requests.len(), 0, "{place:?}");
    }
}
