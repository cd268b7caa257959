//! Words of which one is chosen: what an option takes, what errors and docs list, from one place.

/// A closed set of words. Its members know how they are typed and what they mean, and nothing of how a command line is
/// read.
pub trait Choice: Copy + Send + Sync + 'static {
    /// All members, in the order of the help.
    fn all() -> Vec<Self>;

    /// How it is typed.
    fn word(self) -> &'static str;

    /// What it means, for help and docs.
    fn help(self) -> &'static str;

    /// Other words for it.
    fn aliases(self) -> &'static [&'static str] {
        &[]
    }

    /// The member that is typed like this.
    fn find(word: &str) -> Option<Self> {
        Self::all().into_iter().find(|one| one.word() == word || one.aliases().contains(&word))
    }
}
