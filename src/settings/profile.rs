//! The profile file of the official SDK (`auth`, section 8).

use super::credential_file;
use super::environment::Environment;
use super::ids::{IdKind, parse_id};
use super::secret::visible;
use super::value::refuse;
use crate::auth::AccessKeys;
use crate::error::Problem;
use crate::messages::{CredentialsHint, CredentialsMessage, FileFlaw};
use crate::model::sourced::{Origin, Sourced};
use std::path::{Path, PathBuf};

/// Names the profile file of the SDK.
pub(super) const FILE_VARIABLE: &str = "HUAWEICLOUD_SDK_CREDENTIALS_FILE";
/// The section for services of a region, which CodeArts is.
const SECTION: &str = "basic";
/// What a profile of the SDK holds.
#[derive(Debug, Default)]
pub(super) struct Profile {
    path: String,
    ak: Option<String>,
    sk: Option<String>,
    security_token: Option<String>,
    project_id: Option<String>,
    pub(super) iam_endpoint: Option<String>,
    pub(super) idp_id: Option<String>,
    pub(super) id_token_file: Option<String>,
}

impl Profile {
    /// Its key pair.
    pub(super) fn keys(self) -> Result<AccessKeys, Problem> {
        let (Some(ak), Some(sk)) = (&self.ak, &self.sk) else {
            let what = CredentialsMessage::ProfileWithoutKeys { path: self.path, section: SECTION };
            return refuse(what, CredentialsHint::AddKeys);
        };
        let visible = |name: &str, value: &str| visible(&Sourced { value, origin: self.origin(name) });
        Ok(AccessKeys {
            access_key: visible("ak", ak)?,
            secret_key: visible("sk", sk)?.into(),
            security_token: self
                .security_token
                .as_deref()
                .map(|token| visible("security_token", token).map(Into::into))
                .transpose()?,
        })
    }

    /// Its project, which will stand in a header.
    pub(super) fn project_id(&self) -> Result<Option<String>, Problem> {
        let Some(value) = self.project_id.as_deref() else { return Ok(None) };
        let given = Sourced { value, origin: self.origin("project_id") };
        parse_id(IdKind::Other, given).map(|id| Some(id.to_string()))
    }

    /// Where an entry stands.
    pub(super) fn origin(&self, name: &str) -> Origin {
        Origin::File { path: self.path.clone(), name: name.to_owned() }
    }
}

/// Where the SDK keeps its profile.
pub(super) fn sdk_path(environment: &Environment) -> Option<PathBuf> {
    match environment.get(FILE_VARIABLE) {
        Some(path) => Some(PathBuf::from(path)),
        None => Some(credential_file::home(environment)?.join(".huaweicloud/credentials")),
    }
}

/// The profile of the SDK; `None`: there is no such file.
pub(super) fn read_sdk(path: &Path) -> Result<Option<Profile>, FileFlaw> {
    let Some(text) = credential_file::read(path)? else { return Ok(None) };
    let mut profile = Profile { path: path.display().to_string(), ..Profile::default() };
    let mut is_section = false;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            is_section = section.trim() == SECTION;
            continue;
        }
        let Some((name, value)) = line.split_once(['=', ':']).filter(|_| is_section) else { continue };
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

/// Whether somebody said where the profile is.
pub(super) fn is_named(environment: &Environment) -> bool {
    environment.get(FILE_VARIABLE).is_some()
}
