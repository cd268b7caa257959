//! How clap reads a [`Choice`].

use crate::model::choice::Choice;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// Reads a word of the set, and offers all of them.
pub(super) fn choice<T: Choice>() -> impl TypedValueParser<Value = T> {
    choice_of(|_| true)
}

/// Reads a word of the set, and offers those that are of use.
pub(super) fn choice_of<T: Choice>(is_of_use: fn(T) -> bool) -> impl TypedValueParser<Value = T> {
    let values = T::all().into_iter().map(|one| {
        let value = PossibleValue::new(one.word()).help(one.help()).hide(!is_of_use(one));
        value.aliases(one.aliases().iter().copied())
    });
    PossibleValuesParser::new(values)
        .try_map(|word| T::find(&word).ok_or_else(|| format!("`{word}` is not one of the known words")))
}
