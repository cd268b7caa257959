//! How tests wait for what must come.

use std::time::Duration;

/// How long a test waits for an event that must come.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// How often it looks.
pub(super) const GLANCE: Duration = Duration::from_millis(5);
