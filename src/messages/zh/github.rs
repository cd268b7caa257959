//! GitHub in Chinese.

use super::parts::inner;
use crate::messages::github::{GitHubHint, GitHubMessage, GitHubRefusal, PullRequestPlace};

/// What came of publishing on GitHub.
pub(in crate::messages) fn github(message: &GitHubMessage) -> String {
    match message {
        GitHubMessage::Ready { permission } => format!("已设置 GITHUB_TOKEN；它需要 `{permission}`"),
        GitHubMessage::ReadyFor { place: of, permission } => {
            format!("{}；已设置 GITHUB_TOKEN；它需要 `{permission}`", place(of))
        }
        GitHubMessage::NoRepository => "GITHUB_REPOSITORY 不是仓库的 `OWNER/NAME`".to_owned(),
        GitHubMessage::EventNotRead { path } => format!("无法读取 GITHUB_EVENT_PATH（`{path}`）"),
        GitHubMessage::EventEmpty { path } => format!("GITHUB_EVENT_PATH 的文件（`{path}`）为空"),
        GitHubMessage::RefForEvent { why } => format!("使用 GITHUB_REF 中的拉取请求：{}", inner(why)),
        GitHubMessage::NothingInEvent => "事件既没有指明拉取请求，也没有指明提交".to_owned(),
        GitHubMessage::NoCommit { event } => format!("事件 `{event}` 没有指明被检查的提交"),
        GitHubMessage::NoPullRequest => "本次运行不属于打开的拉取请求".to_owned(),
        GitHubMessage::PullRequestUnknown { why } => {
            format!("无法确定本次运行的拉取请求：{}", inner(why))
        }
        GitHubMessage::HeadUnknown { number, why } => {
            format!("无法确定拉取请求 {number} 的 head 提交：{}", inner(why))
        }
        GitHubMessage::NoFindings => "没有可上传的问题".to_owned(),
        GitHubMessage::NoUploadId => "GitHub 接受了问题，但没有返回上传的 ID".to_owned(),
        GitHubMessage::FindingsRejected => "GitHub 无法处理这些问题".to_owned(),
        GitHubMessage::FindingsPending => "sarif：已上传；GitHub 仍在处理".to_owned(),
    }
}

pub(super) fn place(place: &PullRequestPlace) -> String {
    match place {
        PullRequestPlace::Number(number) => format!("拉取请求 {number}"),
        PullRequestPlace::OfCommit(sha) => format!("提交 {sha} 的打开的拉取请求"),
        PullRequestPlace::OfHead(head) => format!("{head} 的打开的拉取请求"),
    }
}

/// What to do so that GitHub takes the result.
pub(in crate::messages) fn github_hint(hint: &GitHubHint) -> String {
    match hint {
        GitHubHint::GiveToken => "为步骤设置 `GITHUB_TOKEN: ${{ github.token }}`",
        GitHubHint::BindToken => "用 `withCredentials` 把令牌绑定到 GITHUB_TOKEN",
        GitHubHint::JobPermission(permission) => return format!("为作业设置 `permissions: {permission}`"),
        GitHubHint::TokenPermission(permission) => {
            return format!("为 GITHUB_TOKEN 授予该仓库的权限 `{permission}`");
        }
        GitHubHint::Fork => "改为查看本作业的摘要；来自 fork 仓库的拉取请求的令牌是只读的",
        GitHubHint::Refused(refusal) => refused(*refusal),
    }
    .to_owned()
}

const fn refused(refusal: GitHubRefusal) -> &'static str {
    match refusal {
        GitHubRefusal::Archived => "取消仓库的归档；已归档的仓库是只读的",
        GitHubRefusal::Locked => "解锁该对话，或使用对仓库有写权限的用户的令牌",
        GitHubRefusal::SingleSignOn => {
            "为组织的单点登录授权 GITHUB_TOKEN（Settings、Developer settings、Personal access tokens、Configure SSO）"
        }
        GitHubRefusal::Address => "把本运行器的 IP 地址加入组织的 IP 允许列表，或使用该列表中的运行器",
        GitHubRefusal::TokenKind => "使用组织允许的令牌种类和有效期",
        GitHubRefusal::Token => "设置新的 GITHUB_TOKEN；当前令牌已过期、已吊销或不完整",
        GitHubRefusal::CodeScanning => {
            "在仓库设置中启用 code scanning（Code security；私有仓库需要 GitHub Code Security）"
        }
        GitHubRefusal::Issues => "在仓库设置中启用 issues",
        GitHubRefusal::RateOfWrites => {
            "几分钟后重新运行作业，或减少同时发布的作业；GitHub 限制短时间内的写入次数"
        }
        GitHubRefusal::RateOfRequests => "一小时后重新运行作业；该令牌在这一小时内的 GitHub 请求次数已用完",
    }
}
