//! Who is asking: the first complete set of credentials, in the order of the official SDK and then ours.

use super::environment::Environment;
use super::profile;
use super::secret::{password, readable, visible};
use super::slips::{SLIP_LIMIT, did_you_mean, nearest};
use super::value::{Sourced, UsageError, items, usage};
use crate::auth::{
    AccessKeys, Agency, Credentials, Exchange, IdTokenSource, METADATA_ENDPOINT, Metadata, Oidc,
    PasswordLogin, Scope,
};
use crate::cli::AuthKind;
use crate::codearts::endpoints;
use crate::messages::KeysFile;
use crate::text::one_line;
use secrecy::SecretString;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use url::Url;

/// Names of key pairs, in the order in which they are looked for: access key, secret key, session token.
const KEY_VARIABLES: [(&str, &str, Option<&str>); 4] = [
    ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", Some("HUAWEICLOUD_SDK_SECURITY_TOKEN")),
    ("HUAWEI_CLOUD_ACCESS_KEY_ID", "HUAWEI_CLOUD_SECRET_ACCESS_KEY", None),
    ("HW_ACCESS_KEY", "HW_SECRET_KEY", Some("HW_SECURITY_TOKEN")),
    ("CLOUD_SDK_AK", "CLOUD_SDK_SK", None),
];
pub(super) const TOKEN_VARIABLE: &str = "CODEARTS_TOKEN";
pub(super) const PASSWORD_VARIABLES: [&str; 3] =
    ["CODEARTS_IAM_USER", "CODEARTS_IAM_PASSWORD", "CODEARTS_IAM_DOMAIN"];
const PROVIDER_VARIABLE: &str = "HUAWEICLOUD_OIDC_PROVIDER_URN";
const AGENCY_VARIABLE: &str = "HUAWEICLOUD_OIDC_AGENCY_URN";
const IDP_VARIABLE: &str = "HUAWEICLOUD_SDK_IDP_ID";
const ID_TOKEN_VARIABLE: &str = "HUAWEICLOUD_OIDC_ID_TOKEN";
/// Files with an id token, the official SDK's names for either exchange.
const ID_TOKEN_FILES: [&str; 2] = ["HUAWEICLOUD_OIDC_TOKEN_FILE", "HUAWEICLOUD_SDK_ID_TOKEN_FILE"];
/// Longest id of an identity provider (`auth`, section 3).
const IDP_LIMIT: usize = 64;

/// What credentials are looked for with.
pub(super) struct Search<'a> {
    pub(super) kind: AuthKind,
    pub(super) environment: &'a Environment,
    pub(super) region: Option<&'a str>,
    pub(super) iam_project_id: Option<&'a str>,
    pub(super) iam_endpoint: Option<Sourced>,
    pub(super) sts_endpoint: Option<Sourced>,
    pub(super) metadata_endpoint: Option<String>,
    pub(super) oidc_audience: Option<String>,
    pub(super) allow_http: bool,
    /// How long a session is needed.
    pub(super) session: Duration,
}

/// What one way has.
enum Found {
    /// All of it, and the IAM project that comes with it.
    All(Box<Credentials>, Option<String>),
    /// Some of it: what is missing.
    Some(String),
    /// Nothing: what there would have to be.
    Nothing(String),
}

impl Found {
    fn all(credentials: Credentials) -> Self {
        Self::All(Box::new(credentials), None)
    }
}

impl Search<'_> {
    /// The credentials to use, and the IAM project that comes with them, if one does.
    ///
    /// # Errors
    /// When there are none, or the first that are there cannot be used.
    pub(super) fn run(self) -> Result<(Credentials, Option<String>), UsageError> {
        let mut missing = Vec::new();
        let mut incomplete = None;
        for (kind, find) in Self::ways() {
            // Files are read only for the ways that are wanted.
            if self.kind != kind && !(self.kind == AuthKind::Auto && kind.is_in_auto()) {
                continue;
            }
            match find(&self)? {
                Found::All(credentials, project_id) => return Ok((*credentials, project_id)),
                Found::Some(what) => incomplete = incomplete.or(Some(what)),
                Found::Nothing(what) => missing.push(what),
            }
        }
        if let Some(incomplete) = incomplete {
            return usage(incomplete);
        }
        usage(format!(
            "no credentials: set {}; `codearts-gate check --help` lists all names. In a pull request from a fork the CI gives no secrets",
            missing.join("; or ")
        ))
    }

    #[expect(clippy::type_complexity, reason = "a table of functions")]
    const fn ways() -> [(AuthKind, fn(&Self) -> Result<Found, UsageError>); 7] {
        [
            (AuthKind::Token, Self::token),
            (AuthKind::Oidc, Self::oidc),
            (AuthKind::Aksk, Self::keys),
            (AuthKind::Password, Self::password),
            (AuthKind::Profile, Self::profile),
            (AuthKind::Koocli, Self::koocli),
            (AuthKind::Metadata, Self::metadata),
        ]
    }

    fn token(&self) -> Result<Found, UsageError> {
        Ok(match self.environment.get(TOKEN_VARIABLE) {
            Some(token) => Found::all(Credentials::Token(visible(TOKEN_VARIABLE, token)?.into())),
            None => Found::Nothing(TOKEN_VARIABLE.to_owned()),
        })
    }

    fn oidc(&self) -> Result<Found, UsageError> {
        let get = |name: &str| self.environment.get(name);
        for name in [PROVIDER_VARIABLE, AGENCY_VARIABLE, IDP_VARIABLE] {
            get(name).map(|value| readable(name, value)).transpose()?;
        }
        let exchange = match (get(PROVIDER_VARIABLE), get(AGENCY_VARIABLE), get(IDP_VARIABLE)) {
            (Some(provider), Some(agency), _) => self.sts(provider, agency)?,
            (Some(_), None, None) => {
                return Ok(Found::Some(format!("{PROVIDER_VARIABLE} is set; set {AGENCY_VARIABLE} too")));
            }
            (None, Some(_), None) => {
                return Ok(Found::Some(format!("{AGENCY_VARIABLE} is set; set {PROVIDER_VARIABLE} too")));
            }
            (.., Some(provider)) => self.iam_exchange(provider)?,
            (None, None, None) => {
                return Ok(Found::Nothing(format!("{PROVIDER_VARIABLE} and {AGENCY_VARIABLE} (keyless)")));
            }
        };
        let Some(id_token) = self.id_token()? else {
            return Ok(Found::Some(format!(
                "a keyless login needs an id token: on GitHub give the job `permissions: id-token: write`, on GitLab `id_tokens: {ID_TOKEN_VARIABLE}`; elsewhere set {ID_TOKEN_VARIABLE} or {}",
                ID_TOKEN_FILES[0]
            )));
        };
        Ok(Found::all(Credentials::Oidc(Oidc { id_token, exchange })))
    }

    fn sts(&self, provider: &str, agency: &str) -> Result<Exchange, UsageError> {
        let get = |name: &str| self.environment.get(&format!("HUAWEICLOUD_OIDC_{name}"));
        let session_name = get("SESSION_NAME").unwrap_or("codearts-gate");
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
        if !(2..=128).contains(&session_name.len()) || !session_name.bytes().all(is_name) {
            return usage("HUAWEICLOUD_OIDC_SESSION_NAME has 2 to 128 letters, digits and `_+=,.@-`");
        }
        let given = get("DURATION_SECONDS")
            .map(|text| {
                let seconds = text.parse().ok().filter(|seconds| (900..=43_200).contains(seconds));
                let why = "HUAWEICLOUD_OIDC_DURATION_SECONDS must be from 900 to 43200";
                seconds.map(Duration::from_secs).ok_or_else(|| UsageError(why.to_owned()))
            })
            .transpose()?;
        let endpoint = match &self.sts_endpoint {
            Some((text, source)) => address(source, text, self.allow_http)?,
            None => endpoints::sts(self.region.unwrap_or_default()).ok_or_else(|| {
                let region = self.region.unwrap_or_default();
                let meant = nearest(&region.replace('_', "-"), endpoints::sts_regions(), SLIP_LIMIT);
                UsageError(format!(
                    "no STS host is known for region `{}`; give `--sts-endpoint`, or `--region`, one of {}{}",
                    one_line(region, 40),
                    endpoints::sts_regions().join(", "),
                    did_you_mean(&meant)
                ))
            })?,
        };
        Ok(Exchange::Sts(Agency {
            endpoint,
            provider_urn: provider.to_owned(),
            agency_urn: agency.to_owned(),
            session_name: session_name.to_owned(),
            duration: given.unwrap_or(self.session),
            is_duration_given: given.is_some(),
            policy: get("POLICY").map(str::to_owned),
            policy_ids: get("POLICY_IDS")
                .map(|list| items(list).map(str::to_owned).collect())
                .unwrap_or_default(),
            refuses_length: AtomicBool::new(false),
        }))
    }

    fn iam_exchange(&self, provider: &str) -> Result<Exchange, UsageError> {
        let provider = provider_id(provider)?;
        let (endpoint, scope) = (self.iam()?, self.scope("a keyless login")?);
        Ok(Exchange::Iam { endpoint, provider, scope })
    }

    /// What is given by hand comes before what the CI offers.
    fn id_token(&self) -> Result<Option<IdTokenSource>, UsageError> {
        if let Some(token) = self.environment.get(ID_TOKEN_VARIABLE) {
            return Ok(Some(IdTokenSource::Variable(visible(ID_TOKEN_VARIABLE, token)?.into())));
        }
        if let Some(path) = self.environment.first(&ID_TOKEN_FILES) {
            return Ok(Some(IdTokenSource::File(PathBuf::from(path))));
        }
        let (url, token) = ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
        let (Some(address), Some(given)) = (self.environment.get(url), self.environment.get(token)) else {
            return Ok(None);
        };
        let address = Url::parse(address.trim()).ok().filter(|address| {
            address.scheme() == "https" && address.has_host() || crate::http::is_loopback(address)
        });
        let Some(address) = address else {
            return usage(format!("{url} cannot be used: it must begin with https://"));
        };
        let token = visible(token, given)?.into();
        Ok(Some(IdTokenSource::GitHub { url: address, token, audience: self.oidc_audience.clone() }))
    }

    fn keys(&self) -> Result<Found, UsageError> {
        let mut incomplete = None;
        for (access, secret, session) in KEY_VARIABLES {
            match (self.environment.get(access), self.environment.get(secret)) {
                (Some(access_key), Some(secret_key)) => {
                    let session = session.and_then(|name| Some((name, self.environment.get(name)?)));
                    let keys = AccessKeys {
                        access_key: visible(access, access_key)?,
                        secret_key: visible(secret, secret_key)?.into(),
                        security_token: session
                            .map(|(name, token)| visible(name, token).map(SecretString::from))
                            .transpose()?,
                    };
                    return Ok(Found::all(Credentials::Keys(keys, None)));
                }
                (Some(_), None) => {
                    incomplete = incomplete
                        .or_else(|| Some(format!("{access} is set but {secret} is empty; set both")));
                }
                (None, Some(_)) => {
                    incomplete = incomplete
                        .or_else(|| Some(format!("{secret} is set but {access} is empty; set both")));
                }
                (None, None) => {}
            }
        }
        Ok(match incomplete {
            Some(incomplete) => Found::Some(incomplete),
            None => Found::Nothing(format!("{} and {}", KEY_VARIABLES[0].0, KEY_VARIABLES[0].1)),
        })
    }

    fn password(&self) -> Result<Found, UsageError> {
        let values = PASSWORD_VARIABLES.map(|name| self.environment.get(name));
        if let [Some(user), Some(secret), Some(domain)] = values {
            let [user_name, secret_name, domain_name] = PASSWORD_VARIABLES;
            return Ok(Found::all(Credentials::Password(PasswordLogin {
                user: readable(user_name, user)?,
                password: password(secret_name, secret)?.into(),
                domain: readable(domain_name, domain)?,
                scope: self.scope("an IAM password")?,
                endpoint: self.iam()?,
            })));
        }
        if values.iter().all(Option::is_none) {
            return Ok(Found::Nothing(PASSWORD_VARIABLES.join(", ")));
        }
        let empty: Vec<&str> = PASSWORD_VARIABLES
            .into_iter()
            .zip(values)
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| name)
            .collect();
        Ok(Found::Some(format!("for an IAM password, set {} too", empty.join(" and "))))
    }

    fn profile(&self) -> Result<Found, UsageError> {
        let Some(path) = profile::sdk_path(self.environment) else {
            let why = "HOME is not set, so name it in HUAWEICLOUD_SDK_CREDENTIALS_FILE";
            return Ok(Found::Nothing(format!("a profile file of the SDK ({why})")));
        };
        let profile = match profile::read_sdk(&path) {
            Ok(profile) => profile,
            // Where nobody asked for the file, others may be what is missing.
            Err(UsageError(why)) if self.kind == AuthKind::Auto && !profile::is_named(self.environment) => {
                return Ok(Found::Nothing(format!("a profile file of the SDK ({why})")));
            }
            Err(error) => return Err(error),
        };
        let Some(profile) = profile else {
            return Ok(Found::Nothing(format!("a profile file `{}`", path.display())));
        };
        // What is given by hand, or in variables, comes first.
        let project_id = self.iam_project_id.map(str::to_owned).or(profile.project_id.clone());
        let Some((provider, file)) = profile.idp_id.clone().zip(profile.id_token_file.clone()) else {
            let keys = Credentials::Keys(profile.keys()?, Some(KeysFile::Sdk));
            return Ok(Found::All(Box::new(keys), project_id));
        };
        let endpoint = match profile.iam_endpoint.as_deref().filter(|_| self.iam_endpoint.is_none()) {
            Some(text) => address("iam_endpoint of the profile file", text, self.allow_http)?,
            None => self.iam()?,
        };
        let scope = match &project_id {
            Some(id) => Scope::Id(id.clone()),
            None => self.scope("a keyless login")?,
        };
        let exchange = Exchange::Iam { endpoint, provider: provider_id(&provider)?, scope };
        let id_token = IdTokenSource::File(PathBuf::from(file));
        Ok(Found::All(Box::new(Credentials::Oidc(Oidc { id_token, exchange })), project_id))
    }

    fn koocli(&self) -> Result<Found, UsageError> {
        Ok(match profile::koocli(self.environment)? {
            Some(keys) => Found::all(Credentials::Keys(keys, Some(KeysFile::KooCli))),
            None if profile::home(self.environment).is_none() => {
                Found::Nothing("a file of KooCLI, `~/.hcloud/config.json` (HOME is not set)".to_owned())
            }
            None => Found::Nothing("a file of KooCLI, `~/.hcloud/config.json`".to_owned()),
        })
    }

    fn metadata(&self) -> Result<Found, UsageError> {
        let pod = ("HC_CONTAINER_CREDENTIALS_FULL_URI", "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        if let (Some(url), Some(file)) = (self.environment.get(pod.0), self.environment.get(pod.1)) {
            // What the file holds must not cross a network in plain text.
            let is_local = |url: &Url| crate::http::is_loopback(url) || is_link_local(url);
            let url = Url::parse(url.trim())
                .ok()
                .filter(|url| url.scheme() == "https" && url.has_host() || is_local(url));
            let Some(url) = url else {
                return usage(format!(
                    "{} cannot be used: it must begin with https://, or lead to this machine",
                    pod.0
                ));
            };
            return Ok(Found::all(Credentials::Metadata(Metadata::Pod {
                url,
                token_file: PathBuf::from(file),
            })));
        }
        let text = self.metadata_endpoint.as_deref().unwrap_or(METADATA_ENDPOINT);
        let endpoint = Url::parse(text).map_err(|_| UsageError("the metadata address is none".to_owned()))?;
        Ok(Found::all(Credentials::Metadata(Metadata::Server(endpoint))))
    }

    /// Only a login needs it, so only then a mistake in it matters.
    fn iam(&self) -> Result<Url, UsageError> {
        match &self.iam_endpoint {
            Some((text, source)) => address(source, text, self.allow_http),
            None => endpoints::iam(self.region.unwrap_or_default())
                .ok_or_else(|| UsageError("no IAM address: give `--iam-endpoint`".to_owned())),
        }
    }

    fn scope(&self, what: &str) -> Result<Scope, UsageError> {
        match (self.iam_project_id, self.region) {
            (Some(id), _) => Ok(Scope::Id(id.to_owned())),
            (None, Some(region)) => Ok(Scope::Name(region.to_owned())),
            (None, None) => {
                usage(format!("{what} needs `--region` (or `--iam-project-id`) for the scope of its token"))
            }
        }
    }
}

/// The name of an identity provider stands in a header.
fn provider_id(text: &str) -> Result<String, UsageError> {
    if text.len() <= IDP_LIMIT && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        usage(format!(
            "the name of an identity provider ({IDP_VARIABLE}) has up to {IDP_LIMIT} visible characters"
        ))
    }
}

fn is_link_local(url: &Url) -> bool {
    matches!(url.host(), Some(url::Host::Ipv4(address)) if address.is_link_local())
}

/// An address given by hand.
pub(super) fn address(option: &str, text: &str, allow_http: bool) -> Result<Url, UsageError> {
    // The text is not repeated: it may hold a password.
    endpoints::parse(text, allow_http).map_err(|why| UsageError(format!("`{option}` cannot be used: {why}")))
}
