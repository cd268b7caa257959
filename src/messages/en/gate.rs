//! The quality gate and thresholds in English.

use super::parts::inner;
use crate::messages::gate::GateMessage;
use crate::model::gate::{Counted, Doubt, GateFailure, ThresholdResult, UnknownGate};
use crate::model::scope::{Scope, ScopeCounts};
use crate::model::sourced::Origin;
use crate::text::count;

/// The words of a message.
pub(in crate::messages) fn gate(message: &GateMessage) -> String {
    match message {
        GateMessage::Passed { finished, is_service_met, thresholds, is_by_findings, known, scope } => {
            let of_all = if scope.is_some() { OF_ALL } else { "" };
            let service = is_service_met.then(|| format!("the CodeArts quality gate{of_all} passed"));
            let thresholds = match (thresholds, is_by_findings) {
                (0, _) => None,
                (_, true) => Some("no open findings".to_owned()),
                (met, false) => Some(format!("{} met{}", count(*met, "threshold"), from_baseline(*known))),
            };
            let met: Vec<String> = service.into_iter().chain(thresholds).collect();
            let met = if met.is_empty() { String::new() } else { format!("; {}", met.join(", ")) };
            format!("{}{met}{}", inner(finished), places(*scope))
        }
        GateMessage::Failed { failures, known, scope, finished } => {
            let is_scoped = scope.is_some();
            let failures = format!("{}{}", all(failures, is_scoped), from_baseline(*known));
            format!("{failures}{}; {}", places(*scope), inner(finished))
        }
        GateMessage::FailedWithoutFindings { failures, why, scope, finished } => {
            let (is_scoped, without) = match scope {
                Scope::All => (false, not_compared(&inner(why))),
                Scope::Changed => (true, not_located(&inner(why))),
            };
            format!("{}; {without}; {}", all(failures, is_scoped), inner(finished))
        }
        GateMessage::NotCompared(why) => not_compared(&inner(why)),
        GateMessage::NotLocated(why) => not_located(&inner(why)),
        GateMessage::NoFindingAllowed => {
            "the CodeArts quality gate did not decide and no threshold is set, so no open finding is allowed"
                .to_owned()
        }
        GateMessage::NotRead(why) => {
            format!("the check finished, but its quality gate could not be read: {}", inner(why))
        }
        GateMessage::NotCounted(why) => format!("the findings are not counted: {}", inner(why)),
        GateMessage::SummaryTimedOut => "timed out reading the summary of the check".to_owned(),
        GateMessage::WhoseSummary => "the summary may be about another run".to_owned(),
        GateMessage::Notice(unknown) => self::unknown(unknown),
    }
}

/// What a gate counts that knows no scope.
const OF_ALL: &str = ", which counts all findings,";

fn all(failures: &[GateFailure], is_scoped: bool) -> String {
    failures.iter().map(|failure| self::failure(failure, is_scoped)).collect::<Vec<_>>().join("; ")
}

/// Where the findings are.
fn places(scope: Option<ScopeCounts>) -> String {
    scope.map_or_else(String::new, |ScopeCounts { inside, outside }| {
        format!("; {} on changed lines, {outside} elsewhere not counted", count(inside, "finding"))
    })
}

fn failure(failure: &GateFailure, is_scoped: bool) -> String {
    match failure {
        GateFailure::NotPassed if is_scoped => format!("the CodeArts quality gate{OF_ALL} failed"),
        GateFailure::NotPassed => "the CodeArts quality gate failed".to_owned(),
        GateFailure::Unknown(why) => format!("{} (`--gate required`)", unknown(why)),
        GateFailure::OpenFindings(Some(findings)) => format!(
            "{}, and none is allowed where neither the CodeArts quality gate nor a threshold decides",
            count(*findings, "open finding")
        ),
        GateFailure::OpenFindings(None) => {
            "the number of open findings is unknown, and neither the CodeArts quality gate nor a threshold decides".to_owned()
        }
        GateFailure::Threshold { result, origin, doubt } => threshold(result, origin, doubt.as_ref()),
    }
}

fn unknown(unknown: &UnknownGate) -> String {
    match unknown {
        UnknownGate::Doubtful(why) => {
            format!("the result of the CodeArts quality gate is unknown: {}", doubt(why))
        }
        UnknownGate::Undocumented(value) => {
            format!("CodeArts reported `{value}`, an undocumented value, as the result of its quality gate")
        }
        UnknownGate::NotReported => "CodeArts did not report a result of its quality gate".to_owned(),
    }
}

/// Why what CodeArts shows may be about another run.
fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::OtherRun(run) => {
            format!("another run, {run}, has begun since, and CodeArts may show the result of that one")
        }
        Doubt::NoRuns => {
            "CodeArts does not list its runs here, so the result may be another run's".to_owned()
        }
    }
}

/// `3 critical findings, at most 0 allowed by `--max-critical 0``.
fn threshold(result: &ThresholdResult, origin: &Origin, doubtful: Option<&Doubt>) -> String {
    let ThresholdResult { name, limit, actual, .. } = result;
    let kind = kind(*name);
    let allowed = format!("at most {limit} allowed by `{}`", origin.with_value(limit));
    match (actual, doubtful) {
        (Some(actual), _) => format!("{}, {allowed}", count(*actual, &format!("{kind} finding"))),
        (None, Some(why)) => {
            format!("the number of {kind} findings is unknown ({}), {allowed}", doubt(why))
        }
        (None, None) => format!("CodeArts did not report the number of {kind} findings, {allowed}"),
    }
}

fn kind(counted: Counted) -> String {
    match (counted.is_new, counted.severity) {
        (false, None) => "open".to_owned(),
        (false, Some(severity)) => severity.name().to_owned(),
        (true, None) => "new".to_owned(),
        (true, Some(severity)) => format!("new {}", severity.name()),
    }
}

fn from_baseline(known: Option<u64>) -> String {
    known.map_or_else(String::new, |known| format!(" ({known} known from the baseline)"))
}

fn not_compared(why: &str) -> String {
    format!("the findings could not be compared with the baseline: {why}")
}

fn not_located(why: &str) -> String {
    format!("the findings on changed lines are unknown: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Severity;

    #[test]
    fn a_threshold_is_named_with_its_numbers() {
        let critical = Counted { is_new: false, severity: Some(Severity::Critical) };
        let result = |name, actual| ThresholdResult { name, limit: 0, actual, passed: false };
        let words = |name: Counted, actual, doubt| {
            threshold(&result(name, actual), &Origin::Flag(name.option()), doubt)
        };
        assert_eq!(
            words(critical, Some(1), None),
            "1 critical finding, at most 0 allowed by `--max-critical 0`"
        );
        let new = Counted { is_new: true, severity: None };
        assert_eq!(words(new, Some(2), None), "2 new findings, at most 0 allowed by `--max-new-issues 0`");
        let unknown = words(critical, None, Some(&Doubt::NoRuns));
        assert!(unknown.starts_with("the number of critical findings is unknown (CodeArts does not"));
        assert!(words(new, None, None).ends_with("at most 0 allowed by `--max-new-issues 0`"));
    }
}
