//! What all settings are made with: where a value comes from, lists, and the error for a mistake.

/// A value and where it comes from: an option, or a variable.
pub(super) type Sourced = (String, &'static str);

/// `--foo-bar` → `CODEARTS_FOO_BAR`.
pub fn variable_of(long: &str) -> String {
    format!("CODEARTS_{}", long.to_ascii_uppercase().replace('-', "_"))
}

/// Items of a list: commas or line breaks between them, blanks around them.
pub(super) fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', '\n', '\r']).map(str::trim).filter(|item| !item.is_empty())
}

/// A mistake in arguments or configuration: one message that says what to type instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// Fails with a message.
pub(super) fn usage<T>(message: impl Into<String>) -> Result<T, UsageError> {
    Err(UsageError(message.into()))
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
