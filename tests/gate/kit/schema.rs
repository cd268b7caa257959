//! The published schema of `result.json`, held against every document that a run leaves behind.

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;
use std::path::Path;

thread_local! {
    /// Compiled once: some tests run the binary hundreds of times.
    static SCHEMA: (Schemas, SchemaIndex) = compiled();
}

fn compiled() -> (Schemas, SchemaIndex) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/result.schema.json");
    let text = std::fs::read(&path).expect("docs/result.schema.json");
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let schema = serde_json::from_slice(&text).expect("JSON");
    compiler.add_resource("result.schema.json", schema).expect("a resource");
    let index = compiler.compile("result.schema.json", &mut schemas).expect("a schema");
    (schemas, index)
}

/// Fails unless the document is as `docs/result.schema.json` promises.
#[track_caller]
pub(crate) fn assert_result(place: &str, document: &str) {
    let document: Value = serde_json::from_str(document).expect(place);
    let checked = SCHEMA
        .with(|(schemas, index)| schemas.validate(&document, *index).map_err(|error| format!("{error:#}")));
    if let Err(error) = checked {
        panic!("{place} breaks docs/result.schema.json: {error}\n{document:#}");
    }
}

#[test]
fn a_document_that_breaks_the_promise_is_noticed() {
    let broken = std::panic::catch_unwind(|| assert_result("a document", r#"{"schema": 2}"#));
    assert!(broken.is_err());
}
