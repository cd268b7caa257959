//! A repository on Gitee or on GitCode (AtomGit is the same forge) as variables describe it: plain data (`ci/forges-cn`,
//! sections 1.6, 2.5 and 7).

use super::value::{Lookup, is_commit, is_path_of_names, parse_number, without_user};
use crate::model::repository::GITCODE_HOSTS;
use secrecy::SecretString;
use std::path::PathBuf;
use url::Url;

/// Which of the two forges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Gitee, and servers of one's own.
    Gitee,
    /// GitCode, which AtomGit has become a part of.
    GitCode,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Gitee, Self::GitCode];

    /// Hosts of the public service.
    const fn hosts(self) -> &'static [&'static str] {
        match self {
            Self::Gitee => &["gitee.com"],
            Self::GitCode => GITCODE_HOSTS,
        }
    }

    /// Variables that name the API, the first one first.
    const fn api_variables(self) -> &'static [&'static str] {
        match self {
            Self::Gitee => &["GITEE_API_URL"],
            Self::GitCode => &["GITCODE_API_URL", "ATOMGIT_API_URL"],
        }
    }

    /// Variables that hold a token, the first one first.
    const fn token_variables(self) -> &'static [&'static str] {
        match self {
            Self::Gitee => &["GITEE_TOKEN"],
            Self::GitCode => &["GITCODE_TOKEN", "ATOMGIT_TOKEN"],
        }
    }

    /// API of the public service.
    const fn public_api(self) -> &'static str {
        match self {
            Self::Gitee => "https://gitee.com/api/v5",
            Self::GitCode => "https://api.gitcode.com/api/v5",
        }
    }

    /// Address of the public service, as people open it.
    pub(super) const fn public_server(self) -> &'static str {
        match self {
            Self::Gitee => "https://gitee.com",
            Self::GitCode => "https://gitcode.com",
        }
    }

    /// The API that a variable names.
    fn named_api(self, variable: Lookup<'_>) -> Option<String> {
        Some(with_version(&without_user(&self.api_variables().iter().find_map(|name| variable(name))?)))
    }

    /// Whether this host is one of the public service, or the one that a variable names.
    fn has_host(self, host: &str, variable: Lookup<'_>) -> bool {
        let named = || {
            let named = Url::parse(&self.named_api(variable)?).ok()?;
            let named = named.host_str()?;
            Some(named == host || named.strip_prefix("api.") == Some(host))
        };
        self.hosts().contains(&host) || named() == Some(true)
    }
}

/// A repository, and which state of it this run is about.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Which forge.
    pub kind: Kind,
    /// Address of the REST API, without a slash at its end; empty where nothing names one that may get the token.
    pub api_url: String,
    /// Address that people open, without a slash at its end.
    pub server_url: String,
    /// `owner/name`; empty where no variable names it.
    pub name: String,
    /// The number of the pull request.
    pub number: Option<u64>,
    /// The latest commit of its source branch when the job began.
    pub head: Option<String>,
    /// The event, a JSON file.
    pub event_path: Option<PathBuf>,
    /// Token for the API; never given unasked.
    pub token: Option<SecretString>,
}

impl Repository {
    /// What the variables of every job hold about a server; `server_url`: as people open it.
    pub(super) fn read(kind: Kind, server_url: &str, variable: Lookup<'_>) -> Self {
        let server_url = without_user(server_url).trim_end_matches('/').to_owned();
        let token = kind.token_variables().iter().find_map(|name| variable(name));
        Self {
            kind,
            // Whoever names the server of a change could name their own, so its API is another's to name.
            api_url: kind.named_api(variable).unwrap_or_else(|| public_api(kind, &server_url)),
            server_url,
            name: String::new(),
            number: None,
            head: None,
            event_path: None,
            token: token.map(SecretString::from),
        }
    }

    /// The repository at this path, if it is one; it stands in paths of the API.
    #[must_use]
    pub(super) fn named(mut self, name: Option<String>) -> Self {
        self.name = name.filter(|name| is_path_of_names(name, 2..=2)).unwrap_or_default();
        self
    }

    /// A pull request of it, and its head.
    #[must_use]
    pub(super) fn with_number(mut self, number: Option<u64>, head: Option<String>) -> Self {
        (self.number, self.head) = (number, head.filter(|head| is_commit(head)));
        self
    }

    /// The pull request at an address: `https://HOST/OWNER/NAME/pulls/N`, or with another word before the number.
    pub(super) fn of_change(address: &str, variable: Lookup<'_>) -> Option<Self> {
        let url = Url::parse(address.trim()).ok().filter(|url| ["https", "http"].contains(&url.scheme()))?;
        let kind =
            Kind::ALL.into_iter().find(|kind| kind.has_host(url.host_str().unwrap_or_default(), variable))?;
        let mut parts = url.path().trim_matches('/').splitn(3, '/');
        let name = format!("{}/{}", parts.next()?, parts.next()?);
        let words = ["pulls/", "pull/", "merge_requests/", "-/merge_requests/"];
        let rest = parts.next()?;
        let rest = words.into_iter().find_map(|word| rest.strip_prefix(word))?;
        let number = parse_number(rest.split('/').next()?)?;
        let server_url = url.origin().ascii_serialization();
        let read = Self::read(kind, &server_url, variable).named(Some(name)).with_number(Some(number), None);
        Some(read).filter(|read| !read.name.is_empty())
    }

    /// Takes what the variables leave out from the address from which the code was cloned.
    pub fn complete(&mut self, remote: &str) {
        let Some((host, path)) = host_and_path(remote) else { return };
        let name = path.trim_matches('/').trim_end_matches(".git").to_owned();
        if !is_path_of_names(&name, 2..=2) {
            return;
        }
        self.name = name;
        if !self.kind.hosts().contains(&host.as_str()) {
            self.server_url = format!("https://{host}");
            // The variables named no API: then it was the public one, which is another server.
            if self.api_url == self.kind.public_api() {
                self.api_url.clear();
            }
        }
    }

    /// Address of the repository, as people open it.
    pub fn url(&self) -> Option<String> {
        Some(format!("{}/{}", self.server_url, self.name)).filter(|_| !self.name.is_empty())
    }

    /// The same for a pull request that the job is not about: its commit is another.
    pub(super) fn about(&self, number: u64) -> Self {
        Self { number: Some(number), head: None, event_path: None, ..self.clone() }
    }
}

/// The API of a server, where it is the public one.
fn public_api(kind: Kind, server_url: &str) -> String {
    let host = Url::parse(server_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let is_public = host.is_some_and(|host| kind.hosts().contains(&host.as_str()));
    Some(kind.public_api()).filter(|_| is_public).unwrap_or_default().to_owned()
}

/// The address with the version of the API, if it has none.
fn with_version(address: &str) -> String {
    let address = address.trim().trim_end_matches('/');
    let last = address.rsplit('/').next().unwrap_or_default();
    match last {
        "api" => format!("{address}/v5"),
        _ if last.strip_prefix('v').is_some_and(|number| parse_number(number).is_some()) => {
            address.to_owned()
        }
        _ => format!("{address}/api/v5"),
    }
}

/// Host and path of an address from which Git clones: of the web, or of SSH in either form.
fn host_and_path(remote: &str) -> Option<(String, String)> {
    let remote = remote.trim();
    if let Ok(url) = Url::parse(remote)
        && let Some(host) = url.host_str()
    {
        let port = url.port().filter(|_| ["https", "http"].contains(&url.scheme()));
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        return Some((format!("{host}{port}"), url.path().to_owned()));
    }
    let (host, path) = remote.split_once(':')?;
    let host = host.rsplit('@').next()?.to_owned();
    Some((host, path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup<'a>(variables: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn changes_are_read_from_their_address() {
        let own: &[(&str, &str)] = &[("GITEE_API_URL", "https://git.example:8443/gitee")];
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<(Kind, &'a str, u64, &'a str)>);
        let cases: [Case<'_>; 12] = [
            (
                "https://gitee.com/acme/widget/pulls/12",
                &[],
                Some((Kind::Gitee, "acme/widget", 12, "https://gitee.com/api/v5")),
            ),
            (
                "https://gitee.com/acme/widget/pulls/12/files",
                &[],
                Some((Kind::Gitee, "acme/widget", 12, "https://gitee.com/api/v5")),
            ),
            (
                "https://gitcode.com/acme/widget/merge_requests/7",
                &[],
                Some((Kind::GitCode, "acme/widget", 7, "https://api.gitcode.com/api/v5")),
            ),
            (
                "https://atomgit.com/acme/widget/pulls/7#note_1",
                &[],
                Some((Kind::GitCode, "acme/widget", 7, "https://api.gitcode.com/api/v5")),
            ),
            (
                "https://git.example/acme/widget/pulls/12",
                own,
                Some((Kind::Gitee, "acme/widget", 12, "https://git.example:8443/gitee/api/v5")),
            ),
            ("https://git.example/acme/widget/pulls/12", &[], None),
            ("https://evil.example/acme/widget/pulls/12", own, None),
            ("https://gitee.com.evil.example/acme/widget/pulls/12", own, None),
            ("https://gitee.com/acme/../pulls/12", &[], None),
            ("https://gitee.com/acme/widget/issues/12", &[], None),
            ("https://gitee.com/acme/widget/pulls/x", &[], None),
            ("javascript:gitee.com/acme/widget/pulls/1", &[], None),
        ];
        for (address, variables, expected) in cases {
            let found = Repository::of_change(address, &lookup(variables));
            let found = found.as_ref().map(|found| {
                (found.kind, found.name.as_str(), found.number.unwrap_or_default(), found.api_url.as_str())
            });
            assert_eq!(found, expected, "{address}");
        }
    }

    #[test]
    fn the_remote_names_the_repository_and_never_the_api() {
        let public = "https://gitee.com/api/v5";
        type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, &'a str);
        let cases: [Case<'_>; 9] = [
            ("https://gitee.com/acme/widget.git", &[], "acme/widget", public),
            ("https://user:secret@gitee.com/acme/widget", &[], "acme/widget", public),
            ("git@gitee.com:acme/widget.git", &[], "acme/widget", public),
            ("ssh://git@gitee.com:22/acme/widget.git", &[], "acme/widget", public),
            ("https://git.example/acme/widget.git", &[], "acme/widget", ""),
            (
                "https://git.example/acme/widget.git",
                &[("GITEE_API_URL", "https://git.example")],
                "acme/widget",
                "https://git.example/api/v5",
            ),
            ("/srv/widget.git", &[], "", public),
            ("https://gitee.com/acme/../widget.git", &[], "", public),
            ("https://gitee.com/a/b/c.git", &[], "", public),
        ];
        for (remote, variables, name, api_url) in cases {
            let mut read = Repository::read(Kind::Gitee, "https://gitee.com", &lookup(variables));
            read.complete(remote);
            assert_eq!((read.name.as_str(), read.api_url.as_str()), (name, api_url), "{remote}");
        }
    }

    #[test]
    fn a_missing_version_is_added() {
        for (given, expected) in [
            ("https://h", "https://h/api/v5"),
            ("https://h/api/", "https://h/api/v5"),
            ("https://h/gitee/api/v5/", "https://h/gitee/api/v5"),
            ("https://h/api/v8", "https://h/api/v8"),
        ] {
            assert_eq!(with_version(given), expected);
        }
    }
}
