//! Outcomes that count as a pass.

use super::slips::{SLIP_LIMIT, did_you_mean, nearest};
use crate::error::Problem;
use crate::messages::{SettingsHint, SettingsMessage};
use crate::model::outcome::Outcome;
use crate::model::sourced::Sourced;

/// Reads the names of `--allow`.
pub(super) fn allowed(names: Sourced<Vec<String>>) -> Result<Vec<Outcome>, Problem> {
    let known = || Outcome::ALL.into_iter().filter(|outcome| outcome.can_be_allowed());
    let mut outcomes = Vec::new();
    for name in names.value.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let found: Vec<Outcome> =
            known().filter(|outcome| outcome.name().eq_ignore_ascii_case(name)).collect();
        if found.is_empty() {
            let all: Vec<&str> = known().map(|outcome| outcome.name()).collect();
            let meant = nearest(&name.to_ascii_lowercase(), all.iter().copied(), SLIP_LIMIT);
            let given = Sourced { value: name.to_owned(), origin: names.origin };
            return Err(Problem::new(SettingsMessage::NotAllowed(given))
                .hints(did_you_mean(&meant))
                .hint(SettingsHint::OneOf(all.into_iter().map(str::to_owned).collect())));
        }
        outcomes.extend(found);
    }
    Ok(outcomes)
}
