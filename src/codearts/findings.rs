//! The findings of a check, page by page (page `check-results`, section 2).
//!
//! The service's pages contradict each other about `offset`, so its meaning is found out before many pages are asked for at
//! once; and whatever it means, the walk ends where nothing new comes.

use super::defect::{is_unambiguous, read_finding};
use super::id::Id;
use super::offset::{Offset, PROBE_SIZE};
use super::row_count::{ROWS_LIMIT, has_too_many_rows};
use super::service::{Service, get};
use super::walk::Fill;
pub use super::walk::Walk;
use super::wire::FindingsPage;
use crate::http::call::Call;
use crate::http::error::CallError;
use crate::http::field;
use crate::http::json::read_with;
use crate::http::retry::Failure;
use crate::messages::{Attempt, ServiceMessage};
use crate::model::finding::{Finding, Severity, Status};
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Value, json};
use serde_json_borrow::Value as Borrowed;
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::Instant;

/// Findings asked for at once: the largest number that every version of the service takes (`quirks`, 15).
pub const PAGE_SIZE: u64 = 100;
/// Pages that are usually asked for at the same time. No limit of the service is published; a 429 slows each of them down.
pub const PAGES_AT_ONCE: usize = 8;
/// Pages that are read at once: a large one takes many times its size for that.
const READERS: usize = 2;
/// No more are ever asked for at the same time.
pub const PAGES_AT_ONCE_LIMIT: usize = 64;
/// Pages in all: the service stores 300,000 findings of a task, and counts several in one place as one.
const PAGES_LIMIT: u64 = 6_000;
/// Further pages, where more findings are missing than should be.
const SPARE_PAGES: u64 = 10;
/// Largest page that is taken in one piece; of a larger one smaller pieces are asked for.
const PAGE_BYTES_LIMIT: usize = 4 * 1024 * 1024;
/// A page that is too large is divided by this, where that goes evenly, so that the pieces have addresses whatever `offset`
/// means: 100, 20, 4, 1.
const DIVISOR: u64 = 5;

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
    /// How many the summary counts, where it counts the same.
    pub counted: Option<u64>,
}

/// What came with one page.
#[derive(Debug, Default)]
struct Page {
    findings: Vec<Finding>,
    total: Option<u64>,
    too_large: u64,
}

impl Page {
    fn fill(&self, size: u64) -> Fill {
        match self.findings.len() as u64 + self.too_large {
            0 => Fill::Empty,
            rows if rows < size => Fill::Part,
            _ => Fill::Full,
        }
    }
}

impl Service {
    /// `GET /v2/tasks/{task_id}/defects-detail`, all pages: each finding is handed to `take` in the service's order, which
    /// answers whether it is new. `enough`: no more pages are asked for once so many came.
    ///
    /// # Errors
    /// The last failure of a page that could not be read; the list is incomplete then.
    pub async fn findings(
        &self,
        task: &Id,
        filter: &Filter,
        enough: Option<u64>,
        deadline: Instant,
        mut take: impl FnMut(Finding) -> bool,
    ) -> Result<Walk, CallError> {
        // Ids, shortened to numbers.
        let (mut ids, hasher) = (HashSet::new(), RandomState::new());
        let mut walk = Walk::default();
        // Takes a page; whether there is reason to ask for the next.
        let mut add = |page: Page, size: u64, walk: &mut Walk| {
            walk.pages += 1;
            walk.too_large += page.too_large;
            walk.last_page = page.fill(size);
            let mut has_news = page.too_large > 0;
            for finding in page.findings {
                ids.insert(hasher.hash_one(&finding.id));
                if take(finding) {
                    has_news = true;
                    walk.places += 1;
                }
            }
            walk.distinct = ids.len() as u64;
            has_news && enough.is_none_or(|enough| walk.distinct < enough)
        };
        let permits = Arc::new(Semaphore::new(filter.pages_at_once));
        let mut pages = Pages {
            service: self,
            task,
            filter,
            deadline,
            permits,
            readers: Semaphore::new(READERS),
            offset: Offset::Rows,
            size: PAGE_SIZE,
        };
        let first = pages.first(enough).await?;
        walk.total = first.total;
        if !add(first, PAGE_SIZE, &mut walk) || walk.is_complete(filter.counted) {
            return Ok(walk);
        }
        let wanted = walk.total.map_or(1, |total| total.min(enough.unwrap_or(total)));
        let expected = wanted.div_ceil(pages.size).clamp(1, PAGES_LIMIT);
        {
            let fetched = stream::iter(1..expected).map(|number| pages.page(number));
            // Answers come in bunches. While one bunch is read or waits for a page before it, the next is under way; with fewer in
            // all the walk takes a sixth longer. A page that is refused for now gives its turn to another.
            let mut fetched = std::pin::pin!(fetched.buffered(2 * filter.pages_at_once));
            while let Some(page) = fetched.next().await {
                if !add(page?, pages.size, &mut walk) {
                    return Ok(walk);
                }
                // Connections get their turn between pages.
                yield_now().await;
            }
        }
        // The number of all may count places, while pages count findings, or the other way round; where it is too small, it does not
        // matter.
        for number in expected..PAGES_LIMIT {
            let is_enough = number >= 2 * expected + SPARE_PAGES && walk.missing() != Some(0);
            if walk.is_complete(filter.counted)
                || is_enough
                || !add(pages.page(number).await?, pages.size, &mut walk)
            {
                break;
            }
        }
        Ok(walk)
    }
}

/// How the pages of one list are asked for.
struct Pages<'a> {
    service: &'a Service,
    task: &'a Id,
    filter: &'a Filter,
    deadline: Instant,
    /// So many pages may be under way at once.
    permits: Arc<Semaphore>,
    /// So many may be read at once.
    readers: Semaphore,
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
                let ids: HashSet<&str> = first.findings.iter().map(|finding| finding.id.as_str()).collect();
                let walk = Walk {
                    distinct: ids.len() as u64,
                    places: rows,
                    total: first.total,
                    last_page: first.fill(PAGE_SIZE),
                    ..Walk::default()
                };
                let has_all = walk.is_complete(self.filter.counted);
                if !has_all && rows > 0 && enough.is_none_or(|enough| enough > PAGE_SIZE) {
                    // Some silently take smaller pages only.
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
                    tracing::warn!("{}", ServiceMessage::FindingTooLarge(error.shown()));
                    page.too_large += 1;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(page)
    }

    async fn rows(&self, offset: u64, limit: u64) -> Result<Page, CallError> {
        let Self { service, task, filter, .. } = *self;
        let mut call = Call {
            body_limit: PAGE_BYTES_LIMIT,
            permits: Some(Arc::clone(&self.permits)),
            ..get(
                Attempt::ListFindings(task.short()),
                format!("/v2/tasks/{task}/defects-detail"),
                &["defects", "total"],
            )
        };
        call = call.with_query("offset", offset.to_string()).with_query("limit", limit.to_string());
        for (name, chosen) in [
            ("status_ids", positions(&Status::ALL, &filter.statuses)),
            ("severity", positions(&Severity::ALL, &filter.severities)),
        ] {
            if !chosen.is_empty() {
                call = call.with_query(name, chosen);
            }
        }
        call = call.with_query("delay_status", if filter.is_delayed { "1" } else { "0" });
        let is_delayed = filter.is_delayed;
        // Beside the loop, which has other answers to wait for.
        let read = async |body: Bytes| {
            let _permit = self.readers.acquire().await;
            // A panic there has ended the process.
            spawn_blocking(move || {
                if has_too_many_rows(&body) {
                    return Some((json!({FindingsPage::ROWS: [null]}), Err(TooManyRows)));
                }
                let (document, findings) = read_with(&body, |body| read_rows(body, is_delayed))?;
                Some((document, Ok(findings)))
            })
            .await
            .ok()?
        };
        let (body, findings) = service.call_and_read(&call, self.deadline, read).await?;
        let findings = findings.map_err(|TooManyRows| {
            service.unreadable(&call, ServiceMessage::TooManyRows { limit: ROWS_LIMIT as u64, asked: limit })
        })?;
        let FindingsPage { total, defects } = field::read(&body);
        let page = Page { total: total.and_then(|total| u64::try_from(total).ok()), ..Page::default() };
        match findings {
            Some(findings) => Ok(Page { findings, ..page }),
            // Where nothing was found, there may be no list.
            None if defects.is_null() && total.is_some() => Ok(page),
            None => Err(service.unreadable(&call, ServiceMessage::NoFindings)),
        }
    }
}

/// A page has more rows than are read: each takes many times its size, however little it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct TooManyRows;

/// The document, with an empty row in place of all there are, and the findings in them, if it has a list of them. Rows are
/// not copied into a document of their own: they are many. `None` also where a name that decides comes twice.
fn read_rows(body: &[u8], is_delayed: bool) -> Option<(Value, Option<Vec<Finding>>)> {
    let mut body: Borrowed<'_> = serde_json::from_slice(body).ok()?;
    let mut findings = None;
    if let Borrowed::Object(fields) = &mut body {
        let mut names = HashSet::new();
        if !fields.keys().all(|name| names.insert(name)) {
            return None;
        }
    }
    if let Borrowed::Object(fields) = &mut body
        && let Some(Borrowed::Array(defects)) = fields.get_mut(FindingsPage::ROWS)
    {
        if !defects.iter().all(is_unambiguous) {
            return None;
        }
        findings = Some(defects.iter().map(|defect| read_finding(defect, is_delayed)).collect());
        defects.truncate(1);
        defects.fill(Borrowed::Null);
    }
    Some((Value::from(body), findings))
}

/// The numbers under which the service knows what is chosen, with commas.
fn positions<T: PartialEq>(all: &[T], chosen: &[T]) -> String {
    let positions = (0..all.len()).filter(|position| chosen.contains(&all[*position]));
    positions.map(|position| position.to_string()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_taken_out_of_the_document() {
        let body = br#"{"total": 2, "success": false, "def\u0065cts": [{"defect_id": "x\ud800\"y"}, {"defect_id": 7}]}"#;
        let (document, findings) = read_with(body, |body| read_rows(body, true)).expect("a document");
        assert_eq!(document, json!({"total": 2, "success": false, "defects": [null]}));
        let findings = findings.expect("a list");
        let ids: Vec<&str> = findings.iter().map(|finding| finding.id.as_str()).collect();
        assert_eq!(ids, ["x\u{fffd}\"y", "7"]);
        assert!(findings.iter().all(|finding| finding.is_delayed));
    }

    #[test]
    fn a_document_without_rows_stays_what_it_is() {
        for document in [
            json!({"defects": [], "total": 0}),
            json!({"defects": null, "total": -1}),
            json!({"error_code": "CC.00000000", "error_msg": "busy"}),
            json!([1, "a", {"defects": [1]}]),
            json!(null),
        ] {
            let (read, findings) = read_rows(document.to_string().as_bytes(), false).expect("a document");
            assert_eq!(read, document);
            assert_eq!(findings.is_some(), document["defects"].is_array(), "{document}");
        }
        for twice in [
            br#"{"total": 1, "total": 0, "defects": []}"#.as_slice(),
            br#"{"defects": [{"defect_id": "a"}], "d\u0065fects": []}"#,
            br#"{"defects": [{"defect_id": "a"}, {"defect_status": "0", "defect_status": "2"}]}"#,
            br#"{"defects": [{"defect_level": 0, "defect_level": 0}]}"#,
        ] {
            assert_eq!(read_rows(twice, false), None, "{}", String::from_utf8_lossy(twice));
        }
        // What only is shown does not matter.
        let shown = br#"{"defects": [{"rule_name": "a", "rule_name": "b"}]}"#;
        assert_eq!(
            read_rows(shown, false).and_then(|(_, findings)| findings).map(|found| found.len()),
            Some(1)
        );
        assert_eq!(read_rows(b"", false), None);
        assert_eq!(read_rows(b"<html>", false), None);
    }
}
