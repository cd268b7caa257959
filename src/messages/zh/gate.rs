//! The quality gate and thresholds in Chinese.

use super::label::kind;
use super::parts::inner;
use crate::messages::gate::GateMessage;
use crate::model::gate::{Doubt, GateFailure, ThresholdResult, UnknownGate};
use crate::model::scope::{Scope, ScopeCounts};
use crate::model::sourced::Origin;

/// The words of a message.
pub(in crate::messages) fn gate(message: &GateMessage) -> String {
    match message {
        GateMessage::Passed { finished, is_service_met, thresholds, is_by_findings, known, scope } => {
            let service = is_service_met.then(|| format!("CodeArts 质量门禁{}通过", of_all(scope.is_some())));
            let thresholds = match (thresholds, is_by_findings) {
                (0, _) => None,
                (_, true) => Some("没有未解决问题".to_owned()),
                (met, false) => Some(format!("满足 {met} 个阈值{}", from_baseline(*known))),
            };
            let met: Vec<String> = service.into_iter().chain(thresholds).collect();
            let met = if met.is_empty() { String::new() } else { format!("；{}", met.join("，")) };
            format!("{}{met}{}", inner(finished), places(*scope))
        }
        GateMessage::Failed { failures, known, scope, finished } => {
            let failures = format!("{}{}", all(failures, scope.is_some()), from_baseline(*known));
            format!("{failures}{}；{}", places(*scope), inner(finished))
        }
        GateMessage::FailedWithoutFindings { failures, why, scope, finished } => {
            let (is_scoped, without) = match scope {
                Scope::All => (false, not_compared(&inner(why))),
                Scope::Changed => (true, not_located(&inner(why))),
            };
            format!("{}；{without}；{}", all(failures, is_scoped), inner(finished))
        }
        GateMessage::NotCompared(why) => not_compared(&inner(why)),
        GateMessage::NotLocated(why) => not_located(&inner(why)),
        GateMessage::NoFindingAllowed => {
            "CodeArts 质量门禁没有给出结论，也没有设置阈值，因此不允许有未解决问题".to_owned()
        }
        GateMessage::NotRead(why) => format!("检查已完成，但无法读取其质量门禁：{}", inner(why)),
        GateMessage::NotCounted(why) => format!("未统计问题：{}", inner(why)),
        GateMessage::SummaryTimedOut => "读取检查概要超时".to_owned(),
        GateMessage::WhoseSummary => "概要可能属于另一个运行".to_owned(),
        GateMessage::Notice(unknown) => self::unknown(unknown),
    }
}

/// What a gate counts that knows no scope.
const fn of_all(is_scoped: bool) -> &'static str {
    if is_scoped { "（计入所有问题）" } else { "" }
}

fn all(failures: &[GateFailure], is_scoped: bool) -> String {
    failures.iter().map(|failure| self::failure(failure, is_scoped)).collect::<Vec<_>>().join("；")
}

/// Where the findings are.
fn places(scope: Option<ScopeCounts>) -> String {
    scope.map_or_else(String::new, |ScopeCounts { inside, outside }| {
        format!("；变更行上有 {inside} 个问题，其他位置的 {outside} 个不计入")
    })
}

fn failure(failure: &GateFailure, is_scoped: bool) -> String {
    match failure {
        GateFailure::NotPassed => format!("CodeArts 质量门禁{}未通过", of_all(is_scoped)),
        GateFailure::Unknown(why) => format!("{}（`--gate required`）", unknown(why)),
        GateFailure::OpenFindings(Some(findings)) => {
            format!("有 {findings} 个未解决问题；在 CodeArts 质量门禁和阈值都没有给出结论时，一个也不允许")
        }
        GateFailure::OpenFindings(None) => {
            "未解决问题的数量未知，且 CodeArts 质量门禁和阈值都没有给出结论".to_owned()
        }
        GateFailure::Threshold { result, origin, doubt } => threshold(result, origin, doubt.as_ref()),
    }
}

fn unknown(unknown: &UnknownGate) -> String {
    match unknown {
        UnknownGate::Doubtful(why) => format!("CodeArts 质量门禁的结果未知：{}", doubt(why)),
        UnknownGate::Undocumented(value) => {
            format!("CodeArts 报告的质量门禁结果是文档中没有的值 `{value}`")
        }
        UnknownGate::NotReported => "CodeArts 没有报告质量门禁的结果".to_owned(),
    }
}

/// Why what CodeArts shows may be about another run.
fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::OtherRun(run) => format!("其后开始了另一个运行 {run}，CodeArts 显示的可能是它的结果"),
        Doubt::NoRuns => "CodeArts 在此处不列出其运行，因此结果可能属于另一个运行".to_owned(),
    }
}

/// `3 个致命问题，`--max-critical 0` 最多允许 0 个`.
fn threshold(result: &ThresholdResult, origin: &Origin, doubtful: Option<&Doubt>) -> String {
    let ThresholdResult { name, limit, actual, .. } = result;
    let kind = kind(*name);
    let allowed = format!("`{}` 最多允许 {limit} 个", origin.with_value(limit));
    match (actual, doubtful) {
        (Some(actual), _) => format!("{actual} 个{kind}问题，{allowed}"),
        (None, Some(why)) => format!("{kind}问题的数量未知（{}），{allowed}", doubt(why)),
        (None, None) => format!("CodeArts 没有报告{kind}问题的数量，{allowed}"),
    }
}

fn from_baseline(known: Option<u64>) -> String {
    known.map_or_else(String::new, |known| format!("（基线中已知 {known} 个）"))
}

fn not_compared(why: &str) -> String {
    format!("无法与基线比较问题：{why}")
}

fn not_located(why: &str) -> String {
    format!("变更行上的问题未知：{why}")
}
