//! What all settings are made with: names of variables, lists, and refusals.

use crate::error::Problem;
use crate::messages::{Hint, Message};

/// `foo-bar` or `--foo-bar` → `CODEARTS_FOO_BAR`.
pub fn variable_of(long: &str) -> String {
    format!("CODEARTS_{}", long.trim_start_matches('-').to_ascii_uppercase().replace('-', "_"))
}

/// Items of a list: commas or line breaks between them, blanks around them.
pub(super) fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', '\n', '\r']).map(str::trim).filter(|item| !item.is_empty())
}

/// Fails with a message and a hint.
pub(super) fn refuse<T>(what: impl Into<Message>, hint: impl Into<Hint>) -> Result<T, Problem> {
    Err(Problem::new(what).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_every_form() {
        let lists = ["a,b", " a ,\r\n b\n", "a\nb", ",a,,b,", "a\r\n\r\nb"];
        for list in lists {
            assert_eq!(items(list).collect::<Vec<_>>(), ["a", "b"], "{list:?}");
        }
        assert_eq!(items(" , \n").count(), 0);
    }
}
