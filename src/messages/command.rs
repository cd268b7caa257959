//! About the commands themselves: their first lines, the sandbox, the demonstration, exit codes.

use super::login::CredentialsKind;
use crate::model::outcome::Outcome;

/// What a command says about itself.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum CommandMessage {
    /// Who is asked for what, and how.
    Service {
        /// Address of the service.
        origin: String,
        /// The kind of credentials.
        credentials: CredentialsKind,
        /// The proxy on the way, if there is one.
        proxy: Option<String>,
    },
    /// How a line about the lack of a place for the result begins.
    NotPublished,
    /// A line of `explain` about what to do.
    WhatToDo(Outcome),
    /// Neither an exit code nor an outcome.
    UnknownOutcome,
    /// The sandbox can be used.
    SandboxListens(String),
    /// How to use the sandbox: this command, after one of the lines that follow.
    SandboxUse(String),
    /// Variables to set, with their values.
    Export(Vec<(&'static str, String)>),
    /// The sandbox cannot use the port.
    PortNotOpened(u16),
    /// The sandbox answered a call, or broke the connection.
    SandboxAnswered {
        /// Name of the call.
        call: &'static str,
        /// The task or the job that it is about.
        subject: Option<String>,
        /// The status; `None`: the connection was reset.
        status: Option<u16>,
    },
    /// A scenario has this in place of a duration.
    ScenarioDuration(String),
    /// A fault of a scenario names a call that there is not.
    ScenarioCall(String),
    /// There is no scenario of this name.
    UnknownScenario(String),
    /// The file with a scenario cannot be read.
    ScenarioNotRead(String),
    /// The file holds something else.
    NotAScenario(String),
    /// The list of scenarios could not be printed.
    ScenariosNotPrinted,
    /// The demonstration uses the sandbox at this address.
    Demo(String),
    /// The demonstration runs this command.
    Running(String),
}

/// What to do about a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum CommandHint {
    /// All exit codes can be listed.
    ListOutcomes,
    /// The sandbox can listen elsewhere.
    OtherPort,
    /// How the sandbox ends.
    StopSandbox,
}
