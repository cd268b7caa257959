//! The configuration file, in Chinese.

use super::parts::list;
use crate::messages::config::{ConfigHint, ConfigMessage, FoundForm, KeptOut, KeyForm};
use crate::messages::shown::CONFIG_LIMIT;
use crate::model::sourced::FileLine;
use crate::text::one_line;

/// What is wrong with the configuration file.
pub(in crate::messages) fn config(message: &ConfigMessage) -> String {
    match message {
        ConfigMessage::NotRead { path } => format!("无法读取配置文件 `{path}`"),
        ConfigMessage::NotToml { at, why } => {
            format!("{at}：不是有效的 TOML：{}", one_line(why, CONFIG_LIMIT))
        }
        ConfigMessage::UnknownKey { at, key } => format!("{at}：未知的键 `{}`", one_line(key, CONFIG_LIMIT)),
        ConfigMessage::KeptOut { at, key, why } => kept_out(at, &one_line(key, CONFIG_LIMIT), *why),
        ConfigMessage::WrongType { at, key, form, found } => {
            let form = match form {
                KeyForm::Text => "字符串",
                KeyForm::List => "字符串数组，或以逗号分隔的字符串",
                KeyForm::Number => "整数",
                KeyForm::Boolean => "true 或 false",
                KeyForm::Tasks => "以 `[[task]]` 开头的表",
            };
            let found = match found {
                FoundForm::Text => "字符串",
                FoundForm::Number => "数字",
                FoundForm::Fraction => "小数",
                FoundForm::Boolean => "true 或 false",
                FoundForm::Time => "日期或时间",
                FoundForm::List => "数组",
                FoundForm::Table => "表",
            };
            format!("{at}：`{key}` 应为：{form}；实际为：{found}")
        }
        ConfigMessage::PathOutside(given) => format!(
            "`{}` 位于工作目录之外：任何能修改仓库的人都可以借此读取或替换其他文件",
            given.origin.with_value(one_line(&given.value, CONFIG_LIMIT))
        ),
        ConfigMessage::TaskName { at } => {
            format!("{at}：`[[task]]` 必须包含 `id`，或者包含 `repository` 和 `branch`")
        }
        ConfigMessage::TaskTwice { at, first } => {
            format!("{at}：与第 {first} 行是同一个任务；每个任务只能列出一次")
        }
        ConfigMessage::TooManyTasks { at, limit } => format!("{at}：任务超过 {limit} 个"),
        ConfigMessage::TaskWithoutProject { at } => {
            format!("{at}：按仓库和分支查找任务需要项目，但没有指定项目")
        }
        ConfigMessage::TaskNotSought { at, command } => {
            format!("{at}：`{command}` 不按仓库和分支查找任务")
        }
        ConfigMessage::Used { path, is_of_tasks, keys } => {
            let of = if *is_of_tasks { "单个任务的" } else { "" };
            format!("使用 `{path}` 中{of}设置：{}", list(keys))
        }
    }
}

fn kept_out(at: &FileLine, key: &str, why: KeptOut) -> String {
    let why = match why {
        KeptOut::Address => "任何能修改仓库的人都可以借此把凭据或读者引向其他服务器",
        KeptOut::Credentials => "任何能修改仓库的人都可以借此选择其他凭据或削弱对凭据的保护",
        KeptOut::Secret => "机密信息不应放在仓库中",
        KeptOut::OneRun => "它只属于一次运行，而该文件适用于所有运行",
        KeptOut::Itself => "配置文件不能指定另一个配置文件",
        KeptOut::OfTask => return format!("{at}：`{key}` 应放在 `[[task]]` 表中：它指明一个任务"),
        KeptOut::OfAllTasks => {
            return format!("{at}：`{key}` 不能放在 `[[task]]` 表中：它对所有任务都相同");
        }
    };
    format!("{at}：配置文件中不接受 `{key}`：{why}")
}

/// What to do about the configuration file.
pub(in crate::messages) fn config_hint(hint: &ConfigHint) -> String {
    match hint {
        ConfigHint::Otherwise { option, variable } => {
            format!("在流水线中指定 `{option}` 或设置 {variable}")
        }
        ConfigHint::TaskName => "写成 `id = \"TASK_ID\"`，ID 位于任务页面 URL 的末尾".to_owned(),
        ConfigHint::NameProject => "在各表之前添加 `project-id`，或指定 `--project-id`".to_owned(),
        ConfigHint::IntoTask => "把它写在 `[[task]]` 行之后".to_owned(),
        ConfigHint::AboveTasks => "把它写在第一个 `[[task]]` 之前".to_owned(),
        ConfigHint::Inside { option } => {
            format!("使用不含 `..` 的相对路径，或在流水线中指定 `{option}`")
        }
    }
}
