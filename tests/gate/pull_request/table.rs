//! Every end of a check × every word of the gate × every moment at which the head may move × whether the right branch was
//! checked.

use super::{CHECK, OTHER_HEAD, parent, traces};
use crate::kit::World;
use crate::kit::forge::{Forge, PullRequest, pull_request};
use crate::kit::scenario::{FAILED, STOPPED, SUCCEEDED, endless, scenario, task};
use codearts_gate::sandbox::scenario::FailingStepScript;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::thread;

/// Cases that run at the same time.
const WORKERS: usize = 4;
/// Covers all lines of the file in which the sandbox finds something.
const PATCH: &str = "@@ -0,0 +1,3 @@\n+one\n+two\n+three";

/// When the head moves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Moves {
    BeforeTheJob,
    BeforeTheRun,
    WhileItRuns,
    AfterTheEnd,
    WithTheVerdict,
    Never,
}

use Moves::*;

/// Whether the right branch was checked, as the service shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Branch {
    Right,
    Wrong,
}

#[derive(Clone, Debug)]
struct Case {
    status: i64,
    gate: Value,
    moves: Moves,
    branch: Branch,
}

impl Case {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for status in [FAILED, SUCCEEDED, STOPPED] {
            for gate in [json!(1), json!(0), Value::Null] {
                for moves in [BeforeTheJob, BeforeTheRun, WhileItRuns, AfterTheEnd, WithTheVerdict, Never] {
                    for branch in [Branch::Right, Branch::Wrong] {
                        all.push(Self { status, gate: gate.clone(), moves, branch });
                    }
                }
            }
        }
        all
    }

    /// The first read of the head identifies the pull request, the second comes before the run, the third when it has ended,
    /// the fourth with the verdict.
    fn pull_request(&self) -> PullRequest {
        let one = pull_request(12).file("src/net/reader.c", PATCH);
        match self.moves {
            BeforeTheJob => one.head(OTHER_HEAD),
            BeforeTheRun => one.moves_to(OTHER_HEAD).at_look(2),
            WhileItRuns | AfterTheEnd => one.moves_to(OTHER_HEAD).at_look(3),
            WithTheVerdict => one.moves_to(OTHER_HEAD).at_look(4),
            Never => one,
        }
    }

    fn world(&self) -> World {
        let run =
            if self.moves == WhileItRuns { endless() } else { task().ends_at_poll(2).ends(self.status) };
        let compile = FailingStepScript {
            name: "Compile".to_owned(),
            log: "javac: cannot find symbol".to_owned(),
            analysis: String::new(),
            faq: String::new(),
        };
        let run = run.gate(self.gate.clone()).failing_step(compile);
        let created = match self.branch {
            Branch::Right => run.clone(),
            Branch::Wrong => run.clone().with(|script| script.branch = Some("elsewhere".to_owned())),
        };
        World::new(scenario().task(parent(run)).task_named("mr", created))
    }

    fn expected(&self) -> i32 {
        match (self.moves, self.status, self.branch) {
            (BeforeTheJob | BeforeTheRun | WhileItRuns | AfterTheEnd | WithTheVerdict, ..) => 6,
            (Never, FAILED, _) => 1,
            (Never, STOPPED, _) => 3,
            (Never, _, Branch::Wrong) => 6,
            (Never, _, Branch::Right) if self.gate == json!(1) => 0,
            // There are findings on changed lines, and nothing else decides.
            (Never, _, Branch::Right) => 4,
        }
    }

    fn check(&self) {
        let forge = Forge::with(self.pull_request());
        let world = self.world();
        let mut arguments = CHECK.to_vec();
        if self.moves == WhileItRuns {
            arguments.extend(["--head-interval", "100ms"]);
        }
        let ended = world.run_on_github(&forge, "pull_request", &arguments).finish();
        assert_eq!(ended.code, self.expected(), "{self:?}\n{}", ended.stderr);
        let result = ended.result();
        let outcome = match ended.code {
            0 => "passed",
            1 => "check-failed",
            3 => "stopped",
            4 => "gate-failed",
            _ => "stale",
        };
        assert_eq!(
            (&result["outcome"], &result["exit_code"]),
            (&json!(outcome), &json!(ended.code)),
            "{self:?}"
        );
        let runs = usize::from(![BeforeTheJob, BeforeTheRun].contains(&self.moves));
        assert_eq!(traces(&world), (runs, 0), "{self:?}\n{}", ended.stderr);
        assert_eq!(world.calls("stop").len(), usize::from(self.moves == WhileItRuns), "{self:?}");
        if outcome == "stale" {
            let findings = &result["tasks"][0]["counts"];
            assert!(findings.is_null(), "{self:?}: {findings}");
        }
    }
}

#[test]
fn nothing_is_decided_about_code_that_is_not_the_heads() {
    let cases = Mutex::new(Case::all());
    let next = || cases.lock().expect("the cases").pop();
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(case) = next() {
                    case.check();
                }
            });
        }
    });
}
