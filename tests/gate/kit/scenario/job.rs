//! What a job of CodeArts Build does.

use super::time::time;
use codearts_gate::sandbox::scenario::{JobScript, RecordScript};

/// A job that was never built, and whose builds take three seconds and succeed.
pub(crate) fn job() -> Job {
    Job(JobScript::default())
}

/// How a build job behaves.
#[derive(Clone, Debug)]
pub(crate) struct Job(pub(super) JobScript);

impl Job {
    /// Changes the settings that have no name here.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut JobScript)) -> Self {
        change(&mut self.0);
        self
    }

    /// Its settings.
    pub(crate) const fn script(&self) -> &JobScript {
        &self.0
    }

    /// How many builds there were before the sandbox began.
    pub(crate) fn before(self, builds: u32) -> Self {
        self.with(|job| job.before = builds)
    }

    /// How one of them was started.
    pub(crate) fn record(self, number: u64, record: RecordScript) -> Self {
        self.with(|job| {
            job.records.insert(number, record);
        })
    }

    /// The latest of them goes on.
    pub(crate) fn building(self) -> Self {
        self.with(|job| job.is_building = true)
    }

    /// How long a build takes.
    pub(crate) fn takes(self, duration: &str) -> Self {
        self.with(|job| job.duration = time(duration))
    }

    /// The poll at which a build has ended.
    pub(crate) fn ends_at_poll(self, poll: u32) -> Self {
        self.with(|job| job.polls = Some(poll))
    }

    /// The word for its end.
    pub(crate) fn ends(self, word: &str) -> Self {
        self.with(|job| job.result = word.into())
    }

    /// The word of `build-info` and that of `record-info`.
    pub(crate) fn ends_differently(self, info: &str, record: &str) -> Self {
        self.with(|job| {
            job.info_result = Some(info.into());
            job.record_result = Some(record.into());
        })
    }

    /// How many calls about a build do not know it yet.
    pub(crate) fn hidden_calls(self, calls: u32) -> Self {
        self.with(|job| job.hidden_calls = calls)
    }

    /// Older deployments: there is no `build-info`.
    pub(crate) fn without_build_info(self) -> Self {
        self.with(|job| job.has_build_info = false)
    }

    /// Which generations of `record-info` there are.
    pub(crate) fn record_info(self, paths: &[&str]) -> Self {
        self.with(|job| job.record_info = paths.iter().map(|path| (*path).to_owned()).collect())
    }

    /// Lines of the log.
    pub(crate) fn log_lines(self, lines: u32) -> Self {
        self.with(|job| job.log_lines = lines)
    }
}

/// How a build was started: with these parameters.
pub(crate) fn parameters<const N: usize>(parameters: [(&str, &str); N]) -> RecordScript {
    let owned = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
    RecordScript { parameters: owned.into(), ..RecordScript::default() }
}
