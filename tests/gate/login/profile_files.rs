//! Keys in the profile files of other tools.

use super::job::{finished, keyless};
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::{ACCESS_KEY, SECRET_KEY};
use serde_json::{Value, json};
use std::path::Path;

fn write(home: &Path, name: &str, text: &str) {
    let path = home.join(name);
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    std::fs::write(path, text).expect("a file");
}

#[test]
fn keys_of_other_tools_are_read() {
    let world = World::new(finished());
    let home = tempfile::tempdir().expect("a directory");
    let run = |auth: &str, code: i32| {
        let mut run = keyless(&world, &["check", TASK, "--report", "none"]);
        run.env("HOME", home.path().to_str().expect("UTF-8")).env("CODEARTS_AUTH", auth);
        run.finish().expect(code).stderr
    };
    let mut table = Table::default();
    table.add("no profile file", &run("profile", 64));
    table.add("no file of KooCLI", &run("koocli", 64));
    let profile = format!(
        "# mine\n[global]\nak = x\n[basic]\nak = {ACCESS_KEY}\nsk: {SECRET_KEY}\n; more\nproject_id =\n"
    );
    write(home.path(), ".huaweicloud/credentials", &profile);
    for auth in ["auto", "profile"] {
        table.add(format!("a profile file, {auth}"), run(auth, 0).lines().next().unwrap_or_default());
    }
    // The project of the profile is signed; an explicit one takes precedence.
    write(
        home.path(),
        ".huaweicloud/credentials",
        &profile.replace("project_id =", "project_id = 0123456789abcdef"),
    );
    run("profile", 0);
    // What stands in a header is looked at first, and it has no comments.
    let with_comment = profile.replace("project_id =", "project_id = 0123456789abcdef # \u{751f}\u{4ea7}");
    write(home.path(), ".huaweicloud/credentials", &with_comment);
    table.add("a project with a comment", &run("profile", 64));
    write(home.path(), ".huaweicloud/credentials", "[global]\nak = x\nsk = y\n");
    table.add("a profile without keys", &run("auto", 64));
    std::fs::remove_file(home.path().join(".huaweicloud/credentials")).expect("removed");

    let koocli = |encrypted: Value| {
        json!({"current": "b", "authEncrypt": encrypted, "profiles": [
            {"name": "a", "accessKeyId": "x", "secretAccessKey": "y"},
            {"name": "b", "accessKeyId": ACCESS_KEY, "secretAccessKey": SECRET_KEY},
        ]})
        .to_string()
    };
    write(home.path(), ".hcloud/config.json", &koocli(json!(false)));
    table.add("a file of KooCLI", run("koocli", 0).lines().next().unwrap_or_default());
    // Only when it is named.
    run("auto", 64);
    for encrypted in [json!(true), json!("true")] {
        write(home.path(), ".hcloud/config.json", &koocli(encrypted.clone()));
        table.add(format!("authEncrypt {encrypted}"), &run("koocli", 64));
    }
    let gone = koocli(json!(false)).replace(r#""current":"b""#, r#""current":"gone""#);
    write(home.path(), ".hcloud/config.json", &gone);
    table.add("no current profile", &run("koocli", 64));
    for odd in ["", "{}", "[1]", "{\"profiles\": [{}]}"] {
        write(home.path(), ".hcloud/config.json", odd);
        table.add(format!("{odd:?}"), &run("koocli", 64));
    }
    assert_shown!("keys_of_other_tools", table.text());
}

/// Everybody who may change the profile can replace the credentials.
#[cfg(unix)]
#[test]
fn a_profile_writable_by_others_is_a_warning() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new(finished());
    let home = tempfile::tempdir().expect("a directory");
    let profile = format!("[basic]\nak = {ACCESS_KEY}\nsk = {SECRET_KEY}\n");
    write(home.path(), ".huaweicloud/credentials", &profile);
    let path = home.path().join(".huaweicloud/credentials");
    let mut table = Table::default();
    for (mode, warns) in [(0o600, false), (0o644, false), (0o664, false), (0o602, true), (0o666, true)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("the mode");
        let mut run = keyless(&world, &["check", TASK, "--report", "none"]);
        run.env("HOME", home.path().to_str().expect("UTF-8")).env("CODEARTS_AUTH", "profile");
        let stderr = run.finish().expect(0).stderr;
        let warnings = lines_with(&stderr, &format!("`{}`", path.display()));
        assert_eq!(warnings.contains("warning: "), warns, "{mode:o}: {stderr}");
        table.add(format!("{mode:o}"), &warnings);
    }
    assert_shown!("profile_that_everybody_may_change", table.text());
}
