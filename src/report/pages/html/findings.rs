//! The findings of the page: a table that can be searched and sorted, and the delayed ones.

use super::table::columns;
use super::wrap::{breakable, words};
use crate::messages::{Label, PageText};
use crate::model::finding::{Finding, FlowStep, Status};
use crate::model::language::Language;
use crate::model::source_link::SourceTree;
use crate::report::escape::html;
use crate::report::lists::Overview;
use crate::text::one_line;
use crate::text::redactor::redact;
use std::fmt::Write as _;

/// Longest message that is shown, in characters; the other files have it whole.
const MESSAGE_LIMIT: usize = 600;
/// Findings whose code is shown at once, the worst.
const OPEN_CODE: usize = 10;
/// Steps of a flow that are shown.
const FLOW_LIMIT: usize = 12;
/// Longest text of a step in a flow, in characters.
const STEP_LIMIT: usize = 200;

/// The section. `tree`: where each finding links to its line.
pub(super) fn section(text: &mut String, overview: &Overview, tree: Option<&SourceTree>, language: Language) {
    let (delayed, counted): (Vec<&Finding>, Vec<&Finding>) =
        overview.top.iter().partition(|finding| finding.is_delayed);
    let _ = write!(text, "<section>\n<h2>{}</h2>\n", Label::Findings.text(language));
    if counted.is_empty() {
        let _ = writeln!(text, "<p>{}</p>", PageText::NoFindings.text(language));
    } else {
        tools(text, overview, language);
        table(text, "id=\"findings\" ", &counted, OPEN_CODE, tree, language);
    }
    let shown = counted.len() as u64;
    if overview.listed.issues > shown {
        let worst = PageText::WorstFindings { shown, all: overview.listed.issues }.text(language);
        let _ = writeln!(text, "<p class=\"soft\">{}</p>", words(&worst));
    }
    text.push_str("</section>\n");
    if overview.delayed > 0 {
        let delayed_findings = PageText::DelayedFindings { number: overview.delayed }.text(language);
        let why = PageText::GracePeriod.text(language);
        let _ = write!(
            text,
            "<section>\n<details>\n<summary>{delayed_findings}</summary>\n<p class=\"soft\">{why}</p>\n"
        );
        table(text, "", &delayed, 0, tree, language);
        text.push_str("</details>\n</section>\n");
    }
}

/// What only works with script; the script shows it.
fn tools(text: &mut String, overview: &Overview, language: Language) {
    let [search, fields] = [Label::Search, Label::SearchIn].map(|label| label.text(language));
    let _ = write!(
        text,
        "<div class=\"tools\" hidden>\n<input type=\"search\" placeholder=\"{fields}\" aria-label=\"{search}\">\n"
    );
    for (number, (severity, count)) in overview.listed.severities().into_iter().enumerate() {
        let name = Label::Severity(severity).text(language);
        let _ = writeln!(
            text,
            "<label class=\"{}\"><input type=\"checkbox\" value=\"{number}\" checked> {name} ({count})</label>",
            severity.name()
        );
    }
    let shown = PageText::RowsShown.text(language);
    let _ = write!(text, "<output class=\"soft\" data-text=\"{shown}\"></output>\n</div>\n");
}

/// `open`: the code of the first so many findings is open.
fn table(
    text: &mut String,
    attributes: &str,
    findings: &[&Finding],
    open: usize,
    tree: Option<&SourceTree>,
    language: Language,
) {
    let _ = writeln!(text, "<table {attributes}class=\"findings\">");
    let labels = [
        (" data-key=\"severity\" aria-sort=\"ascending\"", Label::SeverityColumn),
        (" data-key=\"place\"", Label::Place),
        (" data-key=\"rule\"", Label::Rule),
        (" data-key=\"message\"", Label::Finding),
    ];
    columns(text, &labels.map(|(attributes, label)| (attributes, Some(label))), language);
    for (position, finding) in findings.iter().enumerate() {
        row(text, finding, position < open, tree, language);
    }
    text.push_str("</tbody>\n</table>\n");
}

/// A line of a file, with a link to it.
fn place(path: &str, line: Option<u32>, tree: Option<&SourceTree>) -> String {
    let shown = line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"));
    let code = format!("<code>{}</code>", breakable(&shown));
    match tree.and_then(|tree| tree.link(path, line)) {
        Some(address) => format!("<a href=\"{}\" rel=\"noreferrer\">{code}</a>", html(&address)),
        None => code,
    }
}

fn row(text: &mut String, finding: &Finding, is_open: bool, tree: Option<&SourceTree>, language: Language) {
    let Finding { severity, path, line, rule, rule_title, message, status, code, flow, .. } = finding;
    let class = severity.name();
    let name = Label::Severity(*severity).text(language);
    let shown_place = place(path, *line, tree);
    let _ = write!(
        text,
        "<tr data-severity=\"{}\" data-path=\"{}\" data-line=\"{}\"><td><span class=\"badge {class}\">{name}</span></td>\
         <td><div>{shown_place}</div></td><td title=\"{}\"><div>{}</div></td><td><div class=\"message\">",
        *severity as usize,
        html(path),
        line.unwrap_or(0),
        html(rule_title),
        breakable(rule)
    );
    if *status != Status::Open {
        let _ = write!(text, "<b>[{}]</b> ", Label::Status(*status).text(language));
    }
    let message = redact(message);
    let shown: String = message.chars().take(MESSAGE_LIMIT).collect();
    let more = if shown.len() < message.len() { "…" } else { "" };
    let _ = write!(text, "{}{more}</div>", breakable(&shown));
    if !code.is_empty() || !flow.is_empty() {
        let open = if is_open { " open" } else { "" };
        let _ = write!(text, "<details{open}><summary>{}</summary>", Label::Code.text(language));
        if !code.is_empty() {
            let _ = write!(text, "<pre>{}</pre>", html(code.trim()));
        }
        if !flow.is_empty() {
            text.push_str("<ol>");
            for FlowStep { path, line, message } in flow.iter().take(FLOW_LIMIT) {
                let message = breakable(&one_line(message, STEP_LIMIT));
                let _ = write!(text, "<li>{message} {}</li>", place(path, *line, tree));
            }
            text.push_str("</ol>");
        }
        text.push_str("</details>");
    }
    text.push_str("</td></tr>\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pull_request::ForgeName;

    #[test]
    fn a_place_links_to_its_line() {
        let commit = "3a5bf9a7c2d14e8090a1b2c3d4e5f60718293a4b";
        let tree = SourceTree::new(ForgeName::GitLab, "https://git.example/acme/widget", commit);
        assert_eq!(
            place("src/a\"<b.c", Some(7), tree.as_ref()),
            format!(
                "<a href=\"https://git.example/acme/widget/-/blob/{commit}/src/a%22%3Cb.c#L7\" rel=\"noreferrer\">\
                 <code>src/a&quot;&lt;b.c:7</code></a>"
            )
        );
        assert_eq!(place("../x", None, tree.as_ref()), "<code>../x</code>");
        assert_eq!(place("x", Some(1), None), "<code>x:1</code>");
    }
}
