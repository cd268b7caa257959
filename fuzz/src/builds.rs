//! Answers of CodeArts Build.

use crate::codearts::{broken_off, call};
use crate::promise;
use crate::wire::document;
use codearts_gate::codearts::build_log::BuildLog;
use codearts_gate::codearts::build_start::{BuildRequest, Revision, StartError};
use codearts_gate::codearts::builds::{BuildState, Sources};
use codearts_gate::codearts::start_once::StartLimits;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// How a build stands.
pub fn build_state(input: &[u8]) {
    let answer =
        call(input, async |wire, _| wire.service.build_state(&wire.id, 12, &mut Sources::default()).await);
    match answer {
        Some(BuildState::Succeeded) => {
            if let Some(body) = document(input) {
                assert!(has_word(&body, &["success", "blue"]), "{body}");
            }
        }
        Some(BuildState::Unknown(word)) => promise::line(&word, 40),
        Some(BuildState::Running | BuildState::Failed | BuildState::Stopped) | None => {}
    }
}

fn has_word(value: &Value, words: &[&str]) -> bool {
    match value {
        Value::String(text) => words.contains(&text.to_lowercase().as_str()),
        Value::Array(list) => list.iter().any(|value| has_word(value, words)),
        Value::Object(fields) => fields.values().any(|value| has_word(value, words)),
        _ => false,
    }
}

/// Whether a job runs, and its latest build.
pub fn build_job(input: &[u8]) {
    call(input, async |wire, deadline| wire.service.is_job_running(&wire.id, deadline).await);
    let latest = call(input, async |wire, deadline| wire.service.latest_build_by(&wire.id, deadline).await);
    assert_ne!(latest.flatten(), Some(0));
}

/// A build that is started, and is looked for where the answer does not name it.
pub fn build_start(input: &[u8]) {
    let cancel = CancellationToken::new();
    let request = BuildRequest {
        parameters: vec![("mode".to_owned(), "full".to_owned())],
        revision: Some(Revision::Branch("main".to_owned())),
    };
    call(input, async |wire, deadline| {
        let limits = StartLimits { deadline, cancel: &cancel };
        match wire.service.start_build(&wire.id, &request, &limits).await {
            Ok(started) => {
                assert!(started.number > 0);
                Ok(())
            }
            Err(StartError::NotStarted(error) | StartError::Perhaps { error, .. }) => Err(error),
            // In time, it would have come to something.
            Err(StartError::BrokenOff { .. }) => Err(broken_off()),
        }
    });
}

/// Why a build failed, and what it made.
pub fn build_results(input: &[u8]) {
    let steps =
        call(input, async |wire, deadline| wire.service.failing_build_steps(&wire.id, 12, deadline).await);
    steps.unwrap_or_default().iter().for_each(|step| promise::line(step, 500));
    let packages =
        call(input, async |wire, deadline| wire.service.build_packages(&wire.id, 12, deadline).await);
    let packages = packages.unwrap_or_default();
    assert!(packages.len() <= 100);
    for package in packages {
        [package.name, package.version, package.kind, package.uri]
            .iter()
            .for_each(|text| promise::line(text, 500));
    }
}

/// The log of a build, piece by piece.
pub fn build_log(input: &[u8]) {
    call(input, async |wire, deadline| {
        let mut log = BuildLog::new(&wire.service, &wire.id, 12);
        let mut shown = Vec::new();
        let mut note = |line: &str| shown.push(line.to_owned());
        let result = log.read(true, deadline, &mut note).await;
        let tail = log.finish(&mut note);
        assert!(tail.len() <= 30);
        assert!(shown.ends_with(&tail), "{tail:?} is not the end of {shown:?}");
        shown.iter().for_each(|line| promise::line(line, 8 * 1024));
        result
    });
}
