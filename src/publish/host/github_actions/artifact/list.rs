//! The artifacts of a run, as the service lists them. Pure.

use serde_json::Value;

/// An artifact of this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// Ids of run and job, not necessarily those of this process.
    pub(super) ids: (String, String),
    pub(super) id: String,
    pub(super) size: String,
    pub(super) digest: Option<String>,
}

/// The newest artifact of this name.
pub(super) fn newest(answer: &Value, name: &str) -> Option<Listed> {
    let list = answer["artifacts"].as_array()?;
    let text =
        |entry: &Value, snake: &str, camel: &str| field(entry, snake, camel).as_str().map(str::to_owned);
    list.iter()
        .filter(|entry| entry["name"] == name)
        .map(|entry| Listed {
            ids: (
                text(entry, "workflow_run_backend_id", "workflowRunBackendId").unwrap_or_default(),
                text(entry, "workflow_job_run_backend_id", "workflowJobRunBackendId").unwrap_or_default(),
            ),
            id: id_of(field(entry, "database_id", "databaseId")),
            size: id_of(&entry["size"]),
            digest: text(entry, "digest", "digest"),
        })
        .max_by_key(|listed| listed.id.parse::<u64>().unwrap_or_default())
}

/// Servers answer in either spelling.
pub(super) fn field<'a>(object: &'a Value, snake: &str, camel: &str) -> &'a Value {
    match &object[snake] {
        Value::Null => &object[camel],
        found => found,
    }
}

/// A 64-bit number, as text or as a number.
pub(super) fn id_of(value: &Value) -> String {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    number.map(|number| number.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn example(name: &str) -> Value {
        let path = format!("{}/tests/data/github/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON")
    }

    #[test]
    fn the_newest_of_a_name_is_found_in_either_spelling() {
        let listed = newest(&example("artifact-list-response"), "codearts-report.pdf").expect("one");
        assert_eq!(listed.id, "4242");
        assert!(listed.digest.is_some_and(|digest| digest.starts_with("sha256:bfc7")));
        let camel = json!({"artifacts": [
            {"workflowRunBackendId": "r", "workflowJobRunBackendId": "j", "databaseId": "9", "name": "a"},
            {"workflowRunBackendId": "r", "workflowJobRunBackendId": "k", "databaseId": "10", "name": "a"},
            {"databaseId": "11", "name": "ab"},
        ]});
        let listed = newest(&camel, "a").expect("one");
        assert_eq!((listed.id.as_str(), listed.ids.1.as_str()), ("10", "k"));
        assert_eq!(newest(&example("artifact-list-response-empty"), "a"), None);
    }
}
