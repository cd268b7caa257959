//! The result of one task as a page: one file, nothing loaded from elsewhere, usable without script and on paper. Pure:
//! model in, text out. Outside text passes through [`html`]; should anything ever slip through, the page's own policy allows no
//! script but the one whose digest it names.

mod charts;

use crate::messages::OutcomeText;
use crate::model::finding::{Finding, FlowStep, Status};
use crate::model::gate::{GateMode, GateResult, ThresholdResult};
use crate::model::outcome::{Outcome, Verdict};
use crate::report::format::Format;
use crate::report::lists::Overview;
use crate::report::pages::escape::html;
use crate::report::pages::markdown::{TASK_ID_MARK, headline, sentence};
use crate::report::pages::task_page::TaskPage;
use crate::report::result::{StepResult, TaskResult};
use crate::text::{bytes, count, one_line};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::io;
use std::path::Path;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Longest message that is shown, in characters; the other files have it whole.
const MESSAGE_LIMIT: usize = 600;
/// Steps of a flow that are shown.
const FLOW_LIMIT: usize = 12;

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
    let TaskPage { task, overview, past, tool, .. } = page;
    let mut text = head(task);
    let _ = write!(text, "<body>\n<main class=\"{}\">\n", verdict_class(task));
    verdict(&mut text, page);
    failing_steps(&mut text, &task.failing_steps);
    text.push_str("<div class=\"columns\">\n");
    if let Some(counts) = task.counts {
        charts::counts(&mut text, counts);
    }
    gate(&mut text, task.gate.as_ref());
    charts::trend(&mut text, past);
    if let Some(overview) = overview {
        charts::rules(&mut text, &overview.rules);
    }
    text.push_str("</div>\n");
    if let Some(overview) = overview {
        findings(&mut text, overview);
    }
    let _ = write!(
        text,
        "<footer>{}</footer>\n</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        html(tool)
    );
    text
}

fn head(task: &TaskResult) -> String {
    let digest = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; form-action 'none'; \
         style-src 'sha256-{}'; script-src 'sha256-{}'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}: CodeArts Check {}</title>\n<style>{STYLE}</style>\n</head>\n",
        digest(STYLE),
        digest(SCRIPT),
        task.outcome,
        html(&task.task_id),
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
    let TaskPage { task, task_url, .. } = page;
    let outcome = task.outcome;
    let code = if task.allowed { 0 } else { outcome.exit_code() };
    let headline = headline(outcome, code).replace('`', "");
    let (sign, words) = headline.split_once(' ').unwrap_or(("", &headline));
    let _ = writeln!(
        text,
        "<header>\n<h1><span>{sign}</span> {}</h1>\n<p>{}</p>",
        html(words),
        html(&sentence(&task.reason.to_string()))
    );
    if code != 0 {
        let _ = writeln!(
            text,
            "<p><b>What to do:</b> {}.</p>",
            html(&sentence(&OutcomeText::Advice(outcome).to_string())).replace('`', "")
        );
    }
    let id = format!("<code>{}</code>", html(&task.task_id));
    let is_address = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    let id = match task_url.filter(is_address).map(|url| url.replace(TASK_ID_MARK, &task.task_id)) {
        Some(url) => format!("<a href=\"{}\" rel=\"noreferrer\">{id}</a>", html(&url)),
        None => id,
    };
    let mut facts = vec![format!("task {id}")];
    if let Some(run) = &task.run_id {
        facts.push(format!("run <code>{}</code>", html(run)));
    }
    if let Some(report) = &task.report {
        let name = Path::new(&report.path).file_name().map(|name| name.to_string_lossy().into_owned());
        let name = html(&name.unwrap_or_default()).into_owned();
        // Beside this page, wherever both are taken.
        facts.push(format!("<a href=\"./{name}\">PDF report</a> ({})", bytes(report.bytes)));
    }
    let _ = writeln!(text, "<p class=\"soft\">{}</p>\n</header>", facts.join(" · "));
}

fn failing_steps(text: &mut String, steps: &[StepResult]) {
    if steps.is_empty() {
        return;
    }
    text.push_str("<section>\n<h2>Why it failed</h2>\n<table>\n<thead><tr><th>step</th><th>what its log says</th><th>analysis</th><th>help</th></tr></thead>\n<tbody>\n");
    for StepResult { name, log, analysis, faq } in steps {
        let cells =
            [name, log, analysis, faq].map(|cell| format!("<td class=\"message\">{}</td>", html(cell)));
        let _ = writeln!(text, "<tr>{}</tr>", cells.concat());
    }
    text.push_str("</tbody>\n</table>\n</section>\n");
}

fn gate(text: &mut String, gate: Option<&GateResult>) {
    let Some(gate) = gate else { return };
    text.push_str("<section>\n<h2>Quality gate</h2>\n<table>\n<thead><tr><th>condition</th><th class=\"number\">limit</th><th class=\"number\">actual</th><th></th></tr></thead>\n<tbody>\n");
    let sign = |is_met: bool| {
        if is_met { "<td class=\"met\">met</td>" } else { "<td class=\"missed\">not met</td>" }
    };
    let of_service = match (gate.is_service_met(), gate.mode) {
        (Some(is_met), _) => sign(is_met),
        (None, GateMode::Off) => "<td class=\"soft\">ignored</td>",
        (None, _) => "<td class=\"soft\">no matter</td>",
    };
    let service = gate.service.describe();
    let _ = writeln!(
        text,
        "<tr><td>CodeArts quality gate</td><td></td><td class=\"number\">{service}</td>{of_service}</tr>"
    );
    for ThresholdResult { name, limit, actual, passed } in &gate.thresholds {
        let actual = actual.map_or_else(|| "unknown".to_owned(), |actual| actual.to_string());
        let _ = writeln!(
            text,
            "<tr><td>{}</td><td class=\"number\">{limit}</td><td class=\"number\">{actual}</td>{}</tr>",
            html(&name.to_string().replace('-', " ")),
            sign(*passed)
        );
    }
    text.push_str("</tbody>\n</table>\n</section>\n");
}

fn findings(text: &mut String, overview: &Overview) {
    let (delayed, counted): (Vec<&Finding>, Vec<&Finding>) =
        overview.top.iter().partition(|finding| finding.is_delayed);
    text.push_str("<section>\n<h2>Findings</h2>\n");
    if counted.is_empty() {
        text.push_str("<p>Nothing found.</p>\n");
    } else {
        tools(text, overview);
        table(text, "id=\"findings\" ", &counted);
    }
    let shown = counted.len() as u64;
    if overview.listed.issues > shown {
        let _ = writeln!(
            text,
            "<p class=\"soft\">These are the worst {shown} of {}; the other files (--report csv) list all.</p>",
            overview.listed.issues
        );
    }
    text.push_str("</section>\n");
    if overview.delayed > 0 {
        let _ = writeln!(
            text,
            "<section>\n<details>\n<summary>{} not counted yet</summary>\n<p class=\"soft\">New with an upgraded engine; they count when the time of grace is over.</p>",
            count(overview.delayed, "delayed finding")
        );
        table(text, "", &delayed);
        text.push_str("</details>\n</section>\n");
    }
}

/// What only works with script; the script shows it.
fn tools(text: &mut String, overview: &Overview) {
    text.push_str("<div class=\"tools\" hidden>\n<input type=\"search\" placeholder=\"Search path, rule or message\" aria-label=\"Search findings\">\n");
    for (number, (severity, count)) in overview.listed.severities().into_iter().enumerate() {
        let name = severity.name();
        let _ = writeln!(
            text,
            "<label class=\"{name}\"><input type=\"checkbox\" value=\"{number}\" checked> {name} ({count})</label>"
        );
    }
    text.push_str("<output class=\"soft\"></output>\n</div>\n");
}

fn table(text: &mut String, attributes: &str, findings: &[&Finding]) {
    let _ = write!(
        text,
        "<table {attributes}class=\"findings\">\n<thead><tr><th data-key=\"severity\" aria-sort=\"ascending\">severity</th>\
         <th data-key=\"place\">where</th><th data-key=\"rule\">rule</th><th data-key=\"message\">finding</th></tr></thead>\n<tbody>\n"
    );
    for finding in findings {
        row(text, finding);
    }
    text.push_str("</tbody>\n</table>\n");
}

fn row(text: &mut String, finding: &Finding) {
    let Finding { severity, path, line, rule, rule_title, message, status, code, flow, .. } = finding;
    let name = severity.name();
    let place = line.map_or_else(String::new, |line| format!(":{line}"));
    let _ = write!(
        text,
        "<tr data-severity=\"{}\" data-path=\"{}\" data-line=\"{}\"><td><span class=\"badge {name}\">{name}</span></td>\
         <td><code>{}{place}</code></td><td title=\"{}\">{}</td><td><div class=\"message\">",
        *severity as usize,
        html(path),
        line.unwrap_or(0),
        html(path),
        html(rule_title),
        html(rule)
    );
    if *status != Status::Open {
        let _ = write!(text, "<b>[{}]</b> ", status.name());
    }
    let shown: String = message.chars().take(MESSAGE_LIMIT).collect();
    let more = if shown.len() < message.len() { "…" } else { "" };
    let _ = write!(text, "{}{more}</div>", html(&shown));
    if !code.is_empty() || !flow.is_empty() {
        text.push_str("<details><summary>code</summary>");
        if !code.is_empty() {
            let _ = write!(text, "<pre>{}</pre>", html(code));
        }
        if !flow.is_empty() {
            text.push_str("<ol>");
            for FlowStep { path, line, message } in flow.iter().take(FLOW_LIMIT) {
                let place = line.map_or_else(String::new, |line| format!(":{line}"));
                let _ = write!(
                    text,
                    "<li>{} <code>{}{place}</code></li>",
                    html(&one_line(message, 200)),
                    html(path)
                );
            }
            text.push_str("</ol>");
        }
        text.push_str("</details>");
    }
    text.push_str("</td></tr>\n");
}
