//! Names of branches and titles that somebody chose to do harm: they change nothing but their own text.

use super::{CHECK, parent};
use crate::kit::forge::{Forge, pull_request};
use crate::kit::scenario::{scenario, task};
use crate::kit::{Ended, World};
use serde_json::Value;

/// The branches and the title of a request that harms nobody.
const HARMLESS: [&str; 3] = ["feature", "main", "Add a widget"];

fn texts() -> Vec<(&'static str, String)> {
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
fn check(of_task: &str, [source, target, title]: [&str; 3], rule: [&str; 2]) -> (World, Forge, Ended) {
    let full = parent(task().ends_at_poll(1)).with(|script| script.branch = Some(of_task.to_owned()));
    let world = World::new(scenario().task(full));
    let forge = Forge::with(pull_request(12).branches(source, target).title(title));
    let more = ["--scope", "all", "--publish", "comment,summary,annotations,outputs,check-run"];
    let ended = world.run_on_github(&forge, "pull_request", &[&CHECK[..], &rule, &more].concat()).finish();
    (world, forge, ended)
}

/// Everything that a check leaves, each with its name.
fn traces((world, forge, ended): &(World, Forge, Ended)) -> Vec<(&'static str, String)> {
    let pretty = |json: &Value| serde_json::to_string_pretty(json).expect("JSON");
    let mut result = ended.result();
    result["tasks"][0]["wait"] = Value::Null;
    let state = forge.state();
    let creation = world.calls("task-create").first().map(|call| serde_json::from_slice(&call.body));
    let outputs: Vec<String> =
        ended.outputs().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let all = [
        ("log", ended.stderr.clone()),
        ("summary", ended.summary()),
        ("comment", state.comments[0].body.clone()),
        ("check run", pretty(&state.check_runs[0]).replace("\\n", "\n")),
        ("outputs", outputs.join("\n")),
        ("result.json", pretty(&result)),
        ("creation", creation.map(|body| pretty(&body.expect("JSON"))).unwrap_or_default()),
    ];
    let directory = ended.reports.parent().expect("a directory").to_str().expect("UTF-8");
    let steady = |text: String| {
        let text = text.replace(directory, "DIRECTORY").replace(&world.sandbox.origin(), "SANDBOX");
        text.split_inclusive([' ', '\n']).map(|word| if is_time(word) { "TIME " } else { word }).collect()
    };
    all.map(|(name, text)| (name, steady(text))).to_vec()
}

/// Whether this is a duration, or the time of a check run.
fn is_time(word: &str) -> bool {
    let word = word.trim_end_matches([' ', '\n', ',', ';', '.', '"']);
    let number = word.strip_suffix("ms").or_else(|| word.strip_suffix('s')).unwrap_or_default();
    word.starts_with("\"20") && word.ends_with('Z') || number.parse::<f64>().is_ok()
}

/// The lines that differ from those of a harmless request; fails where there are others, or where a line differs that does not hold
/// one of its texts.
fn differences<'t>(place: &str, harmless: &str, hostile: &'t str) -> Result<Vec<&'t str>, String> {
    let (before, after): (Vec<&str>, Vec<&str>) = (harmless.lines().collect(), hostile.lines().collect());
    let different: Vec<(&str, &str)> =
        before.iter().copied().zip(after.iter().copied()).filter(|(before, after)| before != after).collect();
    let is_own = |(before, _): &&(&str, &str)| HARMLESS.iter().any(|text| before.contains(text));
    match different.iter().find(|pair| !is_own(pair)) {
        Some((before, after)) => Err(format!("{place}: {after}\ninstead of {before}")),
        None if before.len() != after.len() => Err(format!("{place}: {} lines: {hostile}", after.len())),
        None => Ok(different.into_iter().map(|(_, after)| after).collect()),
    }
}

/// The text of a span of code at the beginning, and what follows.
fn code(text: &str) -> Option<(&str, &str)> {
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
    let one_line = |text: &str, limit| codearts_gate::text::one_line(text, limit);
    for (rule, code) in [(["--gate", "off"], 0), (["--max-issues", "0"], 4)] {
        let harmless = check(HARMLESS[1], HARMLESS, rule);
        assert_eq!(harmless.2.code, code, "{}", harmless.2.stderr);
        let before = traces(&harmless);
        for (name, hostile) in texts() {
            let checked = check(&hostile, [&hostile; 3], rule);
            assert_eq!(checked.2.code, code, "{name}: {}", checked.2.stderr);
            // Outside tables a bar stands as it is.
            let shown = checked.1.state().comments[0].body.contains("a\\|b");
            assert!(!shown, "{name}");
            for ((place, before), (_, after)) in before.iter().zip(traces(&checked)) {
                let different =
                    differences(place, before, &after).unwrap_or_else(|why| panic!("{name}, {why}"));
                match *place {
                    "summary" | "comment" => {
                        assert_eq!(different.len(), 1, "{name}, {place}: {different:?}");
                        assert!(is_safe(different[0]), "{name}, {place}: {different:?}");
                    }
                    "log" | "check run" => assert_eq!(different.len(), 1, "{name}, {place}: {different:?}"),
                    "outputs" => assert!(different.is_empty(), "{name}: {different:?}"),
                    _ => {}
                }
            }
            let result = &checked.2.result()["tasks"][0]["pull_request"];
            let creation: Value =
                serde_json::from_slice(&checked.0.calls("task-create")[0].body).expect("JSON");
            let config = &creation["inc_config"];
            for branch in [&result["source_branch"], &result["target_branch"], &creation["git_branch"]]
                .into_iter()
                .chain([&config["git_source_branch"], &config["git_target_branch"]])
            {
                assert_eq!(branch, hostile.as_str(), "{name}");
            }
            assert_eq!(config["title"], one_line(&hostile, 200), "{name}");
        }
    }
}

/// Messages that quote both branches are one line, of the log and of the annotation.
#[test]
fn a_target_that_does_not_fit_is_quoted_as_text() {
    let harmless = check("release", HARMLESS, ["--gate", "off"]);
    assert_eq!(harmless.2.code, 64, "{}", harmless.2.stderr);
    let lines = harmless.2.stderr.lines().count();
    let comment = harmless.1.state().comments[0].body.clone();
    for (name, hostile) in texts() {
        let (_world, forge, ended) = check("release", [&hostile; 3], ["--gate", "off"]);
        assert_eq!(ended.code, 64, "{name}: {}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), lines, "{name}: {}", ended.stderr);
        let commands = ended.stderr.lines().filter(|line| line.starts_with("::error "));
        assert_eq!(commands.count(), 1, "{name}: {}", ended.stderr);
        let outcome = ended.outputs().remove("outcome");
        assert_eq!(outcome.as_deref(), Some("usage"), "{name}");
        let body = forge.state().comments[0].body.clone();
        let different = differences("comment", &comment, &body).unwrap_or_else(|why| panic!("{name}, {why}"));
        let [sentence, checked] = different[..] else { panic!("{name}: {different:?}") };
        assert!(is_safe(checked), "{name}: {checked}");
        // Escaped as text, not code.
        let has_mention = sentence.replace("@\u{200b}", "").contains('@');
        let has_code = sentence.replace("\\`", "").contains('`');
        assert!(!has_mention && !has_code && !sentence.contains(['<', '>']), "{name}: {sentence}");
    }
}
