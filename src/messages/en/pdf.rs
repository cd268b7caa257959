//! The PDF report in English.

use super::parts::inner;
use crate::messages::pdf::PdfMessage;
use crate::text::{bytes, count, duration};

/// The words of a message.
pub(in crate::messages) fn pdf(message: &PdfMessage) -> String {
    match message {
        PdfMessage::Saved { path, bytes: size, sha256 } => {
            format!("report: {} ({}, sha256 {sha256})", path.display(), bytes(*size))
        }
        PdfMessage::Again { why, number, limit } => format!(
            "PDF download incomplete ({}); the file can be downloaded only once, starting export {number} of {limit}",
            inner(why)
        ),
        PdfMessage::Incomplete { tries, why } => {
            format!("PDF download incomplete after {}: {}", count((*tries).into(), "export"), inner(why))
        }
        PdfMessage::ExportFailed(why) => format!("CodeArts could not make the PDF: {}", inner(why)),
        PdfMessage::NotInTime(Some(limit)) => {
            format!("the PDF was not ready within {} (`--report-timeout`)", duration(*limit))
        }
        PdfMessage::NotInTime(None) => "the PDF was not ready in time (`--report-timeout`)".to_owned(),
        PdfMessage::NotStored => "the PDF could not be stored".to_owned(),
    }
}
