//! What is fetched after the verdict of the service: the quality gate, findings, the PDF.

pub(crate) mod findings;
pub(crate) mod gate;
pub(crate) mod pdf;
pub(crate) mod standing;
