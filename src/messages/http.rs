//! About connections, requests and answers.

use super::Message;
use super::attempt::Attempt;
use crate::model::tls_fault::TlsFault;
use std::time::Duration;

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum HttpMessage {
    /// An object in the JSON has the same name twice, so that its value is not known.
    DuplicateName,
    /// It failed: all that is known.
    Failed(Box<FailedCall>),
    /// It failed, in fewer words.
    FailedBriefly(Box<FailedCall>),
    /// It failed and is sent again after this pause.
    Retrying(Box<FailedCall>, Duration),
    /// It failed, and what it may have created is looked for.
    LookingForResult(Box<FailedCall>),
    /// The server's own words.
    Said(String),
    /// The server sent no words that may be shown.
    NoExplanation,
    /// The server redirects; credentials do not follow.
    Redirected,
    /// A list does not hold all of its entries.
    ListCut {
        /// How many it holds.
        listed: u64,
        /// How many there are.
        total: u64,
    },
    /// A list has more pages than are read.
    ListTooLong,
    /// A 2xx status that means a part of an answer, or none.
    NotWhole,
    /// Nothing came.
    Empty,
    /// A web page, which begins like this.
    WebPage(String),
    /// Text that is not JSON: why, and how it begins.
    NotJson {
        /// What the parser found, and where.
        why: String,
        /// The beginning of the text, if it may be shown.
        text: Option<String>,
    },
    /// JSON without an explanation.
    Unexplained(String),
    /// No connection.
    NoConnection(String),
    /// Nothing came for too long.
    Silent(String),
    /// The connection broke.
    Broken(String),
    /// No whole answer within this time.
    NotInTime(Duration),
    /// The answer is larger than this number of bytes.
    TooLarge(u64),
    /// The server's TLS is not as it should be; the words of the library.
    Tls(TlsFault, String),
    /// The proxy with this name, if known, refused the login.
    ProxyLogin(Option<String>),
    /// It failed on the way through this proxy.
    ThroughProxy(Box<Self>, String),
    /// The path holds steps to elsewhere.
    Climbing,
    /// The file to send could not be read.
    FileNotRead {
        /// Its path.
        path: String,
        /// The system's words.
        cause: String,
    },
}

impl HttpMessage {
    /// The words of the server, where the message quotes them.
    pub fn outside_text(&self) -> &str {
        match self {
            Self::Said(text)
            | Self::WebPage(text)
            | Self::NotJson { text: Some(text), .. }
            | Self::Unexplained(text) => text,
            Self::Failed(_)
            | Self::FailedBriefly(_)
            | Self::Retrying(..)
            | Self::LookingForResult(_)
            | Self::DuplicateName
            | Self::NoExplanation
            | Self::NotJson { text: None, .. }
            | Self::Redirected
            | Self::NotWhole
            | Self::ListCut { .. }
            | Self::ListTooLong
            | Self::Empty
            | Self::NoConnection(_)
            | Self::Silent(_)
            | Self::Broken(_)
            | Self::NotInTime(_)
            | Self::TooLarge(_)
            | Self::Tls(..)
            | Self::ProxyLogin(_)
            | Self::ThroughProxy(..)
            | Self::Climbing
            | Self::FileNotRead { .. } => "",
        }
    }
}

/// A call that failed, as it is shown.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct FailedCall {
    /// What was tried.
    pub attempt: Attempt,
    /// Where.
    pub target: Target,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The service's error code.
    pub code: Option<String>,
    /// What went wrong.
    pub why: Message,
    /// For the provider's support.
    pub request_id: Option<String>,
}

/// Where a request went.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum Target {
    /// It was not sent.
    Unsent,
    /// Method, host and path; never the query, which can hold names of files.
    Address(String),
    /// A `PUT` to GitHub's store of artifacts, whose addresses are secret.
    ArtifactStore,
}

/// What to do about a request that did not get through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum HttpHint {
    /// The server cannot be reached.
    Unreachable,
    /// The server's TLS is not as it should be.
    Tls(TlsFault),
    /// The proxy refuses the login.
    ProxyLogin,
}
