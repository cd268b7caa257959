//! Connections and requests in Chinese.

use crate::messages::http::{FailedCall, HttpHint, HttpMessage, Target};
use crate::model::language::Language;
use crate::model::tls_fault::TlsFault;
use crate::text::{bytes, duration};

/// What became of a request.
pub(in crate::messages) fn http(message: &HttpMessage) -> String {
    let text = match message {
        HttpMessage::Failed(call) => return failed(call),
        HttpMessage::FailedBriefly(call) => return failed_briefly(call),
        HttpMessage::Retrying(call, pause) => {
            return format!("{}；{} 后重试", failed_briefly(call), duration(*pause));
        }
        HttpMessage::LookingForResult(call) => {
            return format!("{}；正在确认操作是否已经完成", failed_briefly(call));
        }
        HttpMessage::Said(text) => text,
        HttpMessage::DuplicateName => "对象中有重复的名称",
        HttpMessage::NoExplanation => "没有说明",
        HttpMessage::Redirected => "服务器重定向到了别处；不会把凭据发送到那里",
        HttpMessage::ListCut { listed, total } => {
            return format!("响应列出了 {total} 项中的 {listed} 项");
        }
        HttpMessage::ListTooLong => "条目过多",
        HttpMessage::NotWhole => "响应不完整：只有 HTTP 200 到 204 是完整的响应",
        HttpMessage::Empty => "响应为空",
        HttpMessage::WebPage(text) => return format!("响应是网页而不是 JSON，可能来自代理：{text}"),
        HttpMessage::NotJson { why, text: None } => return format!("响应不是有效的 JSON（{why}）"),
        HttpMessage::NotJson { why, text: Some(text) } => {
            return format!("响应不是有效的 JSON（{why}）：{text}");
        }
        HttpMessage::Unexplained(text) => return format!("响应为：{text}"),
        HttpMessage::NoConnection(cause) => return format!("无法建立连接：{cause}"),
        HttpMessage::Silent(cause) => return format!("没有及时响应：{cause}"),
        HttpMessage::Broken(cause) => return format!("连接中断：{cause}"),
        HttpMessage::NotInTime(limit) => return format!("{} 内没有收到完整的响应", duration(*limit)),
        HttpMessage::TooLarge(limit) => return format!("响应大于 {}", bytes(*limit)),
        HttpMessage::Tls(fault, cause) => return format!("{}：{cause}", tls(*fault)),
        HttpMessage::ProxyLogin(None) => "代理拒绝了登录（HTTP 407）",
        HttpMessage::ProxyLogin(Some(proxy)) => return format!("代理 {proxy} 拒绝了登录（HTTP 407）"),
        HttpMessage::ThroughProxy(what, proxy) => return format!("{}，经由代理 {proxy}", http(what)),
        HttpMessage::Climbing => "路径指向别处（`.` 或 `..`），因此没有发送请求",
        HttpMessage::FileNotRead { path, cause } => return format!("无法读取 `{path}`：{cause}"),
    };
    text.to_owned()
}

fn failed(call: &FailedCall) -> String {
    let target = match &call.target {
        Target::Unsent => "未发送任何内容",
        Target::Address(address) => address,
        Target::ArtifactStore => "PUT 到制品存储",
    };
    let attempt = call.attempt.text(Language::Chinese);
    let text = format!("无法{attempt}（{target}）：{}", answer(call));
    match &call.request_id {
        Some(request_id) => format!("{text} [请求 {request_id}]"),
        None => text,
    }
}

/// A call that failed, in few words.
pub(super) fn failed_briefly(call: &FailedCall) -> String {
    format!("无法{}：{}", call.attempt.text(Language::Chinese), answer(call))
}

fn answer(call: &FailedCall) -> String {
    let why = call.why.text(Language::Chinese);
    match (call.status, &call.code) {
        (None, _) => why,
        (Some(status), Some(code)) if *code != status.to_string() => format!("HTTP {status} {code}，{why}"),
        (Some(status), _) => format!("HTTP {status}，{why}"),
    }
}

const fn tls(fault: TlsFault) -> &'static str {
    match fault {
        TlsFault::Expired => "服务器的证书已过期",
        TlsFault::NotYetValid => "服务器的证书尚未生效",
        TlsFault::WrongName => "服务器的证书属于另一个主机名",
        TlsFault::UnknownAuthority => "服务器的证书由未知的机构签发",
        TlsFault::OtherCertificate => "服务器的证书不受信任",
        TlsFault::NotSpoken => "服务器不使用 TLS",
    }
}

/// What to do about a request that did not get through.
pub(in crate::messages) fn http_hint(hint: &HttpHint) -> String {
    match hint {
        HttpHint::Unreachable => "检查主机名、`--region`/`--endpoint`、代理变量和防火墙",
        HttpHint::Tls(TlsFault::Expired | TlsFault::NotYetValid) => {
            "更新服务器的证书；如果在别处证书有效，请校准本机的时钟"
        }
        HttpHint::Tls(TlsFault::WrongName) => {
            "检查 `--endpoint` 中的主机名；也可能是拦截 TLS 的代理在代替它响应"
        }
        HttpHint::Tls(TlsFault::NotSpoken) => {
            "检查 `--endpoint` 中的端口：那里响应的是明文 http，或者不是 Web 服务器"
        }
        HttpHint::Tls(TlsFault::UnknownAuthority | TlsFault::OtherCertificate) => {
            "如果代理或私有部署使用自己的证书颁发机构，请用 `--ca-file` 指定"
        }
        HttpHint::ProxyLogin => {
            "检查代理 URL（HTTPS_PROXY、HTTP_PROXY 或 ALL_PROXY）中的用户和密码；不会再次发送登录信息"
        }
    }
    .to_owned()
}
