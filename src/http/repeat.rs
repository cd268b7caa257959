//! Trying again, in the three ways there are: a request that may be repeated ([`retry`]), something that must be created once
//! ([`create_once`]), and something that can be fetched once ([`consume_once`]). The retry matrix decides. What only takes
//! its time is looked for with [`look_until`].

use super::error::CallError;
use super::retry::{Backoff, RetryClass, RetryDecision, retry_decision};
use crate::messages::HttpMessage;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// How, and until when, something is tried again.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// How it may be repeated.
    pub class: RetryClass,
    /// No try begins later.
    pub deadline: Instant,
    /// The pauses between tries.
    pub backoff: Backoff,
}

impl RetryPolicy {
    /// All parts of it.
    pub const fn new(class: RetryClass, deadline: Instant, backoff: Backoff) -> Self {
        Self { class, deadline, backoff }
    }
}

/// How many tries, until when, and how far apart.
#[derive(Clone, Copy, Debug)]
pub struct Tries {
    /// Tries in all.
    pub limit: u32,
    /// No further try begins after it.
    pub deadline: Instant,
    /// The pauses between tries.
    pub backoff: Backoff,
}

impl Tries {
    /// Whether another may follow the `made`-th.
    fn allow_another(self, made: u32) -> bool {
        made < self.limit && Instant::now() < self.deadline
    }

    async fn pause(self, failures: u32, retry_after: Option<Duration>) {
        let end = Instant::now() + self.backoff.after(failures, retry_after);
        sleep_until(end.min(self.deadline)).await;
    }
}

/// Repeats `attempt` as the retry matrix allows. Renewing credentials is the attempt's own business: an `Unauthenticated` that
/// comes out of it is final.
///
/// # Errors
/// The last failure. Looking first, or making it anew, is up to the caller.
pub async fn retry<T>(
    policy: RetryPolicy,
    mut attempt: impl AsyncFnMut() -> Result<T, CallError>,
) -> Result<T, CallError> {
    let mut tries = 0;
    loop {
        let error = match attempt().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        tries += 1;
        let pause = policy.backoff.after(tries, error.retry_after);
        let is_in_time = Instant::now() + pause < policy.deadline;
        match retry_decision(policy.class, error.failure, true) {
            RetryDecision::Retry(limit) if tries < limit && is_in_time => {
                tracing::info!("{}", HttpMessage::Retrying(error.shown(), pause));
                sleep(pause).await;
            }
            RetryDecision::Retry(_)
            | RetryDecision::Renew
            | RetryDecision::Look
            | RetryDecision::Recreate
            | RetryDecision::Final => return Err(error),
        }
    }
}

/// Why something was not created.
#[derive(Debug)]
pub enum CreateError {
    /// The request was refused, or it failed and nothing was found afterwards.
    NotCreated(CallError),
    /// The request failed, and so did looking for what it may have created: whether there is something is not known.
    Unknown(CallError),
}

impl From<CreateError> for CallError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::NotCreated(error) | CreateError::Unknown(error) => error,
        }
    }
}

/// Whether something may have been created by a request that failed like this.
pub fn may_be_created(error: &CallError) -> bool {
    retry_decision(RetryClass::CreateOnce, error.failure, true) == RetryDecision::Look
}

/// Creates something once: where the answer was lost, `look` finds out whether it is there before `create` is called again; it
/// gets what went wrong. `create` itself repeats what was clearly refused (see [`retry`]).
///
/// # Errors
/// [`CreateError`] holds what is known.
pub async fn create_once<T>(
    tries: Tries,
    mut look: impl AsyncFnMut(&CallError) -> Result<Option<T>, CallError>,
    mut create: impl AsyncFnMut() -> Result<T, CallError>,
) -> Result<T, CreateError> {
    let mut made = 0;
    loop {
        let error = match create().await {
            Ok(created) => return Ok(created),
            Err(error) => error,
        };
        made += 1;
        if !may_be_created(&error) {
            return Err(CreateError::NotCreated(error));
        }
        tracing::info!("{}", HttpMessage::LookingForResult(error.shown()));
        tries.pause(made, error.retry_after).await;
        if let Some(found) = look(&error).await.map_err(CreateError::Unknown)? {
            return Ok(found);
        }
        if !tries.allow_another(made) {
            return Err(CreateError::NotCreated(error));
        }
    }
}

/// Looks for something that takes its time, at most `looks` times; each pause before a look is twice as long as the one
/// before. `None`: it was not there in time.
///
/// # Errors
/// The first failure of a look.
pub async fn look_until<T, E>(
    first_pause: Duration,
    looks: u32,
    deadline: Instant,
    mut look: impl AsyncFnMut() -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    let mut pause = first_pause;
    for _ in 0..looks {
        if Instant::now() + pause >= deadline {
            break;
        }
        sleep(pause).await;
        if let Some(found) = look().await? {
            return Ok(Some(found));
        }
        pause *= 2;
    }
    Ok(None)
}

/// Why a thing that can be fetched once did not come.
#[derive(Debug)]
pub enum ConsumeError<E> {
    /// This one is gone; another may be made and fetched.
    Gone(E),
    /// Another would not come either.
    Final(E),
}

/// Makes something that can be fetched once, and fetches it; where the transfer broke, it is made anew. `make` gets the number
/// of the try, and from the second on what went wrong with the one before.
///
/// # Errors
/// The last failure.
pub async fn consume_once<M, T, E>(
    tries: Tries,
    mut make: impl AsyncFnMut(u32, Option<&E>) -> Result<M, ConsumeError<E>>,
    mut fetch: impl AsyncFnMut(M) -> Result<T, ConsumeError<E>>,
) -> Result<T, E> {
    let mut made = 1;
    let mut broken = None;
    loop {
        let attempt = match make(made, broken.as_ref()).await {
            Ok(thing) => fetch(thing).await,
            Err(error) => Err(error),
        };
        match attempt {
            Ok(value) => return Ok(value),
            Err(ConsumeError::Gone(error)) if tries.allow_another(made) => broken = Some(error),
            Err(ConsumeError::Gone(error) | ConsumeError::Final(error)) => return Err(error),
        }
        tries.pause(made, None).await;
        made += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::retry::Failure;
    use super::*;
    use crate::messages::Attempt;

    fn failed(failure: Failure, retry_after: Option<u64>) -> CallError {
        let error = CallError::before_sending(Attempt::ReachService, failure, HttpMessage::Empty);
        CallError { retry_after: retry_after.map(Duration::from_secs), ..error }
    }

    /// Runs `retry` on answers that fail `failures` times; returns the tries used and the virtual time.
    async fn run(
        kind: RetryClass,
        failure: Failure,
        failures: u32,
        limit: u64,
        asked: Option<u64>,
    ) -> (bool, u32, Duration) {
        let started = Instant::now();
        let mut tries = 0;
        let policy = RetryPolicy::new(kind, started + Duration::from_secs(limit), Backoff::default());
        let result = retry(policy, async || {
            tries += 1;
            if tries <= failures { Err(failed(failure, asked)) } else { Ok(()) }
        })
        .await;
        (result.is_ok(), tries, started.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn passing_failures_are_repeated_and_others_are_not() {
        use crate::http::retry::{CALL_TRIES, INNER_TRIES};
        assert!(matches!(run(RetryClass::Idempotent, Failure::Lost, 3, 600, None).await, (true, 4, _)));
        assert!(matches!(
            run(RetryClass::Idempotent, Failure::Lost, 99, 600, None).await,
            (false, CALL_TRIES, _)
        ));
        assert!(matches!(
            run(RetryClass::Idempotent, Failure::Inner, 99, 600, None).await,
            (false, INNER_TRIES, _)
        ));
        assert!(matches!(run(RetryClass::Idempotent, Failure::Denied, 1, 600, None).await, (false, 1, _)));
        assert!(matches!(run(RetryClass::CreateOnce, Failure::Lost, 1, 600, None).await, (false, 1, _)));
        assert!(matches!(run(RetryClass::ConsumeOnce, Failure::Lost, 1, 600, None).await, (false, 1, _)));
        assert!(matches!(
            run(RetryClass::Login, Failure::Unauthenticated, 1, 600, None).await,
            (false, 1, _)
        ));
    }

    #[tokio::test(start_paused = true)]
    async fn the_server_may_ask_for_time_but_not_beyond_the_deadline() {
        let (passed, tries, elapsed) = run(RetryClass::Idempotent, Failure::Busy, 1, 600, Some(42)).await;
        assert!(passed && tries == 2 && elapsed >= Duration::from_secs(42), "{elapsed:?}");
        let (passed, tries, elapsed) = run(RetryClass::Idempotent, Failure::Busy, 1, 30, Some(42)).await;
        assert!(!passed && tries == 1 && elapsed < Duration::from_secs(1), "{elapsed:?}");
    }

    const TRIES: u32 = 3;

    fn tries() -> Tries {
        let deadline = Instant::now() + Duration::from_secs(600);
        Tries { limit: TRIES, deadline, backoff: Backoff::default() }
    }

    /// Creates where answers fail like this; returns what came of it, the requests and the looks. `found_by`: the look that
    /// finds it.
    async fn create(failure: Failure, found_by: u32) -> (Result<&'static str, CreateError>, u32, u32) {
        let (mut requests, mut looks) = (0, 0);
        let look = async |_: &CallError| {
            looks += 1;
            Ok((looks == found_by).then_some("found"))
        };
        let created = create_once(tries(), look, async || {
            requests += 1;
            Err(failed(failure, None))
        });
        let created = created.await;
        (created, requests, looks)
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_perhaps_created_is_looked_for_before_it_is_created_again() {
        assert!(matches!(create(Failure::Lost, 1).await, (Ok("found"), 1, 1)));
        assert!(matches!(create(Failure::Lost, 2).await, (Ok("found"), 2, 2)));
        let (created, requests, looks) = create(Failure::Lost, 99).await;
        assert!(matches!(created, Err(CreateError::NotCreated(_))) && (requests, looks) == (TRIES, TRIES));
        assert!(matches!(create(Failure::Denied, 1).await, (Err(CreateError::NotCreated(_)), 1, 0)));
        let look = async |_: &CallError| Err(failed(Failure::Denied, None));
        let unknown = create_once::<()>(tries(), look, async || Err(failed(Failure::Lost, None))).await;
        assert!(matches!(unknown, Err(CreateError::Unknown(error)) if error.failure == Failure::Denied));
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_its_time_is_looked_for_more_and_more_rarely() {
        for (there_at, seconds, expected) in [(3, 600, Some(14)), (9, 600, None), (3, 14, None)] {
            let start = Instant::now();
            let mut looks = 0;
            let found =
                look_until(Duration::from_secs(2), 5, start + Duration::from_secs(seconds), async || {
                    looks += 1;
                    Ok::<_, ()>((looks == there_at).then(|| start.elapsed().as_secs()))
                });
            assert_eq!(found.await, Ok(expected), "at look {there_at} within {seconds} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_broke_is_made_anew() {
        for (breaks, expected) in [(0, Ok(1)), (2, Ok(3)), (3, Err(3))] {
            let make = async |number, broken: Option<&u32>| {
                assert_eq!(broken.copied().unwrap_or_default() + 1, number);
                Ok(number)
            };
            let fetched = consume_once(tries(), make, async |number| {
                if number <= breaks { Err(ConsumeError::Gone(number)) } else { Ok(number) }
            });
            assert_eq!(fetched.await, expected);
        }
        let fetch = async |number: u32| Err::<(), _>(ConsumeError::Final(number));
        assert_eq!(consume_once(tries(), async |number, _| Ok(number), fetch).await, Err(1));
    }
}
