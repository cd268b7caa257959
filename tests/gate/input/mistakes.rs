//! What people type, paste and set by mistake: each mistake is answered with what to do instead, before anything is
//! sent, and without a secret in the message.

use crate::kit::forge::Forge;
use crate::kit::scenario::{refuses, scenario, succeeded};
use crate::kit::{Ended, Run, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};

/// A value that must not appear in the output.
const CANARY: &str = "typed-canary-0123456789";

/// Rejected with a message that contains these facts; nothing was sent.
#[track_caller]
fn refused(world: &World, run: &Run, facts: &[&str]) -> Ended {
    let ended = run.finish().expect(64);
    for fact in facts {
        assert!(ended.stderr.contains(fact), "{fact}: {}", ended.stderr);
    }
    assert!(!ended.stderr.contains("canary"), "{}", ended.stderr);
    assert_eq!(world.sandbox.recorded().len(), 0);
    ended
}

/// Ids are arguments and credentials are variables: typed as options, in any spelling, they are rejected with this
/// hint, and the value is not repeated.
#[test]
fn ids_and_credentials_typed_as_options() {
    let world = World::new(scenario());
    let cases: [(&[&str], &[&str]); 18] = [
        (&["check", "--task-id", TASK], &["`--task-id`", "CODEARTS_TASK_ID"]),
        (&["check", "--task", TASK], &["`--task`"]),
        (&["check", "--task_id=x"], &["`--task_id`"]),
        (&["check", "--taskid", TASK], &["`--taskid`"]),
        (&["report", "--task-id", TASK], &["`--task-id`"]),
        (&["build", "--job-id", TASK], &["`--job-id`", "CODEARTS_JOB_ID"]),
        (&["check", TASK, "--ak", CANARY, "--sk", CANARY], &["`--ak`", "HUAWEICLOUD_SDK_AK"]),
        (&["check", TASK, &format!("--sk={CANARY}")], &["`--sk`", "HUAWEICLOUD_SDK_SK"]),
        (&["check", TASK, &format!("-sk={CANARY}")], &["`-sk`", "HUAWEICLOUD_SDK_SK"]),
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
    let mut table = Table::default();
    for (arguments, facts) in cases {
        let run = world.run(arguments);
        std::fs::create_dir_all(run.reports()).expect("the directory");
        let ended = refused(&world, &run, facts);
        table.add(arguments.join(" ").replace(CANARY, "VALUE"), &ended.stderr);
        if ["check", "build"].contains(&arguments[0]) {
            let reason = ended.result()["reason"].to_string();
            assert!(reason.contains("is not an option") && !reason.contains("canary"), "{reason}");
        }
    }
    assert_shown!("typed_as_options", table.text());
}

/// The usage line shows what was typed, not what came from variables.
#[test]
fn usage_lines_show_what_was_typed() {
    let world = World::new(scenario());
    let mut run = world.run(&["check", TASK, "--strat"]);
    run.env("CODEARTS_TIMEOUT", "5m").env("CODEARTS_MAX_CRITICAL", "0");
    let ended = refused(&world, &run, &["`--strat`", "`--start`"]);
    for option in ["--timeout", "--max-critical", "--endpoint", "--poll-interval", "--report-dir"] {
        assert!(!ended.stderr.contains(option), "{option}: {}", ended.stderr);
    }
    assert_shown!("misspelt_option", ended.stderr);
}

/// What is wrong with an id, and the id that was meant where it is recognisable.
#[test]
fn ids_in_every_form() {
    let world = World::new(scenario());
    let other = "0123456789abcdef0123456789abcdef";
    let meant = format!("`{TASK}`");
    let dashed = "2b31ed52-0aaa-aaae-bedb-6e57aaaaaaaa";
    let cases = [
        (dashed.to_owned(), true),
        (format!("\"{TASK}\""), true),
        (format!("'{TASK}'"), true),
        (format!("“{TASK}”"), true),
        (format!("[{TASK}]"), true),
        (format!("[\"{TASK}\", \"{other}\"]"), true),
        (format!("{{{dashed}}}"), true),
        ("2b31ed52 0aaaaaaebedb6e57aaaaaaaa".to_owned(), true),
        ("2b31ed52\u{200b}0aaaaaaebedb6e57aaaaaaaa".to_owned(), true),
        ("2b31ed520aaaaaae\nbedb6e57aaaaaaaa".to_owned(), true),
        (format!("{TASK} {other}"), false),
        (format!("{TASK}0"), false),
        (
            format!(
                "https://devcloud.cn-north-4.huaweicloud.com/codecheck/project/{other}/codecheck/task/{TASK}/detail?tab=1"
            ),
            true,
        ),
        (format!("https://devcloud.example/codecheck?projectId={other}&taskId={TASK}#/x"), true),
        (format!("https://devcloud.example/task/{other}/{TASK}"), false),
        ("$TASK_ID".to_owned(), false),
        ("${{ vars.CODEARTS_TASK_ID }}".to_owned(), false),
        ("%TASK_ID%".to_owned(), false),
    ];
    let mut table = Table::default();
    for (id, is_derived) in &cases {
        let typed = refused(&world, &world.run(&["check", id]), &["TASK_ID"]).stderr;
        assert_eq!(typed.contains(&meant), *is_derived, "{id}: {typed}");
        table.add(format!("{id:?}"), &typed);
        let mut run = world.run(&["check"]);
        let set = refused(&world, run.env("CODEARTS_TASK_ID", id), &["CODEARTS_TASK_ID"]).stderr;
        // The beginning of the message may quote an id that is a name.
        let (quoted, why) = typed.rsplit_once("`TASK_ID`").expect("the name");
        assert_eq!(set, format!("{quoted}`CODEARTS_TASK_ID`{why}"));
    }
    let run = world.run(&["check", TASK, "--project-id", dashed]);
    table.add("--project-id", &refused(&world, &run, &["`--project-id`", &meant]).stderr);
    // Ids of jobs have small letters (page `build`); for tasks this is undocumented, so these are tried as given.
    let run = world.run(&["build", &TASK.to_uppercase()]);
    table.add("build", &refused(&world, &run, &[&meant]).stderr);
    let world = World::new(succeeded());
    let ended = world.run(&["check", &TASK.to_uppercase(), "--report", "none"]).finish().expect(0);
    table.add("check", &lines_with(&ended.stderr, &meant));
    assert_shown!("ids_in_every_wrapping", table.text());
}

/// The ids of a project and of its tasks look alike.
#[test]
fn an_unknown_task_may_be_a_project() {
    let mut table = Table::default();
    for (status, code) in [(200, "CC.00050013"), (404, "CC.00050013.404")] {
        let world = World::new(scenario().when("*", refuses(status, code)));
        let ended = world.run(&["check", TASK]).finish().expect(64);
        table.add(format!("HTTP {status}"), &lines_with(&ended.stderr, TASK));
        table.add("reason", ended.result()["tasks"][0]["reason"].as_str().expect("a reason"));
    }
    assert_shown!("id_of_the_project", table.text());
}

/// Durations, numbers and words: the valid range or the nearest value, and the variable that the value came from.
#[test]
fn values_that_are_almost_right() {
    let world = World::new(scenario());
    let from_options: [(&[&str], &[&str]); 11] = [
        (&["--timeout", "45M"], &["`--timeout 45M`", "`45m`"]),
        (&["--timeout", "1H"], &["`1h`"]),
        (&["--timeout", "90"], &["`90s`", "`90m`"]),
        (&["--report-timeout", "1,5h"], &["`--report-timeout 1,5h`", "`1.5h`"]),
        (&["--poll-interval", "5S"], &["`5s`"]),
        (&["--poll-budget", "9000/min"], &["`--poll-budget 9000/min`", "1", "6000"]),
        (&["--max-critical=-1"], &["--max-critical", "0", "1000000000"]),
        (&["--max-issues", "99999999999999999999"], &["0", "1000000000"]),
        (&["--retention-days", "401"], &["0", "400"]),
        (&["--allow", "stoped"], &["`--allow stoped`", "`stopped`"]),
        (&["--gate", "requierd"], &["`required`"]),
    ];
    let mut table = Table::default();
    for (typed, facts) in from_options {
        let arguments: Vec<&str> = ["check", TASK].iter().chain(typed).copied().collect();
        table.add(typed.join(" "), &refused(&world, &world.run(&arguments), facts).stderr);
    }
    let from_variables: [(&str, &str, &[&str]); 14] = [
        ("TIMEOUT", "45M", &["`CODEARTS_TIMEOUT=45M`", "`45m`"]),
        ("POLL_INTERVAL", "0.1s", &["`CODEARTS_POLL_INTERVAL"]),
        ("POLL_BUDGET", "fast", &["`CODEARTS_POLL_BUDGET=fast`"]),
        ("MAX_CRITICAL", "none", &["`CODEARTS_MAX_CRITICAL=none`", "0", "1000000000"]),
        ("RETENTION_DAYS", "-1", &["`CODEARTS_RETENTION_DAYS=-1`", "0", "400"]),
        ("GATE", "requierd", &["`CODEARTS_GATE=requierd`", "auto, required, off", "`required`"]),
        ("REPORT", "pdf,sariff", &["CODEARTS_REPORT", "`sariff`", "`sarif`"]),
        ("ALLOW", "stoped", &["`CODEARTS_ALLOW=stoped`", "`stopped`"]),
        ("START", "maybe", &["CODEARTS_START"]),
        ("PROJECT_ID", "a/b", &["`CODEARTS_PROJECT_ID`"]),
        ("CA_FILE", "/nonexistent.pem", &["`CODEARTS_CA_FILE=/nonexistent.pem`"]),
        ("PUBLISH", "comment", &["`CODEARTS_PUBLISH`"]),
        ("COMMENT_KEY", "a b", &["`CODEARTS_COMMENT_KEY`"]),
        ("ENDPOINT", "https://host/path", &["`CODEARTS_ENDPOINT`"]),
    ];
    for (name, value, facts) in from_variables {
        let mut run = world.run(&["check", TASK]);
        let ended = refused(&world, run.env(&format!("CODEARTS_{name}"), value), facts);
        let option = format!("--{}", name.to_lowercase().replace('_', "-"));
        assert!(!ended.stderr.contains(&option), "{name}: {}", ended.stderr);
        table.add(format!("CODEARTS_{name}={value}"), &ended.stderr);
    }
    // Of two values only the effective one is validated.
    let mut run = world.run(&["check", TASK, "--timeout", "1x"]);
    refused(&world, run.env("CODEARTS_TIMEOUT", "45M"), &["`--timeout 1x`"]);
    // Variables that exclude each other.
    let mut run = world.run(&["check", TASK]);
    let run = run.env("CODEARTS_VERBOSE", "1").env("CODEARTS_QUIET", "1");
    let ended = refused(&world, run, &["CODEARTS_VERBOSE", "CODEARTS_QUIET"]);
    table.add("CODEARTS_VERBOSE=1 CODEARTS_QUIET=1", &ended.stderr);
    assert_shown!("values_that_are_almost_right", table.text());
}

/// Values under the names that other tools use.
#[test]
fn variables_of_other_tools_are_named_too() {
    let world = World::new(scenario());
    let cases = [
        ("HUAWEICLOUD_SDK_PROJECT_ID", "a b"),
        ("HW_PROJECT_ID", "a b"),
        ("HUAWEICLOUD_SDK_IAM_ENDPOINT", "https://host/path"),
    ];
    let mut table = Table::default();
    for (name, value) in cases {
        let mut run = world.run_with_password(&["check", TASK]);
        run.without("CODEARTS_IAM_ENDPOINT").env(name, value);
        let ended = refused(&world, &run, &[&format!("`{name}`")]);
        assert!(!ended.stderr.contains("`--iam"), "{}", ended.stderr);
        table.add(format!("{name}={value}"), &ended.stderr);
    }
    assert_shown!("variables_of_other_tools", table.text());
}

/// The nearest regions for a region that does not exist, and where it was given.
#[test]
fn a_region_that_does_not_exist() {
    let world = World::new(scenario());
    let cases: [(&str, &[&str]); 5] = [
        ("cn-nort-4", &["cn-north-4"]),
        ("CN_NORTH_4", &["cn-north-4"]),
        ("cn-north-3", &["cn-north-1", "cn-north-4"]),
        ("eu-west-1", &["eu-west-101"]),
        ("mars-1", &["ap-southeast-3"]),
    ];
    let mut table = Table::default();
    for (region, facts) in cases {
        let mut run = world.run(&["check", TASK, "--region", region]);
        let ended = refused(&world, run.without("CODEARTS_ENDPOINT"), facts);
        assert!(ended.stderr.contains("`--region`"), "{}", ended.stderr);
        table.add(format!("--region {region}"), &ended.stderr);
        for variable in ["CODEARTS_REGION", "HUAWEI_CLOUD_REGION", "HW_REGION_NAME"] {
            let mut run = world.run(&["check", TASK]);
            run.without("CODEARTS_ENDPOINT").env(variable, region);
            let ended = refused(&world, &run, facts);
            assert!(ended.stderr.contains(&format!("`{variable}`")), "{}", ended.stderr);
        }
    }
    assert_shown!("regions_that_do_not_exist", table.text());
}

/// Malformed keys and tokens are rejected before anything is sent.
#[test]
fn malformed_keys_are_rejected() {
    let world = World::new(scenario());
    let flaws = [
        &format!("\"{CANARY}\""),
        &format!("'{CANARY}"),
        &format!("canary {CANARY}"),
        &format!("{CANARY}ü"),
        "$MY_CANARY",
        "${MY_canary}",
        "%MY_canary%",
        "${{ secrets.canary }}",
        "$(canary)",
        "$[[ inputs.canary ]]",
        "****",
    ];
    let mut table = Table::default();
    let names = [
        "HUAWEICLOUD_SDK_SK",
        "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        "CODEARTS_TOKEN",
        "HUAWEICLOUD_OIDC_ID_TOKEN",
    ];
    for value in flaws {
        let flaw = |name: &str| {
            let mut run = world.run(&["check", TASK]);
            if name.contains("OIDC") {
                run.env("HUAWEICLOUD_OIDC_PROVIDER_URN", "iam::1:oidcProvider:x");
                run.env("HUAWEICLOUD_OIDC_AGENCY_URN", "iam::1:agency:x");
                run.env("CODEARTS_REGION", "cn-north-4");
            }
            refused(&world, run.env(name, value), &[name]).stderr.replace(name, "NAME")
        };
        let of_access_key = flaw("HUAWEICLOUD_SDK_AK");
        for name in names {
            assert_eq!(flaw(name), of_access_key, "{name}");
        }
        table.add(value.replace(CANARY, "VALUE"), &of_access_key);
    }
    for value in ["$MY_canary_PASSWORD", "${MY_CANARY}", "%MY_canary%", "${{ secrets.canary }}"] {
        for name in ["CODEARTS_IAM_USER", "CODEARTS_IAM_PASSWORD", "CODEARTS_IAM_DOMAIN"] {
            let mut run = world.run_with_password(&["check", TASK]);
            let ended = refused(&world, run.env(name, value), &[name]);
            table.add(format!("{name}={value}"), &ended.stderr);
        }
    }
    // A password may begin with such a character, or contain quotes; surrounding quotes are pointed out.
    let mut run = world.run_with_password(&["check", TASK]);
    let ended = run.env("CODEARTS_IAM_PASSWORD", &format!("\"$a{CANARY}\"")).finish().expect(77);
    table.add("CODEARTS_IAM_PASSWORD in quotes", &lines_with(&ended.stderr, "CODEARTS_IAM_PASSWORD"));
    assert_eq!(world.calls("token").len(), 1);
    // A profile file is another place for keys.
    let world = World::new(scenario());
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), format!("[basic]\nak = \"{CANARY}\"\nsk = {CANARY}\n")).expect("written");
    let mut run = world.run(&["check", TASK]);
    run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK");
    run.env("HUAWEICLOUD_SDK_CREDENTIALS_FILE", file.path().to_str().expect("UTF-8"));
    table.add("ak in the profile file", &refused(&world, &run, &[": ak "]).stderr);
    assert_shown!("keys_that_are_not_keys", table.text());
}

/// A malformed token of a forge is not sent: the comment is missing, with the reason, and the check continues.
#[test]
fn a_malformed_token_of_a_forge_is_not_sent() {
    let forge = Forge::new();
    let world = World::new(succeeded());
    let mut github = world.run_on_github(&forge, "pull_request", &["check", TASK, "--report", "none"]);
    github.env("GITHUB_TOKEN", "${{ secrets.CANARY }}").env("CODEARTS_PUBLISH", "auto");
    let mut gitlab = world.run_on_gitlab(&forge, &["check", TASK, "--report", "none"]);
    gitlab.env("GITLAB_TOKEN", "$PROTECTED_CANARY").env("CODEARTS_PUBLISH", "auto");
    let mut table = Table::default();
    for (name, run) in [("GITHUB_TOKEN", github), ("GITLAB_TOKEN", gitlab)] {
        let ended = run.finish().expect(0);
        table.add(name, &lines_with(&ended.stderr, name));
        assert!(!ended.stderr.contains("CANARY"), "{}", ended.stderr);
    }
    assert_eq!(forge.state().requests.len(), 0);
    assert_shown!("forge_tokens_that_are_not_tokens", table.text());
}

/// A report directory that is not writable: the option that chooses another.
#[cfg(target_os = "linux")]
#[test]
fn a_read_only_directory_names_the_option() {
    let world = World::new(scenario());
    for directory in ["/proc/self", "/proc/none/reports", "/dev/null/x"] {
        let mut run = world.run(&["check", TASK]);
        refused(&world, run.env("CODEARTS_REPORT_DIR", directory), &[directory, "`--report-dir`"]);
    }
    let mut run = world.run(&["doctor"]);
    let ended = run.env("CODEARTS_REPORT_DIR", "/proc/self").finish().expect(64);
    assert_eq!(ended.stderr.matches("--report-dir").count(), 1, "{}", ended.stderr);
}

/// An unused variable with the gate's prefix is a warning, with the nearest name where there is one.
#[test]
fn a_misspelt_variable_is_named() {
    let world = World::new(succeeded());
    let mut run = world.run(&["check", TASK, "--report", "none"]);
    run.env("CODEARTS_MAX_CRITCAL", CANARY).env("CODEARTS_TIMOUT", "1").env("CODEARTS_SK", CANARY);
    run.env("CODEARTS_PIPELINE_TRIGGER", CANARY).env("CODEARTS_OTHER_THING", CANARY);
    // Of another command, for later steps, or empty.
    run.env("CODEARTS_BUILD_NO", "1").env("CODEARTS_GATE_OUTCOME", "x").env("CODEARTS_MAX_CRITICL", " ");
    let ended = run.finish().expect(0);
    for fact in ["CODEARTS_MAX_CRITICAL", "CODEARTS_TIMEOUT", "HUAWEICLOUD_SDK_SK", "CODEARTS_OTHER_THING"] {
        assert_eq!(ended.stderr.matches(fact).count(), 1, "{fact}: {}", ended.stderr);
    }
    assert!(!ended.stderr.contains("canary"), "{}", ended.stderr);
    let lines =
        ended.stderr.lines().filter(|line| line.starts_with("warning: ") || line.starts_with("hint: "));
    assert_shown!("misspelt_variables", lines.map(|line| format!("{line}\n")).collect::<String>());
}
