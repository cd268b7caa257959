//! What `build` was asked to do.

use super::allow::allowed;
use super::connection::{Connection, SESSION_MARGIN, Site};
use super::environment::Environment;
use super::ids::job_ids;
use super::publish;
use super::report::not_empty;
use super::times::{positive_duration, schedule, within_job};
use super::value::refuse;
use crate::cli::BuildArgs;
use crate::codearts::Id;
use crate::codearts::build_start::{BuildRequest, Revision};
use crate::error::Problem;
use crate::messages::{IdHint, IdMessage, SettingsHint, SettingsMessage};
use crate::model::outcome::Outcome;
use crate::model::policy::{StopOnCancel, WaitLimit};
use crate::model::sourced::Origin;
use crate::publish::Publisher;
use crate::report::store::workspace::Workspace;
use crate::wait::Schedule;
use std::path::PathBuf;
use std::time::Duration;

/// Names that the service refuses (`build`, section 4).
const RESERVED_PARAMETERS: [&str; 6] =
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
    /// How to inform later steps; `None`: not at all.
    pub publish: Option<Publisher>,
    /// Whether to print the document.
    pub json: bool,
}

impl BuildSettings {
    /// Resolves what was typed.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn resolve(args: BuildArgs, environment: &Environment) -> Result<(Self, Connection), Problem> {
        let jobs = job_ids(args.job_ids, environment)?;
        if jobs.is_empty() {
            return refuse(IdMessage::NoJob, IdHint::Job);
        }
        if args.build_no.is_some() && jobs.len() > 1 {
            let origin = environment.origin("--build-no");
            return Err(Problem::new(SettingsMessage::BuildOfSeveralJobs(origin)));
        }
        if !args.start {
            let given = [
                ("--param", !args.param.is_empty()),
                ("--branch", args.branch.is_some()),
                ("--tag", args.tag.is_some()),
                ("--commit", args.commit.is_some()),
            ];
            let given = given.into_iter().filter(|(_, is_given)| *is_given);
            let given: Vec<Origin> = given.map(|(option, _)| environment.origin(option)).collect();
            if !given.is_empty() {
                return refuse(SettingsMessage::NeedsStart(given), SettingsHint::AddStart);
            }
        }
        let revision = match (args.branch, args.tag, args.commit) {
            (Some(branch), ..) => Some(Revision::Branch(branch)),
            (_, Some(tag), _) => Some(Revision::Tag(tag)),
            (.., commit) => commit.map(Revision::Commit),
        };
        let parameter = |text: &String| parameter(text, environment.origin("--param"));
        let parameters = args.param.iter().map(parameter).collect::<Result<Vec<_>, _>>()?;
        not_empty(&args.directory.report_dir, environment)?;
        let wait = positive_duration(&environment.sourced("--timeout", args.wait.timeout))?;
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
            schedule: schedule(
                environment.sourced("--poll-interval", args.wait.poll_interval),
                environment.sourced("--poll-budget", args.wait.poll_budget),
            )?,
            stop_on_cancel: args.wait.stop_on_cancel,
            allow: allowed(environment.sourced("--allow", args.allow.names))?,
            publish: publish::for_refusals(&[], environment, &args.directory.report_dir),
            report_dir: args.directory.report_dir,
            workspace: environment.workspace(),
            json: args.result.json,
        };
        Ok((settings, connection))
    }
}

/// `NAME=VALUE`.
fn parameter(text: &str, origin: Origin) -> Result<(String, String), Problem> {
    let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.trim().is_empty()) else {
        return refuse(SettingsMessage::ParameterForm(origin), SettingsHint::ParameterForm);
    };
    if RESERVED_PARAMETERS.contains(&name) {
        return Err(Problem::new(SettingsMessage::ReservedParameter(name.to_owned())));
    }
    Ok((name.to_owned(), value.to_owned()))
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
