//! `sandbox`: serves the imitation until it is stopped, and says how to point a pipeline at it.

use crate::cli::SandboxArgs;
use crate::console::Console;
use crate::error::Problem;
use crate::file::not_read;
use crate::lifecycle::track::signals::Signals;
use crate::log_problem;
use crate::messages::{CommandHint, CommandMessage, SettingsHint};
use crate::model::outcome::Outcome;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::{ACCESS_KEY, DOMAIN, EXAMPLE_TASK, PASSWORD, SECRET_KEY, Sandbox, TOKEN, USER};
use crate::text::without_mark;
use std::fmt::Write as _;
use std::path::Path;

/// In place of a scenario: the list of all.
pub(super) const LIST: &str = "list";
/// Largest scenario file that is read.
const FILE_LIMIT: u64 = 16 * 1024 * 1024;

pub(super) async fn run(
    args: SandboxArgs,
    console: Console,
    mut signals: Signals,
) -> anyhow::Result<Outcome> {
    if args.scenario.name == LIST {
        return list(&console);
    }
    let scenario = match &args.scenario_file {
        Some(path) => read(path)?,
        None => named(&args.scenario.name)?,
    };
    let sandbox = start(scenario, args.port).await?;
    let origin = sandbox.origin();
    let listens = Problem::new(CommandMessage::SandboxListens(origin.clone()));
    log_problem!(info, listens.hint(CommandHint::StopSandbox));
    tracing::info!("{}", CommandMessage::SandboxUse(format!("codearts-gate check --start {EXAMPLE_TASK}")));
    for mut variables in [
        vec![("HUAWEICLOUD_SDK_AK", ACCESS_KEY), ("HUAWEICLOUD_SDK_SK", SECRET_KEY)],
        vec![("CODEARTS_TOKEN", TOKEN)],
        vec![
            ("CODEARTS_IAM_ENDPOINT", &*origin),
            ("CODEARTS_REGION", "cn-north-4"),
            ("CODEARTS_IAM_USER", USER),
            ("CODEARTS_IAM_PASSWORD", PASSWORD),
            ("CODEARTS_IAM_DOMAIN", DOMAIN),
        ],
    ] {
        variables.insert(0, ("CODEARTS_ENDPOINT", &*origin));
        let variables = variables.into_iter().map(|(name, value)| (name, value.to_owned()));
        tracing::info!("{}", CommandMessage::Export(variables.collect()));
    }
    signals.next().await;
    Ok(Outcome::Passed)
}

/// Prints what the scenarios are.
pub(super) fn list(console: &Console) -> anyhow::Result<Outcome> {
    let lines = Scenario::list().into_iter().fold(String::new(), |mut lines, (name, description)| {
        let _ = writeln!(lines, "{name:<18} {description}");
        lines
    });
    let printed = console.document(&lines);
    printed.map_err(|error| Problem::new(CommandMessage::ScenariosNotPrinted).because(error))?;
    Ok(Outcome::Passed)
}

/// Starts the sandbox; port 0 is a free one.
pub(super) async fn start(scenario: Scenario, port: u16) -> Result<Sandbox, Problem> {
    Sandbox::start(scenario, port).await.map_err(|error| {
        Problem::new(CommandMessage::PortNotOpened(port)).because(error).hint(CommandHint::OtherPort)
    })
}

/// A scenario by name.
pub(super) fn named(name: &str) -> Result<Scenario, Problem> {
    Scenario::named(name).ok_or_else(|| {
        let known = Scenario::list().into_iter().map(|(name, _)| name.to_owned()).collect();
        Problem::new(CommandMessage::UnknownScenario(name.to_owned())).hint(SettingsHint::OneOf(known))
    })
}

fn read(path: &Path) -> Result<Scenario, Problem> {
    let shown = || path.display().to_string();
    let text = crate::file::read(path, FILE_LIMIT)
        .map_err(|error| not_read(CommandMessage::ScenarioNotRead(shown()), &error))?;
    serde_json::from_slice(without_mark(&text))
        .map_err(|error| Problem::new(CommandMessage::NotAScenario(shown())).because(error))
}
