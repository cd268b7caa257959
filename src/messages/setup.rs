//! About setting up the process itself.

/// What could not be set up. The caller cannot be wrong about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum SetupMessage {
    /// The runtime that drives all work.
    Runtime,
    /// The handlers of signals.
    SignalHandlers,
    /// The HTTP client and its TLS.
    HttpClient,
}
