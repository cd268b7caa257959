//! Paths and addresses in outputs, pages and requests: they are valid where they are used, with the necessary escapes
//! only.

use super::job::{CHECK, passing, run};
use crate::kit::forge::Forge;
use crate::kit::{TASK, World};
use serde_json::{Value, json};

/// A report directory with everything that must survive: blanks, Chinese, signs that need no escape and signs that do.
const ODD: &str = "报告 (1)/a+b@c=d,e'f&g~h!$;i#j%k";
/// The same in an address (RFC 3986, section 3.3).
const ODD_ENCODED: &str = "%E6%8A%A5%E5%91%8A%20(1)/a+b@c=d,e'f&g~h!$;i%23j%25k";

/// A step in another directory: paths for later steps and for the suggested step are relative to the workspace.
#[test]
fn the_path_of_the_report_is_relative_to_the_workspace() {
    let forge = Forge::new();
    let world = World::new(passing());
    let mut run = world.run_on_github(&forge, "push", &CHECK);
    let directory = run.reports().parent().expect("a directory").to_owned();
    let workspace = directory.parent().expect("a parent").to_str().expect("UTF-8").to_owned();
    let name = directory.file_name().expect("a name").to_str().expect("UTF-8").to_owned();
    run.without("ACTIONS_RUNTIME_TOKEN")
        .env("GITHUB_WORKSPACE", &workspace)
        .env("CODEARTS_REPORT_DIR", "reports");
    let expected = format!("{name}/reports/{TASK}.pdf");
    let ended = run.finish().expect(0);
    assert_eq!(ended.outputs()["report-path"], expected);
    let step = format!("    path: |\n      {expected}\n```");
    assert!(ended.summary().contains(&step), "{}", ended.summary());
    assert!(ended.summary().contains(&format!("`{expected}`")), "{}", ended.summary());
    // Relative to the working directory, as given on the command line.
    assert_eq!(ended.result()["tasks"][0]["report"]["path"], format!("reports/{TASK}.pdf"));

    // `report` shows the same.
    let mut run = world.run_on_github(&forge, "push", &["report", TASK]);
    let name = run.reports().parent().expect("a directory").file_name().expect("a name").to_owned();
    run.env("GITHUB_WORKSPACE", &workspace).env("CODEARTS_REPORT_DIR", "reports");
    let expected = format!("{}/reports/{TASK}.pdf", name.to_str().expect("UTF-8"));
    assert_eq!(run.finish().expect(0).outputs()["report-path"], expected);
}

/// Outside the workspace the path is absolute.
#[test]
fn a_report_outside_the_workspace_has_an_absolute_path() {
    let forge = Forge::new();
    let world = World::new(passing());
    let elsewhere = tempfile::tempdir().expect("a directory");
    let mut run = world.run_on_github(&forge, "push", &CHECK);
    let reports =
        run.reports().parent().expect("a directory").canonicalize().expect("a path").join("reports");
    run.env("GITHUB_WORKSPACE", elsewhere.path().to_str().expect("UTF-8"))
        .env("CODEARTS_REPORT_DIR", "reports");
    let ended = run.finish().expect(0);
    assert_eq!(ended.outputs()["report-path"], reports.join(format!("{TASK}.pdf")).to_str().expect("UTF-8"));
}

/// Blanks and Chinese in the report directory: unchanged in the outputs, in the suggested step, and in the table.
#[test]
fn unusual_paths_are_shown_unchanged() {
    let forge = Forge::new();
    let world = World::new(passing());
    let mut run = world.run_on_github(&forge, "pull_request", &CHECK);
    let workspace = run.reports().parent().expect("a directory").to_str().expect("UTF-8").to_owned();
    run.without("ACTIONS_RUNTIME_TOKEN").env("GITHUB_WORKSPACE", &workspace).env("CODEARTS_REPORT_DIR", ODD);
    let ended = run.finish().expect(0);
    let path = format!("{ODD}/{TASK}.pdf");
    assert_eq!(ended.outputs()["report-path"], path);
    let cell = format!("| 0 | 1 | 4 | 9 | 14 | `{path}` |");
    let comment = forge.state().comments[0].body.clone();
    assert!(comment.contains(&cell), "{comment}");
    assert!(ended.summary().contains(&cell), "{}", ended.summary());
    assert!(ended.summary().contains(&format!("    path: |\n      {path}\n```")), "{}", ended.summary());
}

/// The same for files that the CI keeps: the address has no needless escapes, and does not end its link early.
#[test]
fn unusual_paths_have_only_the_necessary_escapes() {
    let forge = Forge::new();
    let world = World::new(passing());
    let mut run = world.run_on_gitlab(&forge, &CHECK);
    run.without("GITLAB_TOKEN").env("CODEARTS_REPORT_DIR", ODD);
    run.finish().expect(0);
    let file = run
        .reports()
        .with_file_name(ODD.split('/').next().expect("a part"))
        .join(ODD.split('/').nth(1).expect("a part"))
        .join("codearts-gate.env");
    let values = std::fs::read_to_string(file).expect("the file");
    let url =
        format!("https://gitlab.example.com/acme/widget/-/jobs/42/artifacts/file/{ODD_ENCODED}/{TASK}.pdf");
    assert!(values.contains(&format!("CODEARTS_GATE_ARTIFACT_URL={url}\n")), "{values}");
    assert!(values.contains(&format!("CODEARTS_GATE_REPORT_PATH={ODD}/{TASK}.pdf\n")), "{values}");
}

/// Within a link of Markdown the parentheses are escaped too, or the link would end in them.
#[test]
fn unusual_paths_do_not_end_their_links() {
    let forge = Forge::new();
    let world = World::new(passing());
    let mut run = world.run(&CHECK);
    let workspace = run.reports().parent().expect("a directory").to_str().expect("UTF-8").to_owned();
    run.env("JENKINS_URL", "https://j.example/").env("BUILD_URL", "https://j.example/job/x/7/");
    run.env("WORKSPACE", &workspace).env("CODEARTS_REPORT_DIR", ODD);
    run.env("CHANGE_URL", "https://github.com/acme/widget/pull/12").env("GITHUB_API_URL", forge.origin());
    run.env("GITHUB_TOKEN", crate::kit::forge::GITHUB_TOKEN);
    run.env("GITHUB_GRAPHQL_URL", &format!("{}/graphql", forge.origin()));
    run.finish().expect(0);
    let target = ODD_ENCODED.replace('(', "%28").replace(')', "%29");
    let link = format!("](https://j.example/job/x/7/artifact/{target}/{TASK}.pdf) |");
    let comment = forge.state().comments[0].body.clone();
    assert!(comment.contains(&link), "{comment}");
}

/// Findings in such files: annotations use their own escapes, SARIF those of an address, check runs none.
#[test]
fn unusual_paths_of_findings_are_escaped_for_their_format() {
    let forge = Forge::new();
    let row = json!({"defect_id": "1", "defect_level": "0", "defect_status": "0", "defect_checker_name": "R",
                     "rule_name": "R", "defect_content": "m", "file_path": format!("{ODD}/a:b.c"), "line_number": "3"});
    let more = ["--publish", "annotations,check-run,sarif"];
    let ended = run(&forge, "pull_request", passing().defects(vec![row]), &more).expect(0);
    let property = format!("{ODD}/a:b.c").replace('%', "%25").replace(':', "%3A").replace(',', "%2C");
    assert!(ended.stderr.contains(&format!("::error file={property},line=3,")), "{}", ended.stderr);
    assert_eq!(forge.state().check_runs[0]["output"]["annotations"][0]["path"], format!("{ODD}/a:b.c"));
    let sarif = std::fs::read(ended.reports.join(format!("{TASK}.sarif"))).expect("the file");
    let sarif: Value = serde_json::from_slice(&sarif).expect("JSON");
    let uri = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(*uri, format!("{ODD_ENCODED}/a:b.c"));
}
