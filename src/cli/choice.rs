//! How clap reads a [`Choice`].

use crate::model::choice::Choice;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// Reads a word of the set, and offers all of them.
pub(super) fn choice<T: Choice>() -> impl TypedValueParser<Value = T> {
    let values = T::all()
        .into_iter()
        .map(|one| PossibleValue::new(one.word()).help(one.help()).aliases(one.aliases().iter().copied()));
    PossibleValuesParser::new(values)
        .try_map(|word| T::find(&word).ok_or_else(|| format!("`{word}` is not one of the known words")))
}
