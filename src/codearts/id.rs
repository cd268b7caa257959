//! Ids of the service.

use std::fmt;
use std::str::FromStr;

/// An id of the service: of a task, a run or a project.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(String);

/// Longest id (`check-tasks`: 1 to 32 characters).
const ID_LIMIT: usize = 32;

/// The text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let text = text.trim();
        let is_id =
            (1..=ID_LIMIT).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_id && !is_device(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
    }
}

/// Whether Windows takes a name for a device, whatever ending follows it: files of a report are named after ids.
pub fn is_device(name: &str) -> bool {
    let small = name.to_ascii_lowercase();
    let port = small.strip_prefix("com").or_else(|| small.strip_prefix("lpt"));
    ["con", "prn", "aux", "nul"].contains(&small.as_str())
        || port.is_some_and(|number| matches!(number.as_bytes(), [b'0'..=b'9']))
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Id {
    /// As much of it as distinguishes it from others, for messages that also name the address.
    pub fn short(&self) -> String {
        self.0.get(..8).unwrap_or(&self.0).to_owned()
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_checked_before_anything_is_sent() {
        for good in ["2b31ed520aaaaaaebedb6e57aaaaaaaa", " a1 ", "X", "com", "com10", "con1", "nul0"] {
            assert!(good.parse::<Id>().is_ok(), "{good}");
        }
        let bad = [
            "",
            " ",
            "a b",
            "a\nb",
            "ä",
            "a-b",
            "../x",
            "https://host/task/2b31",
            "2b31ed520aaaaaaebedb6e57aaaaaaaa0",
            "con",
            "NUL",
            "Aux",
            "PRN",
            "com1",
            "LPT9",
        ];
        for bad in bad {
            assert!(bad.parse::<Id>().is_err(), "{bad}");
        }
    }
}
