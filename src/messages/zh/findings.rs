//! The list of findings in Chinese.

use super::parts::inner;
use crate::messages::findings::FindingsMessage;
use crate::model::gate::Doubt;
use crate::text::duration;

/// The words of a message.
pub(in crate::messages) fn findings(message: &FindingsMessage) -> String {
    match message {
        FindingsMessage::NotKept(why) => format!("无法把问题保存到报告目录：{why}"),
        FindingsMessage::TimedOut(limit) => {
            format!("问题列表未能在 {} 内读取完整（`--report-timeout`）", duration(*limit))
        }
        FindingsMessage::DelayedNotListed(why) => format!("未列出暂缓计入的问题：{}", inner(why)),
        FindingsMessage::AllRead(took) => format!("已读取全部问题，用时 {}", duration(*took)),
        FindingsMessage::Listed { findings, delayed, pages, took } => format!(
            "问题：列出 {findings} 个，暂缓计入 {delayed} 个，共 {pages} 页，用时 {}",
            duration(*took)
        ),
        FindingsMessage::InDoubt(Doubt::OtherRun(run)) => {
            format!("问题列表可能属于其后开始的另一个运行 {run}")
        }
        FindingsMessage::InDoubt(Doubt::NoRuns) => {
            "问题列表可能属于另一个运行：CodeArts 在此处不列出其运行".to_owned()
        }
        FindingsMessage::Whose => "问题列表可能属于另一个运行".to_owned(),
        FindingsMessage::PerhapsMore { reported, returned } => {
            format!("问题列表不完整：CodeArts 报告了 {reported} 个问题，返回了 {returned} 个，可能还有更多")
        }
        FindingsMessage::NoNumber { returned } => {
            format!("问题列表可能不完整：CodeArts 返回了 {returned} 个问题，但没有报告总数")
        }
        FindingsMessage::Incomplete { reported, returned } => {
            format!("问题列表不完整：CodeArts 报告了 {reported} 个问题，返回了 {returned} 个")
        }
        FindingsMessage::FewerThanCounted { counted, returned } => {
            format!("问题列表不完整：概要中有 {counted} 个未解决问题，列表中有 {returned} 个")
        }
        FindingsMessage::TooLarge(number) => format!("{number} 个问题过大，无法比较"),
        FindingsMessage::NotListed(why) => format!("未列出问题：{}", inner(why)),
    }
}
