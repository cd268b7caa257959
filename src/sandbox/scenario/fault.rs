//! What goes wrong, and on which calls.

use super::duration::duration;
use crate::messages::CommandMessage;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// Names every call.
pub const ANY_CALL: &str = "*";

/// Names of the calls, in the order of the docs.
pub const CALLS: [&str; 39] = [
    "run",
    "progress",
    "stop",
    "last-jobs",
    "log-detail",
    "summary",
    "findings",
    "records",
    "tasks",
    "task-info",
    "task-create",
    "task-delete",
    "merge-requests",
    "rulesets",
    "rulesets-v2",
    "settings",
    "pdf-start",
    "pdf-state",
    "pdf-file",
    "token",
    "id-token",
    "oidc-sts",
    "oidc-iam",
    "metadata-token",
    "metadata-keys",
    "pod-keys",
    "build-run",
    "build-status",
    "build-latest",
    "build-info",
    "build-record",
    "build-record-v3",
    "build-record-v4",
    "build-log",
    "build-steps",
    "build-output",
    "build-stop",
    "forge-pull",
    "forge-files",
];

/// Whether a fault may name this call.
pub fn is_call(name: &str) -> bool {
    name == ANY_CALL || CALLS.contains(&name)
}

/// The name of a call. One that there is not would make a fault that never happens.
fn call<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    if is_call(&name) { Ok(name) } else { Err(de::Error::custom(CommandMessage::ScenarioCall(name))) }
}

/// A fault on some calls.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// The call: one of [`CALLS`], or [`ANY_CALL`].
    #[serde(deserialize_with = "call")]
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
