//! The configuration file of KooCLI (`auth`, section 9).

use super::credential_file;
use super::environment::Environment;
use super::secret::visible;
use super::value::refuse;
use crate::auth::AccessKeys;
use crate::error::Problem;
use crate::messages::{CredentialsHint, CredentialsMessage};
use crate::model::sourced::{Origin, Sourced};
use serde_json::Value;

/// The keys of KooCLI's current profile; `None`: there is no such file.
pub(super) fn keys(environment: &Environment) -> Result<Option<AccessKeys>, Problem> {
    let home = credential_file::home(environment);
    let Some(path) = home.map(|home| home.join(".hcloud/config.json")) else { return Ok(None) };
    let read = credential_file::read(&path).map_err(|flaw| credential_file::not_read(&path, flaw));
    let Some(text) = read? else { return Ok(None) };
    let shown = path.display().to_string();
    let Ok(file) = serde_json::from_str::<Value>(&text) else {
        return Err(Problem::new(CredentialsMessage::KooCliNotJson(shown)));
    };
    let profiles = file["profiles"].as_array().map(Vec::as_slice).unwrap_or_default();
    let current = file["current"].as_str();
    let chosen = match (current, profiles) {
        (Some(current), _) => profiles.iter().find(|profile| profile["name"].as_str() == Some(current)),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let Some(profile) = chosen else {
        return refuse(CredentialsMessage::KooCliWithoutProfile(shown), CredentialsHint::ConfigureKooCli);
    };
    let is_true =
        |value: &Value| value == true || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"));
    if is_true(&file["authEncrypt"]) || is_true(&profile["authEncrypt"]) {
        return refuse(CredentialsMessage::KooCliEncrypted(shown), CredentialsHint::UseVariables);
    }
    let field = |name: &str| profile[name].as_str().map(str::trim).filter(|value| !value.is_empty());
    let (Some(ak), Some(sk)) = (field("accessKeyId"), field("secretAccessKey")) else {
        return Err(Problem::new(CredentialsMessage::KooCliWithoutKeys(shown)));
    };
    let visible = |name: &str, value: &str| {
        let origin = Origin::File { path: shown.clone(), name: name.to_owned() };
        visible(&Sourced { value, origin })
    };
    Ok(Some(AccessKeys {
        access_key: visible("accessKeyId", ak)?,
        secret_key: visible("secretAccessKey", sk)?.into(),
        security_token: field("securityToken")
            .map(|token| visible("securityToken", token).map(Into::into))
            .transpose()?,
    }))
}
