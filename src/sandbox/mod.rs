//! An offline imitation of the service on this machine: strict where the real one is, and faulty on demand.
//!
//! It knows nothing of the client; only the signing rules are shared, and those are held to the official signer's
//! vectors. [`scenario`] says what happens, `world` is the state of the service, `gatekeeper` checks credentials,
//! `routes` are the calls, `server` speaks HTTP and commits the faults.

mod builds;
mod findings;
mod gatekeeper;
mod logins;
mod pdf;
mod routes;
pub mod scenario;
mod server;
mod world;

pub use gatekeeper::{
    ACCESS_KEY, DOMAIN, PASSWORD, SECRET_KEY, SECURITY_TOKEN, TEMPORARY_ACCESS_KEY, TOKEN, USER,
};
pub use logins::{AGENCY_URN, ID_REQUEST_TOKEN, IDP_ID, POD_TOKEN, PROVIDER_URN};
pub use server::{Recorded, Sandbox};
