//! Commands in Chinese.

use super::outcome::advice;
use crate::messages::command::{CommandHint, CommandMessage};
use crate::model::language::Language;
use crate::text::{QUOTE_LIMIT, one_line};

/// What a command says about itself.
pub(in crate::messages) fn command(message: &CommandMessage) -> String {
    match message {
        CommandMessage::Service { origin, credentials, proxy } => {
            let proxy = proxy.as_ref().map(|proxy| format!("，代理：{proxy}")).unwrap_or_default();
            format!("服务：{origin}，凭据：{}{proxy}", credentials.text(Language::Chinese))
        }
        CommandMessage::NotPublished => "此处不发布任何内容".to_owned(),
        CommandMessage::WhatToDo(outcome) => format!("处理方法：{}", advice(*outcome)),
        CommandMessage::UnknownOutcome => "没有这样的退出码或结果".to_owned(),
        CommandMessage::SandboxListens(origin) => format!("沙箱正在监听 {origin}，接受任何任务 ID"),
        CommandMessage::SandboxUse(command) => format!("设置以下变量之一，然后运行 `{command}`："),
        CommandMessage::Export(variables) => {
            let set = variables.iter().map(|(name, value)| format!(" {name}={value}"));
            format!("  export{}", set.collect::<String>())
        }
        CommandMessage::PortNotOpened(port) => format!("无法监听端口 {port}"),
        CommandMessage::SandboxAnswered { call, subject, status } => {
            let status = status.map_or_else(|| "已重置".to_owned(), |status| status.to_string());
            format!("沙箱：{call} {} -> {status}", subject.as_deref().unwrap_or("-"))
        }
        CommandMessage::ScenarioDuration(text) => {
            format!("`{}` 不是时长；请写成 90s、250ms 或 1h", one_line(text, QUOTE_LIMIT))
        }
        CommandMessage::ScenarioCall(name) => {
            format!("未知的调用 `{}`（docs/zh/sandbox.md 列出了所有调用）", one_line(name, QUOTE_LIMIT))
        }
        CommandMessage::UnknownScenario(name) => format!("没有场景 `{}`", one_line(name, QUOTE_LIMIT)),
        CommandMessage::ScenarioNotRead(path) => format!("无法读取 `{path}`"),
        CommandMessage::NotAScenario(path) => format!("`{path}` 不是场景"),
        CommandMessage::ScenariosNotPrinted => "无法输出场景列表".to_owned(),
        CommandMessage::Demo(origin) => {
            format!("演示：由 {origin} 上的沙箱代替 CodeArts；真正的 CodeArts 需要账号，耗时也更长")
        }
        CommandMessage::Running(command) => format!("运行：{command}"),
    }
}

/// What to do about a command.
pub(in crate::messages) fn command_hint(hint: &CommandHint) -> String {
    match hint {
        CommandHint::ListOutcomes => "运行 `codearts-gate explain` 列出全部结果",
        CommandHint::OtherPort => "用 `--port` 选择其他端口",
        CommandHint::StopSandbox => "按 Ctrl-C 停止",
    }
    .to_owned()
}
