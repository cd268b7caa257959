//! The JSON schema of the configuration file, made from its keys: `docs/config.schema.json`. `UPDATE_DOCS=1 cargo test schema`
//! writes it anew.

use super::keys::{Key, TASK_NAMES, keys};
use crate::messages::KeyForm;
use serde_json::{Map, Value, json};
use std::path::Path;

fn schema_of(key: &Key) -> Value {
    let text = match key.words.as_slice() {
        [] => json!({ "type": "string" }),
        words => json!({ "type": "string", "enum": words }),
    };
    let mut schema = match key.form {
        // Absolute, or through a parent directory.
        KeyForm::Text if key.is_path => {
            json!({ "type": "string", "not": { "pattern": r"^/|(^|/)\.\.(/|$)" } })
        }
        KeyForm::Text => text,
        KeyForm::List => json!({ "anyOf": [{ "type": "array", "items": text }, { "type": "string" }] }),
        KeyForm::Number => json!({ "type": "integer", "minimum": 0 }),
        KeyForm::Boolean => json!({ "type": "boolean" }),
        KeyForm::Tasks => json!({ "type": "array" }),
    };
    schema["description"] = key.about.as_str().into();
    schema
}

fn table<'a>(keys: impl IntoIterator<Item = &'a Key>) -> Map<String, Value> {
    keys.into_iter().map(|key| (key.name.clone(), schema_of(key))).collect()
}

/// One table `[[task]]`.
fn task(keys: &[Key]) -> Value {
    let mut properties = table(keys.iter().filter(|key| key.is_of_task));
    for (name, about) in TASK_NAMES {
        properties.insert(name.to_owned(), json!({ "type": "string", "minLength": 1, "description": about }));
    }
    let by_code = json!([{ "required": ["repository"] }, { "required": ["branch"] }]);
    json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "oneOf": [
            { "required": ["id"], "not": { "anyOf": by_code } },
            { "required": ["repository", "branch"], "not": { "required": ["id"] } },
        ],
    })
}

#[test]
fn the_schema_of_the_configuration_file() {
    let keys = keys();
    let mut properties = table(&keys);
    properties.insert(
        "task".to_owned(),
        json!({
            "type": "array",
            "description": "The tasks that `check` and `start` are about where no TASK_ID is given, and settings of their own.",
            "items": task(&keys),
        }),
    );
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "codearts-gate.toml",
        "description": "The configuration file of codearts-gate. Keys are the names of options; options and variables override them.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    let expected = format!("{schema:#}\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/config.schema.json");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, expected).expect("written");
    } else {
        let text = std::fs::read_to_string(&path).expect("docs/config.schema.json");
        assert_eq!(text, expected, "docs/config.schema.json: run UPDATE_DOCS=1 cargo test schema");
    }
}
