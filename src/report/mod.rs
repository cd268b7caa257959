//! What is left behind: the result model, and the files under the report directory. Knows no network.

pub mod archive;
pub mod baseline;
pub mod checkout;
pub mod directory;
pub mod escape;
pub mod fingerprint;
pub mod formats;
pub mod html;
pub mod junit;
mod lock;
pub mod markdown;
pub mod paths;
pub mod pdf_file;
pub mod result;
pub mod spool;
pub mod workspace;
