//! Faults while the code of a pull request is checked: on each call of CodeArts and of the forge, alone and in pairs. There is
//! never a second run, a task that is left over is named, and nothing passes without a last look at the head.

use super::place::{PLACES, Place};
use super::{side_by_side, story};
use crate::kit::forge::{self, Forge, HEAD, pull_request};
use crate::kit::scenario::{
    answers, calls, loses_the_answer, refuses, resets, shows_a_web_page, stalls_after, task,
};
use crate::kit::{Ended, TASK, World};
use codearts_gate::sandbox::scenario::Fault;
use serde_json::{Value, json};

/// Whatever is found passes.
const CHECK: [&str; 8] = ["check", TASK, "--pull-request", "auto", "--report", "none", "--gate", "off"];
/// The same with all findings, so that the forge is not asked for changed lines.
const ALL: [&str; 2] = ["--scope", "all"];

/// Calls of the mode, each of which may fail.
const CALLS: [&str; 7] =
    ["task-info", "merge-requests", "rulesets", "settings", "task-create", "run", "task-delete"];

/// A call, a fault of it, and the code that it leads to alone.
#[derive(Clone)]
struct Try {
    call: &'static str,
    name: &'static str,
    fault: Fault,
    code: i32,
}

/// Faults that pass, and refusals.
fn faults() -> Vec<(&'static str, Fault)> {
    vec![
        ("lost answer", loses_the_answer()),
        ("reset", resets()),
        ("429", refuses(429, "APIGW.0308").into()),
        ("500", refuses(500, "APIGW.0601").into()),
        ("503", answers(503).body("<html>maintenance</html>").into()),
        ("web page", shows_a_web_page()),
        ("refusal", refuses(400, "CC.00000001.400").into()),
        ("forbidden", refuses(403, "APIGW.0302").into()),
        ("no permission", refuses(400, "CC.00050011").into()),
        ("unknown call", refuses(404, "APIGW.0101").into()),
    ]
}

fn passes(fault: &str) -> bool {
    !["refusal", "forbidden", "no permission", "unknown call"].contains(&fault)
}

fn tries(call: &'static str) -> Vec<Try> {
    let of = |(name, fault): (&'static str, Fault)| {
        let code = match (call, name) {
            _ if passes(name) => 0,
            // Without it the project is not known, and `--project-id` helps.
            ("task-info", _) | ("task-create" | "run", "refusal" | "unknown call") => 64,
            ("task-create" | "run", _) => 77,
            _ => 0,
        };
        Try { call, name, fault, code }
    };
    faults().into_iter().map(of).collect()
}

/// A check in which these calls fail with these numbers.
fn check(rules: &[(&Try, &[u32])]) -> (World, Forge, Ended) {
    let mut story = super::story(task().ends_at_poll(6));
    for (one, on) in rules {
        story = story.when(calls(one.call).nth(on.to_vec()), one.fault.clone());
    }
    let world = World::new(story);
    let forge = Forge::with(pull_request(12));
    let ended = world.run_on_github(&forge, "pull_request", &[&CHECK[..], &ALL].concat()).finish();
    (world, forge, ended)
}

/// What is true whatever fails; the first thing that is wrong.
fn wrong(world: &World, ended: &Ended, codes: &[i32]) -> Option<String> {
    let runs = world.sandbox.all_runs_started();
    let left = world.sandbox.created_tasks();
    let is_named = |id: &String| ended.stderr.contains(id) || says_perhaps_left(&ended.stderr);
    let fault = if !codes.contains(&ended.code) {
        format!("code {}, not one of {codes:?}", ended.code)
    } else if runs > 1 {
        format!("{runs} runs")
    } else if ended.code == 0 && runs != 1 {
        "passed without a run".to_owned()
    } else if ended.code == 0 && !ended.stderr.contains("the head of the pull request is still") {
        "passed without a last look".to_owned()
    } else if left.len() > 1 {
        format!("{} tasks are left", left.len())
    } else if !left.iter().all(is_named) {
        format!("nothing names {left:?}")
    } else {
        return None;
    };
    Some(format!("{fault}:\n{}", ended.stderr))
}

fn says_perhaps_left(log: &str) -> bool {
    let words =
        ["may be left in CodeArts", "whether a merge-request task was created", "may have created a task"];
    words.iter().any(|words| log.contains(words))
}

#[test]
fn every_fault_once_on_every_call() {
    let cases: Vec<Try> = CALLS.into_iter().flat_map(tries).collect();
    side_by_side(&cases, |one| {
        let (world, _forge, ended) = check(&[(one, &[1])]);
        let is_injected = !world.calls(one.call).is_empty();
        let wrong = wrong(&world, &ended, &[one.code]);
        let wrong = wrong.or_else(|| (!is_injected).then(|| "never called".to_owned()))?;
        Some(format!("{} on {}: {wrong}", one.name, one.call))
    });
}

#[test]
fn every_fault_for_ever_on_every_call() {
    let cases: Vec<Try> = CALLS.into_iter().flat_map(tries).collect();
    side_by_side(&cases, |one| {
        let code = match (one.call, one.name) {
            ("settings" | "task-delete", _) => 0,
            // What was done is found.
            ("task-create" | "run", "lost answer") => 0,
            (_, name) if passes(name) => 69,
            _ => one.code,
        };
        let (world, _forge, ended) = check(&[(one, &[])]);
        let wrong = wrong(&world, &ended, &[code])?;
        Some(format!("{} on {}: {wrong}", one.name, one.call))
    });
}

/// One after the other on one call; of the others each first with some seconds.
fn pairs_on(call: &'static str, share: usize) {
    let tries = tries(call);
    let numbers = (0..tries.len()).flat_map(|first| (0..tries.len()).map(move |second| (first, second)));
    let chosen = numbers.filter(|(first, second)| (first + second) % share == 0);
    let pairs: Vec<(&Try, &Try)> = chosen.map(|(first, second)| (&tries[first], &tries[second])).collect();
    side_by_side(&pairs, |(first, second)| {
        let (world, _forge, ended) = check(&[(first, &[1]), (second, &[2])]);
        // Two creations in a row that fail are the last.
        let codes = [first.code, second.code, 69];
        let is_repeated = call != "task-create" && call != "run";
        let is_passing = first.code == 0 && second.code == 0 && is_repeated;
        let wrong = wrong(&world, &ended, if is_passing { &codes[..1] } else { &codes })?;
        Some(format!("{}, then {} on {call}: {wrong}", first.name, second.name))
    });
}

#[test]
fn pairs_on_the_creation_of_a_task() {
    pairs_on("task-create", 4);
}

#[test]
fn pairs_on_the_start_of_a_run() {
    pairs_on("run", 8);
}

#[test]
fn pairs_on_the_deletion_of_a_task() {
    pairs_on("task-delete", 8);
}

#[test]
fn pairs_on_the_calls_that_read() {
    for call in ["task-info", "merge-requests", "rulesets", "settings"] {
        pairs_on(call, 16);
    }
}

#[test]
fn pairs_on_two_calls() {
    let mut pairs = Vec::new();
    for (position, first_call) in CALLS.into_iter().enumerate() {
        for second_call in CALLS.into_iter().skip(position + 1) {
            for (number, first) in tries(first_call).into_iter().enumerate().skip(position % 10).step_by(10) {
                pairs.push((first, tries(second_call).swap_remove((number * 3 + position) % faults().len())));
            }
        }
    }
    side_by_side(&pairs, |(first, second)| {
        let (world, _forge, ended) = check(&[(first, &[1]), (second, &[1])]);
        let code = if first.code == 0 { second.code } else { first.code };
        let wrong = wrong(&world, &ended, &[code])?;
        Some(format!("{} on {}, {} on {}: {wrong}", first.name, first.call, second.name, second.call))
    });
}

/// A task that the service does not list is left over where its answer was lost, and the log says so.
#[test]
fn a_created_task_that_is_not_listed_may_be_left() {
    let lost = calls("task-create").nth([1]);
    let story = super::story(task().ends_at_poll(6))
        .with(|settings| settings.lists_created_tasks = false)
        .when(lost, loses_the_answer());
    let world = World::new(story);
    let forge = Forge::with(pull_request(12));
    let ended = world.run_on_github(&forge, "pull_request", &[&CHECK[..], &ALL].concat()).finish();
    assert_eq!(wrong(&world, &ended, &[0]), None);
    assert_eq!(world.sandbox.created_tasks().len(), 1);
    assert!(says_perhaps_left(&ended.stderr), "{}", ended.stderr);
}

/// What the forge may answer, and the code if it goes on.
fn forge_faults() -> Vec<(&'static str, forge::Fault, i32)> {
    let answer = |status: u16, body: Value| forge::Fault { body, ..forge::Fault::new("", &[], status) };
    let lost = forge::Fault { is_done: true, ..answer(0, Value::Null) };
    let later = forge::Fault { headers: &[("retry-after", "0")], ..answer(429, json!({"message": "later"})) };
    vec![
        ("lost answer", lost, 69),
        ("429", later, 69),
        ("500", answer(500, json!({"message": "oops"})), 69),
        ("503", answer(503, json!("<html>maintenance</html>")), 69),
        ("web page", answer(200, json!("<html>Please sign in</html>")), 69),
        ("other JSON", answer(200, json!({"message": "hello"})), 69),
        ("refusal", answer(422, json!({"message": "Validation Failed"})), 69),
        ("401", answer(401, json!({"message": "Bad credentials"})), 77),
        ("403", answer(403, json!({"message": "Resource not accessible by integration"})), 77),
        ("404", answer(404, json!({"message": "Not Found"})), 77),
    ]
}

/// Looks at the pull request: to identify it, before the run, after the run.
const LOOKS: [usize; 3] = [1, 2, 3];

/// A check on whose calls of the forge these faults come; what is wrong.
fn wrong_with_forge(
    place: Place,
    polls: u32,
    more: &[&str],
    faults: &[forge::Fault],
    codes: &[i32],
) -> Option<String> {
    let world = World::new(place.story(task().ends_at_poll(polls)));
    let forge = Forge::with(pull_request(12));
    forge.state().faults = faults.to_vec();
    let arguments = [&CHECK[..], &["--timeout", "20s"], more].concat();
    let ended = place.job(&world, &forge, HEAD, &arguments).finish();
    let comments = place.comments(&forge);
    let is_green = comments.iter().any(|body| body.contains("passed"));
    let is_wrong = comments.len() > 1 || ended.code != 0 && is_green;
    wrong(&world, &ended, codes).or_else(|| is_wrong.then(|| format!("{comments:?}\n{}", ended.stderr)))
}

fn forge_passes(fault: &str) -> bool {
    ["lost answer", "429", "500", "503", "web page"].contains(&fault)
}

#[test]
fn every_fault_of_the_forge_on_every_look() {
    let mut cases = Vec::new();
    for place in PLACES {
        for look in LOOKS {
            for (name, fault, code) in forge_faults() {
                cases.push((place, look, name, code, false, vec![place.at_look(look, &fault)]));
                cases.push((place, look, name, code, true, place.since_look(look, &fault)));
            }
        }
    }
    side_by_side(&cases, |(place, look, name, code, is_lasting, faults)| {
        let codes = if *is_lasting {
            vec![*code]
        } else if forge_passes(name) {
            vec![0]
        } else {
            vec![0, *code]
        };
        let wrong =
            wrong_with_forge(*place, 6, &["--head-interval", "1ms", "--scope", "all"], faults, &codes)?;
        Some(format!("{name} on look {look} of {place:?}, lasting {is_lasting}: {wrong}"))
    });
}

/// With all findings the fourth look is the last; with those on changed lines it comes with the list of files, and the sixth
/// is. Each pair on one of the forges, in turn.
#[test]
fn pairs_of_faults_of_the_forge() {
    let faults = forge_faults();
    let mut cases = Vec::new();
    for (number, (name, fault, code)) in faults.iter().enumerate() {
        let (other_name, other, other_code) = &faults[(number * 3 + 1) % faults.len()];
        let once = |name, code: &i32| if forge_passes(name) { vec![] } else { vec![*code] };
        let at = |fault: &forge::Fault, request, on| vec![forge::Fault { request, on, ..fault.clone() }];
        let pairs = |place: Place| {
            let (comments, creation) = (place.comment_list(), place.comment_creation());
            let last = place.since_look(4, fault);
            let either = [vec![0], once(name, code), once(other_name, other_code)].concat();
            let first = [vec![*other_code], once(name, code)].concat();
            [
                ("two looks", "all", vec![place.at_look(2, fault)], vec![place.at_look(3, other)], either),
                (
                    "first and last look",
                    "all",
                    vec![place.at_look(1, fault)],
                    place.since_look(4, other),
                    first,
                ),
                ("last look, comments", "all", last.clone(), at(other, comments, &[]), vec![*code]),
                ("last look, comment", "all", last, at(other, creation, &[1]), vec![*code]),
                (
                    "files, last look",
                    "changed",
                    at(other, place.files(), &[]),
                    place.since_look(6, fault),
                    vec![*code],
                ),
                ("comments, comment", "all", at(fault, comments, &[1]), at(other, creation, &[]), vec![0]),
                // After a creation the comments are looked at again.
                (
                    "comment, comments",
                    "all",
                    at(other, creation, &[1]),
                    at(fault, comments, &[2, 3, 4, 5]),
                    vec![0],
                ),
            ]
        };
        for (kind, place) in (0..pairs(Place::GitHub).len()).map(|kind| (kind, PLACES[(number + kind) % 2])) {
            cases.push((place, [*name, *other_name], pairs(place)[kind].clone()));
        }
    }
    side_by_side(&cases, |(place, names, (kind, scope, first, second, codes))| {
        let faults = [first.clone(), second.clone()].concat();
        let wrong = wrong_with_forge(*place, 2, &["--scope", scope], &faults, codes)?;
        Some(format!("{kind} on {place:?}, {names:?}: {wrong}"))
    });
}

/// An answer of which only the beginning comes costs no more than `--timeout`, wherever it is on the way to the task: the service is
/// not there for the job, and nothing is known about the code.
#[test]
fn an_answer_that_stalls_before_there_is_a_task() {
    for call in ["task-info", "merge-requests", "rulesets", "settings"] {
        let world = World::new(story(task().ends_at_poll(1)).when(call, stalls_after(20)));
        let forge = Forge::with(pull_request(12));
        let arguments = [&CHECK[..], &["--timeout", "1s"]].concat();
        let ended = world.run_on_github(&forge, "pull_request", &arguments).finish().expect(69);
        let reason = &ended.result()["tasks"][0]["reason"];
        let expected = "`--timeout` expired before there was a merge-request task to run";
        assert_eq!(reason, expected, "{call}: {}", ended.stderr);
        assert_eq!(world.calls(call).len(), 1, "{call}");
    }
}

/// The same of a forge, whether the limit of the request or `--timeout` comes first.
#[test]
fn a_forge_that_stalls_before_there_is_a_task() {
    let cases: Vec<_> =
        PLACES.into_iter().flat_map(|place| ["1ms", "1s"].map(|limit| (place, limit))).collect();
    side_by_side(&cases, |(place, limit)| {
        let world = World::new(place.story(task().ends_at_poll(1)));
        let forge = Forge::with(pull_request(12));
        forge.state().faults = vec![place.at_look(1, &forge::Fault::stall(""))];
        let arguments = [&CHECK[..], &["--timeout", limit]].concat();
        let ended = place.job(&world, &forge, HEAD, &arguments).finish();
        let is_wrong = ended.code != 69 || !world.calls("task-create").is_empty();
        is_wrong.then(|| format!("{place:?} ended with {} after {limit}\n{}", ended.code, ended.stderr))
    });
}
