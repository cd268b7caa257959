//! How a build was started, according to its record (page `build`, sections 2 and 6), and whether that shows by whom.

use super::build_start::{BuildRequest, Revision};
use super::builds::{Sources, shown};
use super::id::Id;
use super::service::{Service, get};
use super::wire::{HistoryDetails, RecordEntry, RecordInfo};
use crate::http::error::CallError;
use crate::http::{field, lenient};
use crate::messages::{Attempt, ServiceMessage};
use std::ops::RangeInclusive;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// A build that has just begun may be unknown for this long.
const UNKNOWN_LIMIT: Duration = Duration::from_secs(30);
/// Pause between two looks at one that is not known yet.
const LOOK_PAUSE: Duration = Duration::from_secs(2);
/// More new builds than these are not compared: reading their records would take too long.
const CANDIDATES_LIMIT: u64 = 5;
/// Shortest commit id that identifies a commit.
const COMMIT_LENGTH: usize = 7;

/// How a build was started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Record {
    /// Parameters by name.
    parameters: Vec<(String, String)>,
    branch: Option<String>,
    tag: Option<String>,
    commit: Option<String>,
}

impl Record {
    /// Of `history-details` and `record-info`; empty ones for what was not asked for.
    fn read(details: HistoryDetails, info: RecordEntry) -> Self {
        let parameters = details.parameters.into_iter();
        Self {
            parameters: parameters
                .map(|(name, value)| (name, lenient::text(&value).unwrap_or_default().into_owned()))
                .collect(),
            branch: info.branch,
            tag: info.tag,
            commit: info.commit,
        }
    }

    /// Whether the build was started with all that is asked for, as far as that is shown. Where nothing is asked for, nothing
    /// shows it.
    fn fits(&self, request: &BuildRequest) -> bool {
        let is_revision = match &request.revision {
            None => true,
            Some(Revision::Branch(branch)) => self.branch.as_deref() == Some(branch),
            Some(Revision::Tag(tag)) => self.tag.as_deref() == Some(tag),
            Some(Revision::Commit(commit)) => self.commit.as_deref().is_some_and(|known| {
                let (known, commit) = (known.to_ascii_lowercase(), commit.to_ascii_lowercase());
                known == commit || commit.len() >= COMMIT_LENGTH && known.starts_with(&commit)
            }),
        };
        let mut shown = usize::from(request.revision.is_some());
        let fits_parameter = |(name, value): &(String, String)| {
            let Some((_, known)) = self.parameters.iter().find(|(known, _)| known == name) else {
                return false;
            };
            if is_masked(known) {
                return true;
            }
            shown += 1;
            known == value.trim()
        };
        is_revision && request.parameters.iter().all(fits_parameter) && shown > 0
    }
}

/// Secret values are shown as asterisks.
fn is_masked(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte == b'*')
}

impl Service {
    /// The one build among `numbers` whose record shows that it was started with this input. It shows nothing where the build before
    /// was started with the same.
    pub(super) async fn find_build_of(
        &self,
        job: &Id,
        request: &BuildRequest,
        numbers: RangeInclusive<u64>,
        deadline: Instant,
    ) -> Option<u64> {
        let (first, last) = (*numbers.start(), *numbers.end());
        if *request == BuildRequest::default() || last - first >= CANDIDATES_LIMIT {
            return None;
        }
        if first > 1 {
            match self.build_record(job, first - 1, request, deadline).await {
                Ok(record) if !record.fits(request) => {}
                Ok(_) => return None,
                Err(error) => {
                    tracing::info!("{}", error.brief());
                    return None;
                }
            }
        }
        let mut found = None;
        for number in numbers {
            match self.new_build_record(job, number, request, deadline).await {
                Ok(record) if !record.fits(request) => {}
                Ok(_) if found.is_none() => found = Some(number),
                Ok(_) => return None,
                Err(error) => {
                    tracing::info!("{}", error.brief());
                    return None;
                }
            }
        }
        found
    }

    /// The record of a build that may not be known yet.
    async fn new_build_record(
        &self,
        job: &Id,
        number: u64,
        request: &BuildRequest,
        deadline: Instant,
    ) -> Result<Record, CallError> {
        let limit = deadline.min(Instant::now() + UNKNOWN_LIMIT);
        loop {
            match self.build_record(job, number, request, deadline).await {
                Err(error) if error.may_lack_call() && Instant::now() < limit => {
                    sleep(self.backoff().cap(LOOK_PAUSE)).await;
                }
                result => return result,
            }
        }
    }

    /// As much of the record of a build as is needed to compare it with the request.
    async fn build_record(
        &self,
        job: &Id,
        number: u64,
        request: &BuildRequest,
        deadline: Instant,
    ) -> Result<Record, CallError> {
        let mut details = HistoryDetails::default();
        if !request.parameters.is_empty() {
            let call = get(
                Attempt::ReadBuildParameters(shown(job, number)),
                format!("/v3/jobs/{job}/{number}/history-details"),
                &["parameters", "build_steps"],
            );
            details = field::read(&self.call(&call, deadline).await?);
            if is_about_another(details.build_number, number) {
                return Err(self.unreadable(&call, ServiceMessage::OtherBuild));
            }
        }
        let mut info = RecordEntry::default();
        if request.revision.is_some() {
            let mut sources = Sources::default();
            info = self.until(deadline, async || self.record_info(job, number, &mut sources).await).await?;
        }
        Ok(Record::read(details, info))
    }

    /// The content of `record-info`, of which there are three generations.
    pub(super) async fn record_info(
        &self,
        job: &Id,
        build_no: u64,
        sources: &mut Sources,
    ) -> Result<RecordEntry, CallError> {
        let paths = [
            format!("/v1/record/{job}/{build_no}/record-info"),
            format!("/v4/jobs/{job}/{build_no}/record-info"),
            format!("/v3/jobs/{job}/{build_no}/record-info"),
        ];
        let mut first = None;
        for (position, path) in paths.into_iter().enumerate() {
            if sources.record.is_some_and(|known| known != position) {
                continue;
            }
            let attempt = Attempt::ReadBuildRecord(shown(job, build_no));
            let call = get(attempt, path, &["result"]);
            match self.attempt(&call).await {
                Ok(body) => {
                    sources.record = Some(position);
                    let record = field::read::<RecordInfo>(&body).result;
                    if [record.build_no, record.build_no_camel]
                        .iter()
                        .any(|named| is_about_another(*named, build_no))
                    {
                        return Err(self.unreadable(&call, ServiceMessage::OtherBuild));
                    }
                    return Ok(record);
                }
                Err(error) if error.may_lack_call() => first = first.or(Some(error)),
                Err(error) => return Err(error),
            }
        }
        match first {
            Some(error) => Err(error),
            None => Ok(RecordEntry::default()),
        }
    }
}

/// Whether an answer names another build than the one that was asked for.
fn is_about_another(named: Option<u64>, asked: u64) -> bool {
    named.is_some_and(|named| named > 0 && named != asked)
}

#[cfg(test)]
mod tests {
    use super::super::example::example;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_examples_are_read() {
        let details = example("build_history_details.json");
        let info = example("build_record_info_v4.json");
        let info = field::read::<RecordInfo>(&info).result;
        let record = Record::read(field::read(&details), info);
        assert_eq!(record.parameters, pairs(&[("name_1", "value_1"), ("secret_1", "******")]));
        assert_eq!(
            (record.branch.as_deref(), record.tag, record.commit),
            (Some("buildflow_env"), None, None)
        );
        assert_eq!(Record::read(HistoryDetails::default(), RecordEntry::default()), Record::default());
    }

    #[test]
    fn what_a_record_shows() {
        let commit = "e980b883c1590363818225ec649d7cf161f0d49c";
        let details = json!({"parameters": {"id": 7, "key": "***", "empty": ""}});
        let record = Record::read(
            field::read(&details),
            field::read(&json!({"branch": "main", "tag": "v1", "commit": commit})),
        );
        let branch = |name: &str| Some(Revision::Branch(name.to_owned()));
        let cases = [
            (pairs(&[]), None, false),
            (pairs(&[("id", "7")]), None, true),
            (pairs(&[("id", "8")]), None, false),
            (pairs(&[("ID", "7")]), None, false),
            (pairs(&[("key", "x")]), None, false),
            (pairs(&[("key", "x"), ("id", "7")]), None, true),
            (pairs(&[("key", "x")]), branch("main"), true),
            (pairs(&[("empty", "")]), None, true),
            (pairs(&[("empty", "x"), ("id", "7")]), None, false),
            (pairs(&[]), branch("main"), true),
            (pairs(&[]), branch("Main"), false),
            (pairs(&[("id", "8")]), branch("main"), false),
            (pairs(&[]), Some(Revision::Tag("v1".to_owned())), true),
            (pairs(&[]), Some(Revision::Tag("v".to_owned())), false),
            (pairs(&[]), Some(Revision::Commit(commit.to_owned())), true),
            (pairs(&[]), Some(Revision::Commit("E980B88".to_owned())), true),
            (pairs(&[]), Some(Revision::Commit("e980".to_owned())), false),
            (pairs(&[]), Some(Revision::Commit("f980b88".to_owned())), false),
        ];
        for (parameters, revision, expected) in cases {
            let request = BuildRequest { parameters, revision };
            assert_eq!(record.fits(&request), expected, "{request:?}");
            assert!(!Record::default().fits(&request), "{request:?}");
        }
    }

    proptest! {
        /// A parameter with another value never fits, whatever else does.
        #[test]
        fn another_value_never_fits(
            values in prop::collection::btree_map("[a-z]{1,4}", "[a-z0-9]{1,4}", 1..5), which in 0..5_usize,
        ) {
            let all: Vec<(String, String)> = values.into_iter().collect();
            let request = BuildRequest { parameters: all.clone(), revision: None };
            let mut record = Record { parameters: all, ..Record::default() };
            prop_assert!(record.fits(&request));
            let which = which % record.parameters.len();
            record.parameters[which].1.push('x');
            prop_assert!(!record.fits(&request));
            record.parameters.remove(which);
            prop_assert!(!record.fits(&request));
        }
    }
}
