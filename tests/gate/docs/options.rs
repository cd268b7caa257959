//! The table of all options.

use super::{assert_part, pages, root};
use clap::{Arg, ArgAction, Command, CommandFactory as _};
use codearts_gate::cli::{Cli, chinese};
use codearts_gate::model::language::Language;
use codearts_gate::settings::keys;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;

/// An option, as one or several commands have it.
#[derive(PartialEq)]
struct Row {
    heading: String,
    name: String,
    default: String,
    meaning: String,
    variable: String,
}

impl Row {
    fn new(command: &Command, argument: &Arg, language: Language) -> Self {
        let takes_value = argument.get_action().takes_values();
        let value = argument.get_value_names().and_then(|names| names.first());
        let value = value.filter(|_| takes_value).map_or_else(String::new, ToString::to_string);
        let long = argument.get_long();
        let name = match long {
            Some(long) if value.is_empty() => format!("--{long}"),
            Some(long) => format!("--{long} {value}"),
            None => value,
        };
        let short = argument.get_short().map_or_else(String::new, |letter| format!("`-{letter}` "));
        let help = match language {
            Language::English => argument.get_help().map(ToString::to_string),
            Language::Chinese => {
                chinese::meaning(command.get_name(), argument.get_id().as_str()).map(str::to_owned)
            }
        };
        let help = help.expect("a help");
        let words = argument.get_possible_values();
        let words: Vec<String> = words
            .iter()
            .filter(|word| !word.is_hide_set() && takes_value)
            .map(|word| format!("`{}`", word.get_name()))
            .collect();
        let words = if words.is_empty() {
            String::new()
        } else {
            format!("{} {}", language.colon(), words.join(" "))
        };
        // Full-width marks have their own blank.
        let words = words.replace("： ", "：");
        let defaults = argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned());
        let default = defaults.collect::<Vec<_>>().join(",");
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let variable = long.filter(|_| after.contains("CODEARTS_FOO_BAR"));
        let variable = variable
            .map_or_else(String::new, |long| format!("`CODEARTS_{}`", long.to_uppercase().replace('-', "_")));
        let heading = match (argument.get_help_heading(), language) {
            (None, Language::English) if long.is_some() => "Others",
            (None, Language::English) => "Arguments",
            (Some(heading), Language::English) => heading,
            (None, Language::Chinese) if long.is_some() => "其他",
            (_, Language::Chinese) => chinese::heading(argument).trim_end_matches('：'),
        };
        Self {
            heading: heading.to_owned(),
            // Also within code, a bar ends a cell.
            name: format!("{short}`{}`", name.replace('|', "\\|")),
            default: if default.is_empty() || !takes_value { String::new() } else { format!("`{default}`") },
            meaning: format!("{help}{words}").replace('|', "\\|").replace('\n', " "),
            variable,
        }
    }
}

/// All options that the help shows, each once, with the commands that have it.
fn rows(language: Language) -> Vec<(Row, Vec<String>)> {
    let mut rows: Vec<(Row, Vec<String>)> = Vec::new();
    for command in Cli::command().get_subcommands() {
        let is_shown = |argument: &&Arg| {
            !argument.is_hide_set()
                && !matches!(
                    argument.get_action(),
                    ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong
                )
        };
        for argument in command.get_arguments().filter(is_shown) {
            let row = Row::new(command, argument, language);
            match rows.iter_mut().find(|(other, _)| *other == row) {
                Some((_, commands)) => commands.push(command.get_name().to_owned()),
                None => rows.push((row, vec![command.get_name().to_owned()])),
            }
        }
    }
    rows
}

/// The tables of a language, each under its heading.
fn tables(language: Language) -> String {
    let rows = rows(language);
    let keys: HashSet<String> = keys().into_iter().map(|key| key.name).collect();
    let mut headings: Vec<&str> = Vec::new();
    for (row, _) in &rows {
        if !headings.contains(&row.heading.as_str()) {
            headings.push(&row.heading);
        }
    }
    let (columns, no_key) = match language {
        Language::English => ("option | variable | default | commands | meaning", ". Not a key of the file"),
        Language::Chinese => ("选项 | 变量 | 默认值 | 命令 | 含义", "。不能写在配置文件中"),
    };
    let mut text = String::new();
    for heading in headings {
        let _ = write!(text, "\n### {heading}\n\n| {columns} |\n|---|---|---|---|---|\n");
        for (row, commands) in rows.iter().filter(|(row, _)| row.heading == heading) {
            let Row { name, default, meaning, variable, .. } = row;
            let long = name.trim_matches('`').split(['`', ' ']).find_map(|word| word.strip_prefix("--"));
            let kept_out = long.is_some_and(|long| !keys.contains(long) && !variable.is_empty());
            let note = if kept_out { no_key } else { "" };
            let _ = writeln!(
                text,
                "| {name} | {variable} | {default} | {} | {meaning}{note} |",
                commands.join(", ")
            );
        }
    }
    format!("{}\n", text.trim_start())
}

#[test]
fn every_option_is_in_a_table() {
    assert_part("docs/options.md", "options", &tables(Language::English));
    assert_part("docs/zh/options.md", "options", &tables(Language::Chinese));
}

/// Options of other programs, and placeholders.
const FOREIGN: [&str; 24] = [
    "auto",
    "nocapture",
    "test",
    "relative",
    "git",
    "global",
    "lib",
    "output",
    "bench",
    "target",
    "check",
    "ignore-missing",
    "index-url",
    "locked",
    "no-git",
    "registry",
    "repo",
    "foo-bar",
    "fail",
    "location",
    "remote-name",
    "retry",
    "show-error",
    "silent",
];

/// Every long option that a page or an example names is one of the gate, or of another program.
#[test]
fn every_option_that_a_page_names_exists() {
    let mut known: HashSet<String> = ["help", "version"].map(str::to_owned).into();
    for command in Cli::command().get_subcommands() {
        for argument in command.get_arguments() {
            known.extend(argument.get_long_and_visible_aliases().into_iter().flatten().map(str::to_owned));
            known.extend(argument.get_all_aliases().into_iter().flatten().map(str::to_owned));
        }
    }
    let examples = fs::read_dir(root().join("examples")).expect("the folder").map(|entry| {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("text");
        (path, text)
    });
    let mut unknown = Vec::new();
    for (path, text) in pages().into_iter().chain(examples) {
        for (at, _) in text.match_indices("--") {
            let rest = &text[at + 2..];
            let is_start = !text[..at].ends_with(|c: char| c == '-' || c.is_alphanumeric());
            let end = rest.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
            let name = &rest[..end.unwrap_or(rest.len())];
            if !is_start || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
                continue;
            }
            let is_known = known.contains(name)
                || (name.ends_with('-') && known.iter().any(|option| option.starts_with(name)))
                || FOREIGN.contains(&name);
            if !is_known {
                unknown.push(format!("{}: --{name}", path.display()));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}
