//! About forges: what GitHub and GitLab have in common.

use crate::model::pull_request::ForgeName;

/// What stands between a job and its forge.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ForgeMessage {
    /// There is no token.
    NoToken {
        /// Its variable.
        token: &'static str,
    },
    /// The token cannot stand in a header.
    TokenCharacters {
        /// Its variable.
        token: &'static str,
    },
    /// Only the address of the change names the server, and whoever opens a change has a say in that.
    UntrustedServer {
        /// The variable that would name the API.
        api: &'static str,
        /// The variable of the token.
        token: &'static str,
    },
    /// The address of the API cannot be read.
    NotAnAddress {
        /// Its variable.
        api: &'static str,
    },
    /// The address of the API begins with another scheme.
    NotHttps {
        /// Its variable.
        api: &'static str,
    },
    /// The token would travel unencrypted.
    PlainHttp {
        /// The variable with the address of the API.
        api: &'static str,
        /// The variable of the token.
        token: &'static str,
    },
    /// The description of a pull request is not whole.
    FieldMissing {
        /// Whose description.
        forge: ForgeName,
        /// What is missing.
        field: &'static str,
    },
    /// The changed files of a pull request are not listed.
    NoListOfFiles(ForgeName),
    /// More than one open pull request fits the job.
    SeveralOpen {
        /// Whose.
        forge: ForgeName,
        /// Their numbers.
        numbers: Vec<u64>,
    },
    /// The comment is written.
    Commented {
        /// Its address, if there is one that can be shown.
        url: Option<String>,
    },
    /// The comment that is there is not replaced, because the head has moved on.
    CommentLeft,
    /// The comment whose answer did not come is not there to be corrected.
    CommentNotSeen,
    /// A file that was to be uploaded cannot be read.
    FileNotRead {
        /// The file.
        path: String,
    },
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ForgeHint {
    /// The token may have been cut or wrapped.
    PasteToken,
    /// If the server is the reader's own, its API should be named.
    NameApi {
        /// The variable.
        api: &'static str,
        /// The server.
        server_url: String,
        /// Where the API usually is on a server.
        path: &'static str,
    },
    /// Encrypt, or insist.
    Https,
    /// One of several pull requests has to be chosen.
    ChooseOne(ForgeName),
}
