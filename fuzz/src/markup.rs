//! Outside text in Markdown, HTML and XML, before a parser of each: it is text, it is whole, and nothing else is there.

use crate::page;
use codearts_gate::model::language::Language;
use codearts_gate::model::outcome::Outcome;
use codearts_gate::report::escape;
use codearts_gate::report::formats::markdown::{Page, Room};
use codearts_gate::report::formats::{self, FORMATS};
use codearts_gate::report::lists::Overview;
use codearts_gate::report::pages::task_page::TaskPage;
use codearts_gate::report::result::ResultDocument;
use codearts_gate::text::one_line;
use html5ever::tendril::TendrilSink as _;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use pulldown_cmark::{Event, Options, Parser, Tag};

/// Characters of a text that are shown.
const LIMIT: usize = 200;
/// Shown as nothing; separates what would be read as one.
const SEPARATOR: char = '\u{200b}';

fn gfm() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
}

/// Markdown: within a sentence, a list and a table; as code within a sentence and a table.
pub fn markdown(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let line = one_line(text, LIMIT);
    if line.is_empty() {
        return;
    }
    let escaped = escape::inline(text, LIMIT);
    for markdown in [
        format!("before {escaped} after\n"),
        format!("- **a:** {escaped}\n"),
        format!("| a | b |\n| --- | --- |\n| {escaped} | c |\n"),
    ] {
        let (texts, codes) = read_markdown(&markdown);
        assert!(codes.is_empty(), "{markdown:?} has code");
        assert!(texts.contains(&line), "{line:?} is not in {texts:?} of {markdown:?}");
    }
    assert_eq!(read_markdown(&format!("before {} after\n", escape::code(text, LIMIT))).1, [line.as_str()]);
    let row = format!("| a | b |\n| --- | --- |\n| {} | c |\n", escape::code_cell(text, LIMIT));
    assert_eq!(read_markdown(&row).1, [line.as_str()]);
    let target = escape::link_target(text);
    let link = format!("| a |\n| --- |\n| [x]({target}) |\n");
    let found: Vec<String> = Parser::new_ext(&link, gfm())
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
            _ => None,
        })
        .collect();
    assert_eq!(found.len(), 1, "{link:?}");
}

/// All text, and all code; anything but paragraphs, the list and the table is a failure.
fn read_markdown(markdown: &str) -> (String, Vec<String>) {
    let (mut texts, mut codes) = (String::new(), Vec::new());
    for event in Parser::new_ext(markdown, gfm()) {
        match event {
            Event::Text(text) => texts.push_str(&text),
            Event::Code(code) => codes.push(code.into_string()),
            Event::Start(
                Tag::Paragraph
                | Tag::Strong
                | Tag::List(None)
                | Tag::Item
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell,
            )
            | Event::End(_) => {}
            other => panic!("{other:?} in {markdown:?}"),
        }
    }
    (texts.replace(SEPARATOR, ""), codes)
}

/// HTML: within an element and an attribute.
pub fn html(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let escaped = escape::html(text);
    let dom = parse(&format!(
        "<!DOCTYPE html><title>t</title><p title=\"{escaped}\" lang='{escaped}'>{escaped}</p>"
    ));
    let mut found = Vec::new();
    walk(&dom.document, &mut |node| {
        if let NodeData::Element { name, attrs, .. } = &node.data {
            let attributes: Vec<String> =
                attrs.borrow().iter().map(|attribute| attribute.value.to_string()).collect();
            found.push((name.local.to_string(), attributes, content(node)));
        }
    });
    let names: Vec<&str> = found.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["html", "head", "title", "body", "p"], "{escaped:?}");
    // What HTML makes of line ends, and of characters that it has not.
    let read = text.replace("\r\n", "\n").replace('\r', "\n");
    let (_, attributes, inner) = &found[4];
    assert_eq!(*attributes, [read.replace('\0', "\u{fffd}"), read.replace('\0', "\u{fffd}")]);
    assert_eq!(*inner, read.replace('\0', ""));
}

fn parse(html: &str) -> RcDom {
    html5ever::parse_document(RcDom::default(), Default::default()).one(html)
}

fn walk(node: &Handle, visit: &mut impl FnMut(&Handle)) {
    visit(node);
    node.children.borrow().iter().for_each(|child| walk(child, visit));
}

fn content(node: &Handle) -> String {
    let mut text = String::new();
    walk(node, &mut |node| {
        if let NodeData::Text { contents } = &node.data {
            text.push_str(&contents.borrow());
        }
    });
    text
}

/// What a page about one task is made of.
struct Made {
    document: ResultDocument,
    overview: Overview,
}

fn made(text: &str) -> Made {
    let finding = page::finding(text);
    let task = page::task(text, Outcome::GateFailed);
    Made {
        document: ResultDocument::new(Outcome::GateFailed, 4, vec![task]),
        overview: Overview { top: vec![finding.clone()], blocking: vec![finding], ..Overview::default() },
    }
}

impl Made {
    fn page(&self) -> TaskPage<'_> {
        TaskPage {
            task: &self.document.tasks[0],
            overview: Some(&self.overview),
            past: &[],
            tool: "codearts-gate",
            task_url: Some("https://h/{task_id}"),
            language: Language::English,
        }
    }
}

/// The whole page in HTML: no element, attribute or address comes from outside.
pub fn page_html(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let made = made(text);
    let html = formats::html::render(&made.page());
    let (mut scripts, mut seen) = (0, String::new());
    walk(&parse(&html).document, &mut |node| {
        let NodeData::Element { name, attrs, .. } = &node.data else { return };
        let name = name.local.to_string();
        assert!(ELEMENTS.contains(&name.as_str()), "<{name}> in {html}");
        scripts += usize::from(name == "script");
        if name == "main" {
            seen = content(node);
        }
        for attribute in attrs.borrow().iter() {
            let attribute_name = attribute.name.local.to_string();
            assert!(
                !attribute_name.starts_with("on") && attribute_name != "style",
                "{attribute_name} in {html}"
            );
            if ["href", "src"].contains(&attribute_name.as_str()) {
                let value = attribute.value.to_string();
                assert!(
                    value.starts_with("https://") || value.starts_with("./") || value.starts_with('#'),
                    "{value}"
                );
            }
        }
    });
    assert_eq!(scripts, 1, "{html}");
    // The page may show more than this.
    let rule = one_line(text, LIMIT);
    assert!(seen.contains(rule.trim_end_matches('…')), "{rule:?} is not in {seen:?}");
}

/// Elements that the page is made of.
const ELEMENTS: &[&str] = &[
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "main",
    "header",
    "h1",
    "h2",
    "span",
    "p",
    "b",
    "ul",
    "ol",
    "li",
    "code",
    "a",
    "div",
    "section",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "wbr",
    "details",
    "summary",
    "pre",
    "footer",
    "script",
    "svg",
    "g",
    "rect",
    "text",
    "path",
    "line",
    "circle",
    "polyline",
    "polygon",
    "button",
    "input",
    "label",
    "select",
    "option",
    "i",
    "em",
    "strong",
    "small",
    "figure",
    "figcaption",
    "defs",
    "desc",
    "time",
    "output",
];

/// The whole page in Markdown: every row of a table has its cells, and nothing but what the page brings is markup.
pub fn page_markdown(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let made = made(text);
    let subject = page::subject(&made.document, &made.overview.blocking);
    let markdown = formats::markdown::render(&Page::new(subject), Room::Bytes(1 << 20));
    let (mut cells, mut width, mut links) = (0, 0, 0);
    for event in Parser::new_ext(&markdown, gfm()) {
        match event {
            Event::Start(Tag::TableHead) => (cells, width) = (0, 0),
            Event::Start(Tag::TableRow) => cells = 0,
            Event::Start(Tag::TableCell) => cells += 1,
            Event::End(pulldown_cmark::TagEnd::TableHead) => width = cells,
            Event::End(pulldown_cmark::TagEnd::TableRow) => assert_eq!(cells, width, "{markdown}"),
            Event::Start(Tag::Link { dest_url, .. }) => {
                links += 1;
                assert!(dest_url.starts_with("https://"), "{dest_url:?} in {markdown}");
            }
            Event::Start(Tag::Image { .. } | Tag::HtmlBlock | Tag::CodeBlock(_) | Tag::BlockQuote(_)) => {
                panic!("{markdown}");
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                assert!(["<sub>", "</sub>"].contains(&html.trim()), "{html:?} in {markdown}");
            }
            _ => {}
        }
    }
    assert!(links <= 1, "{markdown}");
}

/// The page as tests, in XML.
pub fn page_junit(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let made = made(text);
    let page = FORMATS.iter().find(|entry| entry.format.name == "junit").and_then(|entry| entry.page());
    let bytes = page.expect("a page")(&made.page()).expect("a page");
    let xml = String::from_utf8(bytes).expect("UTF-8");
    let document = roxmltree::Document::parse(&xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        assert!(
            ["testsuites", "testsuite", "testcase", "failure", "error", "skipped"].contains(&name),
            "{xml}"
        );
    }
}
