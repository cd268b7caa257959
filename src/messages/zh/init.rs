//! Setting a repository up, in Chinese.

use crate::messages::init::{InitHint, InitMessage, InitQuestion, InitStep};
use crate::model::choice::Choice as _;
use crate::model::pipeline::Pipeline;
use crate::text::{QUOTE_LIMIT, one_line};

/// What `init` says.
pub(in crate::messages) fn init(message: &InitMessage) -> String {
    match message {
        InitMessage::For { pipeline, host } => {
            let why = host
                .as_ref()
                .map(|host| format!("，因为远程仓库 `origin` 位于 {}", one_line(host, QUOTE_LIMIT)));
            format!("流水线适用于 {}{}", pipeline.help(), why.unwrap_or_default())
        }
        InitMessage::NoDirectory => "工作目录已不存在".to_owned(),
        InitMessage::NoRepository => "当前目录不在 Git 仓库中：文件将写入当前目录".to_owned(),
        InitMessage::OtherBranch(branch) => {
            format!("默认分支的名称不能写入流水线，已写入 `{branch}`：请在文件中更正")
        }
        InitMessage::Missing(names) => format!("没有指定 {}", names.join("、")),
        InitMessage::Exists(paths) => format!("{} 已存在，没有写入任何文件", quoted(paths)),
        InitMessage::LinkOutside(path) => format!("`{path}` 通过链接指向仓库之外，没有写入任何文件"),
        InitMessage::NotWritten(path) => format!("无法写入 `{path}`"),
        InitMessage::Wrote(path) => format!("已写入 {path}"),
        InitMessage::IsThere(path) => format!("{path} 已存在，无需更改"),
        InitMessage::AddTo(path) => format!("{path} 已存在，未作修改：请将标准输出的内容添加到该文件"),
        InitMessage::DryRun => "使用 `--dry-run` 时只输出文件，不写入".to_owned(),
        InitMessage::NotPrinted => "无法输出文件".to_owned(),
        InitMessage::Candidate { number, id, name, repository, branch } => {
            let [name, repository, branch] = [name, repository, branch].map(part);
            format!("{number}: {name}，{repository}，分支 {branch}（{id}）")
        }
        InitMessage::MoreTasks(more) => format!("项目中还有 {more} 个任务：使用 `codearts-gate tasks` 列出"),
        InitMessage::TasksNotListed => "无法列出项目的任务".to_owned(),
        InitMessage::UnknownPipeline(text) => format!("`{}` 不是已知的 CI", one_line(text, QUOTE_LIMIT)),
        InitMessage::NeitherYesNorNo(text) => {
            format!("`{}` 既不是“是”也不是“否”", one_line(text, QUOTE_LIMIT))
        }
        InitMessage::CheckedOutBranch(branch) => {
            format!("此处不知道远程仓库 `origin` 的默认分支：流水线用于当前检出的分支 `{branch}`")
        }
        InitMessage::NoAnswer => "输入在回答所有问题之前结束，没有写入任何文件".to_owned(),
    }
}

fn quoted(paths: &[String]) -> String {
    paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(" 和 ")
}

fn part(text: &Option<String>) -> String {
    text.as_deref().map_or_else(|| "-".to_owned(), |text| one_line(text, QUOTE_LIMIT))
}

/// What `init` asks.
pub(in crate::messages) fn init_question(question: &InitQuestion) -> String {
    match question {
        InitQuestion::Pipeline => {
            let words: Vec<&str> = Pipeline::all().into_iter().map(Pipeline::word).collect();
            return format!("CI 系统（{}）", words.join("、"));
        }
        InitQuestion::Region => "区域，例如 cn-north-4",
        InitQuestion::Project => "CodeArts 项目 ID（见项目页面的 URL）",
        InitQuestion::Task { is_listed: false } => "检查任务 ID（见任务页面的 URL）",
        InitQuestion::Task { is_listed: true } => "检查任务的编号或 ID",
        InitQuestion::Test => "现在使用 `doctor` 测试配置（yes/是、no/否）",
    }
    .to_owned()
}

/// What is left to do.
pub(in crate::messages) fn init_step(step: &InitStep) -> String {
    match step {
        InitStep::Keys(Pipeline::GitHub | Pipeline::GitCode) => {
            "将华为云用户的访问密钥保存为仓库的 secret：HUAWEICLOUD_SDK_AK 和 HUAWEICLOUD_SDK_SK"
        }
        InitStep::Keys(Pipeline::GitLab) => {
            "将华为云用户的访问密钥保存为项目的 CI/CD 变量：掩码（masked），不受保护"
        }
        InitStep::Keys(Pipeline::Jenkins) => {
            "在 Manage Jenkins > Credentials 中保存华为云用户的访问密钥：类型 `Username with password`，ID `huaweicloud`，AK 为用户名，SK 为密码"
        }
        InitStep::Keys(Pipeline::GiteeGo) => {
            "将华为云用户的访问密钥保存为流水线的受保护变量 HUAWEICLOUD_SDK_AK 和 HUAWEICLOUD_SDK_SK（流水线 > 变量）"
        }
        InitStep::Keys(Pipeline::CodeArts) => {
            "使用该 build.yml 创建 CodeArts Build 任务，并将华为云用户的访问密钥设为私密参数 AK 和 SK"
        }
        InitStep::Keys(Pipeline::Gitea | Pipeline::Forgejo) => {
            "将华为云用户的访问密钥保存为 secret：HUAWEICLOUD_SDK_AK 和 HUAWEICLOUD_SDK_SK（Settings > Actions > Secrets）"
        }
        InitStep::Agents => {
            "在 Jenkins 的 agent 上安装 codearts-gate，并在 Jenkins 中安装插件 Pipeline、Credentials Binding、JUnit 和 Warnings"
        }
        InitStep::Credential { id } => {
            return format!("对于拉取请求，在同一位置保存代码托管平台的令牌：类型 `Secret text`，ID `{id}`");
        }
        InitStep::Parameters => {
            "对于合并请求，由流水线传入参数 MERGE_ID 和 REPO_URL：`${MERGE_ID}`、`${REPO_URL}`；切勿传入 WEBHOOK_PAYLOAD"
        }
        InitStep::NoKeys => "或者不保存密钥：https://github.com/OWNER/codearts-gate/blob/main/docs/zh/keyless.md",
        InitStep::Token { variable, pipeline: Pipeline::GitLab } => {
            return format!("对于合并请求，将项目访问令牌（权限范围 `api`，角色 Developer）保存为 {variable}");
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
            return format!("如需评论，在同一位置将可读取并评论拉取请求的个人令牌保存为 {variable}");
        }
        InitStep::Permissions => {
            "为该用户授予权限 `codeartscheck:task:get`、`getReport` 和 `execute`，拉取请求还需要 `create` 和 `delete`，以及 CodeArts 项目中可执行任务的角色"
        }
        InitStep::Commit => "提交文件",
        InitStep::Test => "在环境变量中设置同一密钥，测试配置",
    }
    .to_owned()
}

/// What to do so that a repository can be set up.
pub(in crate::messages) fn init_hint(hint: &InitHint) -> String {
    match hint {
        InitHint::Force => "指定 `--force` 以替换文件，或指定 `--dry-run` 以输出文件".to_owned(),
        InitHint::DefaultBranch => {
            "运行 `git remote set-head origin --auto` 后重新运行 `init`，或在文件中更正分支".to_owned()
        }
        InitHint::Pipeline => {
            let words: Vec<&str> = Pipeline::all().into_iter().map(Pipeline::word).collect();
            format!("指定 `--ci`，取值之一：{}", words.join("、"))
        }
        InitHint::Region(known) => format!("指定 `--region`，取值之一：{}", known.join("、")),
        InitHint::Project => "指定 `--project-id`；ID 位于控制台项目页面的 URL 中".to_owned(),
        InitHint::Task => {
            "指定 TASK_ID，即任务页面 URL 末尾的 ID；`codearts-gate tasks` 可列出项目的任务".to_owned()
        }
    }
}
