//! What `doctor` tests, in Chinese.

use super::parts::{inner, list};
use super::review::pull_request;
use crate::messages::doctor::{DoctorHint, DoctorLabel, DoctorMessage, Surroundings, Tested, Untested};
use crate::messages::finish::JobKind;
use crate::messages::shown::name;
use crate::model::language::Language;
use crate::text::duration;

/// How a line begins.
pub(in crate::messages) fn doctor_label(label: &DoctorLabel) -> String {
    match label {
        DoctorLabel::Good(what) => format!("正常: {}", tested(*what)),
        DoctorLabel::Note(what) => format!("注意: {}", tested(*what)),
        DoctorLabel::Bad(what) => tested(*what),
    }
}

fn tested(what: Tested) -> String {
    match what {
        Tested::Target(name) => return format!("发布 {name}"),
        Tested::Permission(name) => return format!("权限 {name}"),
        Tested::Environment => "环境",
        Tested::Proxy => "代理",
        Tested::ReportDirectory => "报告目录",
        Tested::Publishing => "发布",
        Tested::Task => "任务",
        Tested::Configuration => "配置",
        Tested::HttpClient => "HTTP 客户端",
        Tested::Credentials => "凭据",
        Tested::Endpoint => "终端节点",
        Tested::Clock => "时钟",
        Tested::Login => "登录",
        Tested::Permissions => "权限",
        Tested::PullRequest => "拉取请求",
        Tested::ChangedFiles => "变更文件",
        Tested::FullTask => "全量任务",
        Tested::Project => "项目",
        Tested::MergeRequestTasks => "合并请求任务",
        Tested::Languages => "语言",
        Tested::ServiceEndpoint => "服务扩展点",
        Tested::QualityGate => "质量门禁",
        Tested::Policy => "最小 IAM 策略",
        Tested::Job => "构建任务",
        Tested::LatestBuild => "最近一次构建",
        Tested::BuildStatus => "构建状态",
        Tested::BuildLog => "构建日志",
        Tested::BuildSteps => "构建步骤",
        Tested::BuildPackages => "构建软件包",
        Tested::StartAndStop => "启动和停止",
    }
    .to_owned()
}

/// What a test found.
pub(in crate::messages) fn doctor(message: &DoctorMessage) -> String {
    let text = match message {
        DoctorMessage::Environment { ci, repository } => {
            let ci = match ci {
                Surroundings::Ci(name) => name,
                Surroundings::UnknownCi => "未知的 CI",
                Surroundings::NoCi => "不在 CI 中",
            };
            return format!("{ci}，{}", repository.as_deref().unwrap_or("没有仓库名称"));
        }
        DoctorMessage::ProxyUsed(proxy) => return format!("{proxy} 用于 NO_PROXY 之外的所有 https 主机"),
        DoctorMessage::DirectoryWritable(path) => return format!("`{path}` 可写"),
        DoctorMessage::NothingPublished(why) => return format!("此处不发布任何内容：{}", inner(why)),
        DoctorMessage::NotTested(why) => return format!("未检测：{}", untested(*why)),
        DoctorMessage::EndpointAnswers { origin, family } => {
            return format!("{origin} 有响应（{}）", family.text(Language::Chinese));
        }
        DoctorMessage::ClockMatches => "与服务的时钟一致",
        DoctorMessage::ClockOff { off, is_behind } => {
            let direction = if *is_behind { "慢" } else { "快" };
            return format!("比服务的时钟{direction} {}；请求签名已据此校正", duration(*off));
        }
        DoctorMessage::LoggedIn => "已用凭据换得会话",
        DoctorMessage::TaskRead { task, status: Some(status) } => {
            return format!("可以读取任务 {task}，状态 {status}");
        }
        DoctorMessage::TaskRead { task, status: None } => return format!("可以读取任务 {task}，尚无状态"),
        DoctorMessage::ReportRead => "可以读取结果和 PDF 报告",
        DoctorMessage::OnlyForStart(kind) => {
            let started = match kind {
                JobKind::Task => "运行",
                JobKind::Build => "构建",
            };
            return format!("仅 `--start` 需要，不启动{started}就无法检测");
        }
        DoctorMessage::OnlyForRun => "运行合并请求任务时需要，不启动运行就无法检测",
        DoctorMessage::PullRequest { forge, repository, number, source, target, head, is_from_fork } => {
            return pull_request(forge, repository, *number, *is_from_fork, [source, target, head]);
        }
        DoctorMessage::ChangedFiles(number) => return format!("变更了 {number} 个文件"),
        DoctorMessage::MoreFiles => "代码托管平台没有列出全部变更文件；其余文件中的问题也计入",
        DoctorMessage::Fits { repository, branch } => {
            return format!("检查的是拉取请求的目标：{} 的分支 {}", name(repository), name(branch));
        }
        DoctorMessage::Project(text)
        | DoctorMessage::ServiceEndpoint(text)
        | DoctorMessage::TaskPolicy(text) => text,
        DoctorMessage::Listed => "可以列出",
        DoctorMessage::NotListed => "无法列出，因此找不到已有的任务，会另外创建一个",
        DoctorMessage::NotCreated { task, number } => {
            return format!("未检测：拉取请求 {number} 已有合并请求任务 {task}");
        }
        DoctorMessage::CreationNotTested => "因上述问题未检测",
        DoctorMessage::DeletionNotTested => "未检测：没有创建任务",
        DoctorMessage::Languages(languages) => return list(languages),
        DoctorMessage::NoServiceEndpoint => "未知；创建合并请求任务时不指定",
        DoctorMessage::QualityGate(policy) => return format!("`{policy}`"),
        DoctorMessage::NoQualityGate => "CodeArts 没有显示",
        DoctorMessage::BuildPolicy => "按照 CodeArts 的文档，读取构建不需要 IAM 策略",
        DoctorMessage::JobRead { job, is_running } => {
            let builds = if *is_running { "有构建正在进行" } else { "没有正在进行的构建" };
            return format!("可以读取构建任务 {job}，{builds}");
        }
        DoctorMessage::LatestBuild(Some(number)) => return format!("编号 {number}"),
        DoctorMessage::LatestBuild(None) => "尚无构建",
        DoctorMessage::BuildStatus(status) => return format!("`{status}`"),
        DoctorMessage::Readable => "可以读取",
        DoctorMessage::NoProblems { has_permissions: true, exit_code } => {
            return format!("没有发现问题（退出码 {exit_code}）");
        }
        DoctorMessage::NoProblems { has_permissions: false, exit_code } => {
            return format!("没有发现问题，但未检测权限（退出码 {exit_code}）");
        }
        DoctorMessage::Problems { number, exit_code } => {
            return format!("发现 {number} 个问题（退出码 {exit_code}）");
        }
    };
    text.to_owned()
}

const fn untested(why: Untested) -> &'static str {
    match why {
        Untested::NoSubject => "没有指定任务或构建任务",
        Untested::Configuration => "配置不完整",
        Untested::Login => "登录失败",
        Untested::Endpoint => "终端节点没有响应",
    }
}

/// What to do about a finding.
pub(in crate::messages) fn doctor_hint(hint: &DoctorHint) -> String {
    match hint {
        DoctorHint::GiveSubject => {
            "运行 `codearts-gate doctor TASK_ID` 或 `codearts-gate doctor --job-id JOB_ID` 来检测权限"
        }
        DoctorHint::AddAction(action) => return format!("为 `--start` 添加 `{action}`"),
        DoctorHint::NameServiceEndpoint => {
            "如果 CodeArts 通过服务扩展点读取仓库，请指定 `--task-endpoint-id`"
        }
        DoctorHint::Membership => "把该用户加入项目，并授予可以运行该构建任务的角色",
    }
    .to_owned()
}
