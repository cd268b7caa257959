//! The search for a task, in Chinese.

use crate::messages::search::{SearchHint, SearchMessage, SearchedBranch};
use crate::text::{QUOTE_LIMIT, one_line};

/// What became of the search.
pub(in crate::messages) fn search(message: &SearchMessage) -> String {
    match message {
        SearchMessage::Found { id, of } => format!("任务 `{id}` 检查 {}", searched(of)),
        SearchMessage::None { project, of, others: 0 } => {
            format!("项目 `{project}` 中没有检查 {} 的任务，也没有检查该仓库其他分支的任务", searched(of))
        }
        SearchMessage::None { project, of, others } => {
            format!(
                "项目 `{project}` 中没有检查 {} 的任务；有 {others} 个任务检查该仓库的其他分支",
                searched(of)
            )
        }
        SearchMessage::Several { project, of, tasks } => {
            format!("项目 `{project}` 中有 {tasks} 个任务检查 {}", searched(of))
        }
        SearchMessage::Twice(id) => format!("配置文件中有两个 `[[task]]` 表指向任务 `{id}`"),
        SearchMessage::Failed(_) => "无法查找该仓库和分支的任务".to_owned(),
        SearchMessage::PerhapsFork => {
            "没有任务 ID；拉取请求来自或可能来自 fork 仓库时，不会按其分支查找任务".to_owned()
        }
    }
}

fn searched(code: &SearchedBranch) -> String {
    let quoted = |text: &str| one_line(text, QUOTE_LIMIT);
    format!("{} 的分支 `{}`", quoted(&code.repository), quoted(&code.branch))
}

/// What to do so that the task is known.
pub(in crate::messages) fn search_hint(hint: &SearchHint) -> String {
    match hint {
        SearchHint::InJob => {
            "在针对某个分支的 CI 作业中运行：会按仓库和分支找到 `--project-id` 中的任务".to_owned()
        }
        SearchHint::CheckPullRequest => {
            "添加 `--pull-request auto` 以检查拉取请求的代码，或指定 TASK_ID".to_owned()
        }
        SearchHint::Name => "指定 TASK_ID，或在 CodeArts Check 控制台为该分支创建任务".to_owned(),
        SearchHint::Candidate { id, name, repository, branch } => {
            let part = |text: &Option<String>| {
                text.as_deref().map_or_else(|| "-".to_owned(), |text| one_line(text, QUOTE_LIMIT))
            };
            format!("选择 `{id}`：{}，{}，分支 {}", part(name), part(repository), part(branch))
        }
        SearchHint::More(more) => format!("用 `codearts-gate tasks` 列出另外 {more} 个任务"),
    }
}
