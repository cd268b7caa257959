//! Files in English.

use crate::messages::file::{FileHint, FileMessage};
use crate::text::bytes;

/// Why a file is not read.
pub(in crate::messages) fn file(message: &FileMessage) -> String {
    let text = match message {
        FileMessage::Pipe => "it is a pipe, not a regular file",
        FileMessage::Device => "it is a device, not a regular file",
        FileMessage::Directory => "it is a directory, not a regular file",
        FileMessage::NotRegular => "it is not a regular file",
        FileMessage::TooLarge(limit) => return format!("it is larger than {}", bytes(*limit)),
        FileMessage::NotText => "it is not UTF-8 text",
    };
    text.to_owned()
}

/// What to do about a file that is not read.
pub(in crate::messages) fn file_hint(hint: &FileHint) -> String {
    match hint {
        FileHint::CopyPipe => "write the content of the pipe to a file first, and name that file",
    }
    .to_owned()
}
