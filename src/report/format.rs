//! A format of report files: what it is called, and what its files look like from outside.

use serde::{Serialize, Serializer};
use std::path::PathBuf;

/// A format of report files.
#[derive(Debug, PartialEq, Eq)]
pub struct Format {
    /// Its name in `--report` and in the document.
    pub name: &'static str,
    /// What its file names end with.
    pub ending: &'static str,
    /// The media type of its files.
    pub media_type: &'static str,
    /// What `--help` says about it.
    pub help: &'static str,
    /// Whether it lists findings and nothing else, so that without them there is no such file.
    pub is_list: bool,
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

/// A file that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Which.
    pub format: &'static Format,
    /// Where.
    pub path: PathBuf,
}
