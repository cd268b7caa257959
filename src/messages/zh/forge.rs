//! Forges in Chinese.

use super::parts::list;
use crate::messages::forge::{ForgeHint, ForgeMessage};
use crate::model::pull_request::ForgeName;

/// What stands between a job and its forge.
pub(in crate::messages) fn forge(message: &ForgeMessage) -> String {
    match message {
        ForgeMessage::NoToken { token } => format!("未设置 {token}，或它无法使用"),
        ForgeMessage::TokenCharacters { token } => format!("{token} 包含空格、换行或非 ASCII 字符"),
        ForgeMessage::UntrustedServer { api, token } => {
            format!("未设置 {api}；不会把 {token} 发送给只由 CHANGE_URL 指明的主机")
        }
        ForgeMessage::NotAnAddress { api } => format!("{api} 不是有效的 URL"),
        ForgeMessage::NotHttps { api } => format!("{api} 必须以 https:// 开头"),
        ForgeMessage::PlainHttp { api, token } => {
            format!("拒绝 {api} 中未加密的 HTTP：它会泄露 {token}")
        }
        ForgeMessage::FieldMissing { forge, field } => {
            format!("{} 没有返回{}的有效 `{field}`", forge.title(), request(*forge))
        }
        ForgeMessage::NoListOfFiles(forge) => {
            format!("{} 没有返回{}所变更文件的列表", forge.title(), request(*forge))
        }
        ForgeMessage::SeveralOpen { forge, numbers } => {
            let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
            format!("有多个打开的{}属于本作业：{}", request(*forge), list(&numbers))
        }
        ForgeMessage::Commented { url } => format!("评论：{}", url.as_deref().unwrap_or("已发表")),
        ForgeMessage::CommentLeft => "评论：保持不变，因为本结果不是关于最新提交的".to_owned(),
        ForgeMessage::CommentNotSeen => {
            "评论：已发出但未获应答的评论尚未出现；如果之后出现，它显示的是较早的结果".to_owned()
        }
        ForgeMessage::FileNotRead { path } => format!("无法读取 `{path}`"),
    }
}

/// What people call what is reviewed there.
const fn request(forge: ForgeName) -> &'static str {
    match forge {
        ForgeName::GitHub | ForgeName::Gitea | ForgeName::Forgejo | ForgeName::Gitee | ForgeName::GitCode => {
            "拉取请求"
        }
        ForgeName::GitLab | ForgeName::CodeArtsRepo => "合并请求",
    }
}

/// What to do about it.
pub(in crate::messages) fn forge_hint(hint: &ForgeHint) -> String {
    match hint {
        ForgeHint::PasteToken => "重新粘贴令牌",
        ForgeHint::NameApi { api, server_url, path } => {
            return format!("如果 `{server_url}` 是您的服务器，请设置 {api}，例如 {server_url}{path}");
        }
        ForgeHint::ChooseOne(ForgeName::GitHub | ForgeName::Gitea | ForgeName::Forgejo) => {
            "指定 `--pull-request NUMBER`，或由指明拉取请求的事件 `pull_request` 运行作业"
        }
        ForgeHint::ChooseOne(ForgeName::GitLab) => {
            "指定 `--pull-request NUMBER`，或在指明合并请求的合并请求流水线中运行作业"
        }
        ForgeHint::ChooseOne(ForgeName::CodeArtsRepo | ForgeName::Gitee | ForgeName::GitCode) => {
            "指定 `--pull-request NUMBER`"
        }
        ForgeHint::Https => "使用 https，或指定 `--allow-http`",
    }
    .to_owned()
}
