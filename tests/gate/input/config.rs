//! The configuration file: whose value counts, what it may not say, and files that nobody expects.

use crate::kit::scenario::{scenario, succeeded};
use crate::kit::{Ended, Run, TASK, World};
use crate::snapshot::{Table, assert_shown};
use boon::{Compiler, Schemas};
use serde_json::Value;
use std::path::Path;
use toml::de::{DeTable, DeValue};

const FILE: &str = "codearts-gate.toml";
const CHECK: [&str; 2] = ["check", TASK];

fn world() -> World {
    World::new(scenario().task(succeeded().findings([0, 1, 2, 3])))
}

pub(super) fn write(run: &Run, text: impl AsRef<[u8]>) {
    std::fs::write(run.directory().join(FILE), text).expect("a file");
}

/// Refused before anything is sent.
#[track_caller]
fn refused(world: &World, run: &Run) -> Ended {
    let ended = run.finish().expect(64);
    assert_eq!(world.sandbox.recorded().len(), 0, "{}", ended.stderr);
    ended
}

/// Every source has a wrong value, and the message names the one that counts.
#[test]
fn a_flag_beats_a_variable_and_a_variable_the_file() {
    let cases = [
        ("timeout", r#""0s""#, "0s"),
        ("report-timeout", r#""0s""#, "0s"),
        ("poll-interval", r#""0s""#, "0s"),
        ("poll-budget", r#""often""#, "often"),
        ("gate", r#""perhaps""#, "perhaps"),
        ("scope", r#""some""#, "some"),
        ("if-running", r#""panic""#, "panic"),
        ("stop-on-cancel", r#""perhaps""#, "perhaps"),
        ("language", r#""latin""#, "latin"),
        ("max-critical", "-1", "-1"),
        ("max-new-issues", "2_000_000_000", "2000000000"),
        ("retention-days", "0x1000", "4096"),
        ("report", r#"["pdf", "docx"]"#, "docx"),
        ("report", r#""pdf, docx""#, "docx"),
        ("severity", r#"["bad"]"#, "bad"),
        ("allow", r#"["everything"]"#, "everything"),
        ("publish", r#"["comment", "none"]"#, "comment,none"),
        ("project-id", r#""a/b""#, "a/b"),
        ("region", r#""mars-1""#, "mars-1"),
        ("pull-request", r#""maybe""#, "maybe"),
        ("log-format", r#""xml""#, "xml"),
    ];
    let world = world();
    for (key, text, value) in cases {
        let (option, variable) =
            (format!("--{key}"), format!("CODEARTS_{}", key.to_uppercase().replace('-', "_")));
        let named = |sources: usize| {
            let typed = format!("{option}={value}");
            let mut arguments = CHECK.to_vec();
            if sources > 2 {
                arguments.push(&typed);
            }
            let mut run = world.run(&arguments);
            run.without(&variable);
            if key == "region" {
                run.without("CODEARTS_ENDPOINT");
            }
            if sources > 1 {
                run.env(&variable, value);
            }
            write(&run, format!("\n{key} = {text}\n"));
            let error = refused(&world, &run).stderr;
            let error = error.lines().find(|line| line.starts_with("error: ")).expect("an error").to_owned();
            let is_named = |name: &str| error.contains(name);
            (is_named(&format!("{FILE}:2: {key}")), is_named(&variable), is_named(&option))
        };
        assert_eq!(named(1), (true, false, false), "{key}");
        assert_eq!(named(2), (false, true, false), "{key}");
        assert_eq!(named(3), (false, false, true), "{key}");
    }
}

/// The same with what it does.
#[test]
fn the_value_that_counts_has_its_effect() {
    let world = world();
    let run = |text: &str, variables: &[(&str, &str)], arguments: &[&str]| {
        let mut run = world.run(&[&CHECK, arguments, &["--report", "none"]].concat());
        for (name, value) in variables {
            run.env(name, value);
        }
        write(&run, text);
        run.finish()
    };
    let ended = run("max-major = 0\n", &[], &[]).expect(4);
    assert!(ended.stderr.contains("settings from `codearts-gate.toml`: max-major"), "{}", ended.stderr);
    let ended = run("max-major = 0\n", &[("CODEARTS_MAX_MAJOR", "1")], &[]).expect(0);
    assert!(!ended.stderr.contains("settings from"), "{}", ended.stderr);
    run("max-major = 1\n", &[("CODEARTS_MAX_MAJOR", " ")], &["--max-major", "0"]).expect(4);
    run("max-major = 0\n", &[("CODEARTS_CONFIG", "none")], &[]).expect(0);
    run("max-major = 0\n", &[], &["--config", "none"]).expect(0);
    // Keys of other commands have no effect.
    run("follow = true\ngate = \"auto\"\n", &[], &[]).expect(0);
    let starts = || world.calls("run").len();
    let before = starts();
    run("start = true\n", &[("CODEARTS_START", "false")], &[]).expect(0);
    run("start = false\n", &[], &[]).expect(0);
    assert_eq!(starts(), before);
    run("start = true\n", &[], &[]).expect(0);
    assert_eq!(starts(), before + 1);
    // What excludes a key is above it, too.
    let quiet = |variables: &[(&str, &str)], arguments: &[&str]| {
        run("verbose = true\n", variables, arguments).expect(0).stderr
    };
    assert_eq!(quiet(&[("CODEARTS_QUIET", "true")], &[]), "");
    assert_eq!(quiet(&[], &["--quiet"]), "");
    assert!(quiet(&[], &[]).contains("settings from `codearts-gate.toml`: verbose"));
}

#[test]
fn a_file_that_is_named_takes_the_place_of_the_usual_one() {
    let world = world();
    let run = |arguments: &[&str], variable: &str| {
        let mut run = world.run(&[&CHECK, arguments, &["--report", "none"]].concat());
        run.env("CODEARTS_CONFIG", variable);
        write(&run, "nonsense");
        let other = run.directory().join("other.toml");
        std::fs::write(other, "max-major = 0\n").expect("a file");
        run
    };
    run(&[], "other.toml").finish().expect(4);
    run(&["--config", "other.toml"], "missing.toml").finish().expect(4);
    let ended = refused(&world_without_calls(), &run(&["--config", "missing.toml"], ""));
    assert_shown!("config_missing", ended.stderr);
    let ended = run(&[], "missing.toml").finish().expect(64);
    assert!(ended.stderr.contains("`missing.toml`"), "{}", ended.stderr);
    // No file at all is usual.
    world.run(&[&CHECK[..], &["--report", "none"]].concat()).finish().expect(0);
}

fn world_without_calls() -> World {
    World::new(scenario())
}

/// Wrong files, which the schema refuses too unless it cannot see what is wrong.
const WRONG: [(&str, bool); 26] = [
    ("max-critcal = 1", true),
    ("max_critical = 1", true),
    ("\n\ntimeout = 30", true),
    ("max-critical = \"1\"", true),
    ("max-critical = 1.0", true),
    ("max-critical = -1", true),
    ("max-critical = 99999999999999999999", false),
    ("start = \"true\"", true),
    ("start = 1", true),
    ("report = [\"pdf\", 1]", true),
    ("report = [\"docx\"]", true),
    ("report = { pdf = true }", true),
    ("gate = \"perhaps\"", true),
    ("timeout = 2026-01-01", true),
    ("timeout = \"30\"", false),
    ("[check]\ngate = \"off\"", true),
    ("gate.mode = \"off\"", true),
    ("gate = \"auto\"\n\ngate = \"off\"", false),
    ("gate = [", false),
    ("gate = \"\u{1}\"", false),
    ("pull-request = \"7\"", true),
    ("pull-request = 7", true),
    ("baseline = \"/etc/passwd\"", true),
    ("write-baseline = \"../x.json\"", true),
    ("diff = \"a/../../b\"", true),
    ("report-dir = \"..\"", true),
];

/// Keys that the file may not have, because a pull request could change it.
const KEPT_OUT: [&str; 26] = [
    "endpoint",
    "build-endpoint",
    "iam-endpoint",
    "sts-endpoint",
    "repo-endpoint",
    "metadata-endpoint",
    "task-url",
    "auth",
    "oidc-audience",
    "task-endpoint-id",
    "allow-http",
    "ca-file",
    "Allow_HTTP",
    "run",
    "job-id",
    "build-no",
    "param",
    "commit",
    "tag",
    "branch",
    "repository",
    "config",
    "token",
    "sk",
    "iam-password",
    "github-token",
];

#[test]
fn wrong_files_are_refused_with_their_line() {
    let world = world_without_calls();
    let mut table = Table::default();
    let kept_out = KEPT_OUT.map(|key| (format!("{key} = \"canary\""), true));
    let wrong = WRONG.map(|(text, by_schema)| (text.to_owned(), by_schema));
    for (text, by_schema) in wrong.into_iter().chain(kept_out) {
        let run = world.run(&CHECK);
        write(&run, &text);
        let ended = refused(&world, &run);
        assert!(ended.stderr.contains(&format!("{FILE}:")), "{text}: {}", ended.stderr);
        assert!(!ended.stderr.contains("canary"), "{text}: {}", ended.stderr);
        table.add(text.trim_start().replace('\n', "; ").escape_debug(), &ended.stderr);
        if by_schema {
            assert!(!is_accepted_by_schema(&text), "{text}");
        }
    }
    assert_shown!("config_wrong", table.text());
}

/// From the text of a file to what the schema is held against.
fn value_of(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => number.as_str().parse::<i64>().expect("a number").into(),
        DeValue::Float(number) => Value::from(number.as_str().parse::<f64>().expect("a number") + 0.5),
        DeValue::Boolean(is_set) => Value::from(*is_set),
        DeValue::Datetime(time) => Value::from(vec![time.to_string()]),
        DeValue::Array(items) => items.iter().map(|item| value_of(item.get_ref())).collect(),
        DeValue::Table(table) => table_of(table),
    }
}

fn table_of(table: &DeTable<'_>) -> Value {
    let entries = table.iter().map(|(key, value)| (key.get_ref().to_string(), value_of(value.get_ref())));
    Value::Object(entries.collect())
}

pub(super) fn is_accepted_by_schema(text: &str) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/config.schema.json");
    let schema = serde_json::from_slice(&std::fs::read(path).expect("the schema")).expect("JSON");
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("config.schema.json", schema).expect("a resource");
    let index = compiler.compile("config.schema.json", &mut schemas).expect("a schema");
    let document = DeTable::parse(text).expect("TOML");
    schemas.validate(&table_of(document.get_ref()), index).is_ok()
}

#[test]
fn the_example_is_accepted() {
    let text = include_str!("../../../examples/codearts-gate.toml");
    assert!(is_accepted_by_schema(text));
    let world = World::new(scenario().task(succeeded()));
    let run = world.run(&CHECK);
    write(&run, text);
    let ended = run.finish().expect(0);
    assert!(ended.stderr.contains("settings from `codearts-gate.toml`: "), "{}", ended.stderr);
    assert!(ended.files().iter().any(|file| file.ends_with(".html")), "{:?}", ended.files());
}

#[test]
fn files_of_every_editor_are_read() {
    let world = world();
    for text in ["\u{feff}max-major = 0", "# x\r\nmax-major = 0\r\n", "'max-major' = +0\n\n"] {
        let run = world.run(&[&CHECK[..], &["--report", "none"]].concat());
        write(&run, text);
        run.finish().expect(4);
    }
}

#[test]
fn hostile_files_are_refused() {
    let world = world_without_calls();
    let mut table = Table::default();
    let large = format!("#{}\n", "x".repeat(1024 * 1024));
    let deep = format!("report = {}", "[".repeat(100_000));
    let keys = format!("gate{}", ".a".repeat(100_000));
    let contents: [(&str, &[u8]); 6] = [
        ("larger than 1 MB", large.as_bytes()),
        ("NUL", b"gate = \"auto\"\nreport-title = \"a\0b\"\n"),
        ("not UTF-8", b"gate = \"auto\"\n\nreport-title = \"\xff\"\n"),
        ("UTF-16", b"\xff\xfeg\0a\0t\0e\0"),
        ("deep", deep.as_bytes()),
        ("a long key", keys.as_bytes()),
    ];
    for (name, content) in contents {
        let run = world.run(&CHECK);
        write(&run, content);
        table.add(name, &refused(&world, &run).stderr);
    }
    let run = world.run(&CHECK);
    std::fs::create_dir(run.directory().join(FILE)).expect("a directory");
    table.add("a directory", &refused(&world, &run).stderr);
    assert_shown!("config_hostile", table.text());
}

/// A pipe would keep its reader waiting. A link counts as what it leads to, and nothing of that is shown.
#[cfg(unix)]
#[test]
fn links_and_pipes_are_no_way_around() {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    let world = world_without_calls();
    let mut table = Table::default();
    // Elsewhere, because files in the directory of a run are searched for secrets.
    let folder = tempfile::tempdir().expect("a directory");
    let path = |name: &str| folder.path().join(name);
    assert!(Command::new("mkfifo").arg(path("pipe")).status().expect("mkfifo").success());
    std::fs::write(path("secret"), "[default]\nak = canary\nsk = canary\n").expect("a file");
    for (name, target) in
        [("nothing", "missing"), ("device", "/dev/zero"), ("link", "secret"), ("pipe-link", "pipe")]
    {
        symlink(target, path(name)).expect("a link");
    }
    for name in ["pipe", "pipe-link", "nothing", "device", "link"] {
        let mut run = world.run(&CHECK);
        run.env("CODEARTS_CONFIG", path(name).to_str().expect("UTF-8"));
        let ended = refused(&world, &run);
        assert!(!ended.stderr.contains("canary"), "{}", ended.stderr);
        table.add(name, &ended.stderr);
    }
    // The usual file, too: what cannot be followed is not taken for one that is missing.
    let run = world.run(&CHECK);
    symlink("missing", run.directory().join(FILE)).expect("a link");
    let output = run.spawn().into_child().wait_with_output().expect("the binary");
    assert_eq!(output.status.code(), Some(64));
    table.add("the usual file, a link to nothing", std::str::from_utf8(&output.stderr).expect("UTF-8"));
    assert_shown!("config_links", table.text());
    // Out of the workspace through a link of the repository.
    let run = world.run(&CHECK);
    write(&run, "report-dir = \"out\"\n");
    let outside = tempfile::tempdir().expect("a directory");
    symlink(outside.path(), run.directory().join("out")).expect("a link");
    let mut run = run;
    refused(&world, run.without("CODEARTS_REPORT_DIR"));
    assert_eq!(std::fs::read_dir(outside.path()).expect("the directory").count(), 0);
}
