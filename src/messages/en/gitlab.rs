//! GitLab in English.

use crate::messages::gitlab::{GitLabHint, GitLabMessage, GitLabRefusal, MergeRequestPlace};
use crate::model::language::Language;

const READY: &str = "GITLAB_TOKEN is set; it needs the scope `api`";

/// What came of publishing on GitLab.
pub(in crate::messages) fn gitlab(message: &GitLabMessage) -> String {
    match message {
        GitLabMessage::Ready => READY.to_owned(),
        GitLabMessage::ReadyFor(place) => {
            let place = match place {
                MergeRequestPlace::Number { iid, project } => {
                    format!("merge request {iid} of project {project}")
                }
                MergeRequestPlace::OfCommit => "the open merge request of the commit".to_owned(),
            };
            format!("{place}; {READY}")
        }
        GitLabMessage::NoProject => "CI_PROJECT_ID is not the number of a project".to_owned(),
        GitLabMessage::NoCommit => "CI_COMMIT_SHA is not a commit".to_owned(),
        GitLabMessage::NoMergeRequest => "this pipeline does not belong to a merge request".to_owned(),
        GitLabMessage::NoOpenMergeRequest => {
            "this pipeline does not belong to an open merge request".to_owned()
        }
        GitLabMessage::MergeRequestUnknown { why } => {
            format!("could not determine the merge request of this pipeline: {}", why.text(Language::English))
        }
        GitLabMessage::FirstPdfsOnly { limit } => format!(
            "artifact: only the first {limit} PDFs are uploaded to the project; all are artifacts of the job"
        ),
        GitLabMessage::PdfNotUploaded { why } => {
            format!("artifact: the PDF is only an artifact of the job: {}", why.text(Language::English))
        }
        GitLabMessage::NoUploadAddress => "GitLab accepted the PDF, but returned no URL for it".to_owned(),
    }
}

/// What to do so that GitLab takes the result.
pub(in crate::messages) fn gitlab_hint(hint: &GitLabHint) -> String {
    match hint {
        GitLabHint::SetToken => {
            "set GITLAB_TOKEN as a masked variable of the project, to a token with the scope `api`; branches that are not protected do not get protected variables"
        }
        GitLabHint::BindToken => "bind a token with the scope `api` to GITLAB_TOKEN with `withCredentials`",
        GitLabHint::Refused(refusal) => refused(*refusal),
    }
    .to_owned()
}

const fn refused(refusal: GitLabRefusal) -> &'static str {
    match refusal {
        GitLabRefusal::JobToken => {
            "set GITLAB_TOKEN to a project access token with the scope `api`; it holds the job's own token (CI_JOB_TOKEN), which cannot write notes, uploads or statuses"
        }
        GitLabRefusal::Expired => "create a new token with the scope `api`; GITLAB_TOKEN has expired",
        GitLabRefusal::Revoked => "create a new token with the scope `api`; GITLAB_TOKEN was revoked",
        GitLabRefusal::Unknown => {
            "create a new token with the scope `api`; GITLAB_TOKEN is expired, revoked or from another server"
        }
        GitLabRefusal::Scope => "create a new token with the scope `api`, which GITLAB_TOKEN lacks",
        GitLabRefusal::Archived => "unarchive the project; an archived project is read-only",
        GitLabRefusal::Forbidden => {
            "give the user of GITLAB_TOKEN the role Developer in the project; an archived project is read-only, and a locked conversation is open to members only"
        }
        GitLabRefusal::NotFound => {
            "add the user of GITLAB_TOKEN to the project in the role Developer; a project that a user cannot see is not found"
        }
        GitLabRefusal::Rate => {
            "rerun the job in some minutes, or publish from fewer jobs at once; GitLab limits writes in a short time"
        }
    }
}
