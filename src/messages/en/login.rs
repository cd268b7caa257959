//! Logins in English.

use super::http::failed_briefly;
use crate::messages::login::{CredentialsKind, IdTokenPlace, KeysFile, LoginHint, LoginMessage};
use crate::messages::shown::claims;
use crate::text::duration;

/// What went wrong with a login, or is worth knowing about it.
pub(in crate::messages) fn login(message: &LoginMessage) -> String {
    let text = match message {
        LoginMessage::LacksKeys => "the response contains no temporary keys",
        LoginMessage::LacksToken => "the response contains no usable X-Subject-Token header",
        LoginMessage::LacksIdToken => "the response contains no id token",
        LoginMessage::NoIdToken(place) => return format!("{} contains no id token", id_token_place(place)),
        LoginMessage::IdTokenNotRead { path, cause } => {
            return format!("could not read the id token in `{path}`: {cause}");
        }
        LoginMessage::PodTokenNotRead { path, cause } => {
            return format!("could not read HC_CONTAINER_AUTHORIZATION_TOKEN_FILE `{path}`: {cause}");
        }
        LoginMessage::NoPodToken(path) => {
            return format!("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE `{path}` contains no token");
        }
        LoginMessage::ShorterSession(call) => {
            return format!(
                "{}; requesting a session of one hour instead, which is renewed in time",
                failed_briefly(call)
            );
        }
        LoginMessage::KeepingSession(call) => {
            return format!("{}; the present session is still used", failed_briefly(call));
        }
        LoginMessage::ClockCorrected { off, is_behind } => {
            let direction = if *is_behind { "behind" } else { "ahead of" };
            return format!(
                "this machine's clock is {} {direction} the clock of CodeArts; signing with the time of CodeArts",
                duration(*off)
            );
        }
    };
    text.to_owned()
}

/// A kind of credentials.
pub(in crate::messages) fn credentials_kind(kind: &CredentialsKind) -> String {
    let (text, file) = match kind {
        CredentialsKind::Token => ("token from CODEARTS_TOKEN", &None),
        CredentialsKind::Keys(file) => ("AK/SK, requests are signed", file),
        CredentialsKind::TemporaryKeys(file) => ("temporary AK/SK, requests are signed", file),
        CredentialsKind::Password => ("IAM password, exchanged for a token", &None),
        CredentialsKind::OidcSts => {
            ("id token of this job, exchanged for temporary keys of an agency (STS)", &None)
        }
        CredentialsKind::OidcIam => ("id token of this job, exchanged for a token (IAM)", &None),
        CredentialsKind::Server => ("agency of this cloud server", &None),
        CredentialsKind::Pod => ("identity of this pod", &None),
    };
    match file {
        None => text.to_owned(),
        Some(KeysFile::Sdk) => format!("{text} (from the profile file of the SDK)"),
        Some(KeysFile::KooCli) => format!("{text} (from the file of KooCLI)"),
    }
}

fn id_token_place(place: &IdTokenPlace) -> String {
    match place {
        IdTokenPlace::Variable => "HUAWEICLOUD_OIDC_ID_TOKEN".to_owned(),
        IdTokenPlace::File(path) => format!("`{path}`"),
        IdTokenPlace::GitHub => "the response of GitHub".to_owned(),
    }
}

/// What to do about a refused login.
pub(in crate::messages) fn login_hint(hint: &LoginHint) -> String {
    let (what, shown) = match hint {
        LoginHint::TrustPolicy(shown) => ("the identity provider and the agency's trust policy", shown),
        LoginHint::ConversionRule(shown) => {
            ("the identity provider (HUAWEICLOUD_SDK_IDP_ID) and its conversion rule", shown)
        }
        LoginHint::FreshIdToken => return "get a fresh id token: this one has expired".to_owned(),
        LoginHint::Password => {
            return "check CODEARTS_IAM_USER, CODEARTS_IAM_PASSWORD and CODEARTS_IAM_DOMAIN (the name of the account); IAM locks a user after several wrong passwords".to_owned();
        }
        LoginHint::GitHubIdToken => {
            return "rerun the job with `permissions: id-token: write`; ACTIONS_ID_TOKEN_REQUEST_TOKEN is valid only in the job that GitHub made it for".to_owned();
        }
        LoginHint::Agency => return "give this server an agency that may use CodeArts".to_owned(),
        LoginHint::SetClock => return "set the clock of this machine".to_owned(),
    };
    match claims(shown) {
        shown if shown.is_empty() => {
            format!("check {what}: the id token contains no claims that can be read")
        }
        shown => format!("check {what}: they must match {}", shown.join(", ")),
    }
}
