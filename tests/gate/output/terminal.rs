//! A real terminal: a bar where one can be drawn, else plain lines.

use crate::kit::scenario::{CHECKING, Task, pdf, task};
use crate::kit::{TASK, World};
use nix::pty::{OpenptyResult, Winsize, openpty};
use std::fs::File;
use std::io::Read as _;
use std::process::Stdio;

fn running() -> Task {
    task().before(CHECKING).ends_at_poll(60).pdf(pdf())
}

/// All that the gate writes to a terminal of this width.
fn written(columns: u16, variables: &[(&str, &str)]) -> String {
    let world = World::new(running());
    let mut run = world.run(&["check", TASK]);
    for (name, value) in variables {
        run.env(name, value);
    }
    let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let OpenptyResult { master, slave } = openpty(Some(&size), None).expect("a terminal");
    let mut child = run.spawn_on(Stdio::from(slave));
    // Reading ends with an error when the other side is closed.
    let mut bytes = Vec::new();
    let _ = File::from(master).read_to_end(&mut bytes);
    assert_eq!(child.wait().expect("an end").code(), Some(0));
    String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n")
}

#[test]
fn a_bar_is_drawn_where_it_can_be() {
    let text = written(100, &[("TERM", "xterm-256color")]);
    assert!(text.contains("\u{1b}[") && text.contains("2b31ed52 ["), "{text:?}");
}

/// Each would show an unreadable bar, or nothing at all.
#[test]
fn other_terminals_get_plain_lines() {
    let cases: [(u16, &[(&str, &str)]); 7] = [
        (100, &[("TERM", "dumb")]),
        (100, &[]),
        (100, &[("TERM", "")]),
        (1, &[("TERM", "xterm")]),
        (0, &[("TERM", "xterm")]),
        (100, &[("TERM", "xterm"), ("CI", "true")]),
        (100, &[("TERM", "xterm"), ("BUILD_NUMBER", "1"), ("JOB_NAME", "job")]),
    ];
    for (columns, variables) in cases {
        let text = written(columns, variables);
        assert!(!text.contains(['\u{1b}', '\r']), "{columns} {variables:?}: {text:?}");
        let lines = text.lines().filter(|line| line.starts_with("2b31ed52: ")).count();
        assert!(lines >= 2, "{columns} {variables:?}: {text:?}");
        assert!(text.ends_with("(exit 0)\n"), "{columns} {variables:?}: {text:?}");
    }
}
