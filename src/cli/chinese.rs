//! `--help` in Chinese: the same commands with the texts of `messages`. clap breaks lines at blanks only and counts one column a
//! character, so the lines are broken here.

use super::Cli;
use crate::messages::chinese_help as words;
use crate::text::wrap::wrap;
use clap::builder::{PossibleValue, StyledStr};
use clap::{Arg, ArgAction, Command, CommandFactory as _};
use std::ffi::OsString;

/// clap puts what an option means on a line of its own, this far to the right.
const INDENT: usize = 10;
/// Blanks around the name of a command in the list.
const GAPS: usize = 4;
/// Puts the switches of the help behind all options.
const LAST: usize = usize::MAX;
/// clap adds its own colon to a heading.
const TWO_COLONS: &str = "：:";

/// What a command does; the program has a name, too.
pub fn about(command: &str) -> Option<&'static str> {
    words::COMMANDS.iter().find(|(name, _)| *name == command).map(|(_, text)| *text)
}

/// What an argument or an option of a command means.
pub fn meaning(command: &str, id: &str) -> Option<&'static str> {
    let of = |owner: &str| words::OPTIONS.iter().find(|(name, option, _)| *name == owner && *option == id);
    of(command).or_else(|| of("")).map(|(_, _, text)| *text)
}

/// The heading over an argument or an option, with its colon.
pub fn heading(argument: &Arg) -> &'static str {
    let english = argument.get_help_heading();
    match words::HEADINGS.iter().find(|(name, _)| Some(*name) == english) {
        Some((_, heading)) => heading,
        None if argument.is_positional() => words::ARGUMENTS_HEADING,
        None => words::OPTIONS_HEADING,
    }
}

/// The help that a command line asks for, at most so many columns wide, with its style; `None`: it asks for none.
pub fn help(arguments: &[OsString], columns: usize) -> Option<StyledStr> {
    let help = program(columns).try_get_matches_from(arguments).err()?.render();
    let text = help.ansi().to_string().replace(TWO_COLONS, "：");
    Some(format!("{}\n", text.trim_end()).into())
}

/// The program, for its help only.
fn program(columns: usize) -> Command {
    let english = Cli::command();
    let longest = english.get_subcommands().map(|command| command.get_name().len()).max().unwrap_or_default();
    let in_list = columns.saturating_sub(longest + GAPS);
    let mut program = Command::new(words::PROGRAM)
        .about(wrap(about(words::PROGRAM).unwrap_or_default(), columns))
        .version(env!("CARGO_PKG_VERSION"))
        .override_usage(format!("{} {}", words::PROGRAM, words::ANY_COMMAND))
        .subcommand_help_heading(words::COMMANDS_HEADING)
        .after_help(wrap(words::EXIT_CODES, columns))
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .args(english.get_arguments())
        .arg(switch("help", 'h', ArgAction::Help, words::HELP))
        .arg(switch("version", 'V', ArgAction::Version, words::VERSION));
    for (name, about) in words::COMMANDS {
        // `sandbox` and `demo` can be left out of a build.
        if let Some(english) = english.find_subcommand(name) {
            let command = command(name, english, columns).about(wrap(about, in_list));
            program = program.subcommand(with_template(command));
        }
    }
    with_template(program)
}

fn with_template(command: Command) -> Command {
    let usage = command.get_styles().get_usage();
    let template = format!(
        "{{about-with-newline}}\n{usage}{}{usage:#}{{usage}}\n\n{{all-args}}{{after-help}}",
        words::USAGE
    );
    command.help_template(template).disable_help_flag(true).term_width(0)
}

/// A command with its arguments, in the order in which clap shows them.
fn command(name: &'static str, english: &Command, columns: usize) -> Command {
    let columns_of_text = columns.saturating_sub(INDENT);
    let translated = |argument: &Arg| translated(name, argument, columns_of_text);
    let has_more = english.get_arguments().any(has_explained_values);
    let help = switch("help", 'h', ArgAction::Help, if has_more { words::SHORT_HELP } else { words::HELP });
    let help = if has_more { help.long_help(words::LONG_HELP) } else { help };
    let mut synopsis = format!("{} {name}", words::PROGRAM);
    let options = || english.get_arguments().filter(|argument| !argument.is_positional());
    if options().any(|option| !option.is_hide_set()) {
        synopsis.push(' ');
        synopsis.push_str(words::ANY_OPTION);
    }
    for argument in english.get_positionals() {
        synopsis.push_str(&format!(" {argument}"));
    }
    let command = Command::new(name).override_usage(synopsis).next_line_help(true);
    let command = command.args(english.get_positionals().map(translated)).arg(help);
    let command = command.args(options().map(translated));
    match english.get_after_help() {
        Some(_) => command.after_help(wrap(words::VARIABLES, columns)),
        None => command,
    }
}

/// A switch of the help itself.
fn switch(id: &'static str, letter: char, action: ArgAction, meaning: &'static str) -> Arg {
    let switch = Arg::new(id).short(letter).long(id).action(action);
    switch.help(meaning).help_heading(words::OPTIONS_HEADING).display_order(LAST)
}

fn is_shown(value: &PossibleValue) -> bool {
    !value.is_hide_set()
}

fn has_explained_values(argument: &Arg) -> bool {
    let values = argument.get_possible_values();
    argument.get_action().takes_values()
        && values.iter().any(|value| is_shown(value) && value.get_help().is_some())
}

/// An argument with its Chinese text, which has the default and the words at its end, as clap would show them.
fn translated(command: &str, english: &Arg, columns: usize) -> Arg {
    let id = english.get_id().as_str();
    let argument = english.clone().help_heading(heading(english));
    // Hidden ones have no text.
    let Some(meaning) = meaning(command, id) else { return argument };
    let defaults = english.get_default_values().iter().map(|value| value.to_string_lossy());
    let default = defaults.collect::<Vec<_>>().join(",");
    let values = english.get_possible_values();
    let takes_value = english.get_action().takes_values();
    let names: Vec<&str> =
        values.iter().filter(|value| takes_value && is_shown(value)).map(PossibleValue::get_name).collect();
    let note = |label: &str, text: &str| format!("[{label}{text}]");
    let default = (takes_value && !default.is_empty()).then(|| note(words::DEFAULT, &default));
    let words_of = || note(words::VALUES_LABEL, &names.join("、"));
    let words = (!names.is_empty()).then(words_of);
    let short = [Some(meaning.to_owned()), default.clone(), words.clone()];
    let explained = has_explained_values(english).then(|| list(id, &names));
    let long = [Some(meaning.to_owned()), explained.or(words), default];
    argument
        .hide_default_value(takes_value)
        .hide_possible_values(takes_value)
        .help(wrap(&short.into_iter().flatten().collect::<Vec<_>>().join(" "), columns))
        .long_help(wrap(&long.into_iter().flatten().collect::<Vec<_>>().join("\n\n"), columns))
}

/// The words that an option knows, each with its meaning.
fn list(id: &str, names: &[&str]) -> String {
    let meaning = |name: &str| {
        let mut values = words::VALUES.iter();
        values.find(|(option, word, _)| *option == id && *word == name).map_or("", |(_, _, text)| *text)
    };
    let lines = names.iter().map(|name| format!("\n- {name}：{}", meaning(name)));
    format!("{}{}", words::VALUES_LABEL, lines.collect::<String>())
}

#[cfg(all(test, feature = "sandbox"))]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// The options that the help shows: command, id, and the English text.
    fn shown(program: &Command) -> Vec<(&str, &Arg)> {
        let commands = program.get_subcommands();
        commands
            .flat_map(|command| {
                let arguments = command.get_arguments().filter(|argument| !argument.is_hide_set());
                arguments.map(|argument| (command.get_name(), argument))
            })
            .collect()
    }

    #[test]
    fn every_command_option_word_and_heading_has_a_text_and_no_text_is_left_over() {
        let program = Cli::command();
        let commands: Vec<&str> = words::COMMANDS.iter().map(|(name, _)| *name).collect();
        let expected: Vec<&str> = [program.get_name()]
            .into_iter()
            .chain(program.get_subcommands().map(Command::get_name))
            .collect();
        assert_eq!(commands, expected);

        // A text for several commands stands for one English text.
        let mut used: BTreeMap<(&str, &str), BTreeSet<String>> = BTreeMap::new();
        let (mut values, mut headings) = (BTreeSet::new(), BTreeSet::new());
        let options = shown(&program);
        for (command, argument) in &options {
            let id = argument.get_id().as_str();
            let has_own = words::OPTIONS.iter().any(|(owner, option, _)| owner == command && *option == id);
            let owner = if has_own { *command } else { "" };
            let english = argument.get_help().map(ToString::to_string).unwrap_or_default();
            used.entry((owner, id)).or_default().insert(english);
            headings.extend(argument.get_help_heading());
            if has_explained_values(argument) {
                let shown = argument.get_possible_values().into_iter().filter(is_shown);
                values.extend(shown.map(|value| (id.to_owned(), value.get_name().to_owned())));
            }
        }
        let several: Vec<_> = used.iter().filter(|(_, texts)| texts.len() != 1).collect();
        assert!(several.is_empty(), "{several:#?}");
        let known: BTreeSet<(&str, &str)> =
            words::OPTIONS.iter().map(|(owner, option, _)| (*owner, *option)).collect();
        assert_eq!(known, used.keys().copied().collect());
        assert_eq!(known.len(), words::OPTIONS.len(), "a text stands twice");
        let known = words::VALUES.iter().map(|(option, word, _)| ((*option).to_owned(), (*word).to_owned()));
        assert_eq!(known.collect::<BTreeSet<_>>(), values);
        let known: BTreeSet<&str> = words::HEADINGS.iter().map(|(name, _)| *name).collect();
        assert_eq!(known, headings);
    }
}
