//! What to do about an error; each stands on a line of its own, after `hint:`.

use super::artifact::ArtifactHint;
use super::codearts_repo::CodeArtsRepoHint;
use super::command::CommandHint;
use super::command_line::CommandLineHint;
use super::config::ConfigHint;
use super::connection::ConnectionHint;
use super::console::ConsoleHint;
use super::credentials::CredentialsHint;
use super::doctor::DoctorHint;
use super::file::FileHint;
use super::forge::ForgeHint;
use super::gitea::GiteaHint;
use super::gitee::GiteeHint;
use super::github::GitHubHint;
use super::gitlab::GitLabHint;
use super::http::HttpHint;
use super::id::IdHint;
use super::init::InitHint;
use super::job_hint::JobHint;
use super::list::ListHint;
use super::login::LoginHint;
use super::publish::PublishHint;
use super::review::ReviewHint;
use super::run_file::RunFileHint;
use super::scope::ScopeHint;
use super::search::SearchHint;
use super::service::ServiceHint;
use super::settings::SettingsHint;
use super::store::StoreHint;
use super::tasks::TasksHint;
use crate::model::outcome::Outcome;

/// An advice. It begins with a verb.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum Hint {
    /// What to do about a command.
    Command(CommandHint),
    /// What to do about the command line.
    CommandLine(CommandLineHint),
    /// What to do about the configuration file.
    Config(ConfigHint),
    /// What to do about a connection, before anything is sent.
    Connection(ConnectionHint),
    /// What to do about credentials.
    Credentials(CredentialsHint),
    /// What to do about an id.
    Id(IdHint),
    /// What to do so that a repository can be set up.
    Init(InitHint),
    /// What to do about a finding of `doctor`.
    Doctor(DoctorHint),
    /// What to do about a file that is not read.
    File(FileHint),
    /// What to do about a setting.
    Settings(SettingsHint),
    /// What to do about the outcome of the whole run.
    Outcome(Outcome),
    /// What to do about a request that did not get through.
    Http(HttpHint),
    /// What to do about the log itself.
    Console(ConsoleHint),
    /// What to do so that the PDF is kept.
    Artifact(ArtifactHint),
    /// What to do so that a forge can be used.
    Forge(ForgeHint),
    /// What to do so that GitHub takes the result.
    GitHub(GitHubHint),
    /// What to do so that Gitee or GitCode takes the result.
    Gitee(GiteeHint),
    /// What to do so that GitLab takes the result.
    GitLab(GitLabHint),
    /// What to do so that Gitea or Forgejo takes the result.
    Gitea(GiteaHint),
    /// What to do so that CodeArts Repo takes the result.
    CodeArtsRepo(CodeArtsRepoHint),
    /// What to do so that the result is published.
    Publish(PublishHint),
    /// What to do about a refused login.
    Login(LoginHint),
    /// What to do about a run or a build.
    Job(JobHint),
    /// What to do so that the code of a pull request can be checked.
    Review(ReviewHint),
    /// What to do about the file of `start`.
    RunFile(RunFileHint),
    /// What to do about a list of findings or a baseline.
    List(ListHint),
    /// What to do about a file on disk.
    Store(StoreHint),
    /// What to do so that the right findings count.
    Scope(ScopeHint),
    /// What to do so that the task is known.
    Search(SearchHint),
    /// What to do about an answer of CodeArts.
    Service(ServiceHint),
    /// What to do so that tasks are listed.
    Tasks(TasksHint),
}

/// Makes the hints of a subject hints.
macro_rules! hints {
    ($($variant:ident: $hint:ident;)*) => {
        $(
            impl From<$hint> for Hint {
                fn from(hint: $hint) -> Self {
                    Self::$variant(hint)
                }
            }
        )*
    };
}

hints! {
    CodeArtsRepo: CodeArtsRepoHint;
    Command: CommandHint;
    CommandLine: CommandLineHint;
    Config: ConfigHint;
    Connection: ConnectionHint;
    Credentials: CredentialsHint;
    Doctor: DoctorHint;
    File: FileHint;
    Id: IdHint;
    Init: InitHint;
    Job: JobHint;
    Login: LoginHint;
    Scope: ScopeHint;
    Search: SearchHint;
    Service: ServiceHint;
    Review: ReviewHint;
    RunFile: RunFileHint;
    Settings: SettingsHint;
    Tasks: TasksHint;
}
