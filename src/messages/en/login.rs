//! Logins in English.

use crate::messages::{Claims, IdTokenPlace, LoginHint, LoginMessage};
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
        LoginMessage::ShorterSession => "requesting a session of one hour instead, which is renewed in time",
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

fn id_token_place(place: &IdTokenPlace) -> String {
    match place {
        IdTokenPlace::Variable => "HUAWEICLOUD_OIDC_ID_TOKEN".to_owned(),
        IdTokenPlace::File(path) => format!("`{path}`"),
        IdTokenPlace::GitHub => "the response of GitHub".to_owned(),
    }
}

/// What to do about a refused login.
pub(in crate::messages) fn login_hint(hint: &LoginHint) -> String {
    let (what, claims) = match hint {
        LoginHint::TrustPolicy(claims) => ("the identity provider and the agency's trust policy", claims),
        LoginHint::ConversionRule(claims) => {
            ("the identity provider (HUAWEICLOUD_SDK_IDP_ID) and its conversion rule", claims)
        }
        LoginHint::FreshIdToken => return "make sure that the id token has not expired".to_owned(),
        LoginHint::Agency => return "give this server an agency that may use CodeArts".to_owned(),
        LoginHint::SetClock => return "set the clock of this machine".to_owned(),
    };
    match shown(claims) {
        claims if claims.is_empty() => {
            format!("check {what}: the id token contains no claims that can be read")
        }
        claims => format!("check {what}: they must match {}", claims.join(", ")),
    }
}

fn shown(claims: &Claims) -> Vec<String> {
    let Claims { issuer, audience, subject } = claims;
    let claims = [("issuer", issuer), ("audience", audience), ("subject", subject)];
    claims.iter().filter_map(|(name, value)| Some(format!("{name} `{}`", value.as_ref()?))).collect()
}
