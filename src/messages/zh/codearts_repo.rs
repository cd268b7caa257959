//! CodeArts Repo in Chinese.

use super::parts::inner;
use crate::messages::codearts_repo::{CodeArtsRepoHint, CodeArtsRepoMessage};

/// What came of publishing on CodeArts Repo.
pub(in crate::messages) fn codearts_repo(message: &CodeArtsRepoMessage) -> String {
    match message {
        CodeArtsRepoMessage::Ready { iid, repository } => {
            format!("{repository} 的合并请求 {iid}；使用 CodeArts 的凭据")
        }
        CodeArtsRepoMessage::NoMergeRequest => "本作业没有指明合并请求".to_owned(),
        CodeArtsRepoMessage::NoEndpoint => {
            "CodeArts Repo 的 URL 未知：未设置 CODEARTS_REPO_ENDPOINT，也没有已知的区域".to_owned()
        }
        CodeArtsRepoMessage::NoRepository { url } => {
            format!("CodeArts Repo 在本作业的项目中没有列出仓库 `{url}`")
        }
        CodeArtsRepoMessage::Commented => "评论：已发表".to_owned(),
        CodeArtsRepoMessage::NotResolved { why } => {
            format!("评论：已发表，但检视意见的状态未改变：{}", inner(why))
        }
        CodeArtsRepoMessage::Strangers { number } => {
            format!("其他 {number} 个用户的评论带有本评论的标记；因此不发表评论")
        }
        CodeArtsRepoMessage::NoChangedLines => {
            "不从 CodeArts Repo 读取变更行；需要 `--diff` 或 `--scope all`".to_owned()
        }
    }
}

/// What to do so that CodeArts Repo takes the result.
pub(in crate::messages) fn codearts_repo_hint(hint: &CodeArtsRepoHint) -> String {
    match hint {
        CodeArtsRepoHint::HandOver => {
            "在合并请求上触发流水线，并把 PIPELINE_TRIGGER_TYPE 和 MERGE_ID 传给作业"
        }
        CodeArtsRepoHint::NameEndpoint => {
            "设置 CODEARTS_REPO_ENDPOINT，例如 https://codehub-ext.cn-north-4.myhuaweicloud.com"
        }
        CodeArtsRepoHint::Project => "检查 REPO_URL 和 PROJECT_ID；凭据所属用户必须是该项目的成员",
        CodeArtsRepoHint::Role => "为凭据所属用户授予在该仓库中可以评论合并请求的角色",
        CodeArtsRepoHint::Rate => "几分钟后重新运行作业；该区域的所有用户共享每分钟 600 次请求的配额",
        CodeArtsRepoHint::RemoveComments => "删除这些评论，或指定另一个 `--comment-key`",
    }
    .to_owned()
}
