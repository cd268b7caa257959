//! Lists of tasks, in Chinese.

use crate::messages::tasks::{TasksHeading, TasksHint, TasksMessage};
use crate::text::{QUOTE_LIMIT, one_line};

/// What `tasks` says.
pub(in crate::messages) fn tasks(message: &TasksMessage) -> String {
    match message {
        TasksMessage::NoProject => "没有指定项目 ID".to_owned(),
        TasksMessage::NotARepository(given) => {
            let value = one_line(&given.value, QUOTE_LIMIT);
            format!("`{}` 不是仓库的 URL", given.origin.with_value(value))
        }
        TasksMessage::None { is_filtered: false } => "项目中没有检查任务".to_owned(),
        TasksMessage::None { is_filtered: true } => "项目中没有该仓库和分支的检查任务".to_owned(),
        TasksMessage::NotPrinted => "无法输出任务列表".to_owned(),
    }
}

/// The heading of a column.
pub(in crate::messages) fn tasks_heading(heading: &TasksHeading) -> String {
    match heading {
        TasksHeading::Id => "任务 ID",
        TasksHeading::Name => "名称",
        TasksHeading::Repository => "仓库",
        TasksHeading::Branch => "分支",
        TasksHeading::LastCheck => "最近检查",
    }
    .to_owned()
}

/// What to do so that tasks are listed.
pub(in crate::messages) fn tasks_hint(hint: &TasksHint) -> String {
    match hint {
        TasksHint::GiveProject => {
            "指定 `--project-id` 或设置 CODEARTS_PROJECT_ID；ID 位于控制台项目页面的 URL 中"
        }
        TasksHint::RepositoryForm => {
            "写成 `https://HOST/OWNER/REPOSITORY` 或 `git@HOST:OWNER/REPOSITORY.git`"
        }
        TasksHint::ListAll => "去掉 `--repository` 和 `--branch` 以列出所有任务",
        TasksHint::CreateTask => "在 CodeArts Check 控制台创建任务",
    }
    .to_owned()
}
