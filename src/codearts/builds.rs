//! Builds of CodeArts Build jobs: how one stands, and what it leaves (page `build`).
//!
//! `GET /v3/jobs/{job_id}/status` shows whether *something* runs in a job, never whether anything succeeded, and names no
//! build. So the outcome comes from the calls that name the build.

use super::errors::about_id;
use super::id::Id;
use super::service::{Service, get, post};
use super::wire::{BuildInfo, HistoryDetails, JobStatus, OutputInfo, PackageEntry, RunningStatus};
use crate::http::error::CallError;
use crate::http::field;
use crate::http::retry::{Failure, is_transient};
use crate::messages::{Attempt, Build, ServiceHint, ServiceMessage};
use crate::text::{QUOTE_LIMIT, one_line};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// Longest time for the one request that stops a build while the process is being cancelled.
const STOP_LIMIT: Duration = Duration::from_millis(2200);
/// Failing steps that are shown.
const STEPS_LIMIT: usize = 5;
/// Packages that are shown.
const PACKAGES_LIMIT: usize = 100;

/// How a build stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildState {
    /// Not ended, or not known yet.
    Running,
    /// Good.
    Succeeded,
    /// Bad, a time limit of the service included.
    Failed,
    /// Somebody stopped it.
    Stopped,
    /// Ended with an undocumented status. Never a pass.
    Unknown(String),
}

impl BuildState {
    /// Reads a status word of any of the calls (section 3).
    fn read(word: Option<&str>) -> Self {
        let word = word.unwrap_or_default().to_lowercase();
        match word.as_str() {
            "success" | "blue" => Self::Succeeded,
            "failure" | "failed" | "error" | "red" | "schedule_failure" | "timeout" => Self::Failed,
            "aborted" | "abort" => Self::Stopped,
            "" | "running" | "building" | "starting" | "inqueue" | "queued" | "pending" | "runnable"
            | "scheduling" | "none" => Self::Running,
            _ => Self::Unknown(one_line(&word, 40)),
        }
    }

    /// Whether this is the end, and which.
    const fn is_clear_end(&self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Stopped)
    }

    /// The word for it.
    pub fn word(&self) -> &str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "success",
            Self::Failed => "failure",
            Self::Stopped => "aborted",
            Self::Unknown(word) => word,
        }
    }
}

/// Which calls show the state of a build here.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sources {
    /// Whether there is no `build-info`.
    lacks_info: bool,
    /// The generation of `record-info` that has answered.
    pub(super) record: Option<usize>,
}

/// What a build has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// `maven`, `docker` and so on.
    pub kind: String,
    /// Where it lies in the repository.
    pub uri: String,
}

impl Service {
    /// `GET /v3/jobs/{job_id}/status`: whether something runs in the job.
    ///
    /// # Errors
    /// The last failure.
    pub async fn is_job_running(&self, job: &Id, deadline: Instant) -> Result<bool, CallError> {
        let call = get(Attempt::ReadJob(job.short()), format!("/v3/jobs/{job}/status"), &["result"]);
        let answer = self.call(&call, deadline).await;
        let body = answer.map_err(|error| about_id(error, ServiceHint::JobId))?;
        field::read::<JobStatus>(&body)
            .result
            .ok_or_else(|| self.unreadable(&call, ServiceMessage::Lacks("result")))
    }

    /// The number of the latest build of a job; `None`: it was never built.
    ///
    /// # Errors
    /// Any failed call.
    pub async fn latest_build(&self, job: &Id) -> Result<Option<u64>, CallError> {
        let call =
            get(Attempt::ReadLatestBuild(job.short()), format!("/v1/job/{job}/running-status"), &["result"]);
        let answer = self.attempt(&call).await.map_err(|error| about_id(error, ServiceHint::JobId));
        let result = field::read::<RunningStatus>(&answer?).result;
        // An empty answer does not mean "never built".
        if result.is_running.is_none() && result.last_build_no.is_none() {
            return Err(self.unreadable(&call, ServiceMessage::NoBuild));
        }
        Ok(result.last_build_no.and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0))
    }

    /// The same with repeats until `deadline`.
    ///
    /// # Errors
    /// The last failure.
    pub async fn latest_build_by(&self, job: &Id, deadline: Instant) -> Result<Option<u64>, CallError> {
        self.until(deadline, async || self.latest_build(job).await).await
    }

    /// How one build stands. Two calls show it; the second is made where the first does not know. `sources` remembers which
    /// of them exist here.
    ///
    /// # Errors
    /// Any failed call, where the other did not help either.
    pub async fn build_state(
        &self,
        job: &Id,
        build_no: u64,
        sources: &mut Sources,
    ) -> Result<BuildState, CallError> {
        let mut unknown_to_info = None;
        if !sources.lacks_info {
            let call = get(
                Attempt::ReadBuild(shown(job, build_no)),
                format!("/v1/job/{job}/{build_no}/build-info"),
                &["result"],
            );
            match self.attempt(&call).await {
                Ok(body) => match read_build_info(&body) {
                    InfoState { is_building: true, .. } => return Ok(BuildState::Running),
                    InfoState { state, .. } if state.is_clear_end() => return Ok(state),
                    InfoState { state, .. } => {
                        return match self.recorded_state(job, build_no, sources).await {
                            Ok(recorded) if recorded != BuildState::Running => Ok(recorded),
                            Err(error) if is_transient(error.failure) => Err(error),
                            _ => Ok(state),
                        };
                    }
                },
                Err(error) if error.may_lack_call() => {
                    sources.lacks_info = is_missing_call(&error);
                    unknown_to_info = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        let recorded = self.recorded_state(job, build_no, sources).await;
        // The first refusal is the clearest where nobody knows the build.
        recorded.map_err(|other| match unknown_to_info {
            Some(error) if other.may_lack_call() => error,
            _ => other,
        })
    }

    /// The state in `record-info`.
    async fn recorded_state(
        &self,
        job: &Id,
        build_no: u64,
        sources: &mut Sources,
    ) -> Result<BuildState, CallError> {
        let record = self.record_info(job, build_no, sources).await?;
        Ok(BuildState::read(record.status.as_deref()))
    }

    /// `POST /v3/jobs/{job_id}/{build_no}/stop`.
    ///
    /// # Errors
    /// The last failure within 2.2 s.
    pub async fn stop_build(&self, job: &Id, build_no: u64) -> Result<(), CallError> {
        let attempt = Attempt::StopBuild(shown(job, build_no));
        let call = post(attempt, format!("/v3/jobs/{job}/{build_no}/stop"), "{}");
        self.call_briefly(&call, STOP_LIMIT).await.map(drop)
    }

    /// `GET /v3/jobs/{job_id}/{build_no}/history-details`: names of the steps that failed, the first few.
    ///
    /// # Errors
    /// The last failure.
    pub async fn failing_build_steps(
        &self,
        job: &Id,
        build_no: u64,
        deadline: Instant,
    ) -> Result<Vec<String>, CallError> {
        let call = get(
            Attempt::ReadBuildSteps(shown(job, build_no)),
            format!("/v3/jobs/{job}/{build_no}/history-details"),
            &["build_steps"],
        );
        Ok(read_failing_steps(&self.call(&call, deadline).await?))
    }

    /// `GET /v3/jobs/{job_id}/{build_no}/output-info`: what the build has made.
    ///
    /// # Errors
    /// The last failure.
    pub async fn build_packages(
        &self,
        job: &Id,
        build_no: u64,
        deadline: Instant,
    ) -> Result<Vec<Package>, CallError> {
        let call = get(
            Attempt::ReadBuildPackages(shown(job, build_no)),
            format!("/v3/jobs/{job}/{build_no}/output-info"),
            &["result"],
        );
        Ok(read_packages(&self.call(&call, deadline).await?))
    }
}

/// A build, for messages.
pub(super) fn shown(job: &Id, number: u64) -> Build {
    Build { job: job.short(), number }
}

/// The state in `build-info`.
struct InfoState {
    is_building: bool,
    state: BuildState,
}

fn read_build_info(body: &Value) -> InfoState {
    let result = field::read::<BuildInfo>(body).result;
    InfoState {
        is_building: result.building.unwrap_or(false),
        state: BuildState::read(result.build_result.as_deref()),
    }
}

/// Whether the call does not exist here, by the code of the gateway (`errors-and-retry`, section 4).
fn is_missing_call(error: &CallError) -> bool {
    error.failure == Failure::NotFound && error.code.as_deref().is_some_and(|code| code.ends_with(".0101"))
}

fn read_failing_steps(body: &Value) -> Vec<String> {
    let steps = field::read::<HistoryDetails>(body).build_steps.into_iter();
    steps
        .filter(|step| BuildState::read(step.status.as_deref()) == BuildState::Failed)
        .take(STEPS_LIMIT)
        .map(|step| one_line(&step.name, QUOTE_LIMIT))
        .collect()
}

fn read_packages(body: &Value) -> Vec<Package> {
    let outputs = field::read::<OutputInfo>(body).result;
    let short = |text: String| one_line(&text, QUOTE_LIMIT);
    let entries = outputs.package_infos.values().chain(outputs.image_infos.values());
    entries
        .take(PACKAGES_LIMIT)
        .map(field::read::<PackageEntry>)
        .map(|entry| Package {
            name: short(entry.name),
            version: short(entry.version),
            kind: short(entry.kind),
            uri: short(entry.uri),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::example::example;
    use super::super::wire::{RecordEntry, RecordInfo};
    use super::*;
    use serde_json::json;

    #[test]
    fn every_status_word_of_the_pages() {
        let unknown = |word: &str| BuildState::Unknown(word.to_owned());
        let cases = [
            ("SUCCESS", BuildState::Succeeded),
            (" Success ", BuildState::Succeeded),
            ("blue", BuildState::Succeeded),
            ("FAILURE", BuildState::Failed),
            ("failed", BuildState::Failed),
            ("error", BuildState::Failed),
            ("red", BuildState::Failed),
            ("SCHEDULE_FAILURE", BuildState::Failed),
            ("timeout", BuildState::Failed),
            ("ABORTED", BuildState::Stopped),
            ("abort", BuildState::Stopped),
            ("Running", BuildState::Running),
            ("building", BuildState::Running),
            ("Starting", BuildState::Running),
            ("InQueue", BuildState::Running),
            ("queued", BuildState::Running),
            ("pending", BuildState::Running),
            ("runnable", BuildState::Running),
            ("scheduling", BuildState::Running),
            ("none", BuildState::Running),
            ("", BuildState::Running),
            ("Finished", unknown("finished")),
            ("SUCCESSFUL", unknown("successful")),
            ("not success", unknown("not success")),
            ("true", unknown("true")),
        ];
        let status = |value: Value| {
            let entry: RecordEntry = field::read(&json!({"status": value}));
            BuildState::read(entry.status.as_deref())
        };
        for (word, expected) in cases {
            assert_eq!(status(json!(word)), expected, "{word}");
        }
        for value in [json!(null), json!(true), json!({"status": "SUCCESS"}), json!(["SUCCESS"])] {
            assert_eq!(status(value.clone()), BuildState::Running, "{value}");
        }
        assert_eq!(status(json!(5)), unknown("5"));
    }

    #[test]
    fn every_example_of_a_build() {
        let info = |name| {
            let read = read_build_info(&example(name));
            (read.is_building, read.state)
        };
        assert_eq!(info("build_details.json"), (false, BuildState::Failed));
        assert_eq!(info("build_details_array_form.json"), (false, BuildState::Succeeded));
        assert_eq!(info("build_details_building.json"), (true, BuildState::Running));
        for name in ["build_record_info_v3.json", "build_record_info_v4.json", "build_record_info_camel.json"]
        {
            let body = example(name);
            assert_eq!(
                BuildState::read(field::read::<RecordInfo>(&body).result.status.as_deref()),
                BuildState::Succeeded,
                "{name}"
            );
        }
        let latest = |name| field::read::<RunningStatus>(&example(name)).result.last_build_no;
        assert_eq!(latest("build_running_status_finished.json"), Some(9));
        assert_eq!(latest("build_running_status_queued.json"), Some(10));
        assert_eq!(read_failing_steps(&example("build_history_details.json")), [""; 0]);
        let steps = json!({"build_steps": [{"name": "Checkout", "status": "success"}, {"name": "Maven\nbuild", "status": "error"}]});
        assert_eq!(read_failing_steps(&steps), ["Maven build"]);
        let packages = read_packages(&example("build_output_info.json"));
        assert_eq!(
            packages,
            [Package {
                name: "demo.jar".to_owned(),
                version: "1.0".to_owned(),
                kind: "maven".to_owned(),
                uri: "/demo/1.0/demo.jar".to_owned()
            }]
        );
    }
}
