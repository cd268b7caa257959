//! Secrets and who they belong to, looked at before anything is sent: a value that cannot be right is refused, and never
//! repeated.

use super::slips::is_unreplaced;
use crate::error::Problem;
use crate::messages::{CredentialsHint, CredentialsMessage, SecretFlaw};
use crate::model::sourced::{Origin, Sourced};

/// Quotes that a value is put into for a shell or a file, and that stay when it is pasted.
const QUOTES: [char; 7] = ['"', '\'', '`', '“', '”', '‘', '’'];

/// What is wrong with a key or token, which will stand in a header.
pub(super) fn flaw_of(value: &str) -> Option<SecretFlaw> {
    let value = value.trim();
    let bare = value.trim_matches(QUOTES);
    if is_unreplaced(bare) || bare.contains("${") {
        Some(SecretFlaw::Unreplaced)
    } else if bare != value {
        Some(SecretFlaw::Quoted)
    } else if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        Some(SecretFlaw::Characters)
    } else if !value.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        Some(SecretFlaw::Masked)
    } else {
        None
    }
}

/// A key or token, without the blanks and line breaks that secrets often end in.
///
/// # Errors
/// When it cannot be one.
pub(super) fn visible(given: &Sourced<&str>) -> Result<String, Problem> {
    match flaw_of(given.value) {
        None => Ok(given.value.trim().to_owned()),
        Some(flaw) => Err(flawed(&given.origin, flaw)),
    }
}

/// A password, or a name that belongs to credentials: any text, but not one of several lines.
///
/// # Errors
/// When it cannot be one.
pub(super) fn readable(given: &Sourced<&str>) -> Result<String, Problem> {
    let value = given.value.trim();
    // A password may look like a reference, but hardly like the names that pipelines use.
    let is_plain = !value.contains("${") && !value.contains("$(") && !value.contains("$[");
    let begins_in_capitals = value.bytes().skip(1).take(2).all(|byte| byte.is_ascii_uppercase());
    let is_name = begins_in_capitals && (value.contains('_') || value.starts_with('%'));
    if is_unreplaced(value) && (!is_plain || is_name) {
        return Err(flawed(&given.origin, SecretFlaw::Unreplaced));
    }
    if value.chars().any(char::is_control) {
        return Err(flawed(&given.origin, SecretFlaw::Controls));
    }
    Ok(value.to_owned())
}

/// The same for a password; quotes around it may belong to it, so they are only pointed out.
///
/// # Errors
/// When it cannot be one.
pub(super) fn password(given: &Sourced<&str>) -> Result<String, Problem> {
    let password = readable(given)?;
    if password.len() > 1 && password.starts_with(QUOTES) && password.ends_with(QUOTES) {
        tracing::warn!("{}", CredentialsMessage::QuotedPassword(given.origin.clone()));
    }
    Ok(password)
}

fn flawed(origin: &Origin, flaw: SecretFlaw) -> Problem {
    Problem::new(CredentialsMessage::Flawed { origin: origin.clone(), flaw })
        .hint(CredentialsHint::Correct(flaw))
}

#[cfg(test)]
mod tests {
    use super::*;
    use SecretFlaw::{Characters, Masked, Quoted, Unreplaced};

    fn given(value: &str) -> Sourced<&str> {
        Sourced { value, origin: Origin::Variable("X".to_owned()) }
    }

    #[test]
    fn what_can_be_a_key_and_what_cannot() {
        for good in ["AKIDEXAMPLE", " MIIC/+=_-. \r\n", "a$b", "100%"] {
            assert_eq!(visible(&given(good)).expect(good), good.trim());
        }
        let bad = [
            ("\"abc\"", Quoted),
            ("abc'", Quoted),
            ("“abc”", Quoted),
            ("'$NAME'", Unreplaced),
            ("$NAME", Unreplaced),
            ("a${NAME}", Unreplaced),
            ("a b", Characters),
            ("a\nb", Characters),
            ("ключ", Characters),
            ("***", Masked),
            ("...", Masked),
        ];
        for (value, expected) in bad {
            assert_eq!(flaw_of(value), Some(expected), "{value}");
            let error = visible(&given(value)).expect_err(value).to_string();
            assert!(error.starts_with("X ") && !error.contains(value), "{error}");
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
            assert_eq!(password(&given(good)).expect(good), good);
        }
        for bad in ["$IAM_PASSWORD", "${PASSWORD}", "%PASSWORD%", "${{ secrets.PASSWORD }}", "a\nb"] {
            assert!(password(&given(bad)).is_err(), "{bad}");
        }
    }
}
