//! Bad input: exit 64, a message that says what to type instead, and nothing is sent.

use crate::kit::{Run, TASK, World};

#[test]
fn bad_input_sends_nothing() {
    let cases: [(&[&str], &[(&str, &str)], &str); 17] = [
        (&["check"], &[], "type `codearts-gate check TASK_ID` or set CODEARTS_TASK_ID"),
        (&["check", "not an id"], &[], "up to 32 letters and digits"),
        (&["check", "../../etc"], &[], "give only the id"),
        (&["report"], &[], "no task id"),
        (&["report", "x-y"], &[], "up to 32 letters and digits"),
        (&["check", TASK, "--timeout", "0"], &[], "write a duration such as 90s, 15m or 1h30m"),
        (&["check", TASK, "--timeout", "soon"], &[], "write a duration such as"),
        (&["check", TASK, "--report-timeout", "0s"], &[], "longer than nothing"),
        (&["check", TASK, "--if-running", "panic"], &[], "[possible values: attach, queue, fail]"),
        (&["check", TASK, "--allow", "everything"], &[], "only these can be allowed"),
        (&["check", TASK, "--report-dir", "/dev/null/x"], &[], "could not make the report directory"),
        (
            &["check", TASK, "--endpoint", "http://example.com"],
            &[],
            "use https, or insist with `--allow-http`",
        ),
        (&["check", TASK, "--endpoint", "https://host/path"], &[], "without a path"),
        (
            &["check", TASK],
            &[("CODEARTS_ENDPOINT", ""), ("CODEARTS_REGION", "mars-1")],
            "no CodeArts Check host is known for region `mars-1`",
        ),
        (&["check", TASK], &[("CODEARTS_ENDPOINT", "")], "no region: give `--region`"),
        (&["check", TASK], &[("HUAWEICLOUD_SDK_SK", "")], "HUAWEICLOUD_SDK_SK is empty"),
        (&["check", TASK, "--ca-file", "/nonexistent.pem"], &[], "could not read `--ca-file"),
    ];
    for (arguments, variables, expected) in cases {
        let world = World::new("{}");
        let mut run = world.run(arguments);
        if arguments.contains(&"--report-dir") {
            run.without("CODEARTS_REPORT_DIR");
        }
        for (name, value) in variables {
            run.env(name, value);
        }
        let ended = run.finish();
        assert_eq!(ended.code, 64, "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(expected), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stdout.is_empty(), "{arguments:?}: {}", ended.stdout);
        assert_eq!(world.sandbox.recorded().len(), 0, "{arguments:?}");
    }
}

/// A directory that exists and can not be written to. Root may write everywhere, so a file system that refuses is used.
#[cfg(target_os = "linux")]
#[test]
fn an_unwritable_report_directory_sends_nothing() {
    let world = World::new("{}");
    let mut run = world.run(&["check", TASK]);
    let ended = run.env("CODEARTS_REPORT_DIR", "/proc/self").finish().expect(64);
    assert!(
        ended.stderr.contains("could not write to the report directory `/proc/self`"),
        "{}",
        ended.stderr
    );
    assert_eq!(world.sandbox.recorded().len(), 0);
}

#[test]
fn a_bad_ca_file_is_refused() {
    let world = World::new("{}");
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "no certificate").expect("written");
    let ended =
        world.run(&["check", TASK, "--ca-file", file.path().to_str().expect("UTF-8")]).finish().expect(64);
    assert!(ended.stderr.contains("it must be a PEM file"), "{}", ended.stderr);
}

#[test]
fn no_credentials_names_all_ways() {
    let world = World::new("{}");
    let mut run = world.run(&["check", TASK]);
    let ended = run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK").finish().expect(64);
    for name in ["CODEARTS_TOKEN", "HUAWEICLOUD_SDK_AK", "CODEARTS_IAM_PASSWORD", "--help"] {
        assert!(ended.stderr.contains(name), "{name}: {}", ended.stderr);
    }
}

#[test]
fn without_a_command_the_help_is_shown() {
    let ended = Run::new(&[]).finish().expect(64);
    assert!(ended.stderr.contains("Usage: codearts-gate <COMMAND>"), "{}", ended.stderr);
    let ended = Run::new(&["--help"]).finish().expect(0);
    assert!(ended.stdout.contains("Exit codes: 0 passed") && ended.stderr.is_empty());
}

/// A host that does not exist, and a port where nobody listens.
#[test]
fn an_unreachable_service_is_told_soon() {
    let world = World::new("{}");
    let mut run = world.run(&["check", TASK]);
    let ended = run.env("CODEARTS_ENDPOINT", "http://127.0.0.1:1").finish().expect(69);
    assert!(
        ended.stderr.contains("check the host name, `--region`/`--endpoint`, the proxy"),
        "{}",
        ended.stderr
    );
    assert_eq!(ended.result()["verdict"], "undecided");
}
