//! The file that `start` writes, in Chinese.

use super::parts::list;
use crate::messages::run_file::{RunFileHint, RunFileMessage};
use crate::messages::shown::ADDRESS_LIMIT;
use crate::text::one_line;

/// The words of a message.
pub(in crate::messages) fn run_file(message: &RunFileMessage) -> String {
    match message {
        RunFileMessage::NotRead { path } => format!("无法把 `{path}` 作为 `start` 的文件读取"),
        RunFileMessage::OtherSchema { path, schema } => {
            format!("`{path}` 的版本是 {schema}，当前版本的 codearts-gate 无法识别")
        }
        RunFileMessage::NoRun { path } => format!("`{path}` 没有指明运行，或指明的不是 ID"),
        RunFileMessage::Inconsistent { path } => {
            format!("`{path}` 不是 `start` 的文件：合并请求任务是全量任务，或缺少其拉取请求")
        }
        RunFileMessage::OtherTasks { path, tasks } => {
            format!("`{path}` 针对 {}，而不是指定的任务", list(tasks))
        }
        RunFileMessage::OtherPullRequest { path, of_file, of_job } => {
            format!("`{path}` 针对拉取请求 {of_file}，但本作业针对拉取请求 {of_job}")
        }
        RunFileMessage::OtherRepository { path, of_file, of_job } => format!(
            "`{path}` 针对 `{}` 的拉取请求，但本作业针对 `{}` 的拉取请求",
            one_line(of_file, ADDRESS_LIMIT),
            one_line(of_job, ADDRESS_LIMIT)
        ),
        RunFileMessage::OtherThanTyped { path, of_file, option, typed } => {
            format!("`{path}` 针对拉取请求 {of_file}，但 `{option}` 是 {typed}")
        }
        RunFileMessage::WithoutPullRequest { path, option } => {
            format!("`{path}` 不针对拉取请求，但设置了 `{option}`")
        }
        RunFileMessage::Contradicts { option } => format!("`{option}` 不能与 `--run` 同时使用"),
        RunFileMessage::NeitherFileNorId(value) => {
            format!("`--run {}`：既不是文件，也不是运行的 ID", one_line(value, ADDRESS_LIMIT))
        }
        RunFileMessage::OneRunOfTasks => "`--run` 只指明一个运行，但指定了多个任务".to_owned(),
        RunFileMessage::RunWithoutTask => "`--run` 用 ID 指明运行，但缺少 TASK_ID".to_owned(),
        RunFileMessage::Written { path, runs } => format!("已把 {runs} 个启动的运行写入 `{path}`"),
        RunFileMessage::NotWritten { started, of } => {
            format!("共 {of} 个运行，已启动 {started} 个；没有为 `check --run` 写入文件")
        }
        RunFileMessage::WaitingFor { path } => format!("等待 `{path}` 中的运行"),
        RunFileMessage::Gone => "CodeArts 中已没有该运行的任务".to_owned(),
    }
}

/// The words of a hint.
pub(in crate::messages) fn run_file_hint(hint: &RunFileHint) -> String {
    match hint {
        RunFileHint::WriteAgain => "用 `codearts-gate start` 写入该文件，并原样传递",
        RunFileHint::LeaveOut => "去掉它：`check --run` 会从文件中读取",
        RunFileHint::SamePullRequest => "指定 `codearts-gate start` 为本作业的拉取请求写入的文件",
        RunFileHint::StartPullRequest => "对 `codearts-gate start` 也指定 `--pull-request`",
        RunFileHint::Form => "指定 `start` 写入的文件，或运行的 ID 及其 TASK_ID",
        RunFileHint::StartAgain => "用 `codearts-gate start` 重新启动运行",
    }
    .to_owned()
}
