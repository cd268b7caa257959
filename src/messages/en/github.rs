//! GitHub in English.

use crate::messages::github::{GitHubHint, GitHubMessage, GitHubRefusal, PullRequestPlace};
use crate::model::language::Language;

/// What came of publishing on GitHub.
pub(in crate::messages) fn github(message: &GitHubMessage) -> String {
    match message {
        GitHubMessage::Ready { permission } => format!("GITHUB_TOKEN is set; it needs `{permission}`"),
        GitHubMessage::ReadyFor { place, permission } => {
            format!("{}; GITHUB_TOKEN is set; it needs `{permission}`", describe(place))
        }
        GitHubMessage::NoRepository => "GITHUB_REPOSITORY is not the `OWNER/NAME` of a repository".to_owned(),
        GitHubMessage::EventNotRead { path } => format!("could not read GITHUB_EVENT_PATH (`{path}`)"),
        GitHubMessage::EventEmpty { path } => format!("the file of GITHUB_EVENT_PATH (`{path}`) is empty"),
        GitHubMessage::RefForEvent { why } => {
            format!("using the pull request in GITHUB_REF: {}", why.text(Language::English))
        }
        GitHubMessage::NothingInEvent => "the event names neither a pull request nor a commit".to_owned(),
        GitHubMessage::NoCommit { event } => {
            format!("the event `{event}` does not name the commit that was checked")
        }
        GitHubMessage::NoPullRequest => "this run does not belong to an open pull request".to_owned(),
        GitHubMessage::PullRequestUnknown { why } => {
            format!("could not determine the pull request of this run: {}", why.text(Language::English))
        }
        GitHubMessage::HeadUnknown { number, why } => format!(
            "could not determine the head commit of pull request {number}: {}",
            why.text(Language::English)
        ),
        GitHubMessage::NoFindings => "there are no findings to upload".to_owned(),
        GitHubMessage::NoUploadId => {
            "GitHub accepted the findings, but returned no id of the upload".to_owned()
        }
        GitHubMessage::FindingsRejected => "GitHub could not process the findings".to_owned(),
        GitHubMessage::FindingsPending => "sarif: uploaded; GitHub is still processing it".to_owned(),
    }
}

fn describe(place: &PullRequestPlace) -> String {
    match place {
        PullRequestPlace::Number(number) => format!("pull request {number}"),
        PullRequestPlace::OfCommit(sha) => format!("the open pull request of commit {sha}"),
        PullRequestPlace::OfHead(head) => format!("the open pull request of {head}"),
    }
}

/// What to do so that GitHub takes the result.
pub(in crate::messages) fn github_hint(hint: &GitHubHint) -> String {
    match hint {
        GitHubHint::GiveToken => "give the step `GITHUB_TOKEN: ${{ github.token }}`".to_owned(),
        GitHubHint::BindToken => "bind a token to GITHUB_TOKEN with `withCredentials`".to_owned(),
        GitHubHint::JobPermission(permission) => format!("give the job `permissions: {permission}`"),
        GitHubHint::TokenPermission(permission) => {
            format!("give GITHUB_TOKEN the permission `{permission}` for the repository")
        }
        GitHubHint::Fork => {
            "use the summary of this job instead; the token of a pull request from a fork is read-only"
                .to_owned()
        }
        GitHubHint::Refused(refusal) => refused(*refusal).to_owned(),
    }
}

const fn refused(refusal: GitHubRefusal) -> &'static str {
    match refusal {
        GitHubRefusal::Archived => "unarchive the repository; an archived repository is read-only",
        GitHubRefusal::Locked => {
            "unlock the conversation, or use a token whose user has write access to the repository"
        }
        GitHubRefusal::SingleSignOn => {
            "authorize GITHUB_TOKEN for single sign-on of the organization (Settings, Developer settings, Personal access tokens, Configure SSO)"
        }
        GitHubRefusal::Address => {
            "add the IP address of this runner to the IP allow list of the organization, or use a runner on that list"
        }
        GitHubRefusal::TokenKind => "use a kind of token and a lifetime that the organization allows",
        GitHubRefusal::Token => "set a new GITHUB_TOKEN; this one is expired, revoked or incomplete",
        GitHubRefusal::CodeScanning => {
            "enable code scanning in the repository settings (Code security; a private repository needs GitHub Code Security)"
        }
        GitHubRefusal::Issues => "enable issues in the repository settings",
        GitHubRefusal::RateOfWrites => {
            "rerun the job in some minutes, or publish from fewer jobs at once; GitHub limits writes in a short time"
        }
        GitHubRefusal::RateOfRequests => {
            "rerun the job in an hour; this token has used up its requests to GitHub for the hour"
        }
    }
}
