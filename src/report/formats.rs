//! The table of report formats. A new one is a file in `lists` or `pages`, and a line here.

use crate::model::choice::Choice;
use crate::report::format::Format;
use crate::report::lists::list::{Begin, List};
use crate::report::pages::task_page::TaskPage;
use crate::report::store::pdf_file;
use std::fmt;
use std::io;

/// Makes a page, as the bytes of its file.
pub type Render = fn(&TaskPage<'_>) -> io::Result<Vec<u8>>;

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

/// Takes in the file of each format, and makes the table: what makes it, its name as a module, its file.
/// `.ci/run` names these files to `cargo fmt`, which does not look for modules in here.
macro_rules! formats {
    ($($kind:ident($name:ident, $make:ident) $file:literal;)*) => {
        $(#[path = $file] pub mod $name;)*

        /// All formats, in the order of `--help`: the PDF that CodeArts makes, and those made here.
        pub static FORMATS: &[Entry] = &[
            Entry { format: &pdf_file::FORMAT, maker: Maker::Service },
            $(Entry { format: &$name::FORMAT, maker: Maker::$kind($name::$make) },)*
        ];
    };
}

formats! {
    List(sarif, begin) "lists/sarif.rs";
    Page(junit, render_file) "pages/junit.rs";
    List(junit_findings, begin) "lists/junit_findings.rs";
    List(codequality, begin) "lists/codequality.rs";
    List(checkstyle, begin) "lists/checkstyle.rs";
    List(json, begin) "lists/json.rs";
    Page(markdown, render_file) "pages/markdown.rs";
    Page(html, render_file) "pages/html/mod.rs";
    List(csv, begin) "lists/csv.rs";
}

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
    pub const fn list(&self) -> Option<List> {
        match self.maker {
            Maker::List(begin) => Some(List { format: self.format, begin }),
            Maker::Page(_) | Maker::Service => None,
        }
    }

    /// The page to render, if it is one.
    pub const fn page(&self) -> Option<Render> {
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
        for entry in FORMATS {
            assert_eq!(entry.list().is_some(), entry.format.is_list, "{entry:?}");
        }
    }
}
