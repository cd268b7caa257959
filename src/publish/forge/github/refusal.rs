//! Why GitHub refuses, as far as its message shows. Pure.
//!
//! GitHub has no error codes: the message is all there is, and its wording has stayed the same for years. What is not
//! recognized here is taken for a missing permission by the caller.

use crate::messages::GitHubRefusal;

/// Begins of words in the message, lower case, and what they mean; the first that matches counts, because an archived
/// repository is also called locked.
const WORDS: [(&str, GitHubRefusal); 13] = [
    ("archived", GitHubRefusal::Archived),
    ("is locked", GitHubRefusal::Locked),
    ("saml enforcement", GitHubRefusal::SingleSignOn),
    ("ip allow list", GitHubRefusal::Address),
    ("forbids access via a", GitHubRefusal::TokenKind),
    ("security must be enabled", GitHubRefusal::CodeScanning),
    ("code scanning is not enabled", GitHubRefusal::CodeScanning),
    ("not enabled for code scanning", GitHubRefusal::CodeScanning),
    ("issues are disabled", GitHubRefusal::Issues),
    ("issues has been disabled", GitHubRefusal::Issues),
    ("secondary rate limit", GitHubRefusal::RateOfWrites),
    ("abuse detection", GitHubRefusal::RateOfWrites),
    ("rate limit", GitHubRefusal::RateOfRequests),
];

/// The reason for an answer with this status and message; `None`: the message does not say why.
pub(super) fn refusal(status: u16, message: &str) -> Option<GitHubRefusal> {
    if !(400..500).contains(&status) {
        return None;
    }
    let message = message.to_ascii_lowercase();
    let by_words = WORDS.into_iter().find(|(words, _)| message.contains(words)).map(|(_, refusal)| refusal);
    by_words.or((status == 401).then_some(GitHubRefusal::Token))
}

/// Whether a refusal passes by itself.
pub(super) fn is_limit(status: u16, message: &str) -> bool {
    matches!(refusal(status, message), Some(GitHubRefusal::RateOfWrites | GitHubRefusal::RateOfRequests))
}

/// Whether a token that a person created lacks the permission, not the token of the job.
pub(super) fn is_of_personal_token(message: &str) -> bool {
    message.to_ascii_lowercase().contains("not accessible by personal access token")
}

#[cfg(test)]
mod tests {
    use super::*;
    use GitHubRefusal::*;

    #[test]
    fn every_message_has_its_reason() {
        let cases = [
            (403, "Unable to create comment because issue is locked.", Some(Locked)),
            (403, "Unable to update comment because issue is locked.", Some(Locked)),
            (403, "Repository was archived so is read-only.", Some(Archived)),
            (
                403,
                "Repository was archived so is read-only and unable to create comment because issue is locked",
                Some(Archived),
            ),
            (
                403,
                "Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization.",
                Some(SingleSignOn),
            ),
            (
                403,
                "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.",
                Some(Address),
            ),
            (
                403,
                "`acme` forbids access via a fine-grained personal access tokens if the token's lifetime is greater than 366 days.",
                Some(TokenKind),
            ),
            (403, "`acme` forbids access via a personal access token (classic).", Some(TokenKind)),
            (401, "Bad credentials", Some(Token)),
            (401, "Requires authentication", Some(Token)),
            (403, "Resource not accessible by personal access token", None),
            (403, "Resource not accessible by integration", None),
            (404, "Not Found", None),
            (
                403,
                "Advanced Security must be enabled for this repository to use code scanning.",
                Some(CodeScanning),
            ),
            (
                403,
                "Code Security must be enabled for this repository to use code scanning.",
                Some(CodeScanning),
            ),
            (
                403,
                "Code scanning is not enabled for this repository. Please enable code scanning in the repository settings.",
                Some(CodeScanning),
            ),
            (403, "repository not enabled for code scanning", Some(CodeScanning)),
            (410, "Issues are disabled for this repo", Some(Issues)),
            (410, "Issues has been disabled in this repository.", Some(Issues)),
            (403, "You have exceeded a secondary rate limit. Please wait a few minutes.", Some(RateOfWrites)),
            (403, "You have triggered an abuse detection mechanism.", Some(RateOfWrites)),
            (403, "API rate limit exceeded for installation ID 1.", Some(RateOfRequests)),
            (422, "Validation Failed", None),
            (503, "API rate limit exceeded", None),
        ];
        for (status, message, expected) in cases {
            assert_eq!(refusal(status, message), expected, "{status} {message}");
        }
    }
}
