//! Addresses of Git repositories, as far as two of them can be compared. Pure.

/// Where a repository is, without how it is reached.
#[derive(Debug)]
struct Location<'a> {
    /// In lower case.
    host: String,
    path: &'a str,
}

/// The way to a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Ssh,
    Web,
}

/// Ports that say nothing: those of SSH and of the web.
const USUAL_PORTS: [&str; 4] = ["", "22", "80", "443"];

/// Whether two addresses lead to the same repository: `git@host:a/b.git` and `https://host/a/b` do. Scheme, user, usual ports, a
/// final `.git` or slash and the case of the host do not count, and another port only between two addresses of the same kind. What
/// is not an address leads nowhere.
pub fn same_repository(one: &str, other: &str) -> bool {
    let (Some((way, port, location)), Some((other_way, other_port, other_location))) =
        (split(one), split(other))
    else {
        return false;
    };
    location.path == other_location.path
        && is_same_host(&location.host, &other_location.host)
        && (way != other_way || port == other_port)
}

/// Hosts of one and the same forge: GitCode, which AtomGit has become a part of (`ci/forges-cn`, section 2).
pub const GITCODE_HOSTS: &[&str] = &["gitcode.com", "api.gitcode.com", "atomgit.com", "api.atomgit.com"];

fn is_same_host(one: &str, other: &str) -> bool {
    one == other || [one, other].iter().all(|host| GITCODE_HOSTS.contains(host))
}

/// Host, in lower case, and path of an address.
pub fn host_and_path(address: &str) -> Option<(String, &str)> {
    let (_, _, Location { host, path }) = split(address)?;
    Some((host, path))
}

/// Where the web pages of an address are, most likely: its own scheme and port, of SSH those of the web.
pub fn web_origin(address: &str) -> Option<String> {
    let (_, port, Location { host, .. }) = split(address)?;
    let address = address.trim_start().to_ascii_lowercase();
    let scheme = if address.starts_with("http://") { "http" } else { "https" };
    let has_port = address.starts_with("http") && address.contains("://") && !port.is_empty();
    let port = if has_port { format!(":{port}") } else { String::new() };
    Some(format!("{scheme}://{host}{port}"))
}

/// Whether this is the address of a repository at all, and not, say, its name.
pub fn is_repository_address(text: &str) -> bool {
    split(text).is_some()
}

/// `scheme://user@host:port/path`, `user@host:path`, or `host.name/path`.
fn split(address: &str) -> Option<(Way, &str, Location<'_>)> {
    let address = address.trim();
    if address.chars().any(|character| character.is_whitespace() || character.is_control()) {
        return None;
    }
    let (way, authority, path) = match address.split_once("://") {
        Some((scheme, rest)) => {
            let way = match scheme.to_ascii_lowercase().as_str() {
                "ssh" | "git+ssh" | "ssh+git" => Way::Ssh,
                "https" | "http" | "git" => Way::Web,
                _ => return None,
            };
            let (authority, path) = rest.split_once('/')?;
            (way, authority, path)
        }
        None => match address.split_once(':') {
            Some((authority, path)) if !authority.contains('/') => (Way::Ssh, authority, path),
            Some(_) | None => {
                let (authority, path) = address.split_once('/').filter(|(host, _)| host.contains('.'))?;
                (Way::Web, authority, path)
            }
        },
    };
    let server = authority.rsplit_once('@').map_or(authority, |(_, server)| server);
    let (host, port) = server.rsplit_once(':').unwrap_or((server, ""));
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if host.is_empty() || !host.bytes().all(is_name) || !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/');
    let port = if USUAL_PORTS.contains(&port) { "" } else { port };
    (!path.is_empty()).then_some((way, port, Location { host, path }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_repository() {
        let same = [
            "https://host.example/a/b",
            "https://host.example/a/b/",
            "https://host.example/a/b.git",
            "https://host.example/a/b.git/",
            "http://HOST.example:80/a/b",
            "https://user:secret@Host.Example:443/a/b.git",
            "https://user@mail.example@host.example/a/b",
            "https://host.example./a/b",
            " git@host.example:a/b.git\n",
            "git@host.example:/a/b",
            "host.example:a/b",
            "host.example/a/b",
            "ssh://git@host.example/a/b.git",
            "ssh://git@host.example:22/a/b",
            "SSH://git@host.example:2222/a/b",
        ];
        for one in same {
            assert!(same_repository(one, same[0]) && same_repository(same[0], one), "{one}");
        }
        let gitcode = [
            "https://gitcode.com/a/b",
            "git@gitcode.com:a/b.git",
            "https://api.gitcode.com/a/b.git",
            "https://AtomGit.com/a/b",
            "https://api.atomgit.com/a/b",
        ];
        for (one, other) in gitcode.iter().flat_map(|one| gitcode.map(|other| (one, other))) {
            assert!(same_repository(one, other), "{one} {other}");
        }
    }

    #[test]
    fn web_pages_are_where_the_address_has_them() {
        for (address, expected) in [
            ("https://user:secret@Host.Example/a/b", "https://host.example"),
            ("https://host.example:8443/a/b", "https://host.example:8443"),
            ("HTTP://host.example:3000/a/b", "http://host.example:3000"),
            ("http://host.example:80/a/b", "http://host.example"),
            ("ssh://git@host.example:2222/a/b", "https://host.example"),
            ("git@host.example:a/b", "https://host.example"),
            ("git://host.example:9418/a/b", "https://host.example"),
            ("httpd.example/a/b", "https://httpd.example"),
        ] {
            assert_eq!(web_origin(address).as_deref(), Some(expected), "{address}");
        }
        assert_eq!(web_origin("/srv/git/b"), None);
    }

    #[test]
    fn other_repositories_and_what_is_none() {
        let one = "https://host.example/a/b";
        let others = [
            "https://host.example/a/B",
            "https://host.example/a/c",
            "https://host.example/a/b/c",
            "https://host.example/b",
            "https://host.example/a//b",
            "https://host.example/a/b?x",
            "https://host.example/x/../a/b",
            "https://host.example/a/b.git.git",
            "https://other.example/a/b",
            "https://host.example.evil.example/a/b",
            "https://host.example@evil.example/a/b",
            "https://evil.example/host.example/a/b",
            "https://host.example:8443/a/b",
            "git@evil.example:host.example/a/b",
            "git@host.example:2222/a/b",
            "file://host.example/a/b",
            "https:/host.example/a/b",
        ];
        for other in others {
            assert!(!same_repository(one, other) && !same_repository(other, one), "{other}");
        }
        let strangers = [
            "https://gitcode.com.evil.example/a/b",
            "https://evil.atomgit.com/a/b",
            "https://notgitcode.com/a/b",
            "https://gitcode.com@evil.example/a/b",
            "https://atomgit.com/a/c",
            "https://gitee.com/a/b",
        ];
        for other in strangers {
            assert!(!same_repository("https://gitcode.com/a/b", other), "{other}");
        }
        assert!(!same_repository("https://gitee.com/a/b", "https://gitea.com/a/b"));
        let nothing = [
            "",
            " ",
            "demo",
            "a/b",
            "/srv/git/b",
            "https://",
            "https://host.example",
            "https://host.example/",
            "https://host.example/.git",
            "https:///a/b",
            "https://host.example:port/a/b",
            "https://ho st/a/b",
            "https://host.example/a/\u{1b}[31mb",
            "git@:a/b",
            "git@host.example:",
            "://host.example/a/b",
            "https://[::1]/a/b",
        ];
        for none in nothing {
            assert!(!is_repository_address(none) && !same_repository(none, none), "{none:?}");
        }
        assert!(!same_repository("ssh://git@host.example:2222/a/b", "ssh://git@host.example:22/a/b"));
    }
}
