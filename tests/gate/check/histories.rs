//! Random histories against the real binary: hundreds of tasks in one process, each with a known truth. Time runs
//! [`SPEED`] times as fast as in the model, and so does the gate's patience.

use crate::kit::Run;
use crate::kit::server::{Answer, Server};
use bytes::Bytes;
use codearts_gate::codearts::proof::Runs;
use codearts_gate::codearts::tasks::{LastJobs, Progress, TaskStatus};
use codearts_gate::sandbox::{ACCESS_KEY, SECRET_KEY};
use history::{History, Run as PastRun, StartKind};
use http_body_util::Full;
use hyper::{Request, Response};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Instant;

#[allow(dead_code, unreachable_pub, reason = "the model of ring 1 uses the rest")]
#[path = "../../../src/codearts/proof/history.rs"]
mod history;

/// Seconds of a history in one second of the test.
const SPEED: f64 = 22.5;
/// Tasks of one process.
const TASKS: usize = 120;

/// One task: its history, and its requests.
struct Task {
    history: History,
    /// When its time 0 was: the first request, or the request that starts the run.
    began: Option<Instant>,
    starts: u32,
    foreign_stops: u32,
}

impl Task {
    fn at(&self) -> f64 {
        self.began.map_or(-0.1, |began| began.elapsed().as_secs_f64() * SPEED)
    }

    /// The answer to one request; an error breaks the connection.
    fn answer(&mut self, call: &str, run: Option<&str>) -> io::Result<(u16, Value)> {
        if self.history.start.is_none() || call == "run" {
            self.began.get_or_insert_with(Instant::now);
        }
        let at = self.at();
        let unavailable = Ok((503, json!({"error_code": "APIGW.0202", "error_msg": "unavailable"})));
        let missing = Ok((404, json!({"error_code": "APIGW.0101", "error_msg": "no such API"})));
        match call {
            "progress" => {
                let answer = match run {
                    Some(run) => self.history.progress_of(Some(run), at),
                    None => self.history.progress(at).map(|(progress, run)| {
                        self.history.note_seen(progress, run, at);
                        progress
                    }),
                };
                answer.map_or(unavailable, |progress| Ok((200, written(progress))))
            }
            "last-jobs" => match self.history.list(at) {
                Runs::Listed(LastJobs { last, last_successful }) => Ok((
                    200,
                    json!({"result": {"last_job_id": last, "last_success_job_id": last_successful}}),
                )),
                Runs::Missing => missing,
                Runs::Down | Runs::NotAsked => unavailable,
            },
            "run" => self.start(at),
            "stop" => {
                let running = self.history.latest(at).filter(|run| self.history.runs[*run].end > at);
                let is_own = running == self.history.own && self.history.start == Some(StartKind::Named);
                // A repeated start that was answered counts as the first.
                let is_again = self.starts > 1;
                self.foreign_stops += u32::from(running.is_some() && !is_own && !is_again);
                Ok((200, Value::Null))
            }
            _ => missing,
        }
    }

    fn start(&mut self, at: f64) -> io::Result<(u16, Value)> {
        self.starts += 1;
        let own = self.history.own.map(|own| self.history.runs[own].id.clone());
        let lost = Err(io::ErrorKind::ConnectionReset.into());
        if self.starts > 1 {
            let is_active = self.history.latest(at).is_some_and(|run| self.history.runs[run].end > at);
            if is_active {
                return Ok((200, json!({"error_code": "CC.00050015", "error_msg": "running"})));
            }
            // What was planned after it does not happen.
            self.history.runs.retain(|run| run.start <= at);
            let id = format!("run{}", self.history.runs.len());
            let result = if self.history.nulls > 0.0 { TaskStatus::Failed } else { TaskStatus::Successful };
            self.history.own = Some(self.history.runs.len());
            self.history.runs.push(PastRun { id: id.clone(), start: at, end: at + 60.0, result });
            return Ok((200, json!({"exec_id": id})));
        }
        match self.history.start {
            Some(StartKind::Named) => Ok((200, json!({"exec_id": own}))),
            Some(StartKind::OldId) => {
                let before = self.history.own.unwrap_or(self.history.runs.len()).checked_sub(1);
                let old = before.map(|run| self.history.runs[run].id.clone());
                Ok((200, json!({"exec_id": old, "task": "started"})))
            }
            Some(StartKind::LostAnswer | StartKind::LostRequest) => lost,
            Some(StartKind::Accepted) | None => Ok((200, json!({"task": "started"}))),
        }
    }
}

fn written(progress: Progress) -> Value {
    let ratio = progress.percent.map(|percent| format!("{percent}%"));
    json!({"task_status": progress.status.number(), "progress": {"ratio": ratio}})
}

type Tasks = Arc<Mutex<HashMap<String, Task>>>;

/// The service that lives these histories.
fn service(tasks: &Tasks) -> Server {
    let tasks = Arc::clone(tasks);
    Server::new(move |request| std::future::ready(answer(&request, &tasks)))
}

fn answer(request: &Request<Bytes>, tasks: &Tasks) -> Answer {
    let parts: Vec<&str> = request.uri().path().trim_matches('/').split('/').collect();
    let (task, call) = match parts[..] {
        [_, "tasks", task, call] => (task, call),
        _ => ("", ""),
    };
    let run = request.uri().query().and_then(|query| query.strip_prefix("job_id="));
    let mut tasks = tasks.lock().expect("no test fails here");
    let (status, body) = match tasks.get_mut(task) {
        Some(task) => task.answer(call, run)?,
        None => (404, json!({"error_code": "APIGW.0101", "error_msg": "no such API"})),
    };
    let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    Response::builder().status(status).body(Full::new(body)).map_err(io::Error::other)
}

/// Histories that do not depend on the moments of the polls, because the list of runs shows what happened. In every
/// second one an unsuccessful run is followed at once by a successful one.
fn histories(is_started: bool) -> impl Iterator<Item = History> {
    let all = (0..).map(History::new).filter(move |history| {
        let is_listed = history.has_list && !history.may_lack_id() && history.lists_running;
        is_listed && history.cancel.is_some() && history.start.is_some() == is_started
    });
    let is_tempting = |history: &History| {
        history.runs.windows(2).any(|pair| {
            let is_hidden = pair[0].end > 20.0 && pair[1].start - pair[0].end < 9.0;
            let [first, second] = [0, 1].map(|run| pair[run].result == TaskStatus::Successful);
            is_hidden && !first && second
        })
    };
    let mut wants_tempting = false;
    all.filter(move |history| {
        let is_taken = !wants_tempting || is_tempting(history);
        wants_tempting ^= is_taken;
        is_taken
    })
}

/// Plays the histories; returns how many tasks passed, and how many runs were stopped.
fn run(is_started: bool) -> (usize, usize) {
    let ids = (0..TASKS).map(|number| format!("{number:032x}"));
    let task = |history| Task { history, began: None, starts: 0, foreign_stops: 0 };
    let tasks: Tasks = Arc::new(Mutex::new(ids.zip(histories(is_started).map(task)).collect()));
    let service = service(&tasks);
    let ids: Vec<String> = tasks.lock().expect("tasks").keys().cloned().collect();
    let options = ["--report", "none", "--gate", "off", "--publish", "none", "--timeout", "24s"];
    let mut arguments: Vec<&str> = ["check"].into_iter().chain(options).collect();
    if is_started {
        arguments.push("--start");
    }
    arguments.extend(ids.iter().map(String::as_str));
    let mut run = Run::new(&arguments);
    run.env("CODEARTS_ENDPOINT", service.origin()).env("CODEARTS_POLL_INTERVAL", "1s");
    run.env("HUAWEICLOUD_SDK_AK", ACCESS_KEY).env("HUAWEICLOUD_SDK_SK", SECRET_KEY);
    run.env("CODEARTS_MAX_PAUSE", "400ms").env("CODEARTS_MAX_DOUBT", "2s");
    let ended = run.finish();
    let result = ended.result();
    let mut passes = 0;
    let mut stops = 0;
    let tasks = tasks.lock().expect("tasks");
    for entry in result["tasks"].as_array().expect("tasks") {
        let task = &tasks[entry["task_id"].as_str().expect("an id")];
        let history = &task.history;
        assert_eq!(task.foreign_stops, 0, "a run of others was stopped: {entry}\n{history:#?}");
        stops += usize::from(entry["reason"].as_str().is_some_and(|reason| reason.contains("--timeout")));
        if entry["outcome"] == "passed" {
            passes += 1;
            let is_own = entry["started_by"] == "this-job";
            let at = task.at();
            assert!(history.bears(entry["run_id"].as_str(), is_own, at), "{entry}\n{history:#?}");
        }
    }
    (passes, stops)
}

#[test]
fn a_started_run_passes_only_if_it_succeeded() {
    let (passes, _) = run(true);
    assert!(passes > TASKS / 8, "{passes} passes");
}

#[test]
fn an_attached_run_passes_only_if_it_succeeded() {
    let (passes, _) = run(false);
    assert!(passes > TASKS / 8, "{passes} passes");
}
