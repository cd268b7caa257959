//! Files in Chinese.

use crate::messages::file::{FileHint, FileMessage};
use crate::text::bytes;

/// Why a file is not read.
pub(in crate::messages) fn file(message: &FileMessage) -> String {
    let text = match message {
        FileMessage::Pipe => "它是管道，不是普通文件",
        FileMessage::Device => "它是设备，不是普通文件",
        FileMessage::Directory => "它是目录，不是普通文件",
        FileMessage::NotRegular => "它不是普通文件",
        FileMessage::TooLarge(limit) => return format!("它大于 {}", bytes(*limit)),
        FileMessage::NotText => "它不是 UTF-8 文本",
    };
    text.to_owned()
}

/// What to do about a file that is not read.
pub(in crate::messages) fn file_hint(hint: &FileHint) -> String {
    match hint {
        FileHint::CopyPipe => "先把管道的内容写入文件，再指定该文件",
    }
    .to_owned()
}
