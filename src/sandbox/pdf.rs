//! A real PDF of any size: one page that looks like a report, and filling that viewers ignore.

use super::scenario::Findings;
use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};

const FONT: Name<'static> = Name(b"F1");
const BOLD: Name<'static> = Name(b"F2");
/// Width of the longest bar, in points.
const BAR_LENGTH: f32 = 300.0;

/// A PDF of exactly `bytes` bytes, or as small as it gets.
pub(super) fn render(title: &str, task: &str, findings: Findings, bytes: usize) -> Vec<u8> {
    let mut filling = 0;
    let mut pdf = write(title, task, findings, filling);
    // The length of the length changes the length; it settles at once or after one more round.
    for _ in 0..3 {
        if pdf.len() >= bytes && filling == 0 || pdf.len() == bytes {
            break;
        }
        filling = (filling + bytes).saturating_sub(pdf.len());
        pdf = write(title, task, findings, filling);
    }
    pdf
}

fn write(title: &str, task: &str, findings: Findings, filling: usize) -> Vec<u8> {
    let [catalog, pages, page, content, font, bold, filler] = [1, 2, 3, 4, 5, 6, 7].map(Ref::new);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let mut sheet = pdf.page(page);
    sheet.media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).parent(pages).contents(content);
    sheet.resources().fonts().pair(FONT, font).pair(BOLD, bold);
    sheet.finish();
    for (id, name) in [(font, Name(b"Helvetica")), (bold, Name(b"Helvetica-Bold"))] {
        pdf.type1_font(id).base_font(name).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    pdf.stream(content, &page_content(title, task, findings));
    pdf.stream(filler, &vec![b' '; filling]);
    pdf.finish()
}

fn page_content(title: &str, task: &str, findings: Findings) -> Vec<u8> {
    let mut content = Content::new();
    let mut line = |font: Name<'_>, size: f32, x: f32, y: f32, text: &str| {
        // The built-in fonts hold no Chinese.
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
        content.begin_text().set_font(font, size).next_line(x, y).show(Str(&latin)).end_text();
    };
    line(BOLD, 22.0, 60.0, 760.0, "Code check report");
    line(FONT, 13.0, 60.0, 735.0, title);
    line(
        FONT,
        10.0,
        60.0,
        715.0,
        &format!("Task {task} - made by the codearts-gate sandbox, not by Huawei Cloud"),
    );
    line(BOLD, 14.0, 60.0, 670.0, &format!("Open findings: {}", findings.total()));
    let rows = [
        ("Critical", findings.critical, [0.75, 0.10, 0.10]),
        ("Major", findings.major, [0.90, 0.45, 0.10]),
        ("Minor", findings.minor, [0.90, 0.75, 0.15]),
        ("Suggestion", findings.suggestion, [0.35, 0.60, 0.85]),
    ];
    let most = rows.iter().map(|(_, count, _)| *count).max().unwrap_or(0).max(1);
    for (row, (name, count, _)) in rows.iter().enumerate() {
        let y = 640.0 - 26.0 * row as f32;
        line(FONT, 11.0, 60.0, y, name);
        line(FONT, 11.0, 150.0, y, &count.to_string());
    }
    for (row, (_, count, [red, green, blue])) in rows.into_iter().enumerate() {
        let y = 637.0 - 26.0 * row as f32;
        let length = BAR_LENGTH * count as f32 / most as f32;
        content.set_fill_rgb(red, green, blue).rect(190.0, y, length.max(1.0), 14.0).fill_nonzero();
    }
    content.finish().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_the_asked_size_and_both_ends() {
        for bytes in [3000, 9_999, 10_000, 10_001, 20_000, 1_000_000] {
            let pdf = render("演示 report", "t1", Findings::default(), bytes);
            assert_eq!(pdf.len(), bytes);
            assert!(pdf.starts_with(b"%PDF-"));
            assert!(pdf.ends_with(b"%%EOF") || pdf.ends_with(b"%%EOF\n"));
        }
        assert!(render("t", "t1", Findings::default(), 1).len() < 3000);
    }
}
