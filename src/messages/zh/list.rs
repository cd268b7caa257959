//! Lists of findings and baselines in Chinese.

use crate::messages::list::{ListHint, ListMessage};

/// What became of a list of findings or a baseline.
pub(in crate::messages) fn list(message: &ListMessage) -> String {
    match message {
        ListMessage::OmittedFromSarif { findings } => format!(
            "SARIF 文件省略了 {findings} 个最不严重的问题：GitHub 最多接受 25,000 个结果，压缩后最大 10 MB"
        ),
        ListMessage::OmittedFromJunit { findings } => {
            format!("JUnit 文件省略了 {findings} 个最不严重的问题：GitLab 不读取 30 MB 的文件")
        }
        ListMessage::NotReadBack => "无法从报告目录读回问题".to_owned(),
        ListMessage::NoThread => "无法为文件启动线程".to_owned(),
        ListMessage::ThreadBroken => "写入文件的线程中断".to_owned(),
        ListMessage::Cancelled => "已取消".to_owned(),
        ListMessage::BaselineNotRead { path } => format!("无法读取基线 `{path}`"),
        ListMessage::BaselineUnknownForm { path } => format!("`{path}` 不是基线文件"),
        ListMessage::BaselineWithoutFindings { path } => format!("基线 `{path}` 没有列出问题"),
        ListMessage::BaselineWithoutFingerprints { path } => {
            format!("基线 `{path}` 中的问题没有 codearts-gate 的指纹")
        }
    }
}

/// What to do about a list or a baseline.
pub(in crate::messages) fn list_hint(hint: &ListHint) -> String {
    match hint {
        ListHint::WriteBaseline => "用之前的运行和 `--write-baseline` 创建它",
        ListHint::BaselineFiles => {
            "使用 `--write-baseline` 的文件，或之前运行的 .json、.sarif 或 .codequality.json 文件"
        }
        ListHint::FindingsIn(path) => return format!("在 `{path}` 中查看问题"),
        ListHint::AskForFile => {
            "添加 `--report html` 以页面形式查看问题，或添加 `--report sarif` 供其他工具使用"
        }
        ListHint::Csv => "添加 `--report csv`，它列出所有问题",
    }
    .to_owned()
}
