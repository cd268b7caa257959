//! The example answers of the service's pages, for tests.

use serde_json::Value;

/// One of the service's example answers.
pub(super) fn example(name: &str) -> Value {
    let path = format!("{}/tests/data/api/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("the example")).expect("JSON")
}
