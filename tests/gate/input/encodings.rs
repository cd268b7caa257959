//! Values as people and tools write them: lists in any form, surrounding blanks and line breaks, byte order marks,
//! bytes that are not text, a missing home directory.

use crate::kit::forge::Forge;
use crate::kit::scenario::{STOPPED, Task, pdf, succeeded, task};
use crate::kit::{Run, TASK, World};
use crate::snapshot::{Table, assert_shown};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use codearts_gate::sandbox::{ACCESS_KEY, SECRET_KEY};
use std::path::Path;

fn finished() -> Task {
    succeeded().pdf(pdf())
}
const BOM: &str = "\u{feff}";

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A gate without keys, so that they are looked for in files.
fn without_keys(world: &World, arguments: &[&str]) -> Run {
    let mut run = world.run(arguments);
    run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK");
    run
}

/// A setting or credential that is not text is never treated as missing.
#[cfg(unix)]
#[test]
fn a_setting_that_is_not_text_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let not_text = std::ffi::OsStr::from_bytes(b"0\xff");
    let world = World::new(finished());
    let settings = [
        "CODEARTS_MAX_CRITICAL",
        "CODEARTS_TIMEOUT",
        "CODEARTS_START",
        "CODEARTS_REPORT_DIR",
        "CODEARTS_TASK_ID",
        "CODEARTS_TOKEN",
        "HUAWEICLOUD_OIDC_PROVIDER_URN",
        "HUAWEICLOUD_SDK_AK",
        "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        "HUAWEICLOUD_SDK_PROJECT_ID",
        "HTTPS_PROXY",
        "no_proxy",
    ];
    let mut table = Table::default();
    for name in settings {
        let arguments: &[&str] = if name == "CODEARTS_TASK_ID" { &["check"] } else { &["check", TASK] };
        let ended = world.run(arguments).env_os(name, not_text).finish();
        assert_eq!(ended.code, 64, "{name}: {}", ended.stderr);
        assert!(ended.stderr.contains(name), "{name}: {}", ended.stderr);
        assert_eq!(world.sandbox.recorded().len(), 0, "{name}");
        table.add(name, &ended.stderr);
    }
    assert_shown!("not_text", table.text());
    // A value that is not needed, or that only describes the job, is not an error.
    let mut run = world.run(&["check", TASK, "--report", "none"]);
    for name in ["HOME", "JOB_NAME", "BUILD_NUMBER", "WORKSPACE", "HW_SECRET_KEY", "CODEARTS_FOREIGN"] {
        run.env_os(name, not_text);
    }
    run.finish().expect(0);
}

/// Lists take commas or line breaks, blanks around items, and any case for words, in variables and in options.
#[test]
fn lists_are_read_in_every_form() {
    let world = World::new(task().before(STOPPED));
    let mut run = world.run(&["check"]);
    run.env("CODEARTS_TASK_ID", "\n  aa\r\n  bb,, cc \n")
        .env("CODEARTS_ALLOW", "\n Stopped\n REPORT-FAILED\n");
    run.env("CODEARTS_REPORT", "PDF,\n Json \r\n,").env("CODEARTS_PUBLISH", " NONE\n");
    run.env("CODEARTS_SEVERITY", "Critical\nmajor").env("CODEARTS_STATUS", "open , Resolved");
    run.env("CODEARTS_STRIP_PREFIX", "a/b\n c")
        .env("CODEARTS_GATE", "Off\n")
        .env("CODEARTS_LANGUAGE", "ZH-CN");
    let ended = run.finish().expect(0);
    let result = ended.result();
    let ids: Vec<&str> = result["tasks"]
        .as_array()
        .expect("tasks")
        .iter()
        .filter_map(|task| task["task_id"].as_str())
        .collect();
    assert_eq!(ids, ["aa", "bb", "cc"]);

    let world = World::new(finished());
    let typed = [
        "check",
        "aa, bb\ncc",
        "--report",
        " Pdf ,\n JSON,",
        "--severity= Critical,MAJOR",
        "--status",
        "OPEN\nresolved",
        "--allow",
        " Stopped , report-failed",
        "--publish",
        "None",
        "--if-running",
        "Queue ",
        "--auth=AKSK",
    ];
    let ended = world.run(&typed).finish().expect(0);
    let files = ["aa.json", "aa.pdf", "bb.json", "bb.pdf", "cc.json", "cc.pdf", "result.json"];
    assert_eq!(ended.files(), files);
}

/// Surrounding blanks and line breaks are removed everywhere; an empty value then counts as unset.
#[test]
fn surrounding_blanks_are_removed() {
    let world = World::new(finished());
    let pad = |text: &str| format!(" \t{text}\r\n");
    let mut run = world.run(&["check"]);
    let reports = pad(text(&run.reports()));
    run.env("CODEARTS_REPORT_DIR", &reports).env("CODEARTS_ENDPOINT", &pad(&world.sandbox.origin()));
    run.env("HUAWEICLOUD_SDK_AK", &pad(ACCESS_KEY)).env("HUAWEICLOUD_SDK_SK", &pad(SECRET_KEY));
    for (name, value) in [
        ("TASK_ID", TASK),
        ("TIMEOUT", "45m"),
        ("POLL_INTERVAL", "1s"),
        ("POLL_BUDGET", "6/min"),
        ("MAX_CRITICAL", "99"),
        ("RETENTION_DAYS", "7"),
        ("GATE", "auto"),
        ("LANGUAGE", "en-us"),
        ("LOG_FORMAT", "text"),
        ("JSON", "true"),
        ("REGION", "cn-north-4"),
        ("PROJECT_ID", TASK),
        ("COMMENT_KEY", "key"),
        ("TASK_URL", "https://console.example/{task_id}"),
        ("STOP_ON_CANCEL", "never"),
    ] {
        run.env(&format!("CODEARTS_{name}"), &pad(value));
    }
    for name in ["BASELINE", "CA_FILE", "MAX_MAJOR", "IAM_PROJECT_ID"] {
        run.env(&format!("CODEARTS_{name}"), " \n");
    }
    let ended = run.finish().expect(0);
    assert_eq!(ended.files(), [format!("{TASK}.pdf"), "result.json".to_owned()]);

    let typed =
        ["check", " 2b31ed520aaaaaaebedb6e57aaaaaaaa\n", "--timeout", " 45m\n", "--max-critical=99\n"];
    let more = ["--gate", "auto ", "--region", " cn-north-4", "--poll-budget= 6/min"];
    world.run(&[typed.as_slice(), more.as_slice()].concat()).finish().expect(0);
}

/// Windows editors put a byte order mark before the first byte of a text file; it is skipped in every file.
#[test]
fn a_byte_order_mark_is_skipped() {
    let world = World::new(finished());
    let folder = tempfile::tempdir().expect("a directory");
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, format!("{BOM}{content}")).expect("written");
        path
    };
    let profile = file("profile", &format!("[basic]\r\nak = {ACCESS_KEY}\r\nsk = {SECRET_KEY}\r\n"));
    let mut run = without_keys(&world, &["check", TASK]);
    run.env("HUAWEICLOUD_SDK_CREDENTIALS_FILE", text(&profile)).finish().expect(0);

    let keys =
        format!(r#"{{"profiles": [{{"accessKeyId": "{ACCESS_KEY}", "secretAccessKey": "{SECRET_KEY}"}}]}}"#);
    file(".hcloud/config.json", &keys);
    let mut run = without_keys(&world, &["check", TASK, "--auth", "koocli"]);
    run.env("HOME", text(folder.path())).finish().expect(0);

    let root = BASE64_STANDARD.encode(&webpki_root_certs::TLS_SERVER_ROOT_CERTS[0]);
    let bundle = file("ca.pem", &format!("-----BEGIN CERTIFICATE-----\n{root}\n-----END CERTIFICATE-----\n"));
    world.run(&["check", TASK, "--ca-file", text(&bundle)]).finish().expect(0);

    for known in [r#"{"schema": 1, "fingerprints": []}"#, "[]"] {
        let baseline = file("baseline.json", known);
        let arguments = ["check", TASK, "--max-issues", "0", "--baseline", text(&baseline)];
        let ended = world.run(&arguments).finish();
        assert!([0, 4].contains(&ended.code), "{known}: {}", ended.stderr);
    }

    let event = file("event.json", include_str!("../../data/github/event-pull_request.json"));
    let forge = Forge::new();
    let mut run = world.run_on_github(&forge, "pull_request", &["doctor"]);
    let ended = run.env("GITHUB_EVENT_PATH", text(&event)).finish().expect(0);
    assert!(ended.stderr.contains(": pull request 12;"), "{}", ended.stderr);
    let mut run = world.run_on_gitlab(&forge, &["check", TASK, "--report", "none"]);
    run.env("CI_SERVER_TLS_CA_FILE", text(&bundle)).without("GITLAB_TOKEN");
    let ended = run.finish().expect(0);
    assert!(!ended.stderr.contains("CI_SERVER_TLS_CA_FILE"), "{}", ended.stderr);

    let scenario = file("scenario.json", r#"{"tasks": 1}"#);
    let ended = Run::new(&["sandbox", "--scenario-file", text(&scenario)]).finish().expect(64);
    // The byte order mark is not the mistake.
    assert!(ended.stderr.contains("integer `1`"), "{}", ended.stderr);
}

/// A profile that another program has saved as UTF-16 is named as such.
#[test]
fn a_profile_in_utf_16_is_rejected_by_name() {
    let world = World::new(finished());
    let file = tempfile::NamedTempFile::new().expect("a file");
    let bytes: Vec<u8> = "\u{feff}[basic]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(file.path(), bytes).expect("written");
    let mut run = without_keys(&world, &["check", TASK]);
    let ended = run.env("HUAWEICLOUD_SDK_CREDENTIALS_FILE", text(file.path())).finish().expect(64);
    assert!(ended.stderr.contains("UTF-16"), "{}", ended.stderr);
    assert_shown!("utf_16", ended.stderr);
}

/// A home that is unset, not a directory or unreadable matters only where it is needed.
#[cfg(unix)]
#[test]
fn a_home_that_cannot_be_read_matters_only_where_it_is_needed() {
    let world = World::new(finished());
    let folder = tempfile::tempdir().expect("a directory");
    // A name that is too long is unreadable for everybody, even for root.
    let unreadable = folder.path().join("x".repeat(300));
    let mut table = Table::default();
    for (name, home) in [("not a directory", "/dev/null"), ("not readable", text(&unreadable))] {
        world.run(&["check", TASK, "--report", "none"]).env("HOME", home).finish().expect(0);
        // The incomplete key pair is the mistake, not the home.
        let mut run = world.run(&["check", TASK]);
        let ended = run.env("HOME", home).env("HUAWEICLOUD_SDK_SK", "").finish().expect(64);
        assert!(
            ended.stderr.contains("HUAWEICLOUD_SDK_SK") && !ended.stderr.contains("HOME"),
            "{}",
            ended.stderr
        );
        let ended = without_keys(&world, &["check", TASK]).env("HOME", home).finish().expect(64);
        table.add(format!("{name}, no credentials"), &ended.stderr);
    }
    for kind in ["profile", "koocli"] {
        let ended = without_keys(&world, &["check", TASK, "--auth", kind]).finish().expect(64);
        assert!(ended.stderr.contains("HOME"), "{kind}: {}", ended.stderr);
        table.add(format!("no home, --auth {kind}"), &ended.stderr);
        let mut run = without_keys(&world, &["check", TASK, "--auth", kind]);
        let ended = run.env("HOME", text(&unreadable)).finish().expect(64);
        table.add(format!("not readable, --auth {kind}"), &ended.stderr);
    }
    let mut run = without_keys(&world, &["check", TASK]);
    let ended = run.env("HUAWEICLOUD_SDK_CREDENTIALS_FILE", text(&unreadable)).finish().expect(64);
    table.add("a file that is not readable", &ended.stderr);
    assert_shown!("home", table.text());
}
