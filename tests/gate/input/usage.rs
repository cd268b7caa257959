//! Invalid input: exit code 64, a message with what to type instead, and nothing is sent.

use crate::kit::scenario::scenario;
use crate::kit::{Run, TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};

#[test]
fn invalid_input_sends_nothing() {
    let cases: [(&[&str], &[(&str, &str)]); 17] = [
        (&["check"], &[]),
        (&["check", "not an id"], &[]),
        (&["check", "../../etc"], &[]),
        (&["report"], &[]),
        (&["report", "x-y"], &[]),
        (&["check", TASK, "--timeout", "0"], &[]),
        (&["check", TASK, "--timeout", "soon"], &[]),
        (&["check", TASK, "--report-timeout", "0s"], &[]),
        (&["check", TASK, "--if-running", "panic"], &[]),
        (&["check", TASK, "--allow", "everything"], &[]),
        (&["check", TASK, "--report-dir", "/dev/null/x"], &[]),
        (&["check", TASK, "--endpoint", "http://example.com"], &[]),
        (&["check", TASK, "--endpoint", "https://host/path"], &[]),
        (&["check", TASK], &[("CODEARTS_ENDPOINT", ""), ("CODEARTS_REGION", "mars-1")]),
        (&["check", TASK], &[("CODEARTS_ENDPOINT", "")]),
        (&["check", TASK], &[("HUAWEICLOUD_SDK_SK", "")]),
        (&["check", TASK, "--ca-file", "/nonexistent.pem"], &[]),
    ];
    let mut table = Table::default();
    for (arguments, variables) in cases {
        let world = World::new(scenario());
        let mut run = world.run(arguments);
        if arguments.contains(&"--report-dir") {
            run.without("CODEARTS_REPORT_DIR");
        }
        for (name, value) in variables {
            run.env(name, value);
        }
        let ended = run.finish();
        assert_eq!(ended.code, 64, "{arguments:?}: {}", ended.stderr);
        assert!(ended.stdout.is_empty(), "{arguments:?}: {}", ended.stdout);
        assert_eq!(world.sandbox.recorded().len(), 0, "{arguments:?}");
        let variables = variables.iter().map(|(name, value)| format!("{name}={value} "));
        table.add(
            format!("{}codearts-gate {}", variables.collect::<String>(), arguments.join(" ")),
            &ended.stderr,
        );
    }
    assert_shown!("bad_input", table.text());
}

/// A directory that exists and cannot be written to. Root may write everywhere, so a file system that refuses is used.
#[cfg(target_os = "linux")]
#[test]
fn an_unwritable_report_directory_sends_nothing() {
    let world = World::new(scenario());
    let mut run = world.run(&["check", TASK]);
    let ended = run.env("CODEARTS_REPORT_DIR", "/proc/self").finish().expect(64);
    assert!(ended.stderr.contains("`/proc/self`"), "{}", ended.stderr);
    assert_eq!(world.sandbox.recorded().len(), 0);
}

/// Also one that only TLS would refuse, when the client is built.
#[test]
fn bad_ca_files_are_refused() {
    let world = World::new(scenario());
    let mut table = Table::default();
    let pem = |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
    for content in ["no certificate".to_owned(), pem("AAAA"), pem("%"), pem("MAA=")] {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), &content).expect("written");
        let path = file.path().to_str().expect("UTF-8");
        let run = world.run(&["check", TASK, "--endpoint", "https://127.0.0.1:1", "--ca-file", path]);
        let ended = run.finish().expect(64);
        table.add(content.replace('\n', " "), &ended.stderr.replace(path, "FILE"));
    }
    assert_shown!("bad_ca_file", table.text());
}

#[test]
fn without_credentials_all_kinds_are_named() {
    let world = World::new(scenario());
    let mut run = world.run(&["check", TASK]);
    let ended = run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK").finish().expect(64);
    for name in ["CODEARTS_TOKEN", "HUAWEICLOUD_SDK_AK", "CODEARTS_IAM_PASSWORD", "--help"] {
        assert!(ended.stderr.contains(name), "{name}: {}", ended.stderr);
    }
    assert_shown!("no_credentials", ended.stderr);
}

#[test]
fn without_a_command_the_help_is_shown() {
    let bare = Run::new(&[]).finish().expect(64);
    let asked = Run::new(&["--help"]).finish().expect(0);
    assert_eq!((asked.stdout.as_str(), asked.stderr.as_str()), (bare.stderr.as_str(), ""));
}

/// A host that does not exist, and a closed port.
#[test]
fn an_unreachable_service_is_reported_soon() {
    let world = World::new(scenario());
    let mut run = world.run(&["check", TASK]);
    let ended = run.env("CODEARTS_ENDPOINT", "http://127.0.0.1:1").finish().expect(69);
    assert_eq!(ended.result()["verdict"], "undecided");
    assert_shown!("unreachable", lines_with(&ended.stderr, "127.0.0.1:1"));
}
