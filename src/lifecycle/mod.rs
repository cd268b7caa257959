//! The life of a remote job: tracked to its end, evidence collected, the result finished and published.

pub(crate) mod collect;
pub(crate) mod finish;
pub(crate) mod track;
