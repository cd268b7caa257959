//! Words that nobody here wrote.

/// Text from outside: a server's, the system's, the user's. The same in every language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutsideText(pub String);
