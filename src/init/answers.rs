//! What is known before anything is planned.

use super::branch::Branch;
use crate::codearts::Id;
use crate::model::pipeline::Pipeline;

/// What is known, by itself or because somebody has answered.
#[derive(Clone, Debug)]
pub struct Answers {
    /// The system that runs the pipeline.
    pub pipeline: Pipeline,
    /// The host of the repository.
    pub host: Option<String>,
    /// The origin of the web pages of that host, such as `https://github.com`.
    pub web: Option<String>,
    /// The region: one of the service's table.
    pub region: &'static str,
    /// The project of the tasks.
    pub project: Id,
    /// The tasks.
    pub tasks: Vec<Id>,
    /// The branch that they check.
    pub branch: Branch,
}

/// For tests of what is made of them.
#[cfg(test)]
pub(super) mod example {
    use super::*;

    fn id(letter: &str) -> Id {
        letter.repeat(32).parse().expect("an id")
    }

    pub(in crate::init) fn answers(pipeline: Pipeline) -> Answers {
        Answers {
            pipeline,
            host: Some("github.com".to_owned()),
            web: Some("https://github.com".to_owned()),
            region: "cn-north-4",
            project: id("b"),
            tasks: vec![id("a")],
            branch: Branch::new("trunk").expect("a branch"),
        }
    }
}
