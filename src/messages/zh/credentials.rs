//! Credentials, in Chinese.

use crate::messages::credentials::{
    CredentialsHint, CredentialsMessage, FileFlaw, LoginKind, MissingSet, SecretFlaw,
};

/// Between the names of what belongs together.
const AND: &str = " 和 ";

/// What is wrong with credentials.
pub(in crate::messages) fn credentials(message: &CredentialsMessage) -> String {
    match message {
        CredentialsMessage::None => "没有凭据".to_owned(),
        CredentialsMessage::NoneForFork => {
            "没有凭据：这是来自 fork 仓库的拉取请求，CI 不会向其传递机密信息".to_owned()
        }
        CredentialsMessage::Incomplete { set, missing } => {
            format!("已设置 {}，但未设置 {}", set.join(AND), missing.join(AND))
        }
        CredentialsMessage::Flawed { origin, flaw } => format!("{origin} {}", secret_flaw(*flaw)),
        CredentialsMessage::TokenNotUsed { origin, flaw } => {
            format!("未使用 {origin}：它{}", secret_flaw(*flaw))
        }
        CredentialsMessage::QuotedPassword(origin) => {
            format!("{origin} 带有引号；引号会作为密码的一部分发送")
        }
        CredentialsMessage::NoIdToken => "无密钥登录需要 ID 令牌，但没有 ID 令牌".to_owned(),
        CredentialsMessage::SessionName(variable) => {
            format!("{variable} 必须由 2 到 128 个字母、数字和 `_+=,.@-` 组成")
        }
        CredentialsMessage::SessionSeconds { variable, least, most } => {
            format!("{variable} 必须在 {least} 到 {most} 之间")
        }
        CredentialsMessage::ProviderName { origin, limit } => {
            format!("{origin}：身份提供商名称必须由 1 到 {limit} 个可见的 ASCII 字符组成")
        }
        CredentialsMessage::TokenAddress(variable) => format!("无法使用 {variable}：必须以 https:// 开头"),
        CredentialsMessage::PodAddress(variable) => {
            format!("无法使用 {variable}：必须以 https:// 开头，或指向本机")
        }
        CredentialsMessage::MetadataAddress(origin) => format!("`{origin}` 不是 URL"),
        CredentialsMessage::NoScope(login) => {
            let login = match login {
                LoginKind::Keyless => "无密钥登录",
                LoginKind::Password => "使用 IAM 密码登录",
            };
            format!("{login}需要区域或 IAM 项目作为令牌的作用范围")
        }
        CredentialsMessage::ProfileWithoutKeys { path, section } => {
            format!("profile 文件 `{path}` 的 [{section}] 段中没有 `ak` 和 `sk`")
        }
        CredentialsMessage::KooCliNotJson(path) => format!("KooCLI 文件 `{path}` 不是 JSON"),
        CredentialsMessage::KooCliWithoutProfile(path) => {
            format!("KooCLI 文件 `{path}` 没有指明当前配置项")
        }
        CredentialsMessage::KooCliEncrypted(path) => {
            format!("KooCLI 文件 `{path}` 中的密钥已加密（authEncrypt）；只有 KooCLI 能解密")
        }
        CredentialsMessage::KooCliWithoutKeys(path) => {
            format!("KooCLI 文件 `{path}` 的当前配置项没有访问密钥")
        }
        CredentialsMessage::FileNotRead { path, flaw } => {
            format!("无法读取 `{path}`：{}", file_flaw(flaw))
        }
        CredentialsMessage::FileOpenToAll(path) => {
            format!("本机上的任何人都可以修改保存凭据的 `{path}`")
        }
    }
}

const fn secret_flaw(flaw: SecretFlaw) -> &'static str {
    match flaw {
        SecretFlaw::Unreplaced => "包含对变量的引用，而不是变量的值",
        SecretFlaw::Quoted => "带有引号",
        SecretFlaw::Characters => "包含空格、换行或非 ASCII 字符",
        SecretFlaw::Masked => "不含字母或数字，像是被掩码的值",
        SecretFlaw::Controls => "包含换行或其他控制字符",
    }
}

fn file_flaw(flaw: &FileFlaw) -> &str {
    match flaw {
        FileFlaw::NotRead { cause, .. } => cause,
        FileFlaw::Utf16 => "它是 UTF-16 文本",
        FileFlaw::NotText => "它不是 UTF-8 文本",
    }
}

/// What to do about credentials.
pub(in crate::messages) fn credentials_hint(hint: &CredentialsHint) -> String {
    let text = match hint {
        CredentialsHint::Give(sets) => {
            let sets: Vec<String> = sets.iter().map(missing_set).collect();
            return format!("提供 {}", sets.join("；或 "));
        }
        CredentialsHint::AllNames => "查看 `codearts-gate check --help`，其中列出了所有变量名",
        CredentialsHint::Fork => "确认这是否是来自 fork 仓库的拉取请求：CI 系统不会向其传递机密信息",
        CredentialsHint::CheckForks => {
            "按 docs/zh/pull-requests.md 所示在单独的作业中检查 fork；不要把机密信息交给其代码"
        }
        CredentialsHint::SetToo(missing) => return format!("同时设置 {}", missing.join(AND)),
        CredentialsHint::Correct(flaw) => match flaw {
            SecretFlaw::Unreplaced => "将其设为值本身",
            SecretFlaw::Quoted => "设置时不要带引号",
            SecretFlaw::Characters | SecretFlaw::Masked | SecretFlaw::Controls => "重新复制并粘贴",
        },
        CredentialsHint::IdToken { variable, file_variable } => {
            return format!(
                "在 GitHub 上为作业设置 `permissions: id-token: write`，在 GitLab 上设置 `id_tokens: {variable}`；在其他环境中设置 {variable} 或 {file_variable}"
            );
        }
        CredentialsHint::Scope => "指定 `--region` 或 `--iam-project-id`",
        CredentialsHint::AddKeys => "添加它们，或删除该文件",
        CredentialsHint::ConfigureKooCli => "运行 `hcloud configure set`",
        CredentialsHint::UseVariables => "改为用环境变量设置密钥",
        CredentialsHint::SaveAsUtf8 => "将其保存为 UTF-8",
        CredentialsHint::Protect(path) => return format!("运行 `chmod o-w {path}`"),
    };
    text.to_owned()
}

fn missing_set(set: &MissingSet) -> String {
    match set {
        MissingSet::Variables(names) => names.join(AND),
        MissingSet::Keyless(names) => format!("{}（无密钥）", names.join(AND)),
        MissingSet::Profile(path) => format!("profile 文件 `{path}`"),
        MissingSet::ProfileNotRead { path, flaw } => {
            format!("SDK 的 profile 文件（无法读取 `{path}`：{}）", file_flaw(flaw))
        }
        MissingSet::ProfileWithoutHome { variable } => {
            format!("SDK 的 profile 文件（未设置 HOME：用 {variable} 指定文件）")
        }
        MissingSet::KooCli { has_home: true } => "KooCLI 文件 `~/.hcloud/config.json`".to_owned(),
        MissingSet::KooCli { has_home: false } => {
            "KooCLI 文件 `~/.hcloud/config.json`（未设置 HOME）".to_owned()
        }
    }
}
