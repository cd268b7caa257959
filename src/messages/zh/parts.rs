//! Parts of messages in Chinese.

use crate::messages::Message;
use crate::messages::parts::WaitCost;
use crate::model::language::Language;
use crate::model::policy::{GivenUp, WaitLimit};
use crate::text::duration;

/// Things of one kind.
pub(super) fn list<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    items.join("、")
}

/// A message inside another.
pub(super) fn inner(message: &Message) -> String {
    message.text(Language::Chinese)
}

/// `用时 5m12s，轮询 31 次`; of a long wait also what a fixed interval would have cost.
pub(super) fn wait_cost(cost: &WaitCost) -> String {
    let text = format!("用时 {}，轮询 {} 次", duration(cost.elapsed), cost.polls);
    if !cost.is_compared() {
        return text;
    }
    let (delay, fixed) = (duration(cost.detection_delay), cost.fixed_polls);
    format!("{text}（固定间隔 5s 需要 {fixed} 次；最大检测延迟 {delay}）")
}

/// `` `--timeout`（30m）``, before "到期".
pub(super) fn wait_limit(limit: WaitLimit) -> String {
    let time = duration(limit.time);
    if limit.is_of_job {
        format!("由 CI 作业超时（CI_JOB_TIMEOUT）得出的时限 {time} ")
    } else {
        format!("`--timeout`（{time}）")
    }
}

/// Why a run is given up.
pub(super) const fn given_up(why: GivenUp) -> &'static str {
    match why {
        GivenUp::Cancelled => "已取消",
        GivenUp::TimedOut => "超时",
        GivenUp::NoResult => "无法得到结果",
        GivenUp::Stale => "其结果将会过时",
        GivenUp::NotAllStarted => "另一个运行无法启动",
    }
}
