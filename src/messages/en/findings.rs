//! The list of findings in English.

use super::parts::inner;
use crate::messages::findings::FindingsMessage;
use crate::model::gate::Doubt;
use crate::text::{count, duration};

/// The words of a message.
pub(in crate::messages) fn findings(message: &FindingsMessage) -> String {
    match message {
        FindingsMessage::NotKept(why) => {
            format!("the findings could not be stored in the report directory: {why}")
        }
        FindingsMessage::TimedOut(limit) => {
            format!("the list of findings was not complete within {} (`--report-timeout`)", duration(*limit))
        }
        FindingsMessage::DelayedNotListed(why) => {
            format!("delayed findings are not listed: {}", inner(why))
        }
        FindingsMessage::AllRead(took) => format!("all findings were read after {}", duration(*took)),
        FindingsMessage::Listed { findings, delayed, pages, took } => format!(
            "findings: {findings} listed, {delayed} delayed, from {} in {}",
            count(*pages, "page"),
            duration(*took)
        ),
        FindingsMessage::InDoubt(Doubt::OtherRun(run)) => {
            format!("the list of findings may be about another run, {run}, which has begun since")
        }
        FindingsMessage::InDoubt(Doubt::NoRuns) => {
            "the list of findings may be about another run: CodeArts does not list its runs here".to_owned()
        }
        FindingsMessage::Whose => "the list of findings may be about another run".to_owned(),
        FindingsMessage::PerhapsMore { reported, returned } => format!(
            "the list of findings is incomplete: CodeArts reported {}, returned {returned}, and there may be more",
            count(*reported, "finding")
        ),
        FindingsMessage::NoNumber { returned } => format!(
            "the list of findings may be incomplete: CodeArts returned {}, but did not report how many there are",
            count(*returned, "finding")
        ),
        FindingsMessage::Incomplete { reported, returned } => {
            format!(
                "the list of findings is incomplete: CodeArts reported {}, returned {returned}",
                count(*reported, "finding")
            )
        }
        FindingsMessage::FewerThanCounted { counted, returned } => format!(
            "the list of findings is incomplete: the summary counts {}, the list has {returned}",
            count(*counted, "open finding")
        ),
        FindingsMessage::TooLarge(number) => {
            format!("{} too large to be compared", count(*number, "finding"))
        }
        FindingsMessage::NotListed(why) => format!("the findings are not listed: {}", inner(why)),
    }
}
