//! What was meant: flags, variables and the CI's surroundings, resolved once into plain values.
//!
//! The only reader of the environment. Everything is checked here, before anything is sent; each refusal says what to
//! type instead.

mod build;
mod command_line;
mod connection;
mod credentials;
mod environment;
mod findings;
mod ids;
mod known_secrets;
mod misplaced;
mod profile;
mod publish;
mod report;
mod secret;
mod slips;
mod times;
mod unknown;

pub use build::BuildSettings;
pub use command_line::{Refusal, explain_refusal, parse, tidy, variable_of, with_variables};
pub use connection::{Connection, Unresolved};
pub use environment::Environment;
pub use findings::{FindingSettings, GateSettings};
pub use ids::readable_tasks;
pub use publish::{for_unread_arguments, for_usage_errors};
pub use report::{ReportSettings, usual_report_directory};
pub use times::WaitLimit;
pub use unknown::unknown_variables;

use crate::ci::CiEnvironment;
use crate::cli::{CheckArgs, DoctorArgs, LogArgs, PublishTarget, ReportArgs, ReportFormat};
use crate::codearts::Id;
use crate::console::{LogFormat, Verbosity};
use crate::model::outcome::Outcome;
use crate::model::policy::{IfRunning, StopOnCancel};
use crate::publish::Publisher;
use crate::text::duration;
use crate::wait::Schedule;
use connection::Site;
use ids::{ids, parse_id, task_ids};
use publish::Way;
use slips::{SLIP_LIMIT, did_you_mean, nearest};
use std::path::PathBuf;
use std::time::Duration;
use times::{positive_duration, schedule, within_job};

/// How much longer than its time limits a process may need credentials.
const SESSION_MARGIN: Duration = Duration::from_secs(10 * 60);

/// A mistake in arguments or configuration: one message that says what to type instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

fn usage<T>(message: impl Into<String>) -> Result<T, UsageError> {
    Err(UsageError(message.into()))
}

/// Everything `check` needs.
#[derive(Debug)]
pub struct CheckSettings {
    /// The tasks, each once.
    pub tasks: Vec<Id>,
    /// Their CodeArts project.
    pub project_id: Option<Id>,
    /// Whether to start a run.
    pub start: bool,
    /// What to do about an active one.
    pub if_running: IfRunning,
    /// Time for the wait.
    pub timeout: WaitLimit,
    /// When to poll.
    pub schedule: Schedule,
    /// How long a success that nothing confirms must stand, if not as usual.
    pub max_doubt: Option<Duration>,
    /// When to stop the remote run.
    pub stop_on_cancel: StopOnCancel,
    /// Outcomes that become exit 0.
    pub allow: Vec<Outcome>,
    /// May the code be merged?
    pub gate: GateSettings,
    /// Which findings are listed, and where.
    pub findings: FindingSettings,
    /// Whether to bring back the PDF.
    pub wants_pdf: bool,
    /// Where it goes.
    pub report: ReportSettings,
    /// How to publish; `None`: not at all.
    pub publish: Option<Publisher>,
    /// Why there is no place for it here, if there is none.
    pub lacks_place: Option<String>,
    /// Whether to print the document.
    pub json: bool,
}

impl CheckSettings {
    /// Resolves what was typed.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn resolve(args: CheckArgs, environment: &Environment) -> Result<(Self, Connection), UsageError> {
        let tasks = task_ids(args.task_ids, environment)?;
        let project_id = args.project_id.map(|id| parse_id("`--project-id`", &id)).transpose()?;
        let wants_pdf = args.report.contains(&ReportFormat::Pdf);
        if args.report.len() > 1 && args.report.contains(&ReportFormat::None) {
            return usage("`--report none` can not be combined with another report");
        }
        if !wants_pdf && args.publish.publish.contains(&PublishTarget::Artifact) {
            return usage("`--publish artifact` needs a report; leave out `--report none`");
        }
        let mut report = ReportSettings::resolve(args.files, environment)?;
        let wait = positive_duration("--timeout", &args.wait.timeout)?;
        let session = wait + report.timeout + SESSION_MARGIN;
        let connection =
            Connection::resolve(args.connection, Site::Check, args.site.endpoint, session, environment)?;
        let timeout;
        (timeout, report.timeout) = within_job(wait, report.timeout, environment.time_left());
        let named = args.publish.publish.clone();
        let way = publish::resolve(args.publish, environment, &tasks, &connection.http, &report.directory)?;
        let settings = Self {
            gate: GateSettings::resolve(args.gate, tasks.len())?,
            findings: FindingSettings::resolve(args.findings, &args.report, &named, environment)?,
            lacks_place: if let Way::Nowhere(why) = &way { Some(why.clone()) } else { None },
            publish: way.publisher(),
            tasks,
            project_id,
            start: args.start,
            if_running: args.if_running,
            timeout,
            schedule: schedule(&args.wait.poll_interval, &args.wait.poll_budget)?,
            max_doubt: args.max_doubt.map(|text| positive_duration("--max-doubt", &text)).transpose()?,
            stop_on_cancel: args.wait.stop_on_cancel,
            allow: allowed(&args.allow.names)?,
            wants_pdf,
            report,
            json: args.result.json,
        };
        Ok((settings, connection))
    }
}

/// Everything `report` needs.
#[derive(Debug)]
pub struct ReportCommandSettings {
    /// The task.
    pub task: Id,
    /// Where the report goes.
    pub report: ReportSettings,
    /// How to publish; `None`: not at all.
    pub publish: Option<Publisher>,
    /// How to reach the service.
    pub connection: Connection,
}

impl ReportCommandSettings {
    /// Resolves what was typed.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn resolve(args: ReportArgs, environment: &Environment) -> Result<Self, UsageError> {
        let mut tasks = task_ids(args.task_id.into_iter().collect(), environment)?;
        if tasks.len() > 1 {
            return usage("`report` takes one task id");
        }
        let mut report = ReportSettings::resolve(args.files, environment)?;
        let session = report.timeout + SESSION_MARGIN;
        let connection =
            Connection::resolve(args.connection, Site::Check, args.site.endpoint, session, environment)?;
        if let Some(left) = environment.time_left() {
            let (_, limit) = within_job(Duration::ZERO, report.timeout, Some(left));
            if limit < report.timeout {
                tracing::info!(
                    "the job ends before `--report-timeout` (CI_JOB_TIMEOUT): {} for the report",
                    duration(limit)
                );
            }
            report.timeout = limit;
        }
        Ok(Self {
            publish: publish::resolve_for_report(
                args.publish,
                environment,
                &tasks,
                &connection.http,
                &report.directory,
            )?,
            task: tasks.remove(0),
            report,
            connection,
        })
    }
}

/// What `doctor` tries.
#[derive(Debug)]
pub enum DoctorSubject {
    /// A check task.
    Task(Id),
    /// A build job.
    Job(Id),
}

/// Everything `doctor` needs; what is wrong with the connection is one of its findings.
#[derive(Debug)]
pub struct DoctorSettings {
    /// What to try, if anything.
    pub subject: Result<Option<DoctorSubject>, UsageError>,
    /// Directory to try.
    pub directory: PathBuf,
    /// How to reach the service.
    pub connection: Result<Connection, Box<Unresolved>>,
    /// What the CI tells.
    pub ci: CiEnvironment,
    /// How to publish from here, or why not.
    pub publish: Result<Publisher, String>,
}

impl DoctorSettings {
    /// Resolves what was typed; what is wrong with it is for `doctor` to say.
    pub fn resolve(args: DoctorArgs, environment: &Environment) -> Self {
        let typed: Vec<String> = args.task_id.into_iter().collect();
        let has_task = !typed.is_empty() || environment.get("CODEARTS_TASK_ID").is_some();
        let (subject, site, endpoint) = match args.job_id {
            Some(list) => {
                let job =
                    ids("JOB_ID", vec![list], environment).and_then(|jobs| match jobs.into_iter().next() {
                        Some(job) => Ok(Some(DoctorSubject::Job(job))),
                        None => usage("`--job-id` is empty"),
                    });
                (job, Site::Build, args.build_site.build_endpoint)
            }
            None if has_task => {
                let task = task_ids(typed, environment)
                    .map(|tasks| tasks.into_iter().next().map(DoctorSubject::Task));
                (task, Site::Check, args.site.endpoint)
            }
            None => (Ok(None), Site::Check, args.site.endpoint),
        };
        let allows_plain = args.connection.allow_http;
        let http = crate::http::HttpSettings { allows_plain, ..Default::default() };
        Self {
            subject: subject.map_err(|error| environment.name_sources(error)),
            publish: publish::on_offer(environment, &http, &args.directory.report_dir),
            directory: args.directory.report_dir,
            connection: Connection::resolve_all(args.connection, site, endpoint, SESSION_MARGIN, environment)
                .map_err(|unresolved| unresolved.naming_sources(environment)),
            ci: environment.ci().clone(),
        }
    }
}

/// How much is said, and in which form.
pub fn log(args: &LogArgs) -> (LogFormat, Verbosity) {
    let verbosity = if args.quiet {
        Verbosity::Quiet
    } else if args.verbose {
        Verbosity::Verbose
    } else {
        Verbosity::Normal
    };
    (args.log_format, verbosity)
}

fn allowed(names: &[String]) -> Result<Vec<Outcome>, UsageError> {
    let known = || Outcome::ALL.into_iter().filter(|outcome| outcome.can_be_allowed());
    let mut outcomes = Vec::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let found: Vec<Outcome> =
            known().filter(|outcome| outcome.name().eq_ignore_ascii_case(name)).collect();
        if found.is_empty() {
            let all: Vec<&str> = known().map(|outcome| outcome.name()).collect();
            let meant = nearest(&name.to_ascii_lowercase(), all.iter().copied(), SLIP_LIMIT);
            let meant: Vec<String> = meant.iter().map(|name| format!("`{name}`")).collect();
            let name = crate::text::one_line(name, 60);
            return usage(format!(
                "`--allow {name}`: only these can be allowed: {}{}",
                all.join(", "),
                did_you_mean(&meant)
            ));
        }
        outcomes.extend(found);
    }
    Ok(outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{AccessKeys, Credentials};
    use crate::cli::{Cli, Command as Chosen};
    use crate::model::language::Language;
    use crate::wait::Budget;
    use clap::{CommandFactory as _, FromArgMatches as _};
    use std::ffi::OsString;

    const TASK: &str = "2b31ed520aaaaaaebedb6e57aaaaaaaa";

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// Resolves `check ...` as `main` does.
    fn check(arguments: &[&str], variables: &[(&str, &str)]) -> Result<(CheckSettings, Connection), String> {
        let mut environment = environment(variables);
        let typed = ["codearts-gate", "check"].iter().chain(arguments).map(OsString::from).collect();
        let typed = tidy(&Cli::command(), typed);
        let merged =
            with_variables(&Cli::command(), typed, &mut environment).map_err(|error| error.to_string())?;
        let matches = Cli::command().try_get_matches_from(merged).map_err(|error| error.to_string())?;
        match Cli::from_arg_matches(&matches).map_err(|error| error.to_string())?.command {
            Chosen::Check(args) => {
                CheckSettings::resolve(*args, &environment).map_err(|error| error.to_string())
            }
            other => panic!("{other:?}"),
        }
    }

    const KEYS: [(&str, &str); 3] = [
        ("HUAWEICLOUD_SDK_AK", "AK"),
        ("HUAWEICLOUD_SDK_SK", "SK-canary"),
        ("CODEARTS_REGION", "cn-north-4"),
    ];

    fn with_keys<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        KEYS.into_iter().chain(more.iter().copied()).collect()
    }

    #[test]
    fn defaults_are_those_of_the_contract() {
        let (settings, connection) = check(&[TASK], &with_keys(&[])).expect("settings");
        assert_eq!(settings.tasks.len(), 1);
        assert!(!settings.start && !settings.json && settings.wants_pdf);
        assert_eq!(settings.timeout.time, Duration::from_secs(3600));
        assert_eq!(settings.report.timeout, Duration::from_secs(600));
        assert_eq!(settings.schedule, Schedule::Auto(Budget::default()));
        assert_eq!(settings.report.directory, PathBuf::from("codearts-report"));
        assert_eq!(settings.report.language, Language::English);
        assert_eq!(connection.origin.as_str(), "https://codearts-check.cn-north-4.myhuaweicloud.com/");
        assert!(matches!(connection.credentials, Credentials::Keys(..)));
    }

    #[test]
    fn an_option_beats_its_variable_and_an_empty_variable_is_unset() {
        let variables = with_keys(&[
            ("CODEARTS_TIMEOUT", "5m"),
            ("CODEARTS_START", "true"),
            ("CODEARTS_JSON", ""),
            ("CODEARTS_ALLOW", "stopped,report-failed"),
            ("CODEARTS_POLL_INTERVAL", "7s"),
            ("CODEARTS_TASK_ID", "aa, bb,,aa"),
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "acme/widget"),
        ]);
        let (settings, _) = check(&["--timeout", "1h30m"], &variables).expect("settings");
        assert_eq!(settings.timeout.time, Duration::from_secs(5400));
        assert!(settings.start && !settings.json);
        assert_eq!(settings.allow, [Outcome::Stopped, Outcome::ReportFailed]);
        assert_eq!(settings.schedule, Schedule::Fixed(Duration::from_secs(7)));
        let ids: Vec<&str> = settings.tasks.iter().map(Id::as_str).collect();
        assert_eq!(ids, ["aa", "bb"]);
        assert_eq!(settings.report.title, "acme/widget");
    }

    #[test]
    fn what_is_typed_beats_variables_it_excludes() {
        assert!(check(&[TASK, "-q"], &with_keys(&[("CODEARTS_VERBOSE", "true")])).is_ok());
        assert!(check(&[TASK], &with_keys(&[("CODEARTS_VERBOSE", "1"), ("CODEARTS_QUIET", "1")])).is_err());
    }

    #[test]
    fn mistakes_say_what_to_type_instead() {
        let long = "x".repeat(129);
        type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str);
        let cases: [Case<'_>; 18] = [
            (&[], &[], "type `codearts-gate check TASK_ID`"),
            (&["not-an-id"], &[], "an id has up to 32 letters and digits"),
            (&["https://host/x/2b31"], &[], "give only the id"),
            (&[TASK, "--timeout", "0"], &[], "longer than nothing"),
            (&[TASK, "--timeout", "0s"], &[], "longer than nothing"),
            (&[TASK, "--timeout", "30"], &[], "write a duration such as 90s"),
            (&[TASK, "--timeout", "99999h"], &[], "the longest is 7 days"),
            (&[TASK, "--poll-interval", "fast"], &[], "write a duration"),
            (&[TASK, "--poll-interval", "1ns"], &[], "must be 1s or longer"),
            (&[TASK, "--poll-budget", "fast"], &[], "such as 6/min"),
            (&[TASK, "--allow", "usage"], &[], "only these can be allowed: check-failed"),
            (&[TASK, "--region", "mars-1"], &[], "give one of ap-southeast-3"),
            (&[TASK, "--endpoint", "http://example.com"], &[], "use https"),
            (&[TASK, "--report", "pdf,none"], &[], "can not be combined"),
            (&[TASK, "--report-title", &long], &[], "1 to 128 characters"),
            (&[TASK, "--project-id", "a/b"], &[], "--project-id"),
            (&[TASK, "--ca-file", "/nonexistent/ca.pem"], &[], "could not read `--ca-file"),
            (&[TASK], &[("CODEARTS_START", "maybe")], "CODEARTS_START must be true or false"),
        ];
        for (arguments, variables, expected) in cases {
            let error = check(arguments, &with_keys(variables)).expect_err(expected);
            assert!(error.contains(expected), "{arguments:?}: {error}");
            assert!(!error.contains("canary"), "{error}");
        }
        let error = check(&[TASK], &KEYS[..2]).expect_err("no region");
        assert!(error.contains("no region: give `--region`"), "{error}");
    }

    #[test]
    fn the_first_complete_set_of_credentials_wins() {
        let kind = |arguments: &[&str], variables: &[(&str, &str)]| {
            let arguments: Vec<&str> =
                [TASK, "--region", "cn-north-4"].iter().chain(arguments).copied().collect();
            check(&arguments, variables).map(|(_, connection)| connection.credentials)
        };
        let all = [
            ("CODEARTS_TOKEN", "tok\n"),
            ("HW_ACCESS_KEY", "AK"),
            ("HW_SECRET_KEY", "SK"),
            ("HW_SECURITY_TOKEN", "ST"),
            ("CODEARTS_IAM_USER", "u"),
            ("CODEARTS_IAM_PASSWORD", "p w"),
            ("CODEARTS_IAM_DOMAIN", "d"),
        ];
        assert!(matches!(kind(&[], &all), Ok(Credentials::Token(_))));
        assert!(matches!(
            kind(&["--auth", "aksk"], &all),
            Ok(Credentials::Keys(AccessKeys { security_token: Some(_), .. }, None))
        ));
        assert!(matches!(kind(&["--auth", "password"], &all), Ok(Credentials::Password(_))));
        assert!(matches!(kind(&[], &all[4..]), Ok(Credentials::Password(_))));
        let partly = [("HW_ACCESS_KEY", "AK"), all[4], all[5], all[6]];
        assert!(matches!(kind(&[], &partly), Ok(Credentials::Password(_))));
        let elsewhere = [all[1], all[2], ("HUAWEICLOUD_SDK_IAM_ENDPOINT", "nonsense://")];
        assert!(matches!(kind(&[], &elsewhere), Ok(Credentials::Keys(..))));
        let refused: [(&[(&str, &str)], &str); 6] = [
            (&[], "no credentials: set CODEARTS_TOKEN"),
            (&[("HUAWEICLOUD_SDK_AK", "AK"), ("HUAWEICLOUD_SDK_SK", " ")], "HUAWEICLOUD_SDK_SK is empty"),
            (&[("CLOUD_SDK_SK", "SK")], "CLOUD_SDK_AK is empty"),
            (&[("CLOUD_SDK_SK", "SK"), all[4]], "CLOUD_SDK_AK is empty"),
            (&all[4..6], "set CODEARTS_IAM_DOMAIN too"),
            (&[("CODEARTS_TOKEN", "tok canary")], "paste it again"),
        ];
        for (variables, expected) in refused {
            let error = kind(&[], variables).expect_err(expected);
            assert!(error.contains(expected) && !error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn the_sdk_override_of_an_endpoint_counts() {
        let variables = with_keys(&[(
            "HUAWEICLOUD_SDK_REGION_CODEARTSCHECK_CN_NORTH_4",
            "https://check.internal:8443,https://second",
        )]);
        let (_, connection) = check(&[TASK], &variables).expect("settings");
        assert_eq!(connection.origin.as_str(), "https://check.internal:8443/");
    }
}
