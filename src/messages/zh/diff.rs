//! Diffs in Chinese.

use crate::model::diff_error::{DiffError, DiffFault};
use crate::text::bytes;

/// Why a diff cannot be read.
pub(in crate::messages) fn diff(error: &DiffError) -> String {
    let fault = match error.fault {
        DiffFault::TooLarge(limit) => return format!("diff 大于 {}", bytes(limit as u64)),
        DiffFault::Empty => return "diff 为空".to_owned(),
        DiffFault::NotADiff => return "这不是统一格式的 diff".to_owned(),
        DiffFault::BadHunk => "此处应为变更块 `@@ -1,2 +3,4 @@`",
        DiffFault::NumberTooLarge => "行号过大",
        DiffFault::HunkWithoutFile => "该变更块不属于任何文件",
        DiffFault::HunksOutOfOrder => "该变更块的起始位置在前一个变更块结束之前",
        DiffFault::Truncated => "diff 在该变更块中间结束",
        DiffFault::UnexpectedLine => "该行不应出现在变更块中",
        DiffFault::TooManyLines => "变更块的行数多于其 `@@` 行的声明",
        DiffFault::MissingNewName => "缺少 `+++ FILE` 行",
        DiffFault::UnclearName => "变更文件的路径不明确",
        DiffFault::BadQuotes => "带引号的路径格式错误",
        DiffFault::NameNotText => "路径不是 UTF-8 文本",
        DiffFault::NameOutside => "路径不是相对于仓库的路径",
        DiffFault::NotShown => "缺少只存在于一侧的文件的内容；`diff --new-file` 会包含它",
    };
    format!("第 {} 行：{fault}", error.line)
}
