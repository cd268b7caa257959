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
        if is_id { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
    }
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
        for good in ["2b31ed520aaaaaaebedb6e57aaaaaaaa", " a1 ", "X"] {
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
        ];
        for bad in bad {
            assert!(bad.parse::<Id>().is_err(), "{bad}");
        }
    }
}
