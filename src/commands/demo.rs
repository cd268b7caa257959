//! `demo`: the sandbox and a `check` against it in one process, over real HTTP.

use super::{check, sandbox};
use crate::cli::{CheckArgs, DemoArgs};
use crate::console::Console;
use crate::lifecycle::track::signals::Signals;
use crate::messages::CommandMessage;
use crate::model::outcome::Outcome;
use crate::sandbox::{ACCESS_KEY, EXAMPLE_TASK, FORGE_TOKEN, SECRET_KEY};
use crate::settings::{CheckSettings, Environment};
use clap::{Args as _, FromArgMatches as _};
use std::ffi::OsString;

/// The project of the demonstration, so that a failing step is shown.
const PROJECT: &str = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";

/// The beginning of the addresses of pull requests.
const CHANGE: &str = "https://github.com/acme/widget/pull/";

pub(super) async fn run(args: DemoArgs, console: Console, signals: Signals) -> anyhow::Result<Outcome> {
    if args.scenario.name == sandbox::LIST {
        return sandbox::list(&console);
    }
    let scenario = sandbox::named(&args.scenario.name)?;
    let pull_request = scenario.pull_requests.keys().next().map(u64::to_string);
    let sandbox = sandbox::start(scenario, 0).await?;
    let origin = sandbox.origin();
    tracing::info!("{}", CommandMessage::Demo(origin.clone()));
    let what = match &pull_request {
        Some(number) => vec!["--pull-request", number],
        None => vec!["--start"],
    };
    let shown = [&["check", EXAMPLE_TASK], &what[..], &["--timeout", "1m"]].concat();
    tracing::info!("{}", CommandMessage::Running(format!("codearts-gate {}", shown.join(" "))));
    let further =
        ["--poll-interval", "1s", "--report-title", "demo", "--project-id", PROJECT, "--publish", "none"];
    let mut typed: Vec<OsString> = shown.iter().chain(&further).map(OsString::from).collect();
    typed.extend(["--endpoint".into(), origin.into(), "--report-dir".into()]);
    typed.push(args.directory.report_dir.into());
    let matches = CheckArgs::augment_args(clap::Command::new("check")).try_get_matches_from(typed)?;
    let check_args = CheckArgs::from_arg_matches(&matches)?;
    let mut variables =
        vec![("HUAWEICLOUD_SDK_AK", ACCESS_KEY.to_owned()), ("HUAWEICLOUD_SDK_SK", SECRET_KEY.to_owned())];
    if let Some(number) = &pull_request {
        variables.extend([
            ("JENKINS_URL", sandbox.origin()),
            ("CHANGE_URL", format!("{CHANGE}{number}")),
            ("GITHUB_API_URL", sandbox.origin()),
            ("GITHUB_TOKEN", FORGE_TOKEN.to_owned()),
        ]);
    }
    let environment: Environment =
        variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let (settings, connection) = CheckSettings::resolve(check_args, &environment)?;
    check::check(settings, connection, &console, signals).await
}
