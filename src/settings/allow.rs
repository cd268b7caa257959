//! Outcomes that count as a pass.

use super::slips::{SLIP_LIMIT, did_you_mean, nearest};
use super::value::{UsageError, usage};
use crate::model::outcome::Outcome;

/// Reads the names of `--allow`.
pub(super) fn allowed(names: &[String]) -> Result<Vec<Outcome>, UsageError> {
    let known = || Outcome::ALL.into_iter().filter(|outcome| outcome.can_be_allowed());
    let mut outcomes = Vec::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let found: Vec<Outcome> =
            known().filter(|outcome| outcome.name().eq_ignore_ascii_case(name)).collect();
        if found.is_empty() {
            let all: Vec<&str> = known().map(|outcome| outcome.name()).collect();
            let meant = nearest(&name.to_ascii_lowercase(), all.iter().copied(), SLIP_LIMIT);
            let meant: Vec<String> = meant.iter().map(|name| format!("`{name}`")).collect();
            let name = crate::text::one_line(name, 60);
            return usage(format!(
                "`--allow {name}`: only these can be allowed: {}{}",
                all.join(", "),
                did_you_mean(&meant)
            ));
        }
        outcomes.extend(found);
    }
    Ok(outcomes)
}
