//! One bucket of tokens for all that a process polls: many tasks that begin or end together do not ask in one burst. Pure:
//! the time goes in, the moment of the poll comes out.

use std::cell::Cell;
use std::time::Duration;
use tokio::time::Instant;

/// Polls a second of the whole process: of a thousand tasks none has to wait longer than a second for its turn, whatever they do.
/// What they may ask on average is each task's own budget.
pub const POLLS_A_SECOND: u32 = 1000;
/// Polls that may be made at once.
const BURST: u32 = 20;

/// Tokens for polls, served in the order in which they are asked for.
#[derive(Debug, Default)]
pub struct TokenBucket {
    /// When the bucket would be full again.
    full_at: Cell<Option<Instant>>,
}

impl TokenBucket {
    /// Takes a token for a poll that is wanted at `now`; returns when it may be made.
    pub fn take(&self, now: Instant) -> Instant {
        let refill = Duration::from_secs(1) / POLLS_A_SECOND;
        let full_at = self.full_at.get().map_or(now, |full_at| full_at.max(now));
        self.full_at.set(Some(full_at + refill));
        // With tokens left the poll is made at once.
        let missing = (full_at + refill - now).saturating_sub(refill * BURST);
        now + missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_polls_at_once_are_spread_in_order() {
        let (bucket, now) = (TokenBucket::default(), Instant::now());
        let delays: Vec<Duration> = (0..1000).map(|_| bucket.take(now) - now).collect();
        assert_eq!(delays[..20], [Duration::ZERO; 20]);
        assert_eq!(delays[20], Duration::from_millis(1));
        assert_eq!(delays[999], Duration::from_millis(980));
        assert!(delays.is_sorted());
    }

    #[test]
    fn what_comes_slower_is_not_delayed() {
        let (bucket, start) = (TokenBucket::default(), Instant::now());
        for number in 0..5000 {
            let now = start + Duration::from_millis(10) * number;
            assert_eq!(bucket.take(now), now);
        }
        // A pause saves up no more than one burst.
        let later = start + Duration::from_secs(3600);
        let at_once = (0..100).filter(|_| bucket.take(later) == later).count();
        assert_eq!(at_once, 20);
    }
}
