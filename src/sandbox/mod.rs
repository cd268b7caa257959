//! An offline imitation of the service on this machine: strict where the real one is, and faulty on demand.
//!
//! It knows nothing of the client; only the signing rules are shared, and those are held to the official signer's
//! vectors. [`scenario`] holds what happens, `state` what has happened, `message` requests and answers, `calls` answers
//! them, `gatekeeper` checks credentials, `server` speaks HTTP and commits the faults.

mod calls;
mod gatekeeper;
mod message;
mod pdf;
pub mod scenario;
mod server;
mod state;

pub use calls::{AGENCY_URN, FORGE_TOKEN, ID_REQUEST_TOKEN, IDP_ID, POD_TOKEN, PROVIDER_URN};
pub use gatekeeper::{
    ACCESS_KEY, DOMAIN, PASSWORD, SECRET_KEY, SECURITY_TOKEN, TEMPORARY_ACCESS_KEY, TOKEN, USER,
};
pub use server::{Recorded, Sandbox};
pub use state::EXAMPLE_TASK;
