//! What pages and lists are made of, with texts of an input in every place.

use codearts_gate::messages::{HttpMessage, Message};
use codearts_gate::model::finding::{Counts, Finding, FlowStep, Severity, Status};
use codearts_gate::model::language::Language;
use codearts_gate::model::outcome::Outcome;
use codearts_gate::model::scope::Scope;
use codearts_gate::report::formats::markdown::Subject;
use codearts_gate::report::result::{ReportResult, ResultDocument, StepResult, TaskResult};
use codearts_gate::text::{kept_lines, one_line};

/// The document of one task that passed.
pub fn plain() -> ResultDocument {
    ResultDocument::new(Outcome::Passed, 0, vec![task("t", Outcome::Passed)])
}

/// What a page about a document is about.
pub fn subject<'a>(document: &'a ResultDocument, findings: &'a [Finding]) -> Subject<'a> {
    let ResultDocument { outcome, exit_code, .. } = *document;
    Subject { outcome, exit_code, document, findings, language: Language::English }
}

/// A task with a text in all its texts, as far as the service's answers are read into them.
pub fn task(text: &str, outcome: Outcome) -> TaskResult {
    let line = one_line(text, 500);
    let step =
        StepResult { name: line.clone(), log: line.clone(), analysis: line.clone(), faq: line.clone() };
    TaskResult {
        judged_task_id: "2b31".to_owned(),
        task_id: "2b31".to_owned(),
        name: Some(line.clone()),
        shown_name: Some(line.clone()),
        repository: Some(text.to_owned()),
        branch: Some(text.to_owned()),
        is_other_code: false,
        pull_request: None,
        run_id: Some("r1".to_owned()),
        started_by: None,
        status: Some(2),
        has_finished: true,
        outcome,
        allowed: false,
        reason: Message::from(HttpMessage::Said(line.clone())),
        hints: Vec::new(),
        failing_steps: vec![step],
        gate: None,
        counts: Some(Counts::from_array([1, 2, 3, 4, 10])),
        scope: Scope::All,
        outside_scope: None,
        report: Some(ReportResult {
            path: format!("codearts-report/{line}.pdf"),
            bytes: 1000,
            sha256: String::new(),
            url: Some(format!("https://h/{text}")),
        }),
        files: Vec::new(),
        wait: None,
    }
}

/// A finding with a text in all its texts, as the service's answers are read.
pub fn finding(text: &str) -> Finding {
    let name = one_line(text, 200);
    let path: String =
        text.chars().filter(|character| !codearts_gate::text::is_unprintable(*character)).collect();
    Finding {
        is_delayed: text.len() % 7 == 3,
        severity: Severity::ALL[text.len() % 4],
        path: codearts_gate::model::path::in_repository(&path, &[]),
        line: Some(text.len() as u32 % 9).filter(|line| *line > 0),
        rule: name.clone(),
        message: kept_lines(text, 4000),
        id: name.clone(),
        status: Status::ALL[text.len() % 3],
        rule_title: name.clone(),
        tags: vec![name.clone()],
        created_at: name.clone(),
        columns: None,
        code: one_line(text, 500),
        flow: vec![FlowStep { path: "a.c".to_owned(), line: Some(1), message: name }],
    }
}
