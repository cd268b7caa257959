//! Files on disk in English.

use crate::messages::store::{StoreHint, StoreMessage, StorePlace};
use crate::text::bytes;

/// What became of a file or of the report directory.
pub(in crate::messages) fn store(message: &StoreMessage) -> String {
    match message {
        StoreMessage::DirectoryNotCreated { path } => {
            format!("could not create the report directory `{path}`")
        }
        StoreMessage::DirectoryNotWritable { path } => {
            format!("could not write to the report directory `{path}`")
        }
        StoreMessage::DirectoryNotOpened { path } => format!("could not open the report directory `{path}`"),
        StoreMessage::DirectoryInUse { path } => {
            format!("another codearts-gate is using the report directory `{path}`")
        }
        StoreMessage::DirectoryNotLocked { path, error } => format!(
            "could not lock the report directory `{path}` ({error}): two runs must not use it at the same time"
        ),
        StoreMessage::DirectoryRemoved { path } => {
            format!("the report directory `{path}` was removed during the run; creating it again")
        }
        StoreMessage::LinkOutside { place, path, link, target } => {
            let place = match place {
                StorePlace::ReportDirectory => "the report directory",
                StorePlace::Baseline => "the place of `--write-baseline`",
            };
            format!(
                "could not use {place} `{path}`: `{link}` is a link out of the checkout to `{target}`, and may come from the code under review"
            )
        }
        StoreMessage::NotRemoved { path } => format!("could not remove the old file `{path}`"),
        StoreMessage::NotWritten { path } => format!("could not write `{path}`"),
        StoreMessage::NoSpace { path, free, needed } => {
            format!("only {} free in `{path}`, {} needed", bytes(*free), bytes(*needed))
        }
        StoreMessage::PdfTooLarge { limit } => format!("the PDF is larger than {}", bytes(*limit)),
        StoreMessage::PdfLength { bytes, announced } => {
            format!("received {bytes} bytes instead of {announced}")
        }
        StoreMessage::PdfWithoutEnd { bytes } => format!("the end is missing after {bytes} bytes"),
        StoreMessage::PdfNotWritten => "could not write the PDF".to_owned(),
    }
}

/// What to do about a file or the report directory.
pub(in crate::messages) fn store_hint(hint: &StoreHint) -> String {
    match hint {
        StoreHint::OtherDirectory => "choose another directory with `--report-dir`".to_owned(),
        StoreHint::OneDirectoryEach => {
            "give each run a report directory of its own with `--report-dir`".to_owned()
        }
        StoreHint::FreeSpace => "free some space".to_owned(),
        StoreHint::NameTarget { target } => format!("name `{target}` itself, if that directory is meant"),
    }
}
