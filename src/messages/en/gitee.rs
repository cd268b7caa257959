//! Gitee and GitCode in English.

use crate::messages::gitee::{GiteeHint, GiteeMessage, GiteeRefusal};
use crate::messages::shown::token_of_gitee as token;
use crate::model::pull_request::ForgeName;

/// What came of publishing on Gitee or GitCode.
pub(in crate::messages) fn gitee(message: &GiteeMessage) -> String {
    match message {
        GiteeMessage::Ready { number, repository, token } => {
            format!("pull request {number} of {repository}; {token} is set")
        }
        GiteeMessage::NoRepository(forge) => {
            format!("could not determine the repository of this job on {}", forge.title())
        }
        GiteeMessage::NoPullRequest(forge) => {
            format!("this job does not belong to a pull request of {}", forge.title())
        }
        GiteeMessage::EventNotRead { path } => format!("could not read ATOMGIT_EVENT_PATH (`{path}`)"),
    }
}

/// What to do so that Gitee or GitCode takes the result.
pub(in crate::messages) fn gitee_hint(hint: &GiteeHint) -> String {
    match hint {
        GiteeHint::SetToken(forge) => format!(
            "set {} as a secret of the repository, to a personal access token that may read pull requests and write comments; a job of a fork gets no secrets",
            token(*forge)
        ),
        GiteeHint::BindToken(forge) => format!(
            "set {} in the job, from a protected variable or a credential, to a personal access token that may read pull requests and write comments",
            token(*forge)
        ),
        GiteeHint::NameRepository(forge) => {
            let variable = if *forge == ForgeName::GitCode { "ATOMGIT_REPOSITORY" } else { "GITEE_REPO" };
            format!(
                "run codearts-gate in a checkout whose remote `origin` is the repository, or set {variable} to OWNER/NAME"
            )
        }
        GiteeHint::Refused(forge, refusal) => refused(*forge, *refusal),
    }
}

fn refused(forge: ForgeName, refusal: GiteeRefusal) -> String {
    let token = token(forge);
    match refusal {
        GiteeRefusal::Token => {
            format!("create a new token; {token} is expired, revoked or from another server")
        }
        GiteeRefusal::Forbidden => format!(
            "give the user of {token} the right to comment in the repository; a check run needs a token of an administrator of the repository"
        ),
        GiteeRefusal::NotFound => {
            format!("give the user of {token} access to the repository; what a user cannot see is not found")
        }
        GiteeRefusal::Unsafe => format!(
            "read the result in the log and the files of the job; {} refused the text as unsafe",
            forge.title()
        ),
        GiteeRefusal::Rate => format!(
            "rerun the job in some minutes, or publish from fewer jobs at once; {} limits requests in a short time",
            forge.title()
        ),
    }
}
