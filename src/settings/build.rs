//! What `build` was asked to do.

use super::allow::allowed;
use super::connection::{Connection, SESSION_MARGIN, Site};
use super::environment::Environment;
use super::ids::ids;
use super::publish;
use super::times::{positive_duration, schedule, within_job};
use super::value::{UsageError, usage};
use crate::cli::BuildArgs;
use crate::codearts::Id;
use crate::codearts::build_start::{BuildRequest, Revision};
use crate::model::outcome::Outcome;
use crate::model::policy::{StopOnCancel, WaitLimit};
use crate::publish::Publisher;
use crate::report::store::workspace::Workspace;
use crate::wait::Schedule;
use std::path::PathBuf;
use std::time::Duration;

/// Names that the service refuses (`build`, section 4).
const REFUSED_PARAMETERS: [&str; 6] =
    ["LD_PRELOAD", "LD_LIBRARY_PATH", "PATH", "BASH_ENV", "GIT_SSH_COMMAND", "path"];

/// Longest time for what is asked after the end: the log, the failing step, what was made. The verdict does not depend on it.
const EXPLAIN_LIMIT: Duration = Duration::from_secs(15);

/// Everything `build` needs.
#[derive(Debug)]
pub struct BuildSettings {
    /// The jobs, each once.
    pub jobs: Vec<Id>,
    /// The build to start; `None`: attach to one that is there.
    pub request: Option<BuildRequest>,
    /// The build to attach to; `None`: the latest.
    pub build_no: Option<u64>,
    /// Whether to show the log.
    pub follow: bool,
    /// Time for the wait.
    pub timeout: WaitLimit,
    /// Time for what is asked after the end.
    pub explain_limit: Duration,
    /// When to poll.
    pub schedule: Schedule,
    /// When to stop the remote build.
    pub stop_on_cancel: StopOnCancel,
    /// Outcomes that become exit 0.
    pub allow: Vec<Outcome>,
    /// Where `result.json` goes.
    pub report_dir: PathBuf,
    /// Where that lies.
    pub workspace: Workspace,
    /// How to tell later steps; `None`: not at all.
    pub publish: Option<Publisher>,
    /// Whether to print the document.
    pub json: bool,
}

impl BuildSettings {
    /// Resolves what was typed.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn resolve(args: BuildArgs, environment: &Environment) -> Result<(Self, Connection), UsageError> {
        let jobs = ids("JOB_ID", args.job_ids, environment)?;
        if jobs.is_empty() {
            return usage(
                "no job id: type `codearts-gate build JOB_ID` or set CODEARTS_JOB_ID; the id is the 32 characters at the end of the page on which the job is edited",
            );
        }
        if args.build_no.is_some() && jobs.len() > 1 {
            return usage("`--build-no` is the number of one build of one job");
        }
        let revision = match (args.branch, args.tag, args.commit) {
            (Some(branch), ..) => Some(Revision::Branch(branch)),
            (_, Some(tag), _) => Some(Revision::Tag(tag)),
            (.., commit) => commit.map(Revision::Commit),
        };
        let parameters = args.param.iter().map(|text| parameter(text)).collect::<Result<Vec<_>, _>>()?;
        if !args.start && (revision.is_some() || !parameters.is_empty()) {
            return usage("`--param`, `--branch`, `--tag` and `--commit` say what to build; add `--start`");
        }
        if args.directory.report_dir.as_os_str().is_empty() {
            return usage("`--report-dir` is empty; name a directory");
        }
        let wait = positive_duration("--timeout", &args.wait.timeout)?;
        let session = wait + SESSION_MARGIN;
        let connection = Connection::resolve(
            args.connection,
            Site::Build,
            args.site.build_endpoint,
            session,
            environment,
        )?;
        let (timeout, explain_limit) = within_job(wait, EXPLAIN_LIMIT, environment.time_left());
        let settings = Self {
            jobs,
            request: args.start.then_some(BuildRequest { parameters, revision }),
            build_no: args.build_no,
            follow: args.follow,
            timeout,
            explain_limit,
            schedule: schedule(&args.wait.poll_interval, &args.wait.poll_budget)?,
            stop_on_cancel: args.wait.stop_on_cancel,
            allow: allowed(&args.allow.names)?,
            publish: publish::for_refusals(&[], environment, &args.directory.report_dir),
            report_dir: args.directory.report_dir,
            workspace: environment.workspace(),
            json: args.result.json,
        };
        Ok((settings, connection))
    }
}

/// `NAME=VALUE`.
fn parameter(text: &str) -> Result<(String, String), UsageError> {
    match text.split_once('=') {
        Some((name, _)) if REFUSED_PARAMETERS.contains(&name) => {
            usage(format!("`--param {name}=...`: the service takes no parameter of this name"))
        }
        Some((name, value)) if !name.trim().is_empty() => Ok((name.to_owned(), value.to_owned())),
        // The text is not repeated: it may be a value that was to be kept.
        _ => usage("`--param` must be NAME=VALUE"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser as _;

    /// What comes after the verdict only explains it.
    #[test]
    fn little_time_is_spent_after_the_verdict() {
        let arguments = ["codearts-gate", "build", "ab", "--region", "cn-north-4"];
        let Command::Build(args) = Cli::try_parse_from(arguments).expect("arguments").command else {
            panic!("another command")
        };
        let variables =
            [("CODEARTS_TOKEN", "token")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let (settings, _) =
            BuildSettings::resolve(*args, &variables.into_iter().collect()).expect("settings");
        assert_eq!(settings.explain_limit, Duration::from_secs(15));
    }
}
