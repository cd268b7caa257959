//! Addresses: which ones get a token, and which ones that a forge gave are shown. Pure.

use crate::http::is_loopback;
use crate::publish::results::PublishError;
use crate::text::redactor::redact;
use url::Url;

/// Longest address that is shown, in bytes.
const LENGTH_LIMIT: usize = 2000;

/// The variable that names the API of a forge.
#[derive(Clone, Copy, Debug)]
pub(super) struct ApiVariable {
    /// Whose API.
    pub(super) forge: &'static str,
    /// The variable.
    pub(super) name: &'static str,
    /// Variable of the token that goes there.
    pub(super) token: &'static str,
    /// Where the API usually is on a server.
    pub(super) path: &'static str,
}

/// The API's address. `text`: where it is, empty where nobody trustworthy says so; then `server_url` says only where it could be.
///
/// # Errors
/// One sentence, when no token may go there.
pub(super) fn api_address(
    text: &str,
    variable: ApiVariable,
    server_url: &str,
    allows_plain: bool,
) -> Result<Url, PublishError> {
    let ApiVariable { forge, name, token, path } = variable;
    if text.is_empty() {
        return Err(PublishError::NotOffered(format!(
            "{name} is not set, and {token} is not sent to a host that only CHANGE_URL names; if `{server_url}` is your server, set {name}, such as {server_url}{path}"
        )));
    }
    let refused = |why: &str| {
        PublishError::Failed(format!("the address of {forge}'s API ({name}) cannot be used: {why}"))
    };
    let address = Url::parse(text).map_err(|_| refused("it is not an address"))?;
    match address.scheme() {
        "https" if address.has_host() => Ok(address),
        "http" if allows_plain && address.has_host() || is_loopback(&address) => Ok(address),
        "http" => Err(refused(
            "plain http would show the token to the network; use https, or insist with `--allow-http`",
        )),
        _ => Err(refused("it must begin with https://")),
    }
}

/// An address that a forge gave, if it is one of the web and nothing else: no user, no secret, no character that ends it.
pub(super) fn shown_address(text: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&byte);
    let address = Url::parse(text).ok()?;
    let is_of_web = ["https", "http"].contains(&address.scheme()) && address.has_host();
    let has_user = !address.username().is_empty() || address.password().is_some();
    let is_fit = text.len() <= LENGTH_LIMIT && text.bytes().all(is_plain) && redact(text) == text;
    (is_of_web && !has_user && is_fit).then(|| text.to_owned())
}

/// The same for a path on the forge's own server.
pub(super) fn shown_path(text: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~%+@".contains(&byte);
    // Two slashes at the beginning name another host, dots another place.
    let is_own =
        text.starts_with('/') && text.split('/').skip(1).all(|part| !["", ".", ".."].contains(&part));
    let is_fit = text.len() <= LENGTH_LIMIT && text.bytes().all(is_plain) && redact(text) == text;
    (is_own && is_fit).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_before_a_token_goes_there() {
        let variable =
            ApiVariable { forge: "GitLab", name: "CI_API_V4_URL", token: "GITLAB_TOKEN", path: "/api/v4" };
        let address = |text: &str, allows_plain| api_address(text, variable, "https://h", allows_plain);
        for good in
            ["https://gitlab.example/api/v4", "https://host/gitlab/api/v4", "http://127.0.0.1:8080/api/v4"]
        {
            assert!(address(good, false).is_ok(), "{good}");
        }
        for bad in ["", "file:///etc", "gitlab.example", "https:", "ftp://gitlab.example"] {
            assert!(address(bad, true).is_err(), "{bad}");
        }
        let plain = "http://gitlab.example/api/v4";
        assert!(address(plain, true).is_ok());
        let refused = address(plain, false).expect_err("plain http");
        assert!(refused.reason().contains("`--allow-http`"), "{}", refused.reason());
        let unnamed = address("", false).expect_err("no address");
        assert!(
            unnamed.reason().ends_with("set CI_API_V4_URL, such as https://h/api/v4"),
            "{}",
            unnamed.reason()
        );
    }

    #[test]
    fn only_plain_addresses_are_shown() {
        crate::text::redactor::learn("canary-in-address");
        for good in ["https://h.example:8443/a/b?x=1#note_1", "http://h/a"] {
            assert_eq!(shown_address(good).as_deref(), Some(good));
        }
        let bad = [
            "",
            "/a",
            "javascript:alert(1)",
            "https://u@h/a",
            "https://u:p@h/a",
            "https://h/a b",
            "https://h/\"a",
            "https://h/ä",
            "https://h/canary-in-address",
            "https://h/canary%2Din%2Daddress",
        ];
        for bad in bad {
            assert_eq!(shown_address(bad), None, "{bad}");
        }
        assert_eq!(
            shown_path("/-/project/1/uploads/66db/r.pdf").as_deref(),
            Some("/-/project/1/uploads/66db/r.pdf")
        );
        for bad in
            ["", "a", "//evil.example/a", "/a/../b", "/a//b", "/a b", "/a)(", "/a?x", "/canary-in-address"]
        {
            assert_eq!(shown_path(bad), None, "{bad}");
        }
    }
}
