//! What GitHub rejects, and the hint: the permission only where it is missing.

use super::job::{COMMENTS, passing, run};
use crate::kit::forge::{Fault, Forge};
use crate::snapshot::{Table, assert_shown, lines_with};
use serde_json::json;

/// The one warning about the target, with its hints, when GitHub refuses it with this status and message.
fn warning(target: &str, request: &'static str, status: u16, message: &str) -> String {
    let forge = Forge::new();
    forge.state().faults =
        vec![Fault { body: json!({"message": message}), ..Fault::new(request, &[], status) }];
    let ended = run(&forge, "pull_request", passing(), &["--publish", target]).expect(5);
    let start = format!("warning: not published as {target}: ");
    assert_eq!(ended.stderr.matches(&start).count(), 1, "{}", ended.stderr);
    lines_with(&ended.stderr, &start)
}

#[test]
fn a_refused_comment_names_the_real_reason() {
    let cases = [
        (403, "Unable to create comment because issue is locked."),
        (403, "Repository was archived so is read-only."),
        (
            403,
            "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
        ),
        (401, "Bad credentials"),
        (403, "Resource not accessible by personal access token"),
        (410, "Issues are disabled for this repo"),
    ];
    let mut table = Table::default();
    for (status, message) in cases {
        let warning = warning("comment", COMMENTS, status, message);
        assert!(!warning.contains("`permissions"), "{warning}");
        table.add(message, &warning);
    }
    let message = "Resource not accessible by integration";
    let warning = warning("comment", COMMENTS, 403, message);
    assert!(warning.contains("`permissions: pull-requests: write`"), "{warning}");
    table.add(message, &warning);
    assert_shown!("refused_comments", table.text());
}

/// The same where the pull request could not even be looked for.
#[test]
fn a_refused_search_names_the_real_reason() {
    let mut table = Table::default();
    for (status, message) in [(403, "Resource not accessible by integration"), (401, "Bad credentials")] {
        let forge = Forge::new();
        let body = json!({"message": message});
        forge.state().faults =
            vec![Fault { body, ..Fault::new("GET /repos/acme/widget/commits", &[], status) }];
        let ended = run(&forge, "push", passing(), &[]).expect(0);
        let line = lines_with(&ended.stderr, "comment: ");
        assert_eq!(line.contains("`permissions: pull-requests: read`"), status == 403, "{line}");
        table.add(message, &line);
    }
    assert_shown!("refused_searches", table.text());
}

#[test]
fn refused_findings_name_the_feature_that_is_off() {
    let sarifs = "POST /repos/acme/widget/code-scanning/sarifs";
    let mut table = Table::default();
    for message in [
        "Advanced Security must be enabled for this repository to use code scanning.",
        "Code Security must be enabled for this repository to use code scanning.",
        "Code scanning is not enabled for this repository. Please enable code scanning in the repository settings.",
    ] {
        let warning = warning("sarif", sarifs, 403, message);
        assert!(!warning.contains("security-events"), "{warning}");
        table.add(message, &warning);
    }
    assert_shown!("refused_findings", table.text());
}

/// A rate limit, in older wording too, is waited for and is not reported as a missing permission.
#[test]
fn a_limit_of_the_rate_is_not_a_permission() {
    let mut table = Table::default();
    for message in [
        "You have exceeded a secondary rate limit and have been temporarily blocked from content creation.",
        "You have triggered an abuse detection mechanism. Please wait a few minutes before you try again.",
    ] {
        let forge = Forge::new();
        let body = json!({"message": message});
        forge.state().faults = vec![Fault { body: body.clone(), ..Fault::new(COMMENTS, &[1], 403) }];
        run(&forge, "pull_request", passing(), &["--publish", "comment"]).expect(0);
        assert_eq!(forge.requests(COMMENTS).len(), 2);
        let warning = warning("comment", COMMENTS, 403, message);
        assert!(!warning.contains("permission"), "{warning}");
        table.add(message, &warning);
    }
    assert_shown!("limits_of_the_rate", table.text());
}
