//! The life of a remote job: tracked to its end, evidence collected, the result finished and published.

pub(crate) mod build_environment;
pub(crate) mod check_run;
pub(crate) mod checked_code;
pub(crate) mod collect;
pub(crate) mod finish;
pub(crate) mod polling;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod scope;
pub(crate) mod started;
pub(crate) mod track;
