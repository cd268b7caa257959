//! The end of a whole run in Chinese.

use super::label::severity;
use super::outcome::meaning;
use super::parts::{inner, list};
use crate::messages::finish::{EndedJob, FinishMessage, JobKind};
use crate::messages::shown::{FINDING_LIMIT, RULE_LIMIT};
use crate::model::finding::Counts;
use crate::model::outcome::Outcome;
use crate::text::{duration, one_line};

/// The words of a message.
pub(in crate::messages) fn finish(message: &FinishMessage) -> String {
    match message {
        FinishMessage::PassedBut(failure) => format!("检查通过，但报告未交付：{}", inner(failure)),
        FinishMessage::Because { what, cause } => format!("{}：{cause}", inner(what)),
        FinishMessage::Later { later, reason } => format!("{}；{}", inner(later), inner(reason)),
        FinishMessage::NoResult(outcome) => format!("尚无结果：{}", end(*outcome)),
        FinishMessage::PublishingCancelled => "发布结果期间被取消".to_owned(),
        FinishMessage::Ended(job) => ended(job),
        FinishMessage::Finding { place, severity: grade, message, rule } => {
            let message = one_line(message, FINDING_LIMIT);
            let rule = one_line(rule, RULE_LIMIT);
            format!("{}: {}: {message} [{rule}]", one_line(place, FINDING_LIMIT), severity(*grade))
        }
        FinishMessage::MoreFindings(number) => format!("另有 {number} 个问题"),
        FinishMessage::FailingStep { task, name, log, analysis, faq } => {
            let parts = [("", log), ("分析：", analysis), ("参见 ", faq)];
            let parts = parts.into_iter().filter(|(_, text)| !text.is_empty());
            let parts: Vec<String> = parts.map(|(label, text)| format!("{label}{text}")).collect();
            format!("{task}: 失败的步骤“{name}”：{}", parts.join("；"))
        }
        FinishMessage::FailingBuildStep { job, name } => format!("{job}: 失败的步骤“{name}”"),
        FinishMessage::NoPdf { task } => format!("{task}: 检查没有完成，因此没有 PDF 报告"),
        FinishMessage::MoreFailed(number, kind) => {
            format!("另有 {number} 个{}未通过；`result.json` 列出全部", noun(*kind))
        }
        FinishMessage::Polls { polls, fixed, delay } => {
            format!("轮询 {polls} 次（固定间隔 5s 需要 {fixed} 次）；最大检测延迟 {}", duration(*delay))
        }
        FinishMessage::Overall { outcome, exit_code, passed } => {
            let share = passed.map_or_else(String::new, |(passed, all, kind)| {
                format!("，{all} 个{}中 {passed} 个通过", noun(kind))
            });
            let is_allowed = *exit_code == 0 && *outcome != Outcome::Passed;
            let allowed = if is_allowed { "，由 `--allow` 放行" } else { "" };
            format!("{}{allowed}（退出码 {exit_code}）{share}", outcome.name().to_uppercase())
        }
        FinishMessage::BaselineIncomplete(path) => {
            format!("未写入基线 `{}`：并非所有问题都已知", path.display())
        }
        FinishMessage::BaselineOfFailure(path) => format!("未写入基线 `{}`：门禁未通过", path.display()),
        FinishMessage::BaselineNotWritten(path, why) => {
            format!("无法写入基线 `{}`：{why}", path.display())
        }
        FinishMessage::BaselineWritten { path, findings } => {
            format!("基线：{findings} 个未解决问题，保存在 `{}`", path.display())
        }
        FinishMessage::FilesRemoved(paths) => {
            let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
            format!("本次运行的文件被其他进程删除：{}", list(&paths))
        }
        FinishMessage::NotPrinted(why) => format!("无法把结果文档写到标准输出（`--json`）：{why}"),
    }
}

/// What ended it.
const fn end(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::HungUp => "收到 SIGHUP（终端已关闭）",
        Outcome::Interrupted => "收到 SIGINT（Ctrl-C）",
        Outcome::Terminated => "收到 SIGTERM",
        other => meaning(other),
    }
}

const fn noun(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Task => "任务",
        JobKind::Build => "构建",
    }
}

fn ended(job: &EndedJob) -> String {
    let EndedJob { name, build, outcome, reason, counts, is_allowed } = job;
    let build = build.map_or_else(String::new, |number| format!("，构建 {number}"));
    let counts = counts.map_or_else(String::new, open_findings);
    let allowed = if *is_allowed { format!("；由 `--allow {outcome}` 放行") } else { String::new() };
    format!("{name}{build}: {outcome} - {}{counts}{allowed}", inner(reason))
}

/// `；14 个未解决问题（致命 0、严重 1、一般 4、提示 9）`.
fn open_findings(counts: Counts) -> String {
    let severities = counts.severities().map(|(grade, number)| format!("{} {number}", severity(grade)));
    format!("；{} 个未解决问题（{}）", counts.issues, list(&severities))
}
