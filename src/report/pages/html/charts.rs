//! The charts of the page, as plain SVG.

use crate::model::finding::{Counts, PastRun};
use crate::report::lists::RuleCount;
use crate::report::pages::escape::html;
use std::fmt::Write as _;

/// Size of the trend, in units of the drawing.
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 150.0;
/// Room below the bars for dates.
const FOOT: f64 = 18.0;
/// Past runs that are drawn.
const RUNS_LIMIT: usize = 30;

/// Tiles with the numbers, and one bar that shows their shares.
pub(crate) fn counts(text: &mut String, counts: Counts) {
    text.push_str("<section>\n<h2>Open findings</h2>\n<ul class=\"tiles\">\n");
    let severities = counts.severities().map(|(severity, number)| (severity.name(), number));
    for (name, number) in severities {
        let _ = writeln!(text, "<li class=\"{name}\"><b>{number}</b>{name}</li>");
    }
    let _ = writeln!(text, "<li class=\"all\"><b>{}</b>all</li>\n</ul>", counts.issues);
    let sum: u64 = severities.iter().fold(0, |sum, (_, number)| sum.saturating_add(*number));
    if sum > 0 {
        text.push_str("<svg class=\"bar\" viewBox=\"0 0 1000 40\" preserveAspectRatio=\"none\" height=\"14\" role=\"img\" aria-label=\"Shares of the severities\">");
        let mut x = 0.0;
        for (name, number) in severities {
            let width = number as f64 / sum as f64 * 1000.0;
            let _ = write!(
                text,
                "<rect class=\"{name}\" x=\"{x:.1}\" width=\"{width:.1}\" height=\"40\"><title>{name}: {number}</title></rect>"
            );
            x += width;
        }
        text.push_str("</svg>\n");
    }
    text.push_str("</section>\n");
}

/// Stacked bars, one a run.
pub(crate) fn trend(text: &mut String, past: &[PastRun]) {
    let past = &past[past.len().saturating_sub(RUNS_LIMIT)..];
    let highest = past.iter().map(|run| run.counts.issues).max().unwrap_or_default();
    if past.len() < 2 || highest == 0 {
        return;
    }
    let _ = write!(
        text,
        "<section>\n<h2>Past runs</h2>\n<svg viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" aria-label=\"Findings of the past {} runs\">",
        HEIGHT + FOOT,
        past.len()
    );
    let step = WIDTH / past.len() as f64;
    for (position, run) in past.iter().enumerate() {
        let x = position as f64 * step + step * 0.12;
        let mut y = HEIGHT;
        let _ = write!(text, "<g><title>{}: {} findings</title>", html(&run.time), run.counts.issues);
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
pub(crate) fn rules(text: &mut String, rules: &[RuleCount]) {
    let Some(most) = rules.first().map(|rule| rule.count) else { return };
    text.push_str("<section>\n<h2>Rules broken most often</h2>\n<dl class=\"rules\">\n");
    for RuleCount { rule, title, severity, count } in rules {
        let width = *count as f64 / most as f64 * 1000.0;
        let _ = writeln!(
            text,
            "<dt title=\"{}\">{}</dt><dd>{count}</dd><svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" height=\"5\" aria-hidden=\"true\">\
             <rect class=\"{}\" width=\"{width:.1}\" height=\"10\" rx=\"2\"/></svg>",
            html(title),
            html(rule),
            severity.name()
        );
    }
    text.push_str("</dl>\n</section>\n");
}
