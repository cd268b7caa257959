//! Waiting in Chinese.

use super::parts::{inner, wait_cost};
use crate::messages::waiting::{Activity, BatchNote, WaitMessage};

/// The words of a message.
pub(in crate::messages) fn waiting(message: &WaitMessage) -> String {
    match message {
        WaitMessage::StillWaiting(why) => format!("{}；继续等待", inner(why)),
        WaitMessage::GivenUp { cost, why } => format!("放弃等待，{}：{}", wait_cost(cost), inner(why)),
        WaitMessage::StoppedResponding(cost) => format!("CodeArts 在超时之前停止响应，{}", wait_cost(cost)),
        WaitMessage::ShuttingDown => "已取消；正在退出".to_owned(),
    }
}

/// What a job is doing.
pub(in crate::messages) fn activity(activity: &Activity) -> String {
    match activity {
        Activity::Waiting => "等待中",
        Activity::StartingRun => "正在启动运行",
        Activity::Queued => "在另一个运行之后排队",
        Activity::Checking => "正在检查",
        Activity::NoStatus => "尚无状态",
        Activity::AwaitingRun => "等待本次运行的结果",
        Activity::MakingPdf => "正在生成 PDF 报告",
        Activity::DownloadingPdf => "正在下载 PDF 报告",
        Activity::StartingBuild => "正在启动构建",
        Activity::AwaitingBuild => "等待第一次构建",
        Activity::Building => "正在构建",
    }
    .to_owned()
}

/// Events of one kind in a batch; their number follows.
pub(in crate::messages) fn batch_note(note: &BatchNote) -> String {
    match note {
        BatchNote::FailedPolls => "失败的状态查询",
        BatchNote::UnnamedStarts => "没有运行 ID 的启动请求",
        BatchNote::ActiveRuns => "已在进行的运行",
        BatchNote::StoppedRuns => "停止远程运行的请求",
        BatchNote::StoppedBuilds => "停止远程构建的请求",
        BatchNote::OtherRuns => "因可能属于他人而未停止的运行",
        BatchNote::UnknownRuns => "因 ID 未知而未停止的运行",
        BatchNote::UnknownGates => "未知的质量门禁",
    }
    .to_owned()
}
