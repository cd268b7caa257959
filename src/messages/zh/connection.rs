//! Where the service is, in Chinese.

use super::parts::list;
use crate::messages::connection::{ConnectionHint, ConnectionMessage, EndpointFlaw, ProxyFlaw, ServiceName};
use crate::messages::shown::OPTION_LIMIT;
use crate::text::one_line;

/// What is wrong with a connection.
pub(in crate::messages) fn connection(message: &ConnectionMessage) -> String {
    match message {
        ConnectionMessage::NoRegion => "没有指定区域".to_owned(),
        ConnectionMessage::UnknownRegion { service, region } => {
            let service = match service {
                ServiceName::Check => "CodeArts Check",
                ServiceName::Build => "CodeArts Build",
                ServiceName::Sts => "STS",
            };
            let shown = one_line(&region.value, OPTION_LIMIT);
            format!("区域 `{shown}`（`{}`）没有已知的 {service} 主机", region.origin)
        }
        ConnectionMessage::Endpoint { origin, flaw } => {
            format!("无法使用 `{origin}`：{}", endpoint_flaw(flaw))
        }
        ConnectionMessage::NoIam => "没有 IAM 的 URL".to_owned(),
        ConnectionMessage::Proxy { variable, flaw } => {
            let flaw = match flaw {
                ProxyFlaw::NotAnAddress => "它不是 URL",
                ProxyFlaw::Socks => "不支持 SOCKS 代理",
                ProxyFlaw::Scheme => "协议不是 http 或 https",
            };
            format!("无法使用 {variable}：{flaw}")
        }
        ConnectionMessage::NoProxy { variable, entry } => {
            format!("无法使用 {variable}：第 {entry} 项不是主机、域名、IP 地址、网段或 `*`")
        }
        ConnectionMessage::CaFileNotRead(path) => format!("无法读取 `{path}`"),
        ConnectionMessage::CaFileUnusable(path) => format!("无法使用 `{path}`"),
        ConnectionMessage::RunnerCaFile(path) => format!("无法使用 CI_SERVER_TLS_CA_FILE `{path}`"),
    }
}

fn endpoint_flaw(flaw: &EndpointFlaw) -> String {
    match flaw {
        EndpointFlaw::NotAUrl => "它不是主机名或 URL".to_owned(),
        EndpointFlaw::User => "不得包含用户名或密码".to_owned(),
        EndpointFlaw::Path => "路径会使请求签名失效".to_owned(),
        EndpointFlaw::PlainHttp => "未加密的 HTTP 会泄露凭据".to_owned(),
        EndpointFlaw::Scheme(scheme) => format!("协议 `{}` 不是 https", one_line(scheme, OPTION_LIMIT)),
    }
}

/// What to do about a connection.
pub(in crate::messages) fn connection_hint(hint: &ConnectionHint) -> String {
    let text = match hint {
        ConnectionHint::Region(known) => {
            return format!("指定 `--region`（或 CODEARTS_REGION），可选值：{}", list(known));
        }
        ConnectionHint::UrlOption(option) => {
            return format!("如果服务在其他位置，请用 `{option}` 指定其 URL");
        }
        ConnectionHint::Endpoint => "提供 URL，例如 https://codearts-check.cn-north-4.myhuaweicloud.com",
        ConnectionHint::SchemeAndHost => "只提供协议和主机",
        ConnectionHint::Https => "使用 https，或指定 `--allow-http`",
        ConnectionHint::CaFile => "指定一个存在的、包含该机构证书的 PEM 文件",
        ConnectionHint::ProxyForm => {
            "提供 HTTP 代理的 URL，例如 http://host:port 或 http://user:password@host:port"
        }
        ConnectionHint::ProxyPassword => "把密码中的 `@ : / # ? %` 写成 %40 %3A %2F %23 %3F %25",
        ConnectionHint::NoProxyForm => {
            "写成 host、.example.com、10.1.2.3、10.0.0.0/8 或 `*` 这样的项，每项可带 :port"
        }
    };
    text.to_owned()
}
