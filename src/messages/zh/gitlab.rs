//! GitLab in Chinese.

use super::parts::inner;
use crate::messages::gitlab::{GitLabHint, GitLabMessage, GitLabRefusal, MergeRequestPlace};

const READY: &str = "已设置 GITLAB_TOKEN；它需要权限范围 `api`";

/// What came of publishing on GitLab.
pub(in crate::messages) fn gitlab(message: &GitLabMessage) -> String {
    match message {
        GitLabMessage::Ready => READY.to_owned(),
        GitLabMessage::ReadyFor(MergeRequestPlace::Number { iid, project }) => {
            format!("项目 {project} 的合并请求 {iid}；{READY}")
        }
        GitLabMessage::ReadyFor(MergeRequestPlace::OfCommit) => format!("该提交的打开的合并请求；{READY}"),
        GitLabMessage::NoProject => "CI_PROJECT_ID 不是项目编号".to_owned(),
        GitLabMessage::NoCommit => "CI_COMMIT_SHA 不是提交".to_owned(),
        GitLabMessage::NoMergeRequest => "本流水线不属于合并请求".to_owned(),
        GitLabMessage::NoOpenMergeRequest => "本流水线不属于打开的合并请求".to_owned(),
        GitLabMessage::MergeRequestUnknown { why } => {
            format!("无法确定本流水线的合并请求：{}", inner(why))
        }
        GitLabMessage::FirstPdfsOnly { limit } => {
            format!("制品：只有前 {limit} 个 PDF 上传到项目；全部 PDF 都是作业的制品")
        }
        GitLabMessage::PdfNotUploaded { why } => format!("制品：PDF 只是作业的制品：{}", inner(why)),
        GitLabMessage::NoUploadAddress => "GitLab 接受了 PDF，但没有返回其 URL".to_owned(),
    }
}

/// What to do so that GitLab takes the result.
pub(in crate::messages) fn gitlab_hint(hint: &GitLabHint) -> String {
    match hint {
        GitLabHint::SetToken => {
            "把 GITLAB_TOKEN 设为项目的掩码变量，值为权限范围包含 `api` 的令牌；未受保护的分支得不到受保护的变量"
        }
        GitLabHint::BindToken => "用 `withCredentials` 把权限范围包含 `api` 的令牌绑定到 GITLAB_TOKEN",
        GitLabHint::Refused(refusal) => refused(*refusal),
    }
    .to_owned()
}

const fn refused(refusal: GitLabRefusal) -> &'static str {
    match refusal {
        GitLabRefusal::JobToken => {
            "把 GITLAB_TOKEN 设为权限范围包含 `api` 的项目访问令牌；它现在是作业自身的令牌（CI_JOB_TOKEN），不能写入评论、上传内容或状态"
        }
        GitLabRefusal::Expired => "创建权限范围包含 `api` 的新令牌；GITLAB_TOKEN 已过期",
        GitLabRefusal::Revoked => "创建权限范围包含 `api` 的新令牌；GITLAB_TOKEN 已吊销",
        GitLabRefusal::Unknown => {
            "创建权限范围包含 `api` 的新令牌；GITLAB_TOKEN 已过期、已吊销或来自其他服务器"
        }
        GitLabRefusal::Scope => "创建新令牌，权限范围要包含 GITLAB_TOKEN 所缺少的 `api`",
        GitLabRefusal::Archived => "取消项目的归档；已归档的项目是只读的",
        GitLabRefusal::Forbidden => {
            "为 GITLAB_TOKEN 的用户授予项目中的 Developer 角色；已归档的项目是只读的，已锁定的对话只对成员开放"
        }
        GitLabRefusal::NotFound => {
            "把 GITLAB_TOKEN 的用户以 Developer 角色加入项目；用户看不到的项目会显示为不存在"
        }
        GitLabRefusal::Rate => "几分钟后重新运行作业，或减少同时发布的作业；GitLab 限制短时间内的写入次数",
    }
}
