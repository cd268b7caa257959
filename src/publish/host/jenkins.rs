//! A Jenkins build: it keeps files, and knows its own page.

use super::interface::Host;
use crate::ci::jenkins::Build;
use crate::publish::target::Target;

/// A build of Jenkins.
#[derive(Debug)]
pub(super) struct Jenkins {
    /// What its variables describe.
    pub(super) build: Build,
}

impl Host for Jenkins {
    fn targets(&self) -> &'static [Target] {
        &[Target::Artifact, Target::Comment, Target::Review]
    }

    fn run_url(&self) -> Option<&str> {
        self.build.url.as_deref()
    }

    fn kept(&self) -> Option<String> {
        self.build.artifacts_url()
    }
}
