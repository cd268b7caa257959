//! What a pull request is, for a check of its code: the part of a forge that such a check needs.

use serde::Deserialize;
use serde_json::{Value, json};

/// A pull request on a small GitHub, of whichever repository is asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PullRequestScript {
    /// Title.
    pub title: String,
    /// The branch that is to be merged.
    pub source_branch: String,
    /// The branch into which it is merged.
    pub target_branch: String,
    /// Whether the source branch is in another repository.
    pub is_from_fork: bool,
    /// The head is another commit after it was looked at this often.
    pub moves_after: Option<u32>,
    /// Changed files as GitHub lists them.
    pub files: Vec<Value>,
}

impl Default for PullRequestScript {
    fn default() -> Self {
        Self {
            title: "Read the table once".to_owned(),
            source_branch: "feature".to_owned(),
            target_branch: "main".to_owned(),
            is_from_fork: false,
            moves_after: None,
            files: vec![json!({
                "filename": "src/net/reader.c", "status": "added", "additions": 2, "deletions": 0, "changes": 2,
                "patch": "@@ -0,0 +1,2 @@\n+    if (key != 0) {\n+    entry = lookup(table, key_0);",
            })],
        }
    }
}
