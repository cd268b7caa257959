//! What belongs to the result of a build: the end of its log, the steps that failed, what it has made.

use crate::codearts::Id;
use crate::codearts::build_log::BuildLog;
use crate::console::TaskDisplay;
use crate::lifecycle::build_environment::BuildEnvironment;
use crate::model::outcome::Outcome;
use crate::report::result::PackageResult;
use futures_util::future::join;
use tokio::time::{Instant, timeout_at};

/// What was fetched after the end of a build.
#[derive(Debug, Default)]
pub(crate) struct BuildEvidence {
    pub(crate) failing_steps: Vec<String>,
    /// The last lines of the log of a failed build.
    pub(crate) log_tail: Vec<String>,
    pub(crate) packages: Vec<PackageResult>,
}

/// A build that has ended, or was given up.
#[derive(Clone, Copy)]
pub(crate) struct EndedBuild<'a> {
    pub(crate) environment: &'a BuildEnvironment<'a>,
    pub(crate) job: &'a Id,
    pub(crate) display: &'a TaskDisplay,
    pub(crate) number: u64,
    pub(crate) outcome: Outcome,
    /// Whether the end of the build was seen.
    pub(crate) is_over: bool,
}

impl EndedBuild<'_> {
    /// Fetches what belongs to the outcome. `log`: what was followed of the log.
    pub(crate) async fn collect<'log>(&'log self, log: Option<BuildLog<'log>>) -> BuildEvidence {
        let deadline = Instant::now() + self.environment.settings.explain_limit;
        match self.outcome {
            Outcome::Passed => {
                let (log_tail, packages) =
                    join(self.finish_log(log, deadline), self.packages(deadline)).await;
                BuildEvidence { log_tail, packages, ..BuildEvidence::default() }
            }
            Outcome::BuildFailed => {
                let (log_tail, failing_steps) =
                    join(self.finish_log(log, deadline), self.failing_steps(deadline)).await;
                BuildEvidence { failing_steps, log_tail, ..BuildEvidence::default() }
            }
            Outcome::CheckFailed
            | Outcome::TimedOut
            | Outcome::Stopped
            | Outcome::GateFailed
            | Outcome::ReportFailed
            | Outcome::Usage
            | Outcome::Unavailable
            | Outcome::Internal
            | Outcome::Denied
            | Outcome::HungUp
            | Outcome::Interrupted
            | Outcome::Terminated => {
                let log_tail = self.finish_log(log, deadline).await;
                BuildEvidence { log_tail, ..BuildEvidence::default() }
            }
        }
    }

    /// Shows all of the log that was not shown yet where it is followed, else the last lines of a failed build, which are
    /// returned.
    async fn finish_log<'log>(&'log self, log: Option<BuildLog<'log>>, deadline: Instant) -> Vec<String> {
        let BuildEnvironment { service, settings, .. } = self.environment;
        let has_failed = self.outcome == Outcome::BuildFailed;
        if !has_failed && !settings.follow {
            return Vec::new();
        }
        let label = self.display.label();
        let show = |line: &str| self.display.say(&format!(" | {line}"));
        let show_if_followed = |line: &str| {
            if settings.follow {
                show(line);
            }
        };
        let mut log = log.unwrap_or_else(|| BuildLog::new(service, self.job, self.number));
        match timeout_at(deadline, log.read(self.is_over, deadline, show_if_followed)).await {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => tracing::warn!("{label}: the log is incomplete"),
            Ok(Err(error)) => tracing::warn!("{error}; the end of the log is missing"),
            Err(_) => tracing::warn!("{label}: timed out reading the log"),
        }
        let tail = log.finish(show_if_followed);
        if has_failed && !settings.follow {
            tail.iter().for_each(|line| show(line));
        }
        if has_failed { tail } else { Vec::new() }
    }

    async fn failing_steps(&self, deadline: Instant) -> Vec<String> {
        let asking = self.environment.service.failing_build_steps(self.job, self.number, deadline);
        match timeout_at(deadline, asking).await {
            Ok(Ok(steps)) => return steps,
            Ok(Err(error)) => tracing::warn!("{error}; the failing step is unknown"),
            Err(_) => tracing::warn!("{}: timed out reading the steps", self.display.label()),
        }
        Vec::new()
    }

    /// What the build has made only decorates the result.
    async fn packages(&self, deadline: Instant) -> Vec<PackageResult> {
        let asking = self.environment.service.build_packages(self.job, self.number, deadline);
        match timeout_at(deadline, asking).await {
            Ok(Ok(packages)) => {
                return packages
                    .into_iter()
                    .map(|package| PackageResult {
                        name: package.name,
                        version: package.version,
                        kind: package.kind,
                        uri: package.uri,
                    })
                    .collect();
            }
            Ok(Err(error)) => tracing::warn!("{error}; `result.json` names no packages"),
            Err(_) => tracing::warn!("{}: timed out reading the packages", self.display.label()),
        }
        Vec::new()
    }
}
