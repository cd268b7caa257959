//! What people type as an option although it is not one: ids, which are arguments, and credentials, which are variables.

use super::slips::nearest;
use crate::error::Problem;
use crate::messages::{CommandLineHint, CommandLineMessage};
use clap::Command;
use std::ffi::OsString;

/// Names for what belongs into a variable, and the variable. What is not here has a name of its own everywhere.
const CREDENTIALS: [(&str, &str); 31] = [
    ("ak", "HUAWEICLOUD_SDK_AK"),
    ("access-key", "HUAWEICLOUD_SDK_AK"),
    ("access-key-id", "HUAWEICLOUD_SDK_AK"),
    ("sk", "HUAWEICLOUD_SDK_SK"),
    ("secret", "HUAWEICLOUD_SDK_SK"),
    ("secret-key", "HUAWEICLOUD_SDK_SK"),
    ("secret-access-key", "HUAWEICLOUD_SDK_SK"),
    ("security-token", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
    ("session-token", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
    ("token", "CODEARTS_TOKEN"),
    ("auth-token", "CODEARTS_TOKEN"),
    ("iam-token", "CODEARTS_TOKEN"),
    ("x-auth-token", "CODEARTS_TOKEN"),
    ("password", "CODEARTS_IAM_PASSWORD"),
    ("passwd", "CODEARTS_IAM_PASSWORD"),
    ("pwd", "CODEARTS_IAM_PASSWORD"),
    ("iam-password", "CODEARTS_IAM_PASSWORD"),
    ("user", "CODEARTS_IAM_USER"),
    ("username", "CODEARTS_IAM_USER"),
    ("user-name", "CODEARTS_IAM_USER"),
    ("iam-user", "CODEARTS_IAM_USER"),
    ("domain", "CODEARTS_IAM_DOMAIN"),
    ("domain-name", "CODEARTS_IAM_DOMAIN"),
    ("iam-domain", "CODEARTS_IAM_DOMAIN"),
    ("account", "CODEARTS_IAM_DOMAIN"),
    ("id-token", "HUAWEICLOUD_OIDC_ID_TOKEN"),
    ("github-token", "GITHUB_TOKEN"),
    ("gitlab-token", "GITLAB_TOKEN"),
    ("gitea-token", "GITEA_TOKEN"),
    ("gitee-token", "GITEE_TOKEN"),
    ("gitcode-token", "GITCODE_TOKEN"),
];
/// Names for the id.
const IDS: [&str; 6] = ["id", "task", "taskid", "task-id", "job-id", "jobid"];
/// Shortest beginning of a name that is taken for it.
const ABBREVIATION: usize = 3;

/// The variable for a credential that is called by another name, such as `sk`.
pub(super) fn variable_for(name: &str) -> Option<&'static str> {
    CREDENTIALS.iter().find(|(known, _)| *known == name).map(|(_, variable)| *variable)
}

/// What to do instead of the first such option on a command line, whose value is not repeated.
pub(super) fn explain(command: &Command, arguments: &[OsString]) -> Option<Problem> {
    let name = arguments.get(1)?.to_str()?;
    let chosen = command.find_subcommand(name)?;
    let typed = arguments.iter().skip(2).map(|argument| argument.to_string_lossy());
    typed.take_while(|argument| argument != "--").find_map(|argument| {
        let typed = argument.split('=').next().unwrap_or_default();
        let option = typed.trim_start_matches('-').to_ascii_lowercase().replace('_', "-");
        let is_option = typed.starts_with('-') && option.len() >= 2;
        let is_known = chosen
            .get_arguments()
            .any(|known| known.get_long().is_some_and(|long| long == option) && typed.starts_with("--"));
        if !is_option || is_known {
            return None;
        }
        let meant = meant(option.trim_start_matches("cli-"))?;
        let typed = typed.to_owned();
        Some(match variable_for(meant) {
            Some(variable) => Problem::new(CommandLineMessage::CredentialAsOption(typed))
                .hint(CommandLineHint::SetVariable(variable)),
            None => {
                let command = chosen.get_name().to_owned();
                let argument = if command == "build" { "JOB_ID" } else { "TASK_ID" };
                Problem::new(CommandLineMessage::IdAsOption(typed))
                    .hint(CommandLineHint::Argument { command, argument })
            }
        })
    })
}

/// The name of the tables that was meant: itself, its beginning, or all but one letter of it.
fn meant(option: &str) -> Option<&'static str> {
    let names = || IDS.into_iter().chain(CREDENTIALS.iter().map(|(name, _)| *name));
    let begins = |name: &&str| option.len() >= ABBREVIATION && name.starts_with(option);
    let is_long = option.len() > ABBREVIATION;
    names()
        .find(|name| *name == option)
        .or_else(|| names().find(begins))
        .or_else(|| nearest(option, names(), usize::from(is_long)).first().copied().filter(|_| is_long))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory as _;

    fn explained(arguments: &[&str]) -> Option<String> {
        let line: Vec<OsString> = ["codearts-gate"].iter().chain(arguments).map(OsString::from).collect();
        explain(&Cli::command(), &line).map(|problem| problem.to_string())
    }

    #[test]
    fn real_options_and_other_words_are_left_alone() {
        let lines: [&[&str]; 8] = [
            &["check", "x", "--timeout", "5m"],
            &["check", "x", "--strat"],
            &["check", "x", "--task-url", "https://x"],
            &["check", "x", "--project-id", "y", "--iam-project-id=z"],
            &["build", "x", "--tag", "v1", "--ta"],
            &["doctor", "--job-id", "x"],
            &["check", "x", "-v", "-q", "-"],
            &["check", "--", "--token"],
        ];
        for line in lines {
            assert_eq!(explained(line), None, "{line:?}");
        }
    }

    #[test]
    fn no_known_option_is_taken_for_a_misplaced_one() {
        for chosen in Cli::command().get_subcommands() {
            for long in chosen.get_arguments().filter_map(clap::Arg::get_long) {
                assert_eq!(explained(&[chosen.get_name(), &format!("--{long}")]), None, "{long}");
            }
        }
        let all: Vec<&str> = IDS.into_iter().chain(CREDENTIALS.iter().map(|(name, _)| *name)).collect();
        for name in all {
            let line = explained(&["check", &format!("--{name}=canary")]).expect(name);
            assert!(!line.contains("canary"), "{line}");
        }
    }
}
