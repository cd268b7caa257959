//! English: American spelling, verb first in help and hints, the field's words, durations and sizes as they are typed.

mod hint;
mod outcome;

pub(super) use hint::hint;
pub(super) use outcome::outcome;
