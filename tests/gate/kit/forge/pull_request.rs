//! Pull requests that both forges describe: `pull_request(12).moves_to(OTHER).at_look(3).file("src/a.c", patch)`.

use serde_json::{Value, json};

/// The head that a pull request has at first.
pub(crate) const HEAD: &str = "2222222222222222222222222222222222222222";
/// The commit that merges it for a test.
pub(crate) const MERGE: &str = "3333333333333333333333333333333333333333";
/// Number of the project it leads to, as GitLab counts.
const PROJECT: u64 = 1001;

/// From `feature` to `main` of `acme/widget`, without files.
pub(crate) fn pull_request(number: u64) -> PullRequest {
    PullRequest {
        number,
        title: "Add a widget".to_owned(),
        source: "feature".to_owned(),
        target: "main".to_owned(),
        head: HEAD.to_owned(),
        moves: Vec::new(),
        retargeted: None,
        looks: 0,
        from: From::Same,
        files: Vec::new(),
        page: 100,
        repeats: false,
        hidden: 0,
    }
}

/// A pull request, or a merge request.
#[derive(Clone, Debug)]
pub(crate) struct PullRequest {
    pub(super) number: u64,
    title: String,
    source: String,
    target: String,
    head: String,
    /// From which look on it has which head.
    moves: Vec<(usize, String)>,
    /// From which look on it leads to which branch.
    retargeted: Option<(usize, String)>,
    looks: usize,
    from: From,
    files: Vec<File>,
    page: usize,
    repeats: bool,
    hidden: usize,
}

/// Where the source branch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    Same,
    Fork,
    Nowhere,
}

#[derive(Clone, Debug)]
struct File {
    name: String,
    old: Option<String>,
    status: &'static str,
    patch: Option<String>,
    /// How many lines the forge counts as added.
    added: usize,
}

/// A head that is about to move.
pub(crate) struct Move {
    of: PullRequest,
    to: String,
}

impl Move {
    /// At the time that it is read for the n-th time, from 1.
    pub(crate) fn at_look(mut self, look: usize) -> PullRequest {
        self.of.moves.push((look, self.to));
        self.of
    }
}

impl PullRequest {
    pub(crate) fn title(mut self, title: &str) -> Self {
        self.title = title.to_owned();
        self
    }

    pub(crate) fn branches(mut self, source: &str, target: &str) -> Self {
        (self.source, self.target) = (source.to_owned(), target.to_owned());
        self
    }

    pub(crate) fn head(mut self, head: &str) -> Self {
        self.head = head.to_owned();
        self
    }

    pub(crate) fn moves_to(self, head: &str) -> Move {
        Move { of: self, to: head.to_owned() }
    }

    /// It leads to another branch from the n-th look on, from 1.
    pub(crate) fn retargeted_at_look(mut self, target: &str, look: usize) -> Self {
        self.retargeted = Some((look, target.to_owned()));
        self
    }

    /// The source branch is in another repository.
    pub(crate) fn of_fork(mut self) -> Self {
        self.from = From::Fork;
        self
    }

    /// The repository of the source branch was deleted.
    pub(crate) fn of_deleted_fork(mut self) -> Self {
        self.from = From::Nowhere;
        self
    }

    fn with(mut self, name: &str, status: &'static str, patch: Option<&str>) -> Self {
        let added = patch.unwrap_or_default().lines().filter(|line| line.starts_with('+')).count();
        let patch = patch.map(str::to_owned);
        self.files.push(File { name: name.to_owned(), old: None, status, patch, added });
        self
    }

    /// A file with hunks.
    pub(crate) fn file(self, name: &str, patch: &str) -> Self {
        self.with(name, "modified", Some(patch))
    }

    /// A file of which the forge shows only the first lines of the patch.
    pub(crate) fn cut_file(mut self, name: &str, patch: &str, added: usize) -> Self {
        self = self.file(name, patch);
        self.files.last_mut().expect("a file").added = added;
        self
    }

    /// A file that is too large to be shown, or not text.
    pub(crate) fn file_without_patch(self, name: &str) -> Self {
        self.with(name, "modified", None)
    }

    pub(crate) fn removed_file(self, name: &str) -> Self {
        self.with(name, "removed", Some("@@ -1 +0,0 @@\n-gone"))
    }

    /// A file that has only another name.
    pub(crate) fn renamed_file(mut self, old: &str, name: &str) -> Self {
        self = self.with(name, "renamed", None);
        self.files.last_mut().expect("a file").old = Some(old.to_owned());
        self
    }

    /// The last file had another name before.
    pub(crate) fn named_before(mut self, old: &str) -> Self {
        self.files.last_mut().expect("a file").old = Some(old.to_owned());
        self
    }

    /// How many files stand on a page.
    pub(crate) fn files_a_page(mut self, page: usize) -> Self {
        self.page = page;
        self
    }

    /// There is always a next page, and it is the first again.
    pub(crate) fn repeats_its_first_page(mut self) -> Self {
        self.repeats = true;
        self
    }

    /// So many more files changed than the forge lists.
    pub(crate) fn hides_files(mut self, number: usize) -> Self {
        self.hidden = number;
        self
    }

    /// Somebody pushes.
    pub(super) fn push(&mut self, head: &str) {
        self.moves.push((0, head.to_owned()));
    }

    fn look(&mut self) -> String {
        self.looks += 1;
        if let Some((_, target)) = self.retargeted.take_if(|(look, _)| *look <= self.looks) {
            self.target = target;
        }
        let due = self.moves.iter().rev().find(|(look, _)| *look <= self.looks);
        due.map_or_else(|| self.head.clone(), |(_, head)| head.clone())
    }

    /// As `GET /repos/{owner}/{repo}/pulls/{number}` returns it.
    pub(crate) fn on_github(&mut self) -> Value {
        let target = json!({"full_name": "acme/widget", "html_url": "https://github.com/acme/widget",
                            "clone_url": "https://github.com/acme/widget.git"});
        let source = match self.from {
            From::Same => target.clone(),
            From::Fork => json!({"full_name": "outsider/widget"}),
            From::Nowhere => Value::Null,
        };
        let head = self.look();
        json!({"number": self.number, "state": "open", "title": self.title, "merge_commit_sha": MERGE,
               "head": {"sha": head, "ref": self.source, "repo": source},
               "base": {"ref": self.target, "repo": target}, "changed_files": self.files.len() + self.hidden})
    }

    /// A page of `GET /repos/{owner}/{repo}/pulls/{number}/files`, and whether there are more.
    pub(super) fn files_on_github(&self, page: usize) -> (Value, bool) {
        let show = |file: &File| {
            let removed = file
                .patch
                .as_deref()
                .unwrap_or_default()
                .lines()
                .filter(|line| line.starts_with('-'))
                .count();
            // Of text that is too large the lines are counted.
            let added = if file.patch.is_none() && file.old.is_none() { 20_000 } else { file.added };
            json!({"sha": "bbcd538c8e72b8c175046e27cc8f907076331401", "filename": file.name, "status": file.status,
                   "previous_filename": file.old, "patch": file.patch,
                   "additions": added, "deletions": removed, "changes": added + removed})
        };
        self.page(page, show)
    }

    /// As `GET /api/v1/repos/{owner}/{repo}/pulls/{number}` returns it.
    pub(crate) fn on_gitea(&mut self) -> Value {
        let target = json!({"full_name": "acme/widget", "html_url": "https://gitea.example/acme/widget",
                            "clone_url": "https://gitea.example/acme/widget.git"});
        let source = match self.from {
            From::Same => target.clone(),
            From::Fork => json!({"full_name": "outsider/widget"}),
            From::Nowhere => Value::Null,
        };
        let head = self.look();
        json!({"id": 990, "number": self.number, "state": "open", "title": self.title, "merge_base": MERGE,
               "head": {"label": self.source, "sha": head, "ref": self.source, "repo": source},
               "base": {"label": self.target, "ref": self.target, "repo": target},
               "changed_files": self.files.len() + self.hidden})
    }

    /// A page of `GET /api/v1/repos/{owner}/{repo}/pulls/{number}/files`, which has no lines, and how many files there are.
    pub(super) fn files_on_gitea(&self, page: usize) -> (Value, usize) {
        let show = |file: &File| {
            let status = match file.status {
                "removed" => "deleted",
                "modified" => "changed",
                others => others,
            };
            json!({"filename": file.name, "status": status, "previous_filename": file.old, "additions": file.added,
                   "deletions": 0, "changes": file.added})
        };
        (self.page(page, show).0, self.files.len() + self.hidden)
    }

    /// `GET /api/v1/repos/{owner}/{repo}/pulls/{number}.diff`.
    pub(super) fn diff_on_gitea(&self) -> String {
        let show = |file: &File| {
            let name = &file.name;
            let old = file.old.as_ref().unwrap_or(name);
            let begin = format!("diff --git a/{old} b/{name}\n");
            match (&file.patch, &file.old) {
                (Some(patch), _) if patch.starts_with("Binary") => format!("{begin}{patch}\n"),
                (Some(patch), _) if file.status == "removed" => {
                    format!("{begin}deleted file mode 100644\n--- a/{old}\n+++ /dev/null\n{patch}\n")
                }
                (Some(patch), _) => format!("{begin}--- a/{old}\n+++ b/{name}\n{}\n", patch.trim_end()),
                (None, Some(old)) => {
                    format!("{begin}similarity index 100%\nrename from {old}\nrename to {name}\n")
                }
                (None, None) => format!("{begin}Binary files a/{name} and b/{name} differ\n"),
            }
        };
        self.files.iter().map(show).collect()
    }

    /// As `GET /projects/{id}/merge_requests/{iid}` returns it.
    pub(crate) fn on_gitlab(&mut self) -> Value {
        let source = match self.from {
            From::Same => json!(PROJECT),
            From::Fork => json!(7),
            From::Nowhere => Value::Null,
        };
        let files = self.files.len();
        let count = if self.hidden > 0 { format!("{files}+") } else { files.to_string() };
        let head = self.look();
        json!({"iid": self.number, "id": 990, "project_id": PROJECT, "state": "opened", "title": self.title, "sha": head,
               "diff_refs": {"head_sha": head}, "source_branch": self.source, "target_branch": self.target,
               "source_project_id": source, "target_project_id": PROJECT, "changes_count": count,
               "references": {"full": format!("acme/widget!{}", self.number)},
               "web_url": super::page_url(&self.number.to_string())})
    }

    /// As `GET /v4/repositories/{id}/merge-requests/{iid}` of CodeArts Repo returns it.
    pub(super) fn on_codearts_repo(&mut self) -> Value {
        let source = match self.from {
            From::Same => json!(2_111_111),
            From::Fork => json!(7),
            From::Nowhere => Value::Null,
        };
        let head = self.look();
        json!({"id": 990, "iid": self.number, "repository_id": 2_111_111, "state": "opened", "title": self.title,
               "sha": head, "merge_commit_sha": null, "source_branch": self.source, "target_branch": self.target,
               "source_repository_id": source, "target_repository_id": 2_111_111, "codecheck_state": 0})
    }

    /// A page of `GET /projects/{id}/merge_requests/{iid}/diffs`, and whether there are more.
    pub(super) fn files_on_gitlab(&self, page: usize) -> (Value, bool) {
        let show = |file: &File| {
            let is_renamed = file.old.is_some();
            json!({"old_path": file.old.as_ref().unwrap_or(&file.name), "new_path": file.name, "a_mode": "100644",
                   "b_mode": "100644", "diff": file.patch.as_deref().unwrap_or_default(), "new_file": false,
                   "renamed_file": is_renamed, "deleted_file": file.status == "removed", "generated_file": false,
                   "collapsed": false, "too_large": file.patch.is_none() && !is_renamed})
        };
        self.page(page, show)
    }

    /// As `GET /repos/{owner}/{repo}/pulls/{number}` of Gitee and GitCode returns it.
    pub(crate) fn on_gitee(&mut self, host: &str) -> Value {
        let target = json!({"full_name": "acme/widget", "html_url": format!("https://{host}/acme/widget")});
        let source = match self.from {
            From::Same => target.clone(),
            From::Fork => json!({"full_name": "outsider/widget"}),
            From::Nowhere => Value::Null,
        };
        let head = self.look();
        json!({"id": 18_000_000 + self.number, "number": self.number, "state": "open", "title": self.title,
               "head": {"sha": head, "ref": self.source, "repo": source}, "base": {"ref": self.target, "repo": target}})
    }

    /// A page of `GET /repos/{owner}/{repo}/pulls/{number}/files` of Gitee and GitCode.
    pub(super) fn files_on_gitee(&self, page: usize) -> Value {
        let show = |file: &File| {
            let is_renamed = file.old.is_some();
            json!({"filename": file.name, "status": null, "additions": file.added.to_string(), "deletions": "0",
                   "patch": {"diff": file.patch.as_deref().unwrap_or_default(), "new_path": file.name,
                             "old_path": file.old.as_ref().unwrap_or(&file.name), "a_mode": "100644", "b_mode": "100644",
                             "new_file": false, "renamed_file": is_renamed, "deleted_file": file.status == "removed",
                             "too_large": file.patch.is_none() && !is_renamed}})
        };
        self.page(page, show).0
    }

    /// The name that a file had before.
    pub(super) fn old_name(&self, name: &str) -> &str {
        let file = self.files.iter().find(|file| file.name == name).expect("a file");
        file.old.as_ref().unwrap_or(&file.name)
    }

    /// The line of the new file that stands so far below the first `@@` of a patch.
    pub(super) fn line_at(&self, path: &str, position: u64) -> Option<u64> {
        let patch = self.files.iter().find(|file| file.name == path)?.patch.as_deref()?;
        let mut line = 0;
        for (number, text) in (0_u64..).zip(patch.lines()) {
            if let Some((_, new)) = text.strip_prefix("@@").and_then(|header| header.split_once('+')) {
                let start = new.split([',', ' ']).next()?;
                line = start.parse::<u64>().ok()? - 1;
                continue;
            }
            line += u64::from(!text.starts_with('-'));
            if number == position {
                return Some(line).filter(|_| !text.starts_with('-'));
            }
        }
        None
    }

    /// Whether the diff of this file has the line on its new side.
    pub(super) fn shows_line(&self, path: &str, line: u64) -> bool {
        (1..1_000).any(|position| self.line_at(path, position) == Some(line))
    }

    fn page(&self, page: usize, show: impl Fn(&File) -> Value) -> (Value, bool) {
        let first = if self.repeats { 0 } else { (page - 1) * self.page };
        let shown: Vec<Value> = self.files.iter().skip(first).take(self.page).map(show).collect();
        (shown.into(), self.repeats || self.files.len() > page * self.page)
    }
}
