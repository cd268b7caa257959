//! `sandbox`.

use super::number::port;
use super::shared::{LogArgs, ScenarioArgs};
use clap::Args;
use std::path::PathBuf;

/// Options of `sandbox`.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// What the mock does.
    #[command(flatten)]
    pub scenario: ScenarioArgs,
    /// Run your own scenario, a JSON file
    #[arg(long, value_name = "FILE", conflicts_with = "scenario")]
    pub scenario_file: Option<PathBuf>,
    /// Port on 127.0.0.1; 0 selects a free port
    #[arg(long, value_parser = port, default_value_t = 8420)]
    pub port: u16,
    /// Log options.
    #[command(flatten)]
    pub log: LogArgs,
}
