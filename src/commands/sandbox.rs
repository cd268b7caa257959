//! `sandbox`: serves the imitation until it is stopped, and says how to point a pipeline at it.

use crate::cli::SandboxArgs;
use crate::console::Console;
use crate::lifecycle::track::signals::Signals;
use crate::model::outcome::Outcome;
use crate::sandbox::scenario::Scenario;
use crate::sandbox::{ACCESS_KEY, DOMAIN, PASSWORD, SECRET_KEY, Sandbox, TOKEN, USER};
use crate::text::without_mark;
use anyhow::Context as _;
use std::fmt::Write as _;
use std::path::Path;

/// Largest scenario file that is read.
const FILE_LIMIT: u64 = 16 * 1024 * 1024;

pub(super) async fn run(
    args: SandboxArgs,
    console: Console,
    mut signals: Signals,
) -> anyhow::Result<Outcome> {
    if args.scenario.name == "list" {
        let lines = Scenario::list().into_iter().fold(String::new(), |mut lines, (name, description)| {
            let _ = writeln!(lines, "{name:<12} {description}");
            lines
        });
        console.document(&lines).context("could not write the list of scenarios")?;
        return Ok(Outcome::Passed);
    }
    let scenario = match &args.scenario_file {
        Some(path) => read(path)?,
        None => named(&args.scenario.name)?,
    };
    let sandbox = Sandbox::start(scenario, args.port)
        .await
        .with_context(|| format!("could not listen on port {}; choose another with `--port`", args.port))?;
    let origin = sandbox.origin();
    tracing::info!("the sandbox listens on {origin}; any task id works; stop it with Ctrl-C");
    tracing::info!(
        "set one of these, then run `codearts-gate check --start 2b31ed520aaaaaaebedb6e57aaaaaaaa`:"
    );
    tracing::info!(
        "  export CODEARTS_ENDPOINT={origin} HUAWEICLOUD_SDK_AK={ACCESS_KEY} HUAWEICLOUD_SDK_SK={SECRET_KEY}"
    );
    tracing::info!("  export CODEARTS_ENDPOINT={origin} CODEARTS_TOKEN={TOKEN}");
    tracing::info!(
        "  export CODEARTS_ENDPOINT={origin} CODEARTS_IAM_ENDPOINT={origin} CODEARTS_REGION=cn-north-4 CODEARTS_IAM_USER={USER} CODEARTS_IAM_PASSWORD={PASSWORD} CODEARTS_IAM_DOMAIN={DOMAIN}"
    );
    signals.next().await;
    Ok(Outcome::Passed)
}

/// A scenario by name.
pub(super) fn named(name: &str) -> anyhow::Result<Scenario> {
    Scenario::named(name).with_context(|| {
        let known: Vec<&str> = Scenario::list().into_iter().map(|(name, _)| name).collect();
        format!("there is no scenario `{name}`; choose one of {}", known.join(", "))
    })
}

fn read(path: &Path) -> anyhow::Result<Scenario> {
    let shown = path.display();
    let text = crate::file::read(path, FILE_LIMIT).with_context(|| format!("could not read `{shown}`"))?;
    serde_json::from_slice(without_mark(&text)).with_context(|| format!("`{shown}` is not a scenario"))
}
