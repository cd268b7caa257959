//! What the fuzz targets do: each takes the bytes of an input, and panics where the gate breaks a promise.
//!
//! Decoders of outside bytes, behind the calls that get them:
//! - [`codearts`], [`exports`], [`builds`]: the service's answers. [`logins`]: IAM, STS, metadata, id tokens.
//! - [`forges`]: pull requests, changed lines and comments. [`files`]: baselines, events, configuration, scenarios.
//! - [`hosts`]: what GitHub's store of artifacts answers. [`diffs`]: unified diffs. [`headers`]: `Retry-After` and the variables of proxies.
//!
//! Cores with an oracle: [`signing`] (a second implementation), [`markup`], [`lists`], [`runners`] and [`hosts`] (a parser
//! of each format), [`git`].
//!
//! Below them: [`wire`] answers requests from memory, [`memory`] counts what an input takes, [`chance`] makes each run the same,
//! [`promise`] says what holds for everything that is read, [`page`] makes the results that are written.

mod builds;
mod chance;
mod codearts;
mod diffs;
mod exports;
mod files;
mod forges;
mod git;
mod headers;
mod hosts;
mod lists;
mod logins;
mod markup;
mod memory;
mod page;
mod promise;
mod runners;
mod signing;
mod wire;

/// What a target does with an input.
pub type Target = fn(&[u8]);

/// Makes the table of targets: each has the name of its function.
macro_rules! targets {
    ($($module:ident: $($name:ident)*;)*) => {
        /// All targets, by name.
        pub const TARGETS: &[(&str, Target)] = &[$($((stringify!($name), $module::$name),)*)*];
    };
}

targets! {
    codearts: progress last_runs past_runs summary findings check_log task_list task_info merge_request_tasks start_run create_task;
    exports: pdf_job pdf_file;
    builds: build_state build_job build_start build_results build_log;
    logins: iam_token sts_keys metadata_keys id_token_answer id_token;
    forges: pull_request_github pull_request_gitlab pull_request_gitea pull_request_gitee pull_request_gitcode pull_request_codearts comments_github comments_gitlab comments_gitea comments_gitee comments_gitcode comments_codearts;
    files: baseline run_file scenario configuration event_github event_gitea event_gitcode event_codearts ci_variables;
    diffs: diff file_patch;
    headers: retry_after proxy;
    signing: signing;
    markup: markdown html page_html page_markdown page_junit;
    lists: list_xml list_json list_csv;
    runners: workflow_command redaction;
    hosts: outputs links_gitlab log_section kept_file artifact_github;
    git: diff_git;
}
