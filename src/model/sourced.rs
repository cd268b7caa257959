//! Values that remember where they come from, so that an error can name the option, the variable or the file.

use std::fmt;

/// Where a value comes from. Shown as the user knows it: `--timeout`, `CODEARTS_TIMEOUT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Typed as this option, which includes its dashes.
    Flag(String),
    /// Typed as this argument.
    Argument(&'static str),
    /// The environment variable of this name.
    Variable(String),
    /// This entry of a file.
    File {
        /// The file.
        path: String,
        /// The entry.
        name: String,
    },
    /// This key of the configuration file.
    Key {
        /// The line.
        at: FileLine,
        /// The key.
        key: String,
    },
    /// Given by nobody: the default of this option.
    Default(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) | Self::Default(name) => formatter.write_str(name),
            Self::Argument(name) => formatter.write_str(name),
            Self::File { path, name } => write!(formatter, "{path}: {name}"),
            Self::Key { at, key } => write!(formatter, "{at}: {key}"),
        }
    }
}

/// A line of a file. Shown as compilers show it: `codearts-gate.toml:3`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct FileLine {
    /// The file, as it was named.
    pub path: String,
    /// The number of the line; the first is 1.
    pub line: usize,
}

impl fmt::Display for FileLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.path, self.line)
    }
}

impl Origin {
    /// The setting as the user gave it: `--timeout 45M`, `CODEARTS_TIMEOUT=45M`.
    pub fn with_value(&self, value: impl fmt::Display) -> String {
        match self {
            Self::Flag(_) | Self::Argument(_) | Self::Default(_) => format!("{self} {value}"),
            Self::Variable(_) | Self::File { .. } => format!("{self}={value}"),
            Self::Key { .. } => format!("{self} = {value}"),
        }
    }
}

/// One for all: none of them has words of its own.
#[cfg(test)]
impl crate::example::Example for Origin {
    fn example(choices: &mut crate::example::Choices) -> Self {
        Self::Flag(choices.part())
    }
}

/// A value and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// Another value from the same place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), origin: self.origin }
    }
}

/// As the user gave it.
impl<T: fmt::Display> fmt::Display for Sourced<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.origin.with_value(&self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_named_as_it_was_given() {
        let shown = |origin| Sourced { value: "45M", origin }.to_string();
        assert_eq!(shown(Origin::Flag("--timeout".to_owned())), "--timeout 45M");
        assert_eq!(shown(Origin::Variable("CODEARTS_TIMEOUT".to_owned())), "CODEARTS_TIMEOUT=45M");
        let file = Origin::File { path: "a.toml".to_owned(), name: "timeout".to_owned() };
        assert_eq!(shown(file), "a.toml: timeout=45M");
        let at = FileLine { path: "a.toml".to_owned(), line: 3 };
        assert_eq!(shown(Origin::Key { at, key: "timeout".to_owned() }), "a.toml:3: timeout = 45M");
    }
}
