//! Prints which lines a diff on standard input changes, as JSON, for a judge that asks git the same.

use codearts_gate::diff::unified;
use codearts_gate::model::changed_lines::FileChange;
use serde_json::{Map, Value};
use std::io::{self, Read as _, Write as _};

fn main() -> io::Result<()> {
    let mut diff = Vec::new();
    io::stdin().read_to_end(&mut diff)?;
    let changed = unified(&diff).map_err(|error| io::Error::other(error.to_string()))?;
    let files: Map<String, Value> = changed
        .iter()
        .map(|(path, change)| {
            let lines = match change {
                FileChange::Whole => Value::Null,
                FileChange::Lines(ranges) => ranges.iter().cloned().flatten().collect(),
            };
            (path.to_owned(), lines)
        })
        .collect();
    writeln!(io::stdout(), "{}", Value::Object(files))
}
