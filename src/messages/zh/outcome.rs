//! Outcomes in Chinese.

use crate::messages::outcome::OutcomeText;
use crate::model::outcome::Outcome;

/// What is said about an outcome.
pub(in crate::messages) fn outcome(text: &OutcomeText) -> String {
    match text {
        OutcomeText::Meaning(outcome) => meaning(*outcome),
        OutcomeText::Advice(outcome) => advice(*outcome),
    }
    .to_owned()
}

/// How it ended, in the middle of a sentence.
pub(super) const fn end_in_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "检查通过",
        Outcome::CheckFailed => "检查执行失败",
        Outcome::BuildFailed => "构建失败",
        Outcome::TimedOut => "超时",
        Outcome::Stopped => "检查被停止",
        Outcome::GateFailed => "质量门禁未通过",
        Outcome::ReportFailed => "检查通过，报告未交付",
        Outcome::Stale => "结果已过时",
        Outcome::Usage => "未进行检查",
        Outcome::Unavailable => "CodeArts 不可用",
        Outcome::Internal => "内部错误",
        Outcome::Denied => "访问被拒绝",
        Outcome::HungUp | Outcome::Interrupted | Outcome::Terminated => "已取消",
    }
}

pub(super) const fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "检查已完成（状态 2），且没有质量门禁未通过；或者构建成功",
        Outcome::CheckFailed => "检查本身执行失败（状态 1）：克隆、编译或工具出错",
        Outcome::BuildFailed => "构建失败",
        Outcome::TimedOut => {
            "`--timeout` 到期时检查（状态 0 或没有状态）或构建仍在运行，或者使用 `--if-running fail` 时已有运行"
        }
        Outcome::Stopped => "检查（状态 3）或构建被停止",
        Outcome::GateFailed => "检查已完成，但 CodeArts 质量门禁未通过，或超过了阈值",
        Outcome::ReportFailed => "检查通过，但 PDF 报告无法生成、下载或发布",
        Outcome::Stale => {
            "结果不是关于拉取请求当前 head 的：head 已移动，或 CodeArts 检查了另一个分支；或者 `check --run` 的运行已不存在，或其后又有新的运行"
        }
        Outcome::Usage => "参数或配置无效；未进行检查",
        Outcome::Unavailable => "无法连接 CodeArts，或直到超时都无法连接",
        Outcome::Internal => "codearts-gate 的缺陷，或进程无法完成初始化，或无法保存用于判定的问题",
        Outcome::Denied => "凭据被拒绝，或缺少权限",
        Outcome::HungUp => "被 SIGHUP 取消（终端已关闭）",
        Outcome::Interrupted => "被 SIGINT 取消（Ctrl-C）",
        Outcome::Terminated => "被 SIGTERM 取消",
    }
}

pub(super) const fn advice(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "无需处理",
        Outcome::CheckFailed => "修复失败的步骤，然后重新运行检查",
        Outcome::BuildFailed => "修复日志中显示的失败步骤，然后重新运行构建",
        Outcome::TimedOut => {
            "增大 `--timeout`，并相应增大 CI 作业的超时（`timeout-minutes`、`timeout:`），或在 CodeArts 控制台查看运行排队的原因。不是由本作业启动的运行会继续进行"
        }
        Outcome::Stopped => "重新启动检查，或用 `--allow stopped` 忽略",
        Outcome::GateFailed => "修复报告的问题并重新推送",
        Outcome::ReportFailed => {
            "检查本身已通过。用 `codearts-gate report TASK_ID` 重试，或用 `--allow report-failed` 忽略"
        }
        Outcome::Stale => {
            "如果已推送更新的提交则无需处理：该提交的作业会给出结论。否则重新运行本作业；使用 `check --run` 时，从 `codearts-gate start` 的作业开始"
        }
        Outcome::Usage => "修正命令行或变量；`codearts-gate check --help` 列出了它们",
        Outcome::Unavailable => "检查网络、代理和 `--region`/`--endpoint`；`codearts-gate doctor` 会逐项检测",
        Outcome::Internal => {
            "向 codearts-gate 的提供方反馈，并附上版本和日志的最后几行。如果进程无法完成初始化，请先检查本机对打开文件数和线程数的限制；如果无法保存问题，请检查磁盘空间"
        }
        Outcome::Denied => "检查凭据，并确认其用户是项目成员；`codearts-gate doctor` 会指出缺少的权限",
        Outcome::HungUp | Outcome::Interrupted | Outcome::Terminated => {
            "重新运行作业。日志会显示远程运行是否已停止。如果是 CI 作业的超时（`timeout-minutes`、`timeout:`）终止了它，请把该超时设为大于 `--timeout` 加 `--report-timeout`"
        }
    }
}
