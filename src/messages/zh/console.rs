//! Progress and the log itself, in Chinese.

use super::parts::list;
use crate::messages::console::{BatchState, ConsoleHint, ConsoleMessage, LinePrefix, Progress};
use crate::messages::finish::JobKind;
use crate::model::language::Language;
use crate::text::duration;

/// What the console prints by itself.
pub(in crate::messages) fn console(message: &ConsoleMessage) -> String {
    match message {
        ConsoleMessage::WaitingForCheck => "等待 CodeArts Check".to_owned(),
        ConsoleMessage::WaitingForBuild => "等待 CodeArts Build".to_owned(),
        ConsoleMessage::Task { label, progress } => format!("{label}: {}", describe(progress)),
        ConsoleMessage::Still { label, progress } => format!("{label}: 仍然{}", describe(progress)),
        ConsoleMessage::Progress(progress) => describe(progress),
        ConsoleMessage::Batch(state) => batch(state),
        ConsoleMessage::Events { note, number } => {
            format!("{}：共 {number} 个", note.text(Language::Chinese))
        }
        ConsoleMessage::HiddenWarnings { number } => format!("另有 {number} 条警告未显示"),
        ConsoleMessage::LinesLost { number } => format!("此处缺少 {number} 行：日志的读取方曾停止读取"),
        ConsoleMessage::NotRead { limit } => format!("{} 内没有被读取", duration(*limit)),
        ConsoleMessage::Bug { version, place, text, exit_code } => {
            let place = place.as_ref().map(|place| format!("（{place}）")).unwrap_or_default();
            format!("codearts-gate {version} 的缺陷{place}：{text}（退出码 {exit_code}）")
        }
    }
}

/// `正在检查，45 %，1m12s，剩余约 1m28s`.
fn describe(progress: &Progress) -> String {
    let Progress { activity, percent, elapsed, left } = progress;
    let mut text = activity.text(Language::Chinese);
    if let Some(percent) = percent {
        text += &format!("，{percent:.0} %");
    }
    if elapsed.as_secs() > 0 {
        text += &format!("，{}", duration(*elapsed));
    }
    if let Some(left) = left {
        text += &format!("，剩余约 {}", duration(*left));
    }
    text
}

/// `1000 个任务：完成 640 个（2 个未通过：80d4b7a1、9f3c06e2），300 个正在检查；进度最慢：2b31ed52 正在检查，12 %`.
fn batch(state: &BatchState) -> String {
    let BatchState { total, kind, done, failed, named, activities, furthest_behind } = state;
    let noun = match kind {
        JobKind::Task => "任务",
        JobKind::Build => "构建",
    };
    let mut text = format!("{total} 个{noun}：完成 {done} 个");
    if *failed > 0 {
        let more = if *failed > named.len() { "……" } else { "" };
        text += &format!("（{failed} 个未通过：{}{more}）", list(named));
    }
    for (activity, number) in activities {
        text += &format!("，{number} 个{}", activity.text(Language::Chinese));
    }
    if let Some((label, progress)) = furthest_behind {
        text += &format!("；进度最慢：{label} {}", describe(progress));
    }
    text
}

/// What to do about the log itself.
pub(in crate::messages) fn console_hint(hint: &ConsoleHint) -> String {
    match hint {
        ConsoleHint::Verbose => "用 `--verbose` 显示它们".to_owned(),
    }
}

/// How a line begins.
pub(in crate::messages) fn line_prefix(prefix: &LinePrefix) -> String {
    match prefix {
        LinePrefix::Error => "错误:",
        LinePrefix::Warning => "警告:",
        LinePrefix::Debug => "调试:",
        LinePrefix::Hint => "建议:",
    }
    .to_owned()
}
