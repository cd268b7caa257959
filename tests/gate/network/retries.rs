//! Every fault of the retry matrix on every call: one at a time, in pairs, for ever. Right outcome, one run, and a PDF
//! that is whole or absent.

use crate::kit::{TASK, World, assert_whole_pdf};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Size of the PDF in these tests.
const PDF_BYTES: usize = 5000;

/// A run that takes a moment: long enough for four polls of each of hundreds of tasks on a slow machine.
pub(crate) fn quick_task() -> Value {
    json!({"duration": "1500ms", "pdf": {"duration": "250ms", "bytes": PDF_BYTES}})
}

fn answer(status: u16, code: &str) -> Value {
    json!({"kind": "answer", "status": status, "body": {"error_code": code, "error_msg": "scripted"}})
}

/// Faults that say nothing about the task. Each must be survived.
fn passing() -> Vec<(&'static str, Value)> {
    vec![
        ("reset", json!({"kind": "reset"})),
        ("lost answer", json!({"kind": "lost-answer"})),
        ("truncated", json!({"kind": "truncate", "after": 7})),
        ("html", json!({"kind": "html"})),
        ("delay", json!({"kind": "delay", "by": "60ms"})),
        ("500", answer(500, "APIGW.0601")),
        ("502", answer(502, "APIGW.0202")),
        ("503", json!({"kind": "answer", "status": 503, "body": "<html>maintenance</html>"})),
        ("504", json!({"kind": "answer", "status": 504})),
        ("429", answer(429, "APIGW.0308")),
        ("429 later", json!({"kind": "answer", "status": 429, "headers": {"Retry-After": "0"}})),
        ("network busy", answer(400, "CC.00000000")),
        ("retry later", answer(200, "CC.00050012")),
        ("internal call failed", answer(200, "CC.00050014")),
        ("service inner error", answer(200, "CC.00050006")),
        ("401", answer(401, "APIGW.0301")),
        ("expired", answer(200, "CC.00050007")),
    ]
}

fn is_refused_login(name: &str) -> bool {
    name == "401" || name == "expired"
}

fn rule(call: &str, task: &str, on: u32, fault: &Value) -> Value {
    json!({"call": call, "task": task, "on": [on], "fault": fault})
}

/// Runs one process with one task a case; each case is its faults and the expected outcome.
pub(crate) fn check_cases(cases: Vec<(String, Vec<(&str, u32, Value)>, &str)>, has_last_jobs: bool) {
    let mut faults = Vec::new();
    let mut expected = BTreeMap::new();
    let mut scripts = json!({"*": quick_task()});
    for (number, (name, rules, outcome)) in cases.iter().enumerate() {
        let task = format!("t{number}");
        // What a lost start has begun is proven by being seen running, and polls take their time, also on a slow machine.
        if rules.iter().any(|(call, ..)| ["run", "progress"].contains(call)) {
            scripts[&task] = quick_task();
            scripts[&task]["duration"] = json!("4s");
        }
        faults.extend(rules.iter().map(|(call, on, fault)| rule(call, &task, *on, fault)));
        expected.insert(task, (name, *outcome));
    }
    let scenario = json!({"tasks": scripts, "faults": faults, "has_last_jobs": has_last_jobs});
    let world = World::new(&scenario.to_string());
    let tasks: Vec<&str> = expected.keys().map(String::as_str).collect();
    let arguments: Vec<&str> =
        ["check", "--start", "--timeout", "60s", "--quiet"].into_iter().chain(tasks).collect();
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
    // A fault that was never committed would prove nothing. The second of a pair may be made needless by the first, but
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

/// The calls of a started check, and the number of the first call that is in question.
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
            let mut task = quick_task();
            // What a lost start has begun is proven by being seen running.
            if call != "run" {
                task["duration"] = json!("120ms");
            }
            let scenario = json!({"tasks": {"*": task}, "faults": [rule(call, TASK, on, &fault)]});
            let world = World::new(&scenario.to_string());
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
#[test]
fn every_pair_of_faults_on_the_same_call() {
    for (call, on) in CALLS {
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
fn refusals_count_at_the_beginning_and_not_in_between() {
    let refusals = [
        ("no such API", answer(404, "APIGW.0101"), "usage"),
        ("no such project", answer(200, "CC.00050013"), "usage"),
        ("bad parameter", answer(400, "CC.00000001.400"), "usage"),
        ("forbidden", answer(403, "APIGW.0302"), "denied"),
        ("no permission", answer(200, "CC.00050010"), "denied"),
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

/// What never gets better: the exit code says what could not be done, and nothing is left half done.
#[test]
fn faults_that_never_end() {
    let lasting: [(&str, &str, Value, i32); 14] = [
        ("progress", "reset", json!({"kind": "reset"}), 69),
        ("progress", "html", json!({"kind": "html"}), 69),
        ("progress", "503", answer(503, "APIGW.0202"), 69),
        ("progress", "busy", answer(400, "CC.00000000"), 69),
        ("progress", "inner error", answer(500, "CC.00050006"), 69),
        ("progress", "401", answer(401, "CC.00000003"), 77),
        ("progress", "403", answer(403, "APIGW.0304"), 77),
        ("run", "lost", json!({"kind": "reset"}), 69),
        ("run", "busy", answer(429, "APIGW.0308"), 69),
        ("pdf-start", "503", answer(503, "APIGW.0202"), 5),
        ("pdf-state", "503", answer(503, "APIGW.0202"), 5),
        ("pdf-state", "truncated", json!({"kind": "truncate", "after": 5}), 5),
        ("pdf-file", "truncated", json!({"kind": "truncate", "after": 3000}), 5),
        ("pdf-file", "html", json!({"kind": "html"}), 5),
    ];
    for (call, name, fault, code) in lasting {
        for start in [true, false] {
            if call == "run" && !start {
                continue;
            }
            let mut task = quick_task();
            task["before"] = if start { Value::Null } else { json!(2) };
            let scenario = json!({"tasks": {"*": task}, "faults": [{"call": call, "fault": fault}]});
            let world = World::new(&scenario.to_string());
            let mut run = world.run(&["check", TASK, "--timeout", "30s", "--report-timeout", "700ms"]);
            run.env("CODEARTS_START", if start { "1" } else { "0" });
            let ended = run.finish();
            assert_eq!(ended.code, code, "{name} on {call}, start {start}:\n{}", ended.stderr);
            assert_eq!(ended.files(), ["result.json"], "{name} on {call}");
            assert!(world.sandbox.runs_started(TASK) <= 1, "{name} on {call}");
        }
    }
}

/// Contact lost in mid-wait is held out until the time limit and its grace, and is then no verdict.
#[test]
fn contact_lost_until_the_limit_is_unavailable() {
    let later: Vec<u32> = (3..100_000).collect();
    let scenario = json!({
        "tasks": {"*": {"duration": "1h"}},
        "faults": [{"call": "progress", "on": later, "fault": {"kind": "reset"}}],
    });
    let world = World::new(&scenario.to_string());
    let mut run = world.run(&["check", TASK, "--start", "--timeout", "1s"]);
    let ended = run.env("CODEARTS_MAX_PAUSE", "500ms").finish().expect(69);
    assert_eq!(world.calls("stop").len(), 1, "our run is not left behind");
    assert_eq!(ended.result()["verdict"], "undecided");
    assert!(ended.result()["tasks"][0]["wait"]["seconds"].as_f64() > Some(1.0));
}

/// A hanging answer does not stretch the wait, and the poll at the deadline may still bring the verdict.
#[test]
fn a_hanging_poll_is_cut_off_at_the_deadline() {
    let scenario = json!({
        "tasks": {"*": {"before": 2}},
        "faults": [{"call": "progress", "on": [1], "fault": {"kind": "delay", "by": "1h"}}],
    });
    let world = World::new(&scenario.to_string());
    let ended = world.run(&["check", TASK, "--timeout", "700ms", "--report", "none"]).finish().expect(0);
    assert_eq!(ended.result()["tasks"][0]["wait"]["polls"], 2);
}

/// The server decides how long to wait after 429.
#[test]
fn retry_after_is_obeyed() {
    let fault = json!({"kind": "answer", "status": 429, "headers": {"Retry-After": "1"}});
    let scenario = json!({"tasks": {"*": {"before": 2}}, "faults": [rule("progress", TASK, 1, &fault)]});
    let world = World::new(&scenario.to_string());
    let mut run = world.run(&["check", TASK, "--report", "none"]);
    run.without("CODEARTS_MAX_PAUSE").finish().expect(0);
    let calls = world.calls("progress");
    let gap = calls[1].at - calls[0].at;
    assert!((1.0..3.0).contains(&gap.as_secs_f64()), "{gap:?}");
}

/// The calls at the edges: why a check failed, and stopping a run. Their trouble changes no verdict.
#[test]
fn trouble_at_the_edges_changes_no_verdict() {
    let mut said = Table::default();
    for (name, fault) in passing() {
        let scenario = json!({
            "tasks": {"*": {"final_status": 1, "duration": "20ms"}},
            "faults": [{"call": "log-detail", "on": [1], "fault": fault}],
        });
        let world = World::new(&scenario.to_string());
        let ended = world.run(&["check", TASK, "--start", "--project-id", "abc"]).finish();
        assert_eq!(ended.code, 1, "{name}:\n{}", ended.stderr);
        assert!(ended.stderr.contains("\"Pull code\""), "{name}:\n{}", ended.stderr);

        let scenario = json!({
            "tasks": {"*": {"duration": "1h"}},
            "faults": [{"call": "stop", "on": [1], "fault": fault}],
        });
        let world = World::new(&scenario.to_string());
        let ended = world.run(&["check", TASK, "--start", "--timeout", "100ms"]).finish();
        assert_eq!(ended.code, 2, "{name}:\n{}", ended.stderr);
        said.add(name, &lines_with(&ended.stderr, "(timeout)"));
    }
    assert_shown!("trouble_while_a_run_is_stopped", said.text());
}

/// Trouble while a lost start is looked for: the run is found all the same, and not started twice.
#[test]
fn trouble_while_looking_for_a_lost_start() {
    let lost = json!({"kind": "lost-answer"});
    let mut faults = passing();
    faults.push(("forbidden", answer(403, "APIGW.0302")));
    faults.push(("no permission", answer(200, "CC.00050010")));
    let mut cases = Vec::new();
    for (name, fault) in faults {
        for call in ["progress", "last-jobs"] {
            let rules = vec![("run", 1, lost.clone()), (call, 2, fault.clone())];
            cases.push((format!("lost start, {name} on {call}"), rules, "passed"));
        }
    }
    check_cases(cases, true);
}
