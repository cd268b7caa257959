//! Which variables hold secrets, so that none is ever quoted, whether it is used or not.

use crate::text::redactor;

/// Variables whose whole value is one.
const SECRETS: [&str; 20] = [
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
    "GITEA_TOKEN",
    "GITEE_TOKEN",
    "GITCODE_TOKEN",
    "ATOMGIT_TOKEN",
    "gitcodeToken",
    "CI_JOB_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
];

/// Takes note of what must never be shown: these, and what addresses in any variable hold to log in with.
pub(super) fn learn<'a>(variables: impl Iterator<Item = (&'a str, &'a str)>) {
    for (name, value) in variables {
        // Names of Windows may have other capitals.
        if SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(name)) {
            redactor::learn(value);
        }
        if value.contains('@') && value.contains("://") {
            redactor::learn_login(value);
        }
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
            ("GITCODETOKEN", "canary-of-gitcode"),
            ("HTTPS_PROXY", "http://user:canary%2Bof%2Dproxy@proxy:3128"),
            ("GIT_URL", "https://canary-of-a-repository@h/a.git"),
            ("BUILD_URL", "https://somebody@jenkins.example/"),
            ("DATABASE_URL", "postgres://postgres:postgres@localhost/test"),
            ("OTHER", "canary-of-nothing"),
        ];
        learn(variables.into_iter());
        let cases = [
            ("canary-of-gitlab", "***"),
            ("canary-of-gitcode", "***"),
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
