//! What makes a finding the same as one of an earlier run: our own fingerprint, which survives that lines move, and the one
//! that GitHub's upload action computes (`ci/formats`, section 1.4).

use crate::model::finding::Finding;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};

/// The field of SARIF in which this fingerprint stands.
pub const FINGERPRINT_KEY: &str = "codeartsGate/v1";
/// Kept of the digest; its text has twice as many digits.
const LENGTH: usize = 16;
/// Larger sources are not read for fingerprints.
const SOURCE_LIMIT: u64 = 2 * 1024 * 1024;

/// The same for a finding in every run, as long as its path, rule and line of code (or message) stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; LENGTH]);

impl Fingerprint {
    /// Reads what [`fmt::Display`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; LENGTH];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl Fingerprint {
    /// Puts its text into the place of another.
    pub(super) fn write(self, text: &mut String) {
        text.clear();
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        text.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

/// Findings with the same path, rule and line of code (or message), whichever number they have. Short: a comment shows it, and all
/// findings on changed lines have one in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Group(u32);

impl Group {
    /// That of a finding.
    pub fn of(finding: &Finding) -> Self {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&digest(finding).finalize()[..4]);
        Self(u32::from_be_bytes(bytes))
    }

    /// Reads what [`fmt::Display`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 4];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(u32::from_be_bytes(bytes)))
    }
}

impl fmt::Display for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:08x}", self.0)
    }
}

/// The line of code, else the message.
fn said(finding: &Finding) -> &str {
    let code = finding.code.trim();
    if code.is_empty() { &finding.message } else { code }
}

/// What makes findings the same, but for their number.
fn digest(finding: &Finding) -> Sha256 {
    let mut digest = Sha256::new();
    for part in [finding.path.as_str(), &finding.rule, said(finding)] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest
}

/// Gives findings their fingerprints. Where several have the same path, rule and code, they are numbered, so
/// findings have to come in their order.
#[derive(Debug, Default)]
pub struct Fingerprints {
    hasher: RandomState,
    /// How often each was there, by a short digest of it.
    seen: HashMap<u64, u32>,
}

impl Fingerprints {
    /// The fingerprint of the next finding.
    pub fn of(&mut self, finding: &Finding) -> Fingerprint {
        // What does not count is numbered apart, so that listing it changes nothing about what does.
        let counts = finding.counts();
        let identity = (&finding.path, &finding.rule, said(finding), counts);
        let occurrence = self.seen.entry(self.hasher.hash_one(identity)).or_default();
        *occurrence += 1;
        let mut digest = digest(finding);
        digest.update(occurrence.to_be_bytes());
        if !counts {
            digest.update("does not count");
        }
        let mut bytes = [0; LENGTH];
        bytes.copy_from_slice(&digest.finalize()[..LENGTH]);
        Fingerprint(bytes)
    }
}

/// Units that one value covers.
const WINDOW: usize = 100;
/// The base of the polynomial.
const BASE: u64 = 37;
/// Stands for the end of the file.
const END_OF_FILE: u16 = 65_535;
const LINE_FEED: u16 = b'\n' as u16;

/// A `primaryLocationLineHash`: the value, and how often it has been there.
pub type LineHash = (u64, u32);

/// The hash of every line of a text, in order; a text that ends with a line break has one more, empty line.
pub fn line_hashes(text: &str) -> Vec<LineHash> {
    let mut units: Vec<u16> = Vec::with_capacity(text.len() + WINDOW + 1);
    let mut after_return = false;
    for unit in text.encode_utf16() {
        match unit {
            0x20 | 0x09 => after_return = false,
            0x0d => {
                units.push(LINE_FEED);
                after_return = true;
            }
            LINE_FEED if after_return => after_return = false,
            _ => {
                units.push(unit);
                after_return = false;
            }
        }
    }
    units.push(END_OF_FILE);
    let length = units.len();
    units.resize(length + WINDOW, 0);

    let leaving = BASE.wrapping_pow(WINDOW as u32);
    let mut value = units[..WINDOW].iter().fold(0, |value, unit| step(value, *unit));
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let mut hashes = Vec::new();
    let mut begins_line = true;
    for position in 0..length {
        if begins_line {
            let count = seen.entry(value).or_default();
            *count += 1;
            hashes.push((value, *count));
        }
        begins_line = units[position] == LINE_FEED;
        value =
            step(value, units[position + WINDOW]).wrapping_sub(leaving.wrapping_mul(units[position].into()));
    }
    hashes
}

const fn step(value: u64, unit: u16) -> u64 {
    value.wrapping_mul(BASE).wrapping_add(unit as u64)
}

/// The sources beside the pipeline, for [`line_hashes`]. Remembers the file it read last, because findings come by file.
#[derive(Debug)]
pub struct Sources {
    /// The checkout, without symbolic links in its own name.
    root: Option<PathBuf>,
    latest: Option<(String, Vec<LineHash>)>,
}

impl Sources {
    /// Sources below a directory.
    pub fn new(root: &Path) -> Self {
        Self { root: root.canonicalize().ok(), latest: None }
    }

    /// The hash of a line; `None` where the file is not there.
    pub fn line_hash(&mut self, path: &str, line: u32) -> Option<String> {
        if self.latest.as_ref().is_none_or(|(known, _)| known != path) {
            let hashes = self.read(path).map(|text| line_hashes(&text)).unwrap_or_default();
            self.latest = Some((path.to_owned(), hashes));
        }
        let (_, hashes) = self.latest.as_ref()?;
        hashes.get(line as usize - 1).map(|(value, count)| format!("{value:x}:{count}"))
    }

    /// A file below the checkout, wherever its name would lead.
    fn read(&self, path: &str) -> Option<String> {
        let root = self.root.as_ref()?;
        let path = root.join(path).canonicalize().ok().filter(|path| path.starts_with(root))?;
        let bytes = crate::file::read(&path, SOURCE_LIMIT).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Severity;

    #[test]
    fn the_vectors_of_the_upload_action() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/fingerprint_vectors.json");
        let text = std::fs::read_to_string(path).expect("the vectors");
        let vectors: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let vectors = vectors.as_array().expect("a list");
        for vector in vectors {
            let hashes = line_hashes(vector["text"].as_str().expect("text"));
            let lines = vector["lines"].as_object().expect("lines");
            assert_eq!(hashes.len(), lines.len(), "{}", vector["name"]);
            for (line, expected) in lines {
                let line: usize = line.parse().expect("a number");
                let (value, count) = hashes[line - 1];
                let hash = format!("{value:x}:{count}");
                assert_eq!(hash, expected.as_str().expect("text"), "{}: {line}", vector["name"]);
            }
        }
        assert_eq!(vectors.len(), 8);
    }

    #[test]
    fn findings_keep_their_fingerprint_when_lines_move() {
        let finding = |line, code: &str| Finding {
            code: code.to_owned(),
            ..Finding::new(Severity::Minor, "src/a.c", Some(line), "r", "m")
        };
        let mut before = Fingerprints::default();
        let mut after = Fingerprints::default();
        let first = [before.of(&finding(3, "x = 1;")), before.of(&finding(9, " x = 1;"))];
        let second = [after.of(&finding(13, "  x = 1;")), after.of(&finding(19, "x = 1;"))];
        assert_eq!(first, second);
        assert_ne!(first[0], first[1]);
        assert_ne!(before.of(&finding(3, "x = 2;")), first[0]);
        assert_eq!(Fingerprint::parse(&first[0].to_string()), Some(first[0]));
        assert_eq!(Fingerprint::parse("00"), None);
        let groups = [(3, "x = 1;"), (9, " x = 1;"), (3, "x = 2;")]
            .map(|(line, code)| Group::of(&finding(line, code)));
        assert!(groups[0] == groups[1] && groups[1] != groups[2], "{groups:?}");
        assert_eq!(Group::parse(&groups[0].to_string()), Some(groups[0]));
    }

    #[test]
    fn only_files_below_the_checkout_are_read() {
        let root = tempfile::tempdir().expect("a directory");
        let checkout = root.path().join("checkout");
        std::fs::create_dir(&checkout).expect("a directory");
        std::fs::write(root.path().join("secret"), "a\n").expect("a file");
        std::fs::write(checkout.join("a.c"), "a\nb\nc\n").expect("a file");
        #[cfg(unix)]
        std::os::unix::fs::symlink(root.path().join("secret"), checkout.join("link")).expect("a link");
        let mut sources = Sources::new(&checkout);
        assert_eq!(sources.line_hash("a.c", 2).as_deref(), Some("9ed7939040abc6c0:1"));
        assert_eq!(sources.line_hash("a.c", 9), None);
        for outside in ["../secret", "/etc/passwd", "link", "none", "."] {
            assert_eq!(sources.line_hash(outside, 1), None, "{outside}");
        }
    }
}
