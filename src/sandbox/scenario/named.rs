//! The scenarios that have a name.

/// Names, and the scenarios behind them. Each is JSON, so that it can serve as the start of a file.
pub(super) const NAMED: [(&str, &str); 14] = [
    ("passing", r#"{"description": "a run of three seconds that succeeds, and a PDF"}"#),
    (
        "failing",
        r#"{"description": "the check itself fails to run (status 1)",
            "tasks": {"*": {"final_status": 1}}}"#,
    ),
    (
        "stopped",
        r#"{"description": "somebody stops the check (status 3)",
            "tasks": {"*": {"final_status": 3}}}"#,
    ),
    (
        "endless",
        r#"{"description": "the check never ends (status 0)",
            "tasks": {"*": {"final_status": 0, "before": 0}}}"#,
    ),
    (
        "slow",
        r#"{"description": "a run of forty seconds that succeeds",
            "tasks": {"*": {"duration": "40s"}}}"#,
    ),
    (
        "finished",
        r#"{"description": "an earlier run has succeeded; a new one would fail",
            "tasks": {"*": {"before": 2, "final_status": 1}}}"#,
    ),
    (
        "stale",
        r#"{"description": "after a start the success of the run before is shown for two seconds; then the new run fails",
            "tasks": {"*": {"before": 2, "stale_for": "2s", "final_status": 1}}}"#,
    ),
    (
        "active",
        r#"{"description": "a run is active from the beginning",
            "tasks": {"*": {"before": 0}}}"#,
    ),
    (
        "flaky",
        r#"{"description": "every kind of bad answer on the way; still passes",
            "tasks": {"*": {"duration": "6s"}},
            "faults": [
              {"call": "run", "on": [1], "fault": {"kind": "lost-answer"}},
              {"call": "progress", "on": [2], "fault": {"kind": "reset"}},
              {"call": "progress", "on": [3], "fault": {"kind": "html"}},
              {"call": "progress", "on": [4], "fault": {"kind": "answer", "status": 503}},
              {"call": "progress", "on": [5], "fault": {"kind": "answer", "status": 400, "body": {"error_code": "CC.00000000", "error_msg": "Network busy. Try again later."}}},
              {"call": "pdf-file", "on": [1], "fault": {"kind": "truncate", "after": 9000}}
            ]}"#,
    ),
    (
        "broken-pdf",
        r#"{"description": "the check passes, but every transfer of the PDF breaks off",
            "faults": [{"call": "pdf-file", "fault": {"kind": "truncate", "after": 9000}}]}"#,
    ),
    (
        "denied",
        r#"{"description": "the user is not a member of the project",
            "faults": [{"call": "*", "fault": {"kind": "answer", "status": 200, "body": {"error_code": "CC.00050010", "error_msg": "no permission"}}}]}"#,
    ),
    (
        "pull-request",
        r#"{"description": "the code of a pull request is checked, and has two findings; passes",
            "tasks": {"*": {"repository": "https://github.com/acme/widget.git", "branch": "main"},
                      "mr": {"findings": {"critical": 0, "major": 0, "minor": 1, "suggestion": 1}, "fetches_with": "pull"}},
            "pull_requests": {"7": {}}}"#,
    ),
    (
        "pull-request-moved",
        r#"{"description": "the pull request gets another commit while its code is checked",
            "tasks": {"*": {"repository": "https://github.com/acme/widget.git", "branch": "main"},
                      "mr": {"fetches_with": "pull"}},
            "pull_requests": {"7": {"moves_after": 2}}}"#,
    ),
    (
        "wrong-clock",
        r#"{"description": "the service's clock is an hour ahead, so signatures are refused at first",
            "clock_ahead": 3600}"#,
    ),
];
