//! The state of the imitated service: tasks, runs, exports, tokens. Time comes in as a value.

use super::builds::Job;
use super::scenario::{PdfScript, ProgressShape, Scenario, TaskScript};
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
    /// How often its progress was asked for, or that of the task while it was the latest.
    polls: u32,
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
    /// How often its state was asked for.
    polls: u32,
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
                polls: 0,
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
        task.runs.push(Run { id: id.clone(), started: now, stopped: None, polls: 0, result: None });
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
            Export {
                task: task.to_owned(),
                title: title.to_owned(),
                file,
                started: now,
                polls: 0,
                is_fetched: false,
            },
        );
        id
    }

    /// An export whose state is asked for.
    pub(super) fn polled_export(&mut self, id: u64, task: &str) -> Option<&Export> {
        let export = self.exports.get_mut(&id).filter(|export| export.task == task)?;
        export.polls += 1;
        Some(export)
    }

    /// Hands out the file of a finished export, once.
    pub(super) fn fetch(&mut self, file: &str, task: &str, now: Instant) -> Option<Export> {
        let script = &self.scenario.script(task)?.pdf;
        let export = self.exports.values_mut().find(|export| export.file == file && export.task == task)?;
        if export.is_fetched || export.percent(script, now) < 100 {
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
    pub(super) fn percent(&self, script: &PdfScript, now: Instant) -> u32 {
        match script.polls {
            Some(polls) => percent_of_polls(self.polls, polls),
            None => percent(now.duration_since(self.started), script.duration),
        }
    }
}

impl Task {
    pub(super) const fn script(&self) -> &TaskScript {
        &self.script
    }

    /// What the progress call shows, of the task or of one of its runs. Each call is one poll.
    pub(super) fn shown(&mut self, run: Option<&str>, now: Instant) -> Shown {
        let nothing = Shown { status: None, percent: None };
        let asked = match run {
            Some(id) => self.runs.iter().position(|run| run.id == id),
            None => self.runs.len().checked_sub(1),
        };
        let Some(asked) = asked else { return nothing };
        if let Some(run) = self.runs.get_mut(asked) {
            run.polls += 1;
        }
        let is_stale = run.is_none() && self.runs.get(asked).is_some_and(|run| self.is_stale(run, now));
        let position = if is_stale { asked.checked_sub(1) } else { Some(asked) };
        let Some(run) = position.and_then(|position| self.runs.get(position)) else {
            return nothing;
        };
        let elapsed = now.duration_since(run.started);
        let is_null = elapsed < self.script.null_for || run.polls <= self.script.null_polls;
        if run.result.is_none() && is_null {
            return nothing;
        }
        let status = self.status(run, now);
        let percent = match status {
            0 => match self.script.progress {
                ProgressShape::Steps => Some(self.percent(run, elapsed).min(95) / 5 * 5),
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

    fn is_stale(&self, run: &Run, now: Instant) -> bool {
        let is_early = now.duration_since(run.started) < self.script.stale_for;
        run.result.is_none() && (is_early || run.polls <= self.script.stale_polls)
    }

    fn percent(&self, run: &Run, elapsed: Duration) -> u32 {
        match self.script.polls {
            Some(polls) => percent_of_polls(run.polls, polls),
            None => percent(elapsed, self.script.duration),
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
    } else if match script.polls {
        Some(polls) => run.polls < polls,
        None => now.duration_since(run.started) < script.duration,
    } {
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

fn percent_of_polls(polls: u32, all: u32) -> u32 {
    (polls.saturating_mul(100) / all.max(1)).min(100)
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
    fn polls_move_a_run_on() {
        let (mut world, now) =
            world(r#"{"tasks": {"*": {"before": 1, "polls": 4, "stale_polls": 1, "null_polls": 2}}}"#);
        let id = world.start_run(TASK, now).expect("started");
        let statuses: Vec<_> = (0..5).map(|_| shown(&mut world, now)).collect();
        let expected =
            [(Some(1), None), (None, None), (Some(0), Some(75)), (Some(2), Some(100)), (Some(2), Some(100))];
        assert_eq!(statuses, expected);
        assert_eq!(world.task(TASK).expect("a task").last_jobs(now).0, Some(&*id));
    }

    #[test]
    fn a_file_is_handed_out_once() {
        let (mut world, now) = world(r#"{"tasks": {"*": {"pdf": {"duration": "1s"}}}}"#);
        let id = world.start_export(TASK, "title", now);
        let file = world.polled_export(id, TASK).expect("an export").file.clone();
        assert!(world.polled_export(id, "t2").is_none());
        let done = now + Duration::from_secs(1);
        assert!(world.fetch(&file, TASK, now).is_none(), "not ready");
        assert!(world.fetch(&file, TASK, done).is_some());
        assert!(world.fetch(&file, TASK, done).is_none(), "fetched once");
    }
}
