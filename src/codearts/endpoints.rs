//! Hosts per region (page `endpoints`), and what an endpoint given by hand must look like.

use crate::messages::EndpointFlaw;
use crate::messages::HostFamily;
use url::Url;

/// Hosts of CodeArts Check. The first column is the region of the credentials; on the Chinese site some regions are
/// served by another region's host.
const CHECK_HOSTS: [(&str, &str); 10] = [
    ("ap-southeast-3", "codearts-check.ap-southeast-3.myhuaweicloud.com"),
    ("cn-east-2", "codearts-check.cn-south-1.myhuaweicloud.com"),
    ("cn-east-3", "codearts-check.cn-south-1.myhuaweicloud.com"),
    ("cn-north-1", "codearts-check.cn-north-4.myhuaweicloud.com"),
    ("cn-north-4", "codearts-check.cn-north-4.myhuaweicloud.com"),
    ("cn-south-1", "codearts-check.cn-south-1.myhuaweicloud.com"),
    ("cn-southwest-2", "codearts-check.cn-south-1.myhuaweicloud.com"),
    ("eu-west-101", "check.eu-west-101.myhuaweicloud.eu"),
    ("la-north-2", "codearts-check.la-north-2.myhuaweicloud.com"),
    ("sa-brazil-1", "codearts-check.sa-brazil-1.myhuaweicloud.com"),
];

/// Regions of CodeArts Build whose hosts follow one pattern.
const BUILD_REGIONS: [&str; 13] = [
    "ap-southeast-3",
    "cn-east-2",
    "cn-east-3",
    "cn-north-1",
    "cn-north-4",
    "cn-northeast-1",
    "cn-south-1",
    "cn-south-2",
    "cn-southwest-2",
    "la-north-2",
    "la-south-2",
    "sa-brazil-1",
    "tr-west-1",
];

/// CodeArts Build of the European site.
const EUROPEAN_BUILD: (&str, &str) = ("eu-west-101", "build-backend.eu-west-101.myhuaweicloud.eu");

/// Hosts of CodeArts Repo (`ci/forges-cn`, section 4.2).
const REPO_HOSTS: [(&str, &[&str]); 3] = [
    (
        "codehub-ext",
        &[
            "ap-southeast-3",
            "cn-east-2",
            "cn-east-3",
            "cn-north-1",
            "cn-north-4",
            "cn-south-1",
            "cn-south-2",
            "cn-southwest-2",
            "la-north-2",
            "sa-brazil-1",
        ],
    ),
    ("codeartsrepo-ext", &["la-south-2", "tr-west-1"]),
    ("repo", &["af-north-1", "af-south-1", "me-east-1"]),
];

/// Regions with STS v5 (section 4).
const STS_REGIONS: [&str; 12] = [
    "af-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "cn-east-3",
    "cn-north-4",
    "cn-south-1",
    "cn-southwest-2",
    "la-south-2",
    "sa-brazil-1",
    "tr-west-1",
];

/// IAM of the European site, whose accounts are separate.
const EUROPEAN_IAM: (&str, &str) = ("eu-west-101", "iam.eu-west-101.myhuaweicloud.eu");

/// Regions whose Check host is known, in alphabetical order.
pub fn regions() -> impl Iterator<Item = &'static str> {
    CHECK_HOSTS.iter().map(|(region, _)| *region)
}

/// Regions whose Build host is known.
pub fn build_regions() -> impl Iterator<Item = &'static str> {
    BUILD_REGIONS.into_iter().chain([EUROPEAN_BUILD.0])
}

/// The origin of CodeArts Build for one of [`build_regions`].
pub fn build(region: &str) -> Option<Url> {
    let (european, host) = EUROPEAN_BUILD;
    if region == european {
        return origin(host);
    }
    BUILD_REGIONS.contains(&region).then(|| origin(&format!("cloudbuild-ext.{region}.myhuaweicloud.com")))?
}

/// The origin of CodeArts Repo for a region, where its host is known.
pub fn repo(region: &str) -> Option<Url> {
    let (name, _) = REPO_HOSTS.iter().find(|(_, regions)| regions.contains(&region))?;
    origin(&format!("{name}.{region}.myhuaweicloud.com"))
}

/// The origin of CodeArts Check for a region of the table.
pub fn check(region: &str) -> Option<Url> {
    CHECK_HOSTS.iter().find(|(known, _)| *known == region).and_then(|(_, host)| origin(host))
}

/// Regions whose STS host is known.
pub const fn sts_regions() -> [&'static str; 12] {
    STS_REGIONS
}

/// The origin of STS for one of [`sts_regions`].
pub fn sts(region: &str) -> Option<Url> {
    STS_REGIONS.contains(&region).then(|| origin(&format!("sts.{region}.myhuaweicloud.com")))?
}

/// The origin of IAM for a region. The global host serves every region of the Chinese and the international site.
pub fn iam(region: &str) -> Option<Url> {
    let (european, host) = EUROPEAN_IAM;
    if region == european {
        return origin(host);
    }
    if CHECK_HOSTS.iter().any(|(known, _)| *known == region) {
        return origin(&format!("iam.{region}.myhuaweicloud.com"));
    }
    origin("iam.myhuaweicloud.com")
}

fn origin(host: &str) -> Option<Url> {
    Url::parse(&format!("https://{host}")).ok()
}

/// Which kind of host this is.
pub fn family(origin: &Url) -> HostFamily {
    let host = origin.host_str().unwrap_or_default();
    let known = host.contains(".myhuaweicloud.");
    match host.split('.').next().unwrap_or_default() {
        _ if crate::http::is_loopback(origin) => HostFamily::ThisMachine,
        "codearts-check" | "cloudbuild-ext" if known => HostFamily::Sdk,
        "codecheck-ext" if known => HostFamily::OlderPages,
        "devcloud" if known => HostFamily::InternationalPages,
        "check" | "build-backend" if known => HostFamily::European,
        _ => HostFamily::Other,
    }
}

/// Reads an endpoint given by hand: a host, or an origin with scheme. Plain http only to this machine, unless allowed.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str, allow_http: bool) -> Result<Url, EndpointFlaw> {
    let text = text.trim();
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&with_scheme).ok().filter(Url::has_host).ok_or(EndpointFlaw::NotAUrl)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EndpointFlaw::User);
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(EndpointFlaw::Path);
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if allow_http || crate::http::is_loopback(&url) => Ok(url),
        "http" => Err(EndpointFlaw::PlainHttp),
        other => Err(EndpointFlaw::Scheme(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_lead_to_their_documented_hosts() {
        let cases = [
            ("cn-north-4", "https://codearts-check.cn-north-4.myhuaweicloud.com/"),
            ("cn-north-1", "https://codearts-check.cn-north-4.myhuaweicloud.com/"),
            ("cn-east-3", "https://codearts-check.cn-south-1.myhuaweicloud.com/"),
            ("eu-west-101", "https://check.eu-west-101.myhuaweicloud.eu/"),
        ];
        for (region, expected) in cases {
            assert_eq!(check(region).expect("known").as_str(), expected);
        }
        assert_eq!(check("mars-1"), None);
        let families = [
            ("https://codearts-check.cn-north-4.myhuaweicloud.com", HostFamily::Sdk),
            ("https://codecheck-ext.cn-north-4.myhuaweicloud.com", HostFamily::OlderPages),
            ("https://devcloud.sa-brazil-1.myhuaweicloud.com", HostFamily::InternationalPages),
            ("https://check.eu-west-101.myhuaweicloud.eu", HostFamily::European),
            ("https://codearts-check.example.com", HostFamily::Other),
            ("http://127.0.0.1:1", HostFamily::ThisMachine),
        ];
        for (origin, expected) in families {
            assert_eq!(family(&Url::parse(origin).expect("an origin")), expected, "{origin}");
        }
        let hosts = ["cn-north-4", "eu-west-101", "mars-1"].map(|region| build(region).map(String::from));
        assert_eq!(hosts[0].as_deref(), Some("https://cloudbuild-ext.cn-north-4.myhuaweicloud.com/"));
        assert_eq!(hosts[1].as_deref(), Some("https://build-backend.eu-west-101.myhuaweicloud.eu/"));
        assert_eq!(hosts[2], None);
        assert!(build_regions().all(|region| build(region).is_some()));
        let hosts =
            ["cn-north-4", "tr-west-1", "me-east-1", "mars-1"].map(|region| repo(region).map(String::from));
        assert_eq!(hosts[0].as_deref(), Some("https://codehub-ext.cn-north-4.myhuaweicloud.com/"));
        assert_eq!(hosts[1].as_deref(), Some("https://codeartsrepo-ext.tr-west-1.myhuaweicloud.com/"));
        assert_eq!(hosts[2].as_deref(), Some("https://repo.me-east-1.myhuaweicloud.com/"));
        assert_eq!(hosts[3], None);
        assert!(regions().is_sorted());
        assert_eq!(iam("eu-west-101").expect("an IAM").as_str(), "https://iam.eu-west-101.myhuaweicloud.eu/");
        assert_eq!(iam("cn-north-4").expect("an IAM").as_str(), "https://iam.cn-north-4.myhuaweicloud.com/");
        assert_eq!(iam("mars-1").expect("an IAM").as_str(), "https://iam.myhuaweicloud.com/");
    }

    #[test]
    fn endpoints_given_by_hand() {
        let good = [
            ("check.example.com", false, "https://check.example.com/"),
            ("https://check.example.com:8443/", false, "https://check.example.com:8443/"),
            ("http://127.0.0.1:8080", false, "http://127.0.0.1:8080/"),
            ("http://[::1]:80", false, "http://[::1]/"),
            ("http://localhost:1", false, "http://localhost:1/"),
            ("http://check.example.com", true, "http://check.example.com/"),
        ];
        for (text, allow_http, expected) in good {
            assert_eq!(parse(text, allow_http).expect("good").as_str(), expected, "{text}");
        }
        let bad = [
            "",
            "http://check.example.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "https://user:secret@host",
            "https://host/path",
            "https://host?x=1",
            "ftp://host",
            "https://",
            "a b",
        ];
        for text in bad {
            assert!(parse(text, false).is_err(), "{text}");
        }
    }
}
