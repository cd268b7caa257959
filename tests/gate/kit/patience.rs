//! How tests wait for an event.

use std::time::Duration;

/// How long a test waits for an event that must come.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// How often it checks.
pub(super) const GLANCE: Duration = Duration::from_millis(5);
