//! Sentences on pages in Chinese.

use super::label::severity;
use super::outcome::end_in_words;
use super::parts::inner;
use crate::messages::page::{PageText, Section};
use crate::model::outcome::{Outcome, Verdict};
use crate::text::bytes;

/// A sentence on a page.
pub(in crate::messages) fn page(text: &PageText) -> String {
    let text = match text {
        PageText::Headline { outcome, exit_code } => return headline(*outcome, *exit_code),
        PageText::Ended { outcome, is_allowed: false } => end_in_words(*outcome),
        PageText::Ended { outcome, is_allowed: true } => {
            return format!("{}，由 `--allow` 放行", end_in_words(*outcome));
        }
        PageText::Title { outcome, task, branch: Some(branch) } => {
            return format!("{}：{task}（{branch}）", end_in_words(*outcome));
        }
        PageText::Title { outcome, task, branch: None } => {
            return format!("{}：{task}", end_in_words(*outcome));
        }
        PageText::Sentence(message) => return format!("{}。", inner(message)),
        PageText::ExitCode(code) => return format!("退出码 {code}"),
        PageText::Pdf { bytes: size } => return format!("PDF，{}", bytes(*size)),
        PageText::MoreTasks { number } => return format!("……另有 {number} 个任务。"),
        PageText::MoreFindings { number } => return format!("……报告中另有 {number} 个问题。"),
        PageText::Omitted { sections } => {
            let names: Vec<&str> = sections.iter().copied().map(section).collect();
            return format!("为不超过大小限制而省略：{}。", names.join("、"));
        }
        PageText::CheckedPullRequest { number, head, source, target, is_checked } => {
            let begin = if *is_checked { "检查的是" } else { "本作业针对" };
            return format!("{begin}拉取请求 {number} 的提交 {head}，从 {source} 合并到 {target}。");
        }
        PageText::CheckedBranch { branch, repository: Some(repository) } => {
            return format!("检查的是 {repository} 的分支 {branch}。");
        }
        PageText::CheckedBranch { branch, repository: None } => return format!("检查的是分支 {branch}。"),
        PageText::CheckedOther => "这不是本拉取请求的代码；`--pull-request auto` 会检查它。",
        PageText::FindingsBySeverity => "按严重程度统计的未解决问题",
        PageText::Trend { runs } => return format!("最近 {runs} 次运行的问题"),
        PageText::PastRun { time, findings } => return format!("{time}：{findings} 个问题"),
        PageText::SeverityCount { severity: grade, number } => {
            return format!("{}：{number}", severity(*grade));
        }
        PageText::Scope { outside: None | Some(0) } => "只计入变更行上的问题。",
        PageText::Scope { outside: Some(outside) } => {
            return format!("只计入变更行上的问题；其他位置的 {outside} 个未解决问题未显示。");
        }
        PageText::NoFindings => "没有问题。",
        PageText::WorstFindings { shown, all } => {
            return format!("{all} 个问题中最严重的 {shown} 个；其他文件（`--report csv`）列出全部。");
        }
        PageText::DelayedFindings { number } => return format!("{number} 个暂缓计入的问题，尚未计入"),
        PageText::GracePeriod => "由升级后引擎的新规则发现；宽限期结束后计入。",
        PageText::RowsShown => "显示 {shown} / {all}",
    };
    text.to_owned()
}

fn headline(outcome: Outcome, exit_code: u8) -> String {
    let end = end_in_words(outcome);
    match (outcome.verdict(), exit_code) {
        (Verdict::Pass, _) if outcome == Outcome::Passed => "✅ CodeArts Check 通过".to_owned(),
        (Verdict::Pass | Verdict::Fail | Verdict::Undecided, 0) => {
            format!("⚠️ CodeArts Check：{end}，由 `--allow` 放行")
        }
        (Verdict::Pass, _) => "❌ CodeArts Check 通过，但报告未交付".to_owned(),
        (Verdict::Fail, _) => format!("❌ CodeArts Check：{end}"),
        (Verdict::Undecided, _) => format!("⚠️ CodeArts Check 未得出结论：{end}"),
    }
}

const fn section(section: Section) -> &'static str {
    match section {
        Section::Tasks => "任务表",
        Section::Gate => "门禁条件",
        Section::FailingSteps => "失败的步骤",
        Section::Findings => "问题",
        Section::Notes => "备注",
        Section::Chart => "图表",
    }
}
