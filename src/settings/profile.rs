//! Files with keys that other tools of Huawei Cloud keep (page `auth`, sections 8 and 9).

use super::environment::Environment;
use super::secret::visible;
use super::value::{UsageError, usage};
use crate::auth::AccessKeys;
use crate::text::without_mark;
use serde_json::Value;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Largest file that is read, in bytes.
const FILE_LIMIT: u64 = 1024 * 1024;
/// The section for services of a region, which CodeArts is.
const SECTION: &str = "basic";
/// How UTF-16 begins, which redirections of PowerShell write.
const UTF_16_MARKS: [[u8; 2]; 2] = [[0xff, 0xfe], [0xfe, 0xff]];

/// What a profile of the SDK holds.
#[derive(Debug, Default)]
pub(super) struct Profile {
    path: String,
    ak: Option<String>,
    sk: Option<String>,
    security_token: Option<String>,
    pub(super) project_id: Option<String>,
    pub(super) iam_endpoint: Option<String>,
    pub(super) idp_id: Option<String>,
    pub(super) id_token_file: Option<String>,
}

impl Profile {
    /// Its key pair.
    pub(super) fn keys(self) -> Result<AccessKeys, UsageError> {
        let Self { path, ak, sk, security_token, .. } = self;
        let (Some(ak), Some(sk)) = (ak, sk) else {
            return usage(format!(
                "the profile file `{path}` has no `ak` and `sk` in its section [{SECTION}]; add them, or remove the file"
            ));
        };
        Ok(AccessKeys {
            access_key: visible("`ak` of the profile file", &ak)?,
            secret_key: visible("`sk` of the profile file", &sk)?.into(),
            security_token: security_token
                .map(|token| visible("`security_token` of the profile file", &token).map(Into::into))
                .transpose()?,
        })
    }
}

/// Where the SDK keeps its profile.
pub(super) fn sdk_path(environment: &Environment) -> Option<PathBuf> {
    match environment.get("HUAWEICLOUD_SDK_CREDENTIALS_FILE") {
        Some(path) => Some(PathBuf::from(path)),
        None => Some(home(environment)?.join(".huaweicloud/credentials")),
    }
}

/// The profile of the SDK; `None`: there is no such file.
pub(super) fn read_sdk(path: &Path) -> Result<Option<Profile>, UsageError> {
    let Some(text) = read(path)? else { return Ok(None) };
    let mut profile = Profile { path: path.display().to_string(), ..Profile::default() };
    let mut is_ours = false;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            is_ours = section.trim() == SECTION;
            continue;
        }
        let Some((name, value)) = line.split_once(['=', ':']).filter(|_| is_ours) else { continue };
        let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        match name.trim() {
            "ak" => profile.ak = value,
            "sk" => profile.sk = value,
            "security_token" => profile.security_token = value,
            "project_id" => profile.project_id = value,
            "iam_endpoint" => profile.iam_endpoint = value,
            "idp_id" => profile.idp_id = value,
            "id_token_file" => profile.id_token_file = value,
            _ => {}
        }
    }
    Ok(Some(profile))
}

/// The keys of KooCLI's current profile; `None`: there is no such file.
pub(super) fn koocli(environment: &Environment) -> Result<Option<AccessKeys>, UsageError> {
    let Some(path) = home(environment).map(|home| home.join(".hcloud/config.json")) else { return Ok(None) };
    let Some(text) = read(&path)? else { return Ok(None) };
    let shown = path.display();
    let Ok(file) = serde_json::from_str::<Value>(&text) else {
        return usage(format!("the file of KooCLI `{shown}` is no JSON"));
    };
    let profiles = file["profiles"].as_array().map(Vec::as_slice).unwrap_or_default();
    let current = file["current"].as_str();
    let chosen = match (current, profiles) {
        (Some(current), _) => profiles.iter().find(|profile| profile["name"].as_str() == Some(current)),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let Some(profile) = chosen else {
        return usage(format!(
            "the file of KooCLI `{shown}` does not tell which profile is the current one; run `hcloud configure set`"
        ));
    };
    let is_true =
        |value: &Value| value == true || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"));
    if is_true(&file["authEncrypt"]) || is_true(&profile["authEncrypt"]) {
        return usage(format!(
            "the keys in the file of KooCLI `{shown}` are encrypted (authEncrypt), so nobody but KooCLI can read them; give the keys in variables"
        ));
    }
    let field = |name: &str| profile[name].as_str().map(str::trim).filter(|value| !value.is_empty());
    let (Some(ak), Some(sk)) = (field("accessKeyId"), field("secretAccessKey")) else {
        return usage(format!("the profile in the file of KooCLI `{shown}` holds no access key"));
    };
    Ok(Some(AccessKeys {
        access_key: visible("the access key of KooCLI", ak)?,
        secret_key: visible("the secret key of KooCLI", sk)?.into(),
        security_token: field("securityToken")
            .map(|token| visible("the security token of KooCLI", token).map(Into::into))
            .transpose()?,
    }))
}

/// Whether somebody said where the profile is.
pub(super) fn is_named(environment: &Environment) -> bool {
    environment.get("HUAWEICLOUD_SDK_CREDENTIALS_FILE").is_some()
}

pub(super) fn home(environment: &Environment) -> Option<PathBuf> {
    environment.path("HOME").or_else(|| environment.path("USERPROFILE"))
}

/// Whoever may change the file chooses who is asking.
fn warn_of_strangers(path: &Path) {
    #[cfg(unix)]
    {
        /// Others than the owner and the group may write.
        const OTHERS_WRITE: u32 = 0o002;
        let Ok(about) = std::fs::metadata(path) else { return };
        let mode = std::os::unix::fs::PermissionsExt::mode(&about.permissions());
        if mode & OTHERS_WRITE != 0 {
            let path = path.display();
            tracing::warn!(
                "everybody on this machine may change `{path}`, which holds credentials; run `chmod o-w {path}`"
            );
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// A file that need not be there.
fn read(path: &Path) -> Result<Option<String>, UsageError> {
    let failed = |why: String| UsageError(format!("could not read `{}`: {why}", path.display()));
    let bytes = match crate::file::read(path, FILE_LIMIT) {
        Ok(bytes) => bytes,
        Err(error) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) => {
            return Ok(None);
        }
        Err(error) => return Err(failed(error.to_string())),
    };
    warn_of_strangers(path);
    match std::str::from_utf8(without_mark(&bytes)) {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) if UTF_16_MARKS.iter().any(|mark| bytes.starts_with(mark)) => {
            Err(failed("it is UTF-16 text; save it as UTF-8".to_owned()))
        }
        Err(_) => Err(failed("it is not UTF-8 text".to_owned())),
    }
}
