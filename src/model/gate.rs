//! May the code be merged? The service's own quality gate and the thresholds of the command line become one decision. A
//! pure rule: what is not known never counts as met.

use crate::model::choice::Choice;
use crate::model::finding::{Counts, PerSeverity, Severity};
use serde::{Serialize, Serializer};
use std::fmt;

/// Result of the CodeArts quality gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
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
pub struct Counted {
    /// Only those that the service calls new; else all open ones.
    pub is_new: bool,
    /// Of this severity; `None`: of all.
    pub severity: Option<Severity>,
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

/// What is known when the decision is made.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The service's gate.
    pub service: ServiceGate,
    /// What stands where the gate's answer should, as it is quoted, if that is not documented.
    pub undocumented: Option<String>,
    /// Why what the service shows does not count, if it does not.
    pub doubt: Option<String>,
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
    /// What each gate said.
    pub result: GateResult,
    /// Why it is no pass; empty: it is one.
    pub failures: Vec<String>,
    /// What should be known although it is a pass.
    pub notice: Option<String>,
}

/// Decides.
pub fn decide(mode: GateMode, limits: &Limits, known: &Known) -> Decision {
    let mut failures = Vec::new();
    let mut notice = None;
    let unsaid = match (&known.doubt, &known.undocumented) {
        (Some(doubt), _) => format!("whether the CodeArts quality gate was passed is not known: {doubt}"),
        (None, Some(value)) => {
            format!("CodeArts reported `{value}`, an undocumented value, as the result of its quality gate")
        }
        (None, None) => "the service does not say whether the CodeArts quality gate was passed".to_owned(),
    };
    match (mode, known.service) {
        (GateMode::Off, _) | (_, ServiceGate::Passed) => {}
        (_, ServiceGate::NotPassed) => failures.push("the CodeArts quality gate was not passed".to_owned()),
        (GateMode::Required, ServiceGate::Unknown) => failures.push(format!("{unsaid} (`--gate required`)")),
        (GateMode::Auto, ServiceGate::Unknown) => notice = Some(unsaid),
    }
    let open = known.counts.map_or_else(PerSeverity::default, |counts| counts.map(Some));
    let mut results = compare(false, limits.open, open);
    results.extend(compare(true, limits.new, known.new_counts));
    failures.extend(
        results
            .iter()
            .filter(|threshold| !threshold.passed)
            .map(|threshold| describe(threshold, known.doubt.as_deref())),
    );
    let result = GateResult { service: known.service, mode, thresholds: results };
    Decision { result, failures, notice }
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

/// `3 critical findings, at most 0 allowed`.
fn describe(threshold: &ThresholdResult, doubt: Option<&str>) -> String {
    let ThresholdResult { name, limit, actual, .. } = threshold;
    let kind = match (name.is_new, name.severity) {
        (false, None) => "open".to_owned(),
        (false, Some(severity)) => severity.name().to_owned(),
        (true, None) => "new".to_owned(),
        (true, Some(severity)) => format!("new {}", severity.name()),
    };
    match actual {
        Some(actual) => {
            let findings = if *actual == 1 { "finding" } else { "findings" };
            format!("{actual} {kind} {findings}, at most {limit} allowed")
        }
        None => {
            let why = match doubt {
                Some(doubt) => format!("how many {kind} findings there are is not known ({doubt})"),
                None => format!("CodeArts does not report how many {kind} findings there are"),
            };
            format!("{why}, at most {limit} allowed (`--max-{name}`)")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(service: ServiceGate, counts: [u64; 5]) -> Known {
        Known { service, counts: Some(Counts::from_array(counts)), ..Known::default() }
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
            let decision = decide(mode, &Limits::default(), &known(service, [0; 5]));
            assert_eq!(decision.failures.is_empty(), passes, "{mode:?} {service:?}");
            assert_eq!(decision.notice.is_some(), has_notice, "{mode:?} {service:?}");
            assert_eq!(decision.result.service, service);
        }
    }

    #[test]
    fn thresholds_are_met_up_to_their_limit_and_never_by_an_unknown_count() {
        let open = PerSeverity { critical: Some(0), issues: Some(7), ..PerSeverity::default() };
        let thresholds = Limits { open, ..Limits::default() };
        let sentence = |known: &Known| decide(GateMode::Auto, &thresholds, known).failures.join(" | ");
        assert_eq!(sentence(&known(ServiceGate::Passed, [0, 9, 9, 9, 7])), "");
        assert_eq!(
            sentence(&known(ServiceGate::Passed, [1, 0, 0, 0, 8])),
            "1 critical finding, at most 0 allowed | 8 open findings, at most 7 allowed"
        );
        let unknown = Known { counts: None, ..known(ServiceGate::Passed, [0; 5]) };
        assert_eq!(decide(GateMode::Off, &thresholds, &unknown).failures.len(), 2);
    }

    #[test]
    fn what_is_not_known_is_said_with_its_cause() {
        let open = PerSeverity { critical: Some(3), ..PerSeverity::default() };
        let thresholds = Limits { open, ..Limits::default() };
        let say = |mode, undocumented: Option<&str>, doubt: Option<&str>| {
            let [undocumented, doubt] = [undocumented, doubt].map(|text| text.map(str::to_owned));
            let known = Known { undocumented, doubt, ..Known::default() };
            let Decision { failures, notice, .. } = decide(mode, &thresholds, &known);
            (failures.join(" | "), notice.unwrap_or_default())
        };
        let untold = "CodeArts does not report how many critical findings there are, at most 3 allowed (`--max-critical`)";
        let quoted = "CodeArts reported `xyz`, an undocumented value, as the result of its quality gate";
        assert_eq!(say(GateMode::Auto, Some("xyz"), None), (untold.to_owned(), quoted.to_owned()));
        let required = format!("{quoted} (`--gate required`) | {untold}");
        assert_eq!(say(GateMode::Required, Some("xyz"), None), (required, String::new()));
        let (failures, notice) = say(GateMode::Auto, Some("xyz"), Some("why"));
        assert_eq!(notice, "whether the CodeArts quality gate was passed is not known: why");
        assert_eq!(
            failures,
            "how many critical findings there are is not known (why), at most 3 allowed (`--max-critical`)"
        );
    }

    #[test]
    fn new_findings_count_where_the_service_tells_them() {
        let issues = PerSeverity { issues: Some(0), ..PerSeverity::default() };
        let thresholds = Limits { new: issues, ..Limits::default() };
        let with = |new: Option<u64>| Known {
            new_counts: PerSeverity { issues: new, ..PerSeverity::default() },
            ..known(ServiceGate::Passed, [9; 5])
        };
        assert!(decide(GateMode::Auto, &thresholds, &with(Some(0))).failures.is_empty());
        assert_eq!(
            decide(GateMode::Auto, &thresholds, &with(Some(2))).failures,
            ["2 new findings, at most 0 allowed"]
        );
        let unknown = decide(GateMode::Auto, &thresholds, &with(None));
        assert!(unknown.failures[0].contains("does not report how many new findings"), "{unknown:?}");
        assert_eq!(unknown.result.thresholds[0].actual, None);
    }
}
