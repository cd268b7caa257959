//! Which findings count.

use super::connection::Connection;
use super::environment::Environment;
use super::publish;
use super::value::refuse;
use crate::cli::FindingArgs;
use crate::diff::{DIFF_LIMIT, unified};
use crate::error::Problem;
use crate::log_problem;
use crate::messages::{SettingsHint, SettingsMessage};
use crate::model::changed_lines::ChangedLines;
use crate::model::scope::Scope;
use crate::publish::CodeReview;
use crate::text::without_mark;
use std::path::Path;
use std::sync::Arc;

/// Stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Which open findings count and are listed.
#[derive(Debug)]
pub struct ScopeSettings {
    /// All, or those on changed lines.
    pub choice: Scope,
    /// The changed lines, where a diff shows them; else the forge does.
    pub diff: Option<Arc<ChangedLines>>,
    /// The way to the pull request that shows them, where none is checked by itself.
    pub review: Option<CodeReview>,
}

impl ScopeSettings {
    /// Resolves what was typed. `pull_request`: the way to the one that is checked, which is asked which lines changed.
    pub(super) fn resolve(
        args: &FindingArgs,
        pull_request: Option<&CodeReview>,
        environment: &Environment,
        connection: &Connection,
    ) -> Result<Self, Problem> {
        let is_known = args.diff.is_some() || pull_request.is_some();
        let choice = args.scope.unwrap_or(if pull_request.is_some() { Scope::Changed } else { Scope::All });
        let diff = args.diff.as_ref().filter(|_| choice == Scope::Changed);
        if args.diff.is_some() && diff.is_none() {
            let unused = Problem::new(SettingsMessage::DiffNotUsed(environment.origin("--diff")));
            log_problem!(warn, unused.hint(SettingsHint::CountChanged));
        }
        if choice == Scope::Changed
            && args.diff.is_none()
            && let Some(forge) = pull_request.and_then(CodeReview::lacks_changed_lines)
        {
            let origin = environment.origin("--pull-request");
            let what = SettingsMessage::ForgeShowsNoLines { origin, forge: forge.title() };
            return Err(Problem::new(what).hint(SettingsHint::AddDiff).hint(SettingsHint::CountAll));
        }
        let mut review = None;
        if choice == Scope::Changed && !is_known {
            let origin = environment.origin("--scope");
            // The pull request of this job is asked, also where the task is judged as CodeArts has it.
            match publish::code_review(&origin, environment, connection) {
                Ok(way) if way.lacks_changed_lines().is_none() => review = Some(way),
                Ok(_) | Err(_) => refuse(SettingsMessage::ScopeWithoutDiff(origin), SettingsHint::AddDiff)?,
            }
        }
        let diff = diff.map(|path| {
            let given = environment.sourced("--diff", path.display().to_string());
            let bytes = match &args.piped {
                Some(piped) => Ok(piped.clone()),
                None => crate::file::read(path, DIFF_LIMIT as u64),
            };
            let bytes = bytes.map_err(|error| {
                crate::file::not_read(SettingsMessage::DiffNotRead(given.clone()), &error)
                    .hint(SettingsHint::MakeDiff)
            })?;
            unified(without_mark(&bytes)).map_err(|error| {
                Problem::new(SettingsMessage::BadDiff(given)).because(error).hint(SettingsHint::MakeDiff)
            })
        });
        Ok(Self { choice, diff: diff.transpose()?.map(Arc::new), review })
    }
}

/// Whether the diff comes through standard input.
pub fn is_diff_piped(args: &FindingArgs) -> bool {
    args.diff.as_deref() == Some(Path::new(STANDARD_INPUT))
}
