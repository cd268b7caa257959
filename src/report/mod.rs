//! What is left behind: the result model, and the files under the report directory. Knows no network.

pub mod directory;
pub mod pdf_file;
pub mod result;
