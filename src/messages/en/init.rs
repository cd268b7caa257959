//! Setting a repository up, in English.

use crate::messages::init::{InitHint, InitMessage, InitStep};
use crate::model::choice::Choice as _;
use crate::model::pipeline::Pipeline;
use crate::text::{QUOTE_LIMIT, one_line};

/// What `init` says.
pub(in crate::messages) fn init(message: &InitMessage) -> String {
    match message {
        InitMessage::For { pipeline, host } => {
            let why = host
                .as_ref()
                .map(|host| format!(", because the remote `origin` is on {}", one_line(host, QUOTE_LIMIT)));
            format!("pipeline for {}{}", pipeline.help(), why.unwrap_or_default())
        }
        InitMessage::NoDirectory => "the working directory does not exist any more".to_owned(),
        InitMessage::NoRepository => {
            "this directory is not in a Git repository: the files are written here".to_owned()
        }
        InitMessage::OtherBranch(branch) => format!(
            "the default branch has a name that is not written to a pipeline; `{branch}` is written: correct it there"
        ),
        InitMessage::Missing(names) => format!("no value for {}", names.join(", ")),
        InitMessage::Exists(paths) => {
            let verb = if paths.len() == 1 { "exists" } else { "exist" };
            format!("{} already {verb}; nothing was written", quoted(paths))
        }
        InitMessage::LinkOutside(path) => {
            format!("`{path}` leads out of the repository over a link; nothing was written")
        }
        InitMessage::NotWritten(path) => format!("could not write `{path}`"),
        InitMessage::Wrote(path) => format!("wrote {path}"),
        InitMessage::IsThere(path) => format!("{path} is there already"),
        InitMessage::AddTo(path) => {
            format!("{path} already exists and was not changed: add what is printed on standard output to it")
        }
        InitMessage::DryRun => "nothing is written; with `--dry-run` the files are printed".to_owned(),
        InitMessage::NotPrinted => "could not print the files".to_owned(),
    }
}

fn quoted(paths: &[String]) -> String {
    paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(" and ")
}

/// What is left to do.
pub(in crate::messages) fn init_step(step: &InitStep) -> String {
    match step {
        InitStep::Keys(Pipeline::GitHub) => "store the access key of a Huawei Cloud user as secrets of the repository",
        InitStep::Keys(Pipeline::GitLab) => {
            "store the access key of a Huawei Cloud user as masked CI/CD variables of the project, not protected"
        }
        InitStep::NoKeys => "or store no key: https://github.com/OWNER/codearts-gate/blob/main/docs/keyless.md",
        InitStep::Token { variable, pipeline: Pipeline::GitHub | Pipeline::GitLab } => {
            return format!("for merge requests, store a project access token (scope `api`, role Developer) as {variable}");
        }
        InitStep::Permissions => {
            "give this user the permissions `codeartscheck:task:get`, `getReport` and `execute`, for pull requests also `create` and `delete`, and a role in the CodeArts project that may run tasks"
        }
        InitStep::Commit => "commit the files",
        InitStep::Test => "test the set-up, with the same key in the environment",
    }
    .to_owned()
}

/// What to do so that a repository can be set up.
pub(in crate::messages) fn init_hint(hint: &InitHint) -> String {
    match hint {
        InitHint::Force => "give `--force` to replace, or `--dry-run` to print the files".to_owned(),
        InitHint::Pipeline => {
            let words: Vec<&str> = Pipeline::all().into_iter().map(Pipeline::word).collect();
            format!("give `--ci` with one of {}", words.join(", "))
        }
        InitHint::Region(known) => format!("give `--region` with one of {}", known.join(", ")),
        InitHint::Project => {
            "give `--project-id`; the id is in the URL of the project's page in the console".to_owned()
        }
        InitHint::Task => {
            "give TASK_ID, the id at the end of the URL of the task's page; `codearts-gate tasks` lists the tasks of a project".to_owned()
        }
    }
}
