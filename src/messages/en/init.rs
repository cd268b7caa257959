//! Setting a repository up, in English.

use crate::messages::init::{InitHint, InitMessage, InitQuestion, InitStep};
use crate::model::choice::Choice as _;
use crate::model::pipeline::Pipeline;
use crate::text::{QUOTE_LIMIT, count, one_line};

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
        InitMessage::Candidate { number, id, name, repository, branch } => {
            let [name, repository, branch] = [name, repository, branch].map(part);
            format!("{number}: {name}, {repository}, branch {branch} ({id})")
        }
        InitMessage::MoreTasks(more) => {
            format!("{} in the project: list with `codearts-gate tasks`", count(*more, "more task"))
        }
        InitMessage::TasksNotListed => "the tasks of the project are not listed".to_owned(),
        InitMessage::UnknownPipeline(text) => format!("`{}` is not a known CI", one_line(text, QUOTE_LIMIT)),
        InitMessage::NeitherYesNorNo(text) => {
            format!("`{}` is neither yes nor no", one_line(text, QUOTE_LIMIT))
        }
        InitMessage::CheckedOutBranch(branch) => format!(
            "the default branch of the remote `origin` is unknown here: the pipeline is for `{branch}`, the branch that is checked out"
        ),
        InitMessage::NoAnswer => {
            "the input ended before all questions were answered; nothing was written".to_owned()
        }
    }
}

fn quoted(paths: &[String]) -> String {
    paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(" and ")
}

fn part(text: &Option<String>) -> String {
    text.as_deref().map_or_else(|| "-".to_owned(), |text| one_line(text, QUOTE_LIMIT))
}

/// What `init` asks.
pub(in crate::messages) fn init_question(question: &InitQuestion) -> String {
    match question {
        InitQuestion::Pipeline => {
            let words: Vec<&str> = Pipeline::all().into_iter().map(Pipeline::word).collect();
            return format!("CI ({})", words.join(", "));
        }
        InitQuestion::Region => "Region, such as cn-north-4",
        InitQuestion::Project => "Id of the CodeArts project, in the URL of its pages",
        InitQuestion::Task { is_listed: false } => "Id of the check task, in the URL of its page",
        InitQuestion::Task { is_listed: true } => "Number or id of the check task",
        InitQuestion::Test => "Test the set-up now with `doctor` (yes, no)",
    }
    .to_owned()
}

/// What is left to do.
pub(in crate::messages) fn init_step(step: &InitStep) -> String {
    match step {
        InitStep::Keys(Pipeline::GitHub | Pipeline::GitCode) => {
            "store the access key of a Huawei Cloud user as the secrets HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK of the repository"
        }
        InitStep::Keys(Pipeline::GitLab) => {
            "store the access key of a Huawei Cloud user as masked CI/CD variables of the project, not protected"
        }
        InitStep::Keys(Pipeline::Jenkins) => {
            "store the access key of a Huawei Cloud user in Manage Jenkins > Credentials: kind `Username with password`, id `huaweicloud`, the AK as user name, the SK as password"
        }
        InitStep::Keys(Pipeline::GiteeGo) => {
            "store the access key of a Huawei Cloud user as the protected variables HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK of the pipeline (Pipeline > Variables)"
        }
        InitStep::Keys(Pipeline::CodeArts) => {
            "create a task of CodeArts Build with this build.yml, and give it the access key of a Huawei Cloud user as the private parameters AK and SK"
        }
        InitStep::Keys(Pipeline::Gitea | Pipeline::Forgejo) => {
            "store the access key of a Huawei Cloud user as the secrets HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK (Settings > Actions > Secrets)"
        }
        InitStep::Agents => {
            "install codearts-gate on the agents, and in Jenkins the plugins Pipeline, Credentials Binding, JUnit and Warnings"
        }
        InitStep::Credential { id } => {
            return format!("for pull requests, store a token of the forge in the same place: kind `Secret text`, id `{id}`");
        }
        InitStep::Parameters => {
            "for merge requests, hand the parameters MERGE_ID and REPO_URL over from the pipeline: `${MERGE_ID}`, `${REPO_URL}`; never WEBHOOK_PAYLOAD"
        }
        InitStep::NoKeys => "or store no key: https://github.com/OWNER/codearts-gate/blob/main/docs/keyless.md",
        InitStep::Token { variable, pipeline: Pipeline::GitLab } => {
            return format!("for merge requests, store a project access token (scope `api`, role Developer) as {variable}");
        }
        InitStep::Token {
            variable,
            pipeline:
                Pipeline::GitHub
                | Pipeline::Jenkins
                | Pipeline::GiteeGo
                | Pipeline::GitCode
                | Pipeline::CodeArts
                | Pipeline::Gitea
                | Pipeline::Forgejo,
        } => {
            return format!("for the comment, store a personal token that may read pull requests and comment on them as {variable}, in the same place");
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
        InitHint::DefaultBranch => {
            "run `git remote set-head origin --auto`, and `init` again, or correct the branch in the file".to_owned()
        }
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
