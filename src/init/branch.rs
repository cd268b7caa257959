//! The name of a branch, where a pipeline has to say it.

use std::fmt;

/// Longest name that is written.
const LIMIT: usize = 100;
/// Stands where the repository shows no name that can be used.
const USUAL: &str = "main";
/// Words that YAML does not take for text.
const NOT_TEXT: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];

/// A branch whose name means itself wherever it is written: letters and digits of ASCII, and `.`, `_`, `/`, `-` between them.
/// Anything else may be a pattern, a quote or a command somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch(String);

impl Branch {
    /// `None`: the name has other characters.
    pub fn new(name: &str) -> Option<Self> {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte);
        let begins = name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric);
        (begins && name.len() <= LIMIT && name.bytes().all(is_inner)).then(|| Self(name.to_owned()))
    }

    /// The name as text of YAML.
    pub(super) fn in_yaml(&self) -> String {
        let Self(name) = self;
        let begins = name.starts_with(|first: char| first.is_ascii_alphabetic());
        let is_text = begins && !NOT_TEXT.iter().any(|word| word.eq_ignore_ascii_case(name));
        if is_text { name.clone() } else { format!("'{name}'") }
    }
}

impl fmt::Display for Branch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Default for Branch {
    fn default() -> Self {
        Self(USUAL.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_mean_themselves_are_written() {
        for (name, in_yaml) in
            [("main", "main"), ("release/1.x", "release/1.x"), ("1.0", "'1.0'"), ("NO", "'NO'")]
        {
            assert_eq!(Branch::new(name).map(|branch| branch.in_yaml()).as_deref(), Some(in_yaml), "{name}");
        }
        let long = "a".repeat(LIMIT + 1);
        for name in [
            "", "-x", "../x", "a b", "a'b", "a\nb", "$(id)", "${{x}}", "a*", "!a", "]", "ä", "a:b", "a#b",
            &long,
        ] {
            assert_eq!(Branch::new(name), None, "{name:?}");
        }
    }
}
