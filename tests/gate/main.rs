//! Ring 2: the real binary over real sockets, against the sandbox and its scripted faults.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::type_complexity,
    missing_docs,
    reason = "a test may fail with a word, and its cases are tables"
)]

mod build {
    mod lost_start;
    mod results;
}
mod chaos;
mod check {
    mod batch;
    mod histories;
    mod other_runs;
    mod status;
    mod which_run;
}
mod codearts_repo;
mod commands;
mod docs;
mod findings {
    mod baseline;
    mod complete;
    mod lists;
    pub(crate) mod rows;
    mod scope;
}
mod gitea {
    mod comment;
    mod job;
    mod mode;
    mod reading;
}
mod gitee {
    mod comment;
    mod mode;
    mod reading;
}
mod github {
    mod artifact;
    mod check_run;
    mod ending;
    mod event;
    mod findings;
    mod job;
    mod paths;
    mod pull_request;
    mod reading;
    mod refusals;
    mod targets;
}
mod gitlab {
    mod files;
    mod job;
    mod merge_request;
    mod reading;
    mod refusals;
    mod wait;
}
mod input {
    mod config;
    mod config_tasks;
    mod encodings;
    mod mistakes;
    mod usage;
}
mod init;
mod jenkins;
mod kit;
mod login {
    mod credentials;
    mod job;
    mod keyless;
    mod machines;
    mod profile_files;
    mod sessions;
}
mod network {
    mod foreign_answers;
    mod proxy;
    mod retries;
    mod single_use;
}
mod output {
    mod blocked_pipes;
    mod cancelled_pages;
    mod echoed_secrets;
    mod one_outcome;
    mod report_directory;
    mod streams;
    #[cfg(unix)]
    mod terminal;
    mod worst_findings;
}
mod pdf {
    mod download;
    mod export;
}
mod publishing {
    mod comment;
    mod cost;
    #[cfg(unix)]
    mod cut_off;
    mod faults;
    mod in_diff;
    pub(crate) mod place;
    mod review;
    mod review_traps;
}
mod quality_gate {
    mod answers;
    mod counts;
    mod next_run;
    mod thresholds;
}
mod merge_request_tasks;
mod pull_request;
mod signals;
mod snapshot;
mod start;
mod task_search;
mod tasks;
mod words;
