//! What goes wrong with a request: drawn at random, for the service and for the forge.

use crate::kit::forge;
use crate::kit::scenario::{
    Calls, answers, breaks_after, calls, is_late, loses_the_answer, resets, returns, shows_a_web_page,
    stalls_after,
};
use crate::kit::secrets::forms_of;
use codearts_gate::sandbox::scenario::Fault;
use fastrand::Rng;
use serde_json::{Value, json};
use std::time::Duration;

/// Calls that meet a fault which lasts: more than most runs send.
const LASTING: u32 = 250;
/// A late answer comes at most so much later, in milliseconds: well below the doubt of `--max-doubt`.
const LATEST_MS: u64 = 150;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Reset,
    LostAnswer,
    Truncated,
    Stalled,
    Slow,
    WebPage,
    Garbage,
    Echo,
    WrongStatus,
    Busy,
    Redirect,
    WrongRun,
    StatusFlip,
    WrongClock,
}

impl Kind {
    pub(crate) const ALL: [Self; 14] = [
        Self::Reset,
        Self::LostAnswer,
        Self::Truncated,
        Self::Stalled,
        Self::Slow,
        Self::WebPage,
        Self::Garbage,
        Self::Echo,
        Self::WrongStatus,
        Self::Busy,
        Self::Redirect,
        Self::WrongRun,
        Self::StatusFlip,
        Self::WrongClock,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::LostAnswer => "lost answer",
            Self::Truncated => "truncated",
            Self::Stalled => "stalled",
            Self::Slow => "slow",
            Self::WebPage => "web page",
            Self::Garbage => "garbage",
            Self::Echo => "echoed secrets",
            Self::WrongStatus => "wrong status",
            Self::Busy => "busy",
            Self::Redirect => "redirect",
            Self::WrongRun => "wrong run",
            Self::StatusFlip => "status flip",
            Self::WrongClock => "wrong clock",
        }
    }

    /// Whether the service has carried out a call that met it.
    pub(crate) const fn is_carried_out(self) -> bool {
        matches!(self, Self::LostAnswer | Self::Truncated | Self::Stalled | Self::Slow | Self::WrongClock)
    }
}

/// A fault of the service.
#[derive(Clone, Debug)]
pub(crate) struct ServiceFault {
    pub(crate) kind: Kind,
    pub(crate) calls: Calls,
    pub(crate) fault: Fault,
}

/// A fault of the forge.
#[derive(Clone, Debug)]
pub(crate) struct ForgeFault {
    pub(crate) kind: Kind,
    pub(crate) fault: forge::Fault,
}

/// Calls of a check, the ones that decide most often.
const CHECK_CALLS: [&str; 26] = [
    "progress",
    "progress",
    "progress",
    "progress",
    "run",
    "run",
    "run",
    "last-jobs",
    "last-jobs",
    "summary",
    "summary",
    "findings",
    "findings",
    "records",
    "pdf-start",
    "pdf-state",
    "pdf-file",
    "pdf-file",
    "pdf-file",
    "stop",
    "token",
    "task-info",
    "task-create",
    "merge-requests",
    "task-delete",
    "*",
];
/// The same of a build.
const BUILD_CALLS: [&str; 10] = [
    "build-run",
    "build-run",
    "build-latest",
    "build-info",
    "build-info",
    "build-record-v4",
    "build-log",
    "build-steps",
    "build-stop",
    "*",
];
/// How requests to forges begin.
const FORGE_REQUESTS: [&str; 7] = ["", "GET /", "POST /", "PUT /", "PATCH /", "POST /twirp", "GET /api"];

/// A fault of the service. `secrets`: those of the job; `elsewhere`: another host, which must get no credentials.
pub(crate) fn of_service(
    chance: &mut Rng,
    is_build: bool,
    secrets: &[&str],
    elsewhere: &str,
) -> ServiceFault {
    let call = if is_build { pick(chance, &BUILD_CALLS) } else { pick(chance, &CHECK_CALLS) };
    let kind = match (call, chance.u8(0..12)) {
        ("run" | "last-jobs", 0..=2) => Kind::WrongRun,
        ("progress", 0..=3) => Kind::StatusFlip,
        (_, 0..=1) => Kind::Reset,
        (_, 2) => Kind::LostAnswer,
        (_, 3) => Kind::Truncated,
        (_, 4) => pick(chance, &[Kind::Stalled, Kind::Slow, Kind::Slow]),
        (_, 5) => Kind::WebPage,
        (_, 6) => Kind::Garbage,
        (_, 7) => Kind::Echo,
        (_, 8..=9) => Kind::WrongStatus,
        (_, 10) => Kind::Busy,
        _ => Kind::Redirect,
    };
    let is_file = call == "pdf-file";
    let fault = match kind {
        Kind::Reset => resets(),
        Kind::LostAnswer => loses_the_answer(),
        Kind::Truncated => breaks_after(chance.usize(0..if is_file { 20_000 } else { 120 })),
        Kind::Stalled => stalls_after(chance.usize(0..if is_file { 20_000 } else { 120 })),
        Kind::Slow | Kind::WrongClock => is_late(&format!("{}ms", chance.u64(10..LATEST_MS))),
        Kind::WebPage => shows_a_web_page(),
        Kind::Garbage => returns(garbage(chance)).into(),
        Kind::Echo => answers(pick(chance, &[200, 400, 403, 500])).body(echo(chance, secrets)).into(),
        Kind::WrongStatus => {
            let status = pick(chance, &[400, 401, 403, 404, 409, 418, 500, 502, 503, 504]);
            answers(status).body(refusal(chance)).into()
        }
        Kind::Busy => {
            let status = pick(chance, &[429, 429, 503]);
            answers(status).header("Retry-After", retry_after(chance)).into()
        }
        Kind::Redirect => {
            let status = pick(chance, &[301, 302, 307, 308]);
            answers(status).header("Location", &format!("{elsewhere}/{call}")).into()
        }
        Kind::WrongRun => returns(wrong_run(chance, call)).into(),
        Kind::StatusFlip => returns(other_status(chance)).into(),
    };
    let first = chance.u32(1..=3);
    let chosen = match chance.u8(0..10) {
        // One that stalls costs a whole time limit.
        _ if kind == Kind::Stalled => calls(call).nth([first]),
        0..=5 => calls(call).nth([first]),
        6..=8 => calls(call).nth((first..first + chance.u32(2..5)).collect::<Vec<_>>()),
        // Few last for ever: each of those costs the 15 s that the last poll may take.
        _ if chance.u8(0..10) == 0 => calls(call),
        _ => calls(call).nth((1..=LASTING).collect::<Vec<_>>()),
    };
    ServiceFault { kind, calls: chosen, fault }
}

/// The forge takes its time, before it carries a request out or after that.
pub(crate) fn slow(chance: &mut Rng, request: &'static str) -> ForgeFault {
    let late = Some(forge::Late::By(Duration::from_millis(chance.u64(10..LATEST_MS))));
    let is_done = chance.bool();
    ForgeFault {
        kind: Kind::Slow,
        fault: forge::Fault { late, is_done, ..forge::Fault::new(request, &[], 0) },
    }
}

/// A fault of the forge.
pub(crate) fn of_forge(chance: &mut Rng, secrets: &[&str], elsewhere: &str) -> ForgeFault {
    let request = pick(chance, &FORGE_REQUESTS);
    let first = chance.usize(1..=4);
    let on: &'static [usize] = match chance.u8(0..10) {
        0..=6 => leak(vec![first]),
        7..=8 => leak((first..first + 3).collect()),
        _ => &[],
    };
    let (kind, fault) = match chance.u8(0..10) {
        0..=1 => (Kind::LostAnswer, forge::Fault { is_done: true, ..forge::Fault::new(request, on, 0) }),
        2 => {
            let status = pick(chance, &[429, 503]);
            let headers = leak(vec![("retry-after", retry_after(chance))]);
            (Kind::Busy, forge::Fault { headers, ..forge::Fault::new(request, on, status) })
        }
        3 => return slow(chance, request),
        4 => {
            let body = Value::from("<html><body>Please sign in</body></html>");
            (Kind::WebPage, forge::Fault { body, ..forge::Fault::new(request, on, 200) })
        }
        5 => {
            let body = json!({"message": garbage(chance)});
            (Kind::Garbage, forge::Fault { body, ..forge::Fault::new(request, on, 200) })
        }
        6 => {
            let text = all_forms(secrets);
            let body = json!({"message": text, "error_msg": text});
            (Kind::Echo, forge::Fault { body, ..forge::Fault::new(request, on, 422) })
        }
        7 => {
            let to: &'static str = Box::leak(format!("{elsewhere}/forge").into_boxed_str());
            let headers = leak(vec![("location", to)]);
            (Kind::Redirect, forge::Fault { headers, ..forge::Fault::new(request, on, 302) })
        }
        8 if chance.u8(0..3) == 0 => {
            let once = leak(vec![first]);
            (Kind::Stalled, forge::Fault { on: once, ..forge::Fault::stall(request) })
        }
        _ => {
            let status = pick(chance, &[400, 401, 403, 404, 409, 418, 422, 500, 502]);
            let body =
                json!({"message": "no", "error_code": "CH.1", "error_msg": "no", "error_message": "no"});
            (Kind::WrongStatus, forge::Fault { body, ..forge::Fault::new(request, on, status) })
        }
    };
    ForgeFault { kind, fault }
}

/// One of them.
pub(crate) fn pick<T: Copy>(chance: &mut Rng, all: &[T]) -> T {
    all[chance.usize(0..all.len())]
}

/// Faults of the forge keep what they are about for as long as the process runs.
fn leak<T>(values: Vec<T>) -> &'static [T] {
    values.leak()
}

/// Nothing that the service or a forge would write.
fn garbage(chance: &mut Rng) -> Value {
    match chance.u8(0..10) {
        0 => Value::from("{"),
        1 => Value::from("\u{0}\u{1}\u{1b}[31mred\u{7f}"),
        2 => json!([]),
        3 => json!({}),
        4 => Value::from("null"),
        5 => json!({"result": null, "status": "success", "task_status": {"2": 2}, "defects": 7}),
        6 => Value::from("[".repeat(4_000)),
        7 => json!({"task_status": 1e300, "total": -1, "exec_id": {"a": 1}, "result": [1, 2]}),
        8 => json!({"exec_id": "../../x", "task_status": "\n::error::no", "is_access": "\u{202e}ssap"}),
        _ => Value::from((0..400).map(|_| chance.alphanumeric()).collect::<String>()),
    }
}

/// Secrets of the job, in every form.
fn echo(chance: &mut Rng, secrets: &[&str]) -> Value {
    let text = format!("you sent {}", all_forms(secrets));
    match chance.u8(0..3) {
        0 => Value::from(text),
        1 => json!({"error_code": "CC.00000000", "error_msg": text}),
        _ => json!({"error": {"code": text, "message": text}, "task_status": text, "exec_id": text}),
    }
}

fn all_forms(secrets: &[&str]) -> String {
    secrets.iter().map(|secret| forms_of(secret)).collect::<Vec<_>>().join(" and ")
}

/// What a refusal may say.
fn refusal(chance: &mut Rng) -> Value {
    match chance.u8(0..7) {
        0 => Value::Null,
        1 => json!({"error_code": "CC.00050010", "error_msg": "no permission"}),
        2 => json!({"error_code": "CC.00000000", "error_msg": "Network busy. Try again later."}),
        3 => json!({"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication information"}),
        4 => json!({"error_code": "CC.00050015", "error_msg": "task is running, try later"}),
        5 => Value::from("<html><h1>Bad Gateway</h1></html>"),
        _ => json!({"error_code": "CC.00000001.400", "error_msg": "Verify request parameter failed"}),
    }
}

/// When to come back: soon, late, at a date, never.
fn retry_after(chance: &mut Rng) -> &'static str {
    pick(chance, &["0", "1", "2", "1", "99999", "-1", "soon", "Wed, 21 Oct 2015 07:28:00 GMT"])
}

/// The id of a run that does not exist.
fn wrong_run(chance: &mut Rng, call: &str) -> Value {
    let id: String = (0..32).map(|_| pick(chance, &['0', '7', 'a', 'f'])).collect();
    match (call, chance.u8(0..4)) {
        ("run", 0) => json!({"exec_id": null}),
        ("run", _) => json!({"exec_id": id}),
        (_, 0) => json!({"result": {"last_job_id": null, "last_success_job_id": id}}),
        _ => json!({"result": {"last_job_id": id, "last_success_job_id": id}}),
    }
}

/// A status that is not that of a success: only the run itself may say that.
fn other_status(chance: &mut Rng) -> Value {
    let status = match chance.u8(0..8) {
        0..=1 => json!(0),
        2 => json!(1),
        3 => json!(3),
        4 => Value::Null,
        5 => json!(7),
        6 => json!(-2),
        _ => json!("success"),
    };
    json!({"task_status": status, "progress": {"ratio": "50%", "info": "x"}})
}
