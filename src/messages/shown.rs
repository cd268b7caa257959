//! Parts of sentences that are the same in every language, and how much of a text from outside is shown.

use super::login::Claims;
use crate::model::pull_request::ForgeName;
use crate::model::sourced::Sourced;
use crate::text::one_line;

/// Longest value that is quoted, in characters.
pub(super) const VALUE_LIMIT: usize = 60;
/// Longest option, command or region that is quoted, in characters.
pub(super) const OPTION_LIMIT: usize = 40;
/// Longest list of names that is shown, in characters.
pub(super) const NAMES_LIMIT: usize = 300;
/// Longest address or path that is quoted, in characters.
pub(super) const ADDRESS_LIMIT: usize = 200;
/// Longest key, value or complaint of the parser of the configuration file that is quoted, in characters.
pub(super) const CONFIG_LIMIT: usize = 80;
/// Longest path and longest message of a finding that are shown, in characters.
pub(super) const FINDING_LIMIT: usize = 300;
/// Longest name of a rule that is shown, in characters.
pub(super) const RULE_LIMIT: usize = 100;
/// Longest branch or repository that is shown, in characters.
const NAME_LIMIT: usize = 100;
/// Digits of a commit that people recognize.
const COMMIT_DIGITS: usize = 12;

/// A setting as it was given, on one line.
pub(super) fn given(given: &Sourced<String>) -> String {
    format!("`{}`", given.origin.with_value(one_line(&given.value, VALUE_LIMIT)))
}

/// The same with an address or a path, without quotes.
pub(super) fn long(given: &Sourced<String>) -> String {
    given.origin.with_value(one_line(&given.value, ADDRESS_LIMIT))
}

/// A branch or a repository.
pub(super) fn name(text: &str) -> String {
    format!("`{}`", one_line(text, NAME_LIMIT))
}

pub(super) fn commit(sha: &str) -> String {
    one_line(sha.get(..COMMIT_DIGITS).unwrap_or(sha), NAME_LIMIT)
}

/// The variable of the token of Gitee or GitCode.
pub(super) fn token_of_gitee(forge: ForgeName) -> &'static str {
    if forge == ForgeName::GitCode { "GITCODE_TOKEN" } else { "GITEE_TOKEN" }
}

/// The claims of an id token that can be read.
pub(super) fn claims(claims: &Claims) -> Vec<String> {
    let Claims { issuer, audience, subject } = claims;
    let claims = [("issuer", issuer), ("audience", audience), ("subject", subject)];
    claims.iter().filter_map(|(name, value)| Some(format!("{name} `{}`", value.as_ref()?))).collect()
}
