//! `demo`: the sandbox and a `check` against it in one process, over real HTTP.

use super::{check, sandbox};
use crate::cli::{Cli, Command, DemoArgs};
use crate::console::Console;
use crate::lifecycle::track::signals::Signals;
use crate::model::outcome::Outcome;
use crate::sandbox::{ACCESS_KEY, SECRET_KEY, Sandbox};
use crate::settings::{CheckSettings, Environment};
use anyhow::{Context as _, bail};
use clap::Parser as _;

/// The task of the demonstration; the sandbox knows every id.
const TASK: &str = "2b31ed520aaaaaaebedb6e57aaaaaaaa";
/// The project of the demonstration, so that a failing step is shown.
const PROJECT: &str = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";

pub(super) async fn run(args: DemoArgs, console: Console, signals: Signals) -> anyhow::Result<Outcome> {
    let sandbox = Sandbox::start(sandbox::named(&args.scenario.name)?, 0)
        .await
        .context("could not start the sandbox")?;
    let origin = sandbox.origin();
    tracing::info!(
        "demo: a sandbox on {origin} plays CodeArts; the real thing needs an account and is slower"
    );
    tracing::info!("running: codearts-gate check {TASK} --start --timeout 1m");
    let mut typed = ["codearts-gate", "check", TASK, "--start", "--timeout", "1m", "--poll-interval", "1s"]
        .map(str::to_owned)
        .to_vec();
    typed.extend(["--report-title", "demo", "--project-id", PROJECT].map(str::to_owned));
    typed.extend([format!("--endpoint={origin}"), "--report-dir".to_owned()]);
    typed.push(args.directory.report_dir.to_str().context("`--report-dir` must be UTF-8")?.to_owned());
    let environment: Environment = [("HUAWEICLOUD_SDK_AK", ACCESS_KEY), ("HUAWEICLOUD_SDK_SK", SECRET_KEY)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    let Command::Check(check_args) = Cli::try_parse_from(typed)?.command else {
        bail!("the demo must run `check`");
    };
    let (settings, connection) = CheckSettings::resolve(*check_args, &environment)?;
    check::check(settings, connection, &console, signals).await
}
