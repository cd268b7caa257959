//! Which variables hold secrets, so that none is ever quoted, whether it is used or not.

use crate::text::redactor;
use percent_encoding::percent_decode_str;
use url::Url;

/// Variables whose whole value is one.
const SECRETS: [&str; 15] = [
    "CODEARTS_TOKEN",
    "CODEARTS_IAM_PASSWORD",
    "HUAWEICLOUD_SDK_SK",
    "HUAWEICLOUD_SDK_SECURITY_TOKEN",
    "HUAWEI_CLOUD_SECRET_ACCESS_KEY",
    "HW_SECRET_KEY",
    "HW_SECURITY_TOKEN",
    "CLOUD_SDK_SK",
    "HUAWEICLOUD_OIDC_ID_TOKEN",
    "GITHUB_TOKEN",
    "INPUT_GITHUB-TOKEN",
    "GITLAB_TOKEN",
    "CI_JOB_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
];
/// A name without a password in an address is a token when it is this long, in characters.
const TOKEN_LENGTH: usize = 20;

/// Takes note of what must never be shown: these, and what addresses in any variable hold to log in with.
pub(super) fn learn<'a>(variables: impl Iterator<Item = (&'a str, &'a str)>) {
    for (name, value) in variables {
        if SECRETS.contains(&name) {
            redactor::learn(value);
        }
        if value.contains('@') && value.contains("://") {
            learn_user(value);
        }
    }
}

fn learn_user(address: &str) {
    let Ok(address) = Url::parse(address.trim()) else { return };
    // Databases and queues of tests have passwords such as `postgres`, which are ordinary words elsewhere.
    if !["http", "https"].contains(&address.scheme()) {
        return;
    }
    let name = Some(address.username()).filter(|name| name.len() >= TOKEN_LENGTH);
    for secret in address.password().into_iter().chain(name) {
        redactor::learn(secret);
        redactor::learn(&percent_decode_str(secret).decode_utf8_lossy());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::redactor::redact;

    #[test]
    fn secrets_are_known_by_name_and_by_place() {
        let variables = [
            ("GITLAB_TOKEN", "canary-of-gitlab\n"),
            ("HTTPS_PROXY", "http://user:canary%2Bof%2Dproxy@proxy:3128"),
            ("GIT_URL", "https://canary-of-a-repository@h/a.git"),
            ("BUILD_URL", "https://somebody@jenkins.example/"),
            ("DATABASE_URL", "postgres://postgres:postgres@localhost/test"),
            ("OTHER", "canary-of-nothing"),
        ];
        learn(variables.into_iter());
        let cases = [
            ("canary-of-gitlab", "***"),
            ("canary%2Bof%2Dproxy", "***"),
            ("canary+of-proxy", "***"),
            ("canary-of-a-repository", "***"),
            ("somebody canary-of-nothing", "somebody canary-of-nothing"),
            ("src/postgres/conn.c", "src/postgres/conn.c"),
        ];
        for (text, expected) in cases {
            assert_eq!(redact(text), expected);
        }
    }
}
