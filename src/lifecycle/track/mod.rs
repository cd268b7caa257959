//! Follows a remote job to its end: start, poll, stop, signals.

pub(crate) mod follow;
pub(crate) mod job;
pub(crate) mod polling;
pub(crate) mod signals;
pub(crate) mod stop;
pub(crate) mod task;
