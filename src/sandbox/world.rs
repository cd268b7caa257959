//! The state of the imitated service: tasks, runs, exports, tokens. Time comes in as a value.

use super::builds::Job;
use super::scenario::{ProgressShape, Scenario, TaskScript};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Everything that changes.
#[derive(Debug)]
pub(super) struct World {
    pub(super) scenario: Scenario,
    began: Instant,
    tasks: HashMap<String, Task>,
    /// Issued tokens and when they expire.
    tokens: HashMap<String, Instant>,
    /// Issued temporary keys, by their access key.
    keys: HashMap<String, Keys>,
    /// Issued id tokens, each of which is taken once.
    id_tokens: HashMap<String, IdToken>,
    exports: HashMap<u64, Export>,
    jobs: HashMap<String, Job>,
    /// For ids.
    counter: u64,
}

#[derive(Debug)]
struct Keys {
    secret: String,
    token: String,
    expires: Instant,
}

#[derive(Debug)]
struct IdToken {
    audience: String,
    expires: Instant,
    is_used: bool,
}

#[derive(Debug)]
pub(super) struct Task {
    script: TaskScript,
    runs: Vec<Run>,
}

#[derive(Clone, Debug)]
struct Run {
    id: String,
    started: Instant,
    stopped: Option<Instant>,
    /// An earlier run's result, instead of the script's.
    result: Option<i64>,
}

/// A PDF export job.
#[derive(Clone, Debug)]
pub(super) struct Export {
    pub(super) task: String,
    pub(super) title: String,
    pub(super) file: String,
    started: Instant,
    is_fetched: bool,
}

/// What the progress call tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shown {
    pub(super) status: Option<i64>,
    pub(super) percent: Option<u32>,
}

/// Why a run was not started.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    UnknownTask,
    Active,
}

impl World {
    pub(super) fn new(scenario: Scenario, now: Instant) -> Self {
        Self {
            scenario,
            began: now,
            tasks: HashMap::new(),
            tokens: HashMap::new(),
            keys: HashMap::new(),
            id_tokens: HashMap::new(),
            exports: HashMap::new(),
            jobs: HashMap::new(),
            counter: 0,
        }
    }

    /// A task, as its script says it is at the beginning. `None`: the service does not know it.
    pub(super) fn task(&mut self, id: &str) -> Option<&mut Task> {
        let script = self.scenario.script(id)?;
        let began = self.began;
        Some(self.tasks.entry(id.to_owned()).or_insert_with(|| {
            let earlier = script.before.map(|status| Run {
                id: make_id(id, 0),
                started: began,
                stopped: None,
                result: (status != 0).then_some(status),
            });
            Task { script: script.clone(), runs: earlier.into_iter().collect() }
        }))
    }

    pub(super) fn start_run(&mut self, task: &str, now: Instant) -> Result<String, Refusal> {
        self.counter += 1;
        let id = make_id(task, self.counter);
        let task = self.task(task).ok_or(Refusal::UnknownTask)?;
        if task.runs.last().is_some_and(|run| task.is_active(run, now)) {
            return Err(Refusal::Active);
        }
        task.runs.push(Run { id: id.clone(), started: now, stopped: None, result: None });
        Ok(id)
    }

    pub(super) fn runs_started(&self, task: &str) -> usize {
        let runs = self.tasks.get(task).map_or(&[][..], |task| &task.runs);
        // An earlier run that the script began with was not started here.
        runs.iter().filter(|run| run.result.is_none() && run.id != make_id(task, 0)).count()
    }

    pub(super) fn start_export(&mut self, task: &str, title: &str, now: Instant) -> u64 {
        self.counter += 1;
        let id = 569_150 + self.counter;
        let file = format!("defects/PdfFiles/20261122/{title}_Code check report_{id}.pdf");
        self.exports.insert(
            id,
            Export { task: task.to_owned(), title: title.to_owned(), file, started: now, is_fetched: false },
        );
        id
    }

    pub(super) fn export(&self, id: u64, task: &str) -> Option<&Export> {
        self.exports.get(&id).filter(|export| export.task == task)
    }

    /// Hands out the file of a finished export, once.
    pub(super) fn fetch(&mut self, file: &str, task: &str, now: Instant) -> Option<Export> {
        let duration = self.scenario.script(task)?.pdf.duration;
        let export = self.exports.values_mut().find(|export| export.file == file && export.task == task)?;
        if export.is_fetched || now.duration_since(export.started) < duration {
            return None;
        }
        export.is_fetched = true;
        Some(export.clone())
    }

    pub(super) fn issue_token(&mut self, now: Instant) -> String {
        self.counter += 1;
        let token = format!("sandbox-issued-token-{}", make_id("token", self.counter));
        self.tokens.insert(token.clone(), now + self.scenario.token_life);
        token
    }

    pub(super) fn accepts_token(&self, token: &str, now: Instant) -> bool {
        self.tokens.get(token).is_some_and(|expires| now < *expires)
    }

    /// A number that was not given before.
    pub(super) const fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// Makes temporary keys: access key, secret key, session token.
    pub(super) fn issue_keys(&mut self, expires: Instant) -> [String; 3] {
        let number = self.next_number();
        let [access, secret, token] = [
            format!("SANDBOXSESSION{number:06}"),
            format!("sandbox-issued-secret-{}", make_id("secret", number)),
            format!("sandbox-issued-token-{}", make_id("session", number)),
        ];
        self.keys.insert(access.clone(), Keys { secret: secret.clone(), token: token.clone(), expires });
        [access, secret, token]
    }

    /// The secret key of temporary keys that are good.
    pub(super) fn secret_of(&self, access_key: &str, token: &str, now: Instant) -> Option<&str> {
        let keys = self.keys.get(access_key).filter(|keys| keys.token == token && now < keys.expires)?;
        Some(&keys.secret)
    }

    pub(super) fn keep_id_token(&mut self, token: String, audience: String, now: Instant) {
        let expires = now + self.scenario.id_token_life;
        self.id_tokens.insert(token, IdToken { audience, expires, is_used: false });
    }

    /// Takes an id token, or says why not.
    pub(super) fn use_id_token(&mut self, token: &str, now: Instant) -> Result<(), &'static str> {
        let wanted = &self.scenario.audience;
        let found = self.id_tokens.get_mut(token).ok_or("the signature is wrong")?;
        if wanted.as_ref().is_some_and(|wanted| *wanted != found.audience) {
            return Err("the audience is wrong");
        }
        if now >= found.expires {
            return Err("it is expired");
        }
        // The real service takes one several times; here a second use shows that no fresh one was asked for.
        if std::mem::replace(&mut found.is_used, true) {
            return Err("it was used before");
        }
        Ok(())
    }

    /// A build job, as its script says it is at the beginning. `None`: the service does not know it.
    pub(super) fn job(&mut self, id: &str) -> Option<&mut Job> {
        let script = self.scenario.job_script(id)?;
        let began = self.began;
        Some(self.jobs.entry(id.to_owned()).or_insert_with(|| Job::new(script.clone(), began)))
    }
}

impl Export {
    /// Progress in percent; 100 is done.
    pub(super) fn percent(&self, duration: Duration, now: Instant) -> u32 {
        percent(now.duration_since(self.started), duration)
    }
}

impl Task {
    pub(super) const fn script(&self) -> &TaskScript {
        &self.script
    }

    /// What the progress call shows, of the task or of one of its runs.
    pub(super) fn shown(&self, run: Option<&str>, now: Instant) -> Shown {
        let nothing = Shown { status: None, percent: None };
        let position = match run {
            Some(id) => self.runs.iter().position(|run| run.id == id),
            None => {
                let stale = self.runs.last().is_some_and(|run| {
                    now.duration_since(run.started) < self.script.stale_for && run.result.is_none()
                });
                self.runs.len().checked_sub(if stale { 2 } else { 1 })
            }
        };
        let Some(run) = position.and_then(|position| self.runs.get(position)) else {
            return nothing;
        };
        let elapsed = now.duration_since(run.started);
        if run.result.is_none() && elapsed < self.script.null_for {
            return nothing;
        }
        let status = self.status(run, now);
        let percent = match status {
            0 => match self.script.progress {
                ProgressShape::Steps => Some(percent(elapsed, self.script.duration).min(95) / 5 * 5),
                ProgressShape::Stuck => Some(50),
                ProgressShape::Missing => None,
            },
            2 => Some(100),
            _ => None,
        };
        Shown { status: Some(status), percent }
    }

    pub(super) fn has_run(&self, id: &str) -> bool {
        self.runs.iter().any(|run| run.id == id)
    }

    /// Ids of the latest run and of the latest successful one.
    pub(super) fn last_jobs(&self, now: Instant) -> (Option<&str>, Option<&str>) {
        let successful = self.runs.iter().rev().find(|run| self.status(run, now) == 2);
        (self.runs.last().map(|run| run.id.as_str()), successful.map(|run| run.id.as_str()))
    }

    pub(super) fn stop(&mut self, now: Instant) {
        let script = &self.script;
        if let Some(run) = self.runs.last_mut()
            && status(script, run, now) == 0
        {
            run.stopped = Some(now);
        }
    }

    fn is_active(&self, run: &Run, now: Instant) -> bool {
        self.status(run, now) == 0
    }

    fn status(&self, run: &Run, now: Instant) -> i64 {
        status(&self.script, run, now)
    }
}

fn status(script: &TaskScript, run: &Run, now: Instant) -> i64 {
    if run.stopped.is_some() {
        3
    } else if let Some(result) = run.result {
        result
    } else if now.duration_since(run.started) < script.duration {
        0
    } else {
        script.final_status
    }
}

fn percent(elapsed: Duration, duration: Duration) -> u32 {
    if elapsed >= duration {
        return 100;
    }
    (elapsed.as_secs_f64() / duration.as_secs_f64() * 100.0) as u32
}

/// An id like the service's: 32 hexadecimal digits.
fn make_id(name: &str, number: u64) -> String {
    let digest = Sha256::digest(format!("{name}/{number}").as_bytes());
    hex::encode(&digest[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = "t1";

    fn world(json: &str) -> (World, Instant) {
        let now = Instant::now();
        (World::new(serde_json::from_str(json).expect("a scenario"), now), now)
    }

    fn shown(world: &mut World, now: Instant) -> (Option<i64>, Option<u32>) {
        let shown = world.task(TASK).expect("a task").shown(None, now);
        (shown.status, shown.percent)
    }

    #[test]
    fn a_run_goes_from_start_to_end() {
        let (mut world, now) = world(r#"{"tasks": {"*": {"duration": "10s"}}}"#);
        assert_eq!(shown(&mut world, now), (None, None));
        let id = world.start_run(TASK, now).expect("started");
        assert_eq!(id.len(), 32);
        assert_eq!(world.start_run(TASK, now), Err(Refusal::Active));
        let later = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(shown(&mut world, later(4)), (Some(0), Some(40)));
        assert_eq!(shown(&mut world, later(10)), (Some(2), Some(100)));
        assert_eq!(world.task(TASK).expect("a task").last_jobs(later(10)), (Some(&*id), Some(&*id)));
    }

    #[test]
    fn stale_and_stopped_runs() {
        let (mut world, now) =
            world(r#"{"tasks": {"t1": {"before": 2, "stale_for": "2s", "duration": "10s"}}}"#);
        assert_eq!(shown(&mut world, now), (Some(2), Some(100)));
        let id = world.start_run(TASK, now).expect("started");
        let later = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(shown(&mut world, later(1)), (Some(2), Some(100)));
        let task = world.task(TASK).expect("a task");
        assert_eq!(task.shown(Some(&id), later(1)).status, Some(0));
        task.stop(later(3));
        assert_eq!(shown(&mut world, later(3)), (Some(3), None));
        assert!(world.task("t2").is_none());
    }

    #[test]
    fn a_file_is_handed_out_once() {
        let (mut world, now) = world(r#"{"tasks": {"*": {"pdf": {"duration": "1s"}}}}"#);
        let id = world.start_export(TASK, "title", now);
        let file = world.export(id, TASK).expect("an export").file.clone();
        assert!(world.export(id, "t2").is_none());
        let done = now + Duration::from_secs(1);
        assert!(world.fetch(&file, TASK, now).is_none(), "not ready");
        assert!(world.fetch(&file, TASK, done).is_some());
        assert!(world.fetch(&file, TASK, done).is_none(), "fetched once");
    }
}
