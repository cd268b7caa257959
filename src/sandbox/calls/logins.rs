//! Logins: IAM with a password or an id token, STS v5, metadata of a server and of a pod, and the id tokens of a CI (page
//! `auth`). All secrets are made up here.

use crate::sandbox::gatekeeper::{DOMAIN, PASSWORD, USER};
use crate::sandbox::message::{Login, Reply, Request};
use crate::sandbox::state::MockService;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::{Value, json};
use std::time::{Duration, Instant, SystemTime};

/// What a job is known by where it asks for an id token.
pub const ID_REQUEST_TOKEN: &str = "sandbox-id-request-not-a-secret";
/// The identity provider that IAM knows.
pub const IDP_ID: &str = "sandbox-idp";
/// The identity provider that STS knows.
pub const PROVIDER_URN: &str = "iam::27680d67da6b47eb82d00a1a118be145:oidcProvider:sandbox";
/// The agency that trusts it.
pub const AGENCY_URN: &str = "iam::27680d67da6b47eb82d00a1a118be145:agency:sandbox";
/// What a pod is known by.
pub const POD_TOKEN: &str = "sandbox-pod-token-not-a-secret";
/// What opens the metadata.
const METADATA_TOKEN: &str = "sandbox-metadata-token-not-a-secret";
/// Session lengths that STS takes, in seconds.
const SESSION_RANGE: std::ops::RangeInclusive<u64> = 900..=43_200;

/// Carries out a login.
pub(super) fn carry_out(login: Login, request: &Request<'_>, service: &mut MockService) -> Reply {
    let body: Value = serde_json::from_slice(request.body).unwrap_or_default();
    match login {
        Login::Token => with_password(&body, request, service),
        Login::IdToken => id_token(request, service),
        Login::OidcSts => assume(&body, request, service),
        Login::OidcIam => with_id_token(&body, request, service),
        Login::MetadataToken => {
            Reply { body: Bytes::from_static(METADATA_TOKEN.as_bytes()), ..Reply::json(200, &Value::Null) }
        }
        Login::MetadataKeys => {
            if !service.scenario.has_agency {
                let text = "Please configure Cloud Service Agency first";
                return Reply { body: Bytes::from(text), ..Reply::json(401, &Value::Null) };
            }
            if request.header("x-metadata-token") != Some(METADATA_TOKEN) {
                return Reply::error(401, "META.0401", "no token");
            }
            let (keys, end) = issue(Duration::from_secs(6 * 3600), request, service);
            let body =
                json!({"access": keys[0], "secret": keys[1], "securitytoken": keys[2], "expires_at": end});
            Reply::json(200, &json!({"credential": body}))
        }
        Login::PodKeys => {
            if request.header("authorization") != Some(POD_TOKEN) {
                return Reply::error(401, "POD.0401", "no token");
            }
            let (keys, end) = issue(Duration::from_secs(3600), request, service);
            let body = json!({"accessKeyId": keys[0], "secretAccessKey": keys[1], "securityToken": keys[2], "expiration": end});
            Reply::json(200, &body)
        }
    }
}

/// Makes temporary keys that live as long as the scenario says, or else as asked.
fn issue(asked: Duration, request: &Request<'_>, service: &mut MockService) -> ([String; 3], String) {
    let life = service.scenario.session_life.unwrap_or(asked);
    let keys = service.issue_keys(request.now + life);
    (keys, humantime::format_rfc3339_millis(request.clock + life).to_string())
}

fn with_password(body: &Value, request: &Request<'_>, service: &mut MockService) -> Reply {
    let user = &body["auth"]["identity"]["password"]["user"];
    let is_right = body["auth"]["identity"]["methods"] == json!(["password"])
        && user["name"] == USER
        && user["password"] == PASSWORD
        && user["domain"]["name"] == DOMAIN;
    if !is_right {
        let error =
            json!({"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"});
        return Reply::json(401, &json!({"error": error}));
    }
    token(&body["auth"]["scope"]["project"], "password", request, service)
}

fn with_id_token(body: &Value, request: &Request<'_>, service: &mut MockService) -> Reply {
    if request.header("x-idp-id") != Some(IDP_ID) {
        return Reply::error(404, "IAM.0004", "the identity provider is not found");
    }
    let id_token = body["auth"]["id_token"]["id"].as_str().unwrap_or_default();
    if let Err(why) = service.use_id_token(id_token, request.now) {
        return Reply::error(401, "IAM.0001", &format!("The id token cannot be used: {why}."));
    }
    token(&body["auth"]["scope"]["project"], "mapped", request, service)
}

fn token(project: &Value, method: &str, request: &Request<'_>, service: &mut MockService) -> Reply {
    if !project["name"].is_string() && !project["id"].is_string() {
        let error = json!({"code": 400, "message": "the scope must be a project", "title": "Bad Request"});
        return Reply::json(400, &json!({"error": error}));
    }
    let token = service.issue_token(request.now);
    let time = |time: SystemTime| humantime::format_rfc3339_micros(time).to_string();
    let body = json!({"token": {
        "issued_at": time(request.clock),
        "expires_at": time(request.clock + service.scenario.token_life),
        "methods": [method],
        "project": {"id": "aa2d97d7e62c4b7da3ffdfc11551f878", "name": project["name"]},
        "user": {"id": "7116d09f88fa41908676fdd4b039e95b", "name": USER, "domain": {"name": DOMAIN}},
    }});
    Reply { headers: vec![("X-Subject-Token".to_owned(), token)], ..Reply::json(201, &body) }
}

/// As GitHub makes one for a job.
fn id_token(request: &Request<'_>, service: &mut MockService) -> Reply {
    if request.header("authorization") != Some(format!("Bearer {ID_REQUEST_TOKEN}").as_str()) {
        return Reply::json(401, &json!({"message": "Bad credentials"}));
    }
    let audience = request.query("audience").unwrap_or("https://github.com/acme").to_owned();
    Reply::json(200, &json!({"count": 1, "value": make_id_token(&audience, request.now, service)}))
}

/// A fresh id token.
pub(crate) fn make_id_token(audience: &str, now: Instant, service: &mut MockService) -> String {
    let number = service.next_number();
    let end = SystemTime::now() + service.scenario.id_token_life;
    let expiry = end.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let claims = json!({
        "iss": "https://token.actions.githubusercontent.com",
        "aud": audience,
        "sub": "repo:acme/widget:ref:refs/heads/main",
        "exp": expiry.as_secs(),
        "jti": number,
    });
    let payload = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
    let token = format!("eyJhbGciOiJSUzI1NiJ9.{payload}.sandbox-id-token-signature");
    service.keep_id_token(token.clone(), audience.to_owned(), now);
    token
}

fn assume(body: &Value, request: &Request<'_>, service: &mut MockService) -> Reply {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    let session = text("agency_session_name");
    let seconds = body["duration_seconds"].as_u64().unwrap_or(3600);
    if !(2..=128).contains(&session.len())
        || !session.bytes().all(is_name)
        || !SESSION_RANGE.contains(&seconds)
    {
        return Reply::error(400, "STS5.0400", "invalid parameter");
    }
    if seconds > service.scenario.session_limit.as_secs() {
        return Reply::error(400, "STS5.0401", "duration_seconds exceeds the limit of the agency");
    }
    let denied = |why: &str| {
        let body = json!({
            "error_code": "STS5.0403",
            "error_msg": format!("access denied: {why}"),
            "request_id": "5a4d0b0c5a4d0b0c5a4d0b0c5a4d0b0c",
            "encoded_authorization_message": "HY0L8G1l",
        });
        Reply::json(403, &body)
    };
    if text("provider_urn") != PROVIDER_URN || text("agency_urn") != AGENCY_URN {
        return denied("no such provider or agency");
    }
    if let Err(why) = service.use_id_token(text("id_token"), request.now) {
        return denied(why);
    }
    let (keys, end) = issue(Duration::from_secs(seconds), request, service);
    Reply::json(
        200,
        &json!({
            "assumed_agency": {"urn": format!("sts::27680d67da6b47eb82d00a1a118be145:assumed-agency:sandbox/{session}"), "id": "example:session"},
            "audience": "https://example.com",
            "provider": PROVIDER_URN,
            "source_identity": null,
            "subject_from_id_token": "repo:acme/widget:ref:refs/heads/main",
            "credentials": {"access_key_id": keys[0], "secret_access_key": keys[1], "security_token": keys[2], "expiration": end},
        }),
    )
}
