//! Who is asking: the first complete set of credentials, in the order of the official SDK, then of this program.

use super::address::{address, unknown_region};
use super::credential_file;
use super::environment::Environment;
use super::koocli;
use super::profile;
use super::secret::{password, readable, visible};
use super::value::{items, refuse};
use crate::auth::{
    AccessKeys, Agency, Credentials, Exchange, IdTokenSource, METADATA_ENDPOINT, Metadata, Oidc,
    PasswordLogin, Scope,
};
use crate::cli::AuthKind;
use crate::codearts::endpoints;
use crate::error::Problem;
use crate::messages::{
    ConnectionHint, ConnectionMessage, CredentialsHint, CredentialsMessage, KeysFile, LoginKind, MissingSet,
    ServiceName,
};
use crate::model::sourced::{Origin, Sourced};
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
const SESSION_NAME_VARIABLE: &str = "HUAWEICLOUD_OIDC_SESSION_NAME";
const SECONDS_VARIABLE: &str = "HUAWEICLOUD_OIDC_DURATION_SECONDS";
/// The least and the most of a session, in seconds, that STS accepts.
const SESSION_SECONDS: (u64, u64) = (900, 43_200);
const ID_TOKEN_VARIABLE: &str = "HUAWEICLOUD_OIDC_ID_TOKEN";
/// Files with an id token, the official SDK's names for either exchange.
const ID_TOKEN_FILES: [&str; 2] = ["HUAWEICLOUD_OIDC_TOKEN_FILE", "HUAWEICLOUD_SDK_ID_TOKEN_FILE"];
/// Longest id of an identity provider (`auth`, section 3).
const IDP_LIMIT: usize = 64;

/// What credentials are looked for with.
pub(super) struct Search<'a> {
    pub(super) kind: AuthKind,
    pub(super) environment: &'a Environment,
    pub(super) region: Option<&'a Sourced<String>>,
    pub(super) iam_project_id: Option<&'a str>,
    pub(super) iam_endpoint: Option<Sourced<String>>,
    pub(super) sts_endpoint: Option<Sourced<String>>,
    pub(super) metadata_endpoint: Option<Sourced<String>>,
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
    Some(Problem),
    /// Nothing: what there would have to be.
    Nothing(MissingSet),
}

impl Found {
    fn all(credentials: Credentials) -> Self {
        Self::All(Box::new(credentials), None)
    }
}

impl<'a> Search<'a> {
    /// The credentials to use, and the IAM project that comes with them, if one does.
    ///
    /// # Errors
    /// When there are none, or the first that are there cannot be used.
    pub(super) fn run(self) -> Result<(Credentials, Option<String>), Problem> {
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
            return Err(incomplete);
        }
        if self.environment.is_from_fork() == Some(true) {
            return Err(Problem::new(CredentialsMessage::NoneForFork).hint(CredentialsHint::CheckForks));
        }
        let problem = Problem::new(CredentialsMessage::None).hint(CredentialsHint::Give(missing));
        match self.kind {
            // Neither variables nor secrets of the CI are missing.
            AuthKind::Profile | AuthKind::Koocli | AuthKind::Metadata => Err(problem),
            AuthKind::Auto | AuthKind::Token | AuthKind::Oidc | AuthKind::Aksk | AuthKind::Password => {
                Err(problem.hint(CredentialsHint::AllNames).hint(CredentialsHint::Fork))
            }
        }
    }

    #[expect(clippy::type_complexity, reason = "a table of functions")]
    const fn ways() -> [(AuthKind, fn(&Self) -> Result<Found, Problem>); 7] {
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

    /// A variable that is set.
    fn variable(&self, name: &str) -> Option<Sourced<&'a str>> {
        Some(Sourced { value: self.environment.get(name)?, origin: Origin::Variable(name.to_owned()) })
    }

    fn token(&self) -> Result<Found, Problem> {
        Ok(match self.variable(TOKEN_VARIABLE) {
            Some(token) => Found::all(Credentials::Token(visible(&token)?.into())),
            None => Found::Nothing(MissingSet::Variables(vec![TOKEN_VARIABLE])),
        })
    }

    fn oidc(&self) -> Result<Found, Problem> {
        let get = |name: &str| self.variable(name).map(|given| readable(&given)).transpose();
        let exchange = match (get(PROVIDER_VARIABLE)?, get(AGENCY_VARIABLE)?, get(IDP_VARIABLE)?) {
            (Some(provider), Some(agency), _) => self.sts(provider, agency)?,
            (Some(_), None, None) => {
                return Ok(Found::Some(incomplete(vec![PROVIDER_VARIABLE], vec![AGENCY_VARIABLE])));
            }
            (None, Some(_), None) => {
                return Ok(Found::Some(incomplete(vec![AGENCY_VARIABLE], vec![PROVIDER_VARIABLE])));
            }
            (.., Some(provider)) => {
                let origin = Origin::Variable(IDP_VARIABLE.to_owned());
                self.iam_exchange(Sourced { value: provider, origin })?
            }
            (None, None, None) => {
                let names = vec![PROVIDER_VARIABLE, AGENCY_VARIABLE];
                return Ok(Found::Nothing(MissingSet::Keyless(names)));
            }
        };
        let Some(id_token) = self.id_token()? else {
            let (variable, file_variable) = (ID_TOKEN_VARIABLE, ID_TOKEN_FILES[0]);
            return Ok(Found::Some(
                Problem::new(CredentialsMessage::NoIdToken)
                    .hint(CredentialsHint::IdToken { variable, file_variable }),
            ));
        };
        Ok(Found::all(Credentials::Oidc(Oidc { id_token, exchange })))
    }

    fn sts(&self, provider_urn: String, agency_urn: String) -> Result<Exchange, Problem> {
        let session_name = self.environment.get(SESSION_NAME_VARIABLE).unwrap_or("codearts-gate");
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
        if !(2..=128).contains(&session_name.len()) || !session_name.bytes().all(is_name) {
            return Err(Problem::new(CredentialsMessage::SessionName(SESSION_NAME_VARIABLE)));
        }
        let given = self.environment.get(SECONDS_VARIABLE).map(session_seconds).transpose()?;
        let endpoint = match (&self.sts_endpoint, self.region) {
            (Some(given), _) => address(given, self.allow_http)?,
            (None, Some(region)) => endpoints::sts(&region.value).ok_or_else(|| {
                unknown_region(ServiceName::Sts, region, endpoints::sts_regions().to_vec(), "--sts-endpoint")
            })?,
            (None, None) => {
                return Err(Problem::new(ConnectionMessage::NoRegion)
                    .hint(ConnectionHint::Region(endpoints::sts_regions().to_vec()))
                    .hint(ConnectionHint::UrlOption("--sts-endpoint")));
            }
        };
        let get = |name: &str| self.environment.get(name);
        Ok(Exchange::Sts(Agency {
            endpoint,
            provider_urn,
            agency_urn,
            session_name: session_name.to_owned(),
            duration: given.unwrap_or(self.session),
            is_duration_given: given.is_some(),
            policy: get("HUAWEICLOUD_OIDC_POLICY").map(str::to_owned),
            policy_ids: get("HUAWEICLOUD_OIDC_POLICY_IDS")
                .map(|list| items(list).map(str::to_owned).collect())
                .unwrap_or_default(),
            refuses_length: AtomicBool::new(false),
        }))
    }

    fn iam_exchange(&self, provider: Sourced<String>) -> Result<Exchange, Problem> {
        let provider = provider_name(provider)?;
        let (endpoint, scope) = (self.iam()?, self.scope(LoginKind::Keyless)?);
        Ok(Exchange::Iam { endpoint, provider, scope })
    }

    /// What is given by hand comes before what the CI offers.
    fn id_token(&self) -> Result<Option<IdTokenSource>, Problem> {
        if let Some(token) = self.variable(ID_TOKEN_VARIABLE) {
            return Ok(Some(IdTokenSource::Variable(visible(&token)?.into())));
        }
        if let Some(path) = self.environment.first(&ID_TOKEN_FILES) {
            return Ok(Some(IdTokenSource::File(PathBuf::from(path))));
        }
        let (url, token) = ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
        let (Some(address), Some(token)) = (self.environment.get(url), self.variable(token)) else {
            return Ok(None);
        };
        let address = Url::parse(address.trim()).ok().filter(|address| {
            address.scheme() == "https" && address.has_host() || crate::http::is_loopback(address)
        });
        let Some(address) = address else {
            return Err(Problem::new(CredentialsMessage::TokenAddress(url)));
        };
        let token = visible(&token)?.into();
        Ok(Some(IdTokenSource::GitHub { url: address, token, audience: self.oidc_audience.clone() }))
    }

    fn keys(&self) -> Result<Found, Problem> {
        let mut half = None;
        for (access, secret, session) in KEY_VARIABLES {
            match (self.variable(access), self.variable(secret)) {
                (Some(access_key), Some(secret_key)) => {
                    let session = session.and_then(|name| self.variable(name));
                    let keys = AccessKeys {
                        access_key: visible(&access_key)?,
                        secret_key: visible(&secret_key)?.into(),
                        security_token: session
                            .map(|token| visible(&token).map(SecretString::from))
                            .transpose()?,
                    };
                    return Ok(Found::all(Credentials::Keys(keys, None)));
                }
                (Some(_), None) => half = half.or_else(|| Some(incomplete(vec![access], vec![secret]))),
                (None, Some(_)) => half = half.or_else(|| Some(incomplete(vec![secret], vec![access]))),
                (None, None) => {}
            }
        }
        Ok(match half {
            Some(half) => Found::Some(half),
            None => Found::Nothing(MissingSet::Variables(vec![KEY_VARIABLES[0].0, KEY_VARIABLES[0].1])),
        })
    }

    fn password(&self) -> Result<Found, Problem> {
        let values = PASSWORD_VARIABLES.map(|name| self.variable(name));
        if let [Some(user), Some(secret), Some(domain)] = &values {
            return Ok(Found::all(Credentials::Password(PasswordLogin {
                user: readable(user)?,
                password: password(secret)?.into(),
                domain: readable(domain)?,
                scope: self.scope(LoginKind::Password)?,
                endpoint: self.iam()?,
            })));
        }
        let (set, missing): (Vec<_>, Vec<_>) =
            PASSWORD_VARIABLES.into_iter().zip(values).partition(|(_, value)| value.is_some());
        let names = |pairs: Vec<(&'static str, _)>| pairs.into_iter().map(|(name, _)| name).collect();
        if set.is_empty() {
            return Ok(Found::Nothing(MissingSet::Variables(PASSWORD_VARIABLES.to_vec())));
        }
        Ok(Found::Some(incomplete(names(set), names(missing))))
    }

    fn profile(&self) -> Result<Found, Problem> {
        let Some(path) = profile::sdk_path(self.environment) else {
            let variable = profile::FILE_VARIABLE;
            return Ok(Found::Nothing(MissingSet::ProfileWithoutHome { variable }));
        };
        let shown = || path.display().to_string();
        let profile = match profile::read_sdk(&path) {
            Ok(Some(profile)) => profile,
            Ok(None) => return Ok(Found::Nothing(MissingSet::Profile(shown()))),
            // Where nobody asked for the file, others may be what is missing.
            Err(flaw) if self.kind == AuthKind::Auto && !profile::is_named(self.environment) => {
                return Ok(Found::Nothing(MissingSet::ProfileNotRead { path: shown(), flaw }));
            }
            Err(flaw) => return Err(credential_file::not_read(&path, flaw)),
        };
        // What is given by hand, or in variables, comes first.
        let project_id = match self.iam_project_id {
            Some(id) => Some(id.to_owned()),
            None => profile.project_id()?,
        };
        let Some((provider, file)) = profile.idp_id.clone().zip(profile.id_token_file.clone()) else {
            let keys = Credentials::Keys(profile.keys()?, Some(KeysFile::Sdk));
            return Ok(Found::All(Box::new(keys), project_id));
        };
        let endpoint = match profile.iam_endpoint.clone().filter(|_| self.iam_endpoint.is_none()) {
            Some(value) => {
                let origin = profile.origin("iam_endpoint");
                address(&Sourced { value, origin }, self.allow_http)?
            }
            None => self.iam()?,
        };
        let scope = match &project_id {
            Some(id) => Scope::Id(id.clone()),
            None => self.scope(LoginKind::Keyless)?,
        };
        let exchange = Exchange::Iam {
            endpoint,
            provider: provider_name(Sourced { value: provider, origin: profile.origin("idp_id") })?,
            scope,
        };
        let id_token = IdTokenSource::File(PathBuf::from(file));
        Ok(Found::All(Box::new(Credentials::Oidc(Oidc { id_token, exchange })), project_id))
    }

    fn koocli(&self) -> Result<Found, Problem> {
        Ok(match koocli::keys(self.environment)? {
            Some(keys) => Found::all(Credentials::Keys(keys, Some(KeysFile::KooCli))),
            None => {
                let has_home = credential_file::home(self.environment).is_some();
                Found::Nothing(MissingSet::KooCli { has_home })
            }
        })
    }

    fn metadata(&self) -> Result<Found, Problem> {
        let pod = ("HC_CONTAINER_CREDENTIALS_FULL_URI", "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        if let (Some(url), Some(file)) = (self.environment.get(pod.0), self.environment.get(pod.1)) {
            // What the file holds must not cross a network in plain text.
            let is_local = |url: &Url| crate::http::is_loopback(url) || is_link_local(url);
            let url = Url::parse(url.trim())
                .ok()
                .filter(|url| url.scheme() == "https" && url.has_host() || is_local(url));
            let Some(url) = url else {
                return Err(Problem::new(CredentialsMessage::PodAddress(pod.0)));
            };
            return Ok(Found::all(Credentials::Metadata(Metadata::Pod {
                url,
                token_file: PathBuf::from(file),
            })));
        }
        let text = self.metadata_endpoint.as_ref().map_or(METADATA_ENDPOINT, |given| &given.value);
        let endpoint = Url::parse(text).map_err(|_| {
            Problem::new(CredentialsMessage::MetadataAddress(self.environment.origin("--metadata-endpoint")))
        })?;
        Ok(Found::all(Credentials::Metadata(Metadata::Server(endpoint))))
    }

    /// Only a login needs it, so only then a mistake in it matters.
    fn iam(&self) -> Result<Url, Problem> {
        match &self.iam_endpoint {
            Some(given) => address(given, self.allow_http),
            None => {
                let region = self.region.map(|region| region.value.as_str()).unwrap_or_default();
                endpoints::iam(region).ok_or_else(|| {
                    Problem::new(ConnectionMessage::NoIam)
                        .hint(ConnectionHint::Region(endpoints::regions().collect()))
                        .hint(ConnectionHint::UrlOption("--iam-endpoint"))
                })
            }
        }
    }

    fn scope(&self, login: LoginKind) -> Result<Scope, Problem> {
        match (self.iam_project_id, self.region) {
            (Some(id), _) => Ok(Scope::Id(id.to_owned())),
            (None, Some(region)) => Ok(Scope::Name(region.value.clone())),
            (None, None) => refuse(CredentialsMessage::NoScope(login), CredentialsHint::Scope),
        }
    }
}

fn incomplete(set: Vec<&'static str>, missing: Vec<&'static str>) -> Problem {
    let hint = CredentialsHint::SetToo(missing.clone());
    Problem::new(CredentialsMessage::Incomplete { set, missing }).hint(hint)
}

fn session_seconds(text: &str) -> Result<Duration, Problem> {
    let (least, most) = SESSION_SECONDS;
    let seconds = text.parse().ok().filter(|seconds| (least..=most).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| {
        Problem::new(CredentialsMessage::SessionSeconds { variable: SECONDS_VARIABLE, least, most })
    })
}

/// The name of an identity provider stands in a header.
fn provider_name(given: Sourced<String>) -> Result<String, Problem> {
    if given.value.len() <= IDP_LIMIT && given.value.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(given.value);
    }
    Err(Problem::new(CredentialsMessage::ProviderName { origin: given.origin, limit: IDP_LIMIT }))
}

fn is_link_local(url: &Url) -> bool {
    matches!(url.host(), Some(url::Host::Ipv4(address)) if address.is_link_local())
}
