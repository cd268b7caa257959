//! The PDF report in Chinese.

use super::parts::inner;
use crate::messages::pdf::PdfMessage;
use crate::text::{bytes, duration};

/// The words of a message.
pub(in crate::messages) fn pdf(message: &PdfMessage) -> String {
    match message {
        PdfMessage::Saved { path, bytes: size, sha256 } => {
            format!("报告：{}（{}，sha256 {sha256}）", path.display(), bytes(*size))
        }
        PdfMessage::Again { why, number, limit } => format!(
            "PDF 下载不完整（{}）；该文件只能下载一次，开始第 {number} 次导出，最多 {limit} 次",
            inner(why)
        ),
        PdfMessage::Incomplete { tries, why } => {
            format!("导出 {tries} 次后 PDF 下载仍不完整：{}", inner(why))
        }
        PdfMessage::ExportFailed(why) => format!("CodeArts 无法生成 PDF：{}", inner(why)),
        PdfMessage::NotInTime(Some(limit)) => {
            format!("PDF 未能在 {} 内准备好（`--report-timeout`）", duration(*limit))
        }
        PdfMessage::NotInTime(None) => "PDF 未能及时准备好（`--report-timeout`）".to_owned(),
        PdfMessage::NotStored => "无法保存 PDF".to_owned(),
    }
}
