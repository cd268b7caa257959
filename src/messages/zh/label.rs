//! Words on pages in Chinese.

use crate::messages::label::Label;
use crate::model::finding::{Severity, Status};
use crate::model::gate::{Counted, ServiceGate};

/// A word or a name on a page.
pub(in crate::messages) fn label(label: &Label) -> String {
    match label {
        Label::Actual => "实际",
        Label::All => "全部",
        Label::Allowed => "已放行",
        Label::Analysis => "分析",
        Label::Code => "代码",
        Label::Condition => "条件",
        Label::Finding => "问题",
        Label::Findings => "问题",
        Label::Help => "帮助",
        Label::Ignored => "已忽略",
        Label::Limit => "上限",
        Label::Log => "日志",
        Label::Met => "满足",
        Label::NotEvaluated => "未评估",
        Label::NotMet => "不满足",
        Label::OpenFindings => "未解决问题",
        Label::Open => "未解决",
        Label::PastRuns => "历史运行",
        Label::PdfReport => "PDF 报告",
        Label::PipelineRun => "流水线运行",
        Label::Place => "位置",
        Label::QualityGate => "质量门禁",
        Label::Report => "报告",
        Label::Result => "结果",
        Label::Rule => "规则",
        Label::RulesBrokenMost => "违反最多的规则",
        Label::Run => "运行",
        Label::Search => "搜索问题",
        Label::SearchIn => "搜索路径、规则或消息",
        Label::Severity(grade) => severity(*grade),
        Label::SeverityColumn => "严重程度",
        Label::SeverityShares => "各严重程度的占比",
        Label::ServiceGate => "CodeArts 质量门禁",
        Label::ServiceGateResult(result) => gate_result(*result),
        Label::Status(status) => self::status(*status),
        Label::Step => "步骤",
        Label::Task => "任务",
        Label::Threshold(counted) => return format!("{}问题", kind(*counted)),
        Label::Unknown => "未知",
        Label::WhatToDo => "处理方法",
        Label::WhyItFailed => "失败原因",
    }
    .to_owned()
}

/// A severity, as CodeArts Check calls it.
pub(super) const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "致命",
        Severity::Major => "严重",
        Severity::Minor => "一般",
        Severity::Suggestion => "提示",
    }
}

pub(super) const fn gate_result(result: ServiceGate) -> &'static str {
    match result {
        ServiceGate::Passed => "通过",
        ServiceGate::NotPassed => "未通过",
        ServiceGate::Unknown => "未知",
    }
}

/// Which findings a threshold counts, before "问题".
pub(super) fn kind(Counted { is_new, severity: grade }: Counted) -> String {
    let new = if is_new { "新增" } else { "" };
    format!("{new}{}", grade.map_or(if is_new { "" } else { "未解决" }, severity))
}

const fn status(status: Status) -> &'static str {
    match status {
        Status::Open => "未解决",
        Status::Resolved => "已解决",
        Status::Ignored => "已忽略",
    }
}
