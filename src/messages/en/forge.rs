//! Forges in English.

use crate::messages::forge::{ForgeHint, ForgeMessage};
use crate::model::pull_request::ForgeName;

/// What stands between a job and its forge.
pub(in crate::messages) fn forge(message: &ForgeMessage) -> String {
    match message {
        ForgeMessage::NoToken { token } => format!("{token} is not set, or cannot be used"),
        ForgeMessage::TokenCharacters { token } => {
            format!("{token} contains spaces, line breaks or characters that are not ASCII")
        }
        ForgeMessage::UntrustedServer { api, token } => {
            format!("{api} is not set, and {token} is not sent to a host that only CHANGE_URL names")
        }
        ForgeMessage::NotAnAddress { api } => format!("{api} is not a valid URL"),
        ForgeMessage::NotHttps { api } => format!("{api} must begin with https://"),
        ForgeMessage::PlainHttp { api, token } => {
            format!("refusing unencrypted HTTP in {api}: it would expose {token}")
        }
        ForgeMessage::FieldMissing { forge, field } => {
            format!("{} returned no valid `{field}` of the {}", forge.title(), request(*forge))
        }
        ForgeMessage::NoListOfFiles(forge) => {
            format!("{} returned no list of the files that the {} changes", forge.title(), request(*forge))
        }
        ForgeMessage::SeveralOpen { forge, numbers } => {
            let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
            format!("several open {}s belong to this job: {}", request(*forge), numbers.join(", "))
        }
        ForgeMessage::Commented { url } => format!("comment: {}", url.as_deref().unwrap_or("written")),
        ForgeMessage::CommentLeft => {
            "comment: left as it is, because this result is not about the latest commit".to_owned()
        }
        ForgeMessage::CommentNotSeen => {
            "comment: the one that was on its way is not there; should it still appear, it shows an earlier result".to_owned()
        }
        ForgeMessage::FileNotRead { path } => format!("could not read `{path}`"),
    }
}

/// What people call what is reviewed there.
const fn request(forge: ForgeName) -> &'static str {
    match forge {
        ForgeName::GitHub | ForgeName::Gitea | ForgeName::Forgejo | ForgeName::Gitee | ForgeName::GitCode => {
            "pull request"
        }
        ForgeName::GitLab | ForgeName::CodeArtsRepo => "merge request",
    }
}

/// What to do about it.
pub(in crate::messages) fn forge_hint(hint: &ForgeHint) -> String {
    match hint {
        ForgeHint::PasteToken => "paste the token again".to_owned(),
        ForgeHint::NameApi { api, server_url, path } => {
            format!("set {api}, for example to {server_url}{path}, if `{server_url}` is your server")
        }
        ForgeHint::ChooseOne(ForgeName::GitHub | ForgeName::Gitea | ForgeName::Forgejo) => {
            "pass `--pull-request NUMBER`, or run the job on the event `pull_request`, which names one"
                .to_owned()
        }
        ForgeHint::ChooseOne(ForgeName::GitLab) => {
            "pass `--pull-request NUMBER`, or run the job in a merge request pipeline, which names one"
                .to_owned()
        }
        ForgeHint::ChooseOne(ForgeName::CodeArtsRepo | ForgeName::Gitee | ForgeName::GitCode) => {
            "pass `--pull-request NUMBER`".to_owned()
        }
        ForgeHint::Https => "use https, or pass `--allow-http`".to_owned(),
    }
}
