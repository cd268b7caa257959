//! What is left behind: the result model, and the files under the report directory. Knows no network.

pub mod archive;
pub mod directory;
pub mod escape;
pub mod finding;
pub mod markdown;
pub mod pdf_file;
pub mod result;
