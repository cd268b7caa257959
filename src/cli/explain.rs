//! `explain`.

use super::shared::LanguageArgs;
use clap::Args;

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// An exit code, or the name of an outcome [default: all]
    pub code: Option<String>,
    /// Its language.
    #[command(flatten)]
    pub language: LanguageArgs,
}
