//! What a job of CodeArts Build does.

use super::duration::duration;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

/// How one job of CodeArts Build behaves.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobScript {
    /// Builds before the sandbox began, all good.
    pub before: u32,
    /// How some of them were started, by number.
    pub records: BTreeMap<u64, RecordScript>,
    /// Whether the latest of them is still being made.
    pub is_building: bool,
    /// How long a build takes.
    #[serde(deserialize_with = "duration")]
    pub duration: Duration,
    /// The poll of its state, counted from 1, at which a build has ended; `duration` does not count then.
    pub polls: Option<u32>,
    /// The word for its end.
    pub result: Value,
    /// The same in `build-info`, where it is another.
    pub info_result: Option<Value>,
    /// The same in `record-info`, where it is another.
    pub record_result: Option<Value>,
    /// The word of `record-info` for a build that is not over.
    pub running_word: Value,
    /// How long nobody knows a build that was started.
    #[serde(deserialize_with = "duration")]
    pub hidden_for: Duration,
    /// How many calls about a build that was started do not know it yet.
    pub hidden_calls: u32,
    /// Whether `build-info` exists.
    pub has_build_info: bool,
    /// Which generations of `record-info` exist: `record`, `record-v4`, `record-v3`.
    pub record_info: Vec<String>,
    /// Whether `running-status` exists.
    pub has_running_status: bool,
    /// Lines of the log.
    pub log_lines: u32,
}

impl Default for JobScript {
    fn default() -> Self {
        Self {
            before: 0,
            records: BTreeMap::new(),
            is_building: false,
            duration: Duration::from_secs(3),
            polls: None,
            result: Value::from("SUCCESS"),
            info_result: None,
            record_result: None,
            running_word: Value::from("RUNNING"),
            hidden_for: Duration::ZERO,
            hidden_calls: 0,
            has_build_info: true,
            record_info: ["record", "record-v4", "record-v3"].map(str::to_owned).into(),
            has_running_status: true,
            log_lines: 40,
        }
    }
}

/// How a build was started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecordScript {
    /// Parameters by name.
    pub parameters: BTreeMap<String, String>,
    /// Branch; `main` where there is no tag and no commit either.
    pub branch: Option<String>,
    /// Tag.
    pub tag: Option<String>,
    /// Commit.
    pub commit: Option<String>,
}
