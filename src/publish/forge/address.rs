//! What may go where: which addresses get a token, which tokens can be sent, and which addresses of a forge are shown. Pure.

use crate::error::Problem;
use crate::http::is_loopback;
use crate::messages::{ForgeHint, ForgeMessage, Hint};
use crate::publish::results::PublishError;
use crate::text::redactor::{learn, redact};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// Longest address that is shown, in bytes.
const LENGTH_LIMIT: usize = 2000;

/// How a forge is reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct Access {
    /// The variable with the address of the API.
    pub(super) api: &'static str,
    /// The variable of the token that goes there.
    pub(super) token: &'static str,
    /// Where the API usually is on a server.
    pub(super) path: &'static str,
}

/// The API's address. `text`: where it is; empty where no trusted variable names it, and then `server_url` is
/// only where it could be.
///
/// # Errors
/// When no token may go there.
pub(super) fn api_address(
    text: &str,
    access: Access,
    server_url: &str,
    allows_plain: bool,
) -> Result<Url, PublishError> {
    let Access { api, token, path } = access;
    if text.is_empty() {
        let hint = ForgeHint::NameApi { api, server_url: server_url.to_owned(), path };
        let problem = Problem::new(ForgeMessage::UntrustedServer { api, token }).hint(Hint::Forge(hint));
        return Err(PublishError::not_offered(problem));
    }
    let failed = |what: ForgeMessage| PublishError::failed(Problem::new(what));
    let address = Url::parse(text).map_err(|_| failed(ForgeMessage::NotAnAddress { api }))?;
    match address.scheme() {
        "https" if address.has_host() => Ok(address),
        "http" if allows_plain && address.has_host() || is_loopback(&address) => Ok(address),
        "http" => {
            let problem = Problem::new(ForgeMessage::PlainHttp { api, token });
            Err(PublishError::failed(problem.hint(Hint::Forge(ForgeHint::Https))))
        }
        _ => Err(failed(ForgeMessage::NotHttps { api })),
    }
}

/// The token, which is hidden in all output from now on. `how_to_get_one`: for readers without one.
///
/// # Errors
/// When there is none, or it cannot stand in a header.
pub(super) fn usable_token(
    token: Option<&SecretString>,
    access: Access,
    how_to_get_one: Hint,
) -> Result<SecretString, PublishError> {
    let Access { token: variable, .. } = access;
    let token = token.ok_or_else(|| PublishError::not_offered(no_token(access, how_to_get_one)))?;
    if !token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic()) {
        let problem = Problem::new(ForgeMessage::TokenCharacters { token: variable });
        return Err(PublishError::failed(problem.hint(Hint::Forge(ForgeHint::PasteToken))));
    }
    learn(token.expose_secret());
    Ok(token.clone())
}

/// There is no token.
pub(super) fn no_token(access: Access, how_to_get_one: Hint) -> Problem {
    Problem::new(ForgeMessage::NoToken { token: access.token }).hint(how_to_get_one)
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
        let access = Access { api: "CI_API_V4_URL", token: "GITLAB_TOKEN", path: "/api/v4" };
        let address = |text: &str, allows_plain| api_address(text, access, "https://h", allows_plain);
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
        let refused = address(plain, false).expect_err("plain http").problem;
        assert_eq!(refused.hints, [Hint::Forge(ForgeHint::Https)]);
        let unnamed = address("", false).expect_err("no address").problem;
        assert!(matches!(unnamed.hints[..], [Hint::Forge(ForgeHint::NameApi { .. })]), "{unnamed:?}");
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
