//! Everything that people read, in Chinese; what machines read stays as it is.

use super::files::text;
#[cfg(unix)]
use super::screen;
use super::{Table, assert_shown, shown};
use crate::kit::forge::Forge;
use crate::kit::scenario::{FAILED, pdf, succeeded, task};
use crate::kit::{Ended, TASK, World};

const CHINESE: [&str; 2] = ["--language", "zh-cn"];

fn has_han(text: &str) -> bool {
    text.contains(|character| ('\u{4e00}'..='\u{9fff}').contains(&character))
}

/// What steps and programs read.
fn assert_plain(ended: &Ended) {
    let result = ended.result();
    let plain = [&result["verdict"], &result["outcome"], &result["tasks"][0]["outcome"]];
    assert!(plain.iter().all(|value| value.as_str().is_some_and(|word| !has_han(word))), "{plain:?}");
}

#[test]
fn a_run_on_github() {
    let cases =
        [("of_a_failed_gate", succeeded().gate(0), 4), ("of_a_failed_check", task().before(FAILED), 1)];
    for (name, task, code) in cases {
        let (world, forge) = (World::new(task.pdf(pdf())), Forge::new());
        let arguments = ["check", TASK, "--max-major", "0", CHINESE[0], CHINESE[1]];
        let ended = world.run_on_github(&forge, "pull_request", &arguments).finish().expect(code);
        assert_plain(&ended);
        assert!(ended.outputs().iter().all(|(name, value)| !has_han(name) && !has_han(value)));
        assert_shown!(format!("chinese_log_{name}"), shown(&ended));
        assert_shown!(format!("chinese_comment_{name}"), forge.state().comments[0].body);
        assert_shown!(format!("chinese_summary_{name}"), ended.summary());
    }
}

#[test]
fn pages() {
    let formats = [("html", "html"), ("junit", "junit.xml")];
    let arguments = ["check", TASK, "--report", "html,junit", "--max-critical", "1"];
    let run = super::files::world(0).run(&arguments).env("CODEARTS_LANGUAGE", "zh-CN").finish();
    let ended = run.expect(4);
    assert_plain(&ended);
    for (format, ending) in formats {
        let text = text(&ended, ending);
        assert!(format != "html" || text.contains("<html lang=\"zh-CN\">"), "{text}");
        let body = text.split("<body>").nth(1).and_then(|body| body.split("<script>").next());
        assert_shown!(format!("chinese_{format}_of_a_failed_gate"), body.unwrap_or(&text));
    }
}

/// What is wrong with the line itself, before the language of the line is known to all.
#[test]
fn mistakes() {
    let mut table = Table::default();
    let cases: [&[&str]; 7] = [
        &["check"],
        &["check", "no/id"],
        &["check", "--tiemout", "1m"],
        &["check", TASK, "--timeout", "45M"],
        &["check", TASK, "--gate", "perhaps"],
        &["check", TASK, "--max-major", "many"],
        &["explain", "nonsense"],
    ];
    for arguments in cases {
        let line: Vec<&str> = arguments.iter().chain(&CHINESE).copied().collect();
        let ended = World::new(succeeded()).run(&line).finish().expect(64);
        table.add(arguments.join(" "), &ended.stderr);
    }
    let cases: [&[&str]; 11] = [
        &["--language", "zh-cn"],
        &["--language", "zh-cn", "--tiemout"],
        &["--language", "zh-cn", "man"],
        &["--language", "french", "check"],
        &[],
        &["--"],
        &["chekc"],
        &["completions"],
        &["check", "--timeout"],
        &["check", "--json=yes"],
        &["check", "--gate", "off", "--gate", "auto"],
    ];
    for arguments in cases {
        let mut run = World::new(succeeded()).run(arguments);
        let ended = run.env("CODEARTS_LANGUAGE", "zh-cn").env("COLUMNS", "80").finish().expect(64);
        table.add(arguments.join(" "), &ended.stderr);
    }
    let world = World::new(succeeded());
    let file = "language = \"zh-cn\"\ntimeout = 5\n";
    let mut run = world.run(&["check", TASK]);
    std::fs::write(run.directory().join("codearts-gate.toml"), file).expect("written");
    let ended = run.env("CODEARTS_LANGUAGE", "zh-cn").finish().expect(64);
    table.add("a number in the file", &ended.stderr);
    assert_shown!("chinese_mistakes", table.text());
}

#[test]
fn the_file_chooses_too() {
    let world = World::new(succeeded());
    let run = world.run(&["check", TASK, "--report", "none"]);
    std::fs::write(run.directory().join("codearts-gate.toml"), "language = \"zh-cn\"\n").expect("written");
    let ended = run.finish().expect(0);
    assert!(ended.stderr.contains("检查已完成"), "{}", ended.stderr);
}

#[test]
fn other_commands() {
    let mut table = Table::default();
    for arguments in [&["explain", "4"][..], &["tasks", "--project-id", "2b31ed520aaaaaaebedb6e57aaaaaaaa"]] {
        let line: Vec<&str> = arguments.iter().chain(&CHINESE).copied().collect();
        let ended = World::new(succeeded()).run(&line).finish().expect(0);
        table.add(arguments.join(" "), &shown(&ended));
    }
    assert_shown!("chinese_commands", table.text());
}

/// The system's language chooses for the person at a terminal, not for a log.
#[cfg(unix)]
#[test]
fn the_system_chooses_on_a_terminal_only() {
    let run = |world: &World| {
        let mut run = world.run(&["check", TASK, "--report", "none"]);
        run.env("LANG", "zh_CN.UTF-8");
        run
    };
    let world = World::new(succeeded());
    let (on_terminal, _) = screen::run(&run(&world), |_| ());
    assert!(on_terminal.contains("检查已完成"), "{on_terminal}");
    let (in_ci, _) = screen::run(run(&world).env("CI", "true"), |_| ());
    let piped = run(&world).finish().expect(0).stderr;
    assert!(!has_han(&in_ci) && !has_han(&piped), "{in_ci}{piped}");
}
