//! The pull request whose code is checked, in Chinese.

use super::parts::inner;
use crate::messages::review::{CheckedCode, KeptBecause, ReviewHint, ReviewMessage, ShownRef};
use crate::messages::shown::{commit, name};
use crate::model::pull_request::FetchRef;

/// The words of a message.
pub(in crate::messages) fn review(message: &ReviewMessage) -> String {
    match message {
        ReviewMessage::Identified { forge, repository, number, source, target, head, is_from_fork } => {
            let shown = pull_request(forge, repository, *number, *is_from_fork, [source, target, head]);
            format!("检查 {shown}")
        }
        ReviewMessage::OtherRepository { parent, of_task, of_pull_request } => format!(
            "任务 {parent} 检查的仓库是 {}，但拉取请求的目标是 {}",
            name(of_task),
            name(of_pull_request)
        ),
        ReviewMessage::OtherTarget { parent, of_task, of_pull_request } => format!(
            "任务 {parent} 检查的分支是 {}，但拉取请求的目标是 {}",
            name(of_task),
            name(of_pull_request)
        ),
        ReviewMessage::ParentNotKnown { parent } => {
            format!("CodeArts 没有显示任务 {parent} 检查的仓库和分支；假定与拉取请求一致")
        }
        ReviewMessage::NoProject => "任务所属的 CodeArts 项目未知".to_owned(),
        ReviewMessage::NoLanguages => "任务的语言未知".to_owned(),
        ReviewMessage::Found { task, parent } => format!("使用任务 {parent} 的合并请求任务 {task}"),
        ReviewMessage::Appeared { task, parent } => format!(
            "使用任务 {parent} 的合并请求任务 {task}：它在创建请求的响应丢失期间出现，可能由其他作业创建，因此不会删除"
        ),
        ReviewMessage::UsedBefore(task) => {
            format!("合并请求任务 {task} 有不是由本作业启动的运行，因此不会删除")
        }
        ReviewMessage::Created { task, parent } => format!("已创建任务 {parent} 的合并请求任务 {task}"),
        ReviewMessage::CreationUnknown(why) => format!("无法确定是否已创建合并请求任务：{}", inner(why)),
        ReviewMessage::PerhapsLeft => {
            "创建合并请求任务的请求的响应丢失：CodeArts 中可能留下一个没有运行的任务".to_owned()
        }
        ReviewMessage::CreationTimedOut => "`--timeout` 到期时还没有可运行的合并请求任务".to_owned(),
        ReviewMessage::FoundIsGone(task) => format!("合并请求任务 {task} 已不存在；另外创建一个"),
        ReviewMessage::Fetching(reference) => format!("CodeArts {}获取拉取请求", fetched(*reference)),
        ReviewMessage::FetchingAgain { failed, next } => {
            format!("CodeArts 无法{}获取拉取请求；再尝试一次，{}获取", fetched(*failed), fetched(*next))
        }
        ReviewMessage::MovedBefore { job, now } => {
            format!("本作业针对提交 {}，但拉取请求的 head 现在是 {}", commit(job), commit(now))
        }
        ReviewMessage::Moved { from, to } => {
            format!("拉取请求的 head 已从 {} 移动到 {}，因此结果将是关于过时代码的", commit(from), commit(to))
        }
        ReviewMessage::Redirected { from: (source, target), to: (new_source, new_target) } => format!(
            "拉取请求现在从 {} 合并到 {}，不再从 {} 合并到 {}",
            name(new_source),
            name(new_target),
            name(source),
            name(target)
        ),
        ReviewMessage::Elsewhere { then, now } => {
            format!("被检查的拉取请求在 {} 中，而本作业的拉取请求在 {} 中", name(then), name(now))
        }
        ReviewMessage::OtherBranch { checked, source } => {
            format!("CodeArts 检查了分支 {}，但拉取请求的分支是 {}", name(checked), name(source))
        }
        ReviewMessage::NoEndpoint => "任务的服务扩展点未知；创建合并请求任务时不指定".to_owned(),
        ReviewMessage::HeadNotInTime => "未能及时读取 head".to_owned(),
        ReviewMessage::HeadNotKnown(why) => {
            format!("结果是否关于拉取请求当前的 head 未知：{}", inner(why))
        }
        ReviewMessage::HeadNotConfirmed => "无法确认拉取请求的 head 没有移动".to_owned(),
        ReviewMessage::BranchNotShown => "CodeArts 没有显示它检查了哪个分支".to_owned(),
        ReviewMessage::StillAtHead { head } => format!("拉取请求的 head 仍是 {}", commit(head)),
        ReviewMessage::NoPdf(why) => format!("合并请求任务没有 PDF；以 HTML 页面代替：{}", inner(why)),
        ReviewMessage::Deleted(task) => format!("已删除合并请求任务 {task}"),
        ReviewMessage::Kept { task, why } => {
            let why = match why {
                KeptBecause::PerhapsRunning => "其运行可能仍在进行",
                KeptBecause::OtherRun => "其中开始了另一个运行",
                KeptBecause::LacksResults => "其结果没有全部保存到磁盘",
                KeptBecause::NotProved => "CodeArts 没有显示它检查的是拉取请求的源分支",
            };
            format!("未删除合并请求任务 {task}：{why}")
        }
        ReviewMessage::NotDeleted(task) => format!("无法删除合并请求任务 {task}"),
        ReviewMessage::ChecksAnother { checked, source } => {
            format!("本结果针对{}，而不是拉取请求的分支 {}", code(checked), name(source))
        }
        ReviewMessage::Checks(checked) => format!("本结果针对{}", code(checked)),
    }
}

/// The words of a hint.
pub(in crate::messages) fn review_hint(hint: &ReviewHint) -> String {
    match hint {
        ReviewHint::NameParent => "把拉取请求的目标仓库和目标分支的全量任务指定为 TASK_ID",
        ReviewHint::Project => "指定 `--project-id`",
        ReviewHint::Languages => "指定 `--task-languages`，例如 `--task-languages java,python`",
        ReviewHint::CheckPullRequest => "指定 `--pull-request auto` 以检查拉取请求的代码",
        ReviewHint::NewerJob => "查看较新提交的作业",
        ReviewHint::CheckNumber => "检查 `--pull-request` 后的编号；没有读取权限的令牌得到的响应也相同",
        ReviewHint::SeeTask => {
            "重新运行本作业；如果再次发生，用 `--delete-task never` 保留合并请求任务，并向 CodeArts 反馈其 ID"
        }
        ReviewHint::DeleteByHand(task) => {
            return format!("用 `DELETE /v2/tasks/{task}` 删除它；控制台不显示它");
        }
    }
    .to_owned()
}

/// Which pull request it is. `about`: its source branch, its target branch, and its head.
pub(super) fn pull_request(
    forge: &str,
    repository: &str,
    number: u64,
    is_from_fork: bool,
    about: [&str; 3],
) -> String {
    let fork = if is_from_fork { "（来自 fork 仓库）" } else { "" };
    let [source, target, head] = about;
    format!(
        "{forge} {} 的拉取请求 {number}{fork}：从 {} 合并到 {}，head {}",
        name(repository),
        name(source),
        name(target),
        commit(head)
    )
}

const fn fetched(ShownRef(reference): ShownRef) -> &'static str {
    match reference {
        Some(FetchRef::Pull) => "以 `pull` 方式",
        Some(FetchRef::MergeRequest) => "以 `merge_request` 方式",
        None => "以自己的方式",
    }
}

fn code(CheckedCode { repository, branch }: &CheckedCode) -> String {
    match (branch, repository) {
        (Some(branch), Some(repository)) => format!(" {} 的分支 {}", name(repository), name(branch)),
        (Some(branch), None) => format!("分支 {}", name(branch)),
        (None, Some(repository)) => format!(" {} 的某个分支", name(repository)),
        (None, None) => " CodeArts 未指明的代码".to_owned(),
    }
}
