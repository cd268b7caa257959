//! About logins: how credentials become a session.

use super::http::FailedCall;
use std::time::Duration;

/// What went wrong with a login, or is worth knowing about it.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum LoginMessage {
    /// The answer holds no temporary keys.
    LacksKeys,
    /// The answer holds no token that can be used.
    LacksToken,
    /// The answer holds no id token.
    LacksIdToken,
    /// This place holds no id token.
    NoIdToken(IdTokenPlace),
    /// The file with the id token could not be read.
    IdTokenNotRead {
        /// Its path.
        path: String,
        /// The system's words.
        cause: String,
    },
    /// The file with a pod's token could not be read.
    PodTokenNotRead {
        /// Its path.
        path: String,
        /// The system's words.
        cause: String,
    },
    /// The file with a pod's token holds none.
    NoPodToken(String),
    /// An agency may refuse so long a session: one of an hour is asked for instead.
    ShorterSession(Box<FailedCall>),
    /// A renewal failed; the present session is still valid.
    KeepingSession(Box<FailedCall>),
    /// This machine's clock is wrong, and requests are signed with the time of CodeArts.
    ClockCorrected {
        /// How much.
        off: Duration,
        /// Whether it is behind the service's.
        is_behind: bool,
    },
}

/// A kind of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum CredentialsKind {
    /// A token made elsewhere.
    Token,
    /// A key pair, and the file that it is from, if not from a variable.
    Keys(Option<KeysFile>),
    /// A temporary key pair.
    TemporaryKeys(Option<KeysFile>),
    /// A password.
    Password,
    /// An id token, exchanged at STS.
    OidcSts,
    /// An id token, exchanged at IAM.
    OidcIam,
    /// The agency of a cloud server.
    Server,
    /// The identity of a pod.
    Pod,
}

/// A file with keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum KeysFile {
    /// The profile file of the official SDK.
    Sdk,
    /// The configuration of KooCLI.
    KooCli,
}

/// Where an id token comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum IdTokenPlace {
    /// The variable `HUAWEICLOUD_OIDC_ID_TOKEN`.
    Variable,
    /// A file.
    File(String),
    /// GitHub's answer.
    GitHub,
}

/// What an id token claims that a trust policy must match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct Claims {
    /// `iss`.
    pub issuer: Option<String>,
    /// `aud`, joined with commas.
    pub audience: Option<String>,
    /// `sub`.
    pub subject: Option<String>,
}

/// What to do about a refused login.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum LoginHint {
    /// The identity provider and the agency's trust policy must match the id token.
    TrustPolicy(Claims),
    /// The identity provider and its conversion rule must match the id token.
    ConversionRule(Claims),
    /// The id token has expired.
    FreshIdToken,
    /// The user, the password or the account is wrong.
    Password,
    /// GitHub refuses to make an id token.
    GitHubIdToken,
    /// This server has no agency.
    Agency,
    /// The clock of this machine is wrong.
    SetClock,
}
