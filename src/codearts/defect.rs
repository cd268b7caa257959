//! A finding as the service sends it: a row of `defects-detail` (page `check-results`, section 2).

use super::wire::{DefectRow, EventRow, FragmentRow};
use crate::http::lenient;
use crate::model::finding::{Finding, FlowStep, Severity, Status};
use crate::text::redactor::redact;
use crate::text::{is_plain, is_unprintable, kept_lines, one_line};
use serde_json_borrow::Value;

/// Longest message, in characters.
const MESSAGE_LIMIT: usize = 4000;
/// Longest path, in characters: no usual system opens a file with a longer one. What was cut would not be that of a changed file.
const PATH_LIMIT: usize = 4096;
/// Longest name, in characters.
const NAME_LIMIT: usize = 200;
/// Longest line of code, in characters.
const CODE_LIMIT: usize = 500;
/// Tags of a rule that are kept.
const TAGS_LIMIT: usize = 20;
/// Steps of a flow that are kept.
const FLOW_LIMIT: usize = 100;
/// Steps within steps that are followed.
const FLOW_DEPTH: usize = 10;
/// Findings of this engine carry encoded data where others carry code (`check-results`, section 2).
const SNIPPET_ENGINE: &str = "FossScan";

/// Whether each field that decides comes once in a row.
pub(super) fn is_unambiguous(defect: &Value) -> bool {
    let Value::Object(fields) = defect else { return true };
    let mut seen = [false; DefectRow::DECISIVE.len()];
    fields.keys().all(|name| match DefectRow::DECISIVE.iter().position(|decisive| *decisive == name) {
        Some(position) => !std::mem::replace(&mut seen[position], true),
        None => true,
    })
}

/// Reads a row.
pub(super) fn read_finding(defect: &Value, is_delayed: bool) -> Finding {
    let row = DefectRow::from(defect);
    let name = |field: &Value| one_line(&lenient::text(field).unwrap_or_default(), NAME_LIMIT);
    let (checker, rule_name) = (name(row.checker_name), name(row.rule_name));
    let rule = [&rule_name, &checker].into_iter().find(|name| !name.is_empty());
    let rule = rule.map_or_else(|| "unknown-rule".to_owned(), Clone::clone);
    let title = if checker.is_empty() { rule.clone() } else { checker.clone() };
    let message = kept_lines(&lenient::text(row.content).unwrap_or_default(), MESSAGE_LIMIT);
    let line = read_line(row.line_number);
    let (code, columns) =
        if checker.contains(SNIPPET_ENGINE) { (String::new(), None) } else { read_code(row.fragment, line) };
    let mut flow = Vec::new();
    read_flow(row.events, FLOW_DEPTH, &mut flow);
    let tags = lenient::text(row.rule_tags).unwrap_or_default();
    let id = [row.defect_id, row.issue_key].into_iter().map(name).find(|id| !id.is_empty());
    Finding {
        is_delayed,
        severity: by_number(&Severity::ALL, row.level),
        path: read_path(row.file_path),
        line,
        rule,
        message: if message.is_empty() { title.clone() } else { message },
        id: id.unwrap_or_default(),
        status: by_number(&Status::ALL, row.status),
        rule_title: title,
        tags: tags
            .split(',')
            .map(|tag| one_line(tag, NAME_LIMIT))
            .filter(|tag| !tag.is_empty())
            .take(TAGS_LIMIT)
            .collect(),
        created_at: name(row.created_at),
        columns,
        code,
        flow,
    }
}

/// A level or a state by its number. What cannot be read is taken for the worst, so that it does not hide.
fn by_number<T: Copy>(all: &[T], value: &Value) -> T {
    let number = lenient::integer(value).and_then(|number| usize::try_from(number).ok());
    number.and_then(|number| all.get(number)).copied().unwrap_or(all[0])
}

fn read_line(value: &Value) -> Option<u32> {
    lenient::integer(value).and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0)
}

fn read_path(value: &Value) -> String {
    let path = redact(value.as_str().unwrap_or_default());
    if path.len() <= PATH_LIMIT && is_plain(&path) {
        return path.into_owned();
    }
    path.chars().filter(|character| !is_unprintable(*character)).take(PATH_LIMIT).collect()
}

/// The line itself, and the columns where there are offsets (-1: the whole line).
fn read_code(fragment: &Value, line: Option<u32>) -> (String, Option<(u32, u32)>) {
    let lines = fragment.as_array().unwrap_or_default();
    let is_the_line = |part: &FragmentRow<'_>| line.is_some() && read_line(part.number) == line;
    let Some(part) = lines.iter().map(FragmentRow::from).find(is_the_line) else {
        return (String::new(), None);
    };
    let visible =
        |character: char| if is_unprintable(character) && character != '\t' { ' ' } else { character };
    let content = redact(part.content.as_str().unwrap_or_default());
    let code = if content.len() <= CODE_LIMIT && is_plain(&content) {
        content.into_owned()
    } else {
        content.chars().map(visible).take(CODE_LIMIT).collect()
    };
    let offset = |fields: [&Value; 2]| {
        let offset = fields.into_iter().find_map(lenient::integer);
        offset.and_then(|offset| u32::try_from(offset).ok())
    };
    let start = offset([part.start, part.start_camel]);
    let end = offset([part.end, part.end_camel]);
    let length = if is_plain(&code) { code.len() } else { code.encode_utf16().count() };
    let columns = match (start, end) {
        (Some(start), Some(end)) if start < end && end as usize <= length => Some((start + 1, end + 1)),
        _ => None,
    };
    (code, columns)
}

fn read_flow(events: &Value, depth: usize, flow: &mut Vec<FlowStep>) {
    let Some(events) = events.as_array().filter(|_| depth > 0) else { return };
    for event in events.iter().map(EventRow::from) {
        if flow.len() >= FLOW_LIMIT {
            return;
        }
        let message = lenient::text(event.description).unwrap_or_default();
        let path = read_path(event.path);
        if !path.is_empty() {
            let message = one_line(&message, NAME_LIMIT);
            flow.push(FlowStep { path, line: read_line(event.line), message });
        }
        read_flow(event.events, depth - 1, flow);
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::example;
    use super::*;
    use serde_json::{Value as Json, json};

    fn read(defect: &Json, is_delayed: bool) -> Finding {
        read_finding(&Value::from(defect), is_delayed)
    }

    #[test]
    fn the_official_example() {
        let body = example("check_defects_detail.json");
        let found: Vec<Finding> =
            body["defects"].as_array().expect("a list").iter().map(|defect| read(defect, false)).collect();
        let first = &found[0];
        assert_eq!(first.severity, Severity::Major);
        assert_eq!((first.rule.as_str(), first.line), ("Demo.1 Fallthrough", Some(81)));
        assert_eq!(first.rule_title, "No fallthrough in switch");
        assert_eq!(first.message, "Case falls through to the next case.");
        assert_eq!(first.tags, ["bug", "reliability"]);
        assert_eq!(
            (first.code.as_str(), first.columns),
            ("    offending line", None),
            "19 is beyond the line"
        );
        let steps: Vec<(&str, Option<u32>)> =
            first.flow.iter().map(|step| (step.message.as_str(), step.line)).collect();
        assert_eq!(steps, [("entry point", Some(81)), ("called from here", Some(90))]);
        assert_eq!(found[1].columns, Some((5, 13)), "camel case");
        assert_eq!(found[1].severity, Severity::Suggestion);
    }

    #[test]
    fn what_cannot_be_read_does_not_hide() {
        let empty = read(&json!({}), false);
        assert_eq!((empty.severity, empty.status), (Severity::Critical, Status::Open));
        assert_eq!((empty.rule.as_str(), empty.message.as_str()), ("unknown-rule", "unknown-rule"));
        let odd = json!({
            "defect_level": 9, "defect_status": "5", "line_number": "0", "defect_content": 7, "file_path": null,
            "fragment": "x", "events": {}, "rule_system_tags": ",, a ,",
        });
        let odd = read(&odd, true);
        assert_eq!((odd.severity, odd.status, odd.line), (Severity::Critical, Status::Open, None));
        assert_eq!((odd.message.as_str(), odd.tags.len(), odd.is_delayed), ("7", 1, true));
    }

    #[test]
    fn data_of_the_snippet_engine_is_not_code() {
        let blob = json!({
            "defect_checker_name": "FossScan match", "line_number": 1,
            "fragment": [{"line_num": "1", "line_content": "H4sIAAAA", "start_offset": 0, "end_offset": 3}],
        });
        let finding = read(&blob, false);
        assert_eq!((finding.code.as_str(), finding.columns), ("", None));
    }

    #[test]
    fn flows_are_followed_within_limits() {
        let mut event = json!({"path": "a", "description": "end"});
        for _ in 0..50 {
            event = json!({"path": "a", "description": "deeper", "events": [event]});
        }
        let wide: Vec<Json> = (0..300).map(|_| event.clone()).collect();
        assert_eq!(read(&json!({"events": [event]}), false).flow.len(), FLOW_DEPTH);
        assert_eq!(read(&json!({"events": wide}), false).flow.len(), FLOW_LIMIT);
    }
}
