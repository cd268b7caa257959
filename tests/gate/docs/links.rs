//! No link leads nowhere: in every Markdown file of the repository, the file is there, and so is the heading. The pages of
//! both languages are in the contents of their book, and lead to each other.

use super::root;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// What git ignores, or fetches.
const SKIPPED: [&str; 4] = ["target", ".ring3", ".git", "node_modules"];

/// A Markdown file: the names of its headings, and where its links lead.
#[derive(Default)]
struct Page {
    anchors: HashSet<String>,
    links: Vec<String>,
}

impl Page {
    fn read(text: &str) -> Self {
        let mut page = Self::default();
        let mut heading: Option<String> = None;
        for event in Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.add_anchor(&heading.take().unwrap_or_default()),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Text(words) | Event::Code(words) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&words);
                    }
                }
                Event::InlineHtml(html) | Event::Html(html) => {
                    let addresses = html.split(['"', ' ']).filter(|part| part.starts_with("docs/"));
                    page.links.extend(addresses.map(str::to_owned));
                }
                _ => (),
            }
        }
        page
    }

    /// The name by which GitHub and mdBook link to a heading.
    fn add_anchor(&mut self, heading: &str) {
        let is_kept = |c: &char| c.is_alphanumeric() || "-_ ".contains(*c);
        let name: String =
            heading.to_lowercase().chars().filter(is_kept).collect::<String>().replace(' ', "-");
        let numbered = (1..).map(|number| format!("{name}-{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| !self.anchors.contains(name));
        self.anchors.extend(free);
    }
}

/// All Markdown files below a folder.
fn markdown(folder: &Path, found: &mut HashMap<PathBuf, Page>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() && !path.is_symlink() && !SKIPPED.contains(&name.as_str()) {
            markdown(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            let text = fs::read_to_string(&path).expect("text");
            found.insert(path, Page::read(&text));
        }
    }
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => (),
            part => plain.push(part),
        }
    }
    plain
}

/// Why a link of a page leads nowhere.
fn flaw(from: &Path, link: &str, pages: &HashMap<PathBuf, Page>) -> Option<&'static str> {
    // A template has a word for the address of the repository.
    if link.contains("://") || link.starts_with("mailto:") || link.starts_with("REPOSITORY") {
        return None;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target =
        if path.is_empty() { from.to_owned() } else { plain(&from.parent().expect("a folder").join(path)) };
    if !target.exists() {
        Some("no such file")
    } else if anchor.is_empty() || pages.get(&target).is_some_and(|page| page.anchors.contains(anchor)) {
        None
    } else {
        Some("no such heading")
    }
}

#[test]
fn every_link_leads_somewhere() {
    let mut pages = HashMap::new();
    markdown(&root(), &mut pages);
    let mut dead = Vec::new();
    for (path, page) in &pages {
        let flaws = page.links.iter().filter_map(|link| Some((link, flaw(path, link, &pages)?)));
        dead.extend(flaws.map(|(link, flaw)| format!("{}: {link}: {flaw}", path.display())));
    }
    assert!(dead.is_empty(), "{dead:#?}");
    let count = pages.values().map(|page| page.links.len()).sum::<usize>();
    assert!(count > 150, "{count}");
}

/// Messages, comments and examples name pages by their path in the repository.
#[test]
fn every_named_page_exists() {
    let mut pages = HashMap::new();
    markdown(&root(), &mut pages);
    let mut files = vec![root().join("action.yml"), root().join("CHANGELOG.md")];
    let mut folders = vec!["src", "examples", "templates", "vars"]
        .into_iter()
        .map(|name| root().join(name))
        .collect::<Vec<_>>();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    let mut named = 0;
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let is_part = |c: char| c.is_ascii_alphanumeric() || "/.-_#".contains(c);
        for word in text.split(|c: char| !is_part(c)) {
            let word = word.trim_end_matches('.');
            let Some(at) = word.find("docs/") else { continue };
            let link = &word[at..];
            // Those of other projects, and placeholders, are in capitals.
            let is_page = link.contains(".md") && link == link.to_lowercase();
            if is_page && word[..at].trim_matches(['.', '/']).is_empty() {
                let flaw = flaw(&root().join("x"), link, &pages);
                assert_eq!(flaw, None, "{}: {link}", file.display());
                named += 1;
            }
        }
    }
    assert!(named > 10, "{named}");
}

/// The pages of a book's folder.
fn pages_of(folder: &str) -> HashSet<String> {
    let entries = fs::read_dir(root().join(folder)).expect("the folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".md") && name != "SUMMARY.md").collect()
}

#[test]
fn the_contents_name_every_page() {
    for folder in ["docs", "docs/zh"] {
        let text = fs::read_to_string(root().join(folder).join("SUMMARY.md")).expect("the contents");
        let linked: HashSet<String> = Page::read(&text).links.into_iter().collect();
        assert_eq!(linked, pages_of(folder), "{folder}/SUMMARY.md");
    }
}

/// A reader who has the wrong language finds the other one at the top.
#[test]
fn each_page_leads_to_the_other_language() {
    let pages = pages_of("docs");
    for name in pages_of("docs/zh").into_iter().filter(|name| pages.contains(name)) {
        for (file, link) in [
            (format!("docs/{name}"), format!("[中文](zh/{name})")),
            (format!("docs/zh/{name}"), format!("[English](../{name})")),
        ] {
            let text = fs::read_to_string(root().join(&file)).expect("text");
            assert_eq!(text.lines().nth(2), Some(link.as_str()), "{file}: the line after its title");
        }
    }
}
