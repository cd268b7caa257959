//! What CodeArts answers, in Chinese.

use super::http::{failed_briefly, http};
use super::parts::inner;
use crate::messages::http::HttpMessage;
use crate::messages::service::{HostFamily, RedirectFault, ServiceHint, ServiceMessage};
use crate::text::duration;

/// What is wrong with an answer, or is done about a call that failed.
pub(in crate::messages) fn service(message: &ServiceMessage) -> String {
    let text = match message {
        ServiceMessage::Lacks(field) => return format!("响应中没有 `{field}`"),
        ServiceMessage::NotSummary => "响应不是概要",
        ServiceMessage::NoBuild => "响应没有指明构建",
        ServiceMessage::NoNewBuild => "响应没有指明新构建",
        ServiceMessage::OtherBuild => "响应属于另一个构建",
        ServiceMessage::NoDiscussions => "响应中没有检视意见列表",
        ServiceMessage::NoFindings => "响应中没有问题列表",
        ServiceMessage::TooManyRows { limit, asked } => {
            return format!("响应超过 {limit} 行；请求的是 {asked} 行");
        }
        ServiceMessage::NotPdf(why) => return format!("不是 PDF：{}", inner(why)),
        ServiceMessage::RedirectNotFollowed(fault) => {
            let fault = match fault {
                RedirectFault::NoAddress => "其中没有有效的 URL",
                RedirectFault::NamesUser => "其 URL 含有用户名",
                RedirectFault::NotHttps => "其 URL 不是 https",
            };
            return format!("不跟随重定向：{fault}");
        }
        ServiceMessage::RedirectedTwice => "再次被重定向，不再跟随",
        ServiceMessage::ExportWithoutFile => "导出成功，但没有指明文件",
        ServiceMessage::ExportWithoutReason => "CodeArts 没有给出原因",
        ServiceMessage::ExportReason(reason) => reason,
        ServiceMessage::GoingOnWithout(call) => {
            return format!("{}；跳过并继续", failed_briefly(call));
        }
        ServiceMessage::AskingWithoutRun(call) => {
            return format!("{}；改为查询任务而不是运行", failed_briefly(call));
        }
        ServiceMessage::RenewingCredentials(call) => {
            return format!("{}；正在更新凭据", failed_briefly(call));
        }
        ServiceMessage::RunsNotInTime(limit) => {
            return format!("{} 内没有得到运行列表；跳过并继续", duration(*limit));
        }
        ServiceMessage::LookingForBuild(call) => {
            return format!("{}；正在确认构建是否已启动", failed_briefly(call));
        }
        ServiceMessage::TaskPerhapsLeft { parent, number } => {
            return format!(
                "再次尝试在任务 {parent} 下为 #{number} 创建合并请求任务；第一次尝试可能创建了 CodeArts 没有列出的任务"
            );
        }
        ServiceMessage::FindingTooLarge(call) => {
            return format!("{}；省略该问题", http(&HttpMessage::Failed(call.clone())));
        }
    };
    text.to_owned()
}

/// Which kind of host an address leads to.
pub(in crate::messages) fn host_family(family: &HostFamily) -> String {
    match family {
        HostFamily::ThisMachine => "本机",
        HostFamily::Sdk => "官方 SDK 的主机",
        HostFamily::OlderPages => "旧版文档页面的主机",
        HostFamily::InternationalPages => "国际站文档页面的主机",
        HostFamily::European => "欧洲站的主机",
        HostFamily::Other => "私有部署，或代理的主机",
    }
    .to_owned()
}

/// What to do about an answer of CodeArts.
pub(in crate::messages) fn service_hint(hint: &ServiceHint) -> String {
    match hint {
        ServiceHint::TaskId => {
            "检查 ID：它必须是任务的 ID，而不是项目的 ID；`--region`（或 `--endpoint`）必须是任务所在的区域"
        }
        ServiceHint::JobId => {
            "检查 ID：它必须是构建任务的 ID，而不是项目的 ID；`--region`（或 `--build-endpoint`）必须是构建任务所在的区域"
        }
        ServiceHint::Id => "检查 ID，并确认它位于 `--region`（或 `--endpoint`）所指的区域",
        ServiceHint::ForeignAnswer => {
            "检查代理变量、`--region`/`--endpoint` 和网络：该响应可能来自代理、登录页面或其他服务器"
        }
        ServiceHint::Credentials => {
            "检查凭据：密钥或令牌应属于正确的账号和区域，未过期，前后没有空格"
        }
        ServiceHint::Clock => "检查本机的时钟：签名的有效期为 15 分钟",
        ServiceHint::Membership => {
            "把这些凭据的用户加入 CodeArts 项目，并授予可以执行此操作的角色；CodeArts Check 可能还需要 `codeartscheck` 权限；区域错误时现象相同"
        }
        ServiceHint::TaskCreation => {
            "为这些凭据的用户授予权限 `codeartscheck:task:create`，以及 CodeArts 项目中可以创建检查任务的角色"
        }
        ServiceHint::TaskLanguages => {
            "用 `--task-languages` 指明代码的语言，例如 `java,python`；项目需要有每种语言的规则集"
        }
        ServiceHint::ProjectId => {
            "检查 `--project-id`：需要 CodeArts 项目的 ID，而不是任务的 ID 或区域 IAM 项目的 ID；并确认 `--region`（或 `--endpoint`）是项目所在的区域"
        }
        ServiceHint::ActiveRun => "用 `--if-running` 选择跟随正在进行的运行、排队或失败",
    }
    .to_owned()
}
