//! Artifacts in Chinese.

use crate::messages::artifact::{ArtifactHint, ArtifactMessage};
use crate::text::bytes;

/// What came of an artifact.
pub(in crate::messages) fn artifact(message: &ArtifactMessage) -> String {
    match message {
        ArtifactMessage::TokenIsSet => "已设置上传令牌".to_owned(),
        ArtifactMessage::NoToken => {
            "未设置 ACTIONS_RUNTIME_TOKEN：GitHub 只把它提供给使用 action 的步骤（例如 codearts-gate action），不提供给 `run` 步骤".to_owned()
        }
        ArtifactMessage::ResultsUrl => "ACTIONS_RESULTS_URL 不是有效的 URL".to_owned(),
        ArtifactMessage::TokenNamesNoRun => {
            "ACTIONS_RUNTIME_TOKEN 中没有制品服务所需的运行信息".to_owned()
        }
        ArtifactMessage::Uploaded { name, bytes: size } => format!("制品：`{name}`，{}", bytes(*size)),
        ArtifactMessage::Replacing { name } => format!("制品：替换之前一次尝试上传的 `{name}`"),
        ArtifactMessage::NameTaken { suffix } => format!("制品名称已被占用，改用后缀 `{suffix}`"),
        ArtifactMessage::RetentionReduced { asked, allowed } => {
            format!("制品：保留 {allowed} 天（该仓库允许的上限），而不是 {asked} 天")
        }
        ArtifactMessage::NotSupported => "该服务器不支持这种制品".to_owned(),
        ArtifactMessage::NoForm => "服务器不接受任何形式的制品".to_owned(),
        ArtifactMessage::StorageFull => "制品存储空间已满".to_owned(),
        ArtifactMessage::NotPacked => "无法打包报告".to_owned(),
    }
}

/// What to do so that the PDF is kept.
pub(in crate::messages) fn artifact_hint(hint: &ArtifactHint) -> String {
    match hint {
        ArtifactHint::UploadStep => {
            "添加步骤 `uses: actions/upload-artifact`，上传输出 `report-path` 以保留 PDF"
        }
    }
    .to_owned()
}
