//! The PDF as an upload of the project, so that the note can link to it (`ci/gitlab`, section 5).

use super::api::{Api, project};
use crate::error::Problem;
use crate::http::call::Call;
use crate::http::retry::RetryClass;
use crate::messages::Attempt;
use crate::messages::{ForgeMessage, GitLabMessage};
use crate::publish::forge::address::shown_path;
use serde_json::Value;
use std::io;
use std::path::Path;
use tokio::task::spawn_blocking;
use url::Url;

/// Larger files are left to the artifacts of the job, in bytes: an upload is sent from memory.
const UPLOAD_LIMIT: u64 = 20 * 1000 * 1000;

/// Uploads a file to the project of the merge request; returns its address, or that of the server's page relative to it.
///
/// # Errors
/// When it could not be read or GitLab did not take it.
pub(super) async fn upload(
    api: &Api,
    project_id: &str,
    file: &Path,
    name: &str,
) -> Result<Uploaded, Problem> {
    let path = file.to_owned();
    let content = spawn_blocking(move || crate::file::read(&path, UPLOAD_LIMIT)).await;
    let content = content.map_err(io::Error::other).flatten();
    let content = content.map_err(|error| {
        let path = file.display().to_string();
        crate::file::not_read(ForgeMessage::FileNotRead { path }, &error)
    })?;
    let boundary = boundary();
    let call = Call {
        // A second try would leave a second file.
        class: RetryClass::CreateOnce,
        expected: &["url"],
        ..Call::post(
            Attempt::UploadPdf,
            format!("{}/uploads", project(project_id)),
            form(&boundary, name, &content),
        )
    };
    let answer = api.upload(call, &format!("multipart/form-data; boundary={boundary}")).await;
    read(&answer.map_err(|error| Problem::from(&error))?)
        .ok_or_else(|| Problem::new(GitLabMessage::NoUploadAddress))
}

/// Where an upload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Uploaded {
    /// Path on the server.
    OnServer(String),
    /// Path below the page of the project, on servers before 17.1.
    InProject(String),
}

impl Uploaded {
    /// The whole address.
    pub(super) fn address(&self, server_url: &str, project_url: &str) -> String {
        match self {
            // Below a path, that path stands in `full_path` already.
            Self::OnServer(path) => {
                let joined = Url::parse(server_url).and_then(|server| server.join(path));
                joined.map_or_else(|_| format!("{server_url}{path}"), String::from)
            }
            Self::InProject(path) => format!("{project_url}{path}"),
        }
    }
}

/// Begins a line that keeps the address of an upload for the next run.
const MARK: &str = "<!-- codearts-gate-pdf:";

/// A line that keeps the address of an upload.
pub(super) fn mark(sha256: &str, url: &str) -> String {
    format!("{MARK}{sha256} {url} -->\n")
}

/// The address of an upload with this content, among the marks of a note that this program wrote: all other text
/// there is escaped.
pub(super) fn find<'a>(note: &'a str, sha256: &str) -> Option<&'a str> {
    let marks = note.lines().filter_map(|line| line.trim().strip_prefix(MARK)?.strip_suffix(" -->"));
    marks.filter_map(|mark| mark.split_once(' ')).find(|(known, _)| *known == sha256).map(|(_, url)| url)
}

fn read(answer: &Value) -> Option<Uploaded> {
    let path = |field: &str| answer[field].as_str().and_then(shown_path);
    path("full_path").map(Uploaded::OnServer).or_else(|| path("url").map(Uploaded::InProject))
}

/// Stands between the parts of one form. It is random, so that no file can hold it and cut the form short.
fn boundary() -> String {
    format!("codearts-gate-{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..))
}

/// The body with the one file. The name holds letters, digits and dots only.
fn form(boundary: &str, name: &str, content: &[u8]) -> Vec<u8> {
    let mut body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn old_and_new_servers_say_where_it_is() {
        let new = json!({"url": "/uploads/66db/r.pdf", "full_path": "/-/project/1001/uploads/66db/r.pdf"});
        assert_eq!(read(&new), Some(Uploaded::OnServer("/-/project/1001/uploads/66db/r.pdf".to_owned())));
        assert_eq!(
            read(&json!({"url": "/uploads/66db/r.pdf"})),
            Some(Uploaded::InProject("/uploads/66db/r.pdf".to_owned()))
        );
        assert_eq!(read(&json!({"url": "https://elsewhere.example/"})), None);
        let below =
            json!({"url": "/uploads/66db/r.pdf", "full_path": "/gitlab/-/project/1/uploads/66db/r.pdf"});
        let uploaded = read(&below).expect("an address");
        assert_eq!(
            uploaded.address("https://h.example/gitlab", "https://h.example/gitlab/a/b"),
            "https://h.example/gitlab/-/project/1/uploads/66db/r.pdf"
        );
    }

    #[test]
    fn uploads_are_found_again_by_their_content() {
        let note = format!(
            "text {MARK}aa https://h/evil -->\r\n{}{}",
            mark("aa", "https://h/1"),
            mark("bb", "https://h/2")
        );
        assert_eq!((find(&note, "aa"), find(&note, "bb")), (Some("https://h/1"), Some("https://h/2")));
        assert_eq!(find(&note, "cc"), None);
    }

    #[test]
    fn the_form_has_one_part() {
        let form = form("b", "a.pdf", b"%PDF-\r\n\0");
        let text = String::from_utf8_lossy(&form);
        let (head, content) = text.split_once("\r\n\r\n").expect("an empty line");
        assert!(head.ends_with("filename=\"a.pdf\"\r\nContent-Type: application/pdf"), "{head}");
        assert_eq!(content, format!("%PDF-\r\n\0\r\n--b--\r\n"));
    }

    #[test]
    fn a_file_cannot_hold_the_boundary_of_its_form() {
        assert_ne!(boundary(), boundary());
    }
}
