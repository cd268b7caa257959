//! The loop around one thing that is polled: sleeps, tolerates bad answers, and asks one last time at the deadline.

use super::bucket::TokenBucket;
use super::schedule::Pacer;
use crate::http::retry::{Backoff, CONSECUTIVE_REJECTIONS_LIMIT, REJECTIONS_PERIOD};
use std::cell::RefCell;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout_at};

/// How long the last poll, begun at the deadline, may take (repeats included).
pub const LAST_POLL_LIMIT: Duration = Duration::from_secs(15);
/// Failed polls in a row before a service that has never answered counts as unreachable: one to two minutes.
pub const FIRST_CONTACT_TRIES: u32 = 12;

/// What other tools poll at, for comparing.
const FIXED_INTERVAL: Duration = Duration::from_secs(5);

/// What one poll found.
#[derive(Debug)]
pub enum Step<T> {
    /// Not finished; the next poll no sooner than after `floor`.
    Pending {
        /// The least gap the service asks for.
        floor: Duration,
        /// The largest gap before the next poll, where the end may be there already. A fixed schedule stays.
        ceiling: Option<Duration>,
        /// How much is done, from 0 to 1, if that was reported.
        progress: Option<f64>,
    },
    /// Finished.
    Done(T),
}

/// A poll that failed.
#[derive(Debug)]
pub struct PollError<E> {
    /// What happened.
    pub error: E,
    /// Whether it reveals nothing about the thing polled (network, overload), as opposed to a refusal.
    pub is_transient: bool,
    /// How long the server asked to wait.
    pub retry_after: Option<Duration>,
}

/// How a wait ended.
#[derive(Debug)]
pub enum End<T, E> {
    /// The thing finished.
    Done(T),
    /// It was still pending at the deadline.
    TimedOut,
    /// The service was never reached, or did not answer at the deadline either. `None`: its last answer was cut off
    /// by the deadline.
    Lost(Option<E>),
    /// The service refuses to answer this question.
    Refused(E),
}

/// A finished wait.
#[derive(Debug)]
pub struct Waited<T, E> {
    /// How it ended.
    pub end: End<T, E>,
    /// Polls made, failed ones included.
    pub polls: u32,
    /// How long it took.
    pub elapsed: Duration,
    /// The end was detected at most this late: the time since the last poll that found it pending.
    pub detection_delay: Duration,
}

impl<T, E> Waited<T, E> {
    /// Polls that a fixed interval of 5 s would have made.
    pub fn fixed_polls(&self) -> u32 {
        // The first is made at once, and one more finds the end.
        (self.elapsed.as_secs() / FIXED_INTERVAL.as_secs()) as u32 + 1 + u32::from(self.polls > 1)
    }
}

/// What all waits of a process share.
#[derive(Debug)]
pub struct Waiter {
    backoff: Backoff,
    bucket: TokenBucket,
}

impl Waiter {
    /// `backoff`: after failures.
    pub fn new(backoff: Backoff) -> Self {
        Self { backoff, bucket: TokenBucket::default() }
    }

    /// Polls at the moments `pacer` chooses, until the thing is done, the service refuses, or `deadline`; then once more, and
    /// that answer is believed. `has_answered`: the service is known to answer about this thing, so that its refusals must
    /// repeat and last to be believed.
    pub async fn wait<T, E>(
        &self,
        pacer: &RefCell<Pacer>,
        deadline: Instant,
        mut has_answered: bool,
        mut poll: impl AsyncFnMut() -> Result<Step<T>, PollError<E>>,
    ) -> Waited<T, E> {
        let started = Instant::now();
        let mut polls = 0;
        let mut failures = 0;
        let mut refusals = 0;
        let mut refused_since = started;
        let mut last_pending = None;
        let finish = |end, polls, last_pending: Option<Instant>| Waited {
            end,
            polls,
            elapsed: started.elapsed(),
            detection_delay: last_pending.unwrap_or(started).elapsed(),
        };

        loop {
            sleep_until(self.bucket.take(Instant::now()).min(deadline)).await;
            let asked = Instant::now();
            let is_last = asked >= deadline;
            let limit = if is_last { deadline + LAST_POLL_LIMIT } else { deadline };
            polls += 1;
            let (next, error) = match timeout_at(limit, poll()).await {
                Ok(Ok(Step::Done(value))) => return finish(End::Done(value), polls, last_pending),
                Ok(Ok(Step::Pending { .. })) if is_last => {
                    return finish(End::TimedOut, polls, Some(asked));
                }
                Ok(Ok(Step::Pending { floor, ceiling, progress })) => {
                    has_answered = true;
                    last_pending = Some(asked);
                    failures = 0;
                    refusals = 0;
                    let mut pacer = pacer.borrow_mut();
                    let gap = pacer.next(started.elapsed(), progress, floor, fastrand::f64());
                    let ceiling =
                        ceiling.filter(|_| pacer.is_automatic()).map_or(gap, |ceiling| ceiling.max(floor));
                    let gap = gap.min(ceiling);
                    (Instant::now() + self.backoff.cap(gap), None)
                }
                Ok(Err(error)) => {
                    failures += 1;
                    refusals = if error.is_transient { 0 } else { refusals + 1 };
                    if refusals == 1 {
                        refused_since = asked;
                    }
                    // At the deadline there is no later.
                    let has_lasted =
                        is_last || refused_since.elapsed() >= self.backoff.cap(REJECTIONS_PERIOD);
                    if refusals > 0
                        && (!has_answered || refusals >= CONSECUTIVE_REJECTIONS_LIMIT && has_lasted)
                    {
                        return finish(End::Refused(error.error), polls, last_pending);
                    }
                    if !has_answered && failures >= FIRST_CONTACT_TRIES {
                        return finish(End::Lost(Some(error.error)), polls, last_pending);
                    }
                    let pause = self.backoff.after(failures, error.retry_after);
                    (Instant::now() + pause, Some(error.error))
                }
                Err(_cut_off) => (Instant::now(), None),
            };
            if is_last && next >= limit {
                return finish(End::Lost(error), polls, last_pending);
            }
            sleep_until(next.min(limit)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wait::Schedule;
    use std::collections::VecDeque;

    const FLOOR: Duration = Duration::ZERO;

    #[derive(Clone, Copy)]
    enum Answer {
        Pending,
        Done,
        Fault,
        Refusal,
        Hang,
    }

    use Answer::*;

    /// Waits on scripted answers, the last of which repeats; virtual time.
    async fn run(script: &[Answer], limit: u64) -> Waited<&'static str, &'static str> {
        let mut script: VecDeque<Answer> = script.iter().copied().collect();
        let deadline = Instant::now() + Duration::from_secs(limit);
        let pacer = RefCell::new(Pacer::new(Schedule::Fixed(Duration::from_secs(10))));
        Waiter::new(Backoff::default())
            .wait(&pacer, deadline, false, async || {
                let answer = if script.len() > 1 { script.pop_front() } else { script.front().copied() };
                match answer.expect("a script") {
                    Pending => Ok(Step::Pending { floor: FLOOR, ceiling: None, progress: None }),
                    Done => Ok(Step::Done("done")),
                    Fault => Err(PollError { error: "fault", is_transient: true, retry_after: None }),
                    Refusal => Err(PollError { error: "refusal", is_transient: false, retry_after: None }),
                    Hang => std::future::pending().await,
                }
            })
            .await
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_is_found_and_counted() {
        let waited = run(&[Pending, Pending, Done], 60).await;
        assert!(matches!(waited.end, End::Done("done")));
        assert_eq!(waited.polls, 3);
        assert_eq!(waited.elapsed.as_secs(), 20);
        assert_eq!(waited.detection_delay.as_secs(), 10);
    }

    /// All waits of a process share one bucket of tokens: what begins at once is spread.
    #[tokio::test(start_paused = true)]
    async fn many_waits_do_not_ask_in_one_burst() {
        let (waiter, start) = (Waiter::new(Backoff::default()), Instant::now());
        let asked = RefCell::new(Vec::new());
        let waits = (0..100).map(|_| async {
            let pacer = RefCell::new(Pacer::new(Schedule::Fixed(Duration::from_secs(10))));
            let poll = async || {
                asked.borrow_mut().push(start.elapsed());
                Ok::<_, PollError<()>>(Step::Done(()))
            };
            waiter.wait(&pacer, start + Duration::from_secs(60), false, poll).await
        });
        futures_util::future::join_all(waits).await;
        let asked = asked.into_inner();
        assert_eq!(asked.iter().filter(|at| at.is_zero()).count(), 20);
        assert_eq!(asked.iter().max(), Some(&Duration::from_millis(80)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_is_compared_with_a_fixed_interval() {
        assert_eq!(run(&[Pending, Pending, Done], 60).await.fixed_polls(), 6);
        assert_eq!(run(&[Done], 60).await.fixed_polls(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn one_last_poll_exactly_at_the_deadline_is_believed() {
        // Polls at 0, 10, 20 and, instead of 30, at the deadline of 25.
        let waited = run(&[Pending, Pending, Pending, Done], 25).await;
        assert!(matches!(waited.end, End::Done("done")));
        assert_eq!((waited.polls, waited.elapsed.as_secs()), (4, 25));
        let waited = run(&[Pending], 25).await;
        assert!(matches!(waited.end, End::TimedOut));
        assert_eq!((waited.polls, waited.elapsed.as_secs()), (4, 25));
    }

    #[tokio::test(start_paused = true)]
    async fn bad_answers_never_end_a_wait() {
        let waited =
            run(&[Pending, Fault, Fault, Refusal, Refusal, Fault, Refusal, Pending, Done], 600).await;
        assert!(matches!(waited.end, End::Done("done")), "{waited:?}");
        assert_eq!(waited.polls, 9);
        let mut hours = vec![Pending];
        hours.extend([Fault; 500]);
        hours.push(Done);
        assert!(matches!(run(&hours, 36_000).await.end, End::Done("done")));
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_are_believed_at_once_or_when_they_repeat() {
        let waited = run(&[Refusal], 600).await;
        assert!(matches!(waited.end, End::Refused("refusal")));
        assert_eq!(waited.polls, 1);
        let waited = run(&[Pending, Refusal], 600).await;
        assert!(matches!(waited.end, End::Refused("refusal")));
        assert!(waited.polls > CONSECUTIVE_REJECTIONS_LIMIT, "{waited:?}");
        let refused_for = waited.elapsed.saturating_sub(Duration::from_secs(10));
        assert!((REJECTIONS_PERIOD..2 * REJECTIONS_PERIOD).contains(&refused_for), "{refused_for:?}");
        let waited = run(&[Fault, Fault, Done], 600).await;
        assert!(matches!(waited.end, End::Done("done")));
    }

    /// Many refusals in a short time are one bad answer, and any other answer makes them start anew.
    #[tokio::test(start_paused = true)]
    async fn refusals_that_do_not_last_are_survived() {
        for many in [3, 4, 5, 6] {
            let mut script = vec![Pending];
            script.extend(std::iter::repeat_n(Refusal, many));
            script.push(Done);
            let waited = run(&script, 600).await;
            assert!(matches!(waited.end, End::Done("done")), "{many}: {waited:?}");
        }
        let mut script = vec![Pending];
        for _ in 0..10 {
            script.extend([Refusal, Refusal, Refusal, Refusal, Fault]);
        }
        script.push(Done);
        assert!(matches!(run(&script, 3600).await.end, End::Done("done")));
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_never_reached_is_given_up_early() {
        let waited = run(&[Fault], 3600).await;
        assert!(matches!(waited.end, End::Lost(Some("fault"))));
        assert_eq!(waited.polls, FIRST_CONTACT_TRIES);
        assert!(waited.elapsed < Duration::from_secs(180), "{:?}", waited.elapsed);
    }

    #[tokio::test(start_paused = true)]
    async fn lost_contact_is_held_out_until_the_deadline_and_its_grace() {
        let waited = run(&[Pending, Fault], 300).await;
        assert!(matches!(waited.end, End::Lost(Some("fault"))));
        assert!(waited.elapsed >= Duration::from_secs(300), "{:?}", waited.elapsed);
        assert!(waited.elapsed <= Duration::from_secs(300) + LAST_POLL_LIMIT);
        // A failure at the deadline itself is repeated within the grace.
        let waited = run(&[Pending, Pending, Pending, Fault, Done], 25).await;
        assert!(matches!(waited.end, End::Done("done")), "{waited:?}");
        let waited = run(&[Pending, Pending, Pending, Refusal, Done], 25).await;
        assert!(matches!(waited.end, End::Done("done")), "{waited:?}");
        let waited = run(&[Pending, Pending, Pending, Refusal], 25).await;
        assert!(matches!(waited.end, End::Refused("refusal")), "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_hanging_poll_does_not_stretch_the_deadline() {
        let waited = run(&[Hang, Done], 30).await;
        assert!(matches!(waited.end, End::Done("done")));
        assert_eq!(waited.elapsed.as_secs(), 30);
        // What happened long before does not count.
        assert!(matches!(run(&[Pending, Fault, Pending, Hang], 45).await.end, End::Lost(None)));
        let waited = run(&[Hang], 30).await;
        assert!(matches!(waited.end, End::Lost(None)));
        assert_eq!(waited.elapsed, Duration::from_secs(30) + LAST_POLL_LIMIT);
    }
}
