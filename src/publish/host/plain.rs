//! A process that no known CI runs: nothing is offered.

use super::interface::Host;
use crate::publish::target::Target;

/// A machine of one's own, or one of an unknown CI.
#[derive(Debug)]
pub(super) struct Plain;

impl Host for Plain {
    fn targets(&self) -> &'static [Target] {
        &[]
    }
}
