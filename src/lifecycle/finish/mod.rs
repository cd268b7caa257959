//! From results to one outcome, `result.json`, pages, publishing and the last lines.

pub(crate) mod ending;
pub(crate) mod lines;
pub(crate) mod tally;
