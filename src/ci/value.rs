//! Reading what variables hold: addresses, names and numbers that people and servers put there. Pure.

use crate::text::one_line;
use url::Url;

/// Longest address that is kept, in characters.
const ADDRESS_LIMIT: usize = 1000;

/// Looks a variable up by its name.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Whether a variable is `true`, in whatever case.
pub(super) fn is_true(variable: Lookup<'_>, name: &str) -> bool {
    variable(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// The name of a branch, as it is: without the characters that nobody sees it is another branch.
pub(super) fn name(variable: Lookup<'_>, variable_name: &str) -> Option<String> {
    variable(variable_name).filter(|name| !name.is_empty())
}

/// An address for people, without user and password.
pub(super) fn shown_url(address: &str) -> Option<String> {
    Some(one_line(&without_user(address), ADDRESS_LIMIT)).filter(|address| !address.is_empty())
}

/// An address as a variable holds it, without the user and the password that some controllers and runners put into it.
pub(crate) fn without_user(address: &str) -> String {
    let address = address.trim();
    match Url::parse(address) {
        Ok(mut url) if !url.username().is_empty() || url.password().is_some() => {
            let _ = url.set_username("").and_then(|()| url.set_password(None));
            url.into()
        }
        _ => address.to_owned(),
    }
}

/// The address of an API, with the path of its version where that is missing; without a slash at its end.
pub(super) fn api_address(address: &str, version: &str) -> String {
    let address = without_user(address);
    let base = address.trim_end_matches('/');
    if base.is_empty() || base.ends_with(version) { base.to_owned() } else { format!("{base}{version}") }
}

/// Whether a text is the full name of a commit: SHA-1 or SHA-256.
pub(crate) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a text is a path of names such as `owner/name`, of so many.
pub(crate) fn is_path_of_names(text: &str, names: impl std::ops::RangeBounds<usize>) -> bool {
    let is_name = |name: &str| {
        let is_plain = |character: char| character.is_alphanumeric() || "-_.+".contains(character);
        !name.is_empty() && name.chars().all(is_plain) && name.chars().any(char::is_alphanumeric)
    };
    names.contains(&text.split('/').count()) && text.split('/').all(is_name)
}

/// Whether a text consists of digits.
pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A number as it stands in a ref or an address: digits only.
pub(crate) fn parse_number(text: &str) -> Option<u64> {
    is_number(text).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_recognized() {
        for (text, expected) in [
            ("https://admin:secret@h/job/7/", "https://h/job/7/"),
            ("https://token@h:8080", "https://h:8080/"),
            (" https://h/a ", "https://h/a"),
            ("not an address", "not an address"),
        ] {
            assert_eq!(without_user(text), expected);
        }
        for (text, expected) in [
            ("https://h", "https://h/api/v1"),
            ("https://u:p@h/gitea/", "https://h/gitea/api/v1"),
            ("https://h/gitea/api/v1/", "https://h/gitea/api/v1"),
            ("", ""),
        ] {
            assert_eq!(api_address(text, "/api/v1"), expected);
        }
        assert!(is_commit(&"3a".repeat(20)) && is_commit(&"3a".repeat(32)));
        for bad in ["", "3a", "..", &"3".repeat(41), &"x".repeat(40)] {
            assert!(!is_commit(bad), "{bad}");
        }
        for good in ["acme/widget", "a.b/_c-1", "组/项目"] {
            assert!(is_path_of_names(good, 2..=2), "{good}");
        }
        for bad in ["", "acme", "acme/", "a/b/c", "../a", "a/..", "a/.", "a/%2e%2e", "a/b?c", "a/b#c", "a/ b"]
        {
            assert!(!is_path_of_names(bad, 2..=2), "{bad}");
        }
        assert!(is_path_of_names("a/b/c", 1..) && is_number("12") && !is_number("") && !is_number("1/2"));
    }
}
