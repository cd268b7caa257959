//! What is written, and what is left to do. Pure.

use super::answers::Answers;
use super::planned::{Change, PlannedFile};
use super::steps::{Step, steps};
use super::texts::{Draft, texts};
use crate::error::Problem;
use crate::messages::{InitHint, InitMessage};

/// What stands at a place where a file is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Present {
    /// Nothing.
    Nothing,
    /// This text.
    Text(String),
    /// Something that is not read.
    Other,
}

/// All that sets the repository up.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The files.
    pub files: Vec<PlannedFile>,
    /// What is left to do by hand.
    pub steps: Vec<Step>,
}

/// Makes the plan. `present`: what stands at a path of the repository; `replaces`: whether it may be replaced, unless others
/// have pipelines of their own in it.
///
/// # Errors
/// When other files are there.
pub fn plan(answers: &Answers, present: impl Fn(&str) -> Present, replaces: bool) -> Result<Plan, Problem> {
    let mut taken = Vec::new();
    let planned = |Draft { path, text, addition }| match (present(path), addition) {
        (Present::Nothing, _) => PlannedFile { path, text, change: Change::Create },
        (Present::Text(found), _) if found == text => PlannedFile { path, text, change: Change::Nothing },
        // It has pipelines of its own.
        (Present::Text(found), Some(text)) => {
            let change = if found.contains(text.trim()) { Change::Nothing } else { Change::AddByHand };
            PlannedFile { path, text, change }
        }
        (Present::Text(_) | Present::Other, _) if replaces => {
            PlannedFile { path, text, change: Change::Replace }
        }
        (Present::Text(_), None) | (Present::Other, _) => {
            taken.push(path.to_owned());
            PlannedFile { path, text, change: Change::Nothing }
        }
    };
    let files: Vec<PlannedFile> = texts(answers).into_iter().map(planned).collect();
    if !taken.is_empty() {
        return Err(Problem::new(InitMessage::Exists(taken)).hint(InitHint::Force));
    }
    let steps = steps(answers, &files);
    Ok(Plan { files, steps })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::answers::example::answers;
    use crate::model::choice::Choice as _;
    use crate::model::pipeline::Pipeline;
    use std::fmt::Write as _;

    fn changes(plan: &Plan) -> Vec<Change> {
        plan.files.iter().map(|file| file.change).collect()
    }

    #[test]
    fn what_is_written_for_each_system() {
        let mut shown = String::new();
        for pipeline in Pipeline::all() {
            let plan = plan(&answers(pipeline), |_| Present::Nothing, false).expect("a plan");
            for PlannedFile { path, text, change } in &plan.files {
                assert_eq!(*change, Change::Create, "{path}");
                assert!(text.ends_with('\n') && !text.contains("\n\n\n"), "{path}");
                write!(shown, "=== {}: {path}\n{text}", pipeline.word()).expect("written");
            }
            for Step { what, commands, instead } in &plan.steps {
                writeln!(shown, "- {what}").expect("written");
                shown.extend(instead.iter().map(|instead| format!("  {instead}\n")));
                shown.extend(commands.iter().map(|command| format!("  $ {command}\n")));
            }
        }
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!("init", shown);
        });
    }

    #[test]
    fn no_file_is_replaced_unasked() {
        let found = |path: &'static str, present: Present| {
            move |asked: &str| if asked == path { present.clone() } else { Present::Nothing }
        };
        let text = |text: &str| Present::Text(text.to_owned());
        let github = answers(Pipeline::GitHub);
        let config = plan(&github, |_| Present::Nothing, false).expect("a plan").files[1].text.clone();
        for present in [text("other"), text(""), Present::Other] {
            let problem =
                plan(&github, found("codearts-gate.toml", present.clone()), false).expect_err("refused");
            assert!(problem.to_string().contains("codearts-gate.toml"), "{problem}");
            let plan = plan(&github, found("codearts-gate.toml", present), true).expect("a plan");
            assert_eq!(changes(&plan), [Change::Create, Change::Replace]);
        }
        let same = plan(&github, found("codearts-gate.toml", text(&config)), false).expect("a plan");
        assert_eq!(changes(&same), [Change::Create, Change::Nothing]);
    }

    #[test]
    fn to_a_file_that_everybody_has_a_part_is_added_by_hand() {
        for (pipeline, path) in [
            (Pipeline::GitLab, ".gitlab-ci.yml"),
            (Pipeline::Jenkins, "Jenkinsfile"),
            (Pipeline::CodeArts, "build.yml"),
        ] {
            let all = answers(pipeline);
            let with = |present: Present, replaces| {
                let present = |asked: &str| if asked == path { present.clone() } else { Present::Nothing };
                plan(&all, present, replaces).map(|plan| plan.files[0].clone())
            };
            let own = Present::Text("own pipeline\n".to_owned());
            let PlannedFile { text, change, .. } = with(own.clone(), false).expect("a plan");
            assert_eq!(change, Change::AddByHand, "{path}");
            let added = Present::Text(format!("own pipeline {{\n\n{text}\n}}\n"));
            assert_eq!(with(added, false).expect("a plan").change, Change::Nothing, "{path}");
            assert_eq!(with(own, true).expect("a plan").change, Change::AddByHand, "{path}");
            assert!(with(Present::Other, false).is_err(), "{path}");
        }
    }
}
