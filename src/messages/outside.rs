//! Words that nobody here wrote.

/// Text from outside: a server's, the system's, the user's. The same in every language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct OutsideText(pub String);
