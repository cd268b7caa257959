//! A zip archive of report files, for places that take no single file.

use crate::report::store::directory::ReportDirectory;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::Path;
use tempfile::NamedTempFile;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// Files from this size on need the larger form of the format.
const LARGE_FILE: u64 = u32::MAX as u64;
/// Pieces in which a file is read for its digest.
const PIECE: usize = 64 * 1024;

/// An archive; gone when dropped.
#[derive(Debug)]
pub struct Archive {
    /// Where it lies.
    pub file: NamedTempFile,
    /// Its size.
    pub bytes: u64,
    /// Digest of its bytes, lower-case hex.
    pub sha256: String,
}

/// Packs files, each under its name. Ordinary local headers, no directory entries: others unpack it as a stream
/// (`ci/github`, section 1.7).
///
/// # Errors
/// When the file cannot be read or the disk refuses.
pub fn pack<'a>(
    directory: &ReportDirectory,
    files: impl IntoIterator<Item = (&'a Path, &'a str)>,
) -> io::Result<Archive> {
    let mut writer = zip::ZipWriter::new(directory.temporary()?);
    for (path, name) in files {
        let mut source = File::open(path)?;
        let is_large = source.metadata()?.len() >= LARGE_FILE;
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .unix_permissions(0o644)
            .large_file(is_large);
        writer.start_file(name, options)?;
        io::copy(&mut source, &mut writer)?;
    }
    let mut file = writer.finish()?;
    let bytes = file.seek(io::SeekFrom::End(0))?;
    file.rewind()?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            length => hash.update(&piece[..length]),
        }
    }
    Ok(Archive { file, bytes, sha256: hex::encode(hash.finalize()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::store::workspace::Workspace;

    #[test]
    fn the_archive_holds_the_files() {
        let root = tempfile::tempdir().expect("a directory");
        let directory = ReportDirectory::prepare(root.path(), &Workspace::default()).expect("writable");
        let path = root.path().join("t.pdf");
        let content = b"%PDF-1.7 body ".repeat(20_000);
        std::fs::write(&path, &content).expect("a file");
        let archive = pack(&directory, [(path.as_path(), "t.pdf"), (&path, "u.pdf")]).expect("packed");
        let packed = std::fs::read(archive.file.path()).expect("the archive");
        assert_eq!(packed.len() as u64, archive.bytes);
        assert_eq!(hex::encode(Sha256::digest(&packed)), archive.sha256);
        assert!(packed.len() < content.len() / 10);
        let mut opened =
            zip::ZipArchive::new(archive.file.reopen().expect("the archive")).expect("an archive");
        assert_eq!(opened.len(), 2);
        for name in ["t.pdf", "u.pdf"] {
            let mut unpacked = Vec::new();
            opened.by_name(name).expect("the entry").read_to_end(&mut unpacked).expect("unpacked");
            assert_eq!(unpacked, content);
        }
    }
}
