//! What goes wrong, and on which calls.

use super::duration::duration;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// A fault on some calls.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// The call; `*` is every call.
    pub call: String,
    /// Only for this task.
    #[serde(default)]
    pub task: Option<String>,
    /// Which of the calls of this kind (of this task, if one is named), counted from 1; empty: all.
    #[serde(default)]
    pub on: Vec<u32>,
    /// What happens.
    pub fault: Fault,
}

/// What goes wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// Another answer; the call is not carried out.
    Answer {
        /// HTTP status.
        status: u16,
        /// Body; text is sent as it is.
        #[serde(default)]
        body: Value,
        /// Further headers.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// A web page with HTTP 200; the call is not carried out.
    Html,
    /// The connection is reset and the call not carried out.
    Reset,
    /// The call is carried out, but the connection is reset instead of an answer.
    LostAnswer,
    /// The answer breaks off after so many bytes.
    Truncate {
        /// Bytes of the body that are sent.
        after: usize,
    },
    /// The answer stops coming after so many bytes, and the connection stays open.
    Stall {
        /// Bytes of the body that are sent.
        after: usize,
    },
    /// The answer comes late.
    Delay {
        /// How late.
        #[serde(deserialize_with = "duration")]
        by: Duration,
    },
}
