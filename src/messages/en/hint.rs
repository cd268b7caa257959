//! Hints in English.

use crate::messages::hint::Hint;
use crate::messages::outcome::OutcomeText;
use crate::model::language::Language;

/// The words of a hint.
pub(in crate::messages) fn hint(hint: &Hint) -> String {
    match hint {
        Hint::Command(hint) => hint.text(Language::English),
        Hint::CommandLine(hint) => hint.text(Language::English),
        Hint::Config(hint) => hint.text(Language::English),
        Hint::Connection(hint) => hint.text(Language::English),
        Hint::Credentials(hint) => hint.text(Language::English),
        Hint::Doctor(hint) => hint.text(Language::English),
        Hint::File(hint) => hint.text(Language::English),
        Hint::Id(hint) => hint.text(Language::English),
        Hint::Init(hint) => hint.text(Language::English),
        Hint::Settings(hint) => hint.text(Language::English),
        Hint::Outcome(outcome) => OutcomeText::Advice(*outcome).text(Language::English),
        Hint::Forge(hint) => hint.text(Language::English),
        Hint::GitHub(hint) => hint.text(Language::English),
        Hint::Gitee(hint) => hint.text(Language::English),
        Hint::GitLab(hint) => hint.text(Language::English),
        Hint::Gitea(hint) => hint.text(Language::English),
        Hint::CodeArtsRepo(hint) => hint.text(Language::English),
        Hint::Http(hint) => hint.text(Language::English),
        Hint::Console(hint) => hint.text(Language::English),
        Hint::Artifact(hint) => hint.text(Language::English),
        Hint::Publish(hint) => hint.text(Language::English),
        Hint::List(hint) => hint.text(Language::English),
        Hint::Login(hint) => hint.text(Language::English),
        Hint::RunFile(hint) => hint.text(Language::English),
        Hint::Review(hint) => hint.text(Language::English),
        Hint::Job(hint) => hint.text(Language::English),
        Hint::Store(hint) => hint.text(Language::English),
        Hint::Scope(hint) => hint.text(Language::English),
        Hint::Search(hint) => hint.text(Language::English),
        Hint::Service(hint) => hint.text(Language::English),
        Hint::Tasks(hint) => hint.text(Language::English),
    }
}
