//! The PDF export with unusual answers: other ids, parts, redirects, bytes after the end.

use crate::kit::scenario::{
    Answer, Calls, Story, answers, calls, pdf, refuses, returns, scenario, succeeded,
};
use crate::kit::server::serve_bytes;
use crate::kit::{TASK, World, assert_whole_pdf};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::{Value, json};
use std::sync::mpsc::Receiver;

const REPORT: [&str; 2] = ["report", TASK];
/// A small whole PDF.
const PDF: &str = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF";

/// A check that has passed, with a report of 5,000 bytes.
fn checked() -> Story {
    scenario().task(succeeded().pdf(pdf().bytes(5000)))
}

/// The same with another answer to some calls.
fn world(calls: impl Into<Calls>, answer: Answer) -> World {
    World::new(checked().when(calls, answer))
}

/// How often an export was started, polled and downloaded.
fn exports(world: &World) -> [usize; 3] {
    ["pdf-start", "pdf-state", "pdf-file"].map(|name| world.calls(name).len())
}

/// An id that is written as a float is the whole number.
#[test]
fn the_id_of_a_job_may_be_written_as_a_float() {
    let started = json!({"status": "success", "result": {"timeAsk": 1, "asyncJobId": 569151.0}});
    let state = json!({"status": "success", "result": {"jobStatus": "SUCCESS", "jobFile": "a/b.pdf"}});
    let story = checked().when("pdf-start", returns(started)).when("pdf-state", returns(state));
    let world = World::new(story.when("pdf-file", returns(PDF)));
    world.run(&REPORT).finish().expect(0);
    let asked = &world.calls("pdf-state")[0].query;
    assert!(asked.contains(&("async_job_id".to_owned(), "569151".to_owned())), "{asked:?}");
}

/// HTTP 206 returns a part, which was not requested.
#[test]
fn a_partial_file_is_rejected() {
    let world = world(calls("pdf-file").nth([1]), answers(206).body(PDF));
    let ended = world.run(&REPORT).finish().expect(0);
    assert_whole_pdf(&ended.reports.join(format!("{TASK}.pdf")), 5000);
    assert_eq!(exports(&world), [2, 2, 2]);
    assert!(ended.stderr.contains("HTTP 206"), "{}", ended.stderr);
}

/// The announced length is complete; padding after the end mark does not make it invalid.
#[test]
fn bytes_after_the_end_mark() {
    let filled = |filling: usize| format!("{PDF}{}", "\0".repeat(filling));
    let served = |body: &str| world("pdf-file", returns(body));
    let body = filled(5000);
    let world = served(&body);
    let ended = world.run(&REPORT).finish().expect(0);
    assert_eq!(exports(&world), [1, 1, 1]);
    let pdf = std::fs::read(ended.reports.join(format!("{TASK}.pdf"))).expect("the PDF");
    assert_eq!(pdf, body.as_bytes());
    // Without any end mark it is not a PDF, however many bytes were announced.
    let world = served(PDF.trim_end_matches("%%EOF"));
    let ended = world.run(&REPORT).finish().expect(5);
    assert!(!ended.reports.join(format!("{TASK}.pdf")).exists());
}

/// Object storage that answers each connection like this. Returns its address and the heads of the requests.
fn storage(head: &str, body: &str) -> (String, Receiver<String>) {
    let length = body.len();
    serve_bytes(format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"))
}

fn redirected(status: u16, location: &str) -> World {
    world("pdf-file", answers(status).header("Location", location))
}

/// The file may be in object storage: it is downloaded from there, once, without credentials.
#[test]
fn a_redirect_to_storage_is_followed_without_credentials() {
    for status in [302, 303, 307] {
        let (address, heads) = storage("200 OK", PDF);
        let location = format!("http://{address}/bucket/r.pdf?X-Sign=signature-canary");
        let world = redirected(status, &location);
        let ended = world.run(&["report", TASK, "-v"]).finish().expect(0);
        assert_eq!(exports(&world), [1, 1, 1]);
        let pdf = std::fs::read_to_string(ended.reports.join(format!("{TASK}.pdf"))).expect("the PDF");
        assert_eq!(pdf, PDF);
        let head = heads.recv().expect("a request").to_lowercase();
        assert!(head.starts_with("get /bucket/r.pdf?x-sign=signature-canary http/1.1"), "{head}");
        for secret in ["authorization", "x-sdk-date", "x-auth-token", "x-security-token", "sdk-hmac"] {
            assert!(!head.contains(secret), "{head}");
        }
        assert!(!ended.stderr.contains("signature-canary"), "{}", ended.stderr);
    }
}

/// A second redirect is not followed, nor one to plain HTTP on another host, nor one that names a user.
#[test]
fn other_redirects_are_refused() {
    let (elsewhere, never) = storage("200 OK", PDF);
    let (address, heads) = storage(&format!("302 Found\r\nLocation: http://{elsewhere}/stolen"), "");
    let cases = [
        ("twice", format!("http://{address}/r.pdf")),
        ("without TLS", "http://storage.example.com/r.pdf".to_owned()),
        ("with a user", format!("http://user:pass-canary@{elsewhere}/r.pdf")),
        ("not HTTP", format!("ftp://{elsewhere}/r.pdf")),
    ];
    let mut table = Table::default();
    for (case, location) in cases {
        let ended = redirected(302, &location).run(&REPORT).finish().expect(5);
        table.add(case, &lines_with(&ended.stderr, "error: "));
        assert!(!ended.stderr.contains("pass-canary"), "{}", ended.stderr);
    }
    assert_shown!("other_redirects", table.text());
    assert!(heads.try_recv().is_ok() && never.try_recv().is_err());
}

/// A 404 without an error code of the service is from a device in between: it is believed when it persists.
#[test]
fn one_foreign_404_does_not_lose_the_report() {
    let page = answers(404).body("<html><body><h1>404 Not Found</h1></body></html>");
    for missing in [answers(404), page] {
        let world = world(calls("pdf-start").nth([1]), missing.clone());
        world.run(&REPORT).finish().expect(0);
        assert_eq!(exports(&world), [2, 1, 1]);
        // Where it persists, the older path is tried, as often as any failing call, and it ends.
        let world = self::world("pdf-start", missing);
        world.run(&REPORT).finish().expect(69);
        assert_eq!(world.calls("pdf-start").len(), 20);
    }
    // The gateway's own error code is believed at once.
    let world = world("pdf-start", refuses(404, "APIGW.0101"));
    world.run(&REPORT).finish().expect(64);
    assert_eq!(world.calls("pdf-start").len(), 2);
}

/// The same on a page of findings.
#[test]
fn one_foreign_404_does_not_lose_the_list() {
    for on in [1, 2, 4] {
        let story = scenario().task(succeeded().findings([0, 0, 0, 450]));
        let world = World::new(story.when(calls("findings").nth([on]), answers(404)));
        let ended = world.run(&["check", TASK, "--report", "json"]).finish().expect(0);
        assert_eq!(world.calls("findings").len(), 8, "pages, a probe, delayed ones, and one again");
        let list = std::fs::read(ended.reports.join(format!("{TASK}.json"))).expect("the list");
        let list: Value = serde_json::from_slice(&list).expect("JSON");
        assert_eq!(list["issues"].as_array().map(Vec::len), Some(450));
    }
}
