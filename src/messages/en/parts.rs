//! Parts of messages in English.

use crate::messages::Message;
use crate::messages::parts::WaitCost;
use crate::model::language::Language;
use crate::model::policy::{GivenUp, WaitLimit};
use crate::text::{count, duration};

/// A message inside another.
pub(super) fn inner(message: &Message) -> String {
    message.text(Language::English)
}

/// `after 5m12s, 31 polls`; of a long wait also what a fixed interval would have cost.
pub(super) fn wait_cost(cost: &WaitCost) -> String {
    let text = format!("after {}, {}", duration(cost.elapsed), count(cost.polls.into(), "poll"));
    if !cost.is_compared() {
        return text;
    }
    let (delay, fixed) = (duration(cost.detection_delay), cost.fixed_polls);
    format!("{text} (a fixed interval of 5s would need {fixed}; maximum detection delay {delay})")
}

/// `` `--timeout` (30m)``, before "expired".
pub(super) fn wait_limit(limit: WaitLimit) -> String {
    let time = duration(limit.time);
    if limit.is_of_job {
        format!("the limit of {time} from the timeout of the CI job (CI_JOB_TIMEOUT)")
    } else {
        format!("`--timeout` ({time})")
    }
}

/// Why a run is given up.
pub(super) const fn given_up(why: GivenUp) -> &'static str {
    match why {
        GivenUp::Cancelled => "cancelled",
        GivenUp::TimedOut => "timeout",
        GivenUp::NoResult => "result unavailable",
        GivenUp::Stale => "its result would be outdated",
        GivenUp::NotAllStarted => "another run could not be started",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_long_wait_is_compared_with_a_fixed_interval() {
        let cost = |seconds, polls| WaitCost {
            elapsed: Duration::from_secs(seconds),
            polls,
            detection_delay: Duration::from_secs(10),
            fixed_polls: 18,
        };
        assert_eq!(wait_cost(&cost(20, 1)), "after 20s, 1 poll");
        let long = "after 1m20s, 9 polls (a fixed interval of 5s would need 18; maximum detection delay 10s)";
        assert_eq!(wait_cost(&cost(80, 9)), long);
    }
}
