//! Every sentence for people, as data: one enum a subject, its variants with typed parts, and one exhaustive `match` a
//! language. A message without words in a language does not compile.
//!
//! To add a message: a variant here in the file of its subject, and its words in `en/` and `zh/` under the same name;
//! `catalogue` shows both in a snapshot and compares their parts. Outside text comes in as a part; making it safe is the work of the place
//! that prints it.

mod artifact;
mod attempt;
mod build;
#[cfg(test)]
mod catalogue;
mod codearts_repo;
mod command;
mod command_line;
mod config;
mod connection;
mod console;
mod credentials;
mod doctor;
mod en;
mod file;
mod findings;
mod finish;
mod forge;
mod gate;
mod gitea;
mod gitee;
mod github;
mod gitlab;
mod hint;
mod http;
mod id;
mod init;
mod inline;
mod job_hint;
mod junit;
mod label;
mod list;
mod login;
mod outcome;
mod outside;
mod page;
mod parts;
mod pdf;
mod publish;
mod review;
mod run;
mod run_file;
mod scope;
mod search;
mod service;
mod settings;
mod setup;
mod shown;
mod store;
mod tasks;
mod tls;
mod waiting;
mod zh;

pub use artifact::{ArtifactHint, ArtifactMessage};
pub use attempt::{Attempt, Build};
pub use build::BuildMessage;
pub use codearts_repo::{CodeArtsRepoHint, CodeArtsRepoMessage};
pub use command::{CommandHint, CommandMessage};
pub use command_line::{CommandLineHint, CommandLineMessage};
pub use config::{ConfigHint, ConfigMessage, FoundForm, KeptOut, KeyForm};
pub use connection::{ConnectionHint, ConnectionMessage, EndpointFlaw, ProxyFlaw, ServiceName};
pub use console::{BatchState, ConsoleHint, ConsoleMessage, LinePrefix, Progress};
pub use credentials::{CredentialsHint, CredentialsMessage, FileFlaw, LoginKind, MissingSet, SecretFlaw};
pub use doctor::{DoctorHint, DoctorLabel, DoctorMessage, Surroundings, Tested, Untested};
pub use file::{FileHint, FileMessage};
pub use findings::FindingsMessage;
pub use finish::{EndedJob, FinishMessage, JobKind};
pub use forge::{ForgeHint, ForgeMessage};
pub use gate::GateMessage;
pub use gitea::{GiteaHint, GiteaMessage, GiteaRefusal};
pub use gitee::{GiteeHint, GiteeMessage, GiteeRefusal};
pub use github::{GitHubHint, GitHubMessage, GitHubRefusal, PullRequestPlace};
pub use gitlab::{GitLabHint, GitLabMessage, GitLabRefusal, MergeRequestPlace};
pub use hint::Hint;
pub use http::{FailedCall, HttpHint, HttpMessage, Target};
pub use id::{Beside, IdFlaw, IdHint, IdMessage};
pub use init::{InitHint, InitMessage, InitQuestion, InitStep};
pub use inline::InlineMessage;
pub use job_hint::JobHint;
pub use junit::JunitText;
pub use label::Label;
pub use list::{ListHint, ListMessage};
pub use login::{Claims, CredentialsKind, IdTokenPlace, KeysFile, LoginHint, LoginMessage};
pub use outcome::OutcomeText;
pub use outside::OutsideText;
pub use page::{PageText, Section};
pub use parts::WaitCost;
pub use pdf::PdfMessage;
pub use publish::{PublishHint, PublishLabel, PublishMessage};
pub use review::{CheckedCode, KeptBecause, ReviewHint, ReviewMessage, ShownRef};
pub use run::RunMessage;
pub use run_file::{RunFileHint, RunFileMessage};
pub use scope::{ScopeHint, ScopeMessage};
pub use search::{SearchHint, SearchMessage, SearchedBranch};
pub use service::{HostFamily, RedirectFault, ServiceHint, ServiceMessage};
pub use settings::{DurationFlaw, NowhereMessage, SettingsHint, SettingsMessage};
pub use setup::SetupMessage;
pub use store::{StoreHint, StoreMessage, StorePlace};
pub use tasks::{TasksHeading, TasksHint, TasksMessage};
pub use tls::TlsMessage;
pub use waiting::{Activity, BatchNote, WaitMessage};

pub(crate) use zh::help as chinese_help;

use crate::model::diff_error::DiffError;
use crate::model::language::Language;
use serde::{Serialize, Serializer};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the log and errors are Chinese; pages name their language.
static IS_CHINESE: AtomicBool = AtomicBool::new(false);

/// Chooses the language of the log and of errors: when the process begins, and once more when the configuration file was read.
pub fn speak(language: Language) {
    IS_CHINESE.store(language == Language::Chinese, Ordering::Relaxed);
}

/// The language of the log and of errors.
pub fn spoken() -> Language {
    if IS_CHINESE.load(Ordering::Relaxed) { Language::Chinese } else { Language::English }
}

/// Makes the messages of each subject readable in every language, and part of [`Message`].
macro_rules! catalogue {
    ($($subject:ident: $name:ident, $meaning:literal;)*) => {
        /// A sentence for people, about any subject. Boxed, because results carry it as their error.
        #[derive(Clone, PartialEq)]
        pub enum Message {
            $(#[doc = $meaning] $name(Box<$name>),)*
        }

        impl Message {
            /// The sentence in a language.
            pub fn text(&self, language: Language) -> String {
                match self {
                    $(Self::$name(message) => message.text(language),)*
                }
            }
        }

        impl fmt::Display for Message {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.text(spoken()))
            }
        }

        /// The sentence. Derived, it would carry the name of every part of every message into the binary.
        impl fmt::Debug for Message {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.text(spoken()), formatter)
            }
        }

        /// In the language of the log.
        impl Serialize for Message {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        $(
            impl $name {
                /// The sentence in a language.
                pub fn text(&self, language: Language) -> String {
                    match language {
                        Language::English => en::$subject(self),
                        Language::Chinese => zh::$subject(self),
                    }
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    formatter.write_str(&self.text(spoken()))
                }
            }

            impl From<$name> for Message {
                fn from(message: $name) -> Self {
                    Self::$name(Box::new(message))
                }
            }
        )*

        #[cfg(test)]
        mod sentences {
            use super::*;

            const SUBJECTS: &[std::any::TypeId] = &[$(std::any::TypeId::of::<$name>()),*];

            $(
                #[test]
                fn $subject() {
                    catalogue::assert_shown(stringify!($subject), SUBJECTS, $name::text);
                }
            )*
        }
    };
}

/// The sentence, for the same reason as that of [`Message`].
impl fmt::Debug for Hint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text(spoken()), formatter)
    }
}

/// In the language of the log.
impl Serialize for Hint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
impl Default for Message {
    fn default() -> Self {
        OutsideText::default().into()
    }
}

/// As a part of another message: one sentence, whatever it is about.
#[cfg(test)]
impl crate::example::Example for Message {
    fn example(_: &mut crate::example::Choices) -> Self {
        OutsideText("the inner message".to_owned()).into()
    }
}

catalogue! {
    command: CommandMessage, "About the commands themselves.";
    command_hint: CommandHint, "What to do about a command.";
    command_line: CommandLineMessage, "About the command line.";
    command_line_hint: CommandLineHint, "What to do about a command line.";
    config: ConfigMessage, "About the configuration file.";
    config_hint: ConfigHint, "What to do about the configuration file.";
    connection: ConnectionMessage, "About where the service is.";
    connection_hint: ConnectionHint, "What to do about a connection.";
    credentials: CredentialsMessage, "About credentials.";
    credentials_hint: CredentialsHint, "What to do about credentials.";
    doctor: DoctorMessage, "What `doctor` found.";
    doctor_hint: DoctorHint, "What to do about a finding of `doctor`.";
    doctor_label: DoctorLabel, "How a line of `doctor` begins.";
    id: IdMessage, "About ids.";
    id_hint: IdHint, "What to do about an id.";
    nowhere: NowhereMessage, "Why nothing can be published.";
    settings: SettingsMessage, "About settings.";
    settings_hint: SettingsHint, "What to do about a setting.";
    artifact: ArtifactMessage, "About artifacts.";
    attempt: Attempt, "What a request is for.";
    http: HttpMessage, "What became of a request.";
    artifact_hint: ArtifactHint, "What to do so that the PDF is kept.";
    forge: ForgeMessage, "About forges.";
    forge_hint: ForgeHint, "What to do about a forge.";
    gitea: GiteaMessage, "About Gitea and Forgejo.";
    gitea_hint: GiteaHint, "What to do about Gitea and Forgejo.";
    github: GitHubMessage, "About GitHub.";
    github_hint: GitHubHint, "What to do about GitHub.";
    gitee: GiteeMessage, "About Gitee and GitCode.";
    gitee_hint: GiteeHint, "What to do about Gitee or GitCode.";
    gitlab: GitLabMessage, "About GitLab.";
    gitlab_hint: GitLabHint, "What to do about GitLab.";
    codearts_repo: CodeArtsRepoMessage, "About CodeArts Repo.";
    codearts_repo_hint: CodeArtsRepoHint, "What to do about CodeArts Repo.";
    console: ConsoleMessage, "About progress, and about the log itself.";
    console_hint: ConsoleHint, "What to do about the log itself.";
    line_prefix: LinePrefix, "How a line of the log begins.";
    hint: Hint, "What to do.";
    http_hint: HttpHint, "What to do about a request that did not get through.";
    junit: JunitText, "About the result, as test cases.";
    label: Label, "A word on a page.";
    file: FileMessage, "Why a file is not read.";
    file_hint: FileHint, "What to do about a file that is not read.";
    diff: DiffError, "Why a diff cannot be read.";
    credentials_kind: CredentialsKind, "A kind of credentials.";
    list: ListMessage, "About lists of findings and baselines.";
    list_hint: ListHint, "What to do about a list or a baseline.";
    login: LoginMessage, "About a login.";
    login_hint: LoginHint, "What to do about a refused login.";
    activity: Activity, "What a job is doing.";
    batch_note: BatchNote, "Events of one kind in a batch.";
    build: BuildMessage, "About builds.";
    findings: FindingsMessage, "About the list of findings.";
    finish: FinishMessage, "About the end of a whole run.";
    gate: GateMessage, "About the quality gate and thresholds.";
    run_file: RunFileMessage, "About the file of `start`.";
    run_file_hint: RunFileHint, "What to do about the file of `start`.";
    review: ReviewMessage, "About the pull request whose code is checked.";
    review_hint: ReviewHint, "What to do so that the code of a pull request can be checked.";
    init: InitMessage, "About setting a repository up.";
    init_step: InitStep, "What is left to do so that a repository is set up.";
    init_question: InitQuestion, "What `init` asks.";
    init_hint: InitHint, "What to do so that a repository can be set up.";
    inline: InlineMessage, "About comments in the diff.";
    job_hint: JobHint, "What to do about a run or a build.";
    outcome: OutcomeText, "About the end of a run.";
    outside: OutsideText, "Text from outside.";
    page: PageText, "About the result, on a page.";
    publish: PublishMessage, "About publishing the result.";
    publish_label: PublishLabel, "A heading or a label where the result is shown.";
    publish_hint: PublishHint, "What to do so that the result is published.";
    pdf: PdfMessage, "About the PDF report.";
    run: RunMessage, "About runs of a check task.";
    scope: ScopeMessage, "About which findings count.";
    scope_hint: ScopeHint, "What to do so that the right findings count.";
    search: SearchMessage, "About looking for a task.";
    search_hint: SearchHint, "What to do so that the task is known.";
    setup: SetupMessage, "About setting up the process itself.";
    store: StoreMessage, "About files on disk.";
    store_hint: StoreHint, "What to do about a file on disk.";
    tasks: TasksMessage, "About lists of tasks.";
    tasks_heading: TasksHeading, "The heading of a column of the list of tasks.";
    tasks_hint: TasksHint, "What to do so that tasks are listed.";
    tls: TlsMessage, "About certificates.";
    host_family: HostFamily, "A kind of host.";
    service: ServiceMessage, "About an answer of CodeArts.";
    service_hint: ServiceHint, "What to do about an answer of CodeArts.";
    waiting: WaitMessage, "About waiting.";
}
