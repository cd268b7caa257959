//! A running process that ends with its test: one that outlives it would ask the servers of other tests.

use std::ops::{Deref, DerefMut};
use std::process::Child;

/// A process that is killed when nobody waits for it any more.
pub(crate) struct Process(Option<Child>);

impl Process {
    pub(super) fn new(child: Child) -> Self {
        Self(Some(child))
    }

    /// The process, for whoever waits for its end.
    pub(crate) fn into_child(mut self) -> Child {
        self.0.take().expect("a process")
    }
}

impl Deref for Process {
    type Target = Child;

    fn deref(&self) -> &Child {
        self.0.as_ref().expect("a process")
    }
}

impl DerefMut for Process {
    fn deref_mut(&mut self) -> &mut Child {
        self.0.as_mut().expect("a process")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            // It has ended already, as a rule.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
