//! What `--help` prints, and the manual page.

use super::assert_shown;
use crate::kit::Run;
use clap::{Command, CommandFactory as _};
use codearts_gate::cli::Cli;
use codearts_gate::model::language::Language;

/// Of the program and every command, 100 columns wide, and in Chinese on 80 columns.
#[test]
fn help() {
    let program = Cli::command();
    for command in std::iter::once("").chain(program.get_subcommands().map(Command::get_name)) {
        let name = if command.is_empty() { "help".to_owned() } else { format!("help_of_{command}") };
        assert_shown!(format!("chinese_{name}"), printed(command, "--help", Language::Chinese));
        assert_shown!(name, printed(command, "--help", Language::English));
    }
    assert_shown!("short_help_of_check", printed("check", "-h", Language::English));
    assert_shown!("chinese_short_help_of_check", printed("check", "-h", Language::Chinese));
}

/// The language may be typed before the command, too, and beats its variable there.
#[test]
fn the_language_before_the_command() {
    for (language, other) in [(Language::Chinese, "en-us"), (Language::English, "zh-cn")] {
        let (columns, name) = (columns(language), language.name());
        let joined = format!("--language={}", name.to_ascii_uppercase());
        for command in [&[][..], &["check"], &["explain"]] {
            let expected = printed(command.first().unwrap_or(&""), "--help", language);
            for before in [&["--language", name][..], &[&joined]] {
                let mut run = Run::new(&[before, command, &["--help"]].concat());
                let ended = run.env("COLUMNS", columns).env("CODEARTS_LANGUAGE", other).finish().expect(0);
                assert_eq!(ended.stdout, expected, "{before:?} {command:?}");
            }
        }
        let said = |arguments: &[&str]| Run::new(arguments).finish().expect(0).stdout;
        assert_eq!(said(&["--language", name, "explain", "4"]), said(&["explain", "4", "--language", name]));
    }
}

fn columns(language: Language) -> &'static str {
    if language == Language::English { "100" } else { "80" }
}

fn printed(command: &str, option: &str, language: Language) -> String {
    let arguments: Vec<&str> = [command, option].into_iter().filter(|word| !word.is_empty()).collect();
    let mut run = Run::new(&arguments);
    let ended =
        run.env("COLUMNS", columns(language)).env("CODEARTS_LANGUAGE", language.name()).finish().expect(0);
    assert_eq!(ended.stderr, "");
    ended.stdout
}

/// Whatever else is wrong, so that somebody can find out what is right.
#[test]
fn help_comes_first() {
    for (variable, value) in
        [("CODEARTS_GATE", "perhaps"), ("CODEARTS_START", "maybe"), ("CODEARTS_CONFIG", "none.toml")]
    {
        let ended = Run::new(&["check", "--help"]).env(variable, value).finish().expect(0);
        assert!(ended.stdout.contains("Usage: codearts-gate check"), "{variable}: {}", ended.stdout);
        assert_eq!(ended.stderr, "", "{variable}");
    }
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
