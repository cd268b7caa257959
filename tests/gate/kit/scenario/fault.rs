//! What goes wrong, and on which calls.

use super::time::time;
use codearts_gate::sandbox::scenario::Fault;
use serde_json::{Value, json};

/// Calls that a test makes at most: "from the third on" ends here.
const MANY: u32 = 2_000;

/// Calls that something happens to.
#[derive(Clone, Debug)]
pub(crate) struct Calls {
    pub(super) call: String,
    pub(super) task: Option<String>,
    pub(super) on: Vec<u32>,
}

/// All calls of this name; `*`: of any.
pub(crate) fn calls(call: &str) -> Calls {
    Calls { call: call.to_owned(), task: None, on: Vec::new() }
}

impl Calls {
    /// Only those with these numbers, from 1.
    pub(crate) fn nth(mut self, numbers: impl Into<Vec<u32>>) -> Self {
        self.on = numbers.into();
        self
    }

    /// All from this number on.
    pub(crate) fn from(self, number: u32) -> Self {
        self.nth((number..MANY).collect::<Vec<_>>())
    }

    /// Only those about this task.
    pub(crate) fn of(mut self, task: &str) -> Self {
        self.task = Some(task.to_owned());
        self
    }
}

impl From<&str> for Calls {
    fn from(call: &str) -> Self {
        calls(call)
    }
}

/// Another answer; the call is not carried out.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    body: Value,
    headers: Vec<(String, String)>,
}

/// The call is answered with this HTTP status, and not carried out.
pub(crate) fn answers(status: u16) -> Answer {
    Answer { status, body: Value::Null, headers: Vec::new() }
}

/// The call is answered with this body, and not carried out.
pub(crate) fn returns(body: impl Into<Value>) -> Answer {
    answers(200).body(body)
}

/// The call is refused with a code of the service.
pub(crate) fn refuses(status: u16, code: &str) -> Answer {
    answers(status).body(json!({"error_code": code, "error_msg": "scripted"}))
}

impl Answer {
    /// JSON, or text that is sent as it is.
    pub(crate) fn body(mut self, body: impl Into<Value>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl From<Answer> for Fault {
    fn from(answer: Answer) -> Self {
        let Answer { status, body, headers } = answer;
        Self::Answer { status, body, headers: headers.into_iter().collect() }
    }
}

/// The connection is reset, and the call not carried out.
pub(crate) fn resets() -> Fault {
    Fault::Reset
}

/// The call is carried out, and the connection is reset instead of an answer.
pub(crate) fn loses_the_answer() -> Fault {
    Fault::LostAnswer
}

/// A web page comes instead of an answer.
pub(crate) fn shows_a_web_page() -> Fault {
    Fault::Html
}

/// The answer breaks off after so many bytes.
pub(crate) fn breaks_after(bytes: usize) -> Fault {
    Fault::Truncate { after: bytes }
}

/// The answer stops coming after so many bytes.
pub(crate) fn stalls_after(bytes: usize) -> Fault {
    Fault::Stall { after: bytes }
}

/// The answer comes late.
pub(crate) fn is_late(by: &str) -> Fault {
    Fault::Delay { by: time(by) }
}

/// The answer does not come before [`crate::kit::World::release`].
pub(crate) fn is_held() -> Fault {
    is_late("1h")
}
