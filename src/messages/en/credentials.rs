//! Credentials, in English.

use crate::messages::credentials::{
    CredentialsHint, CredentialsMessage, FileFlaw, LoginKind, MissingSet, SecretFlaw,
};

/// What is wrong with credentials.
pub(in crate::messages) fn credentials(message: &CredentialsMessage) -> String {
    match message {
        CredentialsMessage::None => "no credentials".to_owned(),
        CredentialsMessage::NoneForFork => {
            "no credentials: this is a pull request from a fork, and the CI passes no secrets to it"
                .to_owned()
        }
        CredentialsMessage::Incomplete { set, missing } => {
            let is_set = if set.len() == 1 { "is set" } else { "are set" };
            let is_missing = if missing.len() == 1 { "is not" } else { "are not" };
            format!("{} {is_set}, but {} {is_missing}", set.join(" and "), missing.join(" and "))
        }
        CredentialsMessage::Flawed { origin, flaw } => format!("{origin} {}", secret_flaw(*flaw)),
        CredentialsMessage::TokenNotUsed { origin, flaw } => {
            format!("{origin} is not used: it {}", secret_flaw(*flaw))
        }
        CredentialsMessage::QuotedPassword(origin) => {
            format!("{origin} is in quotes; they are sent as part of the password")
        }
        CredentialsMessage::NoIdToken => "a keyless login needs an id token, and there is none".to_owned(),
        CredentialsMessage::SessionName(variable) => {
            format!("{variable} must have 2 to 128 letters, digits and `_+=,.@-`")
        }
        CredentialsMessage::SessionSeconds { variable, least, most } => {
            format!("{variable} must be from {least} to {most}")
        }
        CredentialsMessage::ProviderName { origin, limit } => format!(
            "{origin}: the name of an identity provider must have 1 to {limit} visible ASCII characters"
        ),
        CredentialsMessage::TokenAddress(variable) => {
            format!("{variable} cannot be used: it must begin with https://")
        }
        CredentialsMessage::PodAddress(variable) => {
            format!("{variable} cannot be used: it must begin with https://, or lead to this machine")
        }
        CredentialsMessage::MetadataAddress(origin) => format!("`{origin}` is not a URL"),
        CredentialsMessage::NoScope(login) => {
            let login = match login {
                LoginKind::Keyless => "a keyless login",
                LoginKind::Password => "a login with an IAM password",
            };
            format!("{login} needs a region or an IAM project for the scope of its token")
        }
        CredentialsMessage::ProfileWithoutKeys { path, section } => {
            format!("the profile file `{path}` has no `ak` and `sk` in its section [{section}]")
        }
        CredentialsMessage::KooCliNotJson(path) => format!("the KooCLI file `{path}` is not JSON"),
        CredentialsMessage::KooCliWithoutProfile(path) => {
            format!("the KooCLI file `{path}` does not name its current profile")
        }
        CredentialsMessage::KooCliEncrypted(path) => {
            format!(
                "the keys in the KooCLI file `{path}` are encrypted (authEncrypt); only KooCLI can decrypt them"
            )
        }
        CredentialsMessage::KooCliWithoutKeys(path) => {
            format!("the current profile in the KooCLI file `{path}` has no access key")
        }
        CredentialsMessage::FileNotRead { path, flaw } => {
            format!("could not read `{path}`: {}", file_flaw(flaw))
        }
        CredentialsMessage::FileOpenToAll(path) => {
            format!("everybody on this machine can change `{path}`, which holds credentials")
        }
    }
}

const fn secret_flaw(flaw: SecretFlaw) -> &'static str {
    match flaw {
        SecretFlaw::Unreplaced => "contains a reference to a variable, not its value",
        SecretFlaw::Quoted => "is in quotes",
        SecretFlaw::Characters => "contains spaces, line breaks or characters that are not ASCII",
        SecretFlaw::Masked => "contains no letter or digit, as masked values do",
        SecretFlaw::Controls => "contains line breaks or other control characters",
    }
}

fn file_flaw(flaw: &FileFlaw) -> &str {
    match flaw {
        FileFlaw::NotRead { cause, .. } => cause,
        FileFlaw::Utf16 => "it is UTF-16 text",
        FileFlaw::NotText => "it is not UTF-8 text",
    }
}

/// What to do about credentials.
pub(in crate::messages) fn credentials_hint(hint: &CredentialsHint) -> String {
    match hint {
        CredentialsHint::Give(sets) => {
            let sets: Vec<String> = sets.iter().map(missing_set).collect();
            format!("provide {}", sets.join("; or "))
        }
        CredentialsHint::AllNames => {
            "see `codearts-gate check --help` for the names of all variables".to_owned()
        }
        CredentialsHint::Fork => {
            "check whether this is a pull request from a fork: CI systems pass no secrets to it".to_owned()
        }
        CredentialsHint::CheckForks => {
            "check forks in a job of their own, as docs/pull-requests.md shows; do not hand secrets to their code".to_owned()
        }
        CredentialsHint::SetToo(missing) => format!("set {} too", missing.join(" and ")),
        CredentialsHint::Correct(flaw) => match flaw {
            SecretFlaw::Unreplaced => "set it to the value itself",
            SecretFlaw::Quoted => "set it without quotes",
            SecretFlaw::Characters | SecretFlaw::Masked | SecretFlaw::Controls => "copy and paste it again",
        }
        .to_owned(),
        CredentialsHint::IdToken { variable, file_variable } => format!(
            "give the job `permissions: id-token: write` on GitHub, or `id_tokens: {variable}` on GitLab; elsewhere set {variable} or {file_variable}"
        ),
        CredentialsHint::Scope => "give `--region` or `--iam-project-id`".to_owned(),
        CredentialsHint::AddKeys => "add them, or remove the file".to_owned(),
        CredentialsHint::ConfigureKooCli => "run `hcloud configure set`".to_owned(),
        CredentialsHint::UseVariables => "set the keys as environment variables instead".to_owned(),
        CredentialsHint::SaveAsUtf8 => "save it as UTF-8".to_owned(),
        CredentialsHint::Protect(path) => format!("run `chmod o-w {path}`"),
    }
}

fn missing_set(set: &MissingSet) -> String {
    match set {
        MissingSet::Variables(names) => names.join(" and "),
        MissingSet::Keyless(names) => format!("{} (keyless)", names.join(" and ")),
        MissingSet::Profile(path) => format!("a profile file `{path}`"),
        MissingSet::ProfileNotRead { path, flaw } => {
            format!("a profile file of the SDK (could not read `{path}`: {})", file_flaw(flaw))
        }
        MissingSet::ProfileWithoutHome { variable } => {
            format!("a profile file of the SDK (HOME is not set: name the file in {variable})")
        }
        MissingSet::KooCli { has_home: true } => "a KooCLI file `~/.hcloud/config.json`".to_owned(),
        MissingSet::KooCli { has_home: false } => {
            "a KooCLI file `~/.hcloud/config.json` (HOME is not set)".to_owned()
        }
    }
}
