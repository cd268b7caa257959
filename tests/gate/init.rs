//! `init`: which files it writes where, and when it writes none.

use crate::kit::{Ended, Run, TASK};
use crate::snapshot::{Table, assert_shown};
use std::fs;
use std::path::Path;

const PROJECT: &str = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";
const WORKFLOW: &str = ".github/workflows/codearts-check.yml";
const CONFIG: &str = "codearts-gate.toml";
const GIVEN: [&str; 5] = [TASK, "--project-id", PROJECT, "--region", "cn-north-4"];

/// A run in a working copy of this remote repository.
fn run_in(remote: &str, arguments: &[&str]) -> Run {
    let run = Run::new(&[&["init"], arguments].concat());
    put(&run, ".git/config", &format!("[core]\n\tbare = false\n[remote \"origin\"]\n\turl = {remote}\n"));
    put(&run, ".git/HEAD", "ref: refs/heads/main\n");
    run
}

/// The same with everything that must be given.
fn set_up(remote: &str, arguments: &[&str]) -> Run {
    run_in(remote, &[&GIVEN, arguments].concat())
}

fn put(run: &Run, path: &str, text: &str) {
    let path = run.directory().join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
    fs::write(path, text).expect("a file");
}

fn read(run: &Run, path: &str) -> Option<String> {
    fs::read_to_string(run.directory().join(path)).ok()
}

/// All files of the working copy but those of Git.
fn files(run: &Run) -> Vec<String> {
    fn below(root: &Path, directory: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                below(root, &path, found);
            } else {
                found.push(path.strip_prefix(root).expect("below").display().to_string());
            }
        }
    }
    let mut found = Vec::new();
    below(run.directory(), run.directory(), &mut found);
    found.retain(|path| !path.starts_with(".git/"));
    found.sort();
    found
}

fn shown(ended: &Ended) -> String {
    let part =
        |name: &str, text: &str| if text.is_empty() { String::new() } else { format!("{name}:\n{text}") };
    part("stderr", &ended.stderr) + &part("stdout", &ended.stdout)
}

#[test]
fn what_it_says_for_each_system() {
    let mut table = Table::default();
    let systems: [(&str, &[&str]); 8] = [
        ("github", &[WORKFLOW, CONFIG]),
        ("gitlab", &[".gitlab-ci.yml", CONFIG]),
        ("jenkins", &["Jenkinsfile", CONFIG]),
        ("gitee", &[".workflow/codearts-check.yml"]),
        ("gitcode", &[".gitcode/workflows/codearts-check.yml"]),
        ("codearts", &["build.yml"]),
        ("gitea", &[".gitea/workflows/codearts-check.yml", CONFIG]),
        ("forgejo", &[".forgejo/workflows/codearts-check.yml", CONFIG]),
    ];
    for (ci, written) in systems {
        let run = set_up("https://user:canary@gitlab.example.com/acme/widget", &["--ci", ci]);
        let ended = run.finish().expect(0);
        let mut expected = written.to_vec();
        expected.sort_unstable();
        assert_eq!(files(&run), expected, "{ci}");
        table.add(ci, &shown(&ended));
    }
    assert_shown!("init_of_each_system", table.text());
}

/// The host decides, and of CodeArts Repo the region, too.
#[test]
fn the_remote_shows_the_system() {
    let remotes = [
        ("git@gitcode.com:acme/widget.git", ".gitcode/workflows/codearts-check.yml"),
        ("https://gitee.com/acme/widget", ".workflow/codearts-check.yml"),
        ("https://codeberg.org/acme/widget", ".forgejo/workflows/codearts-check.yml"),
        ("ssh://git@gitlab.example.com:2222/acme/widget.git", ".gitlab-ci.yml"),
    ];
    for (remote, written) in remotes {
        let run = set_up(remote, &[]);
        run.finish().expect(0);
        assert!(read(&run, written).is_some(), "{remote}");
    }
    let remote = "git@codehub.devcloud.cn-east-3.huaweicloud.com:acme/widget.git";
    let run = run_in(remote, &[TASK, "--project-id", PROJECT, "--yes"]);
    run.finish().expect(0);
    assert!(read(&run, "build.yml").expect("the file").contains("CODEARTS_REGION=cn-east-3"));
}

/// What it wrote is read by the commands themselves.
#[test]
fn the_written_settings_are_those_of_later_commands() {
    let run = set_up("git@github.com:acme/widget.git", &[]);
    run.finish().expect(0);
    let config = read(&run, CONFIG).expect("the file");
    for line in [
        format!("id = \"{TASK}\""),
        format!("project-id = \"{PROJECT}\""),
        "region = \"cn-north-4\"".to_owned(),
    ] {
        assert!(config.contains(&line), "{config}");
    }
    let check = Run::new(&["check", "--config", run.directory().join(CONFIG).to_str().expect("UTF-8")]);
    let ended = check.finish().expect(64);
    assert!(ended.stderr.contains("no credentials") && ended.stderr.contains("region"), "{}", ended.stderr);
    // Once more: everything is there already.
    let ended = run.finish().expect(0);
    assert!(!ended.stderr.contains("wrote") && ended.stderr.contains("already"), "{}", ended.stderr);
}

#[test]
fn it_writes_at_the_root_of_the_working_copy() {
    let run = set_up("https://github.com/acme/widget", &[]);
    put(&run, "second/.git", "gitdir: ../.git/worktrees/second\n");
    put(&run, ".git/worktrees/second/commondir", "../..\n");
    put(&run, ".git/worktrees/second/HEAD", "ref: refs/heads/fix\n");
    put(&run, ".git/refs/remotes/origin/HEAD", "ref: refs/remotes/origin/trunk\n");
    for (place, root) in [("src/deep", ""), ("second/src", "second/")] {
        let place = run.directory().join(place);
        fs::create_dir_all(&place).expect("directories");
        let ended = run.finish_in(&place).expect(0);
        assert!(!ended.stderr.contains("is checked out"), "{}", ended.stderr);
        let workflow = read(&run, &format!("{root}{WORKFLOW}")).expect(root);
        assert!(workflow.contains("branches: [trunk]"), "{workflow}");
    }
    assert_eq!(files(&run).len(), 5, "{:?}", files(&run));
}

#[test]
fn without_a_repository_the_system_must_be_named() {
    let run = Run::new(&[&["init"], &GIVEN[..]].concat());
    run.finish().expect(64);
    let run = Run::new(&[&["init", "--ci", "gitlab"], &GIVEN[..]].concat());
    let ended = run.finish().expect(0);
    assert!(ended.stderr.contains("not in a Git repository"), "{}", ended.stderr);
    assert_eq!(files(&run), [".gitlab-ci.yml", CONFIG]);
}

#[test]
fn what_is_missing_or_wrong_is_listed() {
    let mut table = Table::default();
    let mut add = |case: &str, arguments: &[&str]| {
        for yes in [&[][..], &["--yes"]] {
            let run = run_in("https://host.example/acme/widget", &[arguments, yes].concat());
            let ended = run.finish().expect(64);
            assert_eq!((files(&run).len(), ended.stdout.as_str()), (0, ""), "{case}");
            if yes.is_empty() {
                table.add(case, &ended.stderr);
            }
        }
    };
    add("nothing given", &[]);
    add("no system", &GIVEN);
    add("no task", &["--ci", "github", "--project-id", PROJECT, "--region", "cn-north-4"]);
    add("hostile task", &["--ci", "github", "\"]\nendpoint = \"https://evil.example"]);
    add("hostile project", &["--ci", "github", TASK, "--project-id", "a\"b"]);
    add("unknown region", &["--ci", "github", TASK, "--project-id", PROJECT, "--region", "cn-nort-4"]);
    add("hostile region", &["--ci", "github", TASK, "--project-id", PROJECT, "--region", "x\"\nauth='y"]);
    add("unknown system", &["--ci", "githbu"]);
    assert_shown!("init_with_mistakes", table.text());
}

#[test]
fn values_may_come_from_variables() {
    let mut run = run_in("https://host.example/acme/widget", &[]);
    let variables = [
        ("CODEARTS_CI", "GitHub"),
        ("CODEARTS_TASK_ID", TASK),
        ("CODEARTS_PROJECT_ID", PROJECT),
        ("HW_REGION_NAME", "cn-north-4"),
        ("CODEARTS_YES", "true"),
    ];
    for (name, value) in variables {
        run.env(name, value);
    }
    run.finish().expect(0);
    assert_eq!(files(&run), [WORKFLOW, CONFIG]);
}

#[test]
fn existing_files_stay_as_they_are() {
    let mut table = Table::default();
    let cases = [
        ("github", WORKFLOW, 64),
        ("github", CONFIG, 64),
        ("gitlab", CONFIG, 64),
        ("gitlab", ".gitlab-ci.yml", 0),
    ];
    for (ci, path, code) in cases {
        let run = set_up("https://github.com/acme/widget", &["--ci", ci]);
        put(&run, path, "kept: as it is\n");
        let ended = run.finish().expect(code);
        assert_eq!(read(&run, path).as_deref(), Some("kept: as it is\n"), "{path}");
        let expected = if code == 0 && ci != "codearts" { 2 } else { 1 };
        assert_eq!(files(&run).len(), expected, "{:?}", files(&run));
        table.add(format!("{ci}, {path}"), &shown(&ended));

        let run = set_up("https://github.com/acme/widget", &["--ci", ci, "--force"]);
        put(&run, path, "kept: as it is\n");
        run.finish().expect(0);
        // One that people write themselves is never replaced.
        let is_kept = read(&run, path).as_deref() == Some("kept: as it is\n");
        assert_eq!(is_kept, path == ".gitlab-ci.yml", "{path}");

        let run = set_up("https://github.com/acme/widget", &["--ci", ci, "--dry-run"]);
        put(&run, path, "kept: as it is\n");
        run.finish().expect(0);
        assert_eq!(read(&run, path).as_deref(), Some("kept: as it is\n"), "{path}");
    }
    assert_shown!("init_where_files_exist", table.text());
}

#[test]
fn a_dry_run_prints_and_writes_nothing() {
    let run = set_up("https://github.com/acme/widget", &["--dry-run"]);
    let ended = run.finish().expect(0);
    assert_eq!(files(&run), [""; 0]);
    let (head, config) = ended.stdout.split_once("# codearts-gate.toml\n").expect("both files");
    let workflow = head.strip_prefix("# .github/workflows/codearts-check.yml\n").expect("the workflow");
    let written = set_up("https://github.com/acme/widget", &[]);
    written.finish().expect(0);
    assert_eq!(
        (read(&written, WORKFLOW).as_deref(), read(&written, CONFIG).as_deref()),
        (Some(workflow), Some(config))
    );
}

/// Whatever a repository says of itself, none of it is written or printed as it is.
#[test]
fn hostile_repositories() {
    let remotes = [
        "https://user:canary-of-a-remote@github.com/acme/widget.git",
        "https://github.com/acme/$(touch evil)`x`${{ secrets.X }}",
        "https://github.com@evil.example/x",
        "https://evil.example/\u{1b}[31m::error::x",
        "-oProxyCommand=x",
        "",
    ];
    for (remote, ci) in remotes.iter().flat_map(|remote| [(remote, "github"), (remote, "jenkins")]) {
        let run = set_up(remote, &["--ci", ci]);
        let ended = run.finish().expect(0);
        let workflow = read(&run, if ci == "github" { WORKFLOW } else { "Jenkinsfile" }).expect("the file");
        for text in [&ended.stderr, &ended.stdout, &workflow] {
            assert!(!text.contains("canary") && !text.contains("evil") && !text.contains('\u{1b}'), "{text}");
        }
    }
    // A host that only looks like one that is known.
    set_up("https://github.com@evil.example/x", &[]).finish().expect(64);

    for branch in
        ["main]\n  workflow_dispatch:", "a'b", "${{ github.token }}", "*", "ma in", &"x".repeat(5000)]
    {
        let run = set_up("https://github.com/acme/widget", &[]);
        put(&run, ".git/HEAD", &format!("ref: refs/heads/{branch}\n"));
        let ended = run.finish().expect(0);
        assert!(ended.stderr.contains("correct it there"), "{}", ended.stderr);
        assert!(read(&run, WORKFLOW).expect("the file").contains("branches: [main]\n"), "{branch}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_out_of_the_repository() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().expect("a directory");
    let run = set_up("https://github.com/acme/widget", &["--force"]);
    symlink(outside.path(), run.directory().join(".github")).expect("a link");
    let ended = run.finish().expect(64);
    assert!(ended.stderr.contains("leads out of the repository"), "{}", ended.stderr);
    assert_eq!((fs::read_dir(outside.path()).expect("it").count(), files(&run).len()), (0, 0));

    let kept = outside.path().join("kept");
    fs::write(&kept, "kept").expect("a file");
    for arguments in [&[][..], &["--force"]] {
        let run = set_up("https://github.com/acme/widget", arguments);
        symlink(&kept, run.directory().join(CONFIG)).expect("a link");
        run.finish().expect(if arguments.is_empty() { 64 } else { 0 });
        assert_eq!(fs::read_to_string(&kept).expect("it"), "kept", "{arguments:?}");
    }
}

/// Everything that is asked, on a terminal of the test.
#[cfg(unix)]
mod dialogue {
    use super::*;
    use crate::kit::World;
    use crate::kit::scenario::{Story, Task, refuses, scenario, succeeded};
    use nix::pty::{OpenptyResult, openpty};
    use std::io::{Read as _, Write as _};
    use std::process::Stdio;

    const REMOTE: &str = "git@github.com:acme/widget.git";

    fn of(name: &str, repository: &str, branch: &str) -> Task {
        succeeded().with(|task| {
            task.name = name.to_owned();
            task.repository = repository.to_owned();
            task.branch = Some(branch.to_owned());
        })
    }

    fn tasks() -> Story {
        scenario()
            .task_named(&"a".repeat(32), of("gadget", "https://github.com/acme/gadget", "main"))
            .task_named(&"b".repeat(32), of("release", "https://github.com/acme/widget", "release"))
            .task_named(&"c".repeat(32), of("\u{1b}[31mwidget", "https://github.com/acme/widget.git", "main"))
    }

    fn run_with(world: &World, arguments: &[&str]) -> Run {
        let run = world.run(&[&["init"], arguments].concat());
        put(&run, ".git/config", &format!("[remote \"origin\"]\n\turl = {REMOTE}\n"));
        put(&run, ".git/HEAD", "ref: refs/heads/main\n");
        run
    }

    /// What is shown to somebody who types this; the exit code. `signal`: what is sent once a question is there.
    fn typed(run: &Run, answers: &str, signal: Option<&str>) -> (String, Option<i32>) {
        let OpenptyResult { master, slave } = openpty(None, None).expect("a terminal");
        let input = slave.try_clone().expect("the same terminal");
        let mut terminal = fs::File::from(master);
        terminal.write_all(answers.as_bytes()).expect("typed");
        let mut child = run.spawn_at(Stdio::from(input), Stdio::from(slave));
        let mut bytes = Vec::new();
        let mut part = [0; 4096];
        let mut sends = signal;
        // Reading ends with an error when the other side is closed.
        while let Ok(read @ 1..) = terminal.read(&mut part) {
            bytes.extend_from_slice(&part[..read]);
            if let Some(name) = sends.filter(|_| bytes.ends_with(b": ")) {
                let kill = format!("kill -{name} {}", child.id());
                assert!(std::process::Command::new("sh").args(["-c", &kill]).status().expect("sh").success());
                sends = None;
            }
        }
        let code = child.wait().expect("an end").code();
        (String::from_utf8_lossy(&bytes).replace("\r\n", "\n"), code)
    }

    #[test]
    fn tasks_are_offered_by_name() {
        let world = World::new(tasks());
        let run = run_with(&world, &[]);
        // The system that was found, a region with a slip, the project, the task that was found, no test.
        let (text, code) = typed(&run, &format!("\ncn-nort-4\ncn-north-4\n{PROJECT}\n\nno\n"), None);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("did you mean `cn-north-4`?") && text.contains("task [2]: "), "{text}");
        assert!(text.contains("3: gadget") && !text.contains("\u{1b}[31m"), "{text}");
        assert!(read(&run, CONFIG).expect("the file").contains(&"c".repeat(32)), "{text}");
        assert_eq!(world.calls("tasks").len(), 1);

        // Another one, by its number: the branch that it checks is the one that is written.
        let run = run_with(&world, &["--region", "cn-north-4", "--project-id", PROJECT, "--ci", "github"]);
        let (text, code) = typed(&run, "1\nno\n", None);
        assert_eq!(code, Some(0), "{text}");
        assert!(read(&run, WORKFLOW).expect("the file").contains("branches: [release]"), "{text}");
    }

    #[test]
    fn the_set_up_is_tested_at_the_end() {
        let world = World::new(tasks());
        let run = run_with(&world, &[&"c".repeat(32), "--region", "cn-north-4", "--project-id", PROJECT]);
        let (text, code) = typed(&run, "\n\n", None);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("no problems found") && read(&run, CONFIG).is_some(), "{text}");
        // Other words are asked again, and both languages are understood.
        for (answer, is_tested) in [("yesterday\ny", true), ("perhaps\n否", false), ("好", true)] {
            let (text, code) = typed(&run, &format!("\n{answer}\n"), None);
            assert_eq!((code, text.contains("no problems found")), (Some(0), is_tested), "{text}");
            assert_eq!(text.matches("is neither yes nor no").count(), answer.matches('\n').count(), "{text}");
        }
    }

    #[test]
    fn without_a_list_the_id_is_typed() {
        let refused = || tasks().when("tasks", refuses(200, "CC.00050010"));
        for (story, has_keys) in [(refused(), true), (tasks(), false)] {
            let world = World::new(story);
            let mut run =
                run_with(&world, &["--region", "cn-north-4", "--project-id", PROJECT, "--ci", "gitlab"]);
            if !has_keys {
                run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK");
            }
            let (text, code) = typed(&run, &format!("1/2\n\n{TASK}\nno\n"), None);
            assert_eq!(code, Some(0), "{text}");
            assert!(text.contains("not a valid") && text.contains("are not listed"), "{text}");
            assert!(read(&run, CONFIG).expect("the file").contains(TASK), "{text}");
        }
    }

    #[test]
    fn whoever_gives_up_leaves_nothing() {
        let world = World::new(tasks());
        for answers in ["\u{4}", "github\n\u{4}", "github\ncn-north-4\n\u{4}"] {
            let run = run_with(&world, &[]);
            let (text, code) = typed(&run, answers, None);
            assert_eq!((code, files(&run).len()), (Some(64), 0), "{text}");
            assert!(text.contains("input ended"), "{text}");
        }
        for (signal, expected) in [("INT", 130), ("TERM", 143)] {
            let run = run_with(&world, &[]);
            let (text, code) = typed(&run, "", Some(signal));
            assert_eq!((code, files(&run).len()), (Some(expected), 0), "{text}");
        }
    }

    #[test]
    fn with_yes_or_in_a_job_nothing_is_asked() {
        let world = World::new(tasks());
        let run = run_with(&world, &["--yes"]);
        let (text, code) = typed(&run, "", None);
        assert!(code == Some(64) && text.contains("no value for --region"), "{text}");
        let mut run = run_with(&world, &[]);
        let (text, code) = typed(run.env("GITHUB_ACTIONS", "true"), "", None);
        assert!(code == Some(64) && text.contains("no value for --region"), "{text}");
    }
}
