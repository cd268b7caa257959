//! The messages about mistakes: one of each kind.

use super::{assert_shown, shown};
use crate::kit::scenario::{Task, scenario, succeeded};
use crate::kit::{TASK, World};
use std::fmt::Write as _;

fn done() -> Task {
    succeeded()
}

/// On the command line.
#[test]
fn mistakes_on_the_command_line() {
    let cases: [&[&str]; 33] = [
        &[],
        &["--"],
        &["chekc"],
        &["completions"],
        &["check", "--json=yes"],
        &["check", "--gate"],
        &["check", "--gate", "off", "--gate", "auto"],
        &["check", "--tiemout", "1m"],
        &["check", "--timeout"],
        &["check", TASK, "--timeout", "soon"],
        &["check", TASK, "--timeout", "0s"],
        &["check", "--gate", "perhaps"],
        &["check", "--report", "pdf,docx"],
        &["check", "--max-major", "-1"],
        &["check", "--max-major", "many"],
        &["check", TASK, "--timeout", "-5m"],
        &["check", TASK, "--timeout", "1H"],
        &["check", TASK, "--timeout", "45M"],
        &["check", "-v", "-q"],
        &["sandbox", "--port", "x"],
        &["check", TASK, "--allow", "everything"],
        &["check", TASK, "--allow", "usage"],
        &["check", "no/id"],
        &["check", TASK, "--publish", "comment,none"],
        &["check", TASK, "--report", "pdf,none", "--region", "cn-north-4"],
        &["check", TASK, "--region", "cn-nort-4"],
        &["check", TASK, "--endpoint", "http://example.com"],
        &["report", TASK, TASK],
        &["check", "console.example.com/task/x"],
        &["build", TASK, "--start", "--param", "x"],
        &["build", TASK, "--param", "x=1"],
        &["check"],
        &["build"],
    ];
    let mut text = String::new();
    for arguments in cases {
        let world = World::new(done());
        let ended =
            world.run(arguments).env("COLUMNS", "100").without("CODEARTS_ENDPOINT").finish().expect(64);
        let _ = writeln!(text, "=== codearts-gate {}\n{}", arguments.join(" "), shown(&ended));
        assert_eq!(world.sandbox.recorded().len(), 0);
    }
    assert_shown!("mistakes_on_the_command_line", text);
}

/// In variables.
#[test]
fn mistakes_in_variables() {
    let cases: [(&str, &str); 14] = [
        ("CODEARTS_TIMEOUT", "30"),
        ("CODEARTS_POLL_BUDGET", "6"),
        ("CODEARTS_ENDPOINT", "ftp://example.com"),
        ("CODEARTS_REPORT", "pdf,docx"),
        ("CODEARTS_MAX_MAJOR", "1.5"),
        ("CODEARTS_TASK_ID", "a b/c"),
        ("CODEARTS_CA_FILE", "/nonexistent/ca.pem"),
        ("CODEARTS_AUTH", "magic"),
        ("CODEARTS_START", "perhaps"),
        ("HTTPS_PROXY", "socks5://127.0.0.1:1"),
        ("HUAWEICLOUD_SDK_AK", ""),
        ("HUAWEICLOUD_SDK_SK", "$SECRET"),
        ("CODEARTS_REPORT_DIR", "/dev/null/reports"),
        ("CODEARTS_BASELINE", "/nonexistent/baseline"),
    ];
    let mut text = String::new();
    for (name, value) in cases {
        let world = World::new(done());
        let mut run = world.run(&["check"]);
        let ended = run.env("CODEARTS_TASK_ID", TASK).env(name, value).finish().expect(64);
        let _ = writeln!(text, "=== {name}={value}\n{}", shown(&ended));
        assert_eq!(world.sandbox.recorded().len(), 0);
    }
    assert_shown!("mistakes_in_variables", text);
}

/// What the service does not know.
#[test]
fn unknown_ids() {
    let world = World::new(scenario().without_tasks_and_jobs());
    let mut text = format!("=== check\n{}", shown(&world.run(&["check", TASK]).finish().expect(64)));
    text += &format!("=== report\n{}", shown(&world.run(&["report", TASK]).finish().expect(64)));
    let mut run = world.run(&["build", TASK]);
    run.env("CODEARTS_BUILD_ENDPOINT", &world.sandbox.origin());
    text += &format!("=== build\n{}", shown(&run.finish().expect(64)));
    assert_shown!("ids_that_nobody_knows", text);
}
