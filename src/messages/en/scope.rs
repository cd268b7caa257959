//! Which findings count, in English.

use super::parts::inner;
use crate::messages::scope::{ScopeHint, ScopeMessage};
use crate::text::count;

/// The words of a message.
pub(in crate::messages) fn scope(message: &ScopeMessage) -> String {
    match message {
        ScopeMessage::Counted { files, whole: 0 } => {
            format!(
                "only findings on changed lines count (`--scope changed`): {} changed",
                count(*files, "file")
            )
        }
        ScopeMessage::Counted { files, whole } => format!(
            "only findings on changed lines count (`--scope changed`): {} changed, every line of {whole} counts",
            count(*files, "file")
        ),
        ScopeMessage::AllCount(why) => {
            format!("all findings count, because the changed lines are unknown: {}", inner(why))
        }
        ScopeMessage::NoneCommented(why) => {
            format!("review: the changed lines are unknown: {}", inner(why))
        }
        ScopeMessage::NoSource => "no diff was given, and there is no pull request".to_owned(),
        ScopeMessage::Terminal => "`--diff -` reads standard input, which is a terminal".to_owned(),
        ScopeMessage::InputNotRead => "`--diff -`: standard input could not be read".to_owned(),
        ScopeMessage::TimedOut => "timed out reading the changed lines".to_owned(),
        ScopeMessage::OtherPaths { finding, changed } => {
            format!("`{finding}` may be the changed file `{changed}`, so findings in it count")
        }
    }
}

/// The words of a hint.
pub(in crate::messages) fn scope_hint(hint: &ScopeHint) -> String {
    match hint {
        ScopeHint::DecideByLines => {
            "pass `--gate off --max-issues 0` to decide by the findings on changed lines alone"
        }
        ScopeHint::PipeDiff => {
            "pipe the diff: `git diff origin/main...HEAD | codearts-gate check --diff - ...`"
        }
        ScopeHint::SamePaths => {
            "use `--strip-prefix` or `git diff --relative` if the paths differ only in leading folders"
        }
    }
    .to_owned()
}
