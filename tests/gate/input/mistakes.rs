//! The first hours: what people type, paste and set by mistake, and that each is answered with what to do instead, before
//! anything is sent, and without a secret in the answer.

use crate::kit::forge::Forge;
use crate::kit::{Ended, Run, TASK, World};

/// A value that must not be seen again.
const CANARY: &str = "typed-canary-0123456789";

/// Refused with these words, and nothing was sent.
#[track_caller]
fn refused(world: &World, run: &Run, expected: &[&str]) -> Ended {
    let ended = run.finish().expect(64);
    for part in expected {
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
    assert!(!ended.stderr.contains("canary"), "{}", ended.stderr);
    assert_eq!(world.sandbox.recorded().len(), 0);
    ended
}

/// Ids are arguments and credentials are variables: whoever types them as options is told so, in every spelling, and the
/// value is not repeated.
#[test]
fn ids_and_credentials_typed_as_options() {
    let world = World::new("{}");
    let (id, secret) = ("`codearts-gate check TASK_ID`", "credentials are given in variables");
    let cases: [(&[&str], &[&str]); 18] = [
        (&["check", "--task-id", TASK], &["`--task-id`", id, "CODEARTS_TASK_ID"]),
        (&["check", "--task", TASK], &["`--task`", id]),
        (&["check", "--task_id=x"], &["`--task_id`", id]),
        (&["check", "--taskid", TASK], &["`--taskid`", id]),
        (&["report", "--task-id", TASK], &["`codearts-gate report TASK_ID`"]),
        (&["build", "--job-id", TASK], &["`codearts-gate build JOB_ID`", "CODEARTS_JOB_ID"]),
        (&["check", TASK, "--ak", CANARY, "--sk", CANARY], &["`--ak`", secret, "HUAWEICLOUD_SDK_AK"]),
        (&["check", TASK, &format!("--sk={CANARY}")], &["`--sk`", secret, "HUAWEICLOUD_SDK_SK"]),
        (&["check", TASK, &format!("-sk={CANARY}")], &["`-sk`", secret, "HUAWEICLOUD_SDK_SK"]),
        (&["check", TASK, "--access-key", CANARY], &["HUAWEICLOUD_SDK_AK"]),
        (&["check", TASK, "--secret-access-key", CANARY], &["HUAWEICLOUD_SDK_SK"]),
        (&["check", TASK, "--token", CANARY], &["CODEARTS_TOKEN"]),
        (&["check", TASK, &format!("--tok={CANARY}")], &["`--tok`", "CODEARTS_TOKEN"]),
        (&["doctor", "--password", CANARY], &["CODEARTS_IAM_PASSWORD"]),
        (&["build", TASK, "--passwrod", CANARY], &["CODEARTS_IAM_PASSWORD"]),
        (&["check", TASK, "--user", CANARY], &["CODEARTS_IAM_USER"]),
        (&["check", TASK, "--security-token", CANARY], &["HUAWEICLOUD_SDK_SECURITY_TOKEN"]),
        (&["check", TASK, "--github-token", CANARY], &["GITHUB_TOKEN"]),
    ];
    for (arguments, expected) in cases {
        let run = world.run(arguments);
        std::fs::create_dir_all(run.reports()).expect("the directory");
        let ended = refused(&world, &run, expected);
        if ["check", "build"].contains(&arguments[0]) {
            let reason = ended.result()["reason"].to_string();
            assert!(reason.contains(expected[0]) && !reason.contains("canary"), "{reason}");
        }
    }
}

/// The usage line shows what was typed, not what came from variables.
#[test]
fn usage_lines_show_what_was_typed() {
    let world = World::new("{}");
    let mut run = world.run(&["check", TASK, "--strat"]);
    run.env("CODEARTS_TIMEOUT", "5m").env("CODEARTS_MAX_CRITICAL", "0");
    let ended = refused(&world, &run, &["'--strat'", "'--start'", "Usage: codearts-gate check "]);
    for option in ["--timeout", "--max-critical", "--endpoint", "--poll-interval", "--report-dir"] {
        assert!(!ended.stderr.contains(option), "{option}: {}", ended.stderr);
    }
}

/// What is wrong with an id, and the id that is meant where it can be seen.
#[test]
fn ids_in_every_wrapping() {
    let world = World::new("{}");
    let other = "0123456789abcdef0123456789abcdef";
    let meant = format!("did you mean `{TASK}`?");
    let dashed = "2b31ed52-0aaa-aaae-bedb-6e57aaaaaaaa";
    let cases = [
        (dashed.to_owned(), "without dashes", true),
        (format!("\"{TASK}\""), "without quotes", true),
        (format!("'{TASK}'"), "without quotes", true),
        (format!("“{TASK}”"), "without quotes", true),
        (format!("[{TASK}]"), "without brackets", true),
        (format!("[\"{TASK}\", \"{other}\"]"), "without quotes, brackets", true),
        (format!("{{{dashed}}}"), "without dashes, brackets", true),
        ("2b31ed52 0aaaaaaebedb6e57aaaaaaaa".to_owned(), "without blanks", true),
        ("2b31ed52\u{200b}0aaaaaaebedb6e57aaaaaaaa".to_owned(), "without invisible characters", true),
        ("2b31ed520aaaaaae\nbedb6e57aaaaaaaa".to_owned(), "on one line", true),
        (format!("{TASK} {other}"), "separate ids with commas or line breaks", false),
        (format!("{TASK}0"), "it has 33 characters, and an id at most 32", false),
        (
            format!(
                "https://devcloud.cn-north-4.huaweicloud.com/codecheck/project/{other}/codecheck/task/{TASK}/detail?tab=1"
            ),
            "is an address",
            true,
        ),
        (
            format!("https://devcloud.example/codecheck?projectId={other}&taskId={TASK}#/x"),
            "is an address",
            true,
        ),
        (format!("https://devcloud.example/task/{other}/{TASK}"), "is an address", false),
        ("$TASK_ID".to_owned(), "a variable that was not replaced", false),
        ("${{ vars.CODEARTS_TASK_ID }}".to_owned(), "a variable that was not replaced", false),
        ("%TASK_ID%".to_owned(), "a variable that was not replaced", false),
    ];
    for (id, why, is_derived) in &cases {
        for from_variable in [false, true] {
            let (mut run, name) = if from_variable {
                (world.run(&["check"]), "is not a valid CODEARTS_TASK_ID")
            } else {
                (world.run(&["check", id]), "is not a valid TASK_ID")
            };
            if from_variable {
                run.env("CODEARTS_TASK_ID", id);
            }
            let ended = refused(&world, &run, &[name, why]);
            assert_eq!(ended.stderr.contains(&meant), *is_derived, "{id}: {}", ended.stderr);
            assert_eq!(ended.stderr.contains("did you mean"), *is_derived, "{id}: {}", ended.stderr);
        }
    }
    let run = world.run(&["check", TASK, "--project-id", dashed]);
    refused(&world, &run, &["is not a valid `--project-id`", "without dashes", &meant]);
    // Ids of jobs have small letters (page `build`); for tasks no page says so, so these are tried as given.
    let run = world.run(&["build", &TASK.to_uppercase()]);
    refused(&world, &run, &["has capital letters", &meant]);
    let world = World::new(r#"{"tasks": {"*": {"before": 2}}}"#);
    let ended = world.run(&["check", &TASK.to_uppercase(), "--report", "none"]).finish().expect(0);
    assert!(ended.stderr.contains(&format!("usually in small letters: `{TASK}`")), "{}", ended.stderr);
}

/// The ids of a project and of its tasks look alike.
#[test]
fn an_unknown_task_may_be_a_project() {
    for (status, body) in [
        (200, r#"{"error_code": "CC.00050013", "error_msg": "The project does not exist"}"#),
        (404, r#"{"error_code": "CC.00050013.404", "error_msg": "The project does not exist"}"#),
    ] {
        let world = World::new(&format!(
            r#"{{"faults": [{{"call": "*", "fault": {{"kind": "answer", "status": {status}, "body": {body}}}}}]}}"#
        ));
        let ended = world.run(&["check", TASK]).finish().expect(64);
        assert!(ended.stderr.contains("is it the id of the project?"), "{}", ended.stderr);
        assert!(ended.result()["tasks"][0]["reason"].to_string().contains("is it the id of the project?"));
    }
}

/// Durations, numbers and words: the range or the nearest value, and the variable when the value came from one.
#[test]
fn values_that_are_almost_right() {
    let world = World::new("{}");
    let from_options: [(&[&str], &[&str]); 11] = [
        (&["--timeout", "45M"], &["`--timeout 45M`", "did you mean `45m`?"]),
        (&["--timeout", "1H"], &["did you mean `1h`?"]),
        (&["--timeout", "90"], &["did you mean `90s` or `90m`?"]),
        (&["--report-timeout", "1,5h"], &["`--report-timeout 1,5h`", "did you mean `1.5h`?"]),
        (&["--poll-interval", "5S"], &["did you mean `5s`?"]),
        (&["--poll-budget", "9000/min"], &["`--poll-budget 9000/min`", "from 1 to 6000"]),
        (&["--max-critical=-1"], &["--max-critical", "a whole number from 0 to 1000000000"]),
        (&["--max-issues", "99999999999999999999"], &["a whole number from 0 to 1000000000"]),
        (&["--retention-days", "401"], &["a whole number from 0 to 400"]),
        (&["--allow", "stoped"], &["`--allow stoped`", "did you mean `stopped`?"]),
        (&["--gate", "requierd"], &["'required'"]),
    ];
    for (arguments, expected) in from_options {
        let arguments: Vec<&str> = ["check", TASK].iter().chain(arguments).copied().collect();
        refused(&world, &world.run(&arguments), expected);
    }
    let from_variables: [(&str, &str, &[&str]); 14] = [
        ("TIMEOUT", "45M", &["`CODEARTS_TIMEOUT=45M`", "did you mean `45m`?"]),
        ("POLL_INTERVAL", "0.1s", &["`CODEARTS_POLL_INTERVAL"]),
        ("POLL_BUDGET", "fast", &["`CODEARTS_POLL_BUDGET=fast`"]),
        ("MAX_CRITICAL", "none", &["`CODEARTS_MAX_CRITICAL=none`", "a whole number from 0 to 1000000000"]),
        ("RETENTION_DAYS", "-1", &["`CODEARTS_RETENTION_DAYS=-1`", "a whole number from 0 to 400"]),
        (
            "GATE",
            "requierd",
            &["`CODEARTS_GATE=requierd`", "auto, required, off", "did you mean `required`?"],
        ),
        ("REPORT", "pdf,sariff", &["CODEARTS_REPORT", "`sariff`", "did you mean `sarif`?"]),
        ("ALLOW", "stoped", &["`CODEARTS_ALLOW=stoped`", "did you mean `stopped`?"]),
        ("START", "maybe", &["CODEARTS_START must be true or false"]),
        ("PROJECT_ID", "a/b", &["is not a valid `CODEARTS_PROJECT_ID`"]),
        ("CA_FILE", "/nonexistent.pem", &["`CODEARTS_CA_FILE=/nonexistent.pem`"]),
        ("PUBLISH", "comment", &["`CODEARTS_PUBLISH`"]),
        ("COMMENT_KEY", "a b", &["`CODEARTS_COMMENT_KEY`"]),
        ("ENDPOINT", "https://host/path", &["`CODEARTS_ENDPOINT`"]),
    ];
    for (name, value, expected) in from_variables {
        let mut run = world.run(&["check", TASK]);
        let ended = refused(&world, run.env(&format!("CODEARTS_{name}"), value), expected);
        let option = format!("--{}", name.to_lowercase().replace('_', "-"));
        assert!(!ended.stderr.contains(&option), "{name}: {}", ended.stderr);
        assert!(!ended.stderr.contains("Usage:"), "{name}: {}", ended.stderr);
    }
    // Of two values only the one that counts is looked at.
    let mut run = world.run(&["check", TASK, "--timeout", "1x"]);
    refused(&world, run.env("CODEARTS_TIMEOUT", "45M"), &["`--timeout 1x`"]);
    // Variables that exclude each other.
    let mut run = world.run(&["check", TASK]);
    let run = run.env("CODEARTS_VERBOSE", "1").env("CODEARTS_QUIET", "1");
    refused(&world, run, &["CODEARTS_VERBOSE", "CODEARTS_QUIET"]);
}

/// Values under the names that other tools use.
#[test]
fn variables_of_other_tools_are_named_too() {
    let world = World::new("{}");
    let cases = [
        ("HUAWEICLOUD_SDK_PROJECT_ID", "a b", "is not a valid `HUAWEICLOUD_SDK_PROJECT_ID`"),
        ("HW_PROJECT_ID", "a b", "is not a valid `HW_PROJECT_ID`"),
        ("HUAWEICLOUD_SDK_IAM_ENDPOINT", "https://host/path", "`HUAWEICLOUD_SDK_IAM_ENDPOINT`"),
    ];
    for (name, value, expected) in cases {
        let mut run = world.run_with_password(&["check", TASK]);
        let ended = refused(&world, run.without("CODEARTS_IAM_ENDPOINT").env(name, value), &[expected]);
        assert!(!ended.stderr.contains("`--iam"), "{}", ended.stderr);
    }
}

/// The nearest regions for a region that does not exist, and where it was given.
#[test]
fn a_region_that_does_not_exist() {
    let world = World::new("{}");
    let cases = [
        ("cn-nort-4", "did you mean cn-north-4?"),
        ("CN_NORTH_4", "did you mean cn-north-4?"),
        ("cn-north-3", "did you mean cn-north-1 or cn-north-4?"),
        ("eu-west-1", "did you mean eu-west-101?"),
    ];
    for (region, expected) in cases {
        let mut run = world.run(&["check", TASK, "--region", region]);
        refused(
            &world,
            run.without("CODEARTS_ENDPOINT"),
            &["(`--region`)", expected, "one of ap-southeast-3"],
        );
        for variable in ["CODEARTS_REGION", "HUAWEI_CLOUD_REGION", "HW_REGION_NAME"] {
            let mut run = world.run(&["check", TASK]);
            run.without("CODEARTS_ENDPOINT").env(variable, region);
            refused(&world, &run, &[&format!("(`{variable}`)"), expected]);
        }
    }
    let mut run = world.run(&["check", TASK, "--region", "mars-1"]);
    let ended = refused(&world, run.without("CODEARTS_ENDPOINT"), &["one of ap-southeast-3"]);
    assert!(!ended.stderr.contains("did you mean"), "{}", ended.stderr);
}

/// Keys and tokens that cannot be ones are refused before anything is sent.
#[test]
fn keys_that_are_not_keys() {
    let world = World::new("{}");
    let variable = "a variable that was not replaced";
    let flaws = [
        (format!("\"{CANARY}\""), "quotes"),
        (format!("'{CANARY}"), "quotes"),
        (format!("canary {CANARY}"), "blanks"),
        (format!("{CANARY}ü"), "not ASCII"),
        ("$MY_CANARY".to_owned(), variable),
        ("${MY_canary}".to_owned(), variable),
        ("%MY_canary%".to_owned(), variable),
        ("${{ secrets.canary }}".to_owned(), variable),
        ("$(canary)".to_owned(), variable),
        ("$[[ inputs.canary ]]".to_owned(), variable),
        ("****".to_owned(), "no letter or digit"),
    ];
    let names = [
        "HUAWEICLOUD_SDK_AK",
        "HUAWEICLOUD_SDK_SK",
        "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        "CODEARTS_TOKEN",
        "HUAWEICLOUD_OIDC_ID_TOKEN",
    ];
    for name in names {
        for (value, expected) in &flaws {
            let mut run = world.run(&["check", TASK]);
            if name.contains("OIDC") {
                run.env("HUAWEICLOUD_OIDC_PROVIDER_URN", "iam::1:oidcProvider:x");
                run.env("HUAWEICLOUD_OIDC_AGENCY_URN", "iam::1:agency:x")
                    .env("CODEARTS_REGION", "cn-north-4");
            }
            refused(&world, run.env(name, value), &[name, expected]);
        }
    }
    for name in ["CODEARTS_IAM_USER", "CODEARTS_IAM_PASSWORD", "CODEARTS_IAM_DOMAIN"] {
        for value in ["$MY_canary_PASSWORD", "${MY_CANARY}", "%MY_canary%", "${{ secrets.canary }}"] {
            let mut run = world.run_with_password(&["check", TASK]);
            refused(&world, run.env(name, value), &[name, variable]);
        }
    }
    // A password may begin with such a character, or hold quotes; those around it are pointed out.
    let mut run = world.run_with_password(&["check", TASK]);
    let ended = run.env("CODEARTS_IAM_PASSWORD", &format!("\"$a{CANARY}\"")).finish().expect(77);
    assert!(ended.stderr.contains("the quotes around it are sent as part of it"), "{}", ended.stderr);
    assert_eq!(world.calls("token").len(), 1);
    // A profile file is another place for keys.
    let world = World::new("{}");
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), format!("[basic]\nak = \"{CANARY}\"\nsk = {CANARY}\n")).expect("written");
    let mut run = world.run(&["check", TASK]);
    run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK");
    run.env("HUAWEICLOUD_SDK_CREDENTIALS_FILE", file.path().to_str().expect("UTF-8"));
    refused(&world, &run, &["`ak` of the profile file", "quotes"]);
}

/// A forge's token that cannot be one is not sent: the comment is missing, with the reason, and the check goes on.
#[test]
fn a_token_of_a_forge_that_is_not_a_token() {
    let forge = Forge::new();
    let world = World::new(r#"{"tasks": {"*": {"before": 2}}}"#);
    let mut github = world.run_on_github(&forge, "pull_request", &["check", TASK, "--report", "none"]);
    github.env("GITHUB_TOKEN", "${{ secrets.CANARY }}").env("CODEARTS_PUBLISH", "auto");
    let mut gitlab = world.run_on_gitlab(&forge, &["check", TASK, "--report", "none"]);
    gitlab.env("GITLAB_TOKEN", "$PROTECTED_CANARY").env("CODEARTS_PUBLISH", "auto");
    for (name, run) in [("GITHUB_TOKEN", github), ("GITLAB_TOKEN", gitlab)] {
        let ended = run.finish().expect(0);
        let expected = format!("{name} holds a variable that was not replaced");
        assert_eq!(ended.stderr.matches(&expected).count(), 1, "{}", ended.stderr);
        assert!(!ended.stderr.contains("CANARY"), "{}", ended.stderr);
    }
    assert_eq!(forge.state().requests.len(), 0);
}

/// A report directory that cannot be written to: where to choose another.
#[cfg(target_os = "linux")]
#[test]
fn a_read_only_directory_names_the_option() {
    let world = World::new("{}");
    for directory in ["/proc/self", "/proc/none/reports", "/dev/null/x"] {
        let mut run = world.run(&["check", TASK]);
        refused(
            &world,
            run.env("CODEARTS_REPORT_DIR", directory),
            &["choose another directory with `--report-dir`"],
        );
    }
    let mut run = world.run(&["doctor"]);
    let ended = run.env("CODEARTS_REPORT_DIR", "/proc/self").finish().expect(64);
    assert_eq!(ended.stderr.matches("--report-dir").count(), 1, "{}", ended.stderr);
}

/// A variable with our prefix that nobody reads is worth a warning, with the nearest name only where there is one.
#[test]
fn a_misspelt_variable_is_named() {
    let world = World::new(r#"{"tasks": {"*": {"before": 2}}}"#);
    let mut run = world.run(&["check", TASK, "--report", "none"]);
    run.env("CODEARTS_MAX_CRITCAL", CANARY).env("CODEARTS_TIMOUT", "1").env("CODEARTS_SK", CANARY);
    run.env("CODEARTS_PIPELINE_TRIGGER", CANARY).env("CODEARTS_OTHER_THING", CANARY);
    // Ours, of another command, given to later steps, or empty.
    run.env("CODEARTS_BUILD_NO", "1").env("CODEARTS_GATE_OUTCOME", "x").env("CODEARTS_MAX_CRITICL", " ");
    let ended = run.finish().expect(0);
    for expected in [
        "warning: CODEARTS_MAX_CRITCAL is not read; did you mean CODEARTS_MAX_CRITICAL?",
        "warning: CODEARTS_TIMOUT is not read; did you mean CODEARTS_TIMEOUT?",
        "warning: CODEARTS_SK is not read; did you mean HUAWEICLOUD_SDK_SK?",
        "warning: CODEARTS_OTHER_THING, CODEARTS_PIPELINE_TRIGGER are not read",
    ] {
        assert!(ended.stderr.contains(expected), "{expected}: {}", ended.stderr);
    }
    assert_eq!(ended.stderr.matches("not read").count(), 4, "{}", ended.stderr);
    assert!(!ended.stderr.contains("canary"), "{}", ended.stderr);
}
