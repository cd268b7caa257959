//! Findings in a file of this process alone: field after field, numbers in four bytes, texts and lists behind their length. A
//! finding is read into the place of another, whose memory is used again: to allocate it anew took half of the time.

use crate::model::finding::{Finding, FlowStep, Severity, Status};
use std::io::{self, BufRead, Read, Write};

/// Memory of a text that is used again, in bytes; more would be kept for texts that are longer than others.
const REUSED: usize = 512;

/// Adds a finding.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn write(output: &mut impl Write, finding: &Finding) -> io::Result<()> {
    let Finding {
        is_delayed,
        severity,
        path,
        line,
        rule,
        message,
        id,
        status,
        rule_title,
        tags,
        created_at,
        columns,
        code,
        flow,
    } = finding;
    for number in [u32::from(*is_delayed), *severity as u32, *status as u32] {
        write_number(output, number)?;
    }
    write_line(output, *line)?;
    write_line(output, columns.map(|(start, _)| start))?;
    write_line(output, columns.map(|(_, end)| end))?;
    for text in [path, rule, message, id, rule_title, created_at, code] {
        write_text(output, text)?;
    }
    write_length(output, tags.len())?;
    for tag in tags {
        write_text(output, tag)?;
    }
    write_length(output, flow.len())?;
    for FlowStep { path, line, message } in flow {
        write_text(output, path)?;
        write_line(output, *line)?;
        write_text(output, message)?;
    }
    Ok(())
}

/// Reads the next finding into the place of another; whether there is one.
///
/// # Errors
/// When the file cannot be read, or is not what was written.
pub(super) fn read(input: &mut impl BufRead, finding: &mut Finding) -> io::Result<bool> {
    if input.fill_buf()?.is_empty() {
        return Ok(false);
    }
    let Finding {
        is_delayed,
        severity,
        path,
        line,
        rule,
        message,
        id,
        status,
        rule_title,
        tags,
        created_at,
        columns,
        code,
        flow,
    } = finding;
    *is_delayed = read_number(input)? != 0;
    *severity = choice(&Severity::ALL, read_number(input)?)?;
    *status = choice(&Status::ALL, read_number(input)?)?;
    *line = read_line(input)?;
    *columns = read_line(input)?.zip(read_line(input)?);
    for text in [path, rule, message, id, rule_title, created_at, code] {
        read_text(input, text)?;
    }
    tags.resize_with(read_number(input)? as usize, String::new);
    for tag in tags {
        read_text(input, tag)?;
    }
    let step = || FlowStep { path: String::new(), line: None, message: String::new() };
    flow.resize_with(read_number(input)? as usize, step);
    for FlowStep { path, line, message } in flow {
        read_text(input, path)?;
        *line = read_line(input)?;
        read_text(input, message)?;
    }
    Ok(true)
}

fn write_number(output: &mut impl Write, number: u32) -> io::Result<()> {
    output.write_all(&number.to_le_bytes())
}

fn read_number(input: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    input.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

fn write_length(output: &mut impl Write, length: usize) -> io::Result<()> {
    write_number(output, u32::try_from(length).map_err(io::Error::other)?)
}

/// Whether there is a number, and which.
fn write_line(output: &mut impl Write, line: Option<u32>) -> io::Result<()> {
    write_number(output, u32::from(line.is_some()))?;
    write_number(output, line.unwrap_or_default())
}

fn read_line(input: &mut impl Read) -> io::Result<Option<u32>> {
    let is_there = read_number(input)? != 0;
    Ok(Some(read_number(input)?).filter(|_| is_there))
}

fn write_text(output: &mut impl Write, text: &str) -> io::Result<()> {
    write_length(output, text.len())?;
    output.write_all(text.as_bytes())
}

fn read_text(input: &mut impl Read, text: &mut String) -> io::Result<()> {
    let length = read_number(input)? as usize;
    let mut bytes = std::mem::take(text).into_bytes();
    if bytes.capacity() > REUSED.max(length) {
        bytes = Vec::new();
    }
    bytes.resize(length, 0);
    input.read_exact(&mut bytes)?;
    *text = String::from_utf8(bytes).map_err(io::Error::other)?;
    Ok(())
}

/// A value by its place among all.
fn choice<T: Copy>(all: &[T], place: u32) -> io::Result<T> {
    all.get(place as usize).copied().ok_or_else(|| io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn findings() -> impl Strategy<Value = Finding> {
        let text = "(.|\n){0,20}";
        let line = || any::<Option<u32>>();
        let step = (text, line(), text).prop_map(|(path, line, message)| FlowStep { path, line, message });
        let texts = prop::array::uniform7(text);
        let lists = (prop::collection::vec(text, 0..4), prop::collection::vec(step, 0..4));
        let choices = (any::<bool>(), 0..Severity::ALL.len(), 0..Status::ALL.len());
        (choices, texts, line(), any::<Option<(u32, u32)>>(), lists).prop_map(
            |((is_delayed, severity, status), texts, line, columns, (tags, flow))| {
                let [path, rule, message, id, rule_title, created_at, code] = texts;
                let (severity, status) = (Severity::ALL[severity], Status::ALL[status]);
                Finding {
                    is_delayed,
                    severity,
                    path,
                    line,
                    rule,
                    message,
                    id,
                    status,
                    rule_title,
                    tags,
                    created_at,
                    columns,
                    code,
                    flow,
                }
            },
        )
    }

    proptest! {
        /// What was written is read, whatever stood in its place.
        #[test]
        fn what_was_written_is_read(written in prop::collection::vec(findings(), 0..5), mut place in findings()) {
            let mut file = Vec::new();
            for finding in &written {
                write(&mut file, finding).expect("memory");
            }
            let mut rest = file.as_slice();
            for finding in &written {
                prop_assert!(read(&mut rest, &mut place).expect("a finding"));
                prop_assert_eq!(&place, finding);
            }
            prop_assert!(!read(&mut rest, &mut place).expect("the end"));
            // A part of a finding is none.
            if let Some(cut) = file.len().checked_sub(1) {
                let mut rest = &file[..cut];
                let read = written.iter().try_for_each(|_| read(&mut rest, &mut place).map(drop));
                prop_assert!(read.is_err());
            }
        }
    }

    #[test]
    fn memory_of_long_texts_is_not_kept() {
        let long = Finding::new(Severity::Minor, &"x".repeat(10 * REUSED), None, "rule", "message");
        let short = Finding::new(Severity::Minor, "x", None, "rule", "message");
        let (mut file, mut place) = (Vec::new(), short.clone());
        for finding in [&long, &short, &long] {
            write(&mut file, finding).expect("memory");
        }
        let mut rest = file.as_slice();
        let mut capacities = [0; 3];
        for capacity in &mut capacities {
            assert!(read(&mut rest, &mut place).expect("a finding"));
            *capacity = place.path.capacity();
        }
        assert!(capacities[0] >= 10 * REUSED && capacities[1] <= REUSED, "{capacities:?}");
    }
}
