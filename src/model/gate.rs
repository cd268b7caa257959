//! May the code be merged? The service's own quality gate and the thresholds of the command line become one decision. A
//! pure rule: what is not known never counts as met.

use crate::model::choice::Choice;
use crate::model::finding::{Counts, PerSeverity, Severity};
use crate::model::sourced::Origin;
use serde::{Serialize, Serializer};
use std::fmt;

/// Result of the CodeArts quality gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum ServiceGate {
    /// Passed, or no condition is switched on.
    Passed,
    /// Not passed.
    NotPassed,
    /// CodeArts reported nothing, or an undocumented word.
    #[default]
    Unknown,
}

/// How the CodeArts quality gate counts (`--gate`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum GateMode {
    /// Fail if it failed; a notice if it is unknown.
    #[default]
    Auto,
    /// Fail unless it passed.
    Required,
    /// Ignore it.
    Off,
}

impl Choice for GateMode {
    fn all() -> Vec<Self> {
        vec![Self::Auto, Self::Required, Self::Off]
    }

    fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Required => "required",
            Self::Off => "off",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Auto => "Fail if the quality gate failed; log a notice if its status is unknown",
            Self::Required => "Fail unless the quality gate passed",
            Self::Off => "Ignore the quality gate",
        }
    }
}

/// Which findings a threshold counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct Counted {
    /// Only those that the service calls new; else all open ones.
    pub is_new: bool,
    /// Of this severity; `None`: of all.
    pub severity: Option<Severity>,
}

impl Counted {
    /// Everything that can be counted.
    pub fn all() -> impl Iterator<Item = Self> {
        let severities = || Severity::ALL.into_iter().map(Some).chain([None]);
        [false, true]
            .into_iter()
            .flat_map(move |is_new| severities().map(move |severity| Self { is_new, severity }))
    }

    /// The option that limits it.
    pub fn option(self) -> String {
        format!("--max-{self}")
    }
}

/// As `--max-...` and the document name it.
impl fmt::Display for Counted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let new = if self.is_new { "new-" } else { "" };
        write!(formatter, "{new}{}", self.severity.map_or("issues", Severity::name))
    }
}

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How many findings there may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Open ones.
    pub open: PerSeverity<Option<u64>>,
    /// Those that the service calls new.
    pub new: PerSeverity<Option<u64>>,
}

impl Limits {
    /// Those that need no list of findings: the service counts what is new itself.
    #[must_use]
    pub fn without_list(self) -> Self {
        Self { new: self.new, ..Self::default() }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules<'a> {
    /// How the CodeArts quality gate counts.
    pub mode: GateMode,
    /// The thresholds.
    pub limits: Limits,
    /// Where they come from.
    pub origins: &'a [(Counted, Origin)],
    /// Where neither the gate nor a threshold decides, whether no open finding is allowed: the rule for pull requests.
    pub needs_no_finding: bool,
}

/// Why what CodeArts shows may be about another run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum Doubt {
    /// This run has begun since.
    OtherRun(String),
    /// CodeArts does not list its runs.
    NoRuns,
}

/// Why the result of the CodeArts quality gate is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum UnknownGate {
    /// It may be another run's.
    Doubtful(Doubt),
    /// This value is not documented.
    Undocumented(String),
    /// There is none.
    NotReported,
}

/// Why it is not a pass.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum GateFailure {
    /// The CodeArts quality gate failed.
    NotPassed,
    /// Its result is unknown, and `--gate required` needs one.
    Unknown(UnknownGate),
    /// A threshold was not met.
    Threshold {
        /// Which, and by how much.
        result: ThresholdResult,
        /// Who has set it.
        origin: Origin,
        /// Why the number may be unknown.
        doubt: Option<Doubt>,
    },
    /// There are open findings, or perhaps, where none is allowed because nothing else decides.
    OpenFindings(Option<u64>),
}

/// What is known when the decision is made.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The service's gate.
    pub service: ServiceGate,
    /// What stands where the gate's answer should, as it is quoted, if that is not documented.
    pub undocumented: Option<String>,
    /// Why what the service shows does not count, if it does not.
    pub doubt: Option<Doubt>,
    /// Findings that count against the thresholds.
    pub counts: Option<Counts>,
    /// Findings that are new, each count where the service reports it.
    pub new_counts: PerSeverity<Option<u64>>,
}

/// The quality gate and the thresholds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct GateResult {
    /// Result of the CodeArts quality gate.
    pub service: ServiceGate,
    /// How that result counts.
    pub mode: GateMode,
    /// Thresholds (`--max-...`) and whether they were met.
    pub thresholds: Vec<ThresholdResult>,
}

/// A threshold and whether it was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct ThresholdResult {
    /// What is counted.
    pub name: Counted,
    /// Maximum number of findings.
    pub limit: u64,
    /// Actual number of findings; `null` when it is not known.
    pub actual: Option<u64>,
    /// Whether it was met.
    pub passed: bool,
}

impl GateResult {
    /// Whether the service's own gate is met; `None`: it does not matter.
    pub fn is_service_met(&self) -> Option<bool> {
        match (self.mode, self.service) {
            (GateMode::Off, _) | (GateMode::Auto, ServiceGate::Unknown) => None,
            (GateMode::Auto | GateMode::Required, service) => Some(service == ServiceGate::Passed),
        }
    }
}

/// The decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The result of each gate.
    pub result: GateResult,
    /// Why it is not a pass; empty: it is one.
    pub failures: Vec<GateFailure>,
    /// Why the CodeArts quality gate is unknown, where that does not count.
    pub notice: Option<UnknownGate>,
    /// Whether the rule decided that no open finding is allowed. It stands among the thresholds.
    pub is_by_findings: bool,
}

/// Decides.
pub fn decide(rules: &Rules<'_>, known: &Known) -> Decision {
    let Rules { mode, mut limits, origins, needs_no_finding } = *rules;
    let origin = |name: Counted| {
        let known = origins.iter().find(|(counted, _)| *counted == name);
        known.map_or_else(|| Origin::Flag(name.option()), |(_, origin)| origin.clone())
    };
    let mut failures = Vec::new();
    let mut notice = None;
    let unknown = match (&known.doubt, &known.undocumented) {
        (Some(doubt), _) => UnknownGate::Doubtful(doubt.clone()),
        (None, Some(value)) => UnknownGate::Undocumented(value.clone()),
        (None, None) => UnknownGate::NotReported,
    };
    match (mode, known.service) {
        (GateMode::Off, _) | (_, ServiceGate::Passed) => {}
        (_, ServiceGate::NotPassed) => failures.push(GateFailure::NotPassed),
        (GateMode::Required, ServiceGate::Unknown) => failures.push(GateFailure::Unknown(unknown)),
        (GateMode::Auto, ServiceGate::Unknown) => notice = Some(unknown),
    }
    let is_by_findings = needs_no_finding && limits.is_empty() && notice.is_some();
    if is_by_findings {
        limits.open.issues = Some(0);
    }
    let open = known.counts.map_or_else(PerSeverity::default, |counts| counts.map(Some));
    let mut results = compare(false, limits.open, open);
    results.extend(compare(true, limits.new, known.new_counts));
    failures.extend(results.iter().filter(|threshold| !threshold.passed).map(
        |threshold| match is_by_findings {
            true => GateFailure::OpenFindings(threshold.actual),
            false => GateFailure::Threshold {
                result: threshold.clone(),
                origin: origin(threshold.name),
                doubt: known.doubt.clone(),
            },
        },
    ));
    let result = GateResult { service: known.service, mode, thresholds: results };
    Decision { result, failures, notice, is_by_findings }
}

/// Holds the counts against the limits that there are.
fn compare(
    is_new: bool,
    limits: PerSeverity<Option<u64>>,
    actual: PerSeverity<Option<u64>>,
) -> Vec<ThresholdResult> {
    let pairs = limits.zip(actual);
    let severities = pairs.severities().map(|(severity, pair)| (Some(severity), pair));
    severities
        .into_iter()
        .chain([(None, pairs.issues)])
        .filter_map(|(severity, (limit, actual))| {
            let limit = limit?;
            let passed = actual.is_some_and(|actual| actual <= limit);
            Some(ThresholdResult { name: Counted { is_new, severity }, limit, actual, passed })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(service: ServiceGate, counts: [u64; 5]) -> Known {
        Known { service, counts: Some(Counts::from_array(counts)), ..Known::default() }
    }

    fn rules(mode: GateMode, limits: Limits) -> Rules<'static> {
        Rules { mode, limits, ..Rules::default() }
    }

    /// (mode, gate, `--max-issues`, open findings) -> (passes, by findings), where neither gate nor threshold may decide.
    #[test]
    fn a_pull_request_without_another_rule_needs_no_finding() {
        use GateMode::*;
        use ServiceGate::*;
        let cases = [
            (Auto, Unknown, None, Some(0), (true, true)),
            (Auto, Unknown, None, Some(1), (false, true)),
            (Auto, Unknown, None, None, (false, true)),
            (Auto, Unknown, Some(1), Some(1), (true, false)),
            (Auto, Unknown, Some(1), Some(2), (false, false)),
            (Auto, Passed, None, Some(1), (true, false)),
            (Auto, NotPassed, None, Some(0), (false, false)),
            (Required, Unknown, None, Some(0), (false, false)),
            (Required, Passed, None, Some(1), (true, false)),
            (Off, Unknown, None, Some(1), (true, false)),
            (Off, NotPassed, Some(0), Some(0), (true, false)),
        ];
        for (mode, service, issues, open, expected) in cases {
            let open = open.map(|open| Counts::from_array([0, 0, 0, open, open]));
            let limits =
                Limits { open: PerSeverity { issues, ..PerSeverity::default() }, ..Limits::default() };
            let known = Known { service, counts: open, ..Known::default() };
            let decision = decide(&Rules { needs_no_finding: true, ..rules(mode, limits) }, &known);
            let shown = (decision.failures.is_empty(), decision.is_by_findings);
            assert_eq!(shown, expected, "{mode:?} {service:?} {issues:?} {open:?}");
            let has_threshold = issues.is_some() || decision.is_by_findings;
            assert_eq!(decision.result.thresholds.len(), usize::from(has_threshold));
        }
    }

    #[test]
    fn the_gate_of_the_service_by_mode() {
        use GateMode::*;
        use ServiceGate::*;
        let cases = [
            (Auto, Passed, true, false),
            (Auto, NotPassed, false, false),
            (Auto, Unknown, true, true),
            (Required, Passed, true, false),
            (Required, NotPassed, false, false),
            (Required, Unknown, false, false),
            (Off, Passed, true, false),
            (Off, NotPassed, true, false),
            (Off, Unknown, true, false),
        ];
        for (mode, service, passes, has_notice) in cases {
            let decision = decide(&rules(mode, Limits::default()), &known(service, [0; 5]));
            assert_eq!(decision.failures.is_empty(), passes, "{mode:?} {service:?}");
            assert_eq!(decision.notice.is_some(), has_notice, "{mode:?} {service:?}");
            assert_eq!(decision.result.service, service);
        }
    }

    #[test]
    fn thresholds_are_met_up_to_their_limit_and_never_by_an_unknown_count() {
        let open = PerSeverity { critical: Some(0), issues: Some(7), ..PerSeverity::default() };
        let thresholds = Limits { open, ..Limits::default() };
        let broken = |known: &Known| {
            let results = decide(&rules(GateMode::Auto, thresholds), known).result.thresholds;
            let broken = results.into_iter().filter(|threshold| !threshold.passed);
            broken.map(|threshold| (threshold.name.to_string(), threshold.actual)).collect::<Vec<_>>()
        };
        assert_eq!(broken(&known(ServiceGate::Passed, [0, 9, 9, 9, 7])), []);
        let expected = [("critical".to_owned(), Some(1)), ("issues".to_owned(), Some(8))];
        assert_eq!(broken(&known(ServiceGate::Passed, [1, 0, 0, 0, 8])), expected);
        let unknown = Known { counts: None, ..known(ServiceGate::Passed, [0; 5]) };
        assert_eq!(decide(&rules(GateMode::Off, thresholds), &unknown).failures.len(), 2);
    }

    #[test]
    fn an_unknown_result_has_its_cause() {
        let unknown = |mode, undocumented: Option<&str>, doubt: Option<Doubt>| {
            let known = Known { undocumented: undocumented.map(str::to_owned), doubt, ..Known::default() };
            let Decision { failures, notice, .. } = decide(&rules(mode, Limits::default()), &known);
            (failures, notice)
        };
        let quoted = UnknownGate::Undocumented("xyz".to_owned());
        assert_eq!(unknown(GateMode::Auto, Some("xyz"), None), (vec![], Some(quoted.clone())));
        let required = vec![GateFailure::Unknown(quoted)];
        assert_eq!(unknown(GateMode::Required, Some("xyz"), None), (required, None));
        let doubtful = UnknownGate::Doubtful(Doubt::NoRuns);
        assert_eq!(unknown(GateMode::Auto, Some("xyz"), Some(Doubt::NoRuns)), (vec![], Some(doubtful)));
        assert_eq!(unknown(GateMode::Auto, None, None), (vec![], Some(UnknownGate::NotReported)));
    }

    #[test]
    fn new_findings_count_where_codearts_reports_them() {
        let issues = PerSeverity { issues: Some(0), ..PerSeverity::default() };
        let thresholds = Limits { new: issues, ..Limits::default() };
        for (new, passes) in [(Some(0), true), (Some(2), false), (None, false)] {
            let known = Known {
                new_counts: PerSeverity { issues: new, ..PerSeverity::default() },
                ..known(ServiceGate::Passed, [9; 5])
            };
            let decision = decide(&rules(GateMode::Auto, thresholds), &known);
            assert_eq!(decision.failures.is_empty(), passes, "{new:?}");
            assert_eq!(decision.result.thresholds[0].actual, new);
        }
    }
}
