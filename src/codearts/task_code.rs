//! What a task checks, as far as CodeArts shows it: in its description, in lists and in summaries.

use super::id::Id;
use super::wire::CodeFields;
use crate::http::field;
use crate::model::repository::is_repository_address;
use crate::text::one_line;
use crate::text::redactor::learn_login;
use serde_json::Value;

/// Longest name of a task, in characters.
const NAME_LIMIT: usize = 200;

/// What a task checks, as far as CodeArts shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskCode {
    /// Name of the task.
    pub name: Option<String>,
    /// The CodeArts project that it is in.
    pub project: Option<Id>,
    /// Address of its repository, as the service writes it: of any scheme, SSH among them.
    pub repository: Option<String>,
    /// Its branch. Of a merge-request task only the summary certainly shows the source branch ([`super::summary::Summary::code`]).
    pub branch: Option<String>,
}

impl TaskCode {
    /// What an object shows. A repository that is not an address is a name, which cannot be compared.
    pub(super) fn read(object: &Value) -> Self {
        let fields: CodeFields = field::read_any_case(object);
        // An address may have been given to CodeArts with a password in it.
        fields.repositories().for_each(learn_login);
        Self {
            name: fields.name().map(|name| one_line(name, NAME_LIMIT)),
            project: fields.project_id.as_deref().and_then(|id| id.parse().ok()),
            repository: fields.repositories().find(|text| is_repository_address(text)).map(str::to_owned),
            branch: fields.branch().map(str::to_owned),
        }
    }

    /// What this one lacks comes from the other.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            name: self.name.or(other.name),
            project: self.project.or(other.project),
            repository: self.repository.or(other.repository),
            branch: self.branch.or(other.branch),
        }
    }
}
