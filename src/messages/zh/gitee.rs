//! Gitee and GitCode in Chinese.

use crate::messages::gitee::{GiteeHint, GiteeMessage, GiteeRefusal};
use crate::messages::shown::token_of_gitee as token;
use crate::model::pull_request::ForgeName;

/// What came of publishing on Gitee or GitCode.
pub(in crate::messages) fn gitee(message: &GiteeMessage) -> String {
    match message {
        GiteeMessage::Ready { number, repository, token } => {
            format!("{repository} 的拉取请求 {number}；已设置 {token}")
        }
        GiteeMessage::NoRepository(forge) => format!("无法确定本作业在 {} 上的仓库", forge.title()),
        GiteeMessage::NoPullRequest(forge) => format!("本作业不属于 {} 的拉取请求", forge.title()),
        GiteeMessage::EventNotRead { path } => format!("无法读取 ATOMGIT_EVENT_PATH（`{path}`）"),
    }
}

/// What to do so that Gitee or GitCode takes the result.
pub(in crate::messages) fn gitee_hint(hint: &GiteeHint) -> String {
    match hint {
        GiteeHint::SetToken(forge) => format!(
            "在仓库的密钥变量中设置 {}，值为可以读取拉取请求和发表评论的个人访问令牌；来自 fork 仓库的作业得不到密钥变量",
            token(*forge)
        ),
        GiteeHint::BindToken(forge) => format!(
            "在作业中用受保护的变量或凭据设置 {}，值为可以读取拉取请求和发表评论的个人访问令牌",
            token(*forge)
        ),
        GiteeHint::NameRepository(forge) => {
            let variable = if *forge == ForgeName::GitCode { "ATOMGIT_REPOSITORY" } else { "GITEE_REPO" };
            format!("在远程 `origin` 为该仓库的检出目录中运行 codearts-gate，或把 {variable} 设为 OWNER/NAME")
        }
        GiteeHint::Refused(forge, refusal) => refused(*forge, *refusal),
    }
}

fn refused(forge: ForgeName, refusal: GiteeRefusal) -> String {
    let token = token(forge);
    match refusal {
        GiteeRefusal::Token => format!("创建新的令牌；{token} 已过期、已吊销或来自其他服务器"),
        GiteeRefusal::Forbidden => {
            format!("为 {token} 的用户授予在仓库中评论的权限；check run 需要仓库管理员的令牌")
        }
        GiteeRefusal::NotFound => {
            format!("为 {token} 的用户授予仓库的访问权限；用户看不到的内容会显示为不存在")
        }
        GiteeRefusal::Unsafe => {
            format!("在作业的日志和文件中查看结果；{} 认为文本不安全而拒绝了它", forge.title())
        }
        GiteeRefusal::Rate => {
            format!("几分钟后重新运行作业，或减少同时发布的作业；{} 限制短时间内的请求数", forge.title())
        }
    }
}
