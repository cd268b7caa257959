//! Files in English.

use crate::messages::FileMessage;
use crate::text::bytes;

/// Why a file is not read.
pub(in crate::messages) fn file(message: &FileMessage) -> String {
    let text = match message {
        FileMessage::Pipe => "it is a pipe, and a regular file is needed; write its content to a file first",
        FileMessage::Device => "it is a device, and a regular file is needed",
        FileMessage::Directory => "it is a directory, and a regular file is needed",
        FileMessage::NotRegular => "it is not a regular file",
        FileMessage::TooLarge(limit) => return format!("it is larger than {}", bytes(*limit)),
        FileMessage::NotText => "it is not UTF-8 text",
    };
    text.to_owned()
}
