//! Settings as `main` resolves them.

use super::*;
use crate::auth::{AccessKeys, Credentials};
use crate::cli::{Cli, Command as Chosen};
use crate::codearts::Id;
use crate::error::{hint_lines, hints_of};
use crate::model::language::Language;
use crate::model::outcome::Outcome;
use crate::wait::Budget;
use crate::wait::Schedule;
use clap::{CommandFactory as _, FromArgMatches as _};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

const TASK: &str = "2b31ed520aaaaaaebedb6e57aaaaaaaa";

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The error and its hints, one a line.
fn shown(error: &anyhow::Error) -> String {
    format!("{error:#}\n{}", hint_lines(&hints_of(error)))
}

/// Resolves `check ...` as `main` does.
fn check(arguments: &[&str], variables: &[(&str, &str)]) -> Result<(CheckSettings, Connection), String> {
    let mut environment = environment(variables);
    let typed = ["codearts-gate", "check"].iter().chain(arguments).map(OsString::from).collect();
    let typed = tidy(&Cli::command(), typed);
    let merged =
        with_variables(&Cli::command(), typed, &mut environment).map_err(|error| shown(&error.into()))?;
    let matches = Cli::command().try_get_matches_from(merged).map_err(|error| error.to_string())?;
    match Cli::from_arg_matches(&matches).map_err(|error| error.to_string())?.command {
        Chosen::Check(args) => CheckSettings::resolve(*args, &environment).map_err(|error| shown(&error)),
        other => panic!("{other:?}"),
    }
}

const KEYS: [(&str, &str); 3] =
    [("HUAWEICLOUD_SDK_AK", "AK"), ("HUAWEICLOUD_SDK_SK", "SK-canary"), ("CODEARTS_REGION", "cn-north-4")];

fn with_keys<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    KEYS.into_iter().chain(more.iter().copied()).collect()
}

#[test]
fn defaults_are_those_of_the_contract() {
    let (settings, connection) = check(&[TASK], &with_keys(&[])).expect("settings");
    assert_eq!(settings.tasks.len(), 1);
    assert!(!settings.run.start && !settings.json && settings.wants_pdf);
    assert_eq!(settings.run.timeout.time, Duration::from_secs(3600));
    assert_eq!(settings.report.timeout, Duration::from_secs(600));
    assert_eq!(settings.run.schedule, Schedule::Auto(Budget::default()));
    assert_eq!(settings.report.directory, PathBuf::from("codearts-report"));
    assert_eq!(settings.report.language, Language::English);
    assert_eq!(connection.origin.as_str(), "https://codearts-check.cn-north-4.myhuaweicloud.com/");
    assert!(matches!(connection.credentials, Credentials::Keys(..)));
}

#[test]
fn an_option_beats_its_variable_and_an_empty_variable_is_unset() {
    let variables = with_keys(&[
        ("CODEARTS_TIMEOUT", "5m"),
        ("CODEARTS_START", "true"),
        ("CODEARTS_JSON", ""),
        ("CODEARTS_ALLOW", "stopped,report-failed"),
        ("CODEARTS_POLL_INTERVAL", "7s"),
        ("CODEARTS_TASK_ID", "aa, bb,,aa"),
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "acme/widget"),
    ]);
    let (settings, _) = check(&["--timeout", "1h30m"], &variables).expect("settings");
    assert_eq!(settings.run.timeout.time, Duration::from_secs(5400));
    assert!(settings.run.start && !settings.json);
    assert_eq!(settings.allow, [Outcome::Stopped, Outcome::ReportFailed]);
    assert_eq!(settings.run.schedule, Schedule::Fixed(Duration::from_secs(7)));
    let ids: Vec<&str> = settings.tasks.iter().map(Id::as_str).collect();
    assert_eq!(ids, ["aa", "bb"]);
    assert_eq!(settings.report.title, "acme/widget");
}

#[test]
fn what_is_typed_beats_variables_it_excludes() {
    assert!(check(&[TASK, "-q"], &with_keys(&[("CODEARTS_VERBOSE", "true")])).is_ok());
    assert!(check(&[TASK], &with_keys(&[("CODEARTS_VERBOSE", "1"), ("CODEARTS_QUIET", "1")])).is_err());
}

#[test]
fn mistakes_say_what_to_type_instead() {
    let long = "x".repeat(129);
    type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str);
    let cases: [Case<'_>; 18] = [
        (&[], &[], "type `codearts-gate check TASK_ID`"),
        (&["not-an-id"], &[], "an id has up to 32 letters and digits"),
        (&["https://host/x/2b31"], &[], "give only the id"),
        (&[TASK, "--timeout", "0"], &[], "greater than zero"),
        (&[TASK, "--timeout", "0s"], &[], "greater than zero"),
        (&[TASK, "--timeout", "30"], &[], "write a duration such as 90s"),
        (&[TASK, "--timeout", "99999h"], &[], "at most 168h"),
        (&[TASK, "--poll-interval", "fast"], &[], "write a duration"),
        (&[TASK, "--poll-interval", "1ns"], &[], "must be at least 1s"),
        (&[TASK, "--poll-budget", "fast"], &[], "such as 6/min"),
        (&[TASK, "--allow", "usage"], &[], "choose from check-failed"),
        (&[TASK, "--region", "mars-1"], &[], "one of ap-southeast-3"),
        (&[TASK, "--endpoint", "http://example.com"], &[], "use https"),
        (&[TASK, "--report", "pdf,none"], &[], "cannot be combined"),
        (&[TASK, "--report-title", &long], &[], "1 to 128 characters"),
        (&[TASK, "--project-id", "a/b"], &[], "--project-id"),
        (&[TASK, "--ca-file", "/nonexistent/ca.pem"], &[], "could not read `--ca-file"),
        (&[TASK], &[("CODEARTS_START", "maybe")], "set it to true or false"),
    ];
    for (arguments, variables, expected) in cases {
        let error = check(arguments, &with_keys(variables)).expect_err(expected);
        assert!(error.contains(expected), "{arguments:?}: {error}");
        assert!(!error.contains("canary"), "{error}");
    }
    let error = check(&[TASK], &KEYS[..2]).expect_err("no region");
    assert!(error.contains("no region\ngive `--region`"), "{error}");
}

#[test]
fn the_first_complete_set_of_credentials_wins() {
    let kind = |arguments: &[&str], variables: &[(&str, &str)]| {
        let arguments: Vec<&str> =
            [TASK, "--region", "cn-north-4"].iter().chain(arguments).copied().collect();
        check(&arguments, variables).map(|(_, connection)| connection.credentials)
    };
    let all = [
        ("CODEARTS_TOKEN", "tok\n"),
        ("HW_ACCESS_KEY", "AK"),
        ("HW_SECRET_KEY", "SK"),
        ("HW_SECURITY_TOKEN", "ST"),
        ("CODEARTS_IAM_USER", "u"),
        ("CODEARTS_IAM_PASSWORD", "p w"),
        ("CODEARTS_IAM_DOMAIN", "d"),
    ];
    assert!(matches!(kind(&[], &all), Ok(Credentials::Token(_))));
    assert!(matches!(
        kind(&["--auth", "aksk"], &all),
        Ok(Credentials::Keys(AccessKeys { security_token: Some(_), .. }, None))
    ));
    assert!(matches!(kind(&["--auth", "password"], &all), Ok(Credentials::Password(_))));
    assert!(matches!(kind(&[], &all[4..]), Ok(Credentials::Password(_))));
    let partly = [("HW_ACCESS_KEY", "AK"), all[4], all[5], all[6]];
    assert!(matches!(kind(&[], &partly), Ok(Credentials::Password(_))));
    let elsewhere = [all[1], all[2], ("HUAWEICLOUD_SDK_IAM_ENDPOINT", "nonsense://")];
    assert!(matches!(kind(&[], &elsewhere), Ok(Credentials::Keys(..))));
    let refused: [(&[(&str, &str)], &str); 6] = [
        (&[], "no credentials\nprovide CODEARTS_TOKEN"),
        (&[("HUAWEICLOUD_SDK_AK", "AK"), ("HUAWEICLOUD_SDK_SK", " ")], "but HUAWEICLOUD_SDK_SK is not"),
        (&[("CLOUD_SDK_SK", "SK")], "but CLOUD_SDK_AK is not"),
        (&[("CLOUD_SDK_SK", "SK"), all[4]], "but CLOUD_SDK_AK is not"),
        (&all[4..6], "set CODEARTS_IAM_DOMAIN too"),
        (&[("CODEARTS_TOKEN", "tok canary")], "paste it again"),
    ];
    for (variables, expected) in refused {
        let error = kind(&[], variables).expect_err(expected);
        assert!(error.contains(expected) && !error.contains("canary"), "{error}");
    }
}

#[test]
fn the_sdk_override_of_an_endpoint_counts() {
    let variables = with_keys(&[(
        "HUAWEICLOUD_SDK_REGION_CODEARTSCHECK_CN_NORTH_4",
        "https://check.internal:8443,https://second",
    )]);
    let (_, connection) = check(&[TASK], &variables).expect("settings");
    assert_eq!(connection.origin.as_str(), "https://check.internal:8443/");
}
