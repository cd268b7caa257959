//! The ratchet: findings that are known already, read from a file of an earlier run, and the file for the next one.

use crate::error::Problem;
use crate::file::long_path::{persist, reachable};
use crate::messages::{Hint, ListHint, ListMessage};
use crate::report::lists::fingerprint::{FINGERPRINT_KEY, Fingerprint};
use crate::text::without_mark;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

/// Largest file that is read, in bytes: the SARIF file of 300,000 findings has a third of it.
const FILE_LIMIT: u64 = 1024 * 1024 * 1024;

/// Version of the file.
const SCHEMA: u32 = 1;

/// Findings that are known already.
#[derive(Debug, Default)]
pub struct Baseline {
    known: HashSet<Fingerprint>,
}

/// What a file may hold: a baseline, JSON with issues, or SARIF. The code quality report is a bare list.
#[derive(Deserialize)]
struct Document {
    fingerprints: Option<Vec<Known>>,
    issues: Option<Vec<Entry>>,
    runs: Option<Vec<Run>>,
}

#[derive(Deserialize)]
struct Entry {
    fingerprint: Option<Known>,
}

#[derive(Deserialize)]
struct Run {
    #[serde(default)]
    results: Vec<SarifResult>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    #[serde(default)]
    partial_fingerprints: HashMap<String, Value>,
}

/// A fingerprint, if this program made it.
struct Known(Option<Fingerprint>);

impl<'de> Deserialize<'de> for Known {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Value::deserialize(deserializer)?.as_str().and_then(Fingerprint::parse)))
    }
}

impl Baseline {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or holds no fingerprints of this program although it has findings.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let shown = || path.display().to_string();
        let hint = Hint::List(ListHint::BaselineFiles);
        let file = crate::file::open(path, FILE_LIMIT).map_err(|error| {
            let what = ListMessage::BaselineNotRead { path: shown() };
            crate::file::not_read(what, &error).hint(Hint::List(ListHint::WriteBaseline))
        })?;
        let listed = Self::listed(BufReader::new(file)).map_err(|error| {
            Problem::new(ListMessage::BaselineUnknownForm { path: shown() }).because(error).hint(hint.clone())
        })?;
        let Some(listed) = listed else {
            return Err(Problem::new(ListMessage::BaselineWithoutFindings { path: shown() }).hint(hint));
        };
        let number = listed.len();
        let known: HashSet<Fingerprint> = listed.into_iter().flatten().collect();
        if number > 0 && known.is_empty() {
            return Err(Problem::new(ListMessage::BaselineWithoutFingerprints { path: shown() }).hint(hint));
        }
        Ok(Self { known })
    }

    /// The fingerprint of each finding in the file; `None`: it lists none.
    fn listed(mut file: BufReader<File>) -> io::Result<Option<Vec<Option<Fingerprint>>>> {
        let of_entries = |entries: Vec<Entry>| -> Vec<Option<Fingerprint>> {
            entries.into_iter().map(|entry| entry.fingerprint.and_then(|known| known.0)).collect()
        };
        let begin = file.fill_buf()?;
        let mark = begin.len() - without_mark(begin).len();
        file.consume(mark);
        if file.fill_buf()?.trim_ascii_start().starts_with(b"[") {
            return Ok(Some(of_entries(serde_json::from_reader(file)?)));
        }
        let Document { fingerprints, issues, runs } = serde_json::from_reader(file)?;
        let of_runs = |runs: Vec<Run>| {
            let results = runs.into_iter().flat_map(|run| run.results);
            results
                .map(|result| {
                    let fingerprint = result.partial_fingerprints.get(FINGERPRINT_KEY)?.as_str()?;
                    Fingerprint::parse(fingerprint)
                })
                .collect()
        };
        Ok(fingerprints
            .map(|all| all.into_iter().map(|known| known.0).collect())
            .or_else(|| issues.map(of_entries))
            .or_else(|| runs.map(of_runs)))
    }

    /// Whether a finding is known.
    pub fn contains(&self, fingerprint: Fingerprint) -> bool {
        self.known.contains(&fingerprint)
    }

    /// How many are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}

/// Writes the file for the next run; it replaces an old one when it is whole. The same findings give the same bytes.
///
/// # Errors
/// When the disk refuses.
pub fn write(path: &Path, open: &BTreeSet<Fingerprint>) -> io::Result<()> {
    #[derive(Serialize)]
    struct Head {
        schema: u32,
        tool: &'static str,
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(reachable(directory))?;
    let mut writer = BufWriter::new(file);
    let head = serde_json::to_string(&Head { schema: SCHEMA, tool: "codearts-gate baseline" })?;
    write!(writer, "{},\n\"fingerprints\": [", head.trim_end_matches('}'))?;
    for (position, fingerprint) in open.iter().enumerate() {
        write!(writer, "{}\n\"{fingerprint}\"", if position > 0 { "," } else { "" })?;
    }
    writer.write_all(b"\n]}\n")?;
    let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
    #[cfg(unix)]
    file.as_file().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    persist(file, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{Finding, Severity};
    use crate::report::lists::fingerprint::Fingerprints;

    fn read(text: &str) -> Result<Baseline, Problem> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), text).expect("written");
        Baseline::read(file.path())
    }

    #[test]
    fn what_is_written_can_be_read_and_does_not_depend_on_order() {
        let directory = tempfile::tempdir().expect("a directory");
        let mut fingerprints = Fingerprints::default();
        let open: BTreeSet<Fingerprint> = (0..50)
            .map(|line| fingerprints.of(&Finding::new(Severity::Minor, "a.c", Some(line), "r", "m")))
            .collect();
        let path = directory.path().join("baseline.json");
        write(&path, &open).expect("written");
        let baseline = Baseline::read(&path).expect("readable");
        assert_eq!(baseline.len(), 50);
        assert!(open.iter().all(|fingerprint| baseline.contains(*fingerprint)));
        write(&path, &BTreeSet::new()).expect("written");
        assert!(Baseline::read(&path).expect("readable").is_empty());
    }

    #[test]
    fn files_of_earlier_runs() {
        let digits = "00112233445566778899aabbccddeeff";
        let good = [
            format!(" [{{\"fingerprint\": \"{digits}\"}}]"),
            format!("{{\"issues\": [{{\"fingerprint\": \"{digits}\", \"type\": 1}}, {{}}]}}"),
            format!(
                "{{\"runs\": [{{\"results\": [{{\"partialFingerprints\": {{\"{FINGERPRINT_KEY}\": \"{digits}\"}}}}, {{}}]}}, {{}}]}}"
            ),
            format!("{{\"schema\": 1, \"fingerprints\": [\"{digits}\", 7]}}"),
        ];
        for text in good {
            let baseline = read(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(baseline.len(), 1, "{text}");
        }
        assert!(read("[]").expect("clean").is_empty());
        let bad = [
            ("{\"schema\": 1, \"tasks\": []}", "lists no findings"),
            ("{\"issues\": [{\"fingerprint\": \"x\"}]}", "do not have the fingerprints"),
            ("<xml>", "is not a baseline file"),
            ("", "is not a baseline file"),
        ];
        for (text, expected) in bad {
            let error = read(text).expect_err(text);
            assert!(error.to_string().contains(expected), "{text}: {error}");
        }
        let missing = Baseline::read(Path::new("/nonexistent/b.json")).expect_err("missing");
        assert_eq!(missing.hints, [Hint::List(ListHint::WriteBaseline)]);
    }
}
