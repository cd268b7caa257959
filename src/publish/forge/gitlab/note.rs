//! Notes on a merge request of GitLab (`ci/gitlab`, section 3), and which merge request that is (section 11).

use super::api::{Api, project};
use crate::ci::gitlab::{MergeRequest, Project};
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::repeat::Tries;
use crate::http::retry::RetryClass;
use crate::messages::Attempt;
use crate::model::pull_request::ForgeName;
use crate::publish::forge::address::shown_address;
use crate::publish::forge::read::{ReadError, only};
use crate::publish::forge::sticky::{Comment, Conversation, is_marked};
use crate::report::formats::markdown::Room;
use reqwest::Method;
use serde_json::{Value, json};

/// GitLab takes 1,000,000 characters; nobody reads that many.
pub(super) const ROOM: Room = Room::Characters(100_000);

/// Notes of one key on one merge request.
#[derive(Debug)]
pub(super) struct Notes<'a> {
    /// The API.
    pub(super) api: &'a Api,
    /// Where.
    pub(super) merge_request: &'a MergeRequest,
    /// Distinguishes several gates.
    pub(super) key: &'a str,
}

impl Notes<'_> {
    fn path(&self) -> String {
        format!("{}/merge_requests/{}/notes", project(&self.merge_request.project), self.merge_request.iid)
    }

    fn url(&self, id: u64) -> String {
        self.merge_request.page_url.as_ref().map(|page| format!("{page}#note_{id}")).unwrap_or_default()
    }
}

impl Conversation for Notes<'_> {
    async fn look(&self) -> Result<Vec<Comment>, CallError> {
        let call = Call::get(Attempt::ReadNotes, self.path(), &[])
            .with_query("sort", "asc")
            .with_query("order_by", "created_at");
        let mut notes = self.api.list(call).await?;
        notes.retain(|note| {
            note["system"] != true && note["body"].as_str().is_some_and(|body| is_marked(body, self.key))
        });
        if notes.is_empty() {
            return Ok(Vec::new());
        }
        // Guessing wrong would leave a second note, so a failure is a failure.
        let own = self.api.own_id().await?;
        let is_own = |note: &&Value| note["author"]["id"].as_u64() == Some(own);
        let comment = |note: &Value| {
            let id = note["id"].as_u64()?;
            let body = note["body"].as_str().unwrap_or_default().to_owned();
            Some(Comment { id, url: self.url(id), body })
        };
        Ok(notes.iter().filter(is_own).filter_map(comment).collect())
    }

    async fn create(&self, body: &str) -> Result<String, CallError> {
        let call = Call {
            class: RetryClass::CreateOnce,
            expected: &["id"],
            ..Call::post(Attempt::WriteNote, self.path(), json!({"body": body}).to_string())
        };
        let note = self.api.call(call).await?;
        Ok(note["id"].as_u64().map(|id| self.url(id)).unwrap_or_default())
    }

    async fn edit(&self, id: u64, body: &str) -> Result<(), CallError> {
        let path = format!("{}/{id}", self.path());
        let call = Call {
            method: Method::PUT,
            expected: &["id"],
            ..Call::post(Attempt::EditNote, path, json!({"body": body}).to_string())
        };
        self.api.call(call).await.map(drop)
    }

    async fn delete(&self, id: u64) -> Result<(), CallError> {
        let path = format!("{}/{id}", self.path());
        let call = Call { method: Method::DELETE, ..Call::get(Attempt::RemoveNote, path, &[]) };
        self.api.call(call).await.map(drop)
    }

    fn tries(&self) -> Tries {
        self.api.tries()
    }
}

/// The merge request this pipeline is about; `None`: there is none.
///
/// # Errors
/// When GitLab had to be asked and did not answer, or there are several.
pub(super) async fn find(api: &Api, job: &Project) -> Result<Option<MergeRequest>, ReadError> {
    let only = |found| only(ForgeName::GitLab, found, |found: &MergeRequest| found.iid.parse().ok());
    if let Some(merge_request) = &job.merge_request {
        return Ok(Some(merge_request.clone()));
    }
    if !job.open_merge_requests.is_empty() {
        return Ok(only(job.open_merge_requests.clone())?);
    }
    let Some(branch) = &job.branch else { return Ok(None) };
    if !job.sha.is_empty() {
        let path = format!("{}/repository/commits/{}/merge_requests", project(&job.project_id), job.sha);
        let call = Call::get(Attempt::FindMergeRequestOfCommit, path, &[]);
        let found = open(&api.list(call).await?, &job.project_id, branch);
        if !found.is_empty() {
            return Ok(only(found)?);
        }
    }
    let path = format!("{}/merge_requests", project(&job.project_id));
    let call = Call::get(Attempt::FindMergeRequestOfBranch, path, &[])
        .with_query("state", "opened")
        .with_query("source_branch", branch.clone());
    Ok(only(open(&api.list(call).await?, &job.project_id, branch))?)
}

/// Those that are still open and come from this branch: a fork's can hold the same commit or have a branch of the
/// same name.
fn open(list: &[Value], project_id: &str, branch: &str) -> Vec<MergeRequest> {
    let is_open = |entry: &&Value| {
        entry["state"] == "opened"
            && entry["source_branch"] == branch
            && entry["source_project_id"].as_u64().is_some_and(|id| id.to_string() == project_id)
    };
    let read = |entry: &Value| {
        let number = |field: &str| entry[field].as_u64().map(|number| number.to_string());
        Some(MergeRequest {
            project: number("project_id")?,
            iid: number("iid")?,
            page_url: entry["web_url"].as_str().and_then(shown_address),
        })
    };
    list.iter().filter(is_open).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_open_request_counts() {
        let entry = |iid: u64, state: &str, branch: &str, source: u64| {
            json!({"iid": iid, "project_id": 1001, "state": state, "source_branch": branch, "source_project_id": source,
                   "web_url": format!("https://h/mr/{iid}")})
        };
        let list = [
            entry(9, "merged", "main", 1001),
            entry(10, "opened", "main", 7),
            entry(11, "opened", "other", 1001),
            json!({"iid": 8, "project_id": 1001, "state": "opened"}),
            entry(12, "opened", "main", 1001),
        ];
        let found: Vec<_> = open(&list, "1001", "main")
            .iter()
            .map(|found| (found.project.clone(), found.iid.clone()))
            .collect();
        assert_eq!(found, [("1001".to_owned(), "12".to_owned())]);
    }
}
