//! What is written, and what is left to do. Pure.

use super::branch::Branch;
use super::steps::{Step, steps};
use super::template::fill;
use crate::codearts::Id;
use crate::error::Problem;
use crate::messages::{InitHint, InitMessage};
use crate::model::pipeline::Pipeline;

/// The configuration file.
const CONFIG: (&str, &str) = ("codearts-gate.toml", include_str!("templates/codearts-gate.toml"));
const GITHUB: &str = include_str!("templates/github.yml");
const GITLAB: &str = include_str!("templates/gitlab-ci.yml");

/// What is known, by itself or because somebody has answered.
#[derive(Clone, Debug)]
pub struct Answers {
    /// The system that runs the pipeline.
    pub pipeline: Pipeline,
    /// The region: one of the service's table.
    pub region: &'static str,
    /// The project of the tasks.
    pub project: Id,
    /// The tasks.
    pub tasks: Vec<Id>,
    /// The branch that they check.
    pub branch: Branch,
}

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

/// What is to be done about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is made.
    Create,
    /// It takes the place of another one.
    Replace,
    /// It is there already.
    Nothing,
    /// Another file is there, into which somebody has to put the text: everybody has one of this name.
    AddByHand,
}

/// A file of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFile {
    /// Where, from the root of the repository.
    pub path: &'static str,
    /// What it says.
    pub text: String,
    /// What is to be done.
    pub change: Change,
}

/// All that sets the repository up.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The files.
    pub files: Vec<PlannedFile>,
    /// What is left to do by hand.
    pub steps: Vec<Step>,
}

/// Makes the plan. `present`: what stands at a path of the repository; `replaces`: whether it may be replaced.
///
/// # Errors
/// When other files are there.
pub fn plan(answers: &Answers, present: impl Fn(&str) -> Present, replaces: bool) -> Result<Plan, Problem> {
    let mut taken = Vec::new();
    let files = texts(answers).into_iter().map(|Draft { path, text, is_shared }| {
        let change = match present(path) {
            Present::Nothing => Change::Create,
            Present::Text(found) if found == text || is_shared && found.contains(text.trim()) => {
                Change::Nothing
            }
            Present::Text(_) | Present::Other if replaces => Change::Replace,
            Present::Text(_) if is_shared => Change::AddByHand,
            Present::Text(_) | Present::Other => {
                taken.push(path.to_owned());
                Change::Nothing
            }
        };
        PlannedFile { path, text, change }
    });
    let files: Vec<PlannedFile> = files.collect();
    if !taken.is_empty() {
        return Err(Problem::new(InitMessage::Exists(taken)).hint(InitHint::Force));
    }
    let steps = steps(answers, &files);
    Ok(Plan { files, steps })
}

/// A file before it is known what stands in its place.
struct Draft {
    path: &'static str,
    text: String,
    /// Whether others have a file of this name, with pipelines of their own.
    is_shared: bool,
}

fn texts(answers: &Answers) -> Vec<Draft> {
    let branch = answers.branch.in_yaml();
    let pipeline = match answers.pipeline {
        Pipeline::GitHub => Draft {
            path: ".github/workflows/codearts-check.yml",
            text: fill(GITHUB, &[("BRANCH", &branch)]),
            is_shared: false,
        },
        Pipeline::GitLab => Draft { path: ".gitlab-ci.yml", text: GITLAB.to_owned(), is_shared: true },
    };
    vec![pipeline, config(answers)]
}

fn config(answers: &Answers) -> Draft {
    let (path, template) = CONFIG;
    let tables = answers.tasks.iter().map(|task| format!("[[task]]\nid = \"{task}\"\n"));
    let tasks = tables.collect::<Vec<_>>().join("\n");
    let project = answers.project.as_str();
    let values = [("PROJECT", project), ("REGION", answers.region), ("TASKS", tasks.trim_end())];
    Draft { path, text: fill(template, &values), is_shared: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::template::tests::unfilled;
    use crate::model::choice::Choice as _;

    fn id(letter: &str) -> Id {
        letter.repeat(32).parse().expect("an id")
    }

    fn answers(pipeline: Pipeline) -> Answers {
        Answers {
            pipeline,
            region: "cn-north-4",
            project: id("b"),
            tasks: vec![id("a"), id("c")],
            branch: Branch::default(),
        }
    }

    fn changes(plan: &Plan) -> Vec<Change> {
        plan.files.iter().map(|file| file.change).collect()
    }

    #[test]
    fn what_is_written_for_each_system() {
        let mut shown = String::new();
        for pipeline in Pipeline::all() {
            let plan = plan(&answers(pipeline), |_| Present::Nothing, false).expect("a plan");
            for PlannedFile { path, text, change } in &plan.files {
                assert_eq!((unfilled(text), *change), (Vec::new(), Change::Create), "{path}");
                assert!(text.ends_with('\n') && !text.contains("\n\n\n"), "{path}");
                shown += &format!("=== {}: {path}\n{text}", pipeline.word());
            }
            for Step { what, commands, instead } in &plan.steps {
                shown += &format!("- {what}\n");
                shown.extend(instead.iter().map(|instead| format!("  {instead}\n")));
                shown.extend(commands.iter().map(|command| format!("  $ {command}\n")));
            }
        }
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!("init", shown);
        });
    }

    /// An example is the same with values of its own: what is written beyond it is listed here.
    #[test]
    fn what_is_written_is_what_the_examples_do() {
        let own = [
            // The task stands in the configuration file, which is in the repository.
            "contents: read",
            "- uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
            "with:",
            "persist-credentials: false",
            "jobs:",
        ];
        let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
        let examples: String = std::fs::read_dir(examples)
            .expect("the examples")
            .map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).expect("text"))
            .collect();
        let known: Vec<&str> = examples.lines().map(str::trim).chain(own).collect();
        for pipeline in Pipeline::all() {
            for PlannedFile { path, text, .. } in
                plan(&answers(pipeline), |_| Present::Nothing, false).expect("a plan").files
            {
                if path == CONFIG.0 {
                    continue;
                }
                let lines =
                    text.lines().map(str::trim).filter(|line| !line.starts_with('#') && !line.is_empty());
                for line in lines {
                    assert!(known.contains(&line), "{path}: `{line}` is in no example");
                }
            }
        }
    }

    /// Readers of the files must find the pages.
    #[test]
    fn pages_that_are_named_exist() {
        for template in [CONFIG.1, GITHUB, GITLAB] {
            let pages = template.split("https://").skip(1).filter_map(|rest| {
                let page = rest.split_whitespace().next()?.split_once("/docs/")?.1;
                Some(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/").to_owned() + page.split('#').next()?)
            });
            for page in pages {
                assert!(std::path::Path::new(&page).exists(), "{page}");
            }
        }
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

        // A file that everybody has.
        let gitlab = answers(Pipeline::GitLab);
        let cases = [
            (text("stages: [build]\n"), false, Some(Change::AddByHand)),
            (text(&format!("stages: [build]\n\n{GITLAB}\nother: {{}}\n")), false, Some(Change::Nothing)),
            (text("stages: [build]\n"), true, Some(Change::Replace)),
            (Present::Other, false, None),
        ];
        for (present, replaces, expected) in cases {
            let plan = plan(&gitlab, found(".gitlab-ci.yml", present.clone()), replaces);
            assert_eq!(plan.ok().map(|plan| changes(&plan)[0]), expected, "{present:?}");
        }
    }
}
