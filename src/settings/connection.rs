//! Where the service is, how to reach it, and who is asking.

use super::environment::Environment;
use super::{UsageError, parse_id, positive_duration, usage};
use crate::auth::{AccessKeys, Credentials, PasswordLogin, Scope};
use crate::cli::{AuthKind, ConnectionArgs};
use crate::codearts::endpoints;
use crate::http::HttpSettings;
use crate::http::retry::Pauses;
use secrecy::{ExposeSecret as _, SecretString};
use std::path::PathBuf;
use url::Url;

/// Largest CA bundle that is read.
const CA_FILE_LIMIT: u64 = 4 * 1024 * 1024;

/// Names of key pairs, in the order in which they are looked for: access key, secret key, session token.
const KEY_VARIABLES: [(&str, &str, Option<&str>); 4] = [
    ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", Some("HUAWEICLOUD_SDK_SECURITY_TOKEN")),
    ("HUAWEI_CLOUD_ACCESS_KEY_ID", "HUAWEI_CLOUD_SECRET_ACCESS_KEY", None),
    ("HW_ACCESS_KEY", "HW_SECRET_KEY", Some("HW_SECURITY_TOKEN")),
    ("CLOUD_SDK_AK", "CLOUD_SDK_SK", None),
];
const TOKEN_VARIABLE: &str = "CODEARTS_TOKEN";
const PASSWORD_VARIABLES: [&str; 3] = ["CODEARTS_IAM_USER", "CODEARTS_IAM_PASSWORD", "CODEARTS_IAM_DOMAIN"];

/// Where the service is and how to talk to it.
#[derive(Debug)]
pub struct Connection {
    /// Origin of the service.
    pub origin: Url,
    /// Limits of the client.
    pub http: HttpSettings,
    /// Who is asking.
    pub credentials: Credentials,
    /// IAM project, for signed requests.
    pub iam_project_id: Option<String>,
}

/// A service of CodeArts.
#[derive(Clone, Copy)]
pub(super) enum Site {
    /// CodeArts Check.
    Check,
    /// CodeArts Build.
    Build,
}

impl Connection {
    pub(super) fn resolve(
        args: ConnectionArgs,
        site: Site,
        given_endpoint: Option<String>,
        environment: &Environment,
    ) -> Result<Self, UsageError> {
        let region = args
            .region
            .or_else(|| environment.first(&["HUAWEI_CLOUD_REGION", "HW_REGION_NAME"]).map(str::to_owned))
            .map(|region| region.trim().to_ascii_lowercase());
        let origin = site.origin(region.as_deref(), given_endpoint, args.allow_http, environment)?;
        let iam_project_id = args
            .iam_project_id
            .or_else(|| {
                environment
                    .first(&["HUAWEICLOUD_SDK_PROJECT_ID", "HUAWEI_CLOUD_PROJECT_ID", "HW_PROJECT_ID"])
                    .map(str::to_owned)
            })
            .map(|id| parse_id("--iam-project-id", &id).map(|id| id.to_string()))
            .transpose()?;
        let iam_endpoint =
            args.iam_endpoint.or_else(|| environment.get("HUAWEICLOUD_SDK_IAM_ENDPOINT").map(str::to_owned));
        // Only a password needs it, so only then a mistake in it matters.
        let iam = || match iam_endpoint {
            Some(text) => endpoint("--iam-endpoint", &text, args.allow_http),
            None => endpoints::iam(region.as_deref().unwrap_or_default())
                .ok_or_else(|| UsageError("no IAM address: give `--iam-endpoint`".to_owned())),
        };
        let credentials =
            credentials(args.auth, environment, region.as_deref(), iam_project_id.as_deref(), iam)?;
        let speaks_tls = origin.scheme() == "https"
            || matches!(&credentials, Credentials::Password(login) if login.endpoint.scheme() == "https");
        let pause_limit = args.max_pause.map(|text| positive_duration("--max-pause", &text)).transpose()?;
        Ok(Self {
            http: HttpSettings {
                ca_bundle: args.ca_file.map(read_ca_file).transpose()?,
                https_proxy: https_proxy(environment).map(SecretString::from),
                http_proxy: environment
                    .first(&["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
                    .map(SecretString::from),
                no_proxy: environment.first(&["NO_PROXY", "no_proxy"]).map(str::to_owned),
                plain_only: !speaks_tls,
                pauses: Pauses { limit: pause_limit },
            },
            origin,
            credentials,
            iam_project_id,
        })
    }
}

impl Connection {
    /// What must never be shown: the credentials, and passwords of proxies.
    pub fn secrets(&self) -> Vec<SecretString> {
        let proxies = self.http.https_proxy.iter().chain(&self.http.http_proxy);
        let passwords = proxies.filter_map(|proxy| {
            let address = Url::parse(proxy.expose_secret()).ok()?;
            address.password().map(SecretString::from)
        });
        self.credentials.secrets().into_iter().cloned().chain(passwords).collect()
    }
}

pub(super) fn https_proxy(environment: &Environment) -> Option<&str> {
    environment.first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
}

impl Site {
    /// Name, option, and regions of the service.
    fn describe(self) -> (&'static str, &'static str, Vec<&'static str>) {
        match self {
            Self::Check => ("Check", "--endpoint", endpoints::regions().collect()),
            Self::Build => ("Build", "--build-endpoint", endpoints::build_regions().collect()),
        }
    }

    fn origin(
        self,
        region: Option<&str>,
        given: Option<String>,
        allow_http: bool,
        environment: &Environment,
    ) -> Result<Url, UsageError> {
        let (name, option, regions) = self.describe();
        if let Some(text) = given {
            return endpoint(option, &text, allow_http);
        }
        let instead = format!("one of {}; or the service's address with `{option}`", regions.join(", "));
        let Some(region) = region else {
            return usage(format!("no region: give `--region` (or CODEARTS_REGION), {instead}"));
        };
        // The official SDK's own override, a comma list of which the first serves.
        let in_variable = |text: &str| text.to_ascii_uppercase().replace('-', "_");
        let variable =
            format!("HUAWEICLOUD_SDK_REGION_CODEARTS{}_{}", in_variable(name), in_variable(region));
        if let Some(list) = environment.get(&variable) {
            return endpoint(&variable, list.split(',').next().unwrap_or_default(), allow_http);
        }
        let origin = match self {
            Self::Check => endpoints::check(region),
            Self::Build => endpoints::build(region),
        };
        origin.ok_or_else(|| {
            let shown = crate::text::one_line(region, 40);
            UsageError(format!("no CodeArts {name} host is known for region `{shown}`; give {instead}"))
        })
    }
}

fn endpoint(option: &str, text: &str, allow_http: bool) -> Result<Url, UsageError> {
    // The text is not repeated: it may hold a password.
    endpoints::parse(text, allow_http).map_err(|why| UsageError(format!("`{option}` can not be used: {why}")))
}

fn credentials(
    kind: AuthKind,
    environment: &Environment,
    region: Option<&str>,
    iam_project_id: Option<&str>,
    iam: impl FnOnce() -> Result<Url, UsageError>,
) -> Result<Credentials, UsageError> {
    let is_wanted = |this| kind == AuthKind::Auto || kind == this;
    let mut missing = Vec::new();
    let mut incomplete = None;
    if is_wanted(AuthKind::Token) {
        match environment.get(TOKEN_VARIABLE) {
            Some(token) => return Ok(Credentials::Token(visible(TOKEN_VARIABLE, token)?.into())),
            None => missing.push(TOKEN_VARIABLE.to_owned()),
        }
    }
    if is_wanted(AuthKind::Aksk) {
        for (access, secret, session) in KEY_VARIABLES {
            match (environment.get(access), environment.get(secret)) {
                (Some(access_key), Some(secret_key)) => {
                    let session = session.and_then(|name| Some((name, environment.get(name)?)));
                    return Ok(Credentials::Keys(AccessKeys {
                        access_key: visible(access, access_key)?,
                        secret_key: visible(secret, secret_key)?.into(),
                        security_token: session
                            .map(|(name, token)| visible(name, token).map(SecretString::from))
                            .transpose()?,
                    }));
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
        missing.push(format!("{} and {}", KEY_VARIABLES[0].0, KEY_VARIABLES[0].1));
    }
    if is_wanted(AuthKind::Password) {
        let values = PASSWORD_VARIABLES.map(|name| environment.get(name));
        if let [Some(user), Some(password), Some(domain)] = values {
            let scope = match (iam_project_id, region) {
                (Some(id), _) => Scope::Id(id.to_owned()),
                (None, Some(region)) => Scope::Name(region.to_owned()),
                (None, None) => {
                    return usage(
                        "an IAM password needs `--region` (or `--iam-project-id`) for the scope of its token",
                    );
                }
            };
            return Ok(Credentials::Password(PasswordLogin {
                user: user.trim().to_owned(),
                password: password.trim_end_matches(['\r', '\n']).into(),
                domain: domain.trim().to_owned(),
                scope,
                endpoint: iam()?,
            }));
        }
        if values.iter().any(Option::is_some) {
            let empty: Vec<&str> = PASSWORD_VARIABLES
                .into_iter()
                .zip(values)
                .filter(|(_, value)| value.is_none())
                .map(|(name, _)| name)
                .collect();
            incomplete =
                incomplete.or_else(|| Some(format!("for an IAM password, set {} too", empty.join(" and "))));
        }
        missing.push(PASSWORD_VARIABLES.join(", "));
    }
    if let Some(incomplete) = incomplete {
        return usage(incomplete);
    }
    usage(format!(
        "no credentials: set {}; `codearts-gate check --help` lists all names. In a pull request from a fork the CI gives no secrets",
        missing.join("; or ")
    ))
}

/// A value that will stand in a header: without the blanks and line breaks that secrets often end in.
fn visible(variable: &str, value: &str) -> Result<String, UsageError> {
    let value = value.trim();
    if value.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(value.to_owned())
    } else {
        usage(format!(
            "{variable} holds blanks, line breaks or characters that are not ASCII; paste it again"
        ))
    }
}

fn read_ca_file(path: PathBuf) -> Result<Vec<u8>, UsageError> {
    let shown = path.display().to_string();
    let failed = |why: String| UsageError(format!("could not read `--ca-file {shown}`: {why}"));
    let size = std::fs::metadata(&path).map_err(|error| failed(error.to_string()))?.len();
    if size > CA_FILE_LIMIT {
        return Err(failed(format!("it is larger than {}", crate::text::bytes(CA_FILE_LIMIT))));
    }
    std::fs::read(&path).map_err(|error| failed(error.to_string()))
}
