//! Logins in Chinese.

use super::http::failed_briefly;
use super::parts::list;
use crate::messages::login::{CredentialsKind, IdTokenPlace, KeysFile, LoginHint, LoginMessage};
use crate::messages::shown::claims;
use crate::text::duration;

/// What went wrong with a login, or is worth knowing about it.
pub(in crate::messages) fn login(message: &LoginMessage) -> String {
    let text = match message {
        LoginMessage::LacksKeys => "响应中没有临时密钥",
        LoginMessage::LacksToken => "响应中没有可用的 X-Subject-Token 头",
        LoginMessage::LacksIdToken => "响应中没有 ID 令牌",
        LoginMessage::NoIdToken(place) => return format!("{}中没有 ID 令牌", id_token_place(place)),
        LoginMessage::IdTokenNotRead { path, cause } => {
            return format!("无法读取 `{path}` 中的 ID 令牌：{cause}");
        }
        LoginMessage::PodTokenNotRead { path, cause } => {
            return format!("无法读取 HC_CONTAINER_AUTHORIZATION_TOKEN_FILE `{path}`：{cause}");
        }
        LoginMessage::NoPodToken(path) => {
            return format!("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE `{path}` 中没有令牌");
        }
        LoginMessage::ShorterSession(call) => {
            return format!("{}；改为申请一小时的会话，并及时续期", failed_briefly(call));
        }
        LoginMessage::KeepingSession(call) => return format!("{}；继续使用当前会话", failed_briefly(call)),
        LoginMessage::ClockCorrected { off, is_behind } => {
            let direction = if *is_behind { "慢" } else { "快" };
            return format!(
                "本机的时钟比 CodeArts 的时钟{direction} {}；使用 CodeArts 的时间签名",
                duration(*off)
            );
        }
    };
    text.to_owned()
}

/// A kind of credentials.
pub(in crate::messages) fn credentials_kind(kind: &CredentialsKind) -> String {
    let (text, file) = match kind {
        CredentialsKind::Token => ("CODEARTS_TOKEN 中的令牌", &None),
        CredentialsKind::Keys(file) => ("AK/SK，对请求签名", file),
        CredentialsKind::TemporaryKeys(file) => ("临时 AK/SK，对请求签名", file),
        CredentialsKind::Password => ("IAM 密码，换取令牌", &None),
        CredentialsKind::OidcSts => ("本作业的 ID 令牌，换取委托的临时密钥（STS）", &None),
        CredentialsKind::OidcIam => ("本作业的 ID 令牌，换取令牌（IAM）", &None),
        CredentialsKind::Server => ("本云服务器的委托", &None),
        CredentialsKind::Pod => ("本 Pod 的身份", &None),
    };
    match file {
        None => text.to_owned(),
        Some(KeysFile::Sdk) => format!("{text}（来自 SDK 的 profile 文件）"),
        Some(KeysFile::KooCli) => format!("{text}（来自 KooCLI 的文件）"),
    }
}

fn id_token_place(place: &IdTokenPlace) -> String {
    match place {
        IdTokenPlace::Variable => "HUAWEICLOUD_OIDC_ID_TOKEN ".to_owned(),
        IdTokenPlace::File(path) => format!("`{path}` "),
        IdTokenPlace::GitHub => "GitHub 的响应".to_owned(),
    }
}

/// What to do about a refused login.
pub(in crate::messages) fn login_hint(hint: &LoginHint) -> String {
    let (what, shown) = match hint {
        LoginHint::TrustPolicy(shown) => ("身份提供商和委托的信任策略", shown),
        LoginHint::ConversionRule(shown) => ("身份提供商（HUAWEICLOUD_SDK_IDP_ID）及其身份转换规则", shown),
        LoginHint::FreshIdToken => return "获取新的 ID 令牌：当前令牌已过期".to_owned(),
        LoginHint::Password => {
            return "检查 CODEARTS_IAM_USER、CODEARTS_IAM_PASSWORD 和 CODEARTS_IAM_DOMAIN（账号名）；多次输错密码后 IAM 会锁定用户".to_owned();
        }
        LoginHint::GitHubIdToken => {
            return "以 `permissions: id-token: write` 重新运行作业；ACTIONS_ID_TOKEN_REQUEST_TOKEN 只在 GitHub 为其生成的作业中有效".to_owned();
        }
        LoginHint::Agency => return "为本服务器配置可以使用 CodeArts 的委托".to_owned(),
        LoginHint::SetClock => return "校准本机的时钟".to_owned(),
    };
    match claims(shown) {
        shown if shown.is_empty() => format!("检查{what}：ID 令牌中没有可读取的声明"),
        shown => format!("检查{what}：它们必须与 {} 匹配", list(&shown)),
    }
}
