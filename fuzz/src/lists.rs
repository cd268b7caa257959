//! Lists of findings in every format, before a parser of it: each finding is there, with the texts that it has.

use crate::files::{directory, file};
use crate::page;
use codearts_gate::model::finding::{Finding, Status};
use codearts_gate::model::language::Language;
use codearts_gate::report::formats::FORMATS;
use codearts_gate::report::lists::baseline::Baseline;
use codearts_gate::report::lists::spool::Spool;
use codearts_gate::report::lists::{self, Plan};
use codearts_gate::report::store::directory::ReportDirectory;
use codearts_gate::report::store::workspace::Workspace;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

/// Writes the findings of an input, one a line, as a list of a format; its file.
fn list(text: &str, names: &[&str]) -> (Vec<Finding>, Vec<String>) {
    let mut findings: Vec<Finding> = text.split('\u{1e}').take(5).map(page::finding).collect();
    findings.sort();
    findings.dedup();
    let workspace = Workspace::default();
    let plan = Plan {
        task_id: "t".to_owned(),
        lists: FORMATS
            .iter()
            .filter(|entry| names.contains(&entry.format.name))
            .filter_map(|entry| entry.list())
            .collect(),
        directory: ReportDirectory::shared(directory(), &workspace).expect("a directory"),
        sources: PathBuf::from("/nowhere"),
        language: Language::English,
        severities: Vec::new(),
        statuses: Status::ALL.to_vec(),
        baseline: None,
        notes_open: false,
        changed: None,
        commented: None,
        top: 10,
    };
    // Of several versions of one finding the spool keeps one; here each finding has one.
    let mut seen = Spool::new(&directory());
    findings.retain(|finding| seen.add(finding.clone()).expect("room"));
    let mut spool = Spool::new(&directory());
    for finding in &findings {
        spool.add(finding.clone()).expect("room");
    }
    let sorted = spool.into_sorted().expect("findings");
    let (_, whole) = lists::write(sorted, &plan, &AtomicBool::new(false)).expect("findings");
    let written = lists::keep(whole.expect("files"), &mut Vec::new());
    let written = written.expect("names");
    assert_eq!(written.len(), names.len());
    let read = |name: &&str| {
        let found = written.iter().find(|written| written.format.name == *name).expect("a file");
        std::fs::read_to_string(&found.path).expect("UTF-8")
    };
    (findings, names.iter().map(read).collect())
}

/// Characters that XML 1.0 does not have.
fn in_xml(text: &str) -> String {
    let is_there = |one: char| matches!(one, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|one| if is_there(one) { one } else { '\u{fffd}' }).collect()
}

/// Lists in XML.
pub fn list_xml(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let (findings, files) = list(text, &["checkstyle", "junit=findings"]);
    let [checkstyle, junit] = &files[..] else { panic!("{files:?}") };
    let parse = |xml| roxmltree::Document::parse(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    let document = parse(checkstyle);
    let errors: Vec<_> = document.descendants().filter(|node| node.has_tag_name("error")).collect();
    assert_eq!(errors.len(), findings.len(), "{checkstyle}");
    for (error, finding) in errors.iter().zip(&findings) {
        let file = error.parent().and_then(|file| file.attribute("name").map(str::to_owned));
        assert_eq!(file, Some(in_xml(&finding.path)), "{checkstyle}");
        let message = error.attribute("message").expect("a message");
        assert!(message.ends_with(&in_xml(&finding.message)), "{message:?} for {:?}", finding.message);
    }
    let document = parse(junit);
    let cases: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    assert_eq!(cases.len(), findings.len(), "{junit}");
    let names: std::collections::HashSet<_> = cases.iter().map(|case| case.attribute("name")).collect();
    assert_eq!(names.len(), cases.len(), "two of a name: {junit}");
}

/// Lists in JSON; the SARIF file is read back as a baseline.
pub fn list_json(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let (findings, files) = list(text, &["sarif", "codequality", "json"]);
    let documents: Vec<Value> = files
        .iter()
        .map(|file| serde_json::from_str(file).unwrap_or_else(|error| panic!("{error}: {file}")))
        .collect();
    let results = documents[0]["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(&findings) {
        // A blank keeps text from being a link, which SARIF knows.
        let bare = |text: &str| text.replace("] (", "](");
        assert_eq!(bare(result["message"]["text"].as_str().expect("text")), bare(&finding.message));
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            .as_str()
            .expect("an address");
        let base = url::Url::parse("file:///root/").expect("an address");
        let address = base.join(uri).expect("an address");
        assert!(address.as_str().starts_with("file:///root/"), "{uri} leads elsewhere");
    }
    let baseline = Baseline::read(&file("again.sarif", files[0].as_bytes())).expect("a baseline");
    assert_eq!(baseline.len(), findings.len());
    let entries = documents[1].as_array().expect("a list");
    assert_eq!(entries.len(), findings.len());
    for (entry, finding) in entries.iter().zip(&findings) {
        assert_eq!(entry["location"]["path"], finding.path.as_str());
        assert!(entry["description"].as_str().expect("text").ends_with(&finding.message));
    }
    let baseline = Baseline::read(&file("again.json", files[2].as_bytes())).expect("a baseline");
    assert_eq!(baseline.len(), findings.len());
}

/// The table for spreadsheets.
pub fn list_csv(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let (findings, files) = list(text, &["csv"]);
    let table = files[0].strip_prefix('\u{feff}').expect("a mark");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<csv::StringRecord> =
        reader.records().collect::<Result<_, _>>().expect("rows of one length");
    assert_eq!(rows.len(), findings.len());
    for (row, finding) in rows.iter().zip(&findings) {
        let bare = |text: &str| text.replace('\'', "");
        for (column, expected) in [(4, &finding.path), (6, &finding.rule), (8, &finding.message)] {
            assert_eq!(bare(&row[column]), bare(expected));
        }
        for field in row {
            for cell in field.split([';', '\t', '\n', '\r']) {
                assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{field:?}");
            }
        }
    }
}
