//! Heads of the tables of the page.

use crate::messages::Label;
use crate::model::language::Language;
use std::fmt::Write as _;

/// Heads of columns, each with its attributes.
pub(super) fn columns(text: &mut String, columns: &[(&str, Option<Label>)], language: Language) {
    text.push_str("<thead><tr>");
    for (attributes, label) in columns {
        let label = label.map(|label| label.text(language)).unwrap_or_default();
        let _ = write!(text, "<th{attributes}>{label}</th>");
    }
    text.push_str("</tr></thead>\n<tbody>\n");
}
