//! Whether a file is whole: read by the readers of its format.

use serde_json::Value;

/// Fails with the reason where the file breaks off.
pub(crate) fn check(name: &str, bytes: &[u8]) -> Result<(), String> {
    let (_, ending) = name.rsplit_once('.').unwrap_or_default();
    match ending {
        "pdf" => pdf(bytes),
        "json" | "sarif" => {
            serde_json::from_slice::<Value>(bytes).map(drop).map_err(|error| error.to_string())
        }
        "xml" => xml(bytes),
        "html" => ends_with(bytes, "</html>"),
        "csv" => csv(bytes),
        "md" | "env" => match bytes {
            [.., b'\n'] => Ok(()),
            _ => Err("its last line breaks off".to_owned()),
        },
        _ => Err("a file that no format has".to_owned()),
    }
}

/// A PDF from its first to its last line.
pub(crate) fn pdf(bytes: &[u8]) -> Result<(), String> {
    if !bytes.starts_with(b"%PDF-") {
        return Err(format!("{} bytes without a beginning", bytes.len()));
    }
    ends_with(bytes, "%%EOF")
}

fn ends_with(bytes: &[u8], end: &str) -> Result<(), String> {
    let is_whole = bytes.trim_ascii_end().ends_with(end.as_bytes());
    if is_whole { Ok(()) } else { Err(format!("{} bytes without `{end}`", bytes.len())) }
}

fn xml(bytes: &[u8]) -> Result<(), String> {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let (mut depth, mut elements) = (0_usize, 0_usize);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            quick_xml::events::Event::Start(_) => (depth, elements) = (depth + 1, elements + 1),
            quick_xml::events::Event::Empty(_) => elements += 1,
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof if depth == 0 && elements > 0 => return Ok(()),
            quick_xml::events::Event::Eof => return Err(format!("{depth} elements are open")),
            _ => {}
        }
    }
}

fn csv(bytes: &[u8]) -> Result<(), String> {
    let mut reader = csv::Reader::from_reader(bytes);
    for record in reader.records() {
        record.map_err(|error| error.to_string())?;
    }
    if bytes.ends_with(b"\n") { Ok(()) } else { Err("its last line breaks off".to_owned()) }
}
