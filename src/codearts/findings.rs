//! The findings of a check, page by page (page `check-results`, section 2).
//!
//! The service's pages contradict each other about `offset`, so its meaning is found out before many pages are asked for at
//! once; and whatever it means, the walk ends where nothing new comes.

use super::{Id, Service, lenient};
use crate::finding::{Finding, FlowStep, Severity, Status};
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::text::{is_unprintable, kept_lines, one_line};
use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::Value;
use std::collections::HashSet;
use tokio::task::yield_now;
use tokio::time::Instant;

/// Findings asked for at once: the largest number that every version of the service takes (`quirks`, 15).
pub const PAGE_SIZE: u64 = 100;
/// Pages that are usually asked for at the same time. No limit of the service is published; a 429 slows each of them down.
pub const PAGES_AT_ONCE: usize = 8;
/// Pages in all: the service stores 300,000 findings of a task, and counts several in one place as one.
const PAGES_LIMIT: u64 = 6_000;
/// Further pages, where more findings are missing than should be.
const SPARE_PAGES: u64 = 10;
/// Largest page that is taken in one piece; of a larger one smaller pieces are asked for.
const PAGE_BYTES_LIMIT: usize = 4 * 1024 * 1024;
/// A page that is too large is divided by this, where that goes evenly, so that the pieces have addresses whatever `offset`
/// means: 100, 20, 4, 1.
const DIVISOR: u64 = 5;

/// Findings asked for to find out what `offset` means.
const PROBE_SIZE: u64 = 10;

/// Longest message, in characters.
const MESSAGE_LIMIT: usize = 4000;
/// Longest path, in characters.
const PATH_LIMIT: usize = 1000;
/// Longest name, in characters.
const NAME_LIMIT: usize = 200;
/// Longest line of code, in characters.
const CODE_LIMIT: usize = 500;
/// Tags of a rule that are kept.
const TAGS_LIMIT: usize = 20;
/// Steps of a flow that are kept.
const FLOW_LIMIT: usize = 100;
/// Steps within steps that are followed.
const FLOW_DEPTH: usize = 10;
/// Findings of this engine carry encoded data where others carry code (`check-results`, section 2).
const SNIPPET_ENGINE: &str = "FossScan";

/// Which findings are asked for, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// In these states; empty: open ones, as the service has it.
    pub statuses: Vec<Status>,
    /// Of these severities; empty: all.
    pub severities: Vec<Severity>,
    /// Those that do not count yet, or those that do.
    pub is_delayed: bool,
    /// Pages that are asked for at the same time.
    pub pages_at_once: usize,
}

/// How a walk over the pages ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// Pages that were fetched.
    pub pages: u64,
    /// Different findings that came.
    pub distinct: u64,
    /// Different places of findings that came.
    pub places: u64,
    /// How many the service said there are; of which of the two, it does not say.
    pub total: Option<u64>,
    /// Findings that were too large to be taken.
    pub too_large: u64,
}

impl Walk {
    /// How many findings did not come although they were not too large. Without a number of the service nobody can tell that
    /// none is missing.
    pub fn missing(&self) -> Option<u64> {
        let came = self.distinct.max(self.places) + self.too_large;
        self.total.map(|total| total.saturating_sub(came))
    }
}

/// What `offset` turns out to mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Offset {
    /// Findings to skip.
    Rows,
    /// Number of the page, from 0.
    Page,
    /// Number of the page, from 1; 0 is taken for 1.
    PageFromOne,
}

impl Offset {
    const fn of(self, first_row: u64, limit: u64) -> u64 {
        match self {
            Self::Rows => first_row,
            Self::Page => first_row / limit,
            Self::PageFromOne => first_row / limit + 1,
        }
    }

    /// What it means, when `first` was the answer to 0, and `second` the one to 1 with the limit of [`PROBE_SIZE`].
    fn recognise(first: &[Finding], second: &[Finding]) -> Self {
        let mut known: Vec<&str> = first.iter().map(|finding| finding.id.as_str()).collect();
        // The service counts findings, of which each can have several rows.
        known.dedup();
        let begins_at =
            second.first().and_then(|finding| known.iter().position(|id| *id == finding.id)).unwrap_or(1);
        match begins_at as u64 {
            0 => Self::PageFromOne,
            PROBE_SIZE => Self::Page,
            // Also when the list has changed in between.
            _ => Self::Rows,
        }
    }
}

/// What came with one page.
#[derive(Debug, Default)]
struct Page {
    findings: Vec<Finding>,
    total: Option<u64>,
    too_large: u64,
}

impl Service {
    /// `GET /v2/tasks/{task_id}/defects-detail`, all pages: each finding is handed to `take` in the service's order, which
    /// answers whether it is new. `enough`: no more pages are asked for once so many came.
    ///
    /// # Errors
    /// The last failure of a page that can not be had; the list is not whole then.
    pub async fn findings(
        &self,
        task: &Id,
        filter: &Filter,
        enough: Option<u64>,
        deadline: Instant,
        mut take: impl FnMut(Finding) -> bool,
    ) -> Result<Walk, CallError> {
        let mut ids = HashSet::new();
        let mut walk = Walk::default();
        // Takes a page; whether there is reason to ask for the next.
        let mut add = |page: Page, walk: &mut Walk| {
            walk.pages += 1;
            walk.too_large += page.too_large;
            let mut has_news = page.too_large > 0;
            for finding in page.findings {
                ids.insert(finding.id.clone());
                if take(finding) {
                    has_news = true;
                    walk.places += 1;
                }
            }
            walk.distinct = ids.len() as u64;
            has_news && enough.is_none_or(|enough| walk.distinct < enough)
        };
        let mut pages =
            Pages { service: self, task, filter, deadline, offset: Offset::Rows, size: PAGE_SIZE };
        let first = pages.first(enough).await?;
        walk.total = first.total;
        if !add(first, &mut walk) || walk.missing() == Some(0) {
            return Ok(walk);
        }
        let wanted = walk.total.map_or(1, |total| total.min(enough.unwrap_or(total)));
        let expected = wanted.div_ceil(pages.size).min(PAGES_LIMIT);
        {
            let fetched = stream::iter(1..expected).map(|number| pages.page(number));
            let mut fetched = std::pin::pin!(fetched.buffered(filter.pages_at_once));
            while let Some(page) = fetched.next().await {
                if !add(page?, &mut walk) {
                    return Ok(walk);
                }
                // The request that took this one's place goes out before the next page is read, not after the last.
                yield_now().await;
            }
        }
        // The number of all may count places, while pages count findings, or the other way round.
        for number in expected..(2 * expected + SPARE_PAGES).min(PAGES_LIMIT) {
            if walk.missing() == Some(0) || !add(pages.page(number).await?, &mut walk) {
                break;
            }
        }
        Ok(walk)
    }

    async fn rows(
        &self,
        task: &Id,
        filter: &Filter,
        offset: u64,
        limit: u64,
        deadline: Instant,
    ) -> Result<Page, CallError> {
        let list = |numbers: Vec<usize>| numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        let statuses = positions(&Status::ALL, &filter.statuses);
        let severities = positions(&Severity::ALL, &filter.severities);
        let mut call = Call {
            body_limit: PAGE_BYTES_LIMIT,
            ..Call::get(
                format!("list the findings of task {}", task.short()),
                format!("/v2/tasks/{task}/defects-detail"),
                &["defects", "total"],
            )
        };
        call = call.with_query("offset", offset.to_string()).with_query("limit", limit.to_string());
        if !statuses.is_empty() {
            call = call.with_query("status_ids", list(statuses));
        }
        if !severities.is_empty() {
            call = call.with_query("severity", list(severities));
        }
        call = call.with_query("delay_status", if filter.is_delayed { "1" } else { "0" });
        let body = self.call(&call, deadline).await?;
        let defects = match &body["defects"] {
            Value::Array(defects) => defects.as_slice(),
            // Nothing found may be told as no list.
            Value::Null if lenient::integer(&body["total"]).is_some() => &[],
            _ => return Err(self.unreadable(&call, "the answer holds no list of findings")),
        };
        Ok(Page {
            findings: defects.iter().map(|defect| read_finding(defect, filter.is_delayed)).collect(),
            total: lenient::integer(&body["total"]).and_then(|total| u64::try_from(total).ok()),
            too_large: 0,
        })
    }
}

/// How the pages of one list are asked for.
struct Pages<'a> {
    service: &'a Service,
    task: &'a Id,
    filter: &'a Filter,
    deadline: Instant,
    offset: Offset,
    /// Findings on a page.
    size: u64,
}

impl Pages<'_> {
    /// The first page; finds out what `offset` means, unless there is no other page to ask for.
    async fn first(&mut self, enough: Option<u64>) -> Result<Page, CallError> {
        match self.rows(0, PAGE_SIZE).await {
            Err(error) if error.failure == Failure::TooLarge => {
                // Its pieces need to know what their addresses mean.
                match self.rows(0, 2 * PROBE_SIZE).await {
                    Ok(start) => self.find_meaning(&start.findings).await?,
                    Err(error) if error.failure == Failure::TooLarge => {}
                    Err(error) => return Err(error),
                }
                self.page(0).await
            }
            Err(error) => Err(error),
            Ok(first) => {
                let rows = first.findings.len() as u64;
                let has_more = first.total.is_none_or(|total| total > rows) && rows > 0;
                if has_more && enough.is_none_or(|enough| enough > PAGE_SIZE) {
                    let ids: HashSet<&str> =
                        first.findings.iter().map(|finding| finding.id.as_str()).collect();
                    // Some take smaller pages only, without a word.
                    self.size = (ids.len() as u64).min(PAGE_SIZE);
                    self.find_meaning(&first.findings).await?;
                }
                Ok(first)
            }
        }
    }

    async fn find_meaning(&mut self, first: &[Finding]) -> Result<(), CallError> {
        self.offset = match self.rows(1, PROBE_SIZE).await {
            Ok(second) => Offset::recognise(first, &second.findings),
            // What is used in production (`quirks`, 14).
            Err(error) if error.failure == Failure::TooLarge => Offset::Rows,
            Err(error) => return Err(error),
        };
        Ok(())
    }

    /// One page; in pieces, where it is too large as a whole.
    async fn page(&self, number: u64) -> Result<Page, CallError> {
        let mut page = Page::default();
        let mut pieces = vec![(number * self.size, self.size)];
        while let Some((first_row, limit)) = pieces.pop() {
            match self.rows(self.offset.of(first_row, limit), limit).await {
                Ok(piece) => {
                    page.findings.extend(piece.findings);
                    page.total = page.total.or(piece.total);
                }
                Err(error) if error.failure == Failure::TooLarge && limit > 1 => {
                    // Only what divides evenly has an address where pages are counted.
                    let smaller = if limit % DIVISOR == 0 { limit / DIVISOR } else { 1 };
                    pieces
                        .extend((0..limit / smaller).rev().map(|part| (first_row + part * smaller, smaller)));
                }
                Err(error) if error.failure == Failure::TooLarge => {
                    tracing::warn!("{error}; this finding is left out");
                    page.too_large += 1;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(page)
    }

    async fn rows(&self, offset: u64, limit: u64) -> Result<Page, CallError> {
        self.service.rows(self.task, self.filter, offset, limit, self.deadline).await
    }
}

/// The numbers under which the service knows what is chosen.
fn positions<T: PartialEq>(all: &[T], chosen: &[T]) -> Vec<usize> {
    (0..all.len()).filter(|position| chosen.contains(&all[*position])).collect()
}

/// A level or a state by its number. What can not be read is taken for the worst, so that it does not hide.
fn by_number<T: Copy>(all: &[T], value: &Value) -> T {
    let number = lenient::integer(value).and_then(|number| usize::try_from(number).ok());
    number.and_then(|number| all.get(number)).copied().unwrap_or(all[0])
}

fn read_finding(defect: &Value, is_delayed: bool) -> Finding {
    let name = |field: &str| one_line(&lenient::text(&defect[field]).unwrap_or_default(), NAME_LIMIT);
    let (checker, rule_name) = (name("defect_checker_name"), name("rule_name"));
    let rule = [&rule_name, &checker].into_iter().find(|name| !name.is_empty());
    let rule = rule.map_or_else(|| "unknown-rule".to_owned(), Clone::clone);
    let title = if checker.is_empty() { rule.clone() } else { checker.clone() };
    let message = kept_lines(&lenient::text(&defect["defect_content"]).unwrap_or_default(), MESSAGE_LIMIT);
    let line = read_line(&defect["line_number"]);
    let (code, columns) = if checker.contains(SNIPPET_ENGINE) {
        (String::new(), None)
    } else {
        read_code(&defect["fragment"], line)
    };
    let mut flow = Vec::new();
    read_flow(&defect["events"], FLOW_DEPTH, &mut flow);
    let tags = lenient::text(&defect["rule_system_tags"]).unwrap_or_default();
    let id = [name("defect_id"), name("issue_key")].into_iter().find(|id| !id.is_empty());
    Finding {
        is_delayed,
        severity: by_number(&Severity::ALL, &defect["defect_level"]),
        path: read_path(&defect["file_path"]),
        line,
        rule,
        message: if message.is_empty() { title.clone() } else { message },
        id: id.unwrap_or_default(),
        status: by_number(&Status::ALL, &defect["defect_status"]),
        rule_title: title,
        tags: tags
            .split(',')
            .map(|tag| one_line(tag, NAME_LIMIT))
            .filter(|tag| !tag.is_empty())
            .take(TAGS_LIMIT)
            .collect(),
        created_at: name("created_at"),
        columns,
        code,
        flow,
    }
}

fn read_line(value: &Value) -> Option<u32> {
    lenient::integer(value).and_then(|line| u32::try_from(line).ok()).filter(|line| *line > 0)
}

fn read_path(value: &Value) -> String {
    let characters = value.as_str().unwrap_or_default().chars();
    characters.filter(|character| !is_unprintable(*character)).take(PATH_LIMIT).collect()
}

/// The line itself, and the columns where offsets are told (-1: the whole line).
fn read_code(fragment: &Value, line: Option<u32>) -> (String, Option<(u32, u32)>) {
    let lines = fragment.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_the_line = |part: &&Value| line.is_some() && read_line(&part["line_num"]) == line;
    let Some(part) = lines.iter().find(is_the_line) else { return (String::new(), None) };
    let visible =
        |character: char| if is_unprintable(character) && character != '\t' { ' ' } else { character };
    let content = part["line_content"].as_str().unwrap_or_default();
    let code: String = content.chars().map(visible).take(CODE_LIMIT).collect();
    let offset = |names: [&str; 2]| {
        let told = names.iter().find_map(|name| lenient::integer(&part[*name]));
        told.and_then(|offset| u32::try_from(offset).ok())
    };
    let start = offset(["start_offset", "startOffset"]);
    let end = offset(["end_offset", "endOffset"]);
    let length = code.encode_utf16().count();
    let columns = match (start, end) {
        (Some(start), Some(end)) if start < end && end as usize <= length => Some((start + 1, end + 1)),
        _ => None,
    };
    (code, columns)
}

fn read_flow(events: &Value, depth: usize, flow: &mut Vec<FlowStep>) {
    let Some(events) = events.as_array().filter(|_| depth > 0) else { return };
    for event in events {
        if flow.len() >= FLOW_LIMIT {
            return;
        }
        let message = lenient::text(&event["description"]).unwrap_or_default();
        let path = read_path(&event["path"]);
        if !path.is_empty() {
            let message = one_line(&message, NAME_LIMIT);
            flow.push(FlowStep { path, line: read_line(&event["line"]), message });
        }
        read_flow(&event["events"], depth - 1, flow);
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use serde_json::json;

    #[test]
    fn the_official_example() {
        let body = example("check_defects_detail.json");
        let found: Vec<Finding> = body["defects"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|defect| read_finding(defect, false))
            .collect();
        let first = &found[0];
        assert_eq!(first.severity, Severity::Major);
        assert_eq!((first.rule.as_str(), first.line), ("Demo.1 Fallthrough", Some(81)));
        assert_eq!(first.rule_title, "No fallthrough in switch");
        assert_eq!(first.message, "Case falls through to the next case.");
        assert_eq!(first.tags, ["bug", "reliability"]);
        assert_eq!(
            (first.code.as_str(), first.columns),
            ("    offending line", None),
            "19 is beyond the line"
        );
        let steps: Vec<(&str, Option<u32>)> =
            first.flow.iter().map(|step| (step.message.as_str(), step.line)).collect();
        assert_eq!(steps, [("entry point", Some(81)), ("called from here", Some(90))]);
        assert_eq!(found[1].columns, Some((5, 13)), "camel case");
        assert_eq!(found[1].severity, Severity::Suggestion);
    }

    #[test]
    fn what_can_not_be_read_does_not_hide() {
        let empty = read_finding(&json!({}), false);
        assert_eq!((empty.severity, empty.status), (Severity::Critical, Status::Open));
        assert_eq!((empty.rule.as_str(), empty.message.as_str()), ("unknown-rule", "unknown-rule"));
        let odd = json!({
            "defect_level": 9, "defect_status": "5", "line_number": "0", "defect_content": 7, "file_path": null,
            "fragment": "x", "events": {}, "rule_system_tags": ",, a ,",
        });
        let odd = read_finding(&odd, true);
        assert_eq!((odd.severity, odd.status, odd.line), (Severity::Critical, Status::Open, None));
        assert_eq!((odd.message.as_str(), odd.tags.len(), odd.is_delayed), ("7", 1, true));
    }

    #[test]
    fn data_of_the_snippet_engine_is_no_code() {
        let blob = json!({
            "defect_checker_name": "FossScan match", "line_number": 1,
            "fragment": [{"line_num": "1", "line_content": "H4sIAAAA", "start_offset": 0, "end_offset": 3}],
        });
        let finding = read_finding(&blob, false);
        assert_eq!((finding.code.as_str(), finding.columns), ("", None));
    }

    #[test]
    fn flows_are_followed_within_limits() {
        let mut event = json!({"path": "a", "description": "end"});
        for _ in 0..50 {
            event = json!({"path": "a", "description": "deeper", "events": [event]});
        }
        let wide: Vec<Value> = (0..300).map(|_| event.clone()).collect();
        assert_eq!(read_finding(&json!({"events": [event]}), false).flow.len(), FLOW_DEPTH);
        assert_eq!(read_finding(&json!({"events": wide}), false).flow.len(), FLOW_LIMIT);
    }

    #[test]
    fn the_meaning_of_an_offset_shows_in_what_it_skips() {
        let page = |ids: std::ops::Range<u32>| -> Vec<Finding> {
            ids.map(|id| Finding { id: id.to_string(), ..Finding::new(Severity::Minor, "a", None, "r", "m") })
                .collect()
        };
        let recognise = |second| Offset::recognise(&page(0..100), &page(second));
        assert_eq!(recognise(1..11), Offset::Rows);
        assert_eq!(recognise(10..20), Offset::Page);
        assert_eq!(recognise(0..10), Offset::PageFromOne);
        assert_eq!(recognise(0..0), Offset::Rows);
        // The list may change in between.
        assert_eq!(recognise(2..12), Offset::Rows);
        assert_eq!(recognise(11..21), Offset::Rows);
        assert_eq!(recognise(500..510), Offset::Rows);
        for (offset, expected) in [(Offset::Rows, 320), (Offset::Page, 16), (Offset::PageFromOne, 17)] {
            assert_eq!(offset.of(320, 20), expected);
        }
    }
}
