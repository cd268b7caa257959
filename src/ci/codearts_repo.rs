//! A repository of CodeArts Repo as variables describe it: plain data (`ci/forges-cn`, sections 4 and 7).

use super::value::{Lookup, is_path_of_names, shown_url};
use crate::model::repository::host_and_path;
use crate::text::is_id;

/// Where Huawei Cloud keeps repositories.
const HOSTS: [&str; 4] = [".huaweicloud.com", ".myhuaweicloud.com", ".huaweicloud.eu", ".myhuaweicloud.eu"];
/// Names the API of a server of one's own.
const ENDPOINT: &str = "CODEARTS_REPO_ENDPOINT";
/// Longest id of a project; those of the console have 32 characters.
const PROJECT_LIMIT: usize = 64;

/// A repository, and the merge request that this job is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The CodeArts project that holds it.
    pub project_id: String,
    /// Its address, without user and password.
    pub url: String,
    /// Its path on its host.
    pub name: String,
    /// Number of the merge request within the repository.
    pub iid: Option<u64>,
}

impl Repository {
    /// The same for this merge request.
    pub(super) fn about(&self, number: u64) -> Self {
        Self { iid: Some(number), ..self.clone() }
    }

    /// Reads the variables. `None`: no repository of CodeArts Repo is named.
    pub(super) fn read(variable: Lookup<'_>, iid: Option<u64>) -> Option<Self> {
        let project_id = variable("PROJECT_ID").filter(|id| is_id(id, PROJECT_LIMIT))?;
        let url = shown_url(&variable("REPO_URL")?)?;
        let (host, path) = host_and_path(&url)?;
        let is_known = HOSTS.iter().any(|known| host.ends_with(known)) || variable(ENDPOINT).is_some();
        let name = Some(path).filter(|path| is_known && is_path_of_names(path, 1..))?.to_owned();
        Some(Self { project_id, url, name, iid })
    }
}
