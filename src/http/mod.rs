//! The one HTTP client: every limit, TLS trust and the proxy are decided here and nowhere else.
//!
//! It sends what it is given and reports what came back. Whether to send again is [`retry`]'s decision and the caller's
//! loop; what a body means is [`error`]'s and the caller's.

pub mod call;
mod client;
pub mod dialect;
pub mod error;
pub mod field;
#[cfg(fuzzing)]
pub mod imitation;
pub mod json;
pub(crate) mod jwt;
pub mod lenient;
mod lines;
mod message;
mod origin;
pub mod proxy;
pub mod query;
pub mod repeat;
pub mod retry;
pub mod retry_after;
mod tls;
mod transport;
pub mod uri;

pub use client::{CALL_LIMIT, CONNECT_LIMIT, HttpClient, HttpSettings, IDLE_LIMIT, USER_AGENT, call_limit};
pub use message::{BODY_LIMIT, Request, Response, TransportError, json_headers, refuse_climbing, sensitive};
pub use origin::is_loopback;
pub use tls::certificates;
pub use transport::next_chunk;
pub(crate) use transport::transport_error;
