//! Hints in Chinese.

use crate::messages::hint::Hint;
use crate::messages::outcome::OutcomeText;
use crate::model::language::Language;

/// The words of a hint.
pub(in crate::messages) fn hint(hint: &Hint) -> String {
    match hint {
        Hint::Command(hint) => hint.text(Language::Chinese),
        Hint::CommandLine(hint) => hint.text(Language::Chinese),
        Hint::Config(hint) => hint.text(Language::Chinese),
        Hint::Connection(hint) => hint.text(Language::Chinese),
        Hint::Credentials(hint) => hint.text(Language::Chinese),
        Hint::Doctor(hint) => hint.text(Language::Chinese),
        Hint::File(hint) => hint.text(Language::Chinese),
        Hint::Id(hint) => hint.text(Language::Chinese),
        Hint::Init(hint) => hint.text(Language::Chinese),
        Hint::Settings(hint) => hint.text(Language::Chinese),
        Hint::Outcome(outcome) => OutcomeText::Advice(*outcome).text(Language::Chinese),
        Hint::Forge(hint) => hint.text(Language::Chinese),
        Hint::GitHub(hint) => hint.text(Language::Chinese),
        Hint::Gitee(hint) => hint.text(Language::Chinese),
        Hint::GitLab(hint) => hint.text(Language::Chinese),
        Hint::Gitea(hint) => hint.text(Language::Chinese),
        Hint::CodeArtsRepo(hint) => hint.text(Language::Chinese),
        Hint::Http(hint) => hint.text(Language::Chinese),
        Hint::Console(hint) => hint.text(Language::Chinese),
        Hint::Artifact(hint) => hint.text(Language::Chinese),
        Hint::Publish(hint) => hint.text(Language::Chinese),
        Hint::List(hint) => hint.text(Language::Chinese),
        Hint::Login(hint) => hint.text(Language::Chinese),
        Hint::RunFile(hint) => hint.text(Language::Chinese),
        Hint::Review(hint) => hint.text(Language::Chinese),
        Hint::Job(hint) => hint.text(Language::Chinese),
        Hint::Store(hint) => hint.text(Language::Chinese),
        Hint::Scope(hint) => hint.text(Language::Chinese),
        Hint::Search(hint) => hint.text(Language::Chinese),
        Hint::Service(hint) => hint.text(Language::Chinese),
        Hint::Tasks(hint) => hint.text(Language::Chinese),
    }
}
