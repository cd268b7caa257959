//! A job of Gitee Go: it keeps files by itself, under addresses that are not documented.

use super::interface::Host;
use crate::publish::target::Target;

/// A job of Gitee Go.
#[derive(Debug)]
pub(super) struct GiteeGo;

impl Host for GiteeGo {
    fn targets(&self) -> &'static [Target] {
        &[Target::Comment, Target::Review, Target::CheckRun]
    }
}
