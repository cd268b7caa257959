//! A chart of delay over requests, both in logarithms, as SVG.

use std::fmt::Write as _;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 520.0;
const MARGIN: f64 = 60.0;
/// Requests and seconds at the edges.
const REQUESTS: (f64, f64) = (5.0, 200.0);
const LAG: (f64, f64) = (0.1, 50.0);
/// Between two labels, one above the other.
const LINE: f64 = 15.0;

/// One policy.
pub(crate) struct Mark {
    pub(crate) name: String,
    pub(crate) is_auto: bool,
    pub(crate) requests: f64,
    /// Mean delay, in seconds.
    pub(crate) lag: f64,
}

fn x(requests: f64) -> f64 {
    let (low, high) = REQUESTS;
    MARGIN + (requests / low).ln() / (high / low).ln() * (WIDTH - 2.0 * MARGIN)
}

fn y(lag: f64) -> f64 {
    let (low, high) = LAG;
    HEIGHT - MARGIN - (lag / low).ln() / (high / low).ln() * (HEIGHT - 2.0 * MARGIN)
}

/// The chart; further down and left is better.
pub(crate) fn chart(marks: &[Mark]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n"
    );
    let (left, right, top, bottom) = (MARGIN, WIDTH - MARGIN, MARGIN, HEIGHT - MARGIN);
    for requests in [5.0, 10.0, 20.0, 50.0, 100.0, 200.0] {
        let at = x(requests);
        let _ = writeln!(
            svg,
            "<path d=\"M{at:.1} {top}V{bottom}\" stroke=\"#e4e7eb\"/><text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#52606d\">{requests}</text>",
            bottom + 20.0
        );
    }
    for lag in [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0] {
        let at = y(lag);
        let _ = writeln!(
            svg,
            "<path d=\"M{left} {at:.1}H{right}\" stroke=\"#e4e7eb\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#52606d\">{lag}</text>",
            left - 8.0,
            at + 4.0
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#1f2933\">requests for one run, mean</text>\n\
         <text transform=\"translate(16 {:.1}) rotate(-90)\" text-anchor=\"middle\" fill=\"#1f2933\">seconds from the end of the run until it is noticed, mean</text>\n\
         <text x=\"{left}\" y=\"34\" font-size=\"16\" fill=\"#1f2933\">Runs of about 300 s: few requests or an early answer, or both</text>",
        f64::midpoint(left, right),
        HEIGHT - 14.0,
        HEIGHT / 2.0,
    );
    let mut labels: Vec<(f64, f64)> = Vec::new();
    let mut marks: Vec<&Mark> = marks.iter().collect();
    marks.sort_by(|one, other| y(one.lag).total_cmp(&y(other.lag)));
    for Mark { name, is_auto, requests, lag } in &marks {
        let (at_x, at_y) = (x(*requests), y(*lag));
        let (color, weight) = if *is_auto { ("#c7000b", "bold") } else { ("#3e4c59", "normal") };
        // It stands on the left where another mark would cover it.
        let is_covered = marks.iter().any(|other| {
            let (right, down) = (x(other.requests) - at_x, y(other.lag) - at_y);
            (10.0..80.0).contains(&right) && down.abs() < LINE / 2.0
        });
        let (side, anchor) = if is_covered { (-10.0, "end") } else { (10.0, "start") };
        let mut label = at_y + 4.0;
        // A label moves down to avoid the others.
        while labels.iter().any(|(x, y)| (x - at_x).abs() < 160.0 && (y - label).abs() < LINE) {
            label += 1.0;
        }
        labels.push((at_x, label));
        if label - at_y > LINE {
            let _ = writeln!(
                svg,
                "<path d=\"M{at_x:.1} {at_y:.1}L{:.1} {:.1}\" stroke=\"{color}\" stroke-width=\"0.7\"/>",
                at_x + 0.8 * side,
                label - 4.0
            );
        }
        let name = if *is_auto { format!("auto, {name}") } else { name.clone() };
        let _ = writeln!(
            svg,
            "<circle cx=\"{at_x:.1}\" cy=\"{at_y:.1}\" r=\"5\" fill=\"{color}\"/><text x=\"{:.1}\" y=\"{label:.1}\" text-anchor=\"{anchor}\" fill=\"{color}\" font-weight=\"{weight}\">{name}</text>",
            at_x + side
        );
    }
    svg.push_str("</svg>\n");
    svg
}
