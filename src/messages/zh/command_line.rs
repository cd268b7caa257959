//! The command line, in Chinese.

use super::parts::list;
use crate::messages::command_line::{CommandLineHint, CommandLineMessage};
use crate::messages::shown::{NAMES_LIMIT, OPTION_LIMIT, VALUE_LIMIT, given};
use crate::model::sourced::Sourced;
use crate::text::{QUOTE_LIMIT, one_line};

/// What is wrong with a command line.
pub(in crate::messages) fn command_line(message: &CommandLineMessage) -> String {
    let option = |typed: &str| one_line(typed, OPTION_LIMIT);
    match message {
        CommandLineMessage::NotText(variable) => format!("无法读取 {variable}：其值不是 UTF-8 文本"),
        CommandLineMessage::NotBoolean(value) => format!("{} 既不是 true 也不是 false", given(value)),
        CommandLineMessage::Conflict(one, other) => format!("`{one}` 和 `{other}` 不能同时使用"),
        CommandLineMessage::UnknownWord { given: word, is_all: true } => {
            format!("{} 不是已知的值", given(word))
        }
        CommandLineMessage::UnknownWord { given: Sourced { value, origin }, is_all: false } => {
            format!("{origin}：`{}` 不是已知的值", one_line(value, VALUE_LIMIT))
        }
        CommandLineMessage::InvalidValue(value) => format!("{} 无效", given(value)),
        CommandLineMessage::UnknownCommand(typed) => format!("未知命令 `{}`", option(typed)),
        CommandLineMessage::UnknownOption(typed) => format!("未知选项 `{}`", option(typed)),
        CommandLineMessage::SurplusArgument(typed) => format!("多余的参数 `{}`", option(typed)),
        CommandLineMessage::NoValue(option) => format!("`{option}` 缺少值"),
        CommandLineMessage::SurplusValue(Sourced { value, origin }) => {
            format!("`{origin}={}`：该选项不接受值", one_line(value, VALUE_LIMIT))
        }
        CommandLineMessage::Repeated(option) => format!("`{option}` 只能指定一次"),
        CommandLineMessage::MissingArguments(names) => format!("缺少 {}", list(names)),
        CommandLineMessage::NoCommand => "没有指定命令".to_owned(),
        CommandLineMessage::NotTextTyped => "有一个参数不是 UTF-8 文本".to_owned(),
        CommandLineMessage::Rejected(why) => format!("命令行无效：{}", one_line(why, QUOTE_LIMIT)),
        CommandLineMessage::UnusableVariables(names) => format!("以下变量之一无法使用：{}", list(names)),
        CommandLineMessage::CredentialAsOption(typed) => {
            format!("`{}` 不是选项：凭据通过变量提供，因为命令行可能被他人看到", option(typed))
        }
        CommandLineMessage::IdAsOption(typed) => format!("`{}` 不是选项：ID 是参数", option(typed)),
        CommandLineMessage::UnusedVariables(names) => {
            format!("未使用 {}：没有这样的选项", one_line(&list(names), NAMES_LIMIT))
        }
    }
}

/// What to do about a command line.
pub(in crate::messages) fn command_line_hint(hint: &CommandLineHint) -> String {
    match hint {
        CommandLineHint::Boolean => "将其设为 true 或 false".to_owned(),
        CommandLineHint::LeaveOutOne => "去掉其中一个".to_owned(),
        CommandLineHint::Help(None) => "运行 `codearts-gate --help` 查看所有命令".to_owned(),
        CommandLineHint::Help(Some(command)) => {
            format!("运行 `codearts-gate {command} --help` 查看其参数和选项")
        }
        CommandLineHint::SetVariable(variable) => format!("设置 {variable}"),
        CommandLineHint::Argument { command, argument } => {
            format!("输入 `codearts-gate {command} {argument}`，或设置 CODEARTS_{argument}")
        }
    }
}
