//! The JSON schema of the result document, made from its types: `docs/result.schema.json`. `UPDATE_DOCS=1 cargo test schema`
//! writes it anew.

use crate::messages::{Hint, Message, OutcomeText};
use crate::model::finding::Severity;
use crate::model::gate::Counted;
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::report::format::Format;
use crate::report::formats::FORMATS;
use crate::report::result::ResultDocument;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use std::path::Path;

/// A closed set of words. A word that comes again keeps its first meaning.
fn words(about: &str, words: impl IntoIterator<Item = (String, String)>) -> Schema {
    let mut names: Vec<String> = Vec::new();
    let mut description = about.to_owned();
    for (word, meaning) in words {
        if !names.contains(&word) {
            description.push_str(&format!("\n- `{word}`: {meaning}"));
            names.push(word);
        }
    }
    json_schema!({ "description": description, "type": "string", "enum": names })
}

/// Makes an enumeration of what was derived as a choice of constants, one for each variant.
fn as_enumeration(schema: &mut Schema) {
    let Some(variants) = schema.get("oneOf").and_then(|variants| variants.as_array()) else { return };
    let text = |schema: &serde_json::Value, key: &str| schema[key].as_str().unwrap_or_default().to_owned();
    let about = schema.get("description").and_then(|about| about.as_str()).unwrap_or_default();
    *schema = words(about, variants.iter().map(|one| (text(one, "const"), text(one, "description"))));
}

impl JsonSchema for Outcome {
    fn schema_name() -> Cow<'static, str> {
        "Outcome".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let meaning = |outcome: Self| match outcome.is_cancelled() {
            true => "cancelled by a signal".to_owned(),
            false => OutcomeText::Meaning(outcome).text(Language::English),
        };
        words(
            "How a run, a task or a build ended.",
            Self::ALL.map(|outcome| (outcome.name().to_owned(), meaning(outcome))),
        )
    }
}

impl JsonSchema for Counted {
    fn schema_name() -> Cow<'static, str> {
        "Counted".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let severities = Severity::ALL.map(Some).into_iter().chain([None]);
        let all = severities.flat_map(|severity| [false, true].map(|is_new| Self { is_new, severity }));
        words(
            "Which findings a threshold counts.",
            all.map(|one| (one.to_string(), format!("`--max-{one}`"))),
        )
    }
}

impl JsonSchema for Format {
    fn schema_name() -> Cow<'static, str> {
        "Format".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let formats = FORMATS.iter().map(|entry| entry.format);
        words("Format of a report file.", formats.map(|one| (one.name.to_owned(), one.help.to_owned())))
    }
}

impl JsonSchema for Message {
    fn schema_name() -> Cow<'static, str> {
        "Message".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "A sentence for people, in the language of `--language`.", "type": "string" })
    }
}

impl JsonSchema for Hint {
    fn schema_name() -> Cow<'static, str> {
        "Hint".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "Advice for people, in the language of `--language`. It begins with a verb.", "type": "string" })
    }
}

#[test]
fn the_schema_of_the_result_document() {
    let mut schema = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<ResultDocument>();
    RecursiveTransform(as_enumeration).transform(&mut schema);
    // Words such as `uint64` are not formats of JSON schema.
    RecursiveTransform(|schema: &mut Schema| drop(schema.remove("format"))).transform(&mut schema);
    let expected = format!("{:#}\n", schema.to_value());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/result.schema.json");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, expected).expect("written");
    } else {
        let text = std::fs::read_to_string(&path).expect("docs/result.schema.json");
        assert_eq!(text, expected, "docs/result.schema.json: run UPDATE_DOCS=1 cargo test schema");
    }
}
