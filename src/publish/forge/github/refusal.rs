//! Why GitHub refuses, as far as its message shows, and what to do about it. Pure.
//!
//! GitHub has no error codes: the message is all there is, and its wording has stayed the same for years. What is not
//! recognized here is taken for a missing permission by the caller.

/// A reason that no permission of the job would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// The repository is archived.
    Archived,
    /// The conversation is locked.
    Locked,
    /// The organization wants the token authorized for single sign-on.
    SingleSignOn,
    /// The organization lists the addresses it is reached from.
    Address,
    /// The organization does not take this kind of token.
    TokenKind,
    /// The token is not one (any more).
    Token,
    /// A fine-grained token lacks the permission.
    TokenPermission,
    /// Code scanning is off, or not paid for.
    CodeScanning,
    /// Issues are off.
    Issues,
    /// Too much was written in a short time.
    RateOfWrites,
    /// Too many requests for the hour.
    RateOfRequests,
}

/// Begins of words in the message, lower case, and what they mean; the first that matches counts, because an archived
/// repository is also called locked.
const WORDS: [(&str, Reason); 14] = [
    ("archived", Reason::Archived),
    ("is locked", Reason::Locked),
    ("saml enforcement", Reason::SingleSignOn),
    ("ip allow list", Reason::Address),
    ("forbids access via a", Reason::TokenKind),
    ("not accessible by personal access token", Reason::TokenPermission),
    ("security must be enabled", Reason::CodeScanning),
    ("code scanning is not enabled", Reason::CodeScanning),
    ("not enabled for code scanning", Reason::CodeScanning),
    ("issues are disabled", Reason::Issues),
    ("issues has been disabled", Reason::Issues),
    ("secondary rate limit", Reason::RateOfWrites),
    ("abuse detection", Reason::RateOfWrites),
    ("rate limit", Reason::RateOfRequests),
];

/// The reason for an answer with this status and message; `None`: the message does not say why.
pub(super) fn reason(status: u16, message: &str) -> Option<Reason> {
    let message = message.to_ascii_lowercase();
    let by_words = WORDS.into_iter().find(|(words, _)| message.contains(words)).map(|(_, reason)| reason);
    by_words.or((status == 401).then_some(Reason::Token))
}

impl Reason {
    /// Whether it passes by itself.
    pub(super) const fn is_limit(self) -> bool {
        matches!(self, Self::RateOfWrites | Self::RateOfRequests)
    }

    /// What to do about it. `permission`: what the target needs.
    pub(super) fn advice(self, permission: &str) -> String {
        let advice = match self {
            Self::Archived => "the repository is archived, so nothing can be written to it; unarchive it",
            Self::Locked => {
                "the conversation is locked; unlock it, or use a token whose user may write to the repository"
            }
            Self::SingleSignOn => {
                "authorize GITHUB_TOKEN for single sign-on of the organization (Settings, Developer settings, Personal access tokens, Configure SSO)"
            }
            Self::Address => {
                "the organization's IP allow list does not hold the address of this runner; have it added, or use a runner that is listed"
            }
            Self::TokenKind => {
                "the organization does not accept this kind of token; use a kind and a lifetime that it allows"
            }
            Self::Token => "GITHUB_TOKEN is expired, revoked or incomplete; set a new one",
            Self::TokenPermission => {
                return format!(
                    "the token in GITHUB_TOKEN needs the permission `{permission}` for the repository"
                );
            }
            Self::CodeScanning => {
                "enable code scanning in the repository's settings (Code security; a private repository needs GitHub Code Security)"
            }
            Self::Issues => "issues are disabled in the repository; enable them in its settings",
            Self::RateOfWrites => {
                "GitHub limits how much is written in a short time; run the job again in some minutes, or publish from fewer jobs at once"
            }
            Self::RateOfRequests => {
                "the requests that GitHub allows this token in an hour are used up; run the job again when the hour is over"
            }
        };
        advice.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Reason::*;

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
            (403, "Resource not accessible by personal access token", Some(TokenPermission)),
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
        ];
        for (status, message, expected) in cases {
            assert_eq!(reason(status, message), expected, "{status} {message}");
        }
    }

    #[test]
    fn the_permission_is_named_only_where_it_is_missing() {
        let all = [
            Archived,
            Locked,
            SingleSignOn,
            Address,
            TokenKind,
            Token,
            TokenPermission,
            CodeScanning,
            Issues,
            RateOfWrites,
            RateOfRequests,
        ];
        for reason in all {
            let advice = reason.advice("checks: write");
            assert_eq!(advice.contains("checks: write"), reason == TokenPermission, "{advice}");
        }
    }
}
