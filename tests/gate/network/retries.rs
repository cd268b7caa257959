//! Every fault of the retry matrix on every call: one at a time, in pairs, and without end. The outcome is right, there
//! is one run, and the PDF is complete or absent.

use crate::kit::scenario::{
    FAILED, SUCCEEDED, Task, answers, breaks_after, calls, endless, is_held, is_late, loses_the_answer, pdf,
    refuses, resets, scenario, shows_a_web_page, succeeded, task,
};
use crate::kit::{TASK, World, assert_whole_pdf};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::scenario::Fault;
use std::collections::BTreeMap;

/// Size of the PDF in these tests.
const PDF_BYTES: usize = 5000;

/// A run that ends at the eighth poll: after every call that a fault is planned for.
pub(crate) fn quick_task() -> Task {
    task().ends_at_poll(8).pdf(pdf().ends_at_poll(3).bytes(PDF_BYTES))
}

/// Faults that reveal nothing about the task. The gate must survive each.
fn passing() -> Vec<(&'static str, Fault)> {
    vec![
        ("reset", resets()),
        ("lost answer", loses_the_answer()),
        ("truncated", breaks_after(7)),
        ("html", shows_a_web_page()),
        ("delay", is_late("60ms")),
        ("500", refuses(500, "APIGW.0601").into()),
        ("502", refuses(502, "APIGW.0202").into()),
        ("503", answers(503).body("<html>maintenance</html>").into()),
        ("504", answers(504).into()),
        ("429", refuses(429, "APIGW.0308").into()),
        ("429 later", answers(429).header("Retry-After", "0").into()),
        ("network busy", refuses(400, "CC.00000000").into()),
        ("retry later", refuses(200, "CC.00050012").into()),
        ("internal call failed", refuses(200, "CC.00050014").into()),
        ("service inner error", refuses(200, "CC.00050006").into()),
        ("401", refuses(401, "APIGW.0301").into()),
        ("expired", refuses(200, "CC.00050007").into()),
    ]
}

fn is_refused_login(name: &str) -> bool {
    name == "401" || name == "expired"
}

/// Runs one process with one task a case; each case is its faults and the expected outcome.
pub(crate) fn check_cases(cases: Vec<(String, Vec<(&str, u32, Fault)>, &str)>, has_last_jobs: bool) {
    let mut expected = BTreeMap::new();
    // Without the list, the run of a lost start is recognised because it is seen running for a while.
    let task =
        if has_last_jobs { quick_task() } else { quick_task().with(|task| task.polls = None).takes("4s") };
    let mut story = scenario().task(task).with(|settings| settings.has_last_jobs = has_last_jobs);
    for (number, (name, rules, outcome)) in cases.iter().enumerate() {
        let task = format!("t{number}");
        for (call, on, fault) in rules {
            story = story.when(calls(call).nth([*on]).of(&task), fault.clone());
        }
        expected.insert(task, (name, *outcome));
    }
    let world = World::new(story);
    let tasks: Vec<&str> = expected.keys().map(String::as_str).collect();
    let arguments: Vec<&str> =
        ["check", "--start", "--timeout", "5m", "--quiet"].into_iter().chain(tasks).collect();
    let ended = world.run(&arguments).finish();
    let result = ended.result();
    let mut wrong = Vec::new();
    for entry in result["tasks"].as_array().expect("tasks") {
        let task = entry["task_id"].as_str().expect("an id");
        let (name, outcome) = expected[task];
        let runs = world.sandbox.runs_started(task);
        if entry["outcome"] != outcome || runs > 1 || outcome == "passed" && runs != 1 {
            wrong.push(format!(
                "{name}: wanted {outcome}, got {} with {runs} runs: {}",
                entry["outcome"], entry["reason"]
            ));
        }
        let pdf = ended.reports.join(format!("{task}.pdf"));
        if entry["outcome"] == "passed" {
            assert_whole_pdf(&pdf, PDF_BYTES);
        } else {
            assert!(!pdf.exists(), "{name}");
        }
    }
    // A fault that was never injected would prove nothing. The second of a pair may be made needless by the first, but
    // not on polls and not on another call.
    let mut counts: BTreeMap<(&str, Option<String>), u32> = BTreeMap::new();
    let recorded = world.sandbox.recorded();
    for call in &recorded {
        *counts.entry((call.call, call.task.clone())).or_default() += 1;
    }
    for (number, (name, rules, _)) in cases.iter().enumerate() {
        for (position, (call, on, _)) in rules.iter().enumerate() {
            let is_needed = position == 0 || *call == "progress" || *call != rules[0].0;
            let count = counts.get(&(*call, Some(format!("t{number}")))).copied().unwrap_or_default();
            if is_needed && count < *on {
                wrong.push(format!("{name}: call {on} of {call} was never made, only {count}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), expected.len(), wrong.join("\n"));
    assert!(ended.files().iter().all(|name| !name.ends_with(".part")), "{:?}", ended.files());
}

/// The calls of a started check, and the number of the first one that is tested.
const CALLS: [(&str, u32); 7] = [
    ("progress", 1),
    ("progress", 3),
    ("last-jobs", 1),
    ("run", 1),
    ("pdf-start", 1),
    ("pdf-state", 1),
    ("pdf-file", 1),
];

#[test]
fn every_fault_on_every_call_one_at_a_time() {
    let try_call = |(call, on): (&str, u32)| {
        for (name, fault) in passing() {
            // A run of a lost start is recognised because it is seen running.
            let task = if call == "run" { quick_task() } else { quick_task().ends_at_poll(4) };
            let story = scenario().task(task).when(calls(call).nth([on]).of(TASK), fault);
            let world = World::new(story);
            let ended = world.run(&["check", TASK, "--start"]).finish();
            assert_eq!(ended.code, 0, "{name} on {call}:\n{}", ended.stderr);
            let calls = world.calls(call).len();
            assert!(calls >= on as usize, "{name} was never committed: {calls} calls of {call}");
            assert_whole_pdf(&ended.reports.join(format!("{TASK}.pdf")), PDF_BYTES);
            assert_eq!(world.sandbox.runs_started(TASK), 1, "{name} on {call}");
        }
    };
    std::thread::scope(|scope| {
        for call in CALLS {
            scope.spawn(move || try_call(call));
        }
    });
}

/// All pairs of faults, one right after the other, on the same call. Two refused logins in a row are a refusal, except
/// in mid-wait, where good answers have been given before.
fn every_pair_of_faults_on(call: &'static str, on: u32) {
    let mut cases = Vec::new();
    for (first, first_fault) in passing() {
        for (second, second_fault) in passing() {
            let is_refusal = is_refused_login(first) && is_refused_login(second);
            let outcome = match call {
                "progress" if on > 1 => "passed",
                "pdf-state" => "passed",
                "pdf-start" | "pdf-file" if is_refusal => "report-failed",
                _ if is_refusal => "denied",
                _ => "passed",
            };
            let rules = vec![(call, on, first_fault.clone()), (call, on + 1, second_fault.clone())];
            cases.push((format!("{first}, then {second} on {call} {on}"), rules, outcome));
        }
    }
    check_cases(cases, true);
}

/// A test for each of [`CALLS`], so that they share the processors.
macro_rules! pairs_on_one_call {
    ($($name:ident: $call:literal, $on:literal;)*) => {
        $(#[test]
        fn $name() {
            every_pair_of_faults_on($call, $on);
        })*

        const PAIRED: [(&str, u32); CALLS.len()] = [$(($call, $on)),*];
    };
}

pairs_on_one_call! {
    pairs_of_faults_on_the_first_poll: "progress", 1;
    pairs_of_faults_in_mid_wait: "progress", 3;
    pairs_of_faults_on_the_list_of_runs: "last-jobs", 1;
    pairs_of_faults_on_the_start: "run", 1;
    pairs_of_faults_on_the_start_of_an_export: "pdf-start", 1;
    pairs_of_faults_on_the_state_of_an_export: "pdf-state", 1;
    pairs_of_faults_on_the_download: "pdf-file", 1;
}

#[test]
fn every_call_has_its_pairs() {
    assert_eq!(PAIRED, CALLS);
}

/// Faults on two different calls of the same check.
#[test]
fn pairs_of_faults_on_two_calls() {
    let mut cases = Vec::new();
    for (position, (first_call, first_on)) in CALLS.into_iter().enumerate() {
        for (second_call, second_on) in CALLS.into_iter().skip(position + 1) {
            for (number, (first, first_fault)) in passing().into_iter().enumerate() {
                let (second, second_fault) = passing().swap_remove((number * 7 + position) % passing().len());
                let rules = vec![(first_call, first_on, first_fault), (second_call, second_on, second_fault)];
                cases.push((format!("{first} on {first_call}, {second} on {second_call}"), rules, "passed"));
            }
        }
    }
    assert_eq!(cases.len(), 21 * 17);
    check_cases(cases, true);
}

/// Without the call that lists runs, a lost start must be found by what the task shows.
#[test]
fn a_lost_start_is_found_without_the_list_of_runs() {
    let cases = passing()
        .into_iter()
        .map(|(name, fault)| (name.to_owned(), vec![("run", 1, fault)], "passed"))
        .collect();
    check_cases(cases, false);
}

/// A refusal in mid-wait is not believed at once; before the first good answer it is.
#[test]
fn a_rejection_counts_at_the_beginning_and_not_during_the_wait() {
    let refusals: [(&str, Fault, &str); 5] = [
        ("no such API", refuses(404, "APIGW.0101").into(), "usage"),
        ("no such project", refuses(200, "CC.00050013").into(), "usage"),
        ("bad parameter", refuses(400, "CC.00000001.400").into(), "usage"),
        ("forbidden", refuses(403, "APIGW.0302").into(), "denied"),
        ("no permission", refuses(200, "CC.00050010").into(), "denied"),
    ];
    let mut cases = Vec::new();
    for (name, fault, outcome) in refusals {
        cases.push((format!("{name} at the beginning"), vec![("progress", 1, fault.clone())], outcome));
        cases.push((format!("{name} in between"), vec![("progress", 3, fault.clone())], "passed"));
        cases.push((format!("{name} on run"), vec![("run", 1, fault.clone())], outcome));
        cases.push((format!("{name} right after the start"), vec![("progress", 2, fault.clone())], "passed"));
        cases.push((
            format!("{name} on the PDF's job"),
            vec![("pdf-start", 1, fault.clone())],
            "report-failed",
        ));
        cases.push((format!("{name} on the state of the PDF"), vec![("pdf-state", 2, fault)], "passed"));
    }
    check_cases(cases, true);
}

/// Faults that never end: the exit code shows what failed, and nothing is left half done.
#[test]
fn faults_that_never_end() {
    let lasting: [(&str, &str, Fault, i32); 14] = [
        ("progress", "reset", resets(), 69),
        ("progress", "html", shows_a_web_page(), 69),
        ("progress", "503", refuses(503, "APIGW.0202").into(), 69),
        ("progress", "busy", refuses(400, "CC.00000000").into(), 69),
        ("progress", "inner error", refuses(500, "CC.00050006").into(), 69),
        ("progress", "401", refuses(401, "CC.00000003").into(), 77),
        ("progress", "403", refuses(403, "APIGW.0304").into(), 77),
        ("run", "lost", resets(), 69),
        ("run", "busy", refuses(429, "APIGW.0308").into(), 69),
        ("pdf-start", "503", refuses(503, "APIGW.0202").into(), 5),
        ("pdf-state", "503", refuses(503, "APIGW.0202").into(), 5),
        ("pdf-state", "truncated", breaks_after(5), 5),
        ("pdf-file", "truncated", breaks_after(3000), 5),
        ("pdf-file", "html", shows_a_web_page(), 5),
    ];
    for (call, name, fault, code) in lasting {
        for start in [true, false] {
            if call == "run" && !start {
                continue;
            }
            let task = if start { quick_task() } else { quick_task().before(SUCCEEDED) };
            let world = World::new(scenario().task(task).when(call, fault.clone()));
            let mut run = world.run(&["check", TASK, "--timeout", "30s", "--report-timeout", "2s"]);
            run.env("CODEARTS_START", if start { "1" } else { "0" });
            let ended = run.finish();
            assert_eq!(ended.code, code, "{name} on {call}, start {start}:\n{}", ended.stderr);
            assert_eq!(ended.files(), ["result.json"], "{name} on {call}");
            assert!(world.sandbox.runs_started(TASK) <= 1, "{name} on {call}");
        }
    }
}

/// Lost contact during the wait is endured until the timeout, and then decides nothing.
#[test]
fn contact_lost_until_the_limit_is_unavailable() {
    let world = World::new(scenario().task(endless()).when(calls("progress").from(3), resets()));
    let mut run = world.run(&["check", TASK, "--start", "--timeout", "2s"]);
    let ended = run.env("CODEARTS_MAX_PAUSE", "500ms").finish().expect(69);
    assert_eq!(world.calls("stop").len(), 1, "our run is not left behind");
    assert_eq!(ended.result()["verdict"], "undecided");
    assert!(ended.result()["tasks"][0]["wait"]["seconds"].as_f64() > Some(2.0));
}

/// A hanging answer does not stretch the wait, and the poll at the deadline may still bring the verdict.
#[test]
fn a_hanging_poll_is_cut_off_at_the_deadline() {
    let world = World::new(scenario().task(succeeded()).when(calls("progress").nth([1]), is_held()));
    let ended = world.run(&["check", TASK, "--timeout", "2s", "--report", "none"]).finish().expect(0);
    assert_eq!(ended.result()["tasks"][0]["wait"]["polls"], 2);
}

/// The server decides how long to wait after 429.
#[test]
fn retry_after_is_obeyed() {
    let throttled = answers(429).header("Retry-After", "1");
    let world = World::new(scenario().task(succeeded()).when(calls("progress").nth([1]), throttled));
    let mut run = world.run(&["check", TASK, "--report", "none"]);
    run.without("CODEARTS_MAX_PAUSE").finish().expect(0);
    let calls = world.calls("progress");
    let gap = calls[1].at - calls[0].at;
    assert!((1.0..30.0).contains(&gap.as_secs_f64()), "{gap:?}");
}

/// The calls beside the wait: why a check failed, and stopping a run. Their faults do not change the verdict.
#[test]
fn faults_beside_the_wait_do_not_change_the_verdict() {
    let try_fault = |name: &str, fault: Fault| {
        let failing = scenario().task(task().ends_at_poll(2).ends(FAILED));
        let world = World::new(failing.when(calls("log-detail").nth([1]), fault.clone()));
        let ended = world.run(&["check", TASK, "--start", "--project-id", "abc"]).finish();
        assert_eq!(ended.code, 1, "{name}:\n{}", ended.stderr);
        assert!(ended.stderr.contains("\"Pull code\""), "{name}:\n{}", ended.stderr);

        let world = World::new(scenario().task(endless()).when(calls("stop").nth([1]), fault));
        let ended = world.run(&["check", TASK, "--start", "--timeout", "2s"]).finish();
        assert_eq!(ended.code, 2, "{name}:\n{}", ended.stderr);
        lines_with(&ended.stderr, "(timeout)")
    };
    let mut table = Table::default();
    std::thread::scope(|scope| {
        let trials =
            passing().into_iter().map(|(name, fault)| (name, scope.spawn(move || try_fault(name, fault))));
        for (name, trial) in trials.collect::<Vec<_>>() {
            table.add(name, &trial.join().expect("no failure"));
        }
    });
    assert_shown!("faults_while_a_run_is_stopped", table.text());
}

/// Faults while a lost start is looked for: the run is found all the same, and not started twice.
#[test]
fn faults_during_the_search_for_a_lost_start() {
    let lost = loses_the_answer();
    let mut faults = passing();
    faults.push(("forbidden", refuses(403, "APIGW.0302").into()));
    faults.push(("no permission", refuses(200, "CC.00050010").into()));
    let mut cases = Vec::new();
    for (name, fault) in faults {
        for call in ["progress", "last-jobs"] {
            let rules = vec![("run", 1, lost.clone()), (call, 2, fault.clone())];
            cases.push((format!("lost start, {name} on {call}"), rules, "passed"));
        }
    }
    check_cases(cases, true);
}
