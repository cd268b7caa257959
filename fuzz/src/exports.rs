//! Answers about exports of the PDF, and the file itself.

use crate::codearts::call;
use crate::promise;
use crate::wire::document;
use codearts_gate::codearts::pdf::{ExportState, PDF_MAGIC};
use codearts_gate::messages::Message;

/// An export that was started, and how it stands.
pub fn pdf_job(input: &[u8]) {
    let started =
        call(input, async |wire, deadline| wire.service.start_export(&wire.id, "title", deadline).await);
    if let Some(export) = started {
        assert!((1..=60).contains(&export.ask_after.as_secs()), "{export:?}");
    }
    let state = call(input, async |wire, _| wire.service.export_state(&wire.id, "7").await);
    match state {
        Some(ExportState::Running(percent)) => {
            assert!(percent.is_none_or(|percent| (0.0..=100.0).contains(&percent)), "{percent:?}");
        }
        Some(ExportState::Failed(why)) => promise::sentence(&Message::from(why)),
        Some(ExportState::Ready(_)) => {
            if let Some(body) = document(input) {
                let status = body["result"]["jobStatus"].as_str().unwrap_or_default();
                assert!(status.trim().eq_ignore_ascii_case("success"), "{body}");
            }
        }
        None => {}
    }
}

/// The file, or what comes in its place.
pub fn pdf_file(input: &[u8]) {
    // A PDF is no document, so that half of one may be the beginning of a whole one: its length shows that, not its form.
    let read = call(input, async |wire, _| {
        let mut stream = wire.service.open_pdf(&wire.id, "/file").await?;
        let mut bytes = Vec::new();
        while let Some(piece) = stream.next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok((stream.length, bytes))
    });
    let Some((length, bytes)) = read else { return };
    assert!(bytes.starts_with(PDF_MAGIC), "{bytes:?}");
    assert!(length.is_none_or(|length| length == bytes.len() as u64), "{length:?} for {}", bytes.len());
}
