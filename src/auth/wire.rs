//! The answers to logins as they are sent (page `auth`), read leniently.

use crate::http::field;
use serde::Deserialize;
use serde_json::Value;

/// A token of IAM; the token itself stands in a header.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TokenAnswer {
    #[serde(deserialize_with = "field::object")]
    pub(super) token: TokenTimes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TokenTimes {
    #[serde(deserialize_with = "field::string")]
    pub(super) expires_at: String,
}

/// Where temporary keys may stand; else they are the answer itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct KeysAnswer {
    pub(super) credential: Value,
    pub(super) credentials: Value,
}

/// Temporary keys, under any of the names that are in use (section 6). Not printable.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TemporaryKeys {
    #[serde(deserialize_with = "field::string")]
    access: String,
    #[serde(rename = "accessKeyId", deserialize_with = "field::string")]
    access_key_id_camel: String,
    #[serde(deserialize_with = "field::string")]
    access_key_id: String,
    #[serde(deserialize_with = "field::string")]
    secret: String,
    #[serde(rename = "secretAccessKey", deserialize_with = "field::string")]
    secret_access_key_camel: String,
    #[serde(deserialize_with = "field::string")]
    secret_access_key: String,
    #[serde(deserialize_with = "field::string")]
    securitytoken: String,
    #[serde(rename = "securityToken", deserialize_with = "field::string")]
    security_token_camel: String,
    #[serde(deserialize_with = "field::string")]
    security_token: String,
    #[serde(deserialize_with = "field::string")]
    pub(super) expires_at: String,
    #[serde(deserialize_with = "field::string")]
    pub(super) expiration: String,
}

impl TemporaryKeys {
    /// The access key, the secret key and the security token; each may be empty.
    pub(super) fn parts(&self) -> [&str; 3] {
        [
            first([&self.access, &self.access_key_id_camel, &self.access_key_id]),
            first([&self.secret, &self.secret_access_key_camel, &self.secret_access_key]),
            first([&self.securitytoken, &self.security_token_camel, &self.security_token]),
        ]
    }
}

/// An id token from GitHub. Not printable.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct IdTokenAnswer {
    #[serde(deserialize_with = "field::string")]
    pub(super) value: String,
}

/// The claims of an id token.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ClaimsInToken {
    #[serde(rename = "iss")]
    pub(super) issuer: Value,
    #[serde(rename = "aud")]
    pub(super) audience: Value,
    #[serde(rename = "sub")]
    pub(super) subject: Value,
    #[serde(rename = "exp")]
    pub(super) expiry: Value,
}

fn first(names: [&String; 3]) -> &str {
    names.into_iter().map(|text| text.trim()).find(|text| !text.is_empty()).unwrap_or_default()
}
