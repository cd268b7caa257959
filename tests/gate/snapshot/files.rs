//! The files of a check: pages for people, lists for machines.

use super::assert_shown;
use crate::kit::scenario::{pdf, succeeded};
use crate::kit::{Ended, TASK, World};
use serde_json::{Value, json};

fn row(id: &str, level: u32, path: &str, line: u32, rule: &str, message: &str) -> Value {
    json!({
        "defect_id": id, "defect_level": level.to_string(), "defect_status": "0",
        "defect_checker_name": rule, "rule_name": rule, "defect_content": message,
        "file_path": path, "line_number": line.to_string(), "rule_system_tags": "bug",
        "fragment": [{"line_num": line.to_string(), "line_content": format!("code of {id}"), "start_offset": 0, "end_offset": 4}],
    })
}

/// A finding of each severity.
pub(super) fn world(is_access: u32) -> World {
    let rows = [
        row("d1", 0, "src/net/io.c", 12, "G.MEM.01", "The buffer may overflow"),
        row("d2", 1, "src/net/io.c", 40, "G.MEM.02", "`ptr` may be null"),
        row("d3", 2, "src/main.c", 7, "G.FMT.03", "The line is too long: 140 > 120"),
        row("d4", 3, "docs/a b.md", 1, "G.CMT.01", "A <comment> & more is missing"),
    ];
    World::new(succeeded().gate(is_access).defects(rows.into()).findings([1, 1, 1, 1]).pdf(pdf()))
}

pub(super) fn text(ended: &Ended, ending: &str) -> String {
    std::fs::read_to_string(ended.reports.join(format!("{TASK}.{ending}"))).expect("the file")
}

#[test]
fn pages() {
    let pages = [("markdown", "md"), ("html", "html"), ("junit", "junit.xml")];
    for (name, is_access, code) in [("of_a_pass", 1, 0), ("of_a_failed_gate", 0, 4)] {
        let arguments = ["check", TASK, "--report", "markdown,html,junit", "--max-critical", "1"];
        let ended = world(is_access).run(&arguments).finish().expect(code);
        for (format, ending) in pages {
            let text = text(&ended, ending);
            // The style and the script of the page are shown once.
            let body = text.split("<body>").nth(1).filter(|_| code != 0);
            let words = body.and_then(|body| body.split("<script>").next()).unwrap_or(&text);
            assert_shown!(format!("{format}_{name}"), words);
        }
    }
}

#[test]
fn lists() {
    let lists = [
        ("sarif", "sarif"),
        ("codequality", "codequality.json"),
        ("checkstyle", "checkstyle.xml"),
        ("json", "json"),
        ("csv", "csv"),
    ];
    let formats = lists.map(|(format, _)| format).join(",");
    let ended = world(1).run(&["check", TASK, "--report", &formats]).finish().expect(0);
    for (format, ending) in lists {
        assert_shown!(format!("list_as_{format}"), text(&ended, ending));
    }
}
