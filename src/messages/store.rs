//! About files on disk: the report directory and the PDF.

/// What became of a file or of the report directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum StoreMessage {
    /// The report directory cannot be created.
    DirectoryNotCreated {
        /// The directory.
        path: String,
    },
    /// Nothing can be written to the report directory.
    DirectoryNotWritable {
        /// The directory.
        path: String,
    },
    /// The report directory cannot be opened.
    DirectoryNotOpened {
        /// The directory.
        path: String,
    },
    /// Another process uses the report directory.
    DirectoryInUse {
        /// The directory.
        path: String,
    },
    /// The file system knows no locks.
    DirectoryNotLocked {
        /// The directory.
        path: String,
        /// The error of the system.
        error: String,
    },
    /// The report directory was removed during the run.
    DirectoryRemoved {
        /// The directory.
        path: String,
    },
    /// A path leaves the checkout over a link.
    LinkOutside {
        /// What is to be written there.
        place: StorePlace,
        /// The path.
        path: String,
        /// The link on it.
        link: String,
        /// Where the link leads.
        target: String,
    },
    /// A file of an earlier run cannot be removed.
    NotRemoved {
        /// The file.
        path: String,
    },
    /// A file cannot be written.
    NotWritten {
        /// The file.
        path: String,
    },
    /// The disk is full.
    NoSpace {
        /// The report directory.
        path: String,
        /// Bytes that are free.
        free: u64,
        /// Bytes that are needed.
        needed: u64,
    },
    /// The PDF is larger than this number of bytes.
    PdfTooLarge {
        /// The limit.
        limit: u64,
    },
    /// The PDF is longer or shorter than announced.
    PdfLength {
        /// Bytes that came.
        bytes: u64,
        /// Bytes that were announced.
        announced: u64,
    },
    /// The PDF has no end.
    PdfWithoutEnd {
        /// Bytes that came.
        bytes: u64,
    },
    /// The PDF cannot be written.
    PdfNotWritten,
}

/// What is written to a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum StorePlace {
    /// Reports: `--report-dir`.
    ReportDirectory,
    /// The next baseline: `--write-baseline`.
    Baseline,
}

/// What to do about a file or the report directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum StoreHint {
    /// Choose another report directory.
    OtherDirectory,
    /// Give each process a report directory of its own.
    OneDirectoryEach,
    /// Free some space.
    FreeSpace,
    /// Say that a directory outside the checkout is meant.
    NameTarget {
        /// The directory.
        target: String,
    },
}
