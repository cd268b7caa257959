//! The charts of the page, as plain SVG.

use super::wrap::breakable;
use crate::messages::{Label, PageText};
use crate::model::finding::{Counts, PastRun};
use crate::model::language::Language;
use crate::report::escape::html;
use crate::report::lists::RuleCount;
use std::fmt::Write as _;

/// Size of the trend, in units of the drawing.
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 150.0;
/// Room below the bars for dates.
const FOOT: f64 = 18.0;
/// Past runs that are drawn.
const RUNS_LIMIT: usize = 30;

/// Tiles with the numbers, and one bar that shows their shares.
pub(crate) fn counts(text: &mut String, counts: Counts, language: Language) {
    let [title, shares, all] =
        [Label::OpenFindings, Label::SeverityShares, Label::All].map(|label| label.text(language));
    let _ = write!(text, "<section>\n<h2>{title}</h2>\n<ul class=\"tiles\">\n");
    for (severity, number) in counts.severities() {
        let name = Label::Severity(severity).text(language);
        let _ = writeln!(text, "<li class=\"{}\"><b>{number}</b>{name}</li>", severity.name());
    }
    let _ = writeln!(text, "<li class=\"all\"><b>{}</b>{all}</li>\n</ul>", counts.issues);
    let sum = counts.severities().iter().fold(0_u64, |sum, (_, number)| sum.saturating_add(*number));
    if sum > 0 {
        let _ = write!(
            text,
            "<svg class=\"bar\" viewBox=\"0 0 1000 40\" preserveAspectRatio=\"none\" height=\"14\" role=\"img\" aria-label=\"{shares}\">"
        );
        let mut x = 0.0;
        for (severity, number) in counts.severities() {
            let width = number as f64 / sum as f64 * 1000.0;
            let title = PageText::SeverityCount { severity, number }.text(language);
            let _ = write!(
                text,
                "<rect class=\"{}\" x=\"{x:.1}\" width=\"{width:.1}\" height=\"40\"><title>{title}</title></rect>",
                severity.name()
            );
            x += width;
        }
        text.push_str("</svg>\n");
    }
    text.push_str("</section>\n");
}

/// Stacked bars, one a run.
pub(crate) fn trend(text: &mut String, past: &[PastRun], language: Language) {
    let past = &past[past.len().saturating_sub(RUNS_LIMIT)..];
    let highest = past.iter().map(|run| run.counts.issues).max().unwrap_or_default();
    if past.len() < 2 || highest == 0 {
        return;
    }
    let _ = write!(
        text,
        "<section>\n<h2>{}</h2>\n<svg viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" aria-label=\"{}\">",
        Label::PastRuns.text(language),
        HEIGHT + FOOT,
        PageText::Trend { runs: past.len() }.text(language)
    );
    let step = WIDTH / past.len() as f64;
    for (position, run) in past.iter().enumerate() {
        let x = position as f64 * step + step * 0.12;
        let mut y = HEIGHT;
        let title = PageText::PastRun { time: run.time.clone(), findings: run.counts.issues };
        let _ = write!(text, "<g><title>{}</title>", html(&title.text(language)));
        // The worst at the bottom, where bars are easy to compare.
        for (severity, number) in run.counts.severities() {
            let height = number as f64 / highest as f64 * (HEIGHT - 14.0);
            y -= height;
            let _ = write!(
                text,
                "<rect class=\"{}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
                severity.name(),
                step * 0.76
            );
        }
        text.push_str("</g>");
    }
    let _ = write!(
        text,
        "<line x1=\"0\" x2=\"{WIDTH}\" y1=\"{HEIGHT}\" y2=\"{HEIGHT}\"/><text x=\"0\" y=\"10\">{highest}</text>"
    );
    let date = |run: &PastRun| html(&run.time.chars().take(10).collect::<String>()).into_owned();
    if let [first, .., last] = past {
        let y = HEIGHT + 13.0;
        let _ = write!(
            text,
            "<text x=\"0\" y=\"{y}\">{}</text><text x=\"{WIDTH}\" y=\"{y}\" text-anchor=\"end\">{}</text>",
            date(first),
            date(last)
        );
    }
    text.push_str("</svg>\n</section>\n");
}

/// The rules that were broken most often.
pub(crate) fn rules(text: &mut String, rules: &[RuleCount], language: Language) {
    let Some(most) = rules.first().map(|rule| rule.count) else { return };
    let title = Label::RulesBrokenMost.text(language);
    let _ = write!(text, "<section>\n<h2>{title}</h2>\n<dl class=\"rules\">\n");
    for RuleCount { rule, title, severity, count } in rules {
        let width = *count as f64 / most as f64 * 1000.0;
        let _ = writeln!(
            text,
            "<dt title=\"{}\">{}</dt><dd>{count}</dd><svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" height=\"5\" aria-hidden=\"true\">\
             <rect class=\"{}\" width=\"{width:.1}\" height=\"10\" rx=\"2\"/></svg>",
            html(title),
            breakable(rule),
            severity.name()
        );
    }
    text.push_str("</dl>\n</section>\n");
}
