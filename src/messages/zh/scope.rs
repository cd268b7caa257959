//! Which findings count, in Chinese.

use super::parts::inner;
use crate::messages::scope::{ScopeHint, ScopeMessage};

/// The words of a message.
pub(in crate::messages) fn scope(message: &ScopeMessage) -> String {
    match message {
        ScopeMessage::Counted { files, whole: 0 } => {
            format!("只计入变更行上的问题（`--scope changed`）：变更了 {files} 个文件")
        }
        ScopeMessage::Counted { files, whole } => {
            format!(
                "只计入变更行上的问题（`--scope changed`）：变更了 {files} 个文件，其中 {whole} 个的所有行都计入"
            )
        }
        ScopeMessage::AllCount(why) => format!("变更行未知，因此计入所有问题：{}", inner(why)),
        ScopeMessage::NoneCommented(why) => format!("review：变更行未知：{}", inner(why)),
        ScopeMessage::NoSource => "没有提供 diff，也没有拉取请求".to_owned(),
        ScopeMessage::Terminal => "`--diff -` 读取标准输入，而它是终端".to_owned(),
        ScopeMessage::InputNotRead => "`--diff -`：无法读取标准输入".to_owned(),
        ScopeMessage::TimedOut => "读取变更行超时".to_owned(),
        ScopeMessage::OtherPaths { finding, changed } => {
            format!("`{finding}` 可能是变更的文件 `{changed}`，因此其中的问题计入")
        }
    }
}

/// The words of a hint.
pub(in crate::messages) fn scope_hint(hint: &ScopeHint) -> String {
    match hint {
        ScopeHint::DecideByLines => "指定 `--gate off --max-issues 0`，只按变更行上的问题判定",
        ScopeHint::PipeDiff => {
            "通过管道传入 diff：`git diff origin/main...HEAD | codearts-gate check --diff - ...`"
        }
        ScopeHint::SamePaths => {
            "如果路径只是开头的目录不同，请使用 `--strip-prefix` 或 `git diff --relative`"
        }
    }
    .to_owned()
}
