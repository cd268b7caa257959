//! Gitea and Forgejo in Chinese.

use super::github::place;
use super::parts::inner;
use crate::messages::gitea::{GiteaHint, GiteaMessage, GiteaRefusal};

/// What came of publishing on Gitea or Forgejo.
pub(in crate::messages) fn gitea(message: &GiteaMessage) -> String {
    match message {
        GiteaMessage::Ready => "已设置令牌；它需要仓库的写权限".to_owned(),
        GiteaMessage::ReadyFor(of) => {
            format!("{}；已设置令牌；它需要工单（issue）和拉取请求的写权限", place(of))
        }
        GiteaMessage::NoRepository => "GITHUB_REPOSITORY 不是仓库的 `OWNER/NAME`".to_owned(),
        GiteaMessage::NothingInEvent => "事件既没有指明拉取请求，也没有指明提交".to_owned(),
        GiteaMessage::NoCommit { event } => format!("事件 `{event}` 没有指明被检查的提交"),
        GiteaMessage::NoPullRequest => "本次运行不属于打开的拉取请求".to_owned(),
        GiteaMessage::PullRequestUnknown { why } => {
            format!("无法确定本次运行的拉取请求：{}", inner(why))
        }
        GiteaMessage::DiffNotUsed { why } => {
            format!("无法使用拉取请求的 diff，因此整个文件都视为已变更：{}", inner(why))
        }
    }
}

/// What to do so that Gitea or Forgejo takes the result.
pub(in crate::messages) fn gitea_hint(hint: &GiteaHint) -> String {
    match hint {
        GiteaHint::GiveToken => "为步骤设置 `GITEA_TOKEN: ${{ github.token }}`",
        GiteaHint::BindToken => {
            "用 `withCredentials` 把具有 `write:issue` 和 `write:repository` 权限范围的令牌绑定到 GITEA_TOKEN"
        }
        GiteaHint::EndDraft => "提交或放弃 GITEA_TOKEN 所属用户的评审草稿",
        GiteaHint::Refused(refusal) => refused(*refusal),
    }
    .to_owned()
}

const fn refused(refusal: GiteaRefusal) -> &'static str {
    match refusal {
        GiteaRefusal::Token => "设置新的 GITEA_TOKEN；当前令牌已过期、已吊销或来自其他服务器",
        GiteaRefusal::Scope => {
            "创建新的 GITEA_TOKEN，权限范围为 `read:user`、`write:issue` 和 `write:repository`"
        }
        GiteaRefusal::Locked => "解锁该对话，或使用对仓库有写权限的用户的令牌",
        GiteaRefusal::Fork => "改为查看本作业的摘要；来自 fork 仓库的拉取请求的令牌是只读的",
        GiteaRefusal::Forbidden => {
            "为作业授予权限 `issues: write` 和 `pull-requests: write`，或把 GITEA_TOKEN 设为具有 `write:issue` 和 `write:repository` 权限范围的个人令牌；并非每个服务器都允许作业令牌设置状态"
        }
        GiteaRefusal::NotFound => "把 GITEA_TOKEN 的用户加入仓库；用户看不到的仓库会显示为不存在",
        GiteaRefusal::Archived => "取消仓库的归档；已归档的仓库是只读的",
        GiteaRefusal::Rate => "几分钟后重新运行作业，或减少同时发布的作业；服务器限制短时间内的请求数",
    }
}
