//! Publishing in Chinese.

use super::parts::{inner, list};
use crate::messages::publish::{PublishHint, PublishLabel, PublishMessage};
use crate::text::bytes;

/// What came of publishing.
pub(in crate::messages) fn publish(message: &PublishMessage) -> String {
    match message {
        PublishMessage::NoPlace { target } => format!("此处不支持 `{target}`"),
        PublishMessage::OutOfTime => "未能在 `--report-timeout` 内完成".to_owned(),
        PublishMessage::NotPublished { target, why } => {
            format!("结果无法发布为 {target}：{}", inner(why))
        }
        PublishMessage::Missed { target } => format!("未发布为 {target}"),
        PublishMessage::SummaryFull => "没有剩余空间：本步骤的其他程序已写满摘要".to_owned(),
        PublishMessage::ArchivedFrom { path } => format!("`{path}`，用于作业归档的文件"),
        PublishMessage::NoJenkinsAddress => "Jenkins 不知道自己的 URL：未设置 BUILD_URL".to_owned(),
        PublishMessage::ReportDirOutside => "`--report-dir` 在项目之外，CI 不会保留其中的文件".to_owned(),
        PublishMessage::ReportFile { path, report } => {
            format!("`{path}`，用于 `artifacts: reports: {report}`")
        }
        PublishMessage::ReportFileNotWritten { path, report } => {
            format!("无法写入 `{path}`，即用于 `artifacts: reports: {report}` 的文件")
        }
        PublishMessage::OutputsLeftOut { names, limit } => {
            format!("放不下 {}：GitLab 最多接受 {}", list(names), bytes(*limit as u64))
        }
        PublishMessage::RunnerFile { variable } => format!("已设置 {variable}"),
        PublishMessage::NoRunnerFile { variable } => format!("未设置 {variable}"),
        PublishMessage::RunnerFileNotWritten { variable, path } => {
            format!("无法写入 {variable}（`{path}`）")
        }
        PublishMessage::AnnotationsInLog => "在日志中".to_owned(),
        PublishMessage::FindingsNotAnnotated { number } => {
            format!("注释：{number} 个问题只在报告中，因为运行器限制注释数量")
        }
    }
}

/// Headings and labels where the result is shown.
pub(in crate::messages) fn publish_label(label: &PublishLabel) -> String {
    match label {
        PublishLabel::UploadStep => "要保留 PDF，请添加步骤".to_owned(),
        PublishLabel::NotPublished { target } => format!("未发布为 {target}"),
        PublishLabel::Annotations => "注释".to_owned(),
        PublishLabel::Verdict { outcome } => format!("CodeArts Check：{outcome}"),
        PublishLabel::Pdf { task } => format!("{task} 的 PDF 报告"),
        PublishLabel::Findings { task } => format!("{task} 的问题"),
        PublishLabel::Task { task } => format!("CodeArts 中的任务 {task}"),
        PublishLabel::Note => "合并请求中的评论".to_owned(),
    }
}

/// What to do so that the result is published.
pub(in crate::messages) fn publish_hint(hint: &PublishHint) -> String {
    match hint {
        PublishHint::ReportTimeout => "增大 `--report-timeout`",
        PublishHint::RunnerFiles => "如果门禁在容器中运行，请把该变量及其文件传给容器；它由运行器设置",
        PublishHint::JenkinsAddress => "在 Jenkins 的系统配置中设置 Jenkins URL",
        PublishHint::ReportDirWithin => "选择项目内的 `--report-dir`",
    }
    .to_owned()
}
