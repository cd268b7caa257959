//! What is left to do by hand, with the commands of the forge where it has such. Pure.

use super::answers::Answers;
use super::planned::{Change, PlannedFile};
use super::texts::forge_of_jenkins;
use crate::messages::InitStep;
use crate::model::pipeline::Pipeline;

/// Variables of the key of a user of Huawei Cloud.
const KEYS: [&str; 2] = ["HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"];

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub what: InitStep,
    /// Commands that do it, one a line.
    pub commands: Vec<String>,
    /// Another way.
    pub instead: Option<InitStep>,
}

impl Step {
    fn new(what: InitStep) -> Self {
        Self::with(what, [])
    }

    fn with(what: InitStep, commands: impl IntoIterator<Item = String>) -> Self {
        Self { what, commands: commands.into_iter().collect(), instead: None }
    }

    fn or(self, instead: InitStep) -> Self {
        Self { instead: Some(instead), ..self }
    }
}

/// Everything, in its order.
pub(super) fn steps(answers: &Answers, files: &[PlannedFile]) -> Vec<Step> {
    let mut steps = credentials(answers);
    steps.push(Step::new(InitStep::Permissions));
    let is_written = |file: &&PlannedFile| matches!(file.change, Change::Create | Change::Replace);
    let paths: Vec<&str> = files.iter().filter(is_written).map(|file| file.path).collect();
    if !paths.is_empty() {
        steps.push(Step::with(InitStep::Commit, [format!("git add {}", paths.join(" "))]));
    }
    let tests =
        answers.tasks.iter().map(|task| format!("codearts-gate doctor {task} --region {}", answers.region));
    steps.push(Step::with(InitStep::Test, tests));
    steps
}

/// Where secrets go. Their values never are arguments, which other users of the machine could read.
fn credentials(answers: &Answers) -> Vec<Step> {
    let pipeline = answers.pipeline;
    let keys = InitStep::Keys(pipeline);
    let token = |variable| Step::new(InitStep::Token { variable, pipeline });
    match pipeline {
        Pipeline::GitHub => {
            vec![Step::with(keys, KEYS.map(|name| format!("gh secret set {name}"))).or(InitStep::NoKeys)]
        }
        Pipeline::GitLab => {
            let set = |name: &str| format!("printf %s \"${name}\" | glab variable set {name} --masked");
            let token = InitStep::Token { variable: "GITLAB_TOKEN", pipeline };
            vec![
                Step::with(keys, KEYS.map(set)).or(InitStep::NoKeys),
                Step::with(token, [set("GITLAB_TOKEN")]),
            ]
        }
        Pipeline::Jenkins => {
            let forge = answers.host.as_deref().and_then(forge_of_jenkins);
            let token = forge.map(|forge| Step::new(InitStep::Credential { id: forge.credential }));
            [Step::new(InitStep::Agents), Step::new(keys)].into_iter().chain(token).collect()
        }
        Pipeline::GiteeGo => vec![Step::new(keys), token("GITEE_TOKEN")],
        Pipeline::GitCode => vec![Step::new(keys), token("GITCODE_TOKEN")],
        Pipeline::CodeArts => vec![Step::new(keys), Step::new(InitStep::Parameters)],
        Pipeline::Gitea | Pipeline::Forgejo => vec![Step::new(keys)],
    }
}
