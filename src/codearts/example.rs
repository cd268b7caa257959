//! The example answers of the service's pages, for tests.

use super::tasks::LastJobs;
use serde_json::Value;

/// One of the service's example answers.
pub(super) fn example(name: &str) -> Value {
    let path = format!("{}/tests/data/api/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("the example")).expect("JSON")
}

/// A list of runs; empty text stands for none.
pub(super) fn runs(last: &str, last_successful: &str) -> LastJobs {
    let id = |id: &str| (!id.is_empty()).then(|| id.to_owned());
    LastJobs { last: id(last), last_successful: id(last_successful) }
}
