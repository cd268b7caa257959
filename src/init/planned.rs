//! A file that is planned.

/// What is to be done about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is made.
    Create,
    /// It takes the place of another one.
    Replace,
    /// It is there already.
    Nothing,
    /// Another file is there, into which somebody has to put the text: everybody has one of this name.
    AddByHand,
}

/// A file of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFile {
    /// Where, from the root of the repository.
    pub path: &'static str,
    /// What it says, or what belongs into it.
    pub text: String,
    /// What is to be done.
    pub change: Change,
}
