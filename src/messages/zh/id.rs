//! Ids, in Chinese.

use crate::messages::id::{Beside, IdFlaw, IdHint, IdMessage};
use crate::messages::shown::VALUE_LIMIT;
use crate::text::one_line;

/// What is wrong with an id.
pub(in crate::messages) fn id(message: &IdMessage) -> String {
    match message {
        IdMessage::NoTask => "没有指定任务 ID".to_owned(),
        IdMessage::NoJob => "没有指定构建任务 ID".to_owned(),
        IdMessage::Empty(origin) => format!("`{origin}` 为空"),
        IdMessage::Invalid { text, origin, flaw } => {
            format!("`{}` 不是有效的 `{origin}`：{}", one_line(text, VALUE_LIMIT), id_flaw(flaw))
        }
        IdMessage::Capitals { id, origin, small } => {
            format!("{origin} `{id}` 含有大写字母；ID 通常为小写字母：`{small}`")
        }
    }
}

fn id_flaw(flaw: &IdFlaw) -> String {
    let text = match flaw {
        IdFlaw::Unreplaced => "它是对变量的引用，而不是变量的值",
        IdFlaw::Url => "它是 URL",
        IdFlaw::Separators => "它不止一个 ID",
        IdFlaw::LineBreak => "其中有换行",
        IdFlaw::Beside(found) => {
            let found: Vec<&str> = found.iter().map(|one| beside(*one)).collect();
            return format!("其中有{}", found.join("、"));
        }
        IdFlaw::Capitals => "其中有大写字母",
        IdFlaw::Device => "它是 Windows 的设备名",
        IdFlaw::TooLong { length, limit } => return format!("它有 {length} 个字符，而 ID 最多 {limit} 个"),
        IdFlaw::Characters { limit } => return format!("ID 由最多 {limit} 个字母和数字组成"),
    };
    text.to_owned()
}

const fn beside(beside: Beside) -> &'static str {
    match beside {
        Beside::Dashes => "连字符",
        Beside::Quotes => "引号",
        Beside::Brackets => "括号",
        Beside::Blanks => "空格",
        Beside::Invisible => "不可见字符",
    }
}

/// What to do about an id.
pub(in crate::messages) fn id_hint(hint: &IdHint) -> String {
    match hint {
        IdHint::Task { command } => return format!(
            "输入 `codearts-gate {command} TASK_ID` 或设置 CODEARTS_TASK_ID；ID 是控制台任务页面 URL 中的 32 位字母和数字"
        ),
        IdHint::Job => "输入 `codearts-gate build JOB_ID` 或设置 CODEARTS_JOB_ID；ID 是构建任务编辑页面 URL 中的 32 位字母和数字",
        IdHint::PartOfUrl => "只提供 ID，即 URL 中的 32 位字母和数字",
        IdHint::Form => "提供类似 2b31ed520aaaaaaebedb6e57aaaaaaaa 的 ID；它位于控制台页面的 URL 中",
        IdHint::Separators => "用逗号或换行分隔 ID",
        IdHint::Replace => "在写入该值的地方设置变量，或检查变量名",
        IdHint::OneLine => "写在一行内",
        IdHint::LeaveOut => "只提供字母和数字",
    }
    .to_owned()
}
