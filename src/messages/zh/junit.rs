//! The JUnit report in Chinese.

use super::label::gate_result;
use crate::messages::junit::JunitText;

/// A name or a sentence of the JUnit report.
pub(in crate::messages) fn junit(text: &JunitText) -> String {
    match text {
        JunitText::Suite { task } => return format!("CodeArts Check {task}"),
        JunitText::FindingsSuite { task } => return format!("CodeArts Check {task}：问题"),
        JunitText::NoFindings => "没有问题",
        JunitText::CheckFinished => "检查已运行到结束",
        JunitText::Threshold(counted) => return format!("不超过 --max-{counted}"),
        JunitText::ReportDelivered => "报告已交付",
        JunitText::NoGate => "没有评估质量门禁",
        JunitText::CheckNotFinished => "检查没有运行到结束",
        JunitText::NothingToReport => "没有可报告的内容",
        JunitText::NoPdf => "没有生成 PDF 报告",
        JunitText::GateOff => "已忽略 CodeArts 质量门禁（--gate off）",
        JunitText::GateUnknown => "CodeArts 没有报告结果",
        JunitText::GateResult(result) => return format!("CodeArts 质量门禁：{}。", gate_result(*result)),
        JunitText::Exceeded { actual: Some(actual), limit } => {
            return format!("发现 {actual} 个，最多允许 {limit} 个。");
        }
        JunitText::Exceeded { actual: None, limit } => {
            return format!("问题数量未知，最多允许 {limit} 个。");
        }
    }
    .to_owned()
}
