//! Values of options and variables, in Chinese.

use super::parts::list;
use crate::messages::settings::{DurationFlaw, NowhereMessage, SettingsHint, SettingsMessage};
use crate::messages::shown::{ADDRESS_LIMIT, given, long};
use crate::text::{duration, one_line};

/// What is wrong with a setting.
pub(in crate::messages) fn settings(message: &SettingsMessage) -> String {
    match message {
        SettingsMessage::Duration { given: value, flaw } => {
            format!("{}：{}", given(value), duration_flaw(*flaw))
        }
        SettingsMessage::PollInterval { given: value, least } => {
            format!("{} 至少为 {}", given(value), duration(*least))
        }
        SettingsMessage::PollBudget(value) => format!("{}：不是有效的速率", given(value)),
        SettingsMessage::JobEndsDuringWait { left, wait, kept } => format!(
            "作业将在 {} 后结束（CI_JOB_TIMEOUT）：最多等待 {}，为报告保留 {}",
            duration(*left),
            duration(*wait),
            duration(*kept)
        ),
        SettingsMessage::JobEndsDuringReport(left) => format!(
            "作业将在 `--report-timeout` 之前结束（CI_JOB_TIMEOUT）：留给报告的时间为 {}",
            duration(*left)
        ),
        SettingsMessage::NotAllowed(value) => format!("{}：不是可以放行的结果", given(value)),
        SettingsMessage::EmptyDirectory(origin) => format!("`{origin}` 为空"),
        SettingsMessage::Title { origin, limit } => format!("`{origin}` 必须有 1 到 {limit} 个字符"),
        SettingsMessage::NoneBesideFormats(origin) => {
            format!("`{}` 不能与其他格式同时使用", origin.with_value("none"))
        }
        SettingsMessage::ArtifactWithoutPdf(origin) => {
            format!("`{}` 需要 PDF 报告", origin.with_value("artifact"))
        }
        SettingsMessage::BaselineWithoutThreshold(origin) => format!("没有阈值时 `{origin}` 不起作用"),
        SettingsMessage::ScopeWithoutDiff(origin) => {
            format!("`{}` 需要知道变更了哪些行", origin.with_value("changed"))
        }
        SettingsMessage::ForgeShowsNoLines { origin, forge } => {
            format!("`{origin}` 只计入变更行上的问题；{forge} 不列出变更行")
        }
        SettingsMessage::DiffNotUsed(origin) => format!("`{origin}` 不起作用：所有问题都计入"),
        SettingsMessage::DiffNotRead(value) => format!("`{}`：无法读取 diff", long(value)),
        SettingsMessage::BadDiff(value) => format!("`{}` 不是可用的 diff", long(value)),
        SettingsMessage::BaselineOfTasks(origin) => {
            format!("`{origin}`：基线只属于一个任务，但指定了多个任务")
        }
        SettingsMessage::BaselineDirectory(value) => format!("`{}`：目录不存在", long(value)),
        SettingsMessage::NotABaseline(value) => format!("`{}`：拒绝覆盖不是基线的文件", long(value)),
        SettingsMessage::SeveralTasks => "`report` 只接受一个任务 ID".to_owned(),
        SettingsMessage::BuildOfSeveralJobs(origin) => {
            format!("`{origin}` 选择一个构建任务的构建，但指定了多个构建任务")
        }
        SettingsMessage::NeedsStart(origins) => {
            let names: Vec<String> = origins.iter().map(|origin| format!("`{origin}`")).collect();
            format!("{} 只能与 `--start` 一起使用", list(&names))
        }
        SettingsMessage::ReservedParameter(name) => {
            format!("`--param {name}=...`：CodeArts Build 不接受此名称的参数")
        }
        SettingsMessage::ParameterForm(origin) => format!("`{origin}` 必须采用 NAME=VALUE 的形式"),
        SettingsMessage::TargetsBesideAuto(origin) => {
            format!("`{}` 和 `{}` 不能与目标同时使用", origin.with_value("auto"), origin.with_value("none"))
        }
        SettingsMessage::ReportTarget(origin) => {
            format!("`{origin}`：`report` 没有结论；它只能发布 `artifact` 和 `outputs`")
        }
        SettingsMessage::NoSuchTarget(value) => format!("此处不支持 `{value}`"),
        SettingsMessage::TargetsNowhere { origin, why } => {
            format!("此处不能用 `{origin}` 指定目标：{}", nowhere(why))
        }
        SettingsMessage::CommentKey { origin, limit } => {
            format!("`{origin}` 必须由 1 到 {limit} 个字母、数字、点、连字符和下划线组成")
        }
        SettingsMessage::TaskUrl(origin) => {
            format!("`{origin}` 必须是类似 https://console.example/task/{{task_id}} 的 URL，不含用户名和密码")
        }
        SettingsMessage::PullRequestForm => "必须是 `auto`、`off` 或拉取请求的编号".to_owned(),
        SettingsMessage::NeedsPullRequest(origin) => {
            format!("`{origin}` 只能与 `--pull-request` 一起使用")
        }
        SettingsMessage::ReviewWithoutPullRequest(origin) => {
            format!("`{}` 只能与 `--pull-request` 一起使用", origin.with_value("review"))
        }
        SettingsMessage::PullRequestNowhere { origin, why } => {
            format!("`{origin}` 在此处找不到拉取请求：{}", nowhere(why))
        }
        SettingsMessage::TaskLanguage(value) => format!("{}：不是语言的名称", given(value)),
        SettingsMessage::TaskEndpoint(origin) => {
            format!("`{origin}` 必须是服务扩展点的 ID：字母、数字、连字符和下划线")
        }
        SettingsMessage::WholeNumber { least, most } => format!("必须是 {least} 到 {most} 的整数"),
    }
}

fn duration_flaw(flaw: DurationFlaw) -> String {
    match flaw {
        DurationFlaw::Zero => "时长必须大于零".to_owned(),
        DurationFlaw::Unreadable => "不是带单位的时长".to_owned(),
        DurationFlaw::UpperCase => "单位必须小写".to_owned(),
        DurationFlaw::TooLong(limit) => format!("时长最多为 {}", duration(limit)),
    }
}

/// Why nothing can be published from here.
pub(in crate::messages) fn nowhere(message: &NowhereMessage) -> String {
    match message {
        NowhereMessage::NoChange => "没有在已知的 CI 中运行".to_owned(),
        NowhereMessage::UnknownForge(address) => format!(
            "CHANGE_URL `{}` 不是 GitHub（https://HOST/OWNER/REPO/pull/NUMBER）、Gitee 或 GitCode（https://HOST/OWNER/REPO/pulls/NUMBER）的拉取请求，也不是 GitLab（https://HOST/GROUP/PROJECT/-/merge_requests/NUMBER）的合并请求；Gitea 或 Forgejo 的拉取请求需要 GITEA_API_URL",
            one_line(address, ADDRESS_LIMIT)
        ),
    }
}

/// What to do about a setting.
pub(in crate::messages) fn settings_hint(hint: &SettingsHint) -> String {
    match hint {
        SettingsHint::DidYouMean(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            return format!("确认是否应为 {}", words.join(" 或 "));
        }
        SettingsHint::OneOf(words) => return format!("从以下值中选择：{}", list(words)),
        SettingsHint::DurationForm => "写成 90s、15m 或 1h30m 这样的时长",
        SettingsHint::RateForm => "写成 1 到 6000 的数字加时间单位（s、min 或 h），例如 6/min",
        SettingsHint::RaiseJobTimeout => "把作业的 `timeout:` 增大到超过 `--timeout` 加 `--report-timeout`",
        SettingsHint::NameDirectory => "指定一个目录",
        SettingsHint::AddPdf => "在 `--report` 中添加 `pdf`",
        SettingsHint::AddThreshold => "添加阈值；`--max-issues 0` 不允许任何新问题",
        SettingsHint::CountChanged => "指定 `--scope changed`，只计入变更行上的问题",
        SettingsHint::AddDiff => "用 `--diff` 指定由 `git diff --output=FILE origin/main...HEAD` 写入的文件",
        SettingsHint::CountAll => "指定 `--scope all`，计入所有问题",
        SettingsHint::MakeDiff => "用 `git diff --output=FILE origin/main...HEAD` 写入 diff，不加其他选项",
        SettingsHint::OneTaskEach => "对每个任务分别运行一次 codearts-gate",
        SettingsHint::AddStart => "添加 `--start` 以启动构建",
        SettingsHint::LeaveAuto => "保持为 `auto`",
        SettingsHint::Alone => "单独使用它，或去掉它",
        SettingsHint::ParameterForm => "写成 `--param NAME=VALUE`，例如 `--param version=1.2.3`",
        SettingsHint::AddPullRequest => "添加 `--pull-request auto`，检查本作业所针对的拉取请求的代码",
        SettingsHint::PullRequestJob => {
            "在拉取请求的作业中运行：GitHub Actions、GitLab CI、Gitea 或 Forgejo Actions、Gitee Go、GitCode Actions、Jenkins 多分支流水线或 CodeArts Pipeline"
        }
        SettingsHint::KnownJobs => {
            "使用已知的环境：GitHub Actions、GitLab CI、Gitea 和 Forgejo Actions、Gitee Go、GitCode Actions、带有 CHANGE_URL 的 Jenkins，以及带有 CodeArts Repo 的 REPO_URL 和 PROJECT_ID 的 CodeArts 作业"
        }
        SettingsHint::PrivateForge => {
            "如果是您自己的服务器，请设置 GITHUB_API_URL、CI_API_V4_URL、GITEA_API_URL、GITEE_API_URL 或 GITCODE_API_URL"
        }
    }
    .to_owned()
}
