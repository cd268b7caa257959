//! About credentials: where they are looked for, and what is wrong with them. Values are never repeated.

use super::file::FileHint;
use crate::model::sourced::Origin;

/// What is wrong with credentials, or worth a line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum CredentialsMessage {
    /// There are none.
    None,
    /// The same in a job about a pull request from a fork.
    NoneForFork,
    /// Some parts are there, others are not.
    Incomplete {
        /// Variables that are set.
        set: Vec<&'static str>,
        /// Variables that are not.
        missing: Vec<&'static str>,
    },
    /// A value that cannot be right.
    Flawed {
        /// Where it comes from.
        origin: Origin,
        /// What is wrong with it.
        flaw: SecretFlaw,
    },
    /// The token of a forge that cannot be right, so that it is not used.
    TokenNotUsed {
        /// Where it comes from.
        origin: Origin,
        /// What is wrong with it.
        flaw: SecretFlaw,
    },
    /// A password in quotes, which are sent with it.
    QuotedPassword(Origin),
    /// A keyless login without an id token.
    NoIdToken,
    /// The name of a session that STS does not accept.
    SessionName(&'static str),
    /// The length of a session that STS does not accept.
    SessionSeconds {
        /// The variable.
        variable: &'static str,
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// The name of an identity provider that cannot stand in a header.
    ProviderName {
        /// Where it comes from.
        origin: Origin,
        /// Most characters.
        limit: usize,
    },
    /// Where the runner gives id tokens cannot be used.
    TokenAddress(&'static str),
    /// Where a pod gets credentials cannot be used.
    PodAddress(&'static str),
    /// The address of the metadata service cannot be used.
    MetadataAddress(Origin),
    /// A login does not know for which project its token is.
    NoScope(LoginKind),
    /// The profile file of the SDK has no keys.
    ProfileWithoutKeys {
        /// The file.
        path: String,
        /// The section in which they are looked for.
        section: &'static str,
    },
    /// The file of KooCLI cannot be understood.
    KooCliNotJson(String),
    /// The file of KooCLI does not name the current profile.
    KooCliWithoutProfile(String),
    /// The keys of KooCLI are encrypted.
    KooCliEncrypted(String),
    /// The profile of KooCLI has no keys.
    KooCliWithoutKeys(String),
    /// A file with credentials cannot be read.
    FileNotRead {
        /// The file.
        path: String,
        /// Why.
        flaw: FileFlaw,
    },
    /// Everybody may change a file with credentials.
    FileOpenToAll(String),
}

/// What is wrong with a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum SecretFlaw {
    /// It holds the reference to a variable.
    Unreplaced,
    /// It is in quotes.
    Quoted,
    /// It has characters that no key has.
    Characters,
    /// It has no letter or digit.
    Masked,
    /// It has control characters.
    Controls,
}

/// Why a file with credentials cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum FileFlaw {
    /// The system refuses, or it is not a regular file.
    NotRead {
        /// Why.
        cause: String,
        /// What to do about it.
        hint: Option<FileHint>,
    },
    /// It is UTF-16 text.
    Utf16,
    /// It is not text.
    NotText,
}

/// A login that needs a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum LoginKind {
    /// By the identity of the CI job.
    Keyless,
    /// By a password.
    Password,
}

/// What to do about credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum CredentialsHint {
    /// One of these sets is needed.
    Give(Vec<MissingSet>),
    /// Where all names are.
    AllNames,
    /// Forks get no secrets.
    Fork,
    /// How the code of forks is checked.
    CheckForks,
    /// What is missing must be set, too.
    SetToo(Vec<&'static str>),
    /// How to correct the value.
    Correct(SecretFlaw),
    /// Where id tokens come from.
    IdToken {
        /// The variable for one.
        variable: &'static str,
        /// The variable for the name of a file.
        file_variable: &'static str,
    },
    /// A region or a project is needed.
    Scope,
    /// The profile file needs keys.
    AddKeys,
    /// KooCLI must be set up.
    ConfigureKooCli,
    /// Keys must be given in variables.
    UseVariables,
    /// A file must be saved as UTF-8.
    SaveAsUtf8,
    /// Others must lose the right to write.
    Protect(String),
}

/// A set of credentials that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum MissingSet {
    /// These variables.
    Variables(Vec<&'static str>),
    /// These variables, for a keyless login.
    Keyless(Vec<&'static str>),
    /// The profile file of the SDK, which is not there.
    Profile(String),
    /// The profile file of the SDK, which cannot be read.
    ProfileNotRead {
        /// The file.
        path: String,
        /// Why.
        flaw: FileFlaw,
    },
    /// The profile file of the SDK, which has no place without a home.
    ProfileWithoutHome {
        /// The variable that can name it.
        variable: &'static str,
    },
    /// The file of KooCLI.
    KooCli {
        /// Whether there is a home to look for it in.
        has_home: bool,
    },
}
