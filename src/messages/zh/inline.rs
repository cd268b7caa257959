//! Comments in the diff, in Chinese.

use crate::messages::inline::InlineMessage;

/// The words of a message.
pub(in crate::messages) fn inline(message: &InlineMessage) -> String {
    let text = match message {
        InlineMessage::Heading { number } => return format!("CodeArts Check：变更行上有 {number} 个新问题"),
        InlineMessage::Gone => "不再发现该问题。",
        InlineMessage::NotInDiff { place } => {
            return format!("review：未在 `{place}` 发表评论，因为代码托管平台不接受该行上的评论");
        }
        InlineMessage::NoVersion => "合并请求没有包含被检查提交的版本",
        InlineMessage::Draft => "令牌所有者有一份评审草稿，服务器会把它一并发布",
        InlineMessage::Written { added, kept, withdrawn, number } => {
            return format!(
                "review：新增 {added} 条评论，保留 {kept} 条，撤回 {withdrawn} 条；变更行上有 {number} 个问题"
            );
        }
        InlineMessage::LeftOutdated => "review：评论保持不变，因为本结果不是关于最新提交的",
        InlineMessage::LeftIncomplete => "review：评论保持不变，因为问题不完整",
        InlineMessage::LinesUnknown => "拉取请求的变更行未知",
    };
    text.to_owned()
}
