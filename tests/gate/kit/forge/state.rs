//! What the forge stores, its requests, and its faults.

use super::codearts_repo::Discussion;
use super::gitea::GiteaReview;
use super::gitee::GiteeState;
use super::pull_request::PullRequest;
use bytes::Bytes;
use serde_json::Value;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::watch;

/// The versions that the results service accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// Version 7 with any type.
    #[default]
    Everything,
    /// Version 7, but not PDFs.
    NoPdf,
    /// Version 7, archives only.
    ArchivesOnly,
    /// Version 4; the newer field makes it fail without an explanation.
    Version4,
    /// Not available.
    Nothing,
}

/// A wrong answer, for requests whose method and path begin like this.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) request: &'static str,
    /// Which of them, from 1; empty: all.
    pub(crate) on: &'static [usize],
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    /// Whether it is carried out all the same; its answer is lost, unless it comes late.
    pub(crate) is_done: bool,
    /// Whether no answer ever comes.
    pub(crate) stalls: bool,
    /// How late the right answer comes; of what is carried out without one, how late that is.
    pub(crate) late: Option<Late>,
}

/// When something comes that comes late.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Late {
    By(Duration),
    /// Once the forge is released.
    Held,
}

impl Fault {
    pub(crate) fn new(request: &'static str, on: &'static [usize], status: u16) -> Self {
        Self {
            request,
            on,
            status,
            body: Value::Null,
            headers: &[],
            is_done: false,
            stalls: false,
            late: None,
        }
    }

    /// No answer ever comes.
    pub(crate) fn stall(request: &'static str) -> Self {
        Self { stalls: true, ..Self::new(request, &[], 0) }
    }
}

/// An artifact.
#[derive(Clone, Debug, Default)]
pub(crate) struct Artifact {
    pub(crate) name: String,
    pub(crate) version: u64,
    pub(crate) mime_type: Option<String>,
    pub(crate) stored_type: String,
    pub(crate) expires_at: Option<String>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_final: bool,
    pub(super) id: u64,
    pub(super) blocks: HashMap<String, Bytes>,
}

/// A comment.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) login: String,
    pub(crate) is_bot: bool,
    pub(crate) body: String,
}

/// A comment in the diff of a pull request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inline {
    pub(crate) id: u64,
    pub(crate) login: String,
    pub(crate) body: String,
    pub(crate) path: String,
    pub(crate) line: u64,
    /// The comment that it replies to.
    pub(crate) reply_to: Option<u64>,
    /// Whether its thread is resolved, and when where that is not when everything happens.
    pub(crate) is_resolved: bool,
    pub(crate) resolved_at: Option<&'static str>,
    /// Whether a push has changed its line.
    pub(crate) is_outdated: bool,
}

/// What is stored, and the requests.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) speaks: Speaks,
    /// How long each answer takes.
    pub(crate) latency: Duration,
    pub(crate) faults: Vec<Fault>,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) inline: Vec<Inline>,
    pub(crate) check_runs: Vec<Value>,
    /// Uploads to code scanning, how often their status was requested, and their errors.
    pub(crate) sarifs: Vec<Value>,
    /// Whether nothing that is hidden stays in comments.
    pub(crate) drops_marks: bool,
    pub(crate) sarif_looks: usize,
    pub(crate) sarif_error: Option<&'static str>,
    pub(crate) pull_requests: Vec<PullRequest>,
    /// How many descriptions of pull requests were sent whole, because they were not known.
    pub(crate) sent_whole: usize,
    /// Whether the list that is being answered has more pages.
    pub(super) has_next_page: bool,
    /// What the same server stores as a GitLab.
    pub(crate) gitlab: GitLabState,
    /// What the same server stores as a Gitea.
    pub(crate) gitea: GiteaState,
    /// Discussions on the merge request of CodeArts Repo.
    pub(crate) repo: Vec<Discussion>,
    /// What the same server stores as a Gitee or a GitCode.
    pub(crate) gitee: GiteeState,
    /// The faults that requests have met: which ones, from 0.
    pub(crate) met: Vec<usize>,
    /// `METHOD /path` and JSON body of each request.
    pub(crate) requests: Vec<(String, Value)>,
    counts: HashMap<&'static str, usize>,
    /// Whether what is held may go on.
    pub(super) released: watch::Sender<bool>,
}

impl State {
    pub(super) fn pull_request(&mut self, number: u64) -> Option<&mut PullRequest> {
        self.pull_requests.iter_mut().find(|pull_request| pull_request.number == number)
    }

    /// Counts requests anew, also for faults.
    pub(crate) fn forget_requests(&mut self) {
        self.requests.clear();
        self.counts.clear();
    }

    /// The fault that this request meets.
    pub(super) fn due_fault(&mut self, line: &str) -> Option<Fault> {
        let mut due = None;
        for (number, fault) in self.faults.iter().enumerate() {
            if line.starts_with(fault.request) {
                let count = self.counts.entry(fault.request).or_default();
                *count += 1;
                if due.is_none() && (fault.on.is_empty() || fault.on.contains(count)) {
                    due = Some((number, fault.clone()));
                }
            }
        }
        let (number, fault) = due?;
        self.met.push(number);
        Some(fault)
    }
}

/// A note.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) id: u64,
    pub(crate) author: u64,
    pub(crate) is_system: bool,
    pub(crate) body: String,
}

/// What is there.
#[derive(Debug, Default)]
pub(crate) struct GitLabState {
    pub(crate) notes: Vec<Note>,
    /// Name and content of each upload.
    pub(crate) uploads: Vec<(String, Vec<u8>)>,
    pub(crate) statuses: Vec<(String, Value)>,
    /// Merge requests of the commit.
    pub(crate) merge_requests: Vec<Value>,
    /// Merge requests with a source branch of this name.
    pub(crate) of_branch: Vec<Value>,
    /// What quick actions have done.
    pub(crate) actions: Vec<String>,
}

/// What is there.
#[derive(Debug, Default)]
pub(crate) struct GiteaState {
    /// Commit and content of each status.
    pub(crate) statuses: Vec<(String, Value)>,
    pub(crate) reviews: Vec<GiteaReview>,
    /// A draft that somebody begins when the reviews have been listed.
    pub(crate) late_draft: Option<GiteaReview>,
    /// Whether lists do not show how long they are.
    pub(crate) hides_totals: bool,
    /// Whether threads can be resolved, as newer servers offer it.
    pub(crate) resolves: bool,
    /// The user of the token; that of a job has none that may ask.
    pub(crate) user: Option<&'static str>,
}

/// A text as a forge keeps it that may drop what is hidden.
pub(super) fn kept(text: &str, drops_marks: bool) -> String {
    let is_kept = |line: &&str| !(drops_marks && line.starts_with("<!--"));
    text.split_inclusive('\n').filter(is_kept).collect()
}
