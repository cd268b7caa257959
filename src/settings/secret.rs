//! Secrets and who they belong to, looked at before anything is sent: a value that cannot be right is refused, and never
//! repeated.

use super::slips::is_unreplaced;
use super::value::{UsageError, usage};

/// Quotes that a value is put into for a shell or a file, and that stay when it is pasted.
const QUOTES: [char; 7] = ['"', '\'', '`', '“', '”', '‘', '’'];
const UNREPLACED: &str = "holds a variable that was not replaced; set it to the value itself";

/// A key or token, which will stand in a header: without the blanks and line breaks that secrets often end in.
///
/// # Errors
/// When it cannot be one.
pub(super) fn visible(name: &str, value: &str) -> Result<String, UsageError> {
    let value = value.trim();
    let bare = value.trim_matches(QUOTES);
    let flaw = if is_unreplaced(bare) || bare.contains("${") {
        UNREPLACED
    } else if bare != value {
        "stands in quotes; set it without them"
    } else if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        "holds blanks, line breaks or characters that are not ASCII; paste it again"
    } else if !value.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        "holds no letter or digit, as masked values do; paste it again"
    } else {
        return Ok(value.to_owned());
    };
    usage(format!("{name} {flaw}"))
}

/// A password, or a name that belongs to credentials: any text, but not one of several lines.
///
/// # Errors
/// When it cannot be one.
pub(super) fn readable(name: &str, value: &str) -> Result<String, UsageError> {
    let value = value.trim();
    // A password may look like a reference, but hardly like the names that pipelines use.
    let is_plain = !value.contains("${") && !value.contains("$(") && !value.contains("$[");
    let begins_in_capitals = value.bytes().skip(1).take(2).all(|byte| byte.is_ascii_uppercase());
    let is_name = begins_in_capitals && (value.contains('_') || value.starts_with('%'));
    if is_unreplaced(value) && (!is_plain || is_name) {
        return usage(format!("{name} {UNREPLACED}"));
    }
    if value.chars().any(char::is_control) {
        return usage(format!("{name} holds line breaks or other control characters; paste it again"));
    }
    Ok(value.to_owned())
}

/// The same for a password; quotes around it may belong to it, so they are only pointed out.
///
/// # Errors
/// When it cannot be one.
pub(super) fn password(name: &str, value: &str) -> Result<String, UsageError> {
    let password = readable(name, value)?;
    if password.len() > 1 && password.starts_with(QUOTES) && password.ends_with(QUOTES) {
        tracing::warn!("{name} stands in quotes: the quotes around it are sent as part of it");
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_a_key_and_what_cannot() {
        for good in ["AKIDEXAMPLE", " MIIC/+=_-. \r\n", "a$b", "100%"] {
            assert_eq!(visible("X", good).expect(good), good.trim());
        }
        let bad = [
            ("\"abc\"", "quotes"),
            ("abc'", "quotes"),
            ("“abc”", "quotes"),
            ("'$NAME'", "not replaced"),
            ("$NAME", "not replaced"),
            ("a${NAME}", "not replaced"),
            ("a b", "blanks"),
            ("a\nb", "blanks"),
            ("ключ", "not ASCII"),
            ("***", "no letter or digit"),
            ("...", "no letter or digit"),
        ];
        for (value, expected) in bad {
            let UsageError(error) = visible("X", value).expect_err(value);
            assert!(error.starts_with("X ") && error.contains(expected) && !error.contains(value), "{error}");
        }
    }

    #[test]
    fn what_can_be_a_password_and_what_cannot() {
        let good = [
            "p w",
            "$ecret",
            "a$B_C",
            "100%",
            "\"quoted\"",
            "passwört",
            "%Summer2024%",
            "$my_Secret1",
            "{{abc}}",
        ];
        for good in good {
            assert_eq!(password("X", good).expect(good), good);
        }
        for bad in ["$IAM_PASSWORD", "${PASSWORD}", "%PASSWORD%", "${{ secrets.PASSWORD }}", "a\nb"] {
            assert!(password("X", bad).is_err(), "{bad}");
        }
    }
}
