//! The part of the forge that speaks the API of Gitea and Forgejo (`ci/forges-cn`, section 5): comments are those of an issue,
//! and their list has no pages.

use super::state::{Comment, State};
use hyper::header::HeaderMap;
use serde_json::{Value, json};

/// Token for the API.
pub(crate) const GITEA_TOKEN: &str = "canary-gitea-token";
/// Author of what the token of a job writes.
const JOB: &str = "gitea-actions";
/// Reviews on a page, so that clients turn pages.
const REVIEWS: usize = 10;

/// A review.
#[derive(Clone, Debug)]
pub(crate) struct GiteaReview {
    pub(crate) id: u64,
    pub(crate) login: String,
    pub(crate) body: String,
    /// Whether only its author sees it.
    pub(crate) is_draft: bool,
    pub(crate) comments: Vec<GiteaNote>,
}

/// A comment in the diff.
#[derive(Clone, Debug)]
pub(crate) struct GiteaNote {
    pub(crate) id: u64,
    pub(crate) login: String,
    pub(crate) path: String,
    pub(crate) line: u64,
    pub(crate) body: String,
    pub(crate) is_resolved: bool,
}

/// Status, body, and how many entries a list has in all.
pub(super) fn route(
    state: &mut State,
    line: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> (u16, Value, Option<usize>) {
    assert_eq!(headers["authorization"], format!("token {GITEA_TOKEN}"));
    let (method, target) = line.split_once(' ').expect("a target");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let json = || -> Value {
        assert_eq!(headers["content-type"], "application/json");
        serde_json::from_slice(body).expect("JSON")
    };
    let page = || query.split('&').find_map(|pair| pair.strip_prefix("page=")?.parse().ok()).expect("a page");
    let text = || json()["body"].as_str().expect("a body").to_owned();
    let plain = |status, body| (status, body, None);
    let not_found = || plain(404, json!({"message": "The target couldn't be found.", "errors": null}));
    let parts: Vec<&str> = path.trim_start_matches("/api/v1/").split('/').collect();
    match (method, parts.as_slice()) {
        ("GET", ["user"]) => match state.gitea.user {
            Some(login) => plain(200, json!({"id": 5, "login": login})),
            None => plain(403, json!({"message": "user should not be an Actions user"})),
        },
        ("GET", ["repos", "acme", "widget", "issues", "12", "comments"]) => {
            assert_eq!(query, "", "this list has no pages");
            let list: Vec<Value> = state.comments.iter().map(show).collect();
            (200, list.into(), Some(state.comments.len()))
        }
        ("POST", ["repos", "acme", "widget", "issues", "12", "comments"]) => {
            let body = text();
            assert!(body.chars().count() <= 30_000 && body.len() <= 60_000, "{}", body.len());
            let id = 91 + state.comments.iter().map(|comment| comment.id).max().unwrap_or_default();
            let login = state.gitea.user.unwrap_or(JOB).to_owned();
            state.comments.push(Comment { id, login, is_bot: false, body });
            plain(201, show(state.comments.last().expect("a comment")))
        }
        ("PATCH", ["repos", "acme", "widget", "issues", "comments", id]) => {
            // Those in the diff as well.
            let notes = state.gitea.reviews.iter_mut().flat_map(|review| &mut review.comments);
            if let Some(note) = notes.into_iter().find(|note| note.id.to_string() == *id) {
                note.body = text();
                return plain(200, show_note(note));
            }
            let comment = state.comments.iter_mut().find(|comment| comment.id.to_string() == *id);
            let comment = comment.expect("there");
            comment.body = text();
            plain(200, show(comment))
        }
        ("DELETE", ["repos", "acme", "widget", "issues", "comments", id]) => {
            state.comments.retain(|comment| comment.id.to_string() != *id);
            plain(204, Value::Null)
        }
        ("GET", ["repos", "acme", "widget", "pulls", "12", "reviews"]) => {
            assert!(query.contains("limit=50"), "{query}");
            let (reviews, login) = (&state.gitea.reviews, state.gitea.user.unwrap_or(JOB));
            // Drafts of others count, on the page and in all.
            let page = reviews.iter().skip((page() - 1) * REVIEWS).take(REVIEWS);
            let shown = page.filter(|review| !review.is_draft || review.login == login);
            let answer = (200, shown.map(show_review).collect(), Some(reviews.len()));
            state.gitea.reviews.extend(state.gitea.late_draft.take());
            if state.gitea.hides_totals { (answer.0, answer.1, None) } else { answer }
        }
        ("POST", ["repos", "acme", "widget", "pulls", "12", "reviews"]) => {
            let review = json();
            assert_eq!((&review["event"], &review["commit_id"]), (&json!("COMMENT"), &json!(super::HEAD)));
            let login = state.gitea.user.unwrap_or(JOB).to_owned();
            let mut id =
                701 + state.gitea.reviews.iter().map(|review| review.id % 700).max().unwrap_or_default();
            let mut comments = Vec::new();
            // The draft of the same user becomes the review.
            let mut reviews = state.gitea.reviews.iter();
            if let Some(at) = reviews.position(|review| review.is_draft && review.login == login) {
                let draft = state.gitea.reviews.remove(at);
                (id, comments) = (draft.id, draft.comments);
            }
            for (number, comment) in (0..).zip(review["comments"].as_array().expect("comments")) {
                let path = comment["path"].as_str().expect("a path").to_owned();
                let line = comment["new_position"].as_u64().expect("a line");
                let pull_request = state.pull_request(12).expect("there");
                if !pull_request.shows_line(&path, line) {
                    return plain(422, json!({"message": "the line is not part of the diff"}));
                }
                let body = comment["body"].as_str().expect("a body").to_owned();
                comments.push(GiteaNote {
                    id: id * 100 + number,
                    login: login.clone(),
                    path,
                    line,
                    body,
                    is_resolved: false,
                });
            }
            let body = review["body"].as_str().expect("a body").to_owned();
            state.gitea.reviews.push(GiteaReview { id, login, body, is_draft: false, comments });
            plain(200, show_review(state.gitea.reviews.last().expect("a review")))
        }
        ("GET", ["repos", "acme", "widget", "pulls", "12", "reviews", id, "comments"]) => {
            match state.gitea.reviews.iter().find(|review| review.id.to_string() == *id) {
                Some(review) => plain(200, review.comments.iter().map(show_note).collect()),
                None => not_found(),
            }
        }
        ("POST", ["repos", "acme", "widget", "pulls", "comments", id, "resolve"]) if state.gitea.resolves => {
            let mut notes = state.gitea.reviews.iter_mut().flat_map(|review| &mut review.comments);
            notes.find(|note| note.id.to_string() == *id).expect("there").is_resolved = true;
            plain(204, Value::Null)
        }
        ("POST", ["repos", "acme", "widget", "pulls", "comments", _, "resolve"]) => not_found(),
        ("DELETE", ["repos", "acme", "widget", "pulls", "12", "reviews", id]) => {
            let reviews = &mut state.gitea.reviews;
            let before = reviews.len();
            reviews.retain(|review| review.id.to_string() != *id);
            if reviews.len() < before { plain(204, Value::Null) } else { not_found() }
        }
        ("POST", ["repos", "acme", "widget", "statuses", sha]) => {
            let status = json();
            let state_word = status["state"].as_str().expect("a state");
            assert!(["success", "failure", "error"].contains(&state_word), "{status}");
            state.gitea.statuses.push(((*sha).to_owned(), status.clone()));
            plain(201, json!({"id": 7, "status": state_word, "context": status["context"]}))
        }
        ("GET", ["repos", "acme", "widget", "pulls"]) => {
            assert!(query.contains("state=open") && query.contains("limit=50"), "{query}");
            let shown = state.pull_requests.iter_mut().skip((page() - 1) * 2).take(2);
            let list: Vec<Value> = shown.map(super::PullRequest::on_gitea).collect();
            (200, list.into(), Some(state.pull_requests.len()))
        }
        ("GET", ["repos", "acme", "widget", "pulls", number, "files"]) => {
            assert!(query.contains("limit=50"), "{query}");
            match state.pull_request(number.parse().expect("a number")) {
                Some(pull_request) => {
                    let (files, total) = pull_request.files_on_gitea(page());
                    (200, files, Some(total))
                }
                None => not_found(),
            }
        }
        ("GET", ["repos", "acme", "widget", "pulls", name]) => {
            let number = name.trim_end_matches(".diff");
            match state.pull_request(number.parse().expect("a number")) {
                Some(pull_request) if name.ends_with(".diff") => {
                    plain(200, pull_request.diff_on_gitea().into())
                }
                Some(pull_request) => plain(200, pull_request.on_gitea()),
                None => not_found(),
            }
        }
        _ => panic!("{method} {path}"),
    }
}

fn show(comment: &Comment) -> Value {
    json!({"id": comment.id, "body": comment.body, "user": {"id": -2, "login": comment.login},
           "html_url": format!("https://gitea.example/acme/widget/pulls/12#issuecomment-{}", comment.id),
           "created_at": "2026-08-01T10:00:00Z", "updated_at": "2026-08-01T10:00:00Z"})
}

fn show_review(review: &GiteaReview) -> Value {
    let state = if review.is_draft { "PENDING" } else { "COMMENT" };
    json!({"id": review.id, "user": {"id": -2, "login": review.login}, "state": state, "body": review.body,
           "commit_id": super::HEAD, "stale": false, "comments_count": review.comments.len()})
}

fn show_note(note: &GiteaNote) -> Value {
    let resolver = note.is_resolved.then(|| json!({"id": 5, "login": "dev1"}));
    json!({"id": note.id, "body": note.body, "user": {"id": -2, "login": note.login}, "resolver": resolver, "path": note.path,
           "position": note.line, "original_position": 0, "commit_id": super::HEAD})
}
