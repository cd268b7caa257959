//! Findings in the diff of a merge request of GitLab: each a discussion of its own (`ci/gitlab`, section 4).

use super::api::{Api, project};
use crate::ci::gitlab::MergeRequest;
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::repeat::Tries;
use crate::http::retry::{Failure, RetryClass};
use crate::http::uri;
use crate::messages::{Attempt, InlineMessage};
use crate::publish::forge::inline::{Diff, InlineComment, Mark, Remark, Thread};
use crate::publish::forge::interface::InDiff;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::OnceCell;

/// Between a thread that a push resolves and the note about that: they are written in one step.
const SAME_PUSH: Duration = Duration::from_secs(10);

/// Length of a time to the second.
const SECONDS: usize = "2026-08-01T10:00:00".len();

/// Discussions of one key in the diff of one merge request.
#[derive(Debug)]
pub(super) struct Discussions<'a> {
    api: &'a Api,
    key: &'a str,
    shown: InDiff<'a>,
    /// The merge request.
    path: String,
    place: OnceCell<Place>,
}

/// What a place in the diff is described with.
#[derive(Debug)]
struct Place {
    /// The commits that the diff is made of.
    position: Value,
    /// The old paths of files that were renamed, by their new ones.
    renamed: HashMap<String, String>,
}

impl<'a> Discussions<'a> {
    pub(super) fn new(api: &'a Api, of: &MergeRequest, key: &'a str, shown: InDiff<'a>) -> Self {
        let path = format!("{}/merge_requests/{}", project(&of.project), of.iid);
        Self { api, key, shown, path, place: OnceCell::new() }
    }

    fn discussions(&self) -> String {
        format!("{}/discussions", self.path)
    }

    fn discussion(&self, comment: &InlineComment) -> String {
        format!("{}/{}", self.discussions(), uri::segment(&comment.thread_id))
    }

    fn note(&self, comment: &InlineComment) -> String {
        format!("{}/notes/{}", self.discussion(comment), comment.id)
    }

    /// Asked for once, where there is anything to write.
    async fn place(&self) -> Result<&Place, CallError> {
        self.place.get_or_try_init(async || self.find_place().await).await
    }

    async fn find_place(&self) -> Result<Place, CallError> {
        let call = Call::get(Attempt::ReadVersions, format!("{}/versions", self.path), &[]);
        let versions = self.api.list(call.clone()).await?;
        // The newest comes first.
        let version = versions.iter().find(|version| version["head_commit_sha"] == self.shown.head);
        let version = version.ok_or_else(|| {
            CallError::before_sending(call.attempt, Failure::Conflict, InlineMessage::NoVersion)
        })?;
        let position = json!({
            "position_type": "text",
            "base_sha": version["base_commit_sha"],
            "start_sha": version["start_commit_sha"],
            "head_sha": version["head_commit_sha"],
        });
        let call = Call::get(Attempt::ReadChanges, format!("{}/diffs", self.path), &[]);
        let files = match self.api.list(call).await {
            Ok(files) => files,
            // Servers before 15.7: without their old names, renamed files have no comments.
            Err(error) if error.failure == Failure::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let names = |file: &Value| {
            let name = |field: &str| file[field].as_str().map(str::to_owned);
            Some((name("new_path")?, name("old_path")?))
        };
        let renamed = files.iter().filter_map(names).filter(|(new, old)| new != old).collect();
        Ok(Place { position, renamed })
    }
}

impl Diff for Discussions<'_> {
    fn key(&self) -> &str {
        self.key
    }

    async fn look(&self) -> Result<Vec<InlineComment>, CallError> {
        let call = Call::get(Attempt::ReadInlineComments, self.discussions(), &[]);
        let discussions = self.api.list(call).await?;
        let mut found: Vec<(Option<u64>, InlineComment)> = discussions
            .iter()
            .filter_map(|discussion| comment_in(discussion, self.key, self.shown.head))
            .collect();
        if !found.is_empty() {
            // Guessing wrong would leave a second discussion, so a failure is a failure.
            let own = self.api.own_id().await?;
            found.retain(|(author, _)| *author == Some(own));
        }
        found.sort_by_key(|(_, comment)| comment.id);
        Ok(found.into_iter().map(|(_, comment)| comment).collect())
    }

    async fn create(&self, remarks: &[Remark]) -> Result<(), CallError> {
        let Place { position, renamed } = self.place().await?;
        for Remark { path, line, body, .. } in remarks {
            let mut position = position.clone();
            position["old_path"] = renamed.get(path).unwrap_or(path).as_str().into();
            position["new_path"] = path.as_str().into();
            position["new_line"] = (*line).into();
            let call = Call {
                class: RetryClass::CreateOnce,
                expected: &["id"],
                ..Call::post(
                    Attempt::WriteInlineComments,
                    self.discussions(),
                    json!({"body": body, "position": position}).to_string(),
                )
            };
            self.api.call(call).await?;
        }
        Ok(())
    }

    async fn edit(&self, comment: &InlineComment, body: &str) -> Result<(), CallError> {
        let body = json!({"body": body}).to_string();
        let call = Call::post(Attempt::EditInlineComment, self.note(comment), body);
        self.api.call(Call { method: Method::PUT, expected: &["id"], ..call }).await.map(drop)
    }

    async fn delete(&self, comment: &InlineComment) -> Result<(), CallError> {
        let call = Call::get(Attempt::RemoveInlineComment, self.note(comment), &[]);
        self.api.call(Call { method: Method::DELETE, ..call }).await.map(drop)
    }

    fn can_resolve(&self) -> bool {
        true
    }

    async fn resolve(&self, comment: &InlineComment) -> Result<(), CallError> {
        let call = Call::get(Attempt::ResolveDiscussion, self.discussion(comment), &[]);
        let call = Call { method: Method::PUT, ..call }.with_query("resolved", "true");
        self.api.call(call).await.map(drop)
    }

    fn tries(&self) -> Tries {
        self.api.tries()
    }
}

/// The comment that a discussion begins with, if it carries a mark, and the number of its author.
fn comment_in(discussion: &Value, key: &str, head: &str) -> Option<(Option<u64>, InlineComment)> {
    let (first, rest) = discussion["notes"].as_array()?.split_first()?;
    let body = first["body"].as_str().filter(|_| first["system"] != true)?;
    // A position follows its line from push to push; where the line was changed, it stays with an older head.
    let position = Some(&first["position"]).filter(|position| position["head_sha"] == head);
    let line = position.and_then(|position| u32::try_from(position["new_line"].as_u64()?).ok());
    let comment = InlineComment {
        id: first["id"].as_u64()?,
        thread_id: discussion["id"].as_str()?.to_owned(),
        mark: Mark::read(body, key, false)?,
        body: body.to_owned(),
        line,
        is_answered: rest.iter().any(|note| note["system"] != true),
        thread: match first["resolved"] == true {
            false => Thread::Open,
            true if position.is_none() && was_resolved_by_push(first, rest) => Thread::Outdated,
            true => Thread::Resolved,
        },
    };
    Some((first["author"]["id"].as_u64(), comment))
}

/// Whether a thread was resolved by a push, as the setting `resolve_outdated_diff_discussions` of a project makes it. GitLab notes
/// that with `resolved_by_push`, which its API does not show (`lib/api/entities/note.rb` of gitlab-org/gitlab); but it writes a system
/// note into the thread at the same time, in the name of the same user (`update_diff_position_service.rb`).
fn was_resolved_by_push(first: &Value, rest: &[Value]) -> bool {
    // Without the zone, which is that of the server.
    let time =
        |value: &Value| humantime::parse_rfc3339(&format!("{}Z", value.as_str()?.get(..SECONDS)?)).ok();
    let by = &first["resolved_by"]["id"];
    let Some(resolved) = time(&first["resolved_at"]).filter(|_| by.is_u64()) else { return false };
    rest.iter().filter(|note| note["system"] == true && note["author"]["id"] == *by).any(|note| {
        let written = time(&note["created_at"]);
        let apart = written.map(|at| at.duration_since(resolved).unwrap_or_else(|error| error.duration()));
        apart.is_some_and(|apart| apart < SAME_PUSH)
    })
}
