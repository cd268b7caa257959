//! Files under the report directory: whole or not there, and never outside of it.

pub mod archive;
pub mod checkout;
pub mod directory;
mod lock;
pub mod pdf_file;
pub mod workspace;
