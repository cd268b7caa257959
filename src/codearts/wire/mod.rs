//! The answers of the service as they are sent, one struct each, read leniently: the pages contradict each other about forms and
//! names (`quirks`).

mod builds;
mod exports;
mod findings;
mod results;
mod task_info;
mod tasks;

pub(super) use builds::{
    BuildInfo, BuildStarted, HistoryDetails, JobStatus, LogContent, LogPiece, OutputInfo, PackageEntry,
    RecordEntry, RecordInfo, RunningStatus,
};
pub(super) use exports::{ExportProgress, ExportStarted, ExportStatus};
pub(super) use findings::{DefectRow, EventRow, FindingsPage, FragmentRow};
pub(super) use results::{
    CheckRecords, GateFields, IssueCounts, OlderCounts, PastRunRow, SummaryAnswer, SummaryInfo, SummaryResult,
};
pub(super) use task_info::{
    BranchTasksAnswer, CodeFields, MergeRequestConfig, RuleSetRow, RuleSetsAnswer, SettingsAnswer,
    TaskCreated, TaskCreation, TaskInfoAnswer, TaskRow, TasksAnswer,
};
pub(super) use tasks::{LastJobsAnswer, LogDetail, ProgressAnswer, RunStarted, StartedIds};
