//! What is left to do by hand, with the commands of the forge where it has such. Pure.

use super::plan::{Answers, Change, PlannedFile};
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
    let mut steps = credentials(answers.pipeline);
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
fn credentials(pipeline: Pipeline) -> Vec<Step> {
    match pipeline {
        Pipeline::GitHub => vec![
            Step::with(InitStep::Keys(pipeline), KEYS.map(|name| format!("gh secret set {name}")))
                .or(InitStep::NoKeys),
        ],
        Pipeline::GitLab => {
            let set = |name: &str| format!("printf %s \"${name}\" | glab variable set {name} --masked");
            vec![
                Step::with(InitStep::Keys(pipeline), KEYS.map(set)).or(InitStep::NoKeys),
                Step::with(InitStep::Token { variable: "GITLAB_TOKEN", pipeline }, [set("GITLAB_TOKEN")]),
            ]
        }
    }
}
