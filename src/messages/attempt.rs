//! What a request is for.

/// What is tried; its words follow "could not". Tasks and jobs are named by the beginning of their id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub enum Attempt {
    /// See whether CodeArts answers.
    ReachService,
    /// Read the progress of a task.
    ReadProgress(String),
    /// Read the latest runs of a task.
    ReadLastRuns(String),
    /// Start a run of a task.
    StartRun(String),
    /// Stop the run of a task.
    StopRun(String),
    /// Read the log of a task.
    ReadTaskLog(String),
    /// List the past runs of a task.
    ListPastRuns(String),
    /// List the findings of a task.
    ListFindings(String),
    /// Read the summary of a task.
    ReadSummary(String),
    /// Read what a task checks.
    ReadTask(String),
    /// Read which languages a task checks.
    ReadLanguages(String),
    /// Read the settings of a task.
    ReadSettings(String),
    /// List the merge-request tasks below a task.
    ListMergeRequestTasks(String),
    /// Create a merge-request task below a task.
    CreateMergeRequestTask(String),
    /// Delete a task.
    DeleteTask(String),
    /// List the tasks of a project.
    ListTasks(String),
    /// Start the PDF export of a task.
    StartExport(String),
    /// Read the state of the PDF export of a task.
    ReadExport(String),
    /// Download the PDF of a task.
    DownloadPdf(String),
    /// Download the PDF of a task from object storage on this host.
    DownloadPdfFrom(String, String),
    /// Read the status of a job.
    ReadJob(String),
    /// Read the latest build of a job.
    ReadLatestBuild(String),
    /// Start a build of a job.
    StartBuild(String),
    /// Read the state of a build.
    ReadBuild(Build),
    /// Stop a build.
    StopBuild(Build),
    /// Read the steps of a build.
    ReadBuildSteps(Build),
    /// Read the packages of a build.
    ReadBuildPackages(Build),
    /// Read the parameters of a build.
    ReadBuildParameters(Build),
    /// Read the record of a build.
    ReadBuildRecord(Build),
    /// Read the log of a build.
    ReadBuildLog(Build),

    /// Log in to IAM with a password.
    LogInWithPassword,
    /// Log in with an id token.
    LogInWithIdToken,
    /// Exchange an id token for a token of IAM.
    ExchangeIdToken,
    /// Assume an agency with an id token.
    AssumeAgency,
    /// Get an id token from GitHub.
    GetIdToken,
    /// Reach the metadata of this machine.
    ReachMetadata,
    /// Get a token for the metadata.
    GetMetadataToken,
    /// Read the keys of this server's agency.
    ReadServerKeys,
    /// Get the keys of this pod.
    GetPodKeys,

    /// Find out whose token this is.
    ReadTokenOwner,
    /// Read the comments of the pull request.
    ReadComments,
    /// Write the comment.
    WriteComment,
    /// Edit the comment.
    EditComment,
    /// Remove a second comment of codearts-gate.
    RemoveComment,
    /// Read the comments in the diff.
    ReadInlineComments,
    /// Write comments in the diff.
    WriteInlineComments,
    /// Edit a comment in the diff.
    EditInlineComment,
    /// Remove a comment in the diff.
    RemoveInlineComment,
    /// Upload the findings.
    UploadFindings,
    /// Read the state of the upload of findings.
    ReadUpload,
    /// Find the pull request of this commit.
    FindPullRequest,
    /// Read the pull request.
    ReadPullRequest,
    /// Read the changed files of the pull request.
    ReadChangedFiles,
    /// Read the merge request.
    ReadMergeRequest,
    /// Read the versions of the merge request.
    ReadVersions,
    /// Read the changes of the merge request.
    ReadChanges,
    /// Create the check run.
    CreateCheckRun,
    /// Find the check run.
    FindCheckRun,
    /// Add annotations to the check run.
    AddAnnotations,
    /// Count the annotations.
    CountAnnotations,
    /// Read the notes of the merge request.
    ReadNotes,
    /// Write the note.
    WriteNote,
    /// Edit the note.
    EditNote,
    /// Remove a second note of codearts-gate.
    RemoveNote,
    /// Find the merge request of the commit.
    FindMergeRequestOfCommit,
    /// Find the merge request of the branch.
    FindMergeRequestOfBranch,
    /// Find the repository in its project.
    FindRepository,
    /// Resolve the discussion, or open it again.
    ResolveDiscussion,
    /// Set the status of the commit.
    SetStatus,
    /// Upload the PDF.
    UploadPdf,
    /// Create the artifact.
    CreateArtifact,
    /// Remove the earlier artifact.
    RemoveArtifact,
    /// List the artifacts of this run.
    ListArtifacts,
    /// Upload the file of the artifact.
    UploadArtifact,
    /// Finish the artifact.
    FinishArtifact,
}

/// A build of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, macro_rules_attribute::derive(Example!))]
pub struct Build {
    /// The beginning of the job's id.
    pub job: String,
    /// Its number.
    pub number: u64,
}
