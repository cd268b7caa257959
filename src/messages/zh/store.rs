//! Files on disk in Chinese.

use crate::messages::store::{StoreHint, StoreMessage, StorePlace};
use crate::text::bytes;

/// What became of a file or of the report directory.
pub(in crate::messages) fn store(message: &StoreMessage) -> String {
    match message {
        StoreMessage::DirectoryNotCreated { path } => format!("无法创建报告目录 `{path}`"),
        StoreMessage::DirectoryNotWritable { path } => format!("无法写入报告目录 `{path}`"),
        StoreMessage::DirectoryNotOpened { path } => format!("无法打开报告目录 `{path}`"),
        StoreMessage::DirectoryInUse { path } => format!("另一个 codearts-gate 正在使用报告目录 `{path}`"),
        StoreMessage::DirectoryNotLocked { path, error } => {
            format!("无法锁定报告目录 `{path}`（{error}）：两次运行不得同时使用它")
        }
        StoreMessage::DirectoryRemoved { path } => format!("报告目录 `{path}` 在运行期间被删除；重新创建"),
        StoreMessage::LinkOutside { place, path, link, target } => {
            let place = match place {
                StorePlace::ReportDirectory => "报告目录",
                StorePlace::Baseline => " `--write-baseline` 的位置",
            };
            format!(
                "无法使用{place} `{path}`：`{link}` 是指向检出目录之外 `{target}` 的链接，可能来自被检查的代码"
            )
        }
        StoreMessage::NotRemoved { path } => format!("无法删除旧文件 `{path}`"),
        StoreMessage::NotWritten { path } => format!("无法写入 `{path}`"),
        StoreMessage::NoSpace { path, free, needed } => {
            format!("`{path}` 只剩 {}，需要 {}", bytes(*free), bytes(*needed))
        }
        StoreMessage::PdfTooLarge { limit } => format!("PDF 大于 {}", bytes(*limit)),
        StoreMessage::PdfLength { bytes, announced } => format!("收到 {bytes} 字节，而不是 {announced} 字节"),
        StoreMessage::PdfWithoutEnd { bytes } => format!("{bytes} 字节之后缺少末尾"),
        StoreMessage::PdfNotWritten => "无法写入 PDF".to_owned(),
    }
}

/// What to do about a file or the report directory.
pub(in crate::messages) fn store_hint(hint: &StoreHint) -> String {
    match hint {
        StoreHint::OtherDirectory => "用 `--report-dir` 选择其他目录".to_owned(),
        StoreHint::OneDirectoryEach => "用 `--report-dir` 为每次运行指定各自的报告目录".to_owned(),
        StoreHint::FreeSpace => "释放一些空间".to_owned(),
        StoreHint::NameTarget { target } => format!("如果要使用的就是该目录，请直接指定 `{target}`"),
    }
}
