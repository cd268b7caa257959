//! A host that has nothing to do with the job: it must never get credentials. It serves a PDF, as object storage would.

use crate::kit::secrets::find;
use crate::kit::server::Server;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use std::sync::{Arc, Mutex, PoisonError};

/// The running host. All plays share it.
pub(crate) struct Elsewhere {
    server: Server,
    leaks: Arc<Mutex<Vec<String>>>,
}

impl Elsewhere {
    pub(crate) fn new() -> Self {
        let leaks = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&leaks);
        let server = Server::new(move |request: hyper::Request<Bytes>| {
            let text = format!("{} {:?} {:?}", request.uri(), request.headers(), request.body());
            let is_signed = ["authorization", "x-auth-token", "private-token", "cookie"];
            let leak = is_signed.iter().find(|name| request.headers().contains_key(**name)).copied();
            if let Some(leak) = leak.or_else(|| find(&text)) {
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(format!("`{leak}` in {text}"));
            }
            std::future::ready(Ok(Response::new(Full::new(Bytes::from_static(
                b"%PDF-1.7 elsewhere %%EOF\n",
            )))))
        });
        Self { server, leaks }
    }

    /// Where it is for this seed.
    pub(crate) fn address(&self, seed: u64) -> String {
        format!("{}/{seed}", self.server.origin())
    }

    /// Credentials that it got during the play of this seed.
    pub(crate) fn leaks(&self, seed: u64) -> Vec<String> {
        let leaks = self.leaks.lock().unwrap_or_else(PoisonError::into_inner);
        leaks.iter().filter(|leak| leak.contains(&format!("/{seed}/"))).cloned().collect()
    }
}
