//! What `--help` prints, and the manual page.

use super::assert_shown;
use crate::kit::Run;

/// Of the program and every command, 100 columns wide.
#[test]
fn help() {
    for command in [
        "",
        "check",
        "report",
        "build",
        "tasks",
        "init",
        "doctor",
        "sandbox",
        "demo",
        "explain",
        "completions",
        "man",
    ] {
        let arguments: Vec<&str> = [command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        let ended = Run::new(&arguments).env("COLUMNS", "100").finish().expect(0);
        assert_eq!(ended.stderr, "");
        let name = if command.is_empty() { "help".to_owned() } else { format!("help_of_{command}") };
        assert_shown!(name, ended.stdout);
    }
    let ended = Run::new(&["check", "-h"]).env("COLUMNS", "100").finish().expect(0);
    assert_shown!("short_help_of_check", ended.stdout);
}

/// Its options are those of the help, so only the first page, which is its own, is shown.
#[test]
fn manual_page() {
    let page = Run::new(&["man"]).finish().expect(0).stdout;
    let (first, _) = page.split_once(".SH CHECK COMMAND").expect("a section for each command");
    assert_shown!("manual_page", first);
    let headings: Vec<&str> = page.lines().filter(|line| line.starts_with(".SH")).collect();
    assert_shown!("headings_of_the_manual_page", headings.join("\n"));
}

/// The script that a shell reads is made by a library.
#[test]
fn completions() {
    let beginnings = ["bash", "zsh", "fish", "powershell", "elvish"].map(|shell| {
        let script = Run::new(&["completions", shell]).finish().expect(0).stdout;
        let head: Vec<&str> = script.lines().take(5).collect();
        format!("=== {shell}\n{}\n", head.join("\n"))
    });
    assert_shown!("completions", beginnings.concat());
}
