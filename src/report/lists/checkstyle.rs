//! Findings as Checkstyle XML (`ci/formats`, section 5.2).

use crate::error::Problem;
use crate::model::finding::Severity;
use crate::report::escape::xml_text;
use crate::report::format::Format;
use crate::report::lists::list::{ListSubject, Marked, Output, Writer, labelled, shown_severity};
use quick_xml::Writer as XmlWriter;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, Event};
use std::io::{self, Write as _};

/// How its files are known.
pub(crate) const FORMAT: Format = Format {
    name: "checkstyle",
    ending: "checkstyle.xml",
    media_type: "application/xml",
    help: "Findings as Checkstyle XML",
    is_list: true,
};

/// What a finding is called.
const ELEMENT: &str = "error";
/// Bytes that names and numbers take in it, about.
const CONTENT: usize = 100;

/// Begins a list.
pub(crate) fn begin(output: Output, _subject: ListSubject<'_>) -> io::Result<Box<dyn Writer>> {
    Ok(Box::new(Checkstyle::begin(output)?))
}

pub(crate) struct Checkstyle {
    writer: XmlWriter<Output>,
    /// The file whose findings are being written.
    file: Option<String>,
}

impl Checkstyle {
    fn begin(output: Output) -> io::Result<Self> {
        let mut writer = XmlWriter::new_with_indent(output, b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let root = BytesStart::new("checkstyle").with_attributes([("version", "10.0")]);
        writer.write_event(Event::Start(root))?;
        Ok(Self { writer, file: None })
    }

    fn end_file(&mut self) -> io::Result<()> {
        if self.file.take().is_some() {
            self.writer.write_event(Event::End(BytesEnd::new("file")))?;
        }
        Ok(())
    }
}

impl Writer for Checkstyle {
    fn finding(&mut self, Marked { finding, .. }: &Marked) -> io::Result<()> {
        if self.file.as_ref() != Some(&finding.path) {
            self.end_file()?;
            let path = xml_text(&finding.path);
            let file = BytesStart::new("file").with_attributes([("name", path.as_ref())]);
            self.writer.write_event(Event::Start(file))?;
            self.file = Some(finding.path.clone());
        }
        let severity = match shown_severity(finding) {
            Severity::Critical | Severity::Major => "error",
            Severity::Minor => "warning",
            Severity::Suggestion => "info",
        };
        let line = finding.line.unwrap_or(1).to_string();
        let column = finding.columns.map(|(start, _)| start.to_string());
        let message = labelled(finding);
        // What follows the last dot is taken for the name of the rule.
        let source = format!("codearts.{}", finding.rule.replace('.', "_"));
        let mut content = String::with_capacity(CONTENT + message.len() + source.len());
        content.push_str(ELEMENT);
        let mut error = BytesStart::from_content(content, ELEMENT.len());
        error.push_attribute(("line", line.as_str()));
        if let Some(column) = &column {
            error.push_attribute(("column", column.as_str()));
        }
        error.push_attribute(("severity", severity));
        error.push_attribute(("message", xml_text(&message).as_ref()));
        error.push_attribute(("source", xml_text(&source).as_ref()));
        self.writer.write_event(Event::Empty(error))
    }

    fn finish(&mut self) -> io::Result<Option<Problem>> {
        self.end_file()?;
        self.writer.write_event(Event::End(BytesEnd::new("checkstyle")))?;
        self.writer.get_mut().write_all(b"\n")?;
        self.writer.get_mut().flush()?;
        Ok(None)
    }
}
