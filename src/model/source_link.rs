//! Where a forge shows a line of a file at a commit. Pure, but for the secrets that the process knows. An address holds nothing but plain characters, so that it cannot leave
//! the place where it stands.

use crate::model::path::NO_PATH;
use crate::model::pull_request::ForgeName;
use crate::text::redactor::redact;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// Longest address, in bytes: a table of findings in a comment has room for ten of them.
const ADDRESS_LIMIT: usize = 800;
/// Digits of a commit, at least and at most.
const COMMIT_DIGITS: std::ops::RangeInclusive<usize> = 7..=64;
/// What is written as a code in a name of a path.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same in an address, where some of it is written as a code already.
const ENCODED_BEFORE: &AsciiSet = &ENCODED.remove(b'%').remove(b'/');

/// The files of a repository at a commit, as its forge shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceTree {
    /// Up to the slash before a path.
    address: String,
}

impl SourceTree {
    /// The files of the repository at this web address. `None`: it is not one, or the forge documents no address for files.
    pub fn new(forge: ForgeName, repository: &str, commit: &str) -> Option<Self> {
        let view = match forge {
            ForgeName::GitHub | ForgeName::Gitee | ForgeName::GitCode => "blob",
            ForgeName::GitLab => "-/blob",
            ForgeName::Gitea | ForgeName::Forgejo => "src/commit",
            ForgeName::CodeArtsRepo => return None,
        };
        let is_commit =
            COMMIT_DIGITS.contains(&commit.len()) && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        let url = Url::parse(repository).ok().filter(|_| is_commit)?;
        let is_plain = matches!(url.scheme(), "https" | "http")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let path = url.path().trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let is_repository = is_plain && path.split('/').all(|name| !name.is_empty());
        let path = utf8_percent_encode(path, ENCODED_BEFORE);
        let origin = url.origin().ascii_serialization();
        is_repository.then(|| Self { address: format!("{origin}/{path}/{view}/{commit}/") })
    }

    /// The address of a file, or of a line in it. `None`: the path is not one in the repository, or too long for a link.
    pub fn link(&self, path: &str, line: Option<u32>) -> Option<String> {
        let is_name = |name: &str| !matches!(name, "" | "." | "..");
        if path == NO_PATH || !path.split('/').all(is_name) {
            return None;
        }
        let names: Vec<String> =
            path.split('/').map(|name| utf8_percent_encode(name, ENCODED).to_string()).collect();
        let line = line.filter(|line| *line > 0).map(|line| format!("#L{line}")).unwrap_or_default();
        let address = format!("{}{}{line}", self.address, names.join("/"));
        // Encoded, a secret in the name of a file would not be recognized any more.
        (address.len() <= ADDRESS_LIMIT && redact(&address) == address).then_some(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COMMIT: &str = "3a5bf9a7c2d14e8090a1b2c3d4e5f60718293a4b";

    fn link(forge: ForgeName, repository: &str, path: &str, line: Option<u32>) -> Option<String> {
        SourceTree::new(forge, repository, COMMIT)?.link(path, line)
    }

    #[test]
    fn each_forge_shows_a_line_at_its_address() {
        use ForgeName::*;
        let cases = [
            (
                GitHub,
                "https://github.com/acme/widget.git",
                "https://github.com/acme/widget/blob/COMMIT/src/a.c#L12",
            ),
            (
                GitLab,
                "https://gitlab.example/g/s/p",
                "https://gitlab.example/g/s/p/-/blob/COMMIT/src/a.c#L12",
            ),
            (Gitee, "https://gitee.com/acme/widget", "https://gitee.com/acme/widget/blob/COMMIT/src/a.c#L12"),
            (
                GitCode,
                "https://gitcode.com/acme/widget",
                "https://gitcode.com/acme/widget/blob/COMMIT/src/a.c#L12",
            ),
            (
                Gitea,
                "http://host:3000/git/acme/widget.git/",
                "http://host:3000/git/acme/widget/src/commit/COMMIT/src/a.c#L12",
            ),
            (Forgejo, "https://codeberg.org/a/b", "https://codeberg.org/a/b/src/commit/COMMIT/src/a.c#L12"),
        ];
        for (forge, repository, expected) in cases {
            let expected = expected.replace("COMMIT", COMMIT);
            assert_eq!(link(forge, repository, "src/a.c", Some(12)), Some(expected), "{forge:?}");
        }
        assert_eq!(link(CodeArtsRepo, "https://codehub.example/a/b", "a.c", None), None);
    }

    #[test]
    fn paths_keep_their_names() {
        let of = |path: &str, line| {
            link(ForgeName::GitHub, "https://h/组/b", path, line)
                .map(|link| link.replace(COMMIT, "C").replace("https://h/%E7%BB%84/b/blob/C/", ""))
        };
        for (path, expected) in [
            ("a b/测.c", "a%20b/%E6%B5%8B.c"),
            ("a#L9?x=%2e&y", "a%23L9%3Fx%3D%252e%26y"),
            ("a)|`<b>\"'", "a%29%7C%60%3Cb%3E%22%27"),
            ("...", "..."),
        ] {
            assert_eq!(of(path, None).as_deref(), Some(expected), "{path}");
        }
        assert_eq!(of("a", Some(0)).as_deref(), Some("a"));
        for none in ["", NO_PATH, "/a", "a//b", "a/", "..", "a/../b", "./a", &"x".repeat(ADDRESS_LIMIT)] {
            assert_eq!(of(none, Some(1)), None, "{none}");
        }
    }

    #[test]
    fn only_web_addresses_of_repositories_are_linked() {
        for bad in [
            "",
            "acme/widget",
            "git@github.com:acme/widget.git",
            "ssh://git@github.com/acme/widget",
            "javascript:alert(1)//a/b",
            "data:text/html,a/b",
            "file:///etc/passwd",
            "https://user@host/a/b",
            "https://user:secret@host/a/b",
            "https://host",
            "https://host//",
            "https://host/a//b",
            "https://host/a/b?x",
            "https://host/a/b#x",
        ] {
            assert_eq!(link(ForgeName::GitHub, bad, "a.c", None), None, "{bad}");
        }
        for commit in ["", "main", "..", &"3".repeat(65), "3a5bf9a/../main"] {
            assert_eq!(SourceTree::new(ForgeName::GitHub, "https://host/a/b", commit), None, "{commit}");
        }
    }

    proptest! {
        /// It stays within a Markdown link in a table cell and within an attribute, and below the commit of the repository.
        #[test]
        fn nothing_leaves_its_place(path in ".{0,40}", repository in "[ -~组]{0,20}", line in any::<Option<u32>>()) {
            let address = format!("https://host.example/{repository}");
            if let Some(tree) = SourceTree::new(ForgeName::GitHub, &address, COMMIT)
                && let Some(link) = tree.link(&path, line)
            {
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%/:#".contains(&byte);
                prop_assert!(link.bytes().all(plain), "{link}");
                let url = Url::parse(&link).expect("an address");
                prop_assert_eq!(url.as_str(), link.as_str());
                prop_assert_eq!(url.host_str(), Some("host.example"));
                let tail = format!("/blob/{COMMIT}/");
                prop_assert!(url.path().contains(&tail), "{link}");
            }
        }
    }
}
