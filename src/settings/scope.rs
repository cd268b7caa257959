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
use crate::model::sourced::Origin;
use crate::publish::CodeReview;
use crate::text::without_mark;
use std::path::Path;
use std::sync::Arc;

/// Stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Where the changed lines are shown, if only findings on these count for a task.
#[derive(Debug)]
pub struct ScopeSettings {
    /// The changed lines, where a diff shows them; else the forge does.
    pub diff: Option<Arc<ChangedLines>>,
    /// The way to the pull request that shows them, where none is checked by itself.
    pub review: Option<CodeReview>,
}

impl ScopeSettings {
    /// Resolves what was typed. `changed`: what asks for the changed lines, if anything does. `pull_request`: the way to the one that is checked, which is asked which lines changed.
    pub(super) fn resolve(
        args: &FindingArgs,
        changed: Option<Origin>,
        pull_request: Option<&CodeReview>,
        environment: &Environment,
        connection: &Connection,
    ) -> Result<Self, Problem> {
        let is_known = args.diff.is_some() || pull_request.is_some();
        let diff = args.diff.as_ref().filter(|_| changed.is_some());
        if args.diff.is_some() && diff.is_none() {
            let unused = Problem::new(SettingsMessage::DiffNotUsed(environment.origin("--diff")));
            log_problem!(warn, unused.hint(SettingsHint::CountChanged));
        }
        if changed.is_some()
            && args.diff.is_none()
            && let Some(forge) = pull_request.and_then(CodeReview::lacks_changed_lines)
        {
            let origin = environment.origin("--pull-request");
            let what = SettingsMessage::ForgeShowsNoLines { origin, forge: forge.title() };
            return Err(Problem::new(what).hint(SettingsHint::AddDiff).hint(SettingsHint::CountAll));
        }
        let mut review = None;
        if let Some(origin) = changed.filter(|_| !is_known) {
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
        Ok(Self { diff: diff.transpose()?.map(Arc::new), review })
    }
}

/// Whether the diff comes through standard input.
pub fn is_diff_piped(args: &FindingArgs) -> bool {
    args.diff.as_deref() == Some(Path::new(STANDARD_INPUT))
}
