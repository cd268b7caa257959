//! What tracking a build job and collecting its evidence both need.

use crate::codearts::Service;
use crate::settings::BuildSettings;
use tokio::time::Instant;

/// What all build jobs of a process use; nothing in it changes.
#[derive(Debug)]
pub(crate) struct BuildEnvironment<'a> {
    pub(crate) service: &'a Service,
    pub(crate) settings: &'a BuildSettings,
    pub(crate) deadline: Instant,
}
