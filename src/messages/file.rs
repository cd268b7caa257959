//! About files that others wrote.

/// Why a file is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum FileMessage {
    /// It is a pipe.
    Pipe,
    /// It is a device.
    Device,
    /// It is a directory.
    Directory,
    /// It is not a regular file.
    NotRegular,
    /// It is larger than this number of bytes.
    TooLarge(u64),
    /// It is not UTF-8 text.
    NotText,
}

/// What to do about a file that is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum FileHint {
    /// A regular file must hold what comes through the pipe.
    CopyPipe,
}
