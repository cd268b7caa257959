//! The result of one task as a page: one file, nothing loaded from elsewhere, usable without script and on paper. Pure:
//! model in, text out. Outside text passes through [`html`]; should anything ever slip through, the page's own policy allows no
//! script but the one whose digest it names.

mod charts;
mod findings;
mod table;
mod wrap;

use crate::messages::{Label, Message, OutcomeText, PageText};
use crate::model::gate::{GateMode, GateResult, ThresholdResult};
use crate::model::language::Language;
use crate::model::outcome::{Outcome, Verdict};
use crate::model::scope::Scope;
use crate::report::escape::html;
use crate::report::format::Format;
use crate::report::pages::task_page::{TASK_ID_MARK, TaskPage, checked};
use crate::report::result::{StepResult, TaskResult};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use table::columns;
use wrap::{breakable, words};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// How its files are known.
pub const FORMAT: Format = Format {
    name: "html",
    ending: "html",
    media_type: "text/html",
    help: "A page to look at",
    is_list: false,
};

/// The page, as the bytes of its file.
pub(crate) fn render_file(page: &TaskPage<'_>) -> io::Result<Vec<u8>> {
    Ok(render(page).into_bytes())
}

/// The page.
pub fn render(page: &TaskPage<'_>) -> String {
    let TaskPage { task, overview, past, tool, language, .. } = *page;
    let mut text = head(task, language);
    let _ = write!(text, "<body>\n<main class=\"{}\">\n", verdict_class(task));
    verdict(&mut text, page);
    failing_steps(&mut text, &task.failing_steps, language);
    text.push_str("<div class=\"columns\">\n");
    if let Some(counts) = task.counts {
        charts::counts(&mut text, counts, language);
    }
    gate(&mut text, task.gate.as_ref(), language);
    charts::trend(&mut text, past, language);
    if let Some(overview) = overview {
        charts::rules(&mut text, &overview.rules, language);
    }
    text.push_str("</div>\n");
    if let Some(overview) = overview {
        findings::section(&mut text, overview, task.source_tree(), language);
    }
    let _ = write!(
        text,
        "<footer>{}</footer>\n</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        html(tool)
    );
    text
}

fn head(task: &TaskResult, language: Language) -> String {
    let title = PageText::Title {
        outcome: task.outcome,
        task: task.shown().to_owned(),
        branch: task.branch.clone().filter(|_| task.name.is_some()),
    }
    .text(language);
    let digest = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'; \
         style-src 'sha256-{}'; script-src 'sha256-{}'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n",
        language.tag(),
        digest(STYLE),
        digest(SCRIPT),
        html(&title),
    )
}

fn verdict_class(task: &TaskResult) -> &'static str {
    match (task.outcome, task.outcome.verdict()) {
        (Outcome::Passed, _) => "pass",
        (_, Verdict::Undecided) => "undecided",
        (_, Verdict::Pass | Verdict::Fail) if task.allowed => "undecided",
        (_, Verdict::Pass | Verdict::Fail) => "fail",
    }
}

fn verdict(text: &mut String, page: &TaskPage<'_>) {
    let TaskPage { task, task_url, language, .. } = *page;
    let sentence = |message: Message| PageText::Sentence(Box::new(message)).text(language);
    let outcome = task.outcome;
    let exit_code = if task.allowed { 0 } else { outcome.exit_code() };
    let sign = match verdict_class(task) {
        "pass" => "✅",
        "fail" => "❌",
        _ => "⚠️",
    };
    let headline = words(&PageText::Ended { outcome, is_allowed: task.allowed }.text(language));
    let reason = sentence(task.reason.clone());
    let _ = writeln!(
        text,
        "<header>\n<h1><span>{sign}</span> {headline}</h1>\n<p class=\"task\">{}</p>\n<p>{}</p>",
        breakable(task.shown()),
        words(&reason)
    );
    if let Some(checked) = checked(task, |name| format!("<code>{}</code>", breakable(name))) {
        let _ = writeln!(text, "<p class=\"soft\">{}</p>", checked.text(language));
    }
    if task.scope == Scope::Changed {
        let scope = PageText::Scope { outside: task.outside_scope }.text(language);
        let _ = writeln!(text, "<p class=\"soft\">{scope}</p>");
    }
    if exit_code != 0 {
        let label = Label::WhatToDo.text(language);
        let advice = words(&sentence(OutcomeText::Advice(outcome).into()));
        let _ = writeln!(text, "<p><b>{label}{}</b> {advice}</p>", language.colon());
    }
    if !task.hints.is_empty() {
        let hints = task.hints.iter().map(|hint| format!("<li>{}</li>", words(&hint.text(language))));
        let _ = writeln!(text, "<ul>{}</ul>", hints.collect::<String>());
    }
    let id = format!("<code>{}</code>", html(&task.task_id));
    let is_address = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    let id = match task_url.filter(is_address).map(|url| url.replace(TASK_ID_MARK, &task.task_id)) {
        Some(url) => format!("<a href=\"{}\" rel=\"noreferrer\">{id}</a>", html(&url)),
        None => id,
    };
    let mut facts = vec![format!("{} {id}", Label::Task.text(language))];
    if let Some(run) = &task.run_id {
        facts.push(format!("{} <code>{}</code>", Label::Run.text(language), html(run)));
    }
    if let Some(report) = &task.report {
        let name = Path::new(&report.path).file_name().map(|name| name.to_string_lossy().into_owned());
        let name = html(&name.unwrap_or_default()).into_owned();
        // Beside this page, wherever both are taken.
        let label = PageText::Pdf { bytes: report.bytes }.text(language);
        facts.push(format!("<a href=\"./{name}\">{label}</a>"));
    }
    let _ = writeln!(text, "<p class=\"soft\">{}</p>\n</header>", facts.join(" · "));
}

fn failing_steps(text: &mut String, steps: &[StepResult], language: Language) {
    if steps.is_empty() {
        return;
    }
    let _ = write!(text, "<section>\n<h2>{}</h2>\n<table>\n", Label::WhyItFailed.text(language));
    let labels = [Label::Step, Label::Log, Label::Analysis, Label::Help];
    columns(text, &labels.map(|label| ("", Some(label))), language);
    for StepResult { name, log, analysis, faq } in steps {
        let cells =
            [name, log, analysis, faq].map(|cell| format!("<td class=\"message\">{}</td>", breakable(cell)));
        let _ = writeln!(text, "<tr>{}</tr>", cells.concat());
    }
    text.push_str("</tbody>\n</table>\n</section>\n");
}

fn gate(text: &mut String, gate: Option<&GateResult>, language: Language) {
    let Some(gate) = gate else { return };
    const NUMBER: &str = " class=\"number\"";
    let cell = |class: &str, label: Label| format!("<td class=\"{class}\">{}</td>", label.text(language));
    let sign = |is_met: bool| match is_met {
        true => cell("met", Label::Met),
        false => cell("missed", Label::NotMet),
    };
    let _ = write!(text, "<section>\n<h2>{}</h2>\n<table>\n", Label::QualityGate.text(language));
    let labels = [
        ("", Some(Label::Condition)),
        (NUMBER, Some(Label::Limit)),
        (NUMBER, Some(Label::Actual)),
        ("", None),
    ];
    columns(text, &labels, language);
    let of_service = match (gate.is_service_met(), gate.mode) {
        (Some(is_met), _) => sign(is_met),
        (None, GateMode::Off) => cell("soft", Label::Ignored),
        (None, GateMode::Auto | GateMode::Required) => cell("soft", Label::NotEvaluated),
    };
    let name = Label::ServiceGate.text(language);
    let service = Label::ServiceGateResult(gate.service).text(language);
    let _ =
        writeln!(text, "<tr><td>{name}</td><td></td><td class=\"number\">{service}</td>{of_service}</tr>");
    for ThresholdResult { name, limit, actual, passed } in &gate.thresholds {
        let name = Label::Threshold(*name).text(language);
        let actual = actual.map_or_else(|| Label::Unknown.text(language), |actual| actual.to_string());
        let _ = writeln!(
            text,
            "<tr><td>{name}</td><td class=\"number\">{limit}</td><td class=\"number\">{actual}</td>{}</tr>",
            sign(*passed)
        );
    }
    text.push_str("</tbody>\n</table>\n</section>\n");
}
