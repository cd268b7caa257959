//! Where comments are read and written, and as whom.

use super::api::Api;
use super::identity::Owner;

/// A pull request of GitHub.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// The API.
    pub(super) api: &'a Api,
    /// Whose token this is.
    pub(super) owner: &'a Owner,
    /// `owner/name`.
    pub(super) repository: &'a str,
    /// Its number.
    pub(super) number: u64,
    /// Distinguishes several gates.
    pub(super) key: &'a str,
}
