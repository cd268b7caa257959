//! Gitea and Forgejo in English.

use crate::messages::PullRequestPlace;
use crate::messages::gitea::{GiteaHint, GiteaMessage, GiteaRefusal};
use crate::model::language::Language;

/// What came of publishing on Gitea or Forgejo.
pub(in crate::messages) fn gitea(message: &GiteaMessage) -> String {
    match message {
        GiteaMessage::Ready => "the token is set; it needs write access to the repository".to_owned(),
        GiteaMessage::ReadyFor(place) => {
            let place = match place {
                PullRequestPlace::Number(number) => format!("pull request {number}"),
                PullRequestPlace::OfCommit(sha) => format!("the open pull request of commit {sha}"),
                PullRequestPlace::OfHead(head) => format!("the open pull request of {head}"),
            };
            format!("{place}; the token is set; it needs write access to issues and pull requests")
        }
        GiteaMessage::NoRepository => "GITHUB_REPOSITORY is not the `OWNER/NAME` of a repository".to_owned(),
        GiteaMessage::NothingInEvent => "the event names neither a pull request nor a commit".to_owned(),
        GiteaMessage::NoCommit { event } => {
            format!("the event `{event}` does not name the commit that was checked")
        }
        GiteaMessage::NoPullRequest => "this run does not belong to an open pull request".to_owned(),
        GiteaMessage::PullRequestUnknown { why } => {
            format!("could not determine the pull request of this run: {}", why.text(Language::English))
        }
        GiteaMessage::DiffNotUsed { why } => format!(
            "the diff of the pull request cannot be used, so whole files count as changed: {}",
            why.text(Language::English)
        ),
    }
}

/// What to do so that Gitea or Forgejo takes the result.
pub(in crate::messages) fn gitea_hint(hint: &GiteaHint) -> String {
    match hint {
        GiteaHint::GiveToken => "give the step `GITEA_TOKEN: ${{ github.token }}`",
        GiteaHint::BindToken => {
            "bind a token with the scopes `write:issue` and `write:repository` to GITEA_TOKEN with `withCredentials`"
        }
        GiteaHint::EndDraft => "submit or discard the draft review of the user of GITEA_TOKEN",
        GiteaHint::Refused(refusal) => refused(*refusal),
    }
    .to_owned()
}

const fn refused(refusal: GiteaRefusal) -> &'static str {
    match refusal {
        GiteaRefusal::Token => "set a new GITEA_TOKEN; this one is expired, revoked or from another server",
        GiteaRefusal::Scope => {
            "create a new GITEA_TOKEN with the scopes `read:user`, `write:issue` and `write:repository`"
        }
        GiteaRefusal::Locked => {
            "unlock the conversation, or use a token whose user has write access to the repository"
        }
        GiteaRefusal::Fork => {
            "use the summary of this job instead; the token of a pull request from a fork is read-only"
        }
        GiteaRefusal::Forbidden => {
            "give the job the permissions `issues: write` and `pull-requests: write`, or set GITEA_TOKEN to a personal token with the scopes `write:issue` and `write:repository`; a job token cannot set a status on every server"
        }
        GiteaRefusal::NotFound => {
            "add the user of GITEA_TOKEN to the repository; a repository that a user cannot see is not found"
        }
        GiteaRefusal::Archived => "unarchive the repository; an archived repository is read-only",
        GiteaRefusal::Rate => {
            "rerun the job in some minutes, or publish from fewer jobs at once; the server limits requests in a short time"
        }
    }
}
