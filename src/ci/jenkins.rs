//! A build of Jenkins as its variables describe it: plain data (`ci/jenkins`, section 1).

use super::gitlab::MergeRequest;
use url::Url;

/// What a multibranch build is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A pull request of GitHub.
    GitHub {
        /// Address of the server, without a slash at its end.
        server_url: String,
        /// `owner/name`.
        repository: String,
        /// Its number.
        number: u64,
    },
    /// A merge request of GitLab.
    GitLab {
        /// Address of the server, without a slash at its end.
        server_url: String,
        /// The merge request.
        merge_request: MergeRequest,
    },
}

/// The build this process runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// Its page, if Jenkins knows its own address.
    pub url: Option<String>,
    /// What it is of, if it is of a pull request.
    pub change: Option<Change>,
}

impl Build {
    /// Reads the variables.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        Self { url: variable("BUILD_URL"), change: variable("CHANGE_URL").and_then(|url| change(&url)) }
    }
}

/// `https://HOST/OWNER/REPO/pull/N` or `https://HOST/GROUP/PROJECT/-/merge_requests/N`.
fn change(address: &str) -> Option<Change> {
    let address = Url::parse(address.trim()).ok().filter(|address| address.scheme() == "https")?;
    let server_url = address.origin().ascii_serialization();
    let path = address.path().trim_matches('/');
    if let Some((project, iid)) = path.split_once("/-/merge_requests/") {
        let iid = number(iid)?.to_string();
        let merge_request = MergeRequest { project: project.to_owned(), iid };
        return Some(Change::GitLab { server_url, merge_request });
    }
    let (repository, rest) = path.split_once("/pull/")?;
    let is_repository = repository.split('/').filter(|part| !part.is_empty()).count() == 2;
    let number = number(rest).filter(|_| is_repository)?;
    Some(Change::GitHub { server_url, repository: repository.to_owned(), number })
}

/// The number at the beginning of the rest of a path.
fn number(rest: &str) -> Option<u64> {
    rest.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_from_their_address() {
        let github = |server_url: &str, repository: &str, number| {
            let (server_url, repository) = (server_url.to_owned(), repository.to_owned());
            Some(Change::GitHub { server_url, repository, number })
        };
        let gitlab = |server_url: &str, project: &str, iid: &str| {
            let merge_request = MergeRequest { project: project.to_owned(), iid: iid.to_owned() };
            Some(Change::GitLab { server_url: server_url.to_owned(), merge_request })
        };
        let cases = [
            ("https://github.com/acme/widget/pull/12", github("https://github.com", "acme/widget", 12)),
            ("https://ghe.example:8443/a/b/pull/7/files", github("https://ghe.example:8443", "a/b", 7)),
            (
                "https://gitlab.example/group/sub/proj/-/merge_requests/33",
                gitlab("https://gitlab.example", "group/sub/proj", "33"),
            ),
            ("https://bitbucket.example/projects/A/repos/b/pull-requests/3", None),
            ("https://github.com/acme/pull/12", None),
            ("https://github.com/acme/widget/pull/x", None),
            ("http://github.com/acme/widget/pull/12", None),
            ("", None),
        ];
        for (address, expected) in cases {
            assert_eq!(change(address), expected, "{address}");
        }
    }
}
