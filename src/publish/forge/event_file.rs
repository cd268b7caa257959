//! Reading the file in which a runner keeps the event that triggered a job.

use crate::error::Problem;
use crate::messages::GitHubMessage;
use serde_json::Value;
use std::path::Path;

/// Largest event file that is read; GitHub's own limit for a payload is 25 MB.
const EVENT_LIMIT: u64 = 32 * 1024 * 1024;

/// The event in the file of `GITHUB_EVENT_PATH`.
///
/// # Errors
/// When there is none.
pub(super) fn read_event(file: &Path) -> Result<Value, Problem> {
    let path = file.display().to_string();
    let not_read = GitHubMessage::EventNotRead { path: path.clone() };
    let bytes = crate::file::read(file, EVENT_LIMIT)
        .map_err(|error| crate::file::not_read(not_read.clone(), &error))?;
    let text = crate::text::without_mark(&bytes);
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::new(GitHubMessage::EventEmpty { path }));
    }
    serde_json::from_slice(text).map_err(|error| Problem::new(not_read).because(error))
}
