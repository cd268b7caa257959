//! The pages about a cancelled check name the signal and the exit code that the process really ended with.
#![cfg(unix)]

use crate::kit::scenario::endless;
use crate::kit::{TASK, World};
use std::process::Command;

#[test]
fn pages_name_the_exit_code_of_the_signal() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let world = World::new(endless());
        let run = world.run(&["check", TASK, "--report", "markdown,html,junit"]);
        let child = run.spawn();
        world.wait_until_received("progress", 2);
        let script = format!("kill -{signal} {}", child.id());
        assert!(Command::new("sh").args(["-c", &script]).status().expect("a shell").success());
        let ended = run.wait(child).expect(code);
        for (file, expected) in [
            (format!("{TASK}.md"), format!("exit code {code}")),
            (format!("{TASK}.html"), format!("SIG{signal}")),
            (format!("{TASK}.junit.xml"), format!("SIG{signal}")),
        ] {
            let text = std::fs::read_to_string(ended.reports.join(&file)).expect("the page");
            assert!(text.contains(&expected), "{file} after SIG{signal}: {text}");
        }
    }
}
