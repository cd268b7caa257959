//! A PDF on its way to the disk: hashed and checked as it comes, in constant memory, and named only when whole.

use crate::error::Problem;
use crate::file::long_path::persist;
use crate::messages::StoreMessage;
use crate::report::format::Format;
use crate::report::store::directory::ReportDirectory;
use sha2::{Digest as _, Sha256};
use std::io::{self, Write as _};
use std::path::PathBuf;
use tempfile::NamedTempFile;

/// How its files are known.
pub(crate) const FORMAT: Format = Format {
    name: "pdf",
    ending: "pdf",
    media_type: "application/pdf",
    help: "The PDF report of CodeArts",
    is_list: false,
};

/// A whole PDF ends with this, white space aside.
const TRAILER: &[u8] = b"%%EOF";
/// The trailer is looked for in this many last bytes, as readers do, where nothing else says that all came.
const TAIL_LENGTH: usize = 1024;
/// The same where the announced length came whole: what stands behind the trailer is filling then.
const FILLED_TAIL_LENGTH: usize = 64 * 1024;
/// Largest PDF that is accepted.
pub const PDF_LIMIT: u64 = 4 * 1024 * 1024 * 1024;

/// Why a PDF was not kept.
#[derive(Debug)]
pub enum PdfError {
    /// The bytes are not those of a whole PDF.
    Broken(StoreMessage),
    /// The disk refused.
    Disk(Problem),
}

impl From<io::Error> for PdfError {
    fn from(error: io::Error) -> Self {
        Self::Disk(Problem::new(StoreMessage::PdfNotWritten).because(error))
    }
}

/// A PDF under its final name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PdfFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Digest of its bytes, lower-case hex.
    pub sha256: String,
}

/// A PDF of which more is to come. Dropping it leaves nothing behind.
#[derive(Debug)]
pub struct PartialPdf {
    file: NamedTempFile,
    hash: Sha256,
    bytes: u64,
    tail: Vec<u8>,
}

impl PartialPdf {
    /// Begins a file in `directory`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn create(directory: &ReportDirectory) -> Result<Self, PdfError> {
        Ok(Self { file: directory.temporary()?, hash: Sha256::new(), bytes: 0, tail: Vec::new() })
    }

    /// Adds a piece.
    ///
    /// # Errors
    /// When the disk refuses, or the file grows beyond [`PDF_LIMIT`].
    pub fn write(&mut self, piece: &[u8]) -> Result<(), PdfError> {
        self.bytes += piece.len() as u64;
        if self.bytes > PDF_LIMIT {
            return Err(PdfError::Broken(StoreMessage::PdfTooLarge { limit: PDF_LIMIT }));
        }
        self.file.write_all(piece)?;
        self.hash.update(piece);
        let kept = FILLED_TAIL_LENGTH.saturating_sub(piece.len()).min(self.tail.len());
        self.tail.drain(..self.tail.len() - kept);
        self.tail.extend_from_slice(&piece[piece.len().saturating_sub(FILLED_TAIL_LENGTH)..]);
        Ok(())
    }

    /// Brings what has come to the disk: to be done beside everything else, for it may take long.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sync(&self) -> Result<impl FnOnce() -> io::Result<()> + Send + use<>, PdfError> {
        let disk = self.file.as_file().try_clone()?;
        Ok(move || disk.sync_all())
    }

    /// Checks that all of it came, and gives it its name.
    ///
    /// # Errors
    /// When bytes or the trailer are missing, or the disk refuses; then no file is left.
    pub fn finish(self, announced: Option<u64>, path: PathBuf) -> Result<PdfFile, PdfError> {
        if let Some(announced) = announced
            && announced != self.bytes
        {
            return Err(PdfError::Broken(StoreMessage::PdfLength { bytes: self.bytes, announced }));
        }
        let length = if announced.is_some() { FILLED_TAIL_LENGTH } else { TAIL_LENGTH };
        let tail = &self.tail[self.tail.len().saturating_sub(length)..];
        if !tail.windows(TRAILER.len()).any(|window| window == TRAILER) {
            return Err(PdfError::Broken(StoreMessage::PdfWithoutEnd { bytes: self.bytes }));
        }
        persist(self.file, &path)?;
        Ok(PdfFile { path, bytes: self.bytes, sha256: hex::encode(self.hash.finalize()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::store::workspace::Workspace;
    use proptest::prelude::*;

    fn directory() -> (tempfile::TempDir, ReportDirectory) {
        let root = tempfile::tempdir().expect("a directory");
        let directory = ReportDirectory::prepare(root.path(), &Workspace::default()).expect("writable");
        (root, directory)
    }

    fn write(pieces: &[&[u8]], announced: Option<u64>) -> (usize, Result<PdfFile, PdfError>) {
        let (root, directory) = directory();
        let mut pdf = PartialPdf::create(&directory).expect("a file");
        for piece in pieces {
            pdf.write(piece).expect("written");
        }
        let finished = pdf.finish(announced, directory.pdf_path("t"));
        let files = std::fs::read_dir(root.path()).expect("a listing").count();
        (files, finished)
    }

    #[test]
    fn a_whole_file_is_named_and_hashed() {
        let (files, finished) = write(&[b"%PDF-1.7 ", b"body", b" %%EO", b"F\n"], Some(20));
        let pdf = finished.expect("whole");
        assert_eq!((files, pdf.bytes), (1, 20));
        assert_eq!(pdf.sha256, hex::encode(Sha256::digest(b"%PDF-1.7 body %%EOF\n")));
    }

    #[test]
    fn a_broken_file_leaves_nothing() {
        let cases: [(&[&[u8]], Option<u64>); 5] = [
            (&[b"%PDF-1.7 body"], None),
            (&[b"%PDF-1.7 body %%EOF"], Some(100)),
            (&[b"%PDF-1.7 body %%EOF"], Some(10)),
            (&[b"%PDF-%%EOF", &[b' '; 2000]], None),
            (&[b"%PDF-%%EOF", &[0; 70_000]], Some(70_010)),
        ];
        for (pieces, announced) in cases {
            let (files, finished) = write(pieces, announced);
            assert!(matches!(finished, Err(PdfError::Broken(_))), "{finished:?}");
            assert_eq!(files, 0);
        }
    }

    #[test]
    fn filling_behind_the_trailer_is_kept_where_all_of_it_was_announced() {
        let (files, finished) = write(&[b"%PDF-%%EOF", &[0; 60_000]], Some(60_010));
        assert_eq!((files, finished.expect("whole").bytes), (1, 60_010));
    }

    proptest! {
        /// However the bytes are cut into pieces, the kept tail is the end of the file.
        #[test]
        fn the_tail_is_the_end(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..30_000), 0..8)) {
            let (_root, directory) = directory();
            let mut pdf = PartialPdf::create(&directory).expect("a file");
            for piece in &pieces {
                pdf.write(piece).expect("written");
            }
            let all = pieces.concat();
            prop_assert_eq!(&pdf.tail[..], &all[all.len().saturating_sub(FILLED_TAIL_LENGTH)..]);
            prop_assert_eq!(pdf.bytes, all.len() as u64);
        }
    }
}
