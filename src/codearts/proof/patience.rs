//! How long doubtful statuses must stand.

use std::time::Duration;

/// A success that nothing confirms must stand this long: twice as long as a replica may be behind.
const STAND_LIMIT: Duration = Duration::from_secs(45);

/// How long doubtful statuses must stand; plain values, so that tests can be quick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a success.
    pub success: Duration,
    /// For a failure shown first that the list of runs does not bear out.
    pub failure: Duration,
    /// For a failure that may be from before the run.
    pub old_failure: Duration,
    /// By how much an answer may be behind.
    pub lag: Duration,
    /// A list of runs that has never answered counts as missing after this long.
    pub down: Duration,
    /// Without a list of runs, what runs after so long without an answer may be another run.
    pub gap: Duration,
    /// How often the list is asked for while the run goes on and nothing else distinguishes its runs.
    pub list_gap: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            success: STAND_LIMIT,
            failure: Duration::from_secs(5),
            old_failure: Duration::from_secs(30),
            lag: Duration::from_secs(22),
            down: Duration::from_secs(60),
            gap: Duration::from_secs(60),
            list_gap: Duration::from_secs(60),
        }
    }
}

impl Patience {
    /// The same for polls that are so far apart: a pause between two polls does not count as one.
    #[must_use]
    pub fn with_polls_every(self, gap: Duration) -> Self {
        Self { gap: self.gap.max(gap * 5 / 2), ..self }
    }

    /// The usual patience, by so much shorter as the one for a success is; but an answer may be missing for as long as usual, since
    /// where processors are busy, that is what a late poll looks like.
    pub fn scaled(success: Duration) -> Self {
        let usual = Self::default();
        let factor = success.as_secs_f64() / usual.success.as_secs_f64();
        let scaled = |duration: Duration| duration.mul_f64(factor);
        Self {
            success,
            failure: scaled(usual.failure),
            old_failure: scaled(usual.old_failure),
            lag: scaled(usual.lag),
            down: scaled(usual.down),
            gap: usual.gap,
            list_gap: scaled(usual.list_gap),
        }
    }
}
