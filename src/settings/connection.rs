//! Where the service is, how to reach it, and who is asking.

use super::credentials::{Search, address};
use super::environment::Environment;
use super::ids::parse_id;
use super::slips::{SLIP_LIMIT, did_you_mean, nearest};
use super::times::positive_duration;
use super::value::{Sourced, UsageError, usage};
use crate::auth::Credentials;
use crate::cli::ConnectionArgs;
use crate::codearts::endpoints;
use crate::http::proxy::{Exceptions, Proxies, ProxyAddress};
use crate::http::retry::Backoff;
use crate::http::{HttpSettings, certificates};
use crate::text::without_mark;
use secrecy::SecretString;
use std::path::Path;
use std::time::Duration;
use url::Url;

/// Largest CA bundle that is read, in bytes.
pub(super) const CA_FILE_LIMIT: u64 = 4 * 1024 * 1024;

/// How much longer than its time limits a process may need credentials.
pub(super) const SESSION_MARGIN: Duration = Duration::from_secs(10 * 60);

/// What was typed, else what the first of these variables holds, which other tools use too.
fn sourced(
    typed: Option<String>,
    option: &'static str,
    variables: &[&'static str],
    environment: &Environment,
) -> Option<Sourced> {
    let of_variable = |name: &&'static str| Some((environment.get(name)?.to_owned(), *name));
    typed.map(|value| (value, option)).or_else(|| variables.iter().find_map(of_variable))
}

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

/// Why there is no connection.
#[derive(Debug)]
pub struct Unresolved {
    /// All that is wrong, at least one thing.
    pub problems: Vec<UsageError>,
    /// Where the service is and the limits of the client, where that much is known.
    pub reachable: Option<(Url, HttpSettings)>,
}

impl Unresolved {
    /// The same with problems that name the variables their values came from.
    pub(super) fn naming_sources(mut self: Box<Self>, environment: &Environment) -> Box<Self> {
        self.problems = self.problems.into_iter().map(|problem| environment.name_sources(problem)).collect();
        self
    }
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
    /// As [`Self::resolve_all`]; only the first thing that is wrong is told.
    pub(super) fn resolve(
        args: ConnectionArgs,
        site: Site,
        given_endpoint: Option<String>,
        session: Duration,
        environment: &Environment,
    ) -> Result<Self, UsageError> {
        let first = |unresolved: Box<Unresolved>| unresolved.problems.first().map(ToString::to_string);
        Self::resolve_all(args, site, given_endpoint, session, environment)
            .map_err(|unresolved| UsageError(first(unresolved).unwrap_or_default()))
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
        let region =
            sourced(args.region, "--region", &["HUAWEI_CLOUD_REGION", "HW_REGION_NAME"], environment)
                .map(|(region, source)| (region.trim().to_ascii_lowercase(), source));
        let named = region.as_ref().map(|(region, source)| (region.as_str(), *source));
        let origin = keep(&mut problems, site.origin(named, given_endpoint, args.allow_http, environment));
        let region = region.map(|(region, _)| region);
        let names = ["HUAWEICLOUD_SDK_PROJECT_ID", "HUAWEI_CLOUD_PROJECT_ID", "HW_PROJECT_ID"];
        let given_project = sourced(args.iam_project_id, "--iam-project-id", &names, environment)
            .map(|(id, source)| parse_id(&format!("`{source}`"), &id).map(|id| id.to_string()))
            .transpose();
        let iam_project_id = keep(&mut problems, given_project).flatten();
        let found = Search {
            kind: args.auth,
            environment,
            region: region.as_deref(),
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
            metadata_endpoint: args.metadata_endpoint,
            oidc_audience: args.oidc_audience,
            allow_http: args.allow_http,
            session,
        }
        .run();
        let found = keep(&mut problems, found);
        let pause_limit = args.max_pause.map(|text| positive_duration("--max-pause", &text)).transpose();
        let pause_limit = keep(&mut problems, pause_limit).flatten();
        let ca_bundle = keep(&mut problems, args.ca_file.as_deref().map(read_ca_file).transpose());
        let proxies = keep(&mut problems, proxies(environment));
        let is_usable = ca_bundle.is_some() && proxies.is_some();
        let mut origins = found.iter().flat_map(|(credentials, _)| credentials.origins()).chain(&origin);
        let http = HttpSettings {
            plain_only: !origins.any(|origin| origin.scheme() == "https"),
            ca_bundle: ca_bundle.flatten(),
            proxies: proxies.unwrap_or_default(),
            backoff: Backoff { limit: pause_limit },
            allows_plain: args.allow_http,
        };
        // What cannot be read may be what is missing.
        problems.splice(0..0, environment.check_readable().err());
        match (origin, found) {
            (Some(origin), Some((credentials, project_of_credentials))) if problems.is_empty() => Ok(Self {
                origin,
                http,
                credentials,
                iam_project_id: iam_project_id.or(project_of_credentials),
            }),
            (origin, _) => {
                let reachable = origin.filter(|_| is_usable).map(|origin| (origin, http));
                Err(Box::new(Unresolved { problems, reachable }))
            }
        }
    }
}

/// The value, or one more problem.
fn keep<T>(problems: &mut Vec<UsageError>, result: Result<T, UsageError>) -> Option<T> {
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
fn proxies(environment: &Environment) -> Result<Proxies, UsageError> {
    // A value may hold a password, so only the variable is named.
    let proxy = |names: &[&str]| {
        let Some((name, value)) = environment.first_named(names) else { return Ok(None) };
        let unusable = |why| UsageError(format!("{name} cannot be used: {why}"));
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
        Some((name, value)) => Exceptions::parse(value).map_err(|number| {
            UsageError(format!(
                "{name} cannot be used: entry {number} is not a host, a domain such as .example.com, an address, a network such as 10.0.0.0/8, or `*`, each with an optional :port"
            ))
        })?,
        None => Exceptions::default(),
    };
    Ok(Proxies { https, http, exceptions })
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
        region: Option<(&str, &str)>,
        given: Option<String>,
        allow_http: bool,
        environment: &Environment,
    ) -> Result<Url, UsageError> {
        let (name, option, regions) = self.describe();
        if let Some(text) = given {
            return address(option, &text, allow_http);
        }
        let instead = format!("one of {}; or the service's address with `{option}`", regions.join(", "));
        let Some((region, source)) = region else {
            return usage(format!("no region: give `--region` (or CODEARTS_REGION), {instead}"));
        };
        // The official SDK's own override, a comma list of which the first serves.
        let in_variable = |text: &str| text.to_ascii_uppercase().replace('-', "_");
        let variable =
            format!("HUAWEICLOUD_SDK_REGION_CODEARTS{}_{}", in_variable(name), in_variable(region));
        if let Some(list) = environment.get(&variable) {
            return address(&variable, list.split(',').next().unwrap_or_default(), allow_http);
        }
        let origin = match self {
            Self::Check => endpoints::check(region),
            Self::Build => endpoints::build(region),
        };
        origin.ok_or_else(|| {
            let shown = crate::text::one_line(region, 40);
            let meant = nearest(&region.replace('_', "-"), regions, SLIP_LIMIT);
            UsageError(format!(
                "no CodeArts {name} host is known for region `{shown}` (`{source}`); give {instead}{}",
                did_you_mean(&meant)
            ))
        })
    }
}

fn read_ca_file(path: &Path) -> Result<Vec<u8>, UsageError> {
    let bundle = crate::file::read(path, CA_FILE_LIMIT)
        .map_err(|error| UsageError(format!("could not read `--ca-file {}`: {error}", path.display())))?;
    let bundle = without_mark(&bundle);
    certificates(bundle)
        .map_err(|error| UsageError(format!("could not use `--ca-file {}`: {error}", path.display())))?;
    Ok(bundle.to_vec())
}
