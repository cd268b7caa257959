//! Findings of the imitated service: a made-up program with made-up mistakes, page by page, and past runs.

use crate::sandbox::message::{Reply, Request};
use crate::sandbox::scenario::{Findings, TaskScript};
use crate::sandbox::state::MockService;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::time::{Duration, UNIX_EPOCH};

/// The largest `limit` that is taken (`quirks`, 15: the smaller of two documented numbers).
const LIMIT_MAX: u64 = 100;
/// Past runs, and when the latest began: 2026-11-22T03:37:46Z.
const RECORDS: u32 = 12;
const LATEST_RECORD: Duration = Duration::from_secs(1_795_318_666);

const RULES: [(&str, &str, &str, &str); 8] = [
    (
        "G.MEM.01 Buffer overflow",
        "Out-of-bounds write",
        "security,CWE-787",
        "The index can reach the size of the buffer.",
    ),
    (
        "G.INJ.02 SQL injection",
        "Query built from input",
        "security,CWE-89",
        "Text from a request becomes part of a query.",
    ),
    (
        "G.RES.03 Leak",
        "Resource is not released",
        "reliability,CWE-772",
        "The file stays open when reading fails.",
    ),
    (
        "G.NPE.04 Null pointer",
        "Null pointer dereference",
        "bug,reliability,CWE-476",
        "`entry` can be null here.",
    ),
    ("G.SWI.05 Fallthrough", "No fallthrough in switch", "bug", "Case falls through to the next case."),
    (
        "G.CMP.06 Complexity",
        "Function is too complex",
        "maintainability",
        "Cyclomatic complexity is 27, at most 15 is good.",
    ),
    (
        "G.NAM.07 Name",
        "Name does not follow the convention",
        "style",
        "Rename this to follow the convention.",
    ),
    ("G.DUP.08 Duplicate", "Duplicate code", "maintainability", "These 14 lines repeat an earlier block."),
];
const FOLDERS: [&str; 6] = ["src/net", "src/storage", "src/ui", "lib/codec", "lib/auth", "tools"];
const FILES: [&str; 5] = ["reader.c", "session.c", "table.cpp", "view.ts", "Query.java"];

/// `GET /v2/tasks/{task_id}/defects-detail`.
pub(super) fn page(task: &str, request: &Request<'_>, service: &mut MockService) -> Reply {
    let Some(task) = service.task(task) else { return Reply::bad_parameter() };
    let script = task.script();
    let number = |name: &str, default: u64| {
        request.query(name).map_or(Some(default), |value| value.parse::<u64>().ok())
    };
    let (Some(offset), Some(limit @ 1..=LIMIT_MAX)) = (number("offset", 0), number("limit", 10)) else {
        return Reply::bad_parameter();
    };
    let skip = script.paging.skip(offset, limit);
    let chosen = |name: &str, default: &str| -> Vec<u32> {
        request.query(name).unwrap_or(default).split(',').filter_map(|part| part.parse().ok()).collect()
    };
    let query = Query {
        severities: chosen("severity", "0,1,2,3"),
        statuses: chosen("status_ids", "0"),
        is_delayed: request.query("delay_status") == Some("1"),
        skip,
        limit,
    };
    let (rows, total) = match &script.defects {
        Some(defects) => query.given(defects),
        None => query.made_up(script),
    };
    let total = script.total.filter(|_| !query.is_delayed).unwrap_or(total);
    Reply::json(200, &json!({"defects": rows, "total": total}))
}

/// What the summary counts.
pub(super) fn counts(script: &TaskScript) -> Findings {
    let Some(defects) = &script.defects else { return script.findings };
    let mut ids: HashMap<&str, u32> = HashMap::new();
    for defect in
        defects.iter().filter(|defect| defect["delayed"] != true && number(&defect["defect_status"]) == 0)
    {
        ids.insert(defect["defect_id"].as_str().unwrap_or_default(), number(&defect["defect_level"]));
    }
    let count = |level: u32| ids.values().filter(|known| **known == level).count() as u32;
    Findings { critical: count(0), major: count(1), minor: count(2), suggestion: count(3) }
}

fn number(value: &Value) -> u32 {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or(0)
}

type Page = (Vec<Value>, u64);

/// What is asked for.
struct Query {
    severities: Vec<u32>,
    statuses: Vec<u32>,
    is_delayed: bool,
    skip: u64,
    limit: u64,
}

impl Query {
    /// Rows as the script has them; `"delayed": true` in one keeps it apart.
    fn given(&self, defects: &[Value]) -> Page {
        let Self { severities, statuses, is_delayed, skip, limit } = self;
        let fits = |defect: &&Value| {
            (defect["delayed"] == true) == *is_delayed
                && severities.contains(&number(&defect["defect_level"]))
                && statuses.contains(&number(&defect["defect_status"]))
        };
        let fitting: Vec<&Value> = defects.iter().filter(fits).collect();
        let rows = fitting.iter().skip(*skip as usize).take(*limit as usize);
        // A row that comes twice is still one place of one finding.
        let place =
            |row: &&Value| ["defect_id", "file_path", "line_number"].map(|field| row[field].to_string());
        let places: HashSet<[String; 3]> = fitting.iter().map(place).collect();
        (rows.map(|row| (*row).clone()).collect(), places.len() as u64)
    }

    /// Rows of a made-up program.
    fn made_up(&self, script: &TaskScript) -> Page {
        let Self { ref severities, ref statuses, is_delayed, skip, limit } = *self;
        let Findings { critical, major, minor, suggestion } = script.findings;
        let by_level =
            if is_delayed { [0, 0, 0, script.delayed] } else { [critical, major, minor, suggestion] };
        let mut total = 0u64;
        let mut rows = Vec::new();
        // Nobody has looked at any of them.
        let levels: &[u32] = if statuses.contains(&0) { severities } else { &[] };
        for level in levels {
            let count = u64::from(by_level.get(*level as usize).copied().unwrap_or(0));
            let wanted = skip.max(total)..(skip + limit).min(total + count);
            for position in wanted {
                rows.push(finding(*level, (position - total) as u32, is_delayed));
            }
            total += count;
        }
        (rows, total)
    }
}

/// One finding; the same number always gives the same one.
fn finding(level: u32, number: u32, is_delayed: bool) -> Value {
    let mixed = number.wrapping_mul(2_654_435_761).rotate_left(level * 7);
    let (rule, checker, tags, message) = RULES[(level * 2 + mixed % 2) as usize % RULES.len()];
    let path = format!(
        "{}/{}{}",
        FOLDERS[mixed as usize % FOLDERS.len()],
        if number < 30 { String::new() } else { format!("part{}/", mixed % 997) },
        FILES[(mixed >> 8) as usize % FILES.len()]
    );
    let line = (mixed >> 12) % 900 + 1;
    let code = format!("    entry = lookup(table, key_{number});");
    let mut row = json!({
        "defect_id": format!("{level:x}{}{number:030x}", if is_delayed { "d" } else { "f" }),
        "issue_key": format!("AA76E96XXXXXXXXXXXXX{number:08X}"),
        "defect_level": level.to_string(),
        "defect_status": "0",
        "defect_checker_name": checker,
        "rule_name": rule,
        "rule_system_tags": tags,
        "defect_content": message,
        "file_path": path,
        "line_number": line.to_string(),
        "created_at": "2026-11-20T02:12:01Z",
        "fragment": [
            {"line_num": (line - 1).to_string(), "line_content": "    if (key != 0) {", "start_offset": -1, "end_offset": -1},
            {"line_num": line.to_string(), "line_content": code, "start_offset": 4, "end_offset": 9},
        ],
    });
    if level < 2 {
        row["events"] = json!([{
            "description": "the value comes from here", "path": path, "line": line.saturating_sub(3).max(1), "main": false,
            "events": [{"description": "and is used here", "path": path, "line": line, "main": true}],
        }]);
    }
    row
}

/// `GET /v2/{project_id}/tasks/{task_id}/checkrecord`: once there was more to find.
pub(super) fn records(task: &str, service: &mut MockService) -> Reply {
    let Some(task) = service.task(task) else { return Reply::bad_parameter() };
    let script = task.script();
    let Findings { critical, major, minor, suggestion } = script.findings;
    let data: Vec<Value> = (0..RECORDS)
        .map(|ago| {
            let begin = LATEST_RECORD - Duration::from_secs(24 * 3600) * ago;
            // Some take a little longer than the run that is scripted.
            let end = begin + script.duration.mul_f64(1.0 + f64::from(ago % 5) / 20.0);
            let [begin, end] =
                [begin, end].map(|time| humantime::format_rfc3339_seconds(UNIX_EPOCH + time).to_string());
            let more = |count: u32, weight: u32| count + ago * weight / 2 + (ago * 7 + weight) % 3;
            json!({
                "check_time": begin,
                "check_end_time": end,
                "issue_counts": {
                    "critical": if ago == 0 { critical } else { more(critical, 0) },
                    "serious": if ago == 0 { major } else { more(major, 1) },
                    "normal": if ago == 0 { minor } else { more(minor, 2) },
                    "prompt": if ago == 0 { suggestion } else { more(suggestion, 3) },
                },
            })
        })
        .collect();
    Reply::json(200, &json!({"data": data, "total": RECORDS}))
}
