//! Comments in the diff, in English.

use crate::messages::inline::InlineMessage;
use crate::text::count;

/// The words of a message.
pub(in crate::messages) fn inline(message: &InlineMessage) -> String {
    match message {
        InlineMessage::Heading { number } => {
            format!("CodeArts Check: {} on changed lines", count(*number, "new finding"))
        }
        InlineMessage::Gone => "No longer found.".to_owned(),
        InlineMessage::NotInDiff { place } => {
            format!("review: no comment on `{place}`, because the forge does not accept one on that line")
        }
        InlineMessage::NoVersion => "the merge request has no version with the checked commit".to_owned(),
        InlineMessage::Draft => {
            "the owner of the token has a draft review, which the server would publish with them".to_owned()
        }
        InlineMessage::Written { added, kept, withdrawn, number } => {
            format!(
                "review: {} added, {kept} kept, {withdrawn} withdrawn; {} on changed lines",
                count(*added, "comment"),
                count(*number, "finding")
            )
        }
        InlineMessage::LeftOutdated => {
            "review: comments left as they are, because this result is not about the latest commit".to_owned()
        }
        InlineMessage::LeftIncomplete => {
            "review: comments left as they are, because the findings are not complete".to_owned()
        }
        InlineMessage::LinesUnknown => "the changed lines of the pull request are unknown".to_owned(),
    }
}
