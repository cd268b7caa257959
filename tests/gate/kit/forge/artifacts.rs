//! The results service and its store, where artifacts go.

use super::state::{Artifact, Speaks, State};
use bytes::Bytes;
use hyper::header::HeaderMap;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Signature of upload addresses, as written there.
pub(crate) const SIGNATURE: &str = "canary%2Bsignature%3D";
/// Ids in the runner's token.
const RUN_BACKEND_ID: &str = "2b7c0e5a-1111-4222-8333-0123456789ab";
const JOB_BACKEND_ID: &str = "9d1f3c44-5555-4666-8777-ba9876543210";

/// The runner's token: no signature is checked, so none is made.
pub(crate) fn runtime_token() -> String {
    use base64::Engine as _;
    let scopes = format!("Actions.Other:x Actions.Results:{RUN_BACKEND_ID}:{JOB_BACKEND_ID}");
    let claims = json!({"scp": scopes}).to_string();
    format!("e30.{}.canary-runtime", base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(claims))
}

pub(super) fn results(state: &mut State, call: &str, request: &Value, host: &str) -> (u16, Value) {
    if state.speaks == Speaks::Nothing {
        return (404, json!({"code": "bad_route", "msg": "no handler"}));
    }
    let name = request["name"].as_str().unwrap_or_default().to_owned();
    let own = request["workflow_run_backend_id"] == RUN_BACKEND_ID
        && request["workflow_job_run_backend_id"] == JOB_BACKEND_ID;
    assert!(own, "{request}");
    match call {
        "CreateArtifact" => {
            let mime_type = request.get("mime_type").map(|text| text.as_str().expect("text").to_owned());
            let is_archive = mime_type.as_deref() == Some("application/zip");
            let is_refused = match state.speaks {
                Speaks::NoPdf => mime_type.as_deref() == Some("application/pdf"),
                Speaks::ArchivesOnly => !is_archive,
                _ => false,
            };
            if state.speaks == Speaks::Version4 && mime_type.is_some() {
                return (500, Value::Null);
            }
            if is_refused {
                let msg = "a valid mime_type is required for this artifact version";
                return (400, json!({"code": "invalid_argument", "msg": msg}));
            }
            let version = request["version"].as_u64().expect("a version");
            assert_eq!(version == 7, mime_type.is_some(), "{request}");
            if state.artifacts.iter().any(|artifact| artifact.name == name) {
                let msg = "an artifact with this name already exists on the workflow run";
                return (409, json!({"code": "already_exists", "msg": msg}));
            }
            let id = 4242 + state.artifacts.len() as u64;
            let expires_at = request["expires_at"].as_str().map(str::to_owned);
            state.artifacts.push(Artifact {
                name,
                version,
                mime_type,
                expires_at,
                id,
                ..Artifact::default()
            });
            let url = format!("http://{host}/store/{id}?se=2026-11-22T01%3A00%3A00Z&sig={SIGNATURE}&sp=cw");
            // Both spellings exist.
            let field =
                if state.speaks == Speaks::Version4 { "signedUploadUrl" } else { "signed_upload_url" };
            (200, json!({"ok": true, field: url}))
        }
        "FinalizeArtifact" => {
            let artifact = state.artifacts.iter_mut().find(|artifact| artifact.name == name).expect("begun");
            if artifact.is_final {
                return (404, json!({"code": "not_found", "msg": "no such upload"}));
            }
            let hash = format!("sha256:{}", hex::encode(Sha256::digest(&artifact.bytes)));
            if request["size"].as_str() != Some(&artifact.bytes.len().to_string()) || request["hash"] != hash
            {
                return (
                    400,
                    json!({"code": "invalid_argument", "msg": "size or hash differ from the upload"}),
                );
            }
            artifact.is_final = true;
            (200, json!({"ok": true, "artifact_id": artifact.id.to_string()}))
        }
        "ListArtifacts" => {
            let wanted = request["name_filter"].as_str().expect("a name");
            let list: Vec<Value> = state
                .artifacts
                .iter()
                .filter(|artifact| artifact.is_final && artifact.name == wanted)
                .map(|artifact| {
                    json!({"workflow_run_backend_id": RUN_BACKEND_ID, "workflow_job_run_backend_id": JOB_BACKEND_ID,
                           "database_id": artifact.id.to_string(), "name": artifact.name,
                           "digest": format!("sha256:{}", hex::encode(Sha256::digest(&artifact.bytes)))})
                })
                .collect();
            (200, if list.is_empty() { json!({}) } else { json!({"artifacts": list}) })
        }
        "DeleteArtifact" => {
            state.artifacts.retain(|artifact| artifact.name != name);
            (200, json!({"ok": true, "artifact_id": "1"}))
        }
        other => panic!("{other}"),
    }
}

pub(super) fn store(
    state: &mut State,
    id: u64,
    method: &str,
    query: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> (u16, Value) {
    assert_eq!(method, "PUT");
    // The signed part is received as it was sent.
    let signed = format!("se=2026-11-22T01%3A00%3A00Z&sig={SIGNATURE}&sp=cw&");
    let operation = query.strip_prefix(&signed).expect("the signed query, as it was");
    assert!(headers.contains_key("x-ms-version"));
    let artifact = state.artifacts.iter_mut().find(|artifact| artifact.id == id).expect("begun");
    if let Some(block) = operation.strip_prefix("comp=block&blockid=") {
        let decoded = percent_encoding::percent_decode_str(block).decode_utf8().expect("UTF-8").into_owned();
        artifact.blocks.insert(decoded, body.clone());
        return (201, Value::Null);
    }
    assert_eq!(operation, "comp=blocklist");
    artifact.stored_type = headers["x-ms-blob-content-type"].to_str().expect("ASCII").to_owned();
    let list = std::str::from_utf8(body).expect("UTF-8");
    let ids = list.split("<Latest>").skip(1).map(|rest| rest.split("</Latest>").next().expect("an id"));
    let blocks: Option<Vec<&Bytes>> = ids.map(|id| artifact.blocks.get(id)).collect();
    // One that was never stored.
    let Some(blocks) = blocks else { return (400, Value::Null) };
    artifact.bytes = blocks.into_iter().flatten().copied().collect();
    (201, Value::Null)
}
