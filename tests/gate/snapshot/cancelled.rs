//! The log of a run that a signal ends.

use super::{assert_shown, screen, shown};
use crate::kit::scenario::endless;
use crate::kit::{TASK, World};
use codearts_gate::sandbox::scenario::ProgressShape;
use std::process::{Child, Command};

const SIGNALS: [(&str, i32); 3] = [("INT", 130), ("TERM", 143), ("HUP", 129)];

/// Sends the signal after two polls, so that every line about the run is written.
fn cancel(world: &World, child: &Child, signal: &str) {
    world.wait_for("progress", 4);
    let script = format!("kill -{signal} {}", child.id());
    assert!(Command::new("sh").args(["-c", &script]).status().expect("a shell").success());
}

fn world() -> World {
    World::new(endless().progress(ProgressShape::Stuck))
}

#[test]
fn cancelled() {
    let mut text = String::new();
    for (signal, code) in SIGNALS {
        let world = world();
        let run = world.run(&["check", TASK, "--start"]);
        let child = run.spawn();
        cancel(&world, &child, signal);
        text += &format!("=== SIG{signal}\n{}", shown(&run.wait(child).expect(code)));
    }
    assert_shown!("cancelled", text);
}

#[test]
fn cancelled_on_a_terminal() {
    let mut text = String::new();
    for (signal, code) in SIGNALS {
        let world = world();
        let mut run = world.run(&["check", TASK, "--start"]);
        run.env("TERM", "xterm-256color");
        let (written, code_there) = screen::run(&run, |child| cancel(&world, child, signal));
        let left = screen::left(&written);
        assert_eq!(code_there, code, "{left}");
        text += &format!("=== SIG{signal}\n{left}=== exit code: {code}\n");
    }
    assert_shown!("cancelled_on_a_terminal", text);
}
