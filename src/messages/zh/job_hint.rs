//! What to do about a run or a build, in Chinese.

use crate::messages::job_hint::JobHint;

/// The words of a hint.
pub(in crate::messages) fn job_hint(hint: &JobHint) -> String {
    match hint {
        JobHint::RunAgain => "重新运行本作业",
        JobHint::AfterActiveRun => {
            "等当前运行结束后重新运行，或使用 `--if-running attach` 或 `--if-running queue`"
        }
        JobHint::ExportAgain => "重新运行此命令；如果导出再次失败，请在 CodeArts 控制台查看该任务",
        JobHint::StartRun => "用 `--start` 启动运行",
        JobHint::StartBuild => "用 `--start` 启动构建",
        JobHint::SeeConsole => "在 CodeArts 控制台查看该构建",
        JobHint::UniqueParameter => "为构建传入一个取值唯一的参数（例如流水线的 ID），使其记录能表明由谁启动",
        JobHint::ProjectForStep => "指定 `--project-id` 以查看失败的步骤",
        JobHint::ProjectForPastRuns => "指定 `--project-id` 以在页面中显示历史运行",
        JobHint::Help(command) => {
            return format!("修正命令行或变量；`codearts-gate {command} --help` 列出了它们");
        }
        JobHint::RequireGate => "指定 `--gate required`，使结果未知时判为失败",
    }
    .to_owned()
}
