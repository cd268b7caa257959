//! About comments in the diff of a pull request.

/// What a comment in the diff consists of, and what came of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum InlineMessage {
    /// Above comments that are written together.
    Heading {
        /// How many.
        number: u64,
    },
    /// The finding of the comment is gone, and a person has replied to it.
    Gone,
    /// The forge takes no comment on a line.
    NotInDiff {
        /// Path and line.
        place: String,
    },
    /// The forge does not know the commit that was checked as one of this request.
    NoVersion,
    /// The owner of the token has begun a review, which would be published with the comments.
    Draft,
    /// They are written.
    Written {
        /// New comments.
        added: u64,
        /// Comments that stay.
        kept: u64,
        /// Comments of findings that are gone: removed, or marked as gone.
        withdrawn: u64,
        /// Findings that the diff could show.
        number: u64,
    },
    /// None is written or removed, because the result is not about the latest commit.
    LeftOutdated,
    /// None is written or removed, because the findings are not complete.
    LeftIncomplete,
    /// Which lines changed is not known.
    LinesUnknown,
}
