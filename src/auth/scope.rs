//! What a token of IAM is for.

use serde_json::{Value, json};

/// Which region project the token is for.
#[derive(Clone, Debug)]
pub enum Scope {
    /// IAM project id.
    Id(String),
    /// IAM project name, which for the main project is the region.
    Name(String),
}

impl Scope {
    /// As IAM wants it.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Id(id) => json!({"id": id}),
            Self::Name(name) => json!({"name": name}),
        }
    }
}
