//! What requests are for, in English.

use crate::messages::attempt::Attempt;

/// What is tried, after "could not".
pub(in crate::messages) fn attempt(attempt: &Attempt) -> String {
    let text = match attempt {
        Attempt::ReachService => "reach CodeArts",
        Attempt::ReadProgress(task) => return format!("read the progress of task {task}"),
        Attempt::ReadLastRuns(task) => return format!("read the latest runs of task {task}"),
        Attempt::StartRun(task) => return format!("start a run of task {task}"),
        Attempt::StopRun(task) => return format!("stop the run of task {task}"),
        Attempt::ReadTaskLog(task) => return format!("read the log of task {task}"),
        Attempt::ListPastRuns(task) => return format!("list the past runs of task {task}"),
        Attempt::ListFindings(task) => return format!("list the findings of task {task}"),
        Attempt::ReadSummary(task) => return format!("read the summary of task {task}"),
        Attempt::ReadTask(task) => return format!("read what task {task} checks"),
        Attempt::ReadLanguages(task) => return format!("read the languages of task {task}"),
        Attempt::ReadSettings(task) => return format!("read the settings of task {task}"),
        Attempt::ListMergeRequestTasks(task) => {
            return format!("list the merge-request tasks below task {task}");
        }
        Attempt::CreateMergeRequestTask(task) => {
            return format!("create a merge-request task below task {task}");
        }
        Attempt::DeleteTask(task) => return format!("delete task {task}"),
        Attempt::ListTasks(project) => return format!("list the tasks of project {project}"),
        Attempt::StartExport(task) => return format!("start the PDF export of task {task}"),
        Attempt::ReadExport(task) => return format!("read the state of the PDF export of task {task}"),
        Attempt::DownloadPdf(task) => return format!("download the PDF of task {task}"),
        Attempt::DownloadPdfFrom(task, host) => {
            return format!("download the PDF of task {task} from {host}");
        }
        Attempt::ReadJob(job) => return format!("read the status of job {job}"),
        Attempt::ReadLatestBuild(job) => return format!("read the latest build of job {job}"),
        Attempt::StartBuild(job) => return format!("start a build of job {job}"),
        Attempt::ReadBuild(build) => return format!("read the state of build {}", of(build)),
        Attempt::StopBuild(build) => return format!("stop build {}", of(build)),
        Attempt::ReadBuildSteps(build) => return format!("read the steps of build {}", of(build)),
        Attempt::ReadBuildPackages(build) => return format!("read the packages of build {}", of(build)),
        Attempt::ReadBuildParameters(build) => return format!("read the parameters of build {}", of(build)),
        Attempt::ReadBuildRecord(build) => return format!("read the record of build {}", of(build)),
        Attempt::ReadBuildLog(build) => return format!("read the log of build {}", of(build)),
        Attempt::LogInWithPassword => "log in to IAM with CODEARTS_IAM_USER",
        Attempt::LogInWithIdToken => "log in with an id token",
        Attempt::ExchangeIdToken => "log in to IAM with an id token",
        Attempt::AssumeAgency => "assume the agency with an id token",
        Attempt::GetIdToken => "get an id token from GitHub",
        Attempt::ReachMetadata => "reach the metadata of this machine",
        Attempt::GetMetadataToken => "get a token for the metadata",
        Attempt::ReadServerKeys => "read the keys of this server's agency",
        Attempt::GetPodKeys => "get the keys of this pod",
        Attempt::ReadTokenOwner => "find out whose token this is",
        Attempt::ReadComments => "read the comments of the pull request",
        Attempt::WriteComment => "write the comment",
        Attempt::EditComment => "edit the comment",
        Attempt::RemoveComment => "remove a duplicate comment of codearts-gate",
        Attempt::ReadInlineComments => "read the comments in the diff",
        Attempt::WriteInlineComments => "write comments in the diff",
        Attempt::EditInlineComment => "edit a comment in the diff",
        Attempt::RemoveInlineComment => "remove a comment in the diff",
        Attempt::UploadFindings => "upload the findings",
        Attempt::ReadUpload => "read the state of the upload of findings",
        Attempt::FindPullRequest => "find the pull request of this commit",
        Attempt::ReadPullRequest => "read the pull request",
        Attempt::ReadChangedFiles => "read the changed files of the pull request",
        Attempt::ReadMergeRequest => "read the merge request",
        Attempt::ReadVersions => "read the versions of the merge request",
        Attempt::ReadChanges => "read the changes of the merge request",
        Attempt::CreateCheckRun => "create the check run",
        Attempt::FindCheckRun => "find the check run",
        Attempt::AddAnnotations => "add annotations to the check run",
        Attempt::CountAnnotations => "count the annotations",
        Attempt::ReadNotes => "read the notes of the merge request",
        Attempt::WriteNote => "write the note",
        Attempt::EditNote => "edit the note",
        Attempt::RemoveNote => "remove a duplicate note of codearts-gate",
        Attempt::FindMergeRequestOfCommit => "find the merge request of the commit",
        Attempt::FindRepository => "find the repository in its CodeArts project",
        Attempt::ResolveDiscussion => "resolve or reopen the discussion",
        Attempt::FindMergeRequestOfBranch => "find the merge request of the branch",
        Attempt::SetStatus => "set the status of the commit",
        Attempt::UploadPdf => "upload the PDF",
        Attempt::CreateArtifact => "create the artifact",
        Attempt::RemoveArtifact => "remove the earlier artifact",
        Attempt::ListArtifacts => "list the artifacts of this run",
        Attempt::UploadArtifact => "upload the file",
        Attempt::FinishArtifact => "finish the artifact",
    };
    text.to_owned()
}

fn of(build: &crate::messages::attempt::Build) -> String {
    format!("{} of job {}", build.number, build.job)
}
