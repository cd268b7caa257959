//! The state of the imitated service: tasks, builds, exports, credentials. Time comes in as a value.

mod exports;
mod jobs;
mod measure;
mod tasks;

pub(super) use exports::Export;
pub(super) use jobs::{Build, Job};
pub(super) use tasks::{Code, MergeRequest, Refusal, Task};

use super::scenario::{ANY_TASK, CREATED_TASK, PullRequestScript, Scenario, TaskScript};
use measure::{make_commit, make_id};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Instant;

/// Everything that changes.
#[derive(Debug)]
pub(super) struct MockService {
    pub(super) scenario: Scenario,
    began: Instant,
    tasks: HashMap<String, Task>,
    deleted: HashSet<String>,
    /// How many runs were started in all.
    pub(super) all_runs: usize,
    /// How often each pull request was looked at.
    looks: HashMap<u64, u32>,
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

/// The task of examples; where every id is known, it is the one that is listed.
pub const EXAMPLE_TASK: &str = "2b31ed520aaaaaaebedb6e57aaaaaaaa";

/// A script for a task that has just been made like another one.
fn as_new(script: &TaskScript) -> TaskScript {
    TaskScript { before: None, branch: None, merge_requests: BTreeMap::new(), ..script.clone() }
}

impl MockService {
    pub(super) fn new(scenario: Scenario, now: Instant) -> Self {
        Self {
            scenario,
            began: now,
            tasks: HashMap::new(),
            deleted: HashSet::new(),
            all_runs: 0,
            looks: HashMap::new(),
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
        if self.deleted.contains(id) {
            return None;
        }
        if !self.tasks.contains_key(id) {
            let script = self.scenario.script(id)?.clone();
            self.tasks.insert(id.to_owned(), Task::new(id, script, self.began));
        }
        self.tasks.get_mut(id)
    }

    /// The runs of a task with their statuses, the latest last.
    pub(super) fn runs(&mut self, task: &str, now: Instant) -> Vec<(String, i64)> {
        // Nobody may have asked for it yet.
        let _ = self.task(task);
        self.tasks.get(task).map_or_else(Vec::new, |task| task.runs(now))
    }

    /// Creates a task; returns its id.
    pub(super) fn create_task(&mut self, code: Code) -> String {
        let id = make_id("task", self.next_number());
        let own = self.scenario.tasks.get(CREATED_TASK);
        let script = match (&code.merge_request, own) {
            (Some(_), Some(own)) => own.clone(),
            (Some(MergeRequest { parent, .. }), None) => {
                self.scenario.script(parent).map_or_else(Default::default, as_new)
            }
            (None, _) => self.scenario.script(ANY_TASK).map_or_else(Default::default, as_new),
        };
        self.tasks.insert(id.clone(), Task::created(script, code));
        id
    }

    /// Deletes a task that is known. What became of its runs is kept.
    pub(super) fn delete_task(&mut self, id: &str) {
        self.deleted.insert(id.to_owned());
    }

    /// Ids of the created tasks that are not deleted, with what they check.
    pub(super) fn created_tasks(&self) -> impl Iterator<Item = (&str, &Code)> {
        let is_there = |id: &String, task: &Task| task.is_created() && !self.deleted.contains(id);
        let there = self.tasks.iter().filter(move |(id, task)| is_there(id, task));
        there.map(|(id, task)| (id.as_str(), task.code()))
    }

    /// Ids of the tasks of the project: merge-request tasks are listed below another one only.
    pub(super) fn listed_tasks(&self) -> Vec<String> {
        let scripts = &self.scenario.tasks;
        let below: HashSet<&String> =
            scripts.values().flat_map(|script| script.merge_requests.values()).collect();
        let scripted = scripts
            .keys()
            .filter(|id| ![ANY_TASK, CREATED_TASK].contains(&id.as_str()) && !below.contains(id));
        let created = self
            .created_tasks()
            .filter(|(_, code)| code.merge_request.is_none())
            .map(|(id, _)| id.to_owned());
        let mut listed: BTreeSet<String> = scripted.cloned().chain(created).collect();
        // Where every task is known, one of them.
        if listed.is_empty() && scripts.contains_key(ANY_TASK) {
            listed.insert(EXAMPLE_TASK.to_owned());
        }
        listed.into_iter().filter(|id| !self.deleted.contains(id)).collect()
    }

    /// A pull request, and its head now.
    pub(super) fn look_at_pull_request(&mut self, number: u64) -> Option<(&PullRequestScript, String)> {
        let script = self.scenario.pull_requests.get(&number)?;
        let looks = self.looks.entry(number).or_default();
        let has_moved = script.moves_after.is_some_and(|limit| *looks >= limit);
        *looks += 1;
        Some((script, make_commit(&format!("head of {number}"), u64::from(has_moved))))
    }

    pub(super) fn start_run(
        &mut self,
        task: &str,
        fetch_ref: Option<&str>,
        now: Instant,
    ) -> Result<String, Refusal> {
        let id = make_id(task, self.next_number());
        self.task(task).ok_or(Refusal::UnknownTask)?.start(id.clone(), fetch_ref, now)?;
        self.all_runs += 1;
        Ok(id)
    }

    pub(super) fn runs_started(&self, task: &str) -> usize {
        self.tasks.get(task).map_or(0, Task::runs_started)
    }

    pub(super) fn start_export(&mut self, task: &str, title: &str, now: Instant) -> u64 {
        let id = 569_150 + self.next_number();
        self.exports.insert(id, Export::new(task, title, id, now));
        id
    }

    /// An export whose state is asked for.
    pub(super) fn polled_export(&mut self, id: u64, task: &str) -> Option<&Export> {
        let export = self.exports.get_mut(&id).filter(|export| export.task == task)?;
        export.poll();
        Some(export)
    }

    /// Hands out the file of a finished export, once.
    pub(super) fn fetch(&mut self, file: &str, task: &str, now: Instant) -> Option<Export> {
        let script = &self.task(task)?.script().pdf.clone();
        let export = self.exports.values_mut().find(|export| export.file == file && export.task == task)?;
        export.take(script, now).then(|| export.clone())
    }

    pub(super) fn issue_token(&mut self, now: Instant) -> String {
        let token = format!("sandbox-issued-token-{}", make_id("token", self.next_number()));
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const TASK: &str = "t1";

    fn service(json: &str) -> (MockService, Instant) {
        let now = Instant::now();
        (MockService::new(serde_json::from_str(json).expect("a scenario"), now), now)
    }

    fn shown(service: &mut MockService, now: Instant) -> (Option<i64>, Option<u32>) {
        let shown = service.task(TASK).expect("a task").shown(None, now);
        (shown.status, shown.percent)
    }

    #[test]
    fn a_run_goes_from_start_to_end() {
        let (mut service, now) = service(r#"{"tasks": {"*": {"duration": "10s"}}}"#);
        assert_eq!(shown(&mut service, now), (None, None));
        let id = service.start_run(TASK, None, now).expect("started");
        assert_eq!(id.len(), 32);
        assert_eq!(service.start_run(TASK, None, now), Err(Refusal::Active));
        let later = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(shown(&mut service, later(4)), (Some(0), Some(40)));
        assert_eq!(shown(&mut service, later(10)), (Some(2), Some(100)));
        assert_eq!(service.task(TASK).expect("a task").last_jobs(later(10)), (Some(&*id), Some(&*id)));
    }

    #[test]
    fn stale_and_stopped_runs() {
        let (mut service, now) =
            service(r#"{"tasks": {"t1": {"before": 2, "stale_for": "2s", "duration": "10s"}}}"#);
        assert_eq!(shown(&mut service, now), (Some(2), Some(100)));
        let id = service.start_run(TASK, None, now).expect("started");
        let later = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(shown(&mut service, later(1)), (Some(2), Some(100)));
        let task = service.task(TASK).expect("a task");
        assert_eq!(task.shown(Some(&id), later(1)).status, Some(0));
        task.stop(later(3));
        assert_eq!(shown(&mut service, later(3)), (Some(3), None));
        assert!(service.task("t2").is_none());
    }

    #[test]
    fn polls_move_a_run_on() {
        let (mut service, now) =
            service(r#"{"tasks": {"*": {"before": 1, "polls": 4, "stale_polls": 1, "null_polls": 2}}}"#);
        let id = service.start_run(TASK, None, now).expect("started");
        let statuses: Vec<_> = (0..5).map(|_| shown(&mut service, now)).collect();
        let expected =
            [(Some(1), None), (None, None), (Some(0), Some(75)), (Some(2), Some(100)), (Some(2), Some(100))];
        assert_eq!(statuses, expected);
        assert_eq!(service.task(TASK).expect("a task").last_jobs(now).0, Some(&*id));
    }

    #[test]
    fn a_created_task_is_new_until_it_is_deleted() {
        let (mut service, now) =
            service(r#"{"tasks": {"t1": {"before": 2, "duration": "1s", "fetches_with": "pull"}}}"#);
        let [parent, number, target_branch] = [TASK, "7", "main"].map(str::to_owned);
        let merge_request = MergeRequest { parent, number, target_branch };
        let code = Code {
            name: "a change".to_owned(),
            repository: "https://example.com/a/b".to_owned(),
            branch: "feature".to_owned(),
            merge_request: Some(merge_request),
        };
        let id = service.create_task(code.clone());
        assert_eq!(service.created_tasks().collect::<Vec<_>>(), [(id.as_str(), &code)]);
        assert_eq!(service.listed_tasks(), [TASK]);
        let done = now + Duration::from_secs(1);
        for (fetch_ref, status) in [(None, 1), (Some("merge_request"), 1), (Some("pull"), 2)] {
            service.start_run(&id, fetch_ref, now).expect("started");
            let task = service.task(&id).expect("a task");
            assert_eq!(task.shown(None, done).status, Some(status), "{fetch_ref:?}");
            assert_eq!(task.fetch_failure(None).is_some(), status == 1, "{fetch_ref:?}");
            task.stop(now);
        }
        service.delete_task(&id);
        assert!(service.task(&id).is_none() && service.created_tasks().next().is_none());
    }

    #[test]
    fn a_head_moves_after_some_looks() {
        let (mut service, _) = service(r#"{"pull_requests": {"7": {"moves_after": 2}, "8": {}}}"#);
        let mut heads = |number| [(); 3].map(|()| service.look_at_pull_request(number).map(|(_, head)| head));
        let [first, second, third] = heads(7);
        assert!(first.is_some() && first == second && second != third);
        let [first, _, third] = heads(8);
        assert!(first.is_some() && first == third);
        assert_eq!(heads(9)[0], None);
    }

    #[test]
    fn a_file_is_handed_out_once() {
        let (mut service, now) = service(r#"{"tasks": {"*": {"pdf": {"duration": "1s"}}}}"#);
        let id = service.start_export(TASK, "title", now);
        let file = service.polled_export(id, TASK).expect("an export").file.clone();
        assert!(service.polled_export(id, "t2").is_none());
        let done = now + Duration::from_secs(1);
        assert!(service.fetch(&file, TASK, now).is_none(), "not ready");
        assert!(service.fetch(&file, TASK, done).is_some());
        assert!(service.fetch(&file, TASK, done).is_none(), "fetched once");
    }
}
