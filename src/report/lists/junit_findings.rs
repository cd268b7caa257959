//! Findings as JUnit XML (`ci/formats`, section 3), one test a finding: what counts failed, all others are skipped. The names stay as
//! they are when lines move, so that their history says since when a finding is there.

use crate::error::Problem;
use crate::messages::{Hint, JunitText, Label, ListHint, ListMessage};
use crate::model::finding::{Finding, Status};
use crate::model::language::Language;
use crate::report::escape::xml_text;
use crate::report::format::Format;
use crate::report::lists::list::{ListSubject, Marked, Output, Writer};
use crate::text::{kept_lines, one_line};
use quick_xml::Writer as XmlWriter;
use quick_xml::escape::escape;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use std::io::{self, Seek as _, SeekFrom, Write as _};

/// Class of the tests; what follows is the rule.
const CLASS: &str = "codearts-gate.findings";
/// Tests in a file at most, in bytes: GitLab reads no file of 30 MB.
const FILE_LIMIT: usize = 29_000_000;
/// Longest part of a name, in characters.
const PART_LIMIT: usize = 120;
/// Longest text of a finding, in characters.
const TEXT_LIMIT: usize = 4_000;
/// Room for the numbers at the beginning of the file.
const NUMBERS_WIDTH: usize = 120;
/// Digits of a fingerprint that keep names apart.
const FINGERPRINT_DIGITS: usize = 16;

/// How its files are known.
pub(crate) const FORMAT: Format = Format {
    name: "junit=findings",
    ending: "findings.junit.xml",
    media_type: "application/xml",
    help: "`junit`, and a second file with one test a finding",
    is_list: true,
};

/// Begins a list.
pub(crate) fn begin(output: Output, subject: ListSubject<'_>) -> io::Result<Box<dyn Writer>> {
    let language = subject.language;
    let suite = JunitText::FindingsSuite { task: subject.task_id.to_owned() }.text(language);
    let mut file = JunitFindings { output, suite, language, failures: 0, skipped: 0, left_out: 0, bytes: 0 };
    file.write_head()?;
    Ok(Box::new(file))
}

struct JunitFindings {
    output: Output,
    suite: String,
    language: Language,
    failures: u64,
    skipped: u64,
    left_out: u64,
    bytes: usize,
}

impl JunitFindings {
    /// Writes the beginning, which is as long whatever the numbers are: they are known when the end is written.
    fn write_head(&mut self) -> io::Result<()> {
        let Self { failures, skipped, .. } = *self;
        // Without any test Jenkins rejects the file.
        let tests = (failures + skipped).max(1);
        let numbers = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"");
        let name = escape(xml_text(&self.suite));
        writeln!(
            self.output,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"{name}\" {numbers:<NUMBERS_WIDTH$}>"
        )
    }
}

/// A test with what became of it, if that is not a pass: element, kind and text.
fn case(name: &str, class: &str, ended: Option<(&str, &str, &str)>) -> io::Result<Vec<u8>> {
    let mut writer = XmlWriter::new(Vec::new());
    let case = BytesStart::new("testcase").with_attributes([("name", name), ("classname", class)]);
    match ended {
        None => writer.write_event(Event::Empty(case))?,
        Some((element, kind, text)) => {
            // GitLab shows the text only, Jenkins the message too.
            let message = text.lines().next().unwrap_or_default();
            let start = BytesStart::new(element).with_attributes([("message", message), ("type", kind)]);
            writer.write_event(Event::Start(case))?;
            writer.write_event(Event::Start(start))?;
            writer.write_event(Event::Text(BytesText::new(text)))?;
            writer.write_event(Event::End(BytesEnd::new(element)))?;
            writer.write_event(Event::End(BytesEnd::new("testcase")))?;
        }
    }
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

impl Writer for JunitFindings {
    fn finding(&mut self, Marked { finding, fingerprint, is_known }: &Marked) -> io::Result<()> {
        let Finding { path, line, rule, message, code, status, .. } = finding;
        let part = |text: &str| xml_text(&one_line(text, PART_LIMIT)).into_owned();
        let digits = fingerprint.get(..FINGERPRINT_DIGITS).unwrap_or(fingerprint);
        let name = format!("{}: {} [{digits}]", part(path), part(message));
        // The last dot divides package and class.
        let class = format!("{CLASS}.{}", part(rule).replace('.', "_"));
        let (element, kind) = match (finding.is_delayed, status, is_known) {
            (true, _, _) => ("skipped", "delayed"),
            (false, Status::Open, Some(true)) => ("skipped", "known"),
            (false, Status::Open, Some(false) | None) => ("failure", finding.severity.name()),
            (false, Status::Resolved | Status::Ignored, _) => ("skipped", status.name()),
        };
        let severity = Label::Severity(finding.severity).text(self.language);
        let line = line.map_or_else(String::new, |line| format!(":{line}"));
        let text = format!("{path}{line}: {severity}: {message} [{rule}]\n{}", code.trim());
        let text = kept_lines(&text, TEXT_LIMIT);
        let case = case(&name, &class, Some((element, kind, &xml_text(&text))))?;
        if self.bytes + case.len() > FILE_LIMIT {
            self.left_out += 1;
            return Ok(());
        }
        self.bytes += case.len();
        *(if element == "failure" { &mut self.failures } else { &mut self.skipped }) += 1;
        self.output.write_all(&case)
    }

    fn finish(&mut self) -> io::Result<Option<Problem>> {
        if self.failures + self.skipped == 0 {
            let name = JunitText::NoFindings.text(self.language);
            self.output.write_all(&case(&name, CLASS, None)?)?;
        }
        self.output.write_all(b"</testsuite>\n</testsuites>\n")?;
        self.output.seek(SeekFrom::Start(0))?;
        self.write_head()?;
        self.output.flush()?;
        let omitted = ListMessage::OmittedFromJunit { findings: self.left_out };
        Ok((self.left_out > 0).then(|| Problem::new(omitted).hint(Hint::List(ListHint::Csv))))
    }
}
