//! A process in a place that takes nothing itself: only the forge does.

use super::interface::Host;
use crate::publish::target::Target;

/// A machine of one's own, or one of a CI that takes nothing.
#[derive(Debug)]
pub(super) struct Plain;

impl Host for Plain {
    fn targets(&self) -> &'static [Target] {
        &[Target::Comment, Target::Review, Target::CheckRun]
    }
}
