//! What may be found: gates, which findings are listed, and in which files.

use super::environment::Environment;
use super::value::refuse;
use crate::cli::{FindingArgs, GateArgs};
use crate::codearts::findings::{PAGES_AT_ONCE, PAGES_AT_ONCE_LIMIT};
use crate::error::Problem;
use crate::messages::{SettingsHint, SettingsMessage};
use crate::model::finding::{PerSeverity, Severity, Status};
use crate::model::gate::{Counted, GateMode, Limits, Rules};
use crate::model::sourced::{Origin, Sourced};
use crate::publish::{PublishChoice, Target};
use crate::report::format::Format;
use crate::report::formats::{Entry, FORMATS, Maker, ReportChoice};
use crate::report::formats::{html, junit, junit_findings, sarif};
use crate::report::lists::baseline::Baseline;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// May the code be merged?
#[derive(Debug)]
pub struct GateSettings {
    /// How much the service's gate counts.
    pub mode: GateMode,
    /// How many findings there may be.
    pub thresholds: Limits,
    /// Where those come from that were given.
    pub origins: Vec<(Counted, Origin)>,
    /// Findings that do not count against the first half of the thresholds.
    pub baseline: Option<Arc<Baseline>>,
    /// Where to write the next baseline.
    pub write_baseline: Option<PathBuf>,
    /// Where neither the service's gate nor a threshold decides, whether no open finding is allowed.
    pub needs_no_finding: bool,
}

impl GateSettings {
    /// Resolves what was typed. `is_shared`: whether other tasks have this option from the same place.
    pub(super) fn resolve(
        args: GateArgs,
        is_shared: impl Fn(&str) -> bool,
        has_pull_request: bool,
        environment: &Environment,
    ) -> anyhow::Result<Self> {
        let thresholds = Limits {
            open: PerSeverity {
                critical: args.max_critical,
                major: args.max_major,
                minor: args.max_minor,
                suggestion: args.max_suggestion,
                issues: args.max_issues,
            },
            new: PerSeverity {
                critical: args.max_new_critical,
                major: args.max_new_major,
                minor: args.max_new_minor,
                suggestion: args.max_new_suggestion,
                issues: args.max_new_issues,
            },
        };
        if args.baseline.is_some() && thresholds.open == PerSeverity::default() {
            let origin = environment.origin("--baseline");
            refuse(SettingsMessage::BaselineWithoutThreshold(origin), SettingsHint::AddThreshold)?;
        }
        let baselines = [("--baseline", &args.baseline), ("--write-baseline", &args.write_baseline)];
        let is_of_several = |(option, path): &(&str, &Option<PathBuf>)| path.is_some() && is_shared(option);
        if let Some((option, _)) = baselines.into_iter().find(is_of_several) {
            let origin = environment.origin(option);
            refuse(SettingsMessage::BaselineOfTasks(origin), SettingsHint::OneTaskEach)?;
        }
        if let Some(path) = &args.write_baseline {
            may_be_replaced(&environment.sourced("--write-baseline", path))?;
        }
        Ok(Self {
            mode: args.gate,
            thresholds,
            origins: Counted::all()
                .filter_map(|name| Some((name, environment.given(&name.option())?.origin.clone())))
                .collect(),
            baseline: args.baseline.map(|path| Baseline::read(&path)).transpose()?.map(Arc::new),
            write_baseline: args.write_baseline,
            needs_no_finding: has_pull_request,
        })
    }

    /// Whether anything is to be decided.
    pub fn decides(&self) -> bool {
        self.mode != GateMode::Off || !self.thresholds.is_empty()
    }

    /// Whether findings are compared with those of other runs.
    pub fn compares(&self) -> bool {
        self.baseline.is_some() || self.write_baseline.is_some()
    }

    /// What decides.
    pub fn rules(&self) -> Rules<'_> {
        let Self { mode, thresholds: limits, needs_no_finding, .. } = *self;
        Rules { mode, limits, origins: &self.origins, needs_no_finding }
    }

    /// Whether the number of findings may decide.
    pub fn counts_findings(&self) -> bool {
        !self.thresholds.is_empty() || self.needs_no_finding && self.mode == GateMode::Auto
    }
}

/// A new baseline replaces an old one, and nothing else.
fn may_be_replaced(path: &Sourced<&PathBuf>) -> Result<(), Problem> {
    let given = || Sourced { value: path.value.display().to_string(), origin: path.origin.clone() };
    let path = path.value;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if !directory.is_none_or(Path::is_dir) {
        return Err(Problem::new(SettingsMessage::BaselineDirectory(given())));
    }
    match std::fs::metadata(path) {
        Ok(about) if !about.is_file() || about.len() > 0 && Baseline::read(path).is_err() => {
            Err(Problem::new(SettingsMessage::NotABaseline(given())))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Which findings are listed, and where.
#[derive(Debug)]
pub struct FindingSettings {
    /// Of these severities; empty: of all.
    pub severities: Vec<Severity>,
    /// In these states.
    pub statuses: Vec<Status>,
    /// Cut off the front of paths.
    pub prefixes: Vec<String>,
    /// The files.
    pub formats: Vec<&'static Entry>,
    /// The checkout.
    pub sources: PathBuf,
    /// Pages that are asked for at the same time.
    pub pages_at_once: usize,
}

impl FindingSettings {
    /// Resolves what was typed. `reports`: what `--report` names. `has_pull_request`: whether a pull request is checked, of which
    /// there may be no PDF, so that the page may have to take its place.
    pub(super) fn resolve(
        args: FindingArgs,
        reports: &[ReportChoice],
        publish: &[PublishChoice],
        has_pull_request: bool,
        environment: &Environment,
    ) -> Result<Self, Problem> {
        let is_wanted = |entry: &&Entry| {
            let is_uploaded =
                entry.format == &sarif::FORMAT && publish.contains(&PublishChoice::To(Target::Sarif));
            let stands_in =
                has_pull_request && entry.format == &html::FORMAT && reports.contains(&ReportChoice::PDF);
            let has_verdict = entry.format == &junit::FORMAT
                && reports.contains(&ReportChoice::As(&junit_findings::FORMAT));
            is_uploaded || stands_in || has_verdict || reports.contains(&ReportChoice::As(entry.format))
        };
        let is_file = |entry: &&Entry| !matches!(entry.maker, Maker::Service);
        let formats: Vec<&'static Entry> = FORMATS.iter().filter(is_file).filter(is_wanted).collect();
        let sources = environment.ci().facts.workspace.clone().filter(|path| path.is_dir());
        Ok(Self {
            severities: args.severity,
            statuses: args.status,
            prefixes: args.strip_prefix,
            formats,
            pages_at_once: args.pages_at_once.unwrap_or(PAGES_AT_ONCE).clamp(1, PAGES_AT_ONCE_LIMIT),
            sources: sources.unwrap_or_else(|| PathBuf::from(".")),
        })
    }
}

impl FindingSettings {
    /// Whether files of this format are asked for.
    pub fn wants(&self, format: &Format) -> bool {
        self.formats.iter().any(|entry| entry.format == format)
    }
}
