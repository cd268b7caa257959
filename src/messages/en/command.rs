//! Commands in English.

use crate::messages::command::{CommandHint, CommandMessage};
use crate::messages::outcome::OutcomeText;
use crate::model::language::Language;
use crate::text::{QUOTE_LIMIT, one_line};

/// What a command says about itself.
pub(in crate::messages) fn command(message: &CommandMessage) -> String {
    match message {
        CommandMessage::Service { origin, credentials, proxy } => {
            let proxy = proxy.as_ref().map(|proxy| format!(", proxy: {proxy}")).unwrap_or_default();
            format!("service: {origin}, credentials: {}{proxy}", credentials.text(Language::English))
        }
        CommandMessage::NotPublished => "nothing is published from here".to_owned(),
        CommandMessage::WhatToDo(outcome) => {
            format!("what to do: {}", OutcomeText::Advice(*outcome).text(Language::English))
        }
        CommandMessage::UnknownOutcome => "no such exit code or outcome".to_owned(),
        CommandMessage::SandboxListens(origin) => {
            format!("the sandbox listens on {origin} and accepts any task id")
        }
        CommandMessage::SandboxUse(command) => format!("set one of these, then run `{command}`:"),
        CommandMessage::Export(variables) => {
            let set = variables.iter().map(|(name, value)| format!(" {name}={value}"));
            format!("  export{}", set.collect::<String>())
        }
        CommandMessage::PortNotOpened(port) => format!("could not listen on port {port}"),
        CommandMessage::SandboxAnswered { call, subject, status } => {
            let status = status.map_or_else(|| "reset".to_owned(), |status| status.to_string());
            format!("sandbox: {call} {} -> {status}", subject.as_deref().unwrap_or("-"))
        }
        CommandMessage::ScenarioDuration(text) => {
            format!("`{}` is not a duration; write 90s, 250ms or 1h", one_line(text, QUOTE_LIMIT))
        }
        CommandMessage::ScenarioCall(name) => {
            format!("unknown call `{}` (docs/sandbox.md lists the calls)", one_line(name, QUOTE_LIMIT))
        }
        CommandMessage::UnknownScenario(name) => {
            format!("there is no scenario `{}`", one_line(name, QUOTE_LIMIT))
        }
        CommandMessage::ScenarioNotRead(path) => format!("could not read `{path}`"),
        CommandMessage::NotAScenario(path) => format!("`{path}` is not a scenario"),
        CommandMessage::ScenariosNotPrinted => "could not write the list of scenarios".to_owned(),
        CommandMessage::Demo(origin) => format!(
            "demo: a sandbox on {origin} stands in for CodeArts, which needs an account and takes longer"
        ),
        CommandMessage::Running(command) => format!("running: {command}"),
    }
}

/// What to do about a command.
pub(in crate::messages) fn command_hint(hint: &CommandHint) -> String {
    match hint {
        CommandHint::ListOutcomes => "run `codearts-gate explain` to list all",
        CommandHint::OtherPort => "choose another port with `--port`",
        CommandHint::StopSandbox => "press Ctrl-C to stop it",
    }
    .to_owned()
}
