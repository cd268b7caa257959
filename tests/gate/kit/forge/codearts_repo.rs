//! The part of the forge that speaks CodeArts Repo's API (`ci/forges-cn`, section 4): strict about the documented forms.

use super::state::{State, kept};
use hyper::header::HeaderMap;
use serde_json::{Value, json};

/// Number of the user who asks.
pub(crate) const OWN_REPO_ID: u64 = 5;
/// Address of the repository.
pub(crate) const REPO_URL: &str = "https://codehub.cn-north-4.devcloud.huaweicloud.com/acme/widget.git";
/// Its project.
pub(crate) const REPO_PROJECT: &str = "41af0ab0000000000000000000000001";
const MERGE_REQUEST: &str = "/v4/repositories/2111111/merge-requests/";

/// A discussion with one note.
#[derive(Clone, Debug)]
pub(crate) struct Discussion {
    pub(crate) note: u64,
    pub(crate) author: u64,
    pub(crate) body: String,
    pub(crate) is_resolved: bool,
}

impl Discussion {
    pub(crate) fn id(&self) -> String {
        format!("{:040x}", self.note)
    }

    fn shown(&self) -> Value {
        json!({"id": self.id(), "individual_note": false, "repository_id": 2_111_111, "resolved": self.is_resolved,
               "notes": [{"id": self.note, "type": null, "body": self.body, "author": {"id": self.author, "username": "x"},
                          "noteable_type": "MergeRequest", "noteable_iid": 12, "discussion_id": self.id(),
                          "resolvable": true, "resolved": self.is_resolved, "system": false,
                          "moderation_result": true, "moderation_status": 0}]})
    }
}

pub(super) fn route(
    state: &mut State,
    method: &str,
    path: &str,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> (u16, Value) {
    let authorization = headers["authorization"].to_str().expect("ASCII");
    assert!(authorization.starts_with("SDK-HMAC-SHA256 Access="), "{authorization}");
    assert!(headers.contains_key("x-sdk-date") && headers["content-type"] == "application/json");
    let number = |name: &str| -> usize {
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.parse().ok()).expect("a number")
    };
    if path == format!("/v2/projects/{REPO_PROJECT}/repositories") {
        assert_eq!((number("page_index="), number("page_size=")), (1, 100));
        let ssh = "git@codehub.devcloud.cn-north-4.huaweicloud.com:acme/";
        let entry = |id: &str, name: &str| {
            json!({"repository_id": id, "repository_uuid": "9".repeat(32), "repository_name": name,
                   "ssh_url": format!("{ssh}{name}.git"), "https_url": REPO_URL.replace("widget", name)})
        };
        let list = [entry("2111110", "widget-old"), entry("2111111", "widget")];
        return (
            200,
            json!({"error": null, "result": {"total": 2, "repositories": list}, "status": "success"}),
        );
    }
    let rest = path.strip_prefix(MERGE_REQUEST).unwrap_or_else(|| panic!("{method} {path}"));
    let parts: Vec<&str> = rest.split('/').collect();
    let json = || -> Value { serde_json::from_slice(body).expect("JSON") };
    let refused = |status: u16, said: &str| (status, json!({"error_code": "CH.40300", "error_msg": said}));
    let drops_marks = state.drops_marks;
    let discussions = &mut state.repo;
    match (method, parts.as_slice()) {
        ("GET", [iid]) => match state.pull_request(iid.parse().expect("a number")) {
            Some(pull_request) => (200, pull_request.on_codearts_repo()),
            None => refused(404, "merge request not found"),
        },
        ("GET", ["12", "discussions"]) => {
            let limit = number("limit=");
            assert!(limit <= 100 && query.contains("sort=asc"), "{query}");
            let page = discussions.iter().skip(number("offset=")).take(limit);
            (200, page.map(Discussion::shown).collect())
        }
        ("POST", ["12", "discussions"]) => {
            let note = 501 + discussions.len() as u64;
            let body = kept(json()["body"].as_str().expect("a body"), drops_marks);
            assert!(body.chars().count() <= 30_000 && body.len() <= 60_000);
            discussions.push(Discussion { note, author: OWN_REPO_ID, body, is_resolved: false });
            (201, discussions[discussions.len() - 1].shown())
        }
        ("PUT", ["12", "discussions", id, "notes", note]) => {
            let note: u64 = note.parse().expect("a number");
            let found = discussions.iter_mut().find(|entry| entry.note == note && entry.id() == *id);
            let found = found.expect("the ids belong together");
            if found.author != OWN_REPO_ID {
                return refused(403, "no permission");
            }
            let change = json();
            match (change["body"].as_str(), change["resolved"].as_bool()) {
                (Some(body), None) => found.body = kept(body, drops_marks),
                (None, Some(is_resolved)) => found.is_resolved = is_resolved,
                (body, resolved) => panic!("resolved goes alone: {body:?} {resolved:?}"),
            }
            // The note alone, unlike the creation.
            (200, found.shown()["notes"][0].take())
        }
        _ => panic!("{method} {path}"),
    }
}
