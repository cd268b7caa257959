//! Every end of a check × every word of the gate × every moment at which the head may move × whether the right branch was
//! checked.

use super::place::Place;
use super::{CHECK, OTHER_HEAD, side_by_side, traces};
use crate::kit::World;
use crate::kit::forge::{Forge, HEAD, PullRequest, pull_request};
use crate::kit::scenario::{FAILED, STOPPED, SUCCEEDED, endless, returns, task};
use codearts_gate::sandbox::scenario::FailingStepScript;
use serde_json::{Value, json};

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
    AtTheLastLook,
    Never,
}

use Moves::*;

/// Whether the right branch was checked, as the service shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Branch {
    Right,
    Wrong,
    NotShown,
}

/// What decides: the service's gate and the changed lines; nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    Usual,
    Off,
}

const MOMENTS: [Moves; 7] =
    [BeforeTheJob, BeforeTheRun, WhileItRuns, AfterTheEnd, WithTheVerdict, AtTheLastLook, Never];

#[derive(Clone, Debug)]
struct Case {
    status: i64,
    gate: Value,
    moves: Moves,
    branch: Branch,
    place: Place,
    rule: Rule,
}

impl Case {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for status in [FAILED, SUCCEEDED, STOPPED] {
            for gate in [json!(1), json!(0), Value::Null] {
                for moves in MOMENTS {
                    for branch in [Branch::Right, Branch::Wrong, Branch::NotShown] {
                        let (place, rule) = (Place::GitHub, Rule::Usual);
                        let case = Self { status, gate: gate.clone(), moves, branch, place, rule };
                        if gate == json!(1) {
                            all.push(Self { place: Place::GitLab, ..case.clone() });
                            all.push(Self { rule: Rule::Off, ..case.clone() });
                        }
                        all.push(case);
                    }
                }
            }
        }
        // Of a check that did not run to its end neither the branch nor the changed lines are read.
        all.retain(|case| {
            case.status == SUCCEEDED || case.branch == Branch::Right && case.moves != AtTheLastLook
        });
        all
    }

    /// The first read of the head identifies the pull request, the second comes before the run, the third when it has ended,
    /// the fourth with the changed lines, the fifth with the verdict.
    fn pull_request(&self) -> PullRequest {
        let one = pull_request(12).file("src/net/reader.c", PATCH);
        match self.moves {
            BeforeTheJob => one.head(OTHER_HEAD),
            BeforeTheRun => one.moves_to(OTHER_HEAD).at_look(2),
            WhileItRuns | AfterTheEnd => one.moves_to(OTHER_HEAD).at_look(3),
            WithTheVerdict => one.moves_to(OTHER_HEAD).at_look(4),
            AtTheLastLook => one.moves_to(OTHER_HEAD).at_look(5),
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
            Branch::Right | Branch::NotShown => run.clone(),
            Branch::Wrong => run.clone().with(|script| script.branch = Some("elsewhere".to_owned())),
        };
        let story = self.place.story(run).task_named("mr", created);
        let silent = json!({"issue_count": 14, "critical_count": 0, "major_count": 1, "minor_count": 4,
                            "suggestion_count": 9, "is_access": self.gate});
        World::new(match self.branch {
            Branch::Right | Branch::Wrong => story,
            Branch::NotShown => story.when("summary", returns(silent)),
        })
    }

    fn expected(&self) -> i32 {
        match (self.moves, self.status, self.branch) {
            (
                BeforeTheJob | BeforeTheRun | WhileItRuns | AfterTheEnd | WithTheVerdict | AtTheLastLook,
                ..,
            ) => 6,
            (Never, FAILED, _) => 1,
            (Never, STOPPED, _) => 3,
            (Never, _, Branch::Wrong) => 6,
            (Never, _, Branch::Right | Branch::NotShown) if self.gate == json!(1) => 0,
            // There are findings on changed lines, and nothing else decides.
            (Never, _, Branch::Right | Branch::NotShown) => 4,
        }
    }

    fn check(&self) {
        let forge = Forge::with(self.pull_request());
        let world = self.world();
        let mut arguments = CHECK.to_vec();
        if self.moves == WhileItRuns {
            arguments.extend(["--head-interval", "100ms"]);
        }
        if self.rule == Rule::Off {
            arguments.extend(["--gate", "off"]);
        }
        let run = self.place.job(&world, &forge, HEAD, &arguments);
        let ended = run.finish();
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
        if self.moves == WhileItRuns {
            // The wait is over: only before the task is deleted one more look is taken at it.
            let stopped = world.calls("stop")[0].at;
            let later = world.calls("progress").iter().filter(|poll| poll.at > stopped).count();
            assert!(later <= 1, "{self:?}: {later}");
        }
        let says_unknown = ended.stderr.contains("CodeArts does not show which branch it checked");
        let is_read = self.branch == Branch::NotShown && self.expected() != 6;
        assert!(!is_read || says_unknown, "{self:?}\n{}", ended.stderr);
    }
}

#[test]
fn nothing_is_decided_about_code_that_is_not_the_heads() {
    side_by_side(&Case::all(), |case| {
        case.check();
        None
    });
}
