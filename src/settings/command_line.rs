//! The command line: values as clap is to see them, variables that stand in for options, and why a line was refused.

use super::environment::Environment;
use super::file::TaskTable;
use super::keys::CONFIG;
use super::misplaced;
use super::slips::{SLIP_LIMIT, did_you_mean, nearest};
use super::value::{items, refuse, variable_of};
use crate::cli::{self, CheckArgs, Cli};
use crate::error::Problem;
use crate::messages::{CommandLineHint, CommandLineMessage, SettingsHint, SettingsMessage};
use crate::model::sourced::{Origin, Sourced};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, Command, CommandFactory as _, FromArgMatches as _};
use std::error::Error as _;
use std::ffi::OsString;
use std::path::PathBuf;

/// What was typed, with the command first, and the values of options tidied: no blanks around them, lists with commas and no gaps,
/// words as the help writes them.
pub fn tidy(command: &Command, arguments: Vec<OsString>) -> Vec<OsString> {
    let arguments = command_first(command, arguments);
    let chosen = arguments.get(1).and_then(|name| command.find_subcommand(name)).unwrap_or(command);
    let mut tidied: Vec<OsString> = Vec::with_capacity(arguments.len());
    let mut option: Option<&Arg> = None;
    let mut are_values_only = false;
    for argument in arguments {
        let text = argument.to_str();
        let with_value = text.and_then(|text| text.strip_prefix("--")?.split_once('='));
        let known = |long: &str| {
            let takes_value = |argument: &&Arg| argument.get_action().takes_values();
            chosen.get_arguments().find(|argument| argument.get_long() == Some(long)).filter(takes_value)
        };
        are_values_only |= text == Some("--");
        let changed = match (option.take(), text, with_value) {
            _ if are_values_only => None,
            // Joined, as clap takes a dash for an option.
            (Some(option), Some(text), _) if is_negative(text) => {
                let long = tidied.pop().unwrap_or_default().to_string_lossy().into_owned();
                Some(format!("{long}={}", tidy_value(option, text)))
            }
            (Some(option), Some(text), _) => Some(tidy_value(option, text)),
            (None, _, Some((long, value))) => {
                known(long).map(|option| format!("--{long}={}", tidy_value(option, value)))
            }
            (None, Some(text), None) => {
                option = text.strip_prefix("--").and_then(known);
                None
            }
            _ => None,
        };
        tidied.push(changed.map_or(argument, OsString::from));
    }
    tidied
}

/// Puts the options of the program that stand before the command behind it.
fn command_first(program: &Command, mut arguments: Vec<OsString>) -> Vec<OsString> {
    let mut position = 1;
    while let Some(text) = arguments.get(position).and_then(|argument| argument.to_str()) {
        let is_option = |name: &str| program.get_arguments().any(|known| known.get_long() == Some(name));
        position += match text.strip_prefix("--").map(|option| option.split_once('=')) {
            Some(None) if is_option(&text[2..]) => 2,
            Some(Some((name, _))) if is_option(name) => 1,
            _ => break,
        };
    }
    if arguments.get(position).is_some_and(|name| program.find_subcommand(name).is_some()) {
        arguments[1..=position].rotate_right(1);
    }
    arguments
}

fn is_negative(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
}

fn tidy_value(argument: &Arg, value: &str) -> String {
    // A word that is not on the list stays as it was given, for the complaint.
    let words = argument.get_possible_values();
    let word = |text: &str| {
        let word = words.iter().find(|word| word.matches(text, true));
        word.map_or_else(|| text.to_owned(), |word| word.get_name().to_owned())
    };
    match argument.get_value_delimiter() {
        Some(_) => items(value).map(word).collect::<Vec<_>>().join(","),
        None => word(value.trim()),
    }
}

/// Adds the variable `CODEARTS_FOO_BAR`, else the key `foo-bar` of the configuration file, for each option `--foo-bar` of the
/// chosen command that was not typed, so that they pass through the same checks as options.
///
/// # Errors
/// When a variable for a switch is neither true nor false, or one is not text; or the file is wrong.
pub fn with_variables(
    command: &Command,
    arguments: Vec<OsString>,
    environment: &mut Environment,
) -> Result<Vec<OsString>, Problem> {
    environment.note_typed(&arguments);
    complete(command, arguments, environment, true)
}

/// The options of `check` for one task, which may have its own in the configuration file, and the environment that shows where they
/// come from.
///
/// # Errors
/// What is wrong with them.
pub(super) fn of_task(
    task: &TaskTable,
    environment: &Environment,
) -> Result<(Box<CheckArgs>, Environment), Problem> {
    let (typed, mut own) = environment.of_task(task);
    let arguments = complete(&Cli::command(), typed.clone(), &mut own, false)?;
    let unusable = |environment: &Environment| {
        let variables = environment.stand_ins().map(|given| given.origin.to_string()).collect();
        Problem::new(CommandLineMessage::UnusableVariables(variables))
    };
    match parse(&arguments) {
        Ok(Cli { command: cli::Command::Check(args) }) => Ok((args, own)),
        Ok(_) => Err(unusable(&own)),
        Err(error) => Err(explain_refusal(&typed, &error, &own)),
    }
}

/// Adds what stands in for options. `reads_file`: whether the configuration file is still to be read.
fn complete(
    command: &Command,
    arguments: Vec<OsString>,
    environment: &mut Environment,
    reads_file: bool,
) -> Result<Vec<OsString>, Problem> {
    let Ok(matches) = command.clone().ignore_errors(true).try_get_matches_from(&arguments) else {
        return Ok(arguments);
    };
    let Some((name, typed)) = matches.subcommand() else {
        return Ok(arguments);
    };
    let position =
        arguments.iter().skip(1).position(|argument| argument == name).map(|position| position + 1);
    let (Some(position), Some(subcommand)) = (position, command.find_subcommand(name)) else {
        return Ok(arguments);
    };
    if reads_file && subcommand.get_arguments().any(|argument| argument.get_id() == CONFIG) {
        let named =
            typed.get_one::<PathBuf>(CONFIG).cloned().or_else(|| environment.path(&variable_of(CONFIG)));
        environment.read_config(named.as_deref())?;
    }
    let mut added = Vec::new();
    for argument in subcommand.get_arguments() {
        let Some(long) = argument.get_long() else {
            continue;
        };
        let is_typed =
            |argument: &Arg| typed.value_source(argument.get_id().as_str()) == Some(ValueSource::CommandLine);
        let option = format!("--{long}");
        if is_typed(argument) {
            let given = Sourced { value: String::new(), origin: Origin::Flag(option.clone()) };
            environment.note_given(option, given);
            continue;
        }
        let Some(Sourced { value, origin }) = environment.stand_in(long) else {
            continue;
        };
        // Options that exclude it. What was typed also beats their variables, and a variable their keys.
        let excludes = |one: &Arg, other: &Arg| {
            subcommand.get_arg_conflicts_with(one).iter().any(|excluded| excluded.get_id() == other.get_id())
        };
        let is_of_file = matches!(origin, Origin::Key { .. });
        let has_variable =
            |other: &Arg| other.get_long().is_some_and(|long| environment.get(&variable_of(long)).is_some());
        let mut others =
            subcommand.get_arguments().filter(|other| excludes(other, argument) || excludes(argument, other));
        if others.any(|other| is_typed(other) || is_of_file && has_variable(other)) {
            continue;
        }
        let value = tidy_value(argument, value);
        match argument.get_action() {
            // A list of nothing but commas.
            ArgAction::Set | ArgAction::Append if value.is_empty() => continue,
            ArgAction::Set | ArgAction::Append => added.push(format!("--{long}={value}").into()),
            ArgAction::SetTrue => match value.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => added.push(format!("--{long}").into()),
                "false" | "0" | "no" | "off" => continue,
                _ => {
                    let given = Sourced { value, origin };
                    return refuse(CommandLineMessage::NotBoolean(given), CommandLineHint::Boolean);
                }
            },
            _ => continue,
        }
        environment.note_given(option, Sourced { value, origin });
    }
    environment.check_readable()?;
    let mut merged = arguments;
    merged.splice(position + 1..position + 1, added);
    Ok(merged)
}

/// Reads a whole command line.
///
/// # Errors
/// Help and version, or what is wrong.
pub fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(arguments)?;
    Cli::from_arg_matches(&matches)
}

/// The help or the version, if a command line asks for it, or is empty.
pub fn asked_for_help(typed: &[OsString]) -> Option<clap::Error> {
    let is_help = |error: &clap::Error| {
        matches!(
            error.kind(),
            ErrorKind::DisplayHelp
                | ErrorKind::DisplayVersion
                | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        )
    };
    parse(typed).err().filter(is_help)
}

/// Why a line with variables in it was refused, without options that nobody typed: `typed` is the line without them, `error`
/// what clap says about the whole.
pub fn explain_refusal(typed: &[OsString], error: &clap::Error, environment: &Environment) -> Problem {
    if let Some(instead) = misplaced::explain(&Cli::command(), typed) {
        return instead;
    }
    if let Err(error) = parse(typed) {
        return of_typed(&error, typed).unwrap_or_else(|| {
            // The first paragraph says what is wrong, the rest how to type it.
            let text = error.to_string();
            let what = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
            Problem::new(CommandLineMessage::Rejected(what.to_owned()))
        });
    }
    let origin = |option: &str| environment.origin(option);
    let is_all = |given: &Sourced<String>| environment.stand_ins().any(|all| all == given);
    of_value(error, origin, is_all).unwrap_or_else(|| {
        let variables = environment.stand_ins().map(|given| given.origin.to_string()).collect();
        Problem::new(CommandLineMessage::UnusableVariables(variables))
    })
}

/// The text of this kind in what clap complains about.
fn text(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text),
        ContextValue::Strings(texts) => texts.first().map(String::as_str),
        _ => None,
    }
}

/// What is wrong with what was typed; `None`: something that clap has not said so far.
fn of_typed(error: &clap::Error, typed: &[OsString]) -> Option<Problem> {
    let command = typed.get(1).map(|name| name.to_string_lossy().into_owned());
    let command = command.filter(|name| !name.starts_with('-'));
    let meant = |kind| text(error, kind).map(|name| did_you_mean(&[name])).unwrap_or_default();
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let name = text(error, ContextKind::InvalidSubcommand)?.to_owned();
            Some(
                Problem::new(CommandLineMessage::UnknownCommand(name))
                    .hints(meant(ContextKind::SuggestedSubcommand))
                    .hint(CommandLineHint::Help(None)),
            )
        }
        ErrorKind::UnknownArgument => {
            let argument = text(error, ContextKind::InvalidArg)?.to_owned();
            let problem = match &command {
                _ if argument.starts_with('-') => Problem::new(CommandLineMessage::UnknownOption(argument)),
                Some(command) if command == "report" => {
                    return Some(Problem::new(SettingsMessage::SeveralTasks).hint(SettingsHint::OneTaskEach));
                }
                Some(_) | None => Problem::new(CommandLineMessage::SurplusArgument(argument)),
            };
            Some(problem.hints(meant(ContextKind::SuggestedArg)).hint(CommandLineHint::Help(command)))
        }
        ErrorKind::MissingSubcommand => {
            Some(Problem::new(CommandLineMessage::NoCommand).hint(CommandLineHint::Help(None)))
        }
        ErrorKind::MissingRequiredArgument => {
            let Some(ContextValue::Strings(names)) = error.get(ContextKind::InvalidArg) else { return None };
            let missing = Problem::new(CommandLineMessage::MissingArguments(names.clone()));
            Some(missing.hint(CommandLineHint::Help(command)))
        }
        ErrorKind::InvalidUtf8 => Some(Problem::new(CommandLineMessage::NotTextTyped)),
        _ => {
            let is_all = |given: &Sourced<String>| {
                let with_value = format!("{}={}", given.origin, given.value);
                typed.iter().any(|text| *text == *given.value || *text == *with_value)
            };
            of_value(error, |option| Origin::Flag(option.to_owned()), is_all)
        }
    }
}

/// What is wrong with the value of an option. `origin`: where the value of this option comes from; `is_all`: whether nothing else
/// was given there.
fn of_value(
    error: &clap::Error,
    origin: impl Fn(&str) -> Origin,
    is_all: impl Fn(&Sourced<String>) -> bool,
) -> Option<Problem> {
    // `--gate <MODE>`
    let origin = |option: &str| origin(option.split([' ', '=']).next().unwrap_or_default());
    let option = origin(text(error, ContextKind::InvalidArg)?);
    if error.kind() == ErrorKind::ArgumentConflict {
        if error.get(ContextKind::InvalidArg) == error.get(ContextKind::PriorArg) {
            return Some(Problem::new(CommandLineMessage::Repeated(option)));
        }
        let other = origin(text(error, ContextKind::PriorArg)?);
        let conflict = Problem::new(CommandLineMessage::Conflict(option, other));
        return Some(conflict.hint(CommandLineHint::LeaveOutOne));
    }
    let value = text(error, ContextKind::InvalidValue)?.to_owned();
    let given = Sourced { value, origin: option };
    match (error.kind(), error.get(ContextKind::ValidValue), error.source()) {
        (ErrorKind::InvalidValue, valid, _) if given.value.is_empty() => {
            let one_of = match valid {
                Some(ContextValue::Strings(valid)) if !valid.is_empty() => {
                    Some(SettingsHint::OneOf(valid.clone()))
                }
                _ => None,
            };
            Some(Problem::new(CommandLineMessage::NoValue(given.origin)).hints(one_of.map(Into::into)))
        }
        (ErrorKind::InvalidValue, Some(ContextValue::Strings(valid)), _) => {
            let meant = nearest(&given.value, valid.iter().map(String::as_str), SLIP_LIMIT);
            let is_all = is_all(&given);
            let problem = Problem::new(CommandLineMessage::UnknownWord { given, is_all });
            Some(problem.hints(did_you_mean(&meant)).hint(SettingsHint::OneOf(valid.clone())))
        }
        (ErrorKind::ValueValidation, _, Some(why)) => {
            Some(Problem::new(CommandLineMessage::InvalidValue(given)).because(why))
        }
        (ErrorKind::TooManyValues, ..) => Some(Problem::new(CommandLineMessage::SurplusValue(given))),
        _ => None,
    }
}
