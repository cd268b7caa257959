//! The PDF export against answers that are odd: other ids, parts, redirects, bytes behind the end.

use crate::kit::server::serve_bytes;
use crate::kit::{TASK, World, assert_whole_pdf};
use serde_json::{Value, json};
use std::sync::mpsc::Receiver;

const REPORT: [&str; 2] = ["report", TASK];
/// A small whole PDF.
const PDF: &str = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF";

fn world(faults: &Value) -> World {
    let task = json!({"before": 2, "pdf": {"duration": "10ms", "bytes": 5000}});
    World::new(&json!({"tasks": {"*": task}, "faults": faults}).to_string())
}

fn answer(call: &str, on: &[u32], status: u16, body: &Value) -> Value {
    json!({"call": call, "on": on, "fault": {"kind": "answer", "status": status, "body": body}})
}

fn calls(world: &World, names: [&str; 3]) -> [usize; 3] {
    names.map(|name| world.calls(name).len())
}

const EXPORT: [&str; 3] = ["pdf-start", "pdf-state", "pdf-file"];

/// An id that is written as a float is the whole number.
#[test]
fn the_id_of_a_job_may_be_written_as_a_float() {
    let world = world(&json!([
        answer(
            "pdf-start",
            &[],
            200,
            &json!({"status": "success", "result": {"timeAsk": 1, "asyncJobId": 569151.0}})
        ),
        answer(
            "pdf-state",
            &[],
            200,
            &json!({"status": "success", "result": {"jobStatus": "SUCCESS", "jobFile": "a/b.pdf"}})
        ),
        answer("pdf-file", &[], 200, &json!(PDF)),
    ]));
    world.run(&REPORT).finish().expect(0);
    let asked = &world.calls("pdf-state")[0].query;
    assert!(asked.contains(&("async_job_id".to_owned(), "569151".to_owned())), "{asked:?}");
}

/// HTTP 206 brings a part; nobody asked for one.
#[test]
fn a_part_is_not_taken_for_the_whole() {
    let world = world(&json!([answer("pdf-file", &[1], 206, &json!(PDF))]));
    let ended = world.run(&REPORT).finish().expect(0);
    assert_whole_pdf(&ended.reports.join(format!("{TASK}.pdf")), 5000);
    assert_eq!(calls(&world, EXPORT), [2, 2, 2]);
    assert!(ended.stderr.contains("HTTP 206"), "{}", ended.stderr);
}

/// What was announced came whole; that its end mark is followed by filling is no reason to refuse it.
#[test]
fn bytes_behind_the_end_mark() {
    let filled = |filling: usize| format!("{PDF}{}", "\0".repeat(filling));
    let served = |body: &str| world(&json!([answer("pdf-file", &[], 200, &json!(body))]));
    let body = filled(5000);
    let world = served(&body);
    let ended = world.run(&REPORT).finish().expect(0);
    assert_eq!(calls(&world, EXPORT), [1, 1, 1]);
    let pdf = std::fs::read(ended.reports.join(format!("{TASK}.pdf"))).expect("the PDF");
    assert_eq!(pdf, body.as_bytes());
    // Without any end mark it is not a PDF, however many bytes were announced.
    let world = served(PDF.trim_end_matches("%%EOF"));
    let ended = world.run(&REPORT).finish().expect(5);
    assert!(!ended.reports.join(format!("{TASK}.pdf")).exists());
}

/// Object storage: each connection gets this answer. Gives the address and the heads of the requests.
fn storage(head: &str, body: &str) -> (String, Receiver<String>) {
    let length = body.len();
    serve_bytes(format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"))
}

fn redirected(on: &[u32], status: u16, location: &str) -> Value {
    json!({"call": "pdf-file", "on": on, "fault":
        {"kind": "answer", "status": status, "headers": {"Location": location}}})
}

/// The file may lie in object storage: it is fetched from there, once, without anything that proves who we are.
#[test]
fn a_redirect_to_storage_is_followed_without_credentials() {
    for status in [302, 303, 307] {
        let (address, heads) = storage("200 OK", PDF);
        let location = format!("http://{address}/bucket/r.pdf?X-Sign=signature-canary");
        let world = world(&json!([redirected(&[], status, &location)]));
        let ended = world.run(&["report", TASK, "-v"]).finish().expect(0);
        assert_eq!(calls(&world, EXPORT), [1, 1, 1]);
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

/// Neither a second redirect is followed, nor one to where anybody could read along, nor one that names a user.
#[test]
fn other_redirects_are_refused() {
    let (elsewhere, never) = storage("200 OK", PDF);
    let (address, heads) = storage(&format!("302 Found\r\nLocation: http://{elsewhere}/stolen"), "");
    let world_of = |location: &str| world(&json!([redirected(&[], 302, location)]));
    let cases = [
        (format!("http://{address}/r.pdf"), "redirects once more"),
        ("http://storage.example.com/r.pdf".to_owned(), "https"),
        (format!("http://user:pass-canary@{elsewhere}/r.pdf"), "user"),
        (format!("ftp://{elsewhere}/r.pdf"), "https"),
    ];
    for (location, why) in cases {
        let ended = world_of(&location).run(&REPORT).finish().expect(5);
        assert!(ended.stderr.contains(why), "{location}: {}", ended.stderr);
        assert!(!ended.stderr.contains("pass-canary"), "{}", ended.stderr);
    }
    assert!(heads.try_recv().is_ok() && never.try_recv().is_err());
}

/// A 404 without a code of the service comes from somebody else on the way: it is believed when it stays.
#[test]
fn one_bare_404_loses_no_report() {
    let page = json!("<html><body><h1>404 Not Found</h1></body></html>");
    for body in [Value::Null, page] {
        let world = world(&json!([answer("pdf-start", &[1], 404, &body)]));
        world.run(&REPORT).finish().expect(0);
        assert_eq!(calls(&world, EXPORT), [2, 1, 1]);
        // Where it stays, the older path is tried, as often as any call that fails, and it ends.
        let world = self::world(&json!([answer("pdf-start", &[], 404, &body)]));
        world.run(&REPORT).finish().expect(69);
        assert_eq!(world.calls("pdf-start").len(), 20);
    }
    // The gateway's own word is believed at once.
    let coded = json!({"error_code": "APIGW.0101", "error_msg": "no such API"});
    let world = world(&json!([answer("pdf-start", &[], 404, &coded)]));
    world.run(&REPORT).finish().expect(64);
    assert_eq!(world.calls("pdf-start").len(), 2);
}

/// The same on a page of findings.
#[test]
fn one_bare_404_loses_no_list() {
    for on in [1, 2, 4] {
        let task =
            json!({"before": 2, "findings": {"critical": 0, "major": 0, "minor": 0, "suggestion": 450}});
        let faults = json!([answer("findings", &[on], 404, &Value::Null)]);
        let world = World::new(&json!({"tasks": {"*": task}, "faults": faults}).to_string());
        let ended = world.run(&["check", TASK, "--report", "json"]).finish().expect(0);
        assert_eq!(world.calls("findings").len(), 8, "pages, a probe, delayed ones, and one again");
        let list = std::fs::read(ended.reports.join(format!("{TASK}.json"))).expect("the list");
        let list: Value = serde_json::from_slice(&list).expect("JSON");
        assert_eq!(list["issues"].as_array().map(Vec::len), Some(450));
    }
}
