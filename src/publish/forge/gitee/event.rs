//! What the event of a job of GitCode Actions is about (`ci/forges-cn`, section 2.5).

use super::dialect::number;
use crate::ci::gitee::Repository;
use crate::ci::is_commit;
use crate::error::Problem;
use crate::log_problem;
use crate::messages::GiteeMessage;
use serde_json::Value;
use std::path::Path;

/// Largest event file that is read, in bytes.
const EVENT_LIMIT: u64 = 32 * 1024 * 1024;

/// The pull request of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Its number.
    pub(super) number: Option<u64>,
    /// The latest commit of its source branch when the job began.
    pub(super) head: Option<String>,
    /// Whether it comes from another repository.
    pub(super) is_from_fork: Option<bool>,
}

/// What the job knows about its pull request: from its event, else from its variables.
pub(super) fn known(job: &Repository) -> Known {
    let (known, problem) = read_known(job);
    if let Some(problem) = problem {
        log_problem!(warn, problem);
    }
    known
}

/// As [`known`], with what there is to warn of.
pub(super) fn read_known(job: &Repository) -> (Known, Option<Problem>) {
    let of_variables = Known { number: job.number, head: job.head.clone(), is_from_fork: None };
    let Some(path) = &job.event_path else { return (of_variables, None) };
    match read(path) {
        Ok(event) => {
            let found = Some(in_event(&event)).filter(|known| known.number.is_some());
            (found.unwrap_or(of_variables), None)
        }
        Err(problem) => (of_variables, Some(problem)),
    }
}

/// The pages call it both ways.
fn in_event(event: &Value) -> Known {
    let found = ["pull_request", "pr"].into_iter().map(|name| &event[name]);
    let Some(found) = found.into_iter().find(|found| number(&found["number"]).is_some()) else {
        return Known::default();
    };
    let repository = |side: &str| found[side]["repo"]["full_name"].as_str();
    let head = found["head"]["sha"].as_str().filter(|sha| is_commit(sha));
    Known {
        number: number(&found["number"]),
        head: head.map(str::to_owned),
        is_from_fork: repository("head").zip(repository("base")).map(|(head, base)| head != base),
    }
}

fn read(file: &Path) -> Result<Value, Problem> {
    let not_read = GiteeMessage::EventNotRead { path: file.display().to_string() };
    let bytes = crate::file::read(file, EVENT_LIMIT)
        .map_err(|error| crate::file::not_read(not_read.clone(), &error))?;
    serde_json::from_slice(crate::text::without_mark(&bytes))
        .map_err(|error| Problem::new(not_read).because(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_spellings_of_an_event() {
        let head = "2".repeat(40);
        let side = |name: &str| json!({"sha": head, "repo": {"full_name": name}});
        let known = |is_from_fork| Known { number: Some(12), head: Some(head.clone()), is_from_fork };
        let cases = [
            (
                json!({"pull_request": {"number": 12, "head": side("acme/widget"), "base": side("acme/widget")}}),
                known(Some(false)),
            ),
            (
                json!({"pr": {"number": "12", "head": side("outsider/widget"), "base": side("acme/widget")}}),
                known(Some(true)),
            ),
            (json!({"pull_request": null, "pr": {"number": 12, "head": {"sha": head}}}), known(None)),
            (json!({"pull_request": {"number": "../12"}}), Known::default()),
            (
                json!({"pull_request": {"number": 12, "head": {"sha": "../user"}}}),
                Known { number: Some(12), ..Known::default() },
            ),
            (json!([]), Known::default()),
        ];
        for (event, expected) in cases {
            assert_eq!(in_event(&event), expected, "{event}");
        }
    }
}
