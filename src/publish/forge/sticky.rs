//! The one comment of a key on a pull request: made once, edited from then on. What a comment is called and how it is reached is
//! the forge's own business.
//!
//! A comment is recognized when its first line is the mark and its author is the owner of the token: anybody can paste a
//! mark.

use super::interface::{CommentMode, Forge, WantedComment};
use crate::ci::is_commit;
use crate::http::error::CallError;
use crate::http::repeat::{Tries, create_once, look_until};
use crate::http::retry::Failure;
use crate::messages::{Attempt, ForgeMessage, HttpMessage, ReviewMessage};
use crate::model::finding::Counts;
use crate::publish::plan::PublishConfig;
use crate::report::formats::markdown::{Page, Room, render};
use std::cell::Cell;
use std::fmt::Write as _;
use std::time::Duration;
use tokio::time::Instant;

/// Room for the page where the forge documents no limit: 30,000 characters and 60,000 bytes with the marks.
pub(super) const ROOM: Room = Room::Both { characters: 29_000, bytes: 58_000 };

/// How often, and after what pause at first, a comment whose request was on its way is looked for: 1.5 s in all.
const LOOKS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// A comment that an earlier job has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment {
    /// Its number.
    pub(super) id: u64,
    /// Its address.
    pub(super) url: String,
    /// Its text.
    pub(super) body: String,
}

/// The comments of one key on one pull request.
pub(super) trait Conversation {
    /// Those that this program wrote, the oldest first.
    async fn look(&self) -> Result<Vec<Comment>, CallError>;
    /// Makes one, sending it once; returns its address.
    async fn create(&self, body: &str) -> Result<String, CallError>;
    /// Makes one say something else.
    async fn edit(&self, id: u64, body: &str) -> Result<(), CallError>;
    /// Removes one.
    async fn delete(&self, id: u64) -> Result<(), CallError>;
    /// How often one is made anew after a lost answer.
    fn tries(&self) -> Tries;
}

/// The answer to whose token this is names nobody. To guess would leave a second comment where the guess is wrong.
pub(super) fn owner_unknown() -> CallError {
    CallError::before_sending(Attempt::ReadTokenOwner, Failure::Unreadable, HttpMessage::Empty)
}

/// How a forge takes the comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form<'a> {
    /// Room for the page.
    pub(super) room: Room,
    /// Whether the mark has to be visible, because the forge may not keep what is hidden.
    pub(super) has_visible_mark: bool,
    /// What stands below the page, for later jobs.
    pub(super) hidden: &'a str,
}

/// Brings the page to the comment of the key; returns its address, empty if it has none that can be shown. `present`: what
/// [`Conversation::look`] found. `None`: there is none to correct.
///
/// # Errors
/// The last failure.
pub(super) async fn publish(
    conversation: &impl Conversation,
    present: &[Comment],
    Form { room, has_visible_mark, hidden }: Form<'_>,
    WantedComment { page, before, mode, is_sent }: WantedComment<'_>,
    (forge, config): (&dyn Forge, &PublishConfig),
) -> Result<Option<String>, CallError> {
    if let Some(comment) = kept(&page, present, mode, (forge, config), conversation.tries()).await {
        return Ok(Some(comment.url.clone()));
    }
    let text = without_commands(&render(&compared(page, present, before), room)) + hidden;
    let marks = Marks::new(&config.comment_key, &page, forge);
    let body = if has_visible_mark { marks.around_visibly(&text) } else { marks.around(&text) };
    let url = write(conversation, present, &body, mode, is_sent).await?;
    if let Some(url) = &url {
        let shown = Some(url.clone()).filter(|url| !url.is_empty());
        tracing::info!("{}", ForgeMessage::Commented { url: shown });
    }
    Ok(url)
}

/// Gives the comment the text `body`; returns its address, `None` where there is none to correct. Nothing is sent when it has that text already. `present`: what
/// [`Conversation::look`] found; where a race has made several, the first stays.
///
/// # Errors
/// The last failure.
pub(super) async fn write(
    conversation: &impl Conversation,
    present: &[Comment],
    body: &str,
    mode: CommentMode,
    is_sent: &Cell<bool>,
) -> Result<Option<String>, CallError> {
    is_sent.set(true);
    let url = match (present.first(), mode) {
        (Some(comment), _) => Some(update(conversation, comment, body).await?),
        (None, CommentMode::Write) => Some(create(conversation, body).await?),
        (None, CommentMode::Correct) => correct(conversation, body).await?,
    };
    for surplus in present.iter().skip(1) {
        if let Err(error) = conversation.delete(surplus.id).await {
            tracing::warn!("{error}");
        }
    }
    Ok(url)
}

/// The comment that stays as it is: it is about a newer commit than this result, and not what this process has written. What the head is now is looked up only where a
/// job without a checked head finds the comment of another commit.
pub(super) async fn kept<'c>(
    page: &Page<'_>,
    present: &'c [Comment],
    mode: CommentMode,
    (forge, config): (&dyn Forge, &PublishConfig),
    Tries { deadline, .. }: Tries,
) -> Option<&'c Comment> {
    let comment = present.first()?;
    let marks = Marks::new(&config.comment_key, page, forge);
    if mode == CommentMode::Correct && marks.are_about_the_same(comment) {
        return None;
    }
    let document = page.subject.document;
    let is_kept = match document.checked_head() {
        None if !document.is_outdated() => is_newer(comment, forge, config, deadline).await,
        None | Some(_) => document.is_outdated(),
    };
    if !is_kept {
        return None;
    }
    tracing::info!("{}", ForgeMessage::CommentLeft);
    Some(comment)
}

/// Whether a comment is about the head that the pull request of the job has now, which it had not when the job began. A head that
/// moved shows nothing by itself: perhaps no job follows. Where it cannot be read, the result of this job is the newest that is
/// known.
async fn is_newer(comment: &Comment, forge: &dyn Forge, config: &PublishConfig, deadline: Instant) -> bool {
    let Some(own) = forge.job_head() else { return false };
    let Some(shown) = read_head(&comment.body, &config.comment_key).filter(|shown| *shown != own) else {
        return false;
    };
    let Ok(http) = config.client(forge.api_url()) else { return false };
    match forge.identify(None, &http, deadline).await {
        Ok(now) => now.pull_request.head == shown,
        Err(error) => {
            tracing::debug!("{}: {}", ReviewMessage::HeadNotConfirmed, error.problem());
            false
        }
    }
}

async fn update(
    conversation: &impl Conversation,
    comment: &Comment,
    body: &str,
) -> Result<String, CallError> {
    if !is_same(&comment.body, body) {
        conversation.edit(comment.id, body).await?;
    }
    Ok(comment.url.clone())
}

/// After a lost answer the comment is looked for before it is written again.
async fn create(conversation: &impl Conversation, body: &str) -> Result<String, CallError> {
    let look = async |_: &CallError| Ok(conversation.look().await?.into_iter().next());
    let create =
        async || conversation.create(body).await.map(|url| Comment { id: 0, url, body: body.to_owned() });
    let comment = create_once(conversation.tries(), look, create).await?;
    update(conversation, &comment, body).await
}

/// Makes a comment that is not to be seen yet say this, once it is there. It is not made here: it would be the second.
async fn correct(conversation: &impl Conversation, body: &str) -> Result<Option<String>, CallError> {
    let look = async || conversation.look().await.map(|present| present.into_iter().next());
    let deadline = conversation.tries().deadline;
    match look_until(FIRST_PAUSE, LOOKS, deadline, look).await? {
        Some(comment) => update(conversation, &comment, body).await.map(Some),
        None => {
            tracing::warn!("{}", ForgeMessage::CommentNotSeen);
            Ok(None)
        }
    }
}

/// The page with the counts of the comment that is there. One that is written a second time compares with what was there
/// before the first.
pub(super) fn compared<'a>(page: Page<'a>, present: &[Comment], before: &mut Option<Counts>) -> Page<'a> {
    *before = before.or_else(|| present.first().and_then(|comment| read_counts(&comment.body)));
    Page { before: *before, ..page }
}

/// First line of such a comment.
fn mark(key: &str) -> String {
    format!("<!-- codearts-gate:{key} -->")
}

/// Begins the line that keeps the counts for the next comment.
const COUNTS_MARK: &str = "<!-- codearts-gate-counts:";

/// Begins the line that keeps the commit that the comment is about.
const HEAD_MARK: &str = "<!-- codearts-gate-head:";

/// What a comment keeps for later jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marks<'a> {
    /// Distinguishes several gates.
    key: &'a str,
    /// The counts of its page.
    counts: Option<Counts>,
    /// The commit that its page is about.
    head: Option<String>,
}

impl<'a> Marks<'a> {
    /// Those of a page. It is about the commit that was checked, else about the one that the job began for, where that is known.
    pub(super) fn new(key: &'a str, page: &Page<'_>, forge: &dyn Forge) -> Self {
        let document = page.subject.document;
        let head = document.checked_head().map(str::to_owned).or_else(|| forge.job_head());
        Self { key, counts: document.counts(), head: head.filter(|head| is_commit(head)) }
    }

    /// Whether a comment is about the same commit: then no newer job has written it.
    fn are_about_the_same(&self, comment: &Comment) -> bool {
        self.head.as_deref().is_some_and(|head| read_head(&comment.body, self.key) == Some(head))
    }

    /// The text with the marks around it.
    fn around(&self, text: &str) -> String {
        let mut body = format!("{}\n{text}", mark(self.key));
        if let Some(counts) = self.counts {
            let numbers = counts.by_name().map(|(_, count)| count.to_string()).join(",");
            let _ = writeln!(body, "{COUNTS_MARK}{numbers} -->");
        }
        if let Some(head) = &self.head {
            let _ = writeln!(body, "{HEAD_MARK}{head} -->");
        }
        body
    }

    /// As [`Self::around`], also for people to see, where the forge may not keep what is hidden (`ci/forges-cn`, F3).
    pub(super) fn around_visibly(&self, text: &str) -> String {
        let head = self.head.as_ref().map(|head| format!(" `{head}`")).unwrap_or_default();
        format!("{}\n{}{head}\n", self.around(text), visible_mark(self.key))
    }
}

/// The last line of a comment where the forge may not keep what is hidden; the commit follows, where it is known.
fn visible_mark(key: &str) -> String {
    format!("codearts-gate `{key}`")
}

/// What follows the visible mark in the last line of a comment.
fn after_visible_mark<'b>(body: &'b str, key: &str) -> Option<&'b str> {
    let last = body.lines().map(str::trim).rfind(|line| !line.is_empty())?;
    last.strip_prefix(&visible_mark(key))
}

/// A commit as it follows the visible mark.
fn visible_head(text: &str) -> Option<&str> {
    text.strip_prefix(" `")?.strip_suffix('`').filter(|head| is_commit(head))
}

/// As [`is_marked`], also where only what people see was kept.
pub(super) fn is_marked_visibly(body: &str, key: &str) -> bool {
    let is_mark = |rest: &str| rest.is_empty() || visible_head(rest).is_some();
    is_marked(body, key) || after_visible_mark(body, key).is_some_and(is_mark)
}

/// The commit that a comment is about, in a comment that this program wrote.
fn read_head<'b>(body: &'b str, key: &str) -> Option<&'b str> {
    // As with the counts, no other text can be such a line.
    let line = body.lines().rev().find_map(|line| line.trim().strip_prefix(HEAD_MARK));
    let hidden = line.and_then(|line| line.strip_suffix("-->")).map(str::trim).filter(|head| is_commit(head));
    hidden.or_else(|| visible_head(after_visible_mark(body, key)?))
}

/// The counts in a comment.
fn read_counts(body: &str) -> Option<Counts> {
    // The last such line is genuine: all text before it is escaped.
    let line = body.lines().rev().find_map(|line| line.trim().strip_prefix(COUNTS_MARK))?;
    let numbers: Vec<u64> = line
        .strip_suffix("-->")?
        .trim()
        .split(',')
        .map(|number| number.parse().ok())
        .collect::<Option<_>>()?;
    Some(Counts::from_array(numbers.try_into().ok()?))
}

/// The text without commands to bots and to GitLab itself, which read the raw text: a slash at the beginning of a line, also
/// within code.
pub(super) fn without_commands(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('/') {
            safe.push('\u{200b}');
        }
        safe.push_str(line);
    }
    safe
}

/// Whether a comment carries the mark, whoever wrote it.
pub(super) fn is_marked(body: &str, key: &str) -> bool {
    body.lines().next().map(str::trim) == Some(&mark(key))
}

/// Forges may change line ends and trim.
fn is_same(stored: &str, body: &str) -> bool {
    stored.trim().lines().map(str::trim_end).eq(body.trim().lines().map(str::trim_end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_first_line_is_a_mark() {
        let cases = [
            ("text\n<!-- codearts-gate:k -->", false),
            ("<!-- codearts-gate:k2 -->\n", false),
            ("<!-- codearts-gate:k -->\r\ntext", true),
            ("", false),
        ];
        for (body, expected) in cases {
            assert_eq!(is_marked(body, "k"), expected, "{body}");
        }
    }

    #[test]
    fn no_line_is_a_command() {
        let cases = [
            ("/close", "\u{200b}/close"),
            ("a\n /merge\nb/c", "a\n\u{200b} /merge\nb/c"),
            ("a\r\n\t/label ~x\r\n", "a\r\n\u{200b}\t/label ~x\r\n"),
            ("plain", "plain"),
        ];
        for (text, expected) in cases {
            assert_eq!(without_commands(text), expected);
        }
    }

    const HEAD: &str = "2222222222222222222222222222222222222222";

    fn marks(counts: Option<Counts>, head: Option<&str>) -> Marks<'static> {
        Marks { key: "k", counts, head: head.map(str::to_owned) }
    }

    #[test]
    fn counts_survive_the_comment() {
        let counts = Counts::from_array([1, 2, 3, 4, 10]);
        let marks_of = |counts| marks(counts, Some(HEAD));
        let body = marks_of(Some(counts)).around("hostile <!-- codearts-gate-counts:9,9,9,9,9 -->\n");
        assert_eq!(read_counts(&body), Some(counts));
        assert_eq!(read_counts(&body.replace('\n', "\r\n")), Some(counts));
        assert_eq!(read_counts(&marks_of(None).around("text\n")), None);
        assert_eq!(read_counts("<!-- codearts-gate-counts:1,2,3 -->"), None);
        assert_eq!(read_counts("<!-- codearts-gate-counts:1,2,3,4,x -->"), None);
    }

    #[test]
    fn the_commit_survives_the_comment() {
        let hostile = "hostile <!-- codearts-gate-head:9999999999999999999999999999999999999999 -->\n";
        for counts in [None, Some(Counts::from_array([1, 2, 3, 4, 10]))] {
            for head in [None, Some(HEAD)] {
                let [hidden, visible] = [Marks::around, Marks::around_visibly]
                    .map(|around| around(&marks(counts, head), hostile));
                for body in [&hidden, &visible] {
                    assert_eq!(read_head(body, "k"), head, "{body}");
                    assert_eq!(read_head(&body.replace('\n', "\r\n"), "k"), head, "{body}");
                    assert!(is_marked_visibly(body, "k"), "{body}");
                }
                let is_shown = |line: &&str| !line.starts_with("<!--");
                let shown: Vec<&str> = visible.lines().filter(is_shown).collect();
                let shown = shown.join("\n");
                assert_eq!(read_head(&shown, "k"), head, "{shown}");
                assert!(is_marked_visibly(&shown, "k") && !is_marked_visibly(&shown, "k2"), "{shown}");
            }
        }
        let cases = [
            format!("<!-- codearts-gate-head:{} -->", &HEAD[1..]),
            format!("<!-- codearts-gate-head:{HEAD} --> more"),
            format!("codearts-gate `k` `{HEAD}`\nmore"),
            format!("codearts-gate `k2` `{HEAD}`"),
            format!("codearts-gate `k` {HEAD}"),
            "codearts-gate `k` ``".to_owned(),
        ];
        for body in cases {
            assert_eq!(read_head(&body, "k"), None, "{body}");
            assert!(!is_marked_visibly(&body, "k"), "{body}");
        }
    }

    #[test]
    fn line_ends_make_no_difference() {
        assert!(is_same("a\r\nb \r\n", "a\nb\n\n"));
        assert!(!is_same("a\nb", "a\nc"));
    }
}
