//! Findings as a table for spreadsheets, which take some texts for formulas; such texts are marked as text.

use crate::error::Problem;
use crate::report::format::Format;
use crate::report::lists::list::{ListSubject, Marked, Output, Writer};
use std::borrow::Cow;
use std::io::{self, Write as _};

/// How its files are known.
pub(crate) const FORMAT: Format = Format {
    name: "csv",
    ending: "csv",
    media_type: "text/csv",
    help: "Findings for spreadsheets",
    is_list: true,
};

/// Begins a list.
pub(crate) fn begin(output: Output, _subject: ListSubject<'_>) -> io::Result<Box<dyn Writer>> {
    Ok(Box::new(Csv::begin(output)?))
}

/// Shows spreadsheets that the file is UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

pub(crate) struct Csv {
    writer: csv::Writer<Output>,
}

impl Csv {
    fn begin(mut output: Output) -> io::Result<Self> {
        output.write_all(BYTE_ORDER_MARK)?;
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(output);
        writer.write_record([
            "severity",
            "status",
            "delayed",
            "baseline",
            "path",
            "line",
            "rule",
            "title",
            "message",
            "tags",
            "created at",
            "defect id",
            "fingerprint",
        ])?;
        Ok(Self { writer })
    }
}

impl Writer for Csv {
    fn finding(&mut self, marked: &Marked) -> io::Result<()> {
        let Marked { finding, fingerprint, is_known } = marked;
        let baseline = match is_known {
            None => "",
            Some(true) => "known",
            Some(false) => "new",
        };
        self.writer.write_record([
            finding.severity.name(),
            finding.status.name(),
            if finding.is_delayed { "yes" } else { "no" },
            baseline,
            &as_text(&finding.path),
            &finding.line.map(|line| line.to_string()).unwrap_or_default(),
            &as_text(&finding.rule),
            &as_text(&finding.rule_title),
            &as_text(&finding.message),
            &as_text(&finding.tags.join(", ")),
            &as_text(&finding.created_at),
            &as_text(&finding.id),
            fingerprint,
        ])?;
        Ok(())
    }

    fn finish(&mut self) -> io::Result<Option<Problem>> {
        self.writer.flush()?;
        Ok(None)
    }
}

/// The text with an apostrophe before what a spreadsheet would take for a formula. Some take a semicolon, a tab or a line break
/// for the beginning of another cell.
fn as_text(text: &str) -> Cow<'_, str> {
    let is_formula = |character: char| matches!(character, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    if text.bytes().all(|byte| byte.is_ascii() && !b"=+-@".contains(&byte)) {
        return Cow::Borrowed(text);
    }
    // Each character, and whether it is marked.
    let marked = || {
        let mut begins_cell = true;
        text.chars().map(move |character| {
            let is_marked = begins_cell && is_formula(character);
            begins_cell =
                matches!(character, ';' | '\t' | '\n' | '\r') || begins_cell && character.is_whitespace();
            (character, is_marked)
        })
    };
    if !marked().any(|(_, is_marked)| is_marked) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 4);
    for (character, is_marked) in marked() {
        if is_marked {
            safe.push('\'');
        }
        safe.push(character);
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_formula() {
        let formulas = [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\t'=1"),
            (" =1", " '=1"),
            ("＝1", "'＝1"),
            ("a\n=1", "a\n'=1"),
            ("a;=1", "a;'=1"),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ];
        for (text, expected) in formulas {
            assert_eq!(as_text(text), expected);
        }
        for text in ["", "a=1", "1-2", "src/a.c", "'=1"] {
            assert_eq!(as_text(text), text);
        }
    }
}
