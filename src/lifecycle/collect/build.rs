//! What belongs to the result of a build: the end of its log, the steps that failed, what it has made.

use crate::codearts::Id;
use crate::codearts::build_log::BuildLog;
use crate::console::TaskDisplay;
use crate::lifecycle::build_environment::BuildEnvironment;
use crate::lifecycle::report::problem;
use crate::log_problem;
use crate::messages::BuildMessage;
use crate::model::outcome::Outcome;
use crate::report::result::PackageResult;
use futures_util::future::join3;
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
        let packages = async {
            if self.outcome == Outcome::Passed { self.packages(deadline).await } else { Vec::new() }
        };
        let failing_steps = async {
            if self.outcome == Outcome::BuildFailed { self.failing_steps(deadline).await } else { Vec::new() }
        };
        let (log_tail, packages, failing_steps) =
            join3(self.finish_log(log, deadline), packages, failing_steps).await;
        BuildEvidence { failing_steps, log_tail, packages }
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
            Ok(Ok(false)) => tracing::warn!("{label}: {}", BuildMessage::LogIncomplete),
            Ok(Err(error)) => log_problem!(warn, label, problem(BuildMessage::LogNotRead, &error)),
            Err(_) => tracing::warn!("{label}: {}", BuildMessage::LogTimedOut),
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
            Ok(Err(error)) => {
                log_problem!(warn, self.display.label(), problem(BuildMessage::StepsNotRead, &error))
            }
            Err(_) => tracing::warn!("{}: {}", self.display.label(), BuildMessage::StepsTimedOut),
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
            Ok(Err(error)) => {
                log_problem!(warn, self.display.label(), problem(BuildMessage::PackagesNotRead, &error))
            }
            Err(_) => tracing::warn!("{}: {}", self.display.label(), BuildMessage::PackagesTimedOut),
        }
        Vec::new()
    }
}
