//! One session for all tasks: fetched once, renewed in time.

use super::id_token::IdTokenSource;
use super::metadata::Metadata;
use super::oidc::Oidc;
use super::password::PasswordLogin;
use super::session::{Session, SessionCredential};
use crate::http::HttpClient;
use crate::http::error::CallError;
use crate::http::retry::Failure;
use crate::messages::LoginMessage;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::spawn_local;
use tokio::time::Instant;

/// After a renewal that failed, the present session serves this long before the next one is tried.
const RENEWAL_PAUSE: Duration = Duration::from_secs(20);
/// Longest time for one login, repeats included.
const LOGIN_LIMIT: Duration = Duration::from_secs(90);

/// A way to a session.
#[derive(Debug)]
pub(super) enum Login {
    /// An IAM user's password.
    Password(PasswordLogin),
    /// A token of the CI about its own identity.
    Oidc(Oidc),
    /// The machine's own identity.
    Metadata(Metadata),
}

impl Login {
    async fn log_in(&self, http: &HttpClient, limit: Duration) -> Result<Session, CallError> {
        match self {
            Self::Password(login) => login.log_in(http, limit).await,
            Self::Oidc(login) => login.log_in(http, limit).await,
            Self::Metadata(login) => login.log_in(limit).await,
        }
    }

    /// Whether a refusal is final. IAM locks accounts after a few wrong passwords, and who does not trust this job will not
    /// trust it a moment later; but where logins have worked, a fresh id token is another login. The metadata of a machine hold
    /// nothing that could be refused.
    const fn is_final(&self, failure: Failure, has_worked: bool) -> bool {
        let is_refusal = matches!(
            failure,
            Failure::Unauthenticated | Failure::Denied | Failure::NotFound | Failure::Rejected
        );
        let may_work_later = match self {
            Self::Password(_) => false,
            Self::Oidc(Oidc { id_token: IdTokenSource::Variable(_), .. }) => false,
            Self::Oidc(_) => has_worked,
            Self::Metadata(_) => true,
        };
        is_refusal && !may_work_later
    }
}

/// Gives out one session to all tasks and fetches the next in time.
#[derive(Debug)]
pub(super) struct SessionCache {
    login: Login,
    http: HttpClient,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    session: Option<Session>,
    logins: u64,
    /// Set once a login was refused: it is not tried again.
    refused: Option<CallError>,
}

impl SessionCache {
    pub(super) fn new(login: Login, http: HttpClient) -> Self {
        Self { login, http, state: Mutex::default() }
    }

    /// A credential that is good for some time yet, and its number. While it serves, the next is fetched in the background: nobody
    /// must wait for it, a stop least of all.
    pub(super) async fn credential(self: &Arc<Self>) -> Result<(SessionCredential, u64), CallError> {
        let mut state = self.state.lock().await;
        let now = Instant::now();
        if let Some(session) = state.session.as_mut().filter(|session| now < session.expires_at) {
            let credential = session.credential.clone();
            let is_due = now >= session.renew_at;
            // Noted first, so that a renewal that is under way or failed is not begun again at once.
            if is_due {
                session.renew_at = now + RENEWAL_PAUSE;
            }
            if is_due && state.refused.is_none() {
                let cache = Arc::clone(self);
                spawn_local(async move { cache.renew().await });
            }
            return Ok((credential, state.logins));
        }
        if let Some(error) = &state.refused {
            return Err(error.clone());
        }
        // Rare, and large: every request contains it.
        let result = Box::pin(self.login.log_in(&self.http, LOGIN_LIMIT)).await;
        self.keep(&mut state, &result);
        result.map(|session| (session.credential, state.logins))
    }

    async fn renew(&self) {
        let result = self.login.log_in(&self.http, LOGIN_LIMIT).await;
        self.keep(&mut *self.state.lock().await, &result);
        if let Err(error) = result {
            tracing::debug!("{}", LoginMessage::KeepingSession(error.shown()));
        }
    }

    fn keep(&self, state: &mut State, result: &Result<Session, CallError>) {
        match result {
            Ok(session) => {
                state.logins += 1;
                state.session = Some(session.clone());
            }
            Err(error) if self.login.is_final(error.failure, state.logins > 0) => {
                state.refused = Some(error.clone());
            }
            Err(_) => {}
        }
    }

    /// The service refused session number `login`; unless a newer one is there already, the next request fetches one.
    pub(super) async fn forget(&self, login: u64) {
        let mut state = self.state.lock().await;
        if state.logins == login {
            state.session = None;
        }
    }
}
