//! Findings, from the service to the files: every page, every meaning of `offset`, every format.

use super::rows::{file, ids, issues, listing, row, text};
use crate::kit::scenario::{
    FAILED, answers, breaks_after, calls, resets, scenario, shows_a_web_page, succeeded, task,
};
use crate::kit::{TASK, World};
use crate::snapshot::{assert_shown, lines_with};
use codearts_gate::sandbox::scenario::Paging;
use serde_json::{Value, json};

const LISTS: &str = "sarif,codequality,checkstyle,json,csv";

/// All findings are fetched once, whatever `offset` means; where it is ignored, the fetch ends without a list.
#[test]
fn every_meaning_of_an_offset() {
    let checked = succeeded().findings([4, 30, 300, 900]);
    for paging in [Paging::Rows, Paging::Pages, Paging::PagesFromOne] {
        let world = World::new(checked.clone().paging(paging));
        let ended = world.run(&["check", TASK, "--report", "json"]).finish().expect(0);
        assert_eq!((issues(&ended).len(), ids(&ended).len()), (1234, 1234), "{paging:?}");
        assert_eq!(world.calls("findings").len(), 13 + 1 + 1, "{paging:?}: pages, a probe, delayed ones");
    }
    let world = World::new(checked.paging(Paging::Nothing));
    let ended = world.run(&["check", TASK, "--report", "json"]).finish().expect(5);
    assert_shown!("an_offset_without_a_meaning", lines_with(&ended.stderr, "1234"));
    assert!(!file(&ended, "json").exists() && world.calls("findings").len() < 30);
}

/// Small lists need one request of each kind.
#[test]
fn what_fits_on_a_page_is_requested_once() {
    for count in [0, 1, 100] {
        let world = World::new(succeeded().findings([0, 0, count, 0]));
        let ended = world.run(&["check", TASK, "--report", "json"]).finish().expect(0);
        assert_eq!(issues(&ended).len(), count as usize);
        assert_eq!(world.calls("findings").len(), 2, "formal and delayed ones");
    }
}

/// Rows that repeat a finding, pages larger than requested, and a total that counts locations.
#[test]
fn rows_are_not_findings() {
    let mut rows: Vec<Value> = (0..250).map(|id| row(id, 2, "src/a.c", id + 1)).collect();
    // One finding in several locations, and the same row twice.
    rows.extend((0..60).map(|line| row(7, 2, "src/b.c", line + 1)));
    rows.extend((0..40).map(|id| row(id, 2, "src/a.c", id + 1)));
    let world = World::new(listing(&rows));
    let ended = world.run(&["check", TASK, "--report", "json"]).finish().expect(0);
    assert_eq!(issues(&ended).len(), 250 + 60);
    assert_eq!(ids(&ended).len(), 250);
}

/// A failed page is requested again; an incomplete list is not written.
#[test]
fn failed_pages_are_requested_again() {
    let checked = scenario().task(succeeded().findings([0, 0, 0, 950]));
    let pages = |numbers: &[u32]| calls("findings").nth(numbers);
    let flaky = checked
        .clone()
        .when(pages(&[1]), resets())
        .when(pages(&[4, 5]), answers(429).header("Retry-After", "0"))
        .when(pages(&[8]), breaks_after(50))
        .when(pages(&[9]), shows_a_web_page());
    let world = World::new(flaky);
    let ended = world.run(&["check", TASK, "--report", LISTS]).finish().expect(0);
    assert_eq!(issues(&ended).len(), 950);

    let world = World::new(checked.when(calls("findings").from(6), resets()));
    let ended = world.run(&["check", TASK, "--report", LISTS]).finish().expect(5);
    for ending in ["sarif", "codequality.json", "checkstyle.xml", "json", "csv"] {
        assert!(!file(&ended, ending).exists(), "{ending}");
    }
    let names: Vec<_> = std::fs::read_dir(&ended.reports).expect("a listing").collect();
    assert_eq!(names.len(), 1, "only result.json, and nothing half-written: {names:?}");
    // Without files that need it, the verdict stands.
    world.run(&["check", TASK, "--report", "none"]).finish().expect(0);
}

/// A page that is too large is fetched in pieces; a single finding that is too large is omitted, with a warning.
#[test]
fn large_pages_are_fetched_in_pieces() {
    let mut rows: Vec<Value> = (0..130).map(|id| row(id, 2, "src/a.c", id + 1)).collect();
    for large in [3, 60, 61, 129] {
        rows[large]["defect_content"] = json!("x".repeat(1_900_000));
    }
    rows[77]["defect_content"] = json!("y".repeat(5_000_000));
    for paging in [Paging::Rows, Paging::Pages] {
        let world = World::new(listing(&rows).paging(paging));
        let ended = world.run(&["check", TASK, "--report", "json"]).finish().expect(0);
        let ids = ids(&ended);
        assert_eq!(ids.len(), 129, "{paging:?}");
        assert!(!ids.contains("d77"), "{paging:?}");
        assert_shown!("a_finding_that_is_too_large", lines_with(&ended.stderr, "warning: "));
        let longest = issues(&ended).iter().map(|issue| issue["message"].as_str().expect("text").len()).max();
        assert!(longest < Some(4100), "{longest:?}");
    }
}

/// The same findings in another order give the same bytes in every file.
#[test]
fn the_order_of_answers_does_not_matter() {
    let mut rows: Vec<Value> =
        (0..700).map(|id| row(id, id % 4, &format!("src/{}.c", id % 23), id % 40)).collect();
    // Versions of one finding that differ.
    rows.push(json!({"defect_id": "d5", "file_path": "src/5.c", "line_number": "5", "defect_level": "0", "defect_content": "other"}));
    rows.extend((0..9).map(|id| {
        let mut row = row(5000 + id, 1, "src/late.c", id + 1);
        row["delayed"] = json!(true);
        row
    }));
    let formats = format!("{LISTS},html,markdown,junit");
    let mut first: Option<Vec<Vec<u8>>> = None;
    for seed in 0..3 {
        let mut rows = rows.clone();
        fastrand::Rng::with_seed(seed).shuffle(&mut rows);
        let world = World::new(listing(&rows));
        let ended =
            world.run(&["check", TASK, "--report", &formats, "--max-issues", "9999"]).finish().expect(0);
        let endings = ["sarif", "codequality.json", "checkstyle.xml", "json", "csv"];
        let bytes: Vec<Vec<u8>> =
            endings.iter().map(|ending| std::fs::read(file(&ended, ending)).expect("a file")).collect();
        // The others contain the duration of the wait and the run id.
        let html = text(&ended, "html");
        let table = html[html.find("<h2>Findings").expect("the table")..].to_owned();
        let all: Vec<Vec<u8>> = bytes.into_iter().chain([table.into_bytes()]).collect();
        assert_eq!(issues(&ended).len(), 709);
        assert!(first.as_ref().is_none_or(|first| *first == all), "{seed}");
        first = Some(all);
    }
}

/// Severity, status, prefix; delayed findings are listed separately.
#[test]
fn which_findings_are_listed() {
    let mut rows: Vec<Value> = (0..12).map(|id| row(id, id % 4, "/home/ci/repo/src/a.c", id + 1)).collect();
    rows[0]["defect_status"] = json!("2");
    rows[5]["defect_status"] = json!("1");
    rows[6]["delayed"] = json!(true);
    let world = World::new(listing(&rows));
    let list = |more: &[&str]| {
        let mut arguments = vec!["check", TASK, "--report", LISTS];
        arguments.extend(more);
        world.run(&arguments).finish().expect(0)
    };
    let ended = list(&[]);
    assert_eq!(ids(&ended).len(), 10);
    let issues = issues(&ended);
    let (counted, delayed): (Vec<&Value>, Vec<&Value>) =
        issues.iter().partition(|issue| issue["codearts"]["delayed"] == false);
    assert_eq!((counted.len(), delayed.len()), (9, 1));
    assert_eq!((&delayed[0]["severity"], &delayed[0]["message"]), (&json!("LOW"), &json!("[delayed] m6")));
    assert_eq!(issues[0]["fileName"], "home/ci/repo/src/a.c");
    let severities: Vec<&str> =
        counted.iter().map(|issue| issue["severity"].as_str().expect("text")).collect();
    assert_eq!(severities, ["ERROR", "ERROR", "HIGH", "HIGH", "NORMAL", "NORMAL", "LOW", "LOW", "LOW"]);

    let ended = list(&["--severity", "critical,major", "--strip-prefix", "/home/ci/repo"]);
    assert_eq!(ids(&ended).len(), 4);
    assert_eq!(self::issues(&ended)[0]["fileName"], "src/a.c");
    let ended = list(&["--status", "ignored,resolved"]);
    let messages: Vec<Value> = self::issues(&ended).iter().map(|issue| issue["message"].clone()).collect();
    assert_eq!(messages, ["[ignored] m0", "[resolved] m5"]);
    let sarif: Value = serde_json::from_str(&text(&ended, "sarif")).expect("JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["suppressions"][0]["kind"], "external");
    assert!(text(&ended, "csv").contains("critical,ignored,no,"), "{}", text(&ended, "csv"));
}

/// One of the files cannot be written, at its beginning or at its end: an error, and none of them is left.
#[cfg(unix)]
#[test]
fn a_disk_that_refuses_one_list_leaves_none() {
    let world = World::new(succeeded().findings([0, 0, 0, 2000]));
    // In blocks of 512 bytes; the lists have 300 to 1,200 kB.
    for limit in [16, 1500] {
        let run = world.run(&["check", TASK, "--report", LISTS]);
        let child = run.spawn_through_shell(&format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" \"$@\""));
        let ended = run.wait(child).expect(5);
        assert!(ended.stderr.contains("os error"), "{limit}: {}", ended.stderr);
        assert_eq!(ended.files(), ["result.json"], "{limit}");
    }
}

/// Pages and tests exist whatever the outcome of the check; lists only when there is something to list.
#[test]
fn files_of_a_check_that_did_not_finish() {
    let world = World::new(task().before(FAILED).ends(FAILED));
    let formats = format!("{LISTS},html,markdown,junit");
    let mut run = world.run(&["check", TASK, "--report", &formats]);
    run.env("CODEARTS_PROJECT_ID", "41a4b9ad1fc4471397a0fbb95d8d6ed6");
    let ended = run.finish().expect(1);
    for ending in ["sarif", "codequality.json", "checkstyle.xml", "json", "csv"] {
        assert!(!file(&ended, ending).exists(), "{ending}: an empty list would say that all is well");
    }
    let junit = text(&ended, "junit.xml");
    assert!(junit.contains("tests=\"3\" failures=\"0\" errors=\"1\" skipped=\"2\""), "{junit}");
    for ending in ["junit.xml", "html", "md"] {
        let text = text(&ended, ending);
        for part in ["Pull code", "clone failed", "no access to the repository"] {
            assert!(text.contains(part), "{ending}: {part}");
        }
    }
    let formats: Vec<Value> = ended.result()["tasks"][0]["files"].as_array().expect("files").clone();
    assert_eq!(formats.len(), 3);
}

/// One test a finding: what counts failed, the others are skipped; the verdict has its own file.
#[test]
fn findings_as_tests() {
    let ignored = Value::from("2");
    let mut rows: Vec<Value> = (0..40).map(|id| row(id, id % 4, "src/a.c", id + 1)).collect();
    for row in &mut rows[..3] {
        row["defect_status"] = ignored.clone();
    }
    let world = World::new(listing(&rows));
    let ended =
        world.run(&["check", TASK, "--report", "junit=findings", "--status", "open,ignored"]).finish();
    let ended = ended.expect(0);
    let tests = text(&ended, "findings.junit.xml");
    assert!(tests.contains("tests=\"40\" failures=\"37\" errors=\"0\" skipped=\"3\""), "{}", &tests[..400]);
    assert_eq!(tests.matches("<testcase ").count(), 40);
    assert_eq!(tests.matches("<failure ").count(), 37);
    assert_eq!(tests.matches("type=\"ignored\"").count(), 3);
    assert!(text(&ended, "junit.xml").contains("the check ran to its end"));

    let ended =
        World::new(listing(&[])).run(&["check", TASK, "--report", "junit=findings"]).finish().expect(0);
    let tests = text(&ended, "findings.junit.xml");
    assert!(
        tests.contains("<testcase name=\"no findings\" classname=\"codearts-gate.findings\"/>"),
        "{tests}"
    );
    assert!(tests.contains("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\""), "{tests}");
}

/// XML cannot express every character of a name, not even escaped.
#[test]
fn names_that_xml_cannot_express() {
    let files = ["junit.xml", "findings.junit.xml", "checkstyle.xml"];
    let world = World::new(listing(&[]));
    let run = world.run(&["check", "--report", "junit=findings,checkstyle"]);
    let config = format!("[[task]]\nid = \"{TASK}\"\nname = \"a\\uFFFEb\\uFFFFc\"\n");
    std::fs::write(run.directory().join("codearts-gate.toml"), config).expect("written");
    let ended = run.finish().expect(0);
    for file in files {
        let text = text(&ended, file);
        assert!(!text.contains(['\u{fffe}', '\u{ffff}']), "{file}: {text}");
    }
    assert!(text(&ended, "junit.xml").contains("a\u{fffd}b\u{fffd}c"));
}
