//! The identities of cloud servers and pods.

use super::job::{finished, keyless};
use crate::kit::scenario::scenario;
use crate::kit::{TASK, World};
use crate::snapshot::{Table, assert_shown, lines_with};
use codearts_gate::sandbox::POD_TOKEN;

/// The agency of a cloud server and the identity of a pod: only when named, never through a proxy.
#[test]
fn identities_of_machines_are_used() {
    let world = World::new(finished());
    let mut run = keyless(&world, &["check", TASK, "--report", "none", "--auth", "metadata"]);
    run.env("CODEARTS_METADATA_ENDPOINT", &world.sandbox.origin());
    // A closed port.
    run.env("HTTP_PROXY", "http://127.0.0.1:9").env("NO_PROXY", "");
    let mut table = Table::default();
    table.add("a cloud server", run.finish().expect(0).stderr.lines().next().unwrap_or_default());
    assert_eq!(world.calls("metadata-keys").len(), 1);

    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("token");
    std::fs::write(&file, POD_TOKEN).expect("a file");
    run.env("HC_CONTAINER_CREDENTIALS_FULL_URI", &format!("{}/pod-credentials", world.sandbox.origin()));
    run.env("HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.to_str().expect("UTF-8"));
    table.add("a pod", run.finish().expect(0).stderr.lines().next().unwrap_or_default());
    run.env("HC_CONTAINER_CREDENTIALS_FULL_URI", "http://elsewhere.example/x").finish().expect(64);

    let world = World::new(scenario().with(|settings| settings.has_agency = false));
    let mut run = keyless(&world, &["check", TASK, "--auth", "metadata"]);
    let ended = run.env("CODEARTS_METADATA_ENDPOINT", &world.sandbox.origin()).finish().expect(77);
    table.add("a cloud server without an agency", &lines_with(&ended.stderr, TASK));
    assert_shown!("identities_of_machines", table.text());
    // It is not asked unless it is named.
    let world = World::new(finished());
    keyless(&world, &["check", TASK])
        .env("CODEARTS_METADATA_ENDPOINT", &world.sandbox.origin())
        .finish()
        .expect(64);
    assert_eq!(world.sandbox.recorded().len(), 0);
}
