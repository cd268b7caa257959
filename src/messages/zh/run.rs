//! Runs of a check task in Chinese.

use super::parts::{given_up, inner, wait_cost, wait_limit};
use crate::messages::run::RunMessage;

/// The words of a message.
pub(in crate::messages) fn run(message: &RunMessage) -> String {
    match message {
        RunMessage::Named(run) => format!("运行 {run}"),
        RunMessage::StartUnnamed => {
            "CodeArts 没有指明它启动的运行；跟踪现在出现的运行，取消时不会停止它".to_owned()
        }
        RunMessage::Attached => "已有运行正在进行；等待该运行".to_owned(),
        RunMessage::Queued => "已有运行正在进行；待其结束后再启动一个".to_owned(),
        RunMessage::ActiveAlready => "已有运行正在进行（`--if-running fail`）".to_owned(),
        RunMessage::StartUnknown(why) => format!("无法确定运行是否已启动：{}", inner(why)),
        RunMessage::StartTimedOut => "启动运行期间 `--timeout` 已到期".to_owned(),
        RunMessage::QueueTimedOut => "`--timeout` 到期时另一个运行仍在进行，因此没有启动运行".to_owned(),
        RunMessage::UnknownStatus(status) => format!("未知的任务状态 {status}；继续等待"),
        RunMessage::InDoubt(status) => format!("状态 {status} 可能是另一个运行的结果；继续轮询直到能够确定"),
        RunMessage::DurationsKnown(runs) => format!("已知之前 {runs} 次运行的时长"),
        RunMessage::DurationsUnknown => "之前运行的时长未知".to_owned(),
        RunMessage::Finished(cost) => format!("检查已完成（状态 2），{}", wait_cost(cost)),
        RunMessage::Failed(cost) => format!("检查本身执行失败（状态 1），{}", wait_cost(cost)),
        RunMessage::Stopped(cost) => format!("检查被停止（状态 3），{}", wait_cost(cost)),
        RunMessage::NotFinal(Some(status)) => format!("等待结束时的状态 {status} 不是最终状态"),
        RunMessage::NotFinal(None) => "等待结束时没有状态".to_owned(),
        RunMessage::Superseded { run: Some(run), by, cost } => {
            format!("运行 {run} 之后又有运行 {by}，CodeArts 不再显示 {run} 的结局，{}", wait_cost(cost))
        }
        RunMessage::Superseded { run: None, by, cost } => {
            format!("所等待的运行之后又有运行 {by}，CodeArts 不再显示前者的结局，{}", wait_cost(cost))
        }
        RunMessage::OtherRun(cost) => {
            format!("该任务开始了另一个运行，CodeArts 没有显示所等待运行的结局，{}", wait_cost(cost))
        }
        RunMessage::StartNotProved { run, cost } => {
            format!("CodeArts 没有响应启动请求，是否由其启动了运行 {run} 未知，{}", wait_cost(cost))
        }
        RunMessage::StillRunning(limit) => format!("{}到期时仍在运行（状态 0）", wait_limit(*limit)),
        RunMessage::UnknownAtTimeout(status, limit) => {
            format!("{}到期时任务处于未知状态 {status}", wait_limit(*limit))
        }
        RunMessage::OtherAtTimeout(limit) => {
            format!("{}到期时 CodeArts 仍显示另一个运行的结果", wait_limit(*limit))
        }
        RunMessage::NoStatus(limit) => format!("{}到期时尚无状态", wait_limit(*limit)),
        RunMessage::NeverChecked(limit) => format!("{}到期时该任务从未检查过", wait_limit(*limit)),
        RunMessage::EndedAlready(why) => format!("运行已经结束（{}）", given_up(*why)),
        RunMessage::NotStopped(why) => {
            format!("不停止正在进行的运行：它可能是另一个运行（{}）", given_up(*why))
        }
        RunMessage::UnknownNotStopped(why) => {
            format!("运行可能已启动且仍在进行；由于 ID 未知，未停止它（{}）", given_up(*why))
        }
        RunMessage::StopRequested(why) => format!("已发送停止远程运行的请求（{}）", given_up(*why)),
        RunMessage::StopFailed => "远程运行可能仍在进行".to_owned(),
        RunMessage::StepsNeedProject => "只有知道项目 ID 才能读取失败的步骤".to_owned(),
        RunMessage::NoFailingStep => "检查日志没有指出失败的步骤".to_owned(),
        RunMessage::StepsNotRead => "失败原因未知".to_owned(),
        RunMessage::StepsTimedOut => "失败原因未知：读取日志超时".to_owned(),
        RunMessage::PastRunsNeedProject => "页面不显示历史运行：只有知道项目 ID 才能列出它们".to_owned(),
        RunMessage::PastRunsNotRead => "页面不显示历史运行".to_owned(),
        RunMessage::PastRunsTimedOut => "页面不显示历史运行：列出它们超时".to_owned(),
    }
}
