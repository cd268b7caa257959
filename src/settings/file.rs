//! The configuration file: read once, each value with its line, and looked up where the variables of options are.

use super::keys::{Key, PULL_REQUEST, kept_out, keys};
use super::misplaced;
use super::slips::{SLIP_LIMIT, did_you_mean, nearest};
use super::value::variable_of;
use crate::error::Problem;
use crate::messages::{CommandLineHint, ConfigHint, ConfigMessage, KeptOut, KeyForm};
use crate::model::sourced::{FileLine, Origin, Sourced};
use std::path::{Component, Path};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file that is read where none is named, in the working directory.
pub(super) const DEFAULT: &str = "codearts-gate.toml";
/// Stands for no file at all.
pub(super) const NONE: &str = "none";
/// Largest file that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// What a configuration file holds.
#[derive(Clone, Debug, Default)]
pub(super) struct ConfigFile {
    values: Vec<Entry>,
}

/// A key and its value, written as a variable would be.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    key: String,
    text: String,
    at: FileLine,
}

impl ConfigFile {
    /// Reads a file.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub(super) fn read(path: &Path) -> Result<Self, Problem> {
        let shown = path.display().to_string();
        let bytes = crate::file::read(path, LIMIT)
            .map_err(|error| crate::file::not_read(ConfigMessage::NotRead { path: shown.clone() }, &error))?;
        let places = Places::new(&shown, &bytes);
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let (at, why) = (places.line(error.valid_up_to()), "it is not UTF-8 text".to_owned());
            Problem::new(ConfigMessage::NotToml { at, why })
        })?;
        let table = DeTable::parse(text).map_err(|error| {
            let at = places.line(error.span().unwrap_or_default().start);
            Problem::new(ConfigMessage::NotToml { at, why: error.message().to_owned() })
        })?;
        Ok(Self { values: entries(table.get_ref(), &keys(), &places)? })
    }

    /// The value of an option, named without dashes.
    pub(super) fn value(&self, key: &str) -> Option<Sourced<&str>> {
        let entry = self.values.iter().find(|entry| entry.key == key)?;
        let origin = Origin::Key { at: entry.at.clone(), key: key.to_owned() };
        Some(Sourced { value: entry.text.trim(), origin })
    }
}

/// The lines of a file.
struct Places<'a> {
    path: &'a str,
    /// Where they end.
    ends: Vec<usize>,
}

impl<'a> Places<'a> {
    fn new(path: &'a str, text: &[u8]) -> Self {
        let ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
        Self { path, ends: ends.collect() }
    }

    /// The line of this byte.
    fn line(&self, at: usize) -> FileLine {
        FileLine { path: self.path.to_owned(), line: self.ends.partition_point(|end| *end < at) + 1 }
    }
}

/// The entries of a table, in their order.
fn entries(table: &DeTable<'_>, keys: &[Key], places: &Places<'_>) -> Result<Vec<Entry>, Problem> {
    let mut rows: Vec<(&Spanned<_>, &Spanned<DeValue<'_>>)> = table.iter().collect();
    rows.sort_by_key(|(key, _)| key.span().start);
    let entry = |(name, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
        let at = places.line(name.span().start);
        let name: &str = name.get_ref();
        let Some(key) = keys.iter().find(|key| key.name == name) else {
            return Err(not_a_key(name, at, keys));
        };
        let Some(text) = text_of(key.form, value.get_ref()) else {
            let found = type_name(value.get_ref());
            return Err(Problem::new(ConfigMessage::WrongType {
                at,
                key: key.name.clone(),
                form: key.form,
                found,
            }));
        };
        if name == PULL_REQUEST && text.trim().parse::<u64>().is_ok() {
            return Err(is_kept_out(name, at, KeptOut::OneRun));
        }
        if key.is_path && leads_outside(&text) {
            let given = Sourced { value: text, origin: Origin::Key { at, key: name.to_owned() } };
            let hint = ConfigHint::Inside { option: format!("--{name}") };
            return Err(Problem::new(ConfigMessage::PathOutside(given)).hint(hint));
        }
        Ok(Entry { key: name.to_owned(), text, at })
    };
    rows.into_iter().map(entry).collect()
}

/// The value as a variable would have it; `None`: it is of another type.
fn text_of(form: KeyForm, value: &DeValue<'_>) -> Option<String> {
    match (form, value) {
        (KeyForm::Text | KeyForm::List, DeValue::String(text)) => Some(text.to_string()),
        (KeyForm::List, DeValue::Array(items)) => {
            let items: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            Some(items?.join(","))
        }
        (KeyForm::Number, DeValue::Integer(number)) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number.to_string())
        }
        (KeyForm::Boolean, DeValue::Boolean(is_set)) => Some(is_set.to_string()),
        (KeyForm::Text | KeyForm::List | KeyForm::Number | KeyForm::Boolean, _) => None,
    }
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

/// Why this is not one of the keys, and what was meant.
fn not_a_key(name: &str, at: FileLine, keys: &[Key]) -> Problem {
    let tidy = name.to_ascii_lowercase().replace('_', "-");
    if let Some(why) = kept_out(&tidy) {
        return is_kept_out(name, at, why);
    }
    if let Some(variable) = misplaced::variable_for(&tidy) {
        let what = ConfigMessage::KeptOut { at, key: name.to_owned(), why: KeptOut::Secret };
        return Problem::new(what).hint(CommandLineHint::SetVariable(variable));
    }
    let meant = nearest(&tidy, keys.iter().map(|key| key.name.as_str()), SLIP_LIMIT);
    Problem::new(ConfigMessage::UnknownKey { at, key: name.to_owned() }).hints(did_you_mean(&meant))
}

fn is_kept_out(name: &str, at: FileLine, why: KeptOut) -> Problem {
    let option = format!("--{}", name.to_ascii_lowercase().replace('_', "-"));
    let hint = ConfigHint::Otherwise { variable: variable_of(&option), option };
    Problem::new(ConfigMessage::KeptOut { at, key: name.to_owned(), why }).hint(hint)
}

/// Whether a path may lead out of the working directory. Links are followed where the file is used.
fn leads_outside(path: &str) -> bool {
    let is_inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    !Path::new(path.trim()).components().all(is_inside)
}
