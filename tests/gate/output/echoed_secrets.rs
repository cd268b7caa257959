//! A server that repeats every secret it received in every field of every answer: none of them is printed or published.

use crate::kit::forge::Forge;
use crate::kit::scenario::{FAILED, Task, job, pdf, succeeded, task};
use crate::kit::secrets::{CANARIES, assert_none, forms_of};
use crate::kit::server::{Answer, Server};
use crate::kit::{Ended, Run, TASK, World};
use bytes::Bytes;
use codearts_gate::sandbox::{DOMAIN, PASSWORD, TOKEN, USER};
use http_body_util::Full;
use hyper::{Request, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Field names are divided into so many groups: with all of them spoilt at once, no run would come far.
const GROUPS: usize = 4;
/// Headers that are shown to people.
const REQUEST_IDS: [&str; 2] = ["x-request-id", "x-github-request-id"];

/// How answers are spoilt.
#[derive(Clone, Copy, Debug)]
enum Echoes {
    /// In all texts of fields in this group.
    InGroup(usize),
    /// Every call is rejected, with secrets in every field that explains a rejection.
    InRefusals,
}

/// Passes requests on, and echoes the secrets in them.
struct Echo {
    server: Server,
    echoes: Arc<AtomicUsize>,
}

impl Echo {
    fn of(target: &str, how: Echoes) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let echoes = Arc::new(AtomicUsize::new(0));
        let (target, counter) = (target.to_owned(), Arc::clone(&echoes));
        let server = Server::new(move |request| {
            pass_on(request, client.clone(), target.clone(), how, Arc::clone(&counter))
        });
        Self { server, echoes }
    }
}

async fn pass_on(
    request: Request<Bytes>,
    client: reqwest::Client,
    target: String,
    how: Echoes,
    echoes: Arc<AtomicUsize>,
) -> Answer {
    let (parts, body) = request.into_parts();
    let secrets = secrets_in(&parts.headers, &body);
    let echo = secrets.iter().map(|secret| forms_of(secret)).collect::<Vec<_>>().join(" ");
    if !secrets.is_empty() {
        echoes.fetch_add(1, Ordering::SeqCst);
    }
    let (status, headers, mut answer) = if matches!(how, Echoes::InRefusals) && !secrets.is_empty() {
        let explained = json!({"error_code": echo, "error_msg": echo, "message": echo, "code": echo, "msg": echo,
            "errors": [{"message": echo}], "error": {"code": 403, "message": echo}});
        (403, hyper::HeaderMap::new(), explained.to_string().into_bytes())
    } else {
        let url = format!("{target}{}", parts.uri.path_and_query().expect("a path"));
        // The host is part of signatures.
        let sent = client.request(parts.method, url).headers(parts.headers).body(body).send().await;
        let response = sent.map_err(std::io::Error::other)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        (status, headers, response.bytes().await.map_err(std::io::Error::other)?.to_vec())
    };
    if let (Echoes::InGroup(group), Ok(mut document)) = (how, serde_json::from_slice(&answer)) {
        spoil(&mut document, false, group, &echo);
        answer = document.to_string().into_bytes();
    }
    let mut builder = Response::builder().status(status);
    for (name, value) in
        headers.iter().filter(|(name, _)| *name != "content-length" && *name != "transfer-encoding")
    {
        builder = builder.header(name, value);
    }
    for (name, secret) in REQUEST_IDS.iter().zip(secrets.iter().cycle()) {
        builder = builder.header(*name, secret);
    }
    builder.body(Full::new(Bytes::from(answer))).map_err(std::io::Error::other)
}

/// Every value that holds a canary, whole.
fn secrets_in(headers: &hyper::HeaderMap, body: &[u8]) -> BTreeSet<String> {
    fn collect(value: &Value, texts: &mut Vec<String>) {
        match value {
            Value::String(text) => texts.push(text.clone()),
            Value::Array(list) => list.iter().for_each(|entry| collect(entry, texts)),
            Value::Object(fields) => fields.values().for_each(|field| collect(field, texts)),
            _ => {}
        }
    }
    let values = headers.values().filter_map(|value| value.to_str().ok());
    let mut texts: Vec<String> = values.map(|value| value.trim_start_matches("Bearer ").to_owned()).collect();
    collect(&serde_json::from_slice(body).unwrap_or_default(), &mut texts);
    texts.retain(|text| CANARIES.iter().any(|canary| text.contains(canary)));
    texts.into_iter().collect()
}

/// Adds the echo to texts of the group; `is_due`: whether the field that holds this value is of it.
fn spoil(value: &mut Value, is_due: bool, group: usize, echo: &str) {
    match value {
        Value::String(text) if is_due => *text = format!("{text} {echo}"),
        Value::Array(list) => list.iter_mut().for_each(|entry| spoil(entry, is_due, group, echo)),
        Value::Object(fields) => {
            // The address of the store is a secret itself, and would lead nowhere.
            for (name, field) in fields.iter_mut().filter(|(name, _)| *name != "signed_upload_url") {
                let sum: usize = name.bytes().map(usize::from).sum();
                spoil(field, sum % GROUPS == group, group, echo);
            }
        }
        _ => {}
    }
}

/// Ways to spoil answers, one after the other.
fn ways() -> impl Iterator<Item = Echoes> {
    (0..GROUPS).map(Echoes::InGroup).chain([Echoes::InRefusals])
}

/// Makes the run ask IAM and the service through the neighbour, with a password.
fn with_password(run: &mut Run, service: &Echo) {
    run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK");
    run.env("CODEARTS_IAM_USER", USER)
        .env("CODEARTS_IAM_PASSWORD", PASSWORD)
        .env("CODEARTS_IAM_DOMAIN", DOMAIN);
    run.env("CODEARTS_REGION", "cn-north-4");
    for variable in ["CODEARTS_IAM_ENDPOINT", "CODEARTS_ENDPOINT", "CODEARTS_BUILD_ENDPOINT"] {
        run.env(variable, service.server.origin());
    }
}

/// The harness has searched the run; this checks that secrets were echoed. Returns whether something was redacted.
fn was_quoted(ended: &Ended, echo: &Echo, how: Echoes) -> bool {
    assert_ne!(ended.code, 70, "{how:?}: {}", ended.stderr);
    assert!(echo.echoes.load(Ordering::SeqCst) > 0, "{how:?}: {}", ended.stderr);
    ended.stderr.contains("***") || ended.result().to_string().contains("***")
}

const PROJECT: &str = "0d1a2b3c4d5e6f708192a3b4c5d6e7f8";
const FILES: &str = "--report=pdf,html,markdown,json,sarif,csv,junit=findings,checkstyle,codequality";

fn check(more: &[&'static str]) -> Vec<&'static str> {
    let own = [
        "check",
        TASK,
        "--project-id",
        PROJECT,
        FILES,
        "--report-timeout",
        "3s",
        "--timeout",
        "3s",
        "--verbose",
    ];
    own.into_iter().chain(more.iter().copied()).collect()
}

/// The same story in all ways.
fn hear(story: &Task, more: &[&'static str]) {
    let mut quotes = 0;
    for (number, how) in ways().enumerate() {
        let world = World::new(story.clone());
        let service = Echo::of(&world.sandbox.origin(), how);
        let forge = Forge::new();
        let mut run = world.run_on_github(&forge, "pull_request", &check(more));
        if number % 2 == 0 {
            with_password(&mut run, &service);
        } else {
            run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK");
            run.env("CODEARTS_TOKEN", TOKEN).env("CODEARTS_ENDPOINT", service.server.origin());
        }
        quotes += usize::from(was_quoted(&run.finish(), &service, how));
        assert_none("the forge", &forge.everything());
    }
    assert!(quotes > 0);
}

fn passing() -> Task {
    succeeded().findings([1, 1, 0, 1]).pdf(pdf())
}

#[test]
fn echoed_secrets_are_not_printed() {
    hear(&passing(), &[]);
}

#[test]
fn echoed_secrets_in_failing_steps_are_not_printed() {
    hear(&task().ends_at_poll(2).ends(FAILED), &["--start"]);
}

#[test]
fn echoed_secrets_in_the_reason_of_an_export_are_not_printed() {
    hear(&succeeded().pdf(pdf().fails("no room")), &[]);
}

#[test]
fn secrets_echoed_by_the_build_service_are_not_printed() {
    let id = "48c66c6002964721be537cdc6ce0297b";
    let mut quotes = 0;
    for how in ways() {
        let world = World::new(job().ends_at_poll(3).ends("FAILURE"));
        let service = Echo::of(&world.sandbox.origin(), how);
        let mut run =
            world.run(&["build", id, "--start", "--follow", "--timeout", "3s", "--json", "--verbose"]);
        with_password(&mut run, &service);
        quotes += usize::from(was_quoted(&run.finish(), &service, how));
    }
    assert!(quotes > 0);
}

#[test]
fn secrets_echoed_by_github_are_not_printed() {
    let mut quotes = 0;
    for how in ways() {
        let world = World::new(passing());
        let forge = Forge::new();
        let echo = Echo::of(forge.origin(), how);
        let targets = "--publish=artifact,comment,check-run,summary,annotations,outputs,sarif";
        let mut run = world.run_on_github(&forge, "push", &check(&[targets]));
        run.env("GITHUB_API_URL", echo.server.origin())
            .env("GITHUB_GRAPHQL_URL", &format!("{}/graphql", echo.server.origin()));
        run.env("ACTIONS_RESULTS_URL", &format!("{}/", echo.server.origin()));
        quotes += usize::from(was_quoted(&run.finish(), &echo, how));
        assert_none("the forge", &forge.everything());
    }
    assert!(quotes > 0);
}

#[test]
fn secrets_echoed_by_gitlab_are_not_printed() {
    let mut quotes = 0;
    for how in ways() {
        let world = World::new(passing());
        let forge = Forge::new();
        let echo = Echo::of(forge.origin(), how);
        let mut run = world
            .run_on_gitlab(&forge, &check(&["--publish=artifact,comment,check-run,annotations,outputs"]));
        run.env("CI_API_V4_URL", &format!("{}/api/v4", echo.server.origin()));
        quotes += usize::from(was_quoted(&run.finish(), &echo, how));
        assert_none("the forge", &forge.everything());
    }
    assert!(quotes > 0);
}

/// A login in the address of a repository stands on no page, also where a long word is marked for line breaks.
#[test]
fn a_login_in_an_address_is_hidden() {
    let secret = "glpat-AbCdEf_canaryOfARepository";
    let checked = succeeded().findings([1, 0, 0, 0]).with(|script| {
        script.repository = format!("https://bot:{secret}@git.example.com/acme/widget.git");
        script.name = String::new();
    });
    let world = World::new(checked);
    let ended =
        world.run(&["check", TASK, "--publish", "none", FILES, "--max-critical", "0"]).finish().expect(4);
    for entry in std::fs::read_dir(&ended.reports).expect("the reports") {
        let path = entry.expect("a file").path();
        let text = String::from_utf8_lossy(&std::fs::read(&path).expect("its bytes")).into_owned();
        let plain = text.replace("<wbr>", "").replace(['\\', '\u{200b}'], "");
        assert!(!plain.contains("canaryOfARepository"), "{}: {text}", path.display());
    }
    assert!(!ended.stderr.contains("canaryOfARepository"), "{}", ended.stderr);
}
