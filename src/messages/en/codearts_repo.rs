//! CodeArts Repo in English.

use crate::messages::codearts_repo::{CodeArtsRepoHint, CodeArtsRepoMessage};
use crate::model::language::Language;

/// What came of publishing on CodeArts Repo.
pub(in crate::messages) fn codearts_repo(message: &CodeArtsRepoMessage) -> String {
    match message {
        CodeArtsRepoMessage::Ready { iid, repository } => {
            format!("merge request {iid} of {repository}; the credentials for CodeArts are used")
        }
        CodeArtsRepoMessage::NoMergeRequest => "this job does not name a merge request".to_owned(),
        CodeArtsRepoMessage::NoEndpoint => {
            "the URL of CodeArts Repo is unknown: CODEARTS_REPO_ENDPOINT is not set, and no known region is"
                .to_owned()
        }
        CodeArtsRepoMessage::NoRepository { url } => {
            format!("CodeArts Repo lists no repository `{url}` in the project of this job")
        }
        CodeArtsRepoMessage::Commented => "comment: written".to_owned(),
        CodeArtsRepoMessage::NotResolved { why } => {
            format!("comment: written, but its discussion keeps its state: {}", why.text(Language::English))
        }
        CodeArtsRepoMessage::Strangers { number } => {
            format!("comments of {number} other users carry the mark of this comment; none is written")
        }
        CodeArtsRepoMessage::NoChangedLines => {
            "changed lines are not read from CodeArts Repo; `--diff` or `--scope all` is needed".to_owned()
        }
    }
}

/// What to do so that CodeArts Repo takes the result.
pub(in crate::messages) fn codearts_repo_hint(hint: &CodeArtsRepoHint) -> String {
    match hint {
        CodeArtsRepoHint::HandOver => {
            "run the pipeline on merge requests, and hand PIPELINE_TRIGGER_TYPE and MERGE_ID over to the job"
        }
        CodeArtsRepoHint::NameEndpoint => {
            "set CODEARTS_REPO_ENDPOINT, for example to https://codehub-ext.cn-north-4.myhuaweicloud.com"
        }
        CodeArtsRepoHint::Project => {
            "check REPO_URL and PROJECT_ID; the user of the credentials must be a member of the project"
        }
        CodeArtsRepoHint::Role => {
            "give the user of the credentials a role in the repository that may comment on merge requests"
        }
        CodeArtsRepoHint::Rate => {
            "rerun the job in some minutes; all users of the region share 600 requests per minute"
        }
        CodeArtsRepoHint::RemoveComments => "remove those comments, or pass another `--comment-key`",
    }
    .to_owned()
}
