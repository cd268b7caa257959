//! Whether a failed request is sent again. A pure decision: what the call is and what went wrong go in, a verdict
//! comes out. Delays and deadlines belong to the caller.
//!
//! Some calls may be repeated at will; what a lost request may have created must first be looked for; and some things can
//! be fetched only once.

use crate::model::tls_fault::TlsFault;
use std::time::Duration;

/// How a call may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryClass {
    /// Reading, or a change that does no harm when made twice.
    Idempotent,
    /// Creates something of which there must be one: only a clearly refused call is sent again as it is.
    CreateOnce,
    /// Fetches something that is gone after one transfer: a broken one needs a new thing to fetch.
    ConsumeOnce,
    /// A login: every refused try brings the account nearer to being locked.
    Login,
}

/// What went wrong, as far as repeating is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// No connection: the request was never sent.
    Unreachable,
    /// The server's certificate was not trusted, or TLS is not spoken there: nothing was sent.
    Tls(TlsFault),
    /// The proxy refused the login: nothing was sent to the server.
    ProxyRefused,
    /// Sent, but no whole answer came back: reset, time limit, cut short.
    Lost,
    /// HTTP 5xx, or an answer that is not the service's own, whatever its status: a gateway or the service is down, or
    /// something stands in between; whether the call was carried out is unknown.
    Unavailable,
    /// A 2xx answer that is not what the call promises, such as an HTML page.
    Unreadable,
    /// A 2xx answer that is larger than what is read.
    TooLarge,
    /// Refused for now, certainly not carried out: HTTP 429 and the codes for "network busy".
    Busy,
    /// The service's generic inner error.
    Inner,
    /// HTTP 401 or a code for a token or a signature that is invalid or expired.
    Unauthenticated,
    /// A missing permission.
    Denied,
    /// The address or the object does not exist.
    NotFound,
    /// Something that is under way on the object forbids it for now.
    Conflict,
    /// Refused for good.
    Rejected,
}

/// What to do about a failed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// Send it again after a pause, at most this many tries in all.
    Retry(u32),
    /// Renew the token or correct the clock, then send it once more.
    Renew,
    /// The outcome is unknown: look whether the call took effect before sending it again.
    Look,
    /// Make anew what was to be fetched.
    Recreate,
    /// Give up.
    Final,
}

/// Tries in all for one call that is not part of a wait: 45 s on average, a minute and a half at most.
pub const CALL_TRIES: u32 = 10;
/// Tries in all for the service's generic inner error, which can hide a permanent cause.
pub const INNER_TRIES: u32 = 3;

/// Where good answers have been given before, refusals in a row before they are believed: a single bad answer never
/// ends a wait.
pub const CONSECUTIVE_REJECTIONS_LIMIT: u32 = 3;
/// Nor do several in a short time: they must have lasted this long.
pub const REJECTIONS_PERIOD: Duration = Duration::from_secs(60);

/// The retry matrix. `renewed`: this call has already been repeated after renewing the credentials.
pub const fn retry_decision(class: RetryClass, failure: Failure, renewed: bool) -> RetryDecision {
    match (class, failure) {
        (RetryClass::Login, Failure::Unauthenticated) => RetryDecision::Final,
        (_, Failure::Unauthenticated) => {
            if renewed {
                RetryDecision::Final
            } else {
                RetryDecision::Renew
            }
        }
        (_, Failure::Busy) => RetryDecision::Retry(CALL_TRIES),

        (
            RetryClass::Idempotent | RetryClass::Login,
            Failure::Unreachable | Failure::Lost | Failure::Unavailable | Failure::Unreadable,
        ) => RetryDecision::Retry(CALL_TRIES),
        (RetryClass::Idempotent | RetryClass::Login, Failure::Inner) => RetryDecision::Retry(INNER_TRIES),

        (RetryClass::CreateOnce, Failure::Unreachable) => RetryDecision::Retry(CALL_TRIES),
        (
            RetryClass::CreateOnce,
            Failure::Lost | Failure::Unavailable | Failure::Unreadable | Failure::TooLarge | Failure::Inner,
        ) => RetryDecision::Look,

        (RetryClass::ConsumeOnce, Failure::Inner) => RetryDecision::Retry(INNER_TRIES),
        (
            RetryClass::ConsumeOnce,
            Failure::Unreachable
            | Failure::Lost
            | Failure::Unavailable
            | Failure::Unreadable
            | Failure::TooLarge
            | Failure::NotFound
            | Failure::Rejected,
        ) => RetryDecision::Recreate,
        // It will be as large the next time.
        (RetryClass::Idempotent | RetryClass::Login, Failure::TooLarge) => RetryDecision::Final,

        (
            _,
            Failure::Tls(_)
            | Failure::ProxyRefused
            | Failure::Denied
            | Failure::NotFound
            | Failure::Conflict
            | Failure::Rejected,
        ) => RetryDecision::Final,
    }
}

/// Whether a poll that failed like this reveals nothing about the thing polled, so that waiting goes on.
pub const fn is_transient(failure: Failure) -> bool {
    match failure {
        Failure::Unreachable
        | Failure::Lost
        | Failure::Unavailable
        | Failure::Unreadable
        | Failure::TooLarge
        | Failure::Busy
        | Failure::Inner => true,
        Failure::Tls(_)
        | Failure::ProxyRefused
        | Failure::Unauthenticated
        | Failure::Denied
        | Failure::NotFound
        | Failure::Conflict
        | Failure::Rejected => false,
    }
}

/// First pause after a failure.
const BACKOFF_START: Duration = Duration::from_millis(500);
/// Longest pause after a failure, unless the server asks for more.
const BACKOFF_LIMIT: Duration = Duration::from_secs(20);
/// Longest pause a server may ask for with `Retry-After`; beyond it the header is not believed.
const RETRY_AFTER_LIMIT: Duration = Duration::from_secs(300);

/// Upper end of the pause after the `failures`-th failure in a row (1 is the first).
fn backoff_ceiling(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    BACKOFF_START.saturating_mul(1 << doublings).min(BACKOFF_LIMIT)
}

/// How long to pause after failures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backoff {
    /// No pause is longer. For tests, so that the real delays need not be sat through.
    pub limit: Option<Duration>,
}

impl Backoff {
    /// The pause after the `failures`-th failure in a row, drawn at random.
    pub fn after(self, failures: u32, retry_after: Option<Duration>) -> Duration {
        self.cap(pause(failures, retry_after, fastrand::f64()))
    }

    /// The pause, shortened to the limit if there is one.
    pub fn cap(self, pause: Duration) -> Duration {
        self.limit.map_or(pause, |limit| pause.min(limit))
    }
}

/// The pause before the next try: full jitter below the ceiling, and never less than the server asked for.
/// `draw` is a random number from 0 to 1.
fn pause(failures: u32, retry_after: Option<Duration>, draw: f64) -> Duration {
    let jittered = backoff_ceiling(failures).mul_f64(draw.clamp(0.0, 1.0));
    let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_LIMIT);
    jittered.max(asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Failure::*;
    use RetryDecision::*;

    const RETRY: RetryDecision = Retry(CALL_TRIES);
    const FEW: RetryDecision = Retry(INNER_TRIES);

    /// Section 6 of the `errors-and-retry` page, plus the rows its text implies; columns are the kinds of call.
    #[test]
    fn every_row_of_the_matrix() {
        #[rustfmt::skip]
        let rows = [
            //               Idempotent CreateOnce ConsumeOnce Login
            (Unreachable,     [RETRY,  RETRY,    Recreate, RETRY]),
            (Lost,            [RETRY,  Look,     Recreate, RETRY]),
            (Unavailable,     [RETRY,  Look,     Recreate, RETRY]),
            (Unreadable,      [RETRY,  Look,     Recreate, RETRY]),
            (TooLarge,        [Final,  Look,     Recreate, Final]),
            (Busy,            [RETRY,  RETRY,    RETRY,     RETRY]),
            (Inner,           [FEW,    Look,     FEW,       FEW]),
            (Unauthenticated, [Renew,  Renew,    Renew,     Final]),
            (Tls(TlsFault::Expired), [Final, Final, Final,  Final]),
            (ProxyRefused,    [Final,  Final,    Final,     Final]),
            (Denied,          [Final,  Final,    Final,     Final]),
            (NotFound,        [Final,  Final,    Recreate, Final]),
            (Conflict,       [Final,  Final,    Final,     Final]),
            (Rejected,        [Final,  Final,    Recreate, Final]),
        ];
        let calls =
            [RetryClass::Idempotent, RetryClass::CreateOnce, RetryClass::ConsumeOnce, RetryClass::Login];
        for (failure, verdicts) in rows {
            for (class, expected) in calls.into_iter().zip(verdicts) {
                assert_eq!(retry_decision(class, failure, false), expected, "{class:?} {failure:?}");
                let after_renewal = if failure == Unauthenticated { Final } else { expected };
                assert_eq!(
                    retry_decision(class, failure, true),
                    after_renewal,
                    "{class:?} {failure:?} after renewal"
                );
            }
        }
    }

    #[test]
    fn pauses_grow_are_jittered_and_obey_the_server() {
        assert_eq!(backoff_ceiling(1), Duration::from_millis(500));
        assert_eq!(backoff_ceiling(2), Duration::from_secs(1));
        assert_eq!(backoff_ceiling(6), Duration::from_secs(16));
        assert_eq!(backoff_ceiling(7), Duration::from_secs(20));
        assert_eq!(backoff_ceiling(u32::MAX), Duration::from_secs(20));
        assert_eq!(pause(3, None, 0.5), Duration::from_secs(1));
        assert_eq!(pause(3, None, 0.0), Duration::ZERO);
        assert_eq!(pause(1, Some(Duration::from_secs(30)), 1.0), Duration::from_secs(30));
        assert_eq!(pause(1, Some(Duration::from_secs(86_400)), 1.0), RETRY_AFTER_LIMIT);
    }
}
