//! Builds in Chinese.

use super::parts::{given_up, inner, wait_cost, wait_limit};
use crate::messages::build::BuildMessage;

/// The words of a message.
pub(in crate::messages) fn build(message: &BuildMessage) -> String {
    match message {
        BuildMessage::Named(number) => format!("构建 {number}"),
        BuildMessage::StartUnanswered(number) => {
            format!("启动请求没有响应；跟踪以相同输入启动的构建 {number}，取消时不会停止它")
        }
        BuildMessage::StartUnknown { appeared: None, why } => {
            format!("无法确定构建是否已启动：{}", inner(why))
        }
        BuildMessage::StartUnknown { appeared: Some(number), why } => format!(
            "无法确定构建是否已启动：其后出现了构建 {number}，但其记录没有表明它由本作业启动：{}",
            inner(why)
        ),
        BuildMessage::StartTimedOut => "启动构建期间 `--timeout` 已到期".to_owned(),
        BuildMessage::NotKnownYet => "CodeArts 中还没有新构建的信息".to_owned(),
        BuildMessage::LogAgain => "重新读取日志".to_owned(),
        BuildMessage::UnknownNotStopped(why) => {
            format!("构建可能已启动且仍在运行；由于编号未知，未停止它（{}）", given_up(*why))
        }
        BuildMessage::StopRequested { number, why } => {
            format!("已发送停止构建 {number} 的请求（{}）", given_up(*why))
        }
        BuildMessage::StopFailed => "构建可能仍在运行".to_owned(),
        BuildMessage::Succeeded(cost) => format!("构建成功，{}", wait_cost(cost)),
        BuildMessage::Failed(cost) => format!("构建失败，{}", wait_cost(cost)),
        BuildMessage::Stopped(cost) => format!("构建已停止，{}", wait_cost(cost)),
        BuildMessage::UnknownEnd { status, cost } => {
            format!("构建以未知状态 `{status}` 结束，{}", wait_cost(cost))
        }
        BuildMessage::UnknownAtTimeout(status, limit) => {
            format!("{}到期时构建处于未知状态 `{status}`", wait_limit(*limit))
        }
        BuildMessage::StillRunning(limit) => format!("{}到期时构建仍在进行", wait_limit(*limit)),
        BuildMessage::NeverBuilt(limit) => format!("{}到期时该构建任务从未构建过", wait_limit(*limit)),
        BuildMessage::LogIncomplete => "日志不完整".to_owned(),
        BuildMessage::LogNotRead => "缺少日志的末尾".to_owned(),
        BuildMessage::LogTimedOut => "缺少日志的末尾：读取超时".to_owned(),
        BuildMessage::StepsNotRead => "失败的步骤未知".to_owned(),
        BuildMessage::StepsTimedOut => "失败的步骤未知：读取步骤超时".to_owned(),
        BuildMessage::PackagesNotRead => "`result.json` 未列出软件包".to_owned(),
        BuildMessage::PackagesTimedOut => "`result.json` 未列出软件包：读取超时".to_owned(),
    }
}
