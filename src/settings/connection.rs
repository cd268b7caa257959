//! Where the service is, how to reach it, and who is asking.

use super::address::{address, unknown_region};
use super::credentials::Search;
use super::environment::Environment;
use super::ids::{IdKind, parse_id};
use super::times::positive_duration;
use super::value::refuse;
use crate::auth::Credentials;
use crate::cli::ConnectionArgs;
use crate::codearts::endpoints;
use crate::error::Problem;
use crate::file::not_read;
use crate::http::proxy::{Exceptions, Proxies, ProxyAddress};
use crate::http::retry::Backoff;
use crate::http::{HttpSettings, certificates};
use crate::messages::{ConnectionHint, ConnectionMessage, ProxyFlaw, ServiceName};
use crate::model::sourced::{Origin, Sourced};
use crate::text::without_mark;
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// Largest CA bundle that is read, in bytes.
pub(super) const CA_FILE_LIMIT: u64 = 4 * 1024 * 1024;

/// How much longer than its time limits a process may need credentials.
pub(super) const SESSION_MARGIN: Duration = Duration::from_secs(10 * 60);

/// What was typed, else what the first of these variables holds, which other tools use too.
fn sourced(
    typed: Option<String>,
    option: &str,
    variables: &[&str],
    environment: &Environment,
) -> Option<Sourced<String>> {
    let of_variable = |name: &&str| {
        Some(Sourced {
            value: environment.get(name)?.to_owned(),
            origin: Origin::Variable((*name).to_owned()),
        })
    };
    let typed = typed.map(|value| environment.sourced(option, value));
    typed.or_else(|| variables.iter().find_map(of_variable))
}

/// The region, if it is known.
pub(super) fn region_of(typed: Option<String>, environment: &Environment) -> Option<Sourced<String>> {
    sourced(typed, "--region", &["HUAWEI_CLOUD_REGION", "HW_REGION_NAME"], environment)
        .map(|region| region.map(|region| region.trim().to_ascii_lowercase()))
}

/// Where the service is and how to talk to it.
#[derive(Debug)]
pub struct Connection {
    /// Origin of the service.
    pub origin: Url,
    /// Origin of CodeArts Repo, where it is known.
    pub repo: Option<Url>,
    /// Limits of the client.
    pub http: HttpSettings,
    /// Who is asking.
    pub credentials: Credentials,
    /// IAM project, for signed requests.
    pub iam_project_id: Option<String>,
}

/// Why there is no connection.
#[derive(Debug)]
pub struct Unresolved {
    /// What is wrong first.
    pub problem: Problem,
    /// What else is wrong.
    pub others: Vec<Problem>,
    /// Where the service is and the limits of the client, where that much is known.
    pub reachable: Option<(Url, HttpSettings)>,
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
    /// As [`Self::resolve_all`], but with the first problem only.
    pub(super) fn resolve(
        args: ConnectionArgs,
        site: Site,
        given_endpoint: Option<String>,
        session: Duration,
        environment: &Environment,
    ) -> Result<Self, Problem> {
        Self::resolve_all(args, site, given_endpoint, session, environment)
            .map_err(|unresolved| unresolved.problem)
    }

    /// `session`: how long credentials that do not last are needed.
    ///
    /// # Errors
    /// All that is wrong.
    pub(super) fn resolve_all(
        args: ConnectionArgs,
        site: Site,
        given_endpoint: Option<String>,
        session: Duration,
        environment: &Environment,
    ) -> Result<Self, Box<Unresolved>> {
        let mut problems = Vec::new();
        let region = region_of(args.region, environment);
        let endpoint = given_endpoint.map(|text| environment.sourced(site.option(), text));
        let origin =
            keep(&mut problems, site.origin(region.as_ref(), endpoint, args.allow_http, environment));
        let repo = match args.repo_endpoint {
            Some(text) => {
                let given = environment.sourced("--repo-endpoint", text);
                keep(&mut problems, address(&given, args.allow_http))
            }
            None => region.as_ref().and_then(|region| endpoints::repo(&region.value)),
        };
        let names = ["HUAWEICLOUD_SDK_PROJECT_ID", "HUAWEI_CLOUD_PROJECT_ID", "HW_PROJECT_ID"];
        let given_project = sourced(args.iam_project_id, "--iam-project-id", &names, environment)
            .map(|Sourced { value, origin }| {
                parse_id(IdKind::Other, Sourced { value: value.as_str(), origin })
            })
            .map(|id| id.map(|id| id.to_string()))
            .transpose();
        let iam_project_id = keep(&mut problems, given_project).flatten();
        let found = Search {
            kind: args.auth,
            environment,
            region: region.as_ref(),
            iam_project_id: iam_project_id.as_deref(),
            iam_endpoint: sourced(
                args.iam_endpoint,
                "--iam-endpoint",
                &["HUAWEICLOUD_SDK_IAM_ENDPOINT"],
                environment,
            ),
            sts_endpoint: sourced(
                args.sts_endpoint,
                "--sts-endpoint",
                &["HUAWEICLOUD_SDK_STS_ENDPOINT"],
                environment,
            ),
            metadata_endpoint: args
                .metadata_endpoint
                .map(|text| environment.sourced("--metadata-endpoint", text)),
            oidc_audience: args.oidc_audience,
            allow_http: args.allow_http,
            session,
        }
        .run();
        let found = keep(&mut problems, found);
        let pause_limit = args
            .max_pause
            .map(|text| positive_duration(&environment.sourced("--max-pause", text)))
            .transpose();
        let pause_limit = keep(&mut problems, pause_limit).flatten();
        let ca_bundle = keep(
            &mut problems,
            args.ca_file.map(|path| read_ca_file(&environment.sourced("--ca-file", path))).transpose(),
        );
        let proxies = keep(&mut problems, proxies(environment));
        let is_usable = ca_bundle.is_some() && proxies.is_some();
        let mut origins =
            found.iter().flat_map(|(credentials, _)| credentials.origins()).chain(&origin).chain(&repo);
        let http = HttpSettings {
            plain_only: !origins.any(|origin| origin.scheme() == "https"),
            ca_bundle: ca_bundle.flatten(),
            proxies: proxies.unwrap_or_default(),
            backoff: Backoff { limit: pause_limit },
            allows_plain: args.allow_http,
        };
        // What cannot be read may be what is missing.
        problems.splice(0..0, environment.check_readable().err());
        let mut problems = problems.into_iter();
        match (problems.next(), origin, found) {
            (None, Some(origin), Some((credentials, project_of_credentials))) => Ok(Self {
                origin,
                repo,
                http,
                credentials,
                iam_project_id: iam_project_id.or(project_of_credentials),
            }),
            (problem, origin, _) => {
                // Without an origin or credentials there is a problem.
                let problem = problem.unwrap_or_else(|| Problem::new(ConnectionMessage::NoRegion));
                let reachable = origin.filter(|_| is_usable).map(|origin| (origin, http));
                Err(Box::new(Unresolved { problem, others: problems.collect(), reachable }))
            }
        }
    }
}

/// The value, or one more problem.
fn keep<T>(problems: &mut Vec<Problem>, result: Result<T, Problem>) -> Option<T> {
    result.map_err(|problem| problems.push(problem)).ok()
}

impl Connection {
    /// What must never be shown: the credentials, and passwords of proxies.
    pub fn secrets(&self) -> Vec<SecretString> {
        let Proxies { https, http, .. } = &self.http.proxies;
        let passwords = https.iter().chain(http).flat_map(ProxyAddress::secrets);
        self.credentials.secrets().into_iter().cloned().chain(passwords).collect()
    }
}

/// Variables that name the proxy for https addresses, for http addresses, and what is reached without; the first that is set
/// counts.
const HTTPS_PROXY: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const HTTP_PROXY: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// What cannot be read is refused, so that nothing is sent around a proxy, or through one, against what was meant.
fn proxies(environment: &Environment) -> Result<Proxies, Problem> {
    // A value may hold a password, so only the variable is named.
    let proxy = |names: &[&'static str]| {
        let Some((name, value)) = environment.first_named(names) else { return Ok(None) };
        let unusable = |flaw| {
            let password = (flaw == ProxyFlaw::NotAnAddress).then_some(ConnectionHint::ProxyPassword.into());
            let problem = Problem::new(ConnectionMessage::Proxy { variable: name, flaw });
            problem.hint(ConnectionHint::ProxyForm).hints(password)
        };
        ProxyAddress::parse(value).map(Some).map_err(unusable)
    };
    let https = proxy(&HTTPS_PROXY)?;
    let mut http = proxy(&HTTP_PROXY)?;
    // One proxy for both: what becomes of its login is known to both.
    if https.is_some() && environment.first(&HTTPS_PROXY) == environment.first(&HTTP_PROXY) {
        http.clone_from(&https);
    }
    let is_proxied = https.is_some() || http.is_some();
    let exceptions = match environment.first_named(&NO_PROXY).filter(|_| is_proxied) {
        Some((variable, value)) => Exceptions::parse(value).or_else(|entry| {
            refuse(ConnectionMessage::NoProxy { variable, entry }, ConnectionHint::NoProxyForm)
        })?,
        None => Exceptions::default(),
    };
    Ok(Proxies { https, http, exceptions })
}

impl Site {
    const fn name(self) -> ServiceName {
        match self {
            Self::Check => ServiceName::Check,
            Self::Build => ServiceName::Build,
        }
    }

    /// The option for its address.
    const fn option(self) -> &'static str {
        match self {
            Self::Check => "--endpoint",
            Self::Build => "--build-endpoint",
        }
    }

    fn regions(self) -> Vec<&'static str> {
        match self {
            Self::Check => endpoints::regions().collect(),
            Self::Build => endpoints::build_regions().collect(),
        }
    }

    fn origin(
        self,
        region: Option<&Sourced<String>>,
        endpoint: Option<Sourced<String>>,
        allow_http: bool,
        environment: &Environment,
    ) -> Result<Url, Problem> {
        if let Some(given) = endpoint {
            return address(&given, allow_http);
        }
        let known = self.regions();
        let Some(given) = region else {
            return Err(Problem::new(ConnectionMessage::NoRegion)
                .hint(ConnectionHint::Region(known))
                .hint(ConnectionHint::UrlOption(self.option())));
        };
        // The official SDK's own override, a comma list of which the first serves.
        let in_variable = |text: &str| text.to_ascii_uppercase().replace('-', "_");
        let (service, region) = match self {
            Self::Check => ("CHECK", in_variable(&given.value)),
            Self::Build => ("BUILD", in_variable(&given.value)),
        };
        let variable = format!("HUAWEICLOUD_SDK_REGION_CODEARTS{service}_{region}");
        if let Some(list) = environment.get(&variable) {
            let first = list.split(',').next().unwrap_or_default().to_owned();
            return address(&Sourced { value: first, origin: Origin::Variable(variable) }, allow_http);
        }
        let origin = match self {
            Self::Check => endpoints::check(&given.value),
            Self::Build => endpoints::build(&given.value),
        };
        origin.ok_or_else(|| unknown_region(self.name(), given, known, self.option()))
    }
}

fn read_ca_file(path: &Sourced<PathBuf>) -> Result<Vec<u8>, Problem> {
    let given = || Sourced { value: path.value.display().to_string(), origin: path.origin.clone() };
    let bundle = crate::file::read(&path.value, CA_FILE_LIMIT).map_err(|error| {
        not_read(ConnectionMessage::CaFileNotRead(given()), &error).hint(ConnectionHint::CaFile)
    })?;
    let bundle = without_mark(&bundle);
    certificates(bundle).map_err(|error| {
        Problem::new(ConnectionMessage::CaFileUnusable(given())).because(error).hint(ConnectionHint::CaFile)
    })?;
    Ok(bundle.to_vec())
}
