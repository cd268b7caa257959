//! The table of report formats. A new one is a file below `lists` or `pages` and a line here.

use crate::model::choice::Choice;
use crate::report::format::Format;
use crate::report::lists::list::{Begin, List};
use crate::report::lists::{checkstyle, codequality, csv, json, sarif};
use crate::report::pages::task_page::TaskPage;
use crate::report::pages::{html, junit, markdown};
use crate::report::store::pdf_file;
use std::fmt;
use std::io;

/// Makes a page, as the bytes of its file.
pub(crate) type Render = fn(&TaskPage<'_>) -> io::Result<Vec<u8>>;

/// What makes a file of a format.
#[derive(Clone, Copy)]
pub(crate) enum Maker {
    /// A list of findings, written while they arrive.
    List(Begin),
    /// A page about the result of a task.
    Page(Render),
    /// CodeArts makes it.
    Service,
}

/// A line of the table.
#[derive(Clone, Copy)]
pub struct Entry {
    /// The format.
    pub format: &'static Format,
    pub(crate) maker: Maker,
}

/// All formats, in the order of `--help`.
pub static FORMATS: [Entry; 9] = [
    Entry { format: &pdf_file::FORMAT, maker: Maker::Service },
    Entry { format: &sarif::FORMAT, maker: Maker::List(sarif::begin) },
    Entry { format: &junit::FORMAT, maker: Maker::Page(junit::render_file) },
    Entry { format: &codequality::FORMAT, maker: Maker::List(codequality::begin) },
    Entry { format: &checkstyle::FORMAT, maker: Maker::List(checkstyle::begin) },
    Entry { format: &json::FORMAT, maker: Maker::List(json::begin) },
    Entry { format: &markdown::FORMAT, maker: Maker::Page(markdown::render_file) },
    Entry { format: &html::FORMAT, maker: Maker::Page(html::render_file) },
    Entry { format: &csv::FORMAT, maker: Maker::List(csv::begin) },
];

/// A word of `--report`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportChoice {
    /// A file of this format.
    As(&'static Format),
    /// No file but `result.json`.
    None,
}

impl ReportChoice {
    /// The PDF that CodeArts makes.
    pub const PDF: Self = Self::As(&pdf_file::FORMAT);
}

impl Choice for ReportChoice {
    fn all() -> Vec<Self> {
        FORMATS.iter().map(|entry| Self::As(entry.format)).chain([Self::None]).collect()
    }

    fn word(self) -> &'static str {
        match self {
            Self::As(format) => format.name,
            Self::None => "none",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::As(format) => format.help,
            Self::None => "Nothing but result.json",
        }
    }
}

impl Entry {
    /// The list to write, if it is one.
    pub(crate) const fn list(&self) -> Option<List> {
        match self.maker {
            Maker::List(begin) => Some(List { format: self.format, begin }),
            Maker::Page(_) | Maker::Service => None,
        }
    }

    /// The page to render, if it is one.
    pub(crate) const fn page(&self) -> Option<Render> {
        match self.maker {
            Maker::Page(render) => Some(render),
            Maker::List(_) | Maker::Service => None,
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.format.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_one_that_begins() {
        for entry in &FORMATS {
            assert_eq!(entry.list().is_some(), entry.format.is_list, "{entry:?}");
        }
    }
}
