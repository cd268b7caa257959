//! Names of branches and titles that somebody chose to do harm: they change nothing but their own text.

use super::place::{PLACES, Place};
use super::{CHECK, side_by_side};
use crate::kit::forge::{Forge, HEAD, pull_request};
use crate::kit::scenario::{scenario, task};
use crate::kit::{Ended, TASK, World};
use serde_json::Value;

/// The branches and the title of a request that harms nobody.
const HARMLESS: [&str; 3] = ["feature", "main", "Add a widget"];

pub(super) fn texts() -> Vec<(&'static str, String)> {
    let plain = [
        ("quotes", "a\"b'c`d``e\\f$(id)"),
        ("command", "::error::x"),
        ("command after a line break", "a\n::error file=x,line=1::owned\r\n::set-output name=verdict::pass"),
        ("old command", "##[error]x"),
        ("escaped", "a%0A::error::x%0D%0A"),
        ("output", "a\nverdict=pass\nEOF\nexit-code=0"),
        ("Chinese", "修复/登录问题"),
        ("path", "../../../../etc/passwd"),
        ("ANSI", "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J"),
        ("HTML", "<script>alert(1)</script><img src=x onerror=y>--><!-- codearts-gate:k -->"),
        ("markdown", "](https://evil.example) **b** | cell | # h [x](javascript:y) ![i](//e.example/i)"),
        ("team", "@acme/team @root #1 closes #2 GH-3"),
        ("quick action", "/close"),
        ("quick action after a line break", "a\n/approve\n/merge"),
        ("bidi", "a\u{202e}b\u{200b}c\u{2066}d"),
        ("blanks at the end", "x\u{3000}\u{200b}"),
        ("closed code", "x` @acme/team <img src=x> [a](//e.example) `y"),
        ("closed code twice", "x`` @acme/team <img src=x> ` ``y"),
        ("bar", "a|b"),
        ("mark", "<!-- codearts-gate-counts:0,0,0,0,0 -->"),
        ("template", "{task_id} {{x}} ${{ secrets.GITHUB_TOKEN }} %s"),
    ];
    let mut all: Vec<(&str, String)> = plain.map(|(name, text)| (name, text.to_owned())).to_vec();
    all.push(("1,000 characters", "x".repeat(1000)));
    all.push(("1,000 wide characters", "界".repeat(1000)));
    all.push(("1,000 characters to escape", "`|*<".repeat(250)));
    all
}

/// A check of a request with these texts.
fn check(
    place: Place,
    of_task: &str,
    [source, target, title]: [&str; 3],
    rule: [&str; 2],
) -> (World, Forge, Ended) {
    let full = place.parent(task().ends_at_poll(1)).with(|script| script.branch = Some(of_task.to_owned()));
    let world = World::new(scenario().task(full));
    let forge = Forge::with(pull_request(12).branches(source, target).title(title));
    let targets = match place {
        Place::GitHub => "comment,summary,annotations,outputs,check-run",
        Place::GitLab => "comment,outputs,check-run",
    };
    let more = ["--scope", "all", "--publish", targets];
    let ended = place.job(&world, &forge, HEAD, &[&CHECK[..], &rule, &more].concat()).finish();
    (world, forge, ended)
}

/// Everything that a check leaves, each with its name.
pub(super) fn traces(
    place: Place,
    (world, forge, ended): &(World, Forge, Ended),
) -> Vec<(&'static str, String)> {
    let pretty = |json: &Value| serde_json::to_string_pretty(json).expect("JSON");
    let mut result = ended.result();
    result["tasks"][0]["wait"] = Value::Null;
    let creation = world.calls("task-create").first().map(|call| serde_json::from_slice(&call.body));
    let mut all = vec![
        ("log", ended.stderr.clone()),
        ("comment", place.comments(forge)[0].clone()),
        ("result.json", pretty(&result)),
        ("creation", creation.map(|body| pretty(&body.expect("JSON"))).unwrap_or_default()),
    ];
    let state = forge.state();
    match place {
        Place::GitHub => {
            let outputs: Vec<String> =
                ended.outputs().iter().map(|(name, value)| format!("{name}={value}")).collect();
            let of_forge = ("check run", pretty(&state.check_runs[0]).replace("\\n", "\n"));
            all.extend([("summary", ended.summary()), ("outputs", outputs.join("\n")), of_forge]);
        }
        Place::GitLab => {
            let outputs = std::fs::read_to_string(ended.reports.join("codearts-gate.env")).expect("the file");
            let status = state.gitlab.statuses.iter().map(|(of, status)| format!("{of} {}", pretty(status)));
            let of_forge = [("status", status.collect()), ("actions", state.gitlab.actions.join("\n"))];
            all.push(("outputs", outputs));
            all.extend(of_forge);
        }
    }
    for (what, ending) in [("markdown", "md"), ("junit", "junit.xml")] {
        let file = std::fs::read_to_string(ended.reports.join(format!("{TASK}.{ending}")));
        all.extend(file.ok().map(|text| (what, text)));
    }
    let directory = ended.reports.parent().expect("a directory").to_str().expect("UTF-8");
    let steady = |text: String| {
        let text = text.replace(directory, "DIRECTORY").replace(&world.sandbox.origin(), "SANDBOX");
        text.split_inclusive([' ', '\n']).map(|word| if is_time(word) { "TIME " } else { word }).collect()
    };
    all.into_iter().map(|(name, text)| (name, steady(text))).collect()
}

/// Whether this is a duration, the time of a check run or of tests, or the beginning of a section of GitLab's log with its time.
fn is_time(word: &str) -> bool {
    let word = word.trim_end_matches([' ', '\n', ',', ';', '.', '"']);
    let number = word.strip_suffix("ms").or_else(|| word.strip_suffix('s')).unwrap_or_default();
    word.starts_with("\x1b[0Ksection_")
        || word.starts_with("time=\"")
        || word.starts_with("\"20") && word.ends_with('Z')
        || number.parse::<f64>().is_ok()
}

/// The lines that differ from those of a harmless request; fails where there are others, or where a line differs that does not hold
/// one of its texts.
fn differences<'t>(place: &str, harmless: &'t str, hostile: &'t str) -> Result<Vec<&'t str>, String> {
    let different = different_lines(place, &HARMLESS, harmless, hostile)?;
    Ok(different.into_iter().map(|(_, after)| after).collect())
}

/// The same for these harmless texts; each line with the one that it has replaced.
pub(super) fn different_lines<'t>(
    place: &str,
    texts: &[&str],
    harmless: &'t str,
    hostile: &'t str,
) -> Result<Vec<(&'t str, &'t str)>, String> {
    let (before, after): (Vec<&str>, Vec<&str>) = (harmless.lines().collect(), hostile.lines().collect());
    let different: Vec<(&str, &str)> =
        before.iter().copied().zip(after.iter().copied()).filter(|(before, after)| before != after).collect();
    let is_own = |(before, _): &&(&str, &str)| texts.iter().any(|text| before.contains(text));
    match different.iter().find(|pair| !is_own(pair)) {
        Some((before, after)) => Err(format!("{place}: {after}\ninstead of {before}")),
        None if before.len() != after.len() => Err(format!("{place}: {} lines: {hostile}", after.len())),
        None => Ok(different),
    }
}

/// The text of a span of code at the beginning, and what follows.
pub(super) fn code(text: &str) -> Option<(&str, &str)> {
    let fence = text.len() - text.trim_start_matches('`').len();
    let inner = &text[fence..];
    let mut at = 0;
    while let Some(begin) = inner[at..].find('`').map(|index| at + index) {
        let run = inner[begin..].len() - inner[begin..].trim_start_matches('`').len();
        if run == fence {
            return Some((&inner[..begin], &inner[begin + run..]));
        }
        at = begin + run;
    }
    None
}

/// Whether a line of a page shows both branches as code, and nothing else that is not its own.
fn is_safe(line: &str) -> bool {
    let begin = ["Checked", "The job is about"].into_iter().find_map(|begin| line.strip_prefix(begin));
    let rest = begin.and_then(|rest| rest.strip_prefix(" commit `222222222222` of pull request 12, "));
    let names = rest.and_then(|rest| {
        let (_, rest) = code(rest)?;
        code(rest.strip_prefix(" into ")?)
    });
    names.is_some_and(|(_, rest)| rest == ".")
}

#[test]
fn texts_of_a_request_change_nothing_but_themselves() {
    let cases = [
        (Place::GitHub, ["--gate", "off"], 0),
        (Place::GitHub, ["--max-issues", "0"], 4),
        (Place::GitLab, ["--max-issues", "0"], 4),
    ];
    side_by_side(&cases, |&(place, rule, code)| {
        let harmless = check(place, HARMLESS[1], HARMLESS, rule);
        assert_eq!(harmless.2.code, code, "{}", harmless.2.stderr);
        let before = traces(place, &harmless);
        let wrong = |(name, hostile): &(&str, String)| changed(place, (rule, code), &before, name, hostile);
        let wrong: Vec<String> = texts().iter().filter_map(wrong).collect();
        (!wrong.is_empty()).then(|| wrong.join("\n"))
    });
}

/// What a text has changed that it must not.
fn changed(
    place: Place,
    (rule, code): ([&str; 2], i32),
    before: &[(&'static str, String)],
    name: &str,
    hostile: &str,
) -> Option<String> {
    let checked = check(place, hostile, [hostile; 3], rule);
    if checked.2.code != code {
        return Some(format!("{name}: {}", checked.2.stderr));
    }
    for ((what, before), (_, after)) in before.iter().zip(traces(place, &checked)) {
        let different = match differences(what, before, &after) {
            Ok(different) => different,
            Err(why) => return Some(format!("{name}, {place:?}, {why}")),
        };
        let is_right = match *what {
            // Outside tables a bar stands as it is.
            "summary" | "comment" => {
                different.len() == 1 && is_safe(different[0]) && !after.contains("a\\|b")
            }
            "log" | "check run" => different.len() == 1,
            "outputs" | "status" | "actions" => different.is_empty(),
            _ => true,
        };
        if !is_right {
            return Some(format!("{name}, {what} of {place:?}: {different:?}"));
        }
    }
    let result = &checked.2.result()["tasks"][0]["pull_request"];
    let creation: Value = serde_json::from_slice(&checked.0.calls("task-create")[0].body).expect("JSON");
    let config = &creation["inc_config"];
    let branches = [
        &result["source_branch"],
        &result["target_branch"],
        &creation["git_branch"],
        &config["git_source_branch"],
        &config["git_target_branch"],
    ];
    let is_right = branches.into_iter().all(|branch| branch == hostile)
        && config["title"] == codearts_gate::text::one_line(hostile, 200);
    (!is_right).then(|| format!("{name}: {branches:?} {}", config["title"]))
}

/// Messages that quote both branches are one line, of the log and of the annotation.
#[test]
fn a_target_that_does_not_fit_is_quoted_as_text() {
    side_by_side(&PLACES, |&place| {
        let harmless = check(place, "release", HARMLESS, ["--gate", "off"]);
        assert_eq!(harmless.2.code, 64, "{}", harmless.2.stderr);
        let wrong = |(name, hostile): &(&str, String)| {
            let why = quoted_otherwise(place, &harmless, hostile)?;
            Some(format!("{name} on {place:?}: {why}"))
        };
        let wrong: Vec<String> = texts().iter().filter_map(wrong).collect();
        (!wrong.is_empty()).then(|| wrong.join("\n"))
    });
}

fn quoted_otherwise(place: Place, harmless: &(World, Forge, Ended), hostile: &str) -> Option<String> {
    let (_world, forge, ended) = check(place, "release", [hostile; 3], ["--gate", "off"]);
    let lines = |ended: &Ended| ended.stderr.lines().count();
    let commands = ended.stderr.lines().filter(|line| line.starts_with("::error ")).count();
    let expected = usize::from(place == Place::GitHub);
    if (ended.code, lines(&ended), commands) != (64, lines(&harmless.2), expected) {
        return Some(ended.stderr);
    }
    let outcome = match place {
        Place::GitHub => ended.outputs()["outcome"].clone().into(),
        Place::GitLab => ended.result()["outcome"].clone(),
    };
    if outcome != "usage" || !forge.state().gitlab.actions.is_empty() {
        return Some(format!("{outcome}, {:?}", forge.state().gitlab.actions));
    }
    let (before, after) = (place.comments(&harmless.1).remove(0), place.comments(&forge).remove(0));
    let different = match differences("comment", &before, &after) {
        Ok(different) => different,
        Err(why) => return Some(why),
    };
    let [sentence, checked] = different[..] else { return Some(format!("{different:?}")) };
    // Escaped as text, not code.
    let has_mention = sentence.replace("@\u{200b}", "").contains('@');
    let has_code = sentence.replace("\\`", "").contains('`');
    let is_right = is_safe(checked) && !has_mention && !has_code && !sentence.contains(['<', '>']);
    (!is_right).then(|| format!("{sentence}\n{checked}"))
}
