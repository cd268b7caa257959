//! What `doctor` tests, in English.

use super::parts::inner;
use super::review::pull_request;
use crate::messages::doctor::{DoctorHint, DoctorLabel, DoctorMessage, Surroundings, Tested, Untested};
use crate::messages::finish::JobKind;
use crate::messages::shown::name;
use crate::model::language::Language;
use crate::text::{count, duration};

/// How a line begins.
pub(in crate::messages) fn doctor_label(label: &DoctorLabel) -> String {
    match label {
        DoctorLabel::Good(what) => format!("ok: {}", tested(*what)),
        DoctorLabel::Note(what) => format!("note: {}", tested(*what)),
        DoctorLabel::Bad(what) => tested(*what),
    }
}

fn tested(what: Tested) -> String {
    match what {
        Tested::Target(name) => return format!("publishing, {name}"),
        Tested::Permission(name) => name,
        Tested::Environment => "environment",
        Tested::Proxy => "proxy",
        Tested::ReportDirectory => "report directory",
        Tested::Publishing => "publishing",
        Tested::Task => "task",
        Tested::Configuration => "configuration",
        Tested::HttpClient => "HTTP client",
        Tested::Credentials => "credentials",
        Tested::Endpoint => "endpoint",
        Tested::Clock => "clock",
        Tested::Login => "login",
        Tested::Permissions => "permissions",
        Tested::PullRequest => "pull request",
        Tested::ChangedFiles => "changed files",
        Tested::FullTask => "full task",
        Tested::Project => "project",
        Tested::MergeRequestTasks => "merge-request tasks",
        Tested::Languages => "languages",
        Tested::ServiceEndpoint => "service endpoint",
        Tested::QualityGate => "quality gate",
        Tested::Policy => "smallest IAM policy",
        Tested::Job => "job",
        Tested::LatestBuild => "latest build",
        Tested::BuildStatus => "build status",
        Tested::BuildLog => "build log",
        Tested::BuildSteps => "build steps",
        Tested::BuildPackages => "build packages",
        Tested::StartAndStop => "start and stop",
    }
    .to_owned()
}

/// What a test found.
pub(in crate::messages) fn doctor(message: &DoctorMessage) -> String {
    match message {
        DoctorMessage::Environment { ci, repository } => {
            let ci = match ci {
                Surroundings::Ci(name) => name,
                Surroundings::UnknownCi => "an unknown CI",
                Surroundings::NoCi => "no CI",
            };
            format!("{ci}, {}", repository.as_deref().unwrap_or("no repository name"))
        }
        DoctorMessage::ProxyUsed(proxy) => format!("{proxy} is used for every https host outside NO_PROXY"),
        DoctorMessage::DirectoryWritable(path) => format!("`{path}` is writable"),
        DoctorMessage::NothingPublished(why) => format!("nothing is published from here: {}", inner(why)),
        DoctorMessage::NotTested(why) => format!("not tested, because {}", untested(*why)),
        DoctorMessage::EndpointAnswers { origin, family } => {
            format!("{origin} answers ({})", family.text(Language::English))
        }
        DoctorMessage::ClockMatches => "matches the clock of the service".to_owned(),
        DoctorMessage::ClockOff { off, is_behind } => {
            let direction = if *is_behind { "behind" } else { "ahead of" };
            let off = duration(*off);
            format!("{off} {direction} the clock of the service; request signatures are corrected for it")
        }
        DoctorMessage::LoggedIn => "the credentials were exchanged for a session".to_owned(),
        DoctorMessage::TaskRead { task, status } => {
            let status =
                status.map_or_else(|| "no status yet".to_owned(), |status| format!("status {status}"));
            format!("task {task} can be read, {status}")
        }
        DoctorMessage::ReportRead => "results and the PDF report can be read".to_owned(),
        DoctorMessage::OnlyForStart(kind) => {
            let started = match kind {
                JobKind::Task => "run",
                JobKind::Build => "build",
            };
            format!("needed only for `--start`, and cannot be tested without starting a {started}")
        }
        DoctorMessage::OnlyForRun => {
            "needed to run a merge-request task, and cannot be tested without starting a run".to_owned()
        }
        DoctorMessage::PullRequest { forge, repository, number, source, target, head, is_from_fork } => {
            pull_request(forge, repository, *number, *is_from_fork, [source, target, head])
        }
        DoctorMessage::ChangedFiles(number) => format!("{} changed", count(*number as u64, "file")),
        DoctorMessage::MoreFiles => {
            "the forge does not list all files that changed; findings in the others count, too".to_owned()
        }
        DoctorMessage::Fits { repository, branch } => {
            format!("checks the target of the pull request, branch {} of {}", name(branch), name(repository))
        }
        DoctorMessage::Project(project) => project.clone(),
        DoctorMessage::Listed => "can be listed".to_owned(),
        DoctorMessage::NotListed => {
            "cannot be listed, so one that is there already is not found, and another one is created"
                .to_owned()
        }
        DoctorMessage::NotCreated { task, number } => {
            format!("not tested, because there is a merge-request task of pull request {number}: {task}")
        }
        DoctorMessage::CreationNotTested => "not tested, because of the problems above".to_owned(),
        DoctorMessage::DeletionNotTested => "not tested, because no task was created".to_owned(),
        DoctorMessage::Languages(languages) => languages.join(", "),
        DoctorMessage::ServiceEndpoint(id) => id.clone(),
        DoctorMessage::NoServiceEndpoint => "unknown; a merge-request task is created without one".to_owned(),
        DoctorMessage::QualityGate(policy) => format!("`{policy}`"),
        DoctorMessage::NoQualityGate => "CodeArts does not show it".to_owned(),
        DoctorMessage::TaskPolicy(policy) => policy.clone(),
        DoctorMessage::BuildPolicy => {
            "according to the documentation of CodeArts, reading builds needs no IAM policy".to_owned()
        }
        DoctorMessage::JobRead { job, is_running } => {
            let builds = if *is_running { "a build is active" } else { "no build is active" };
            format!("job {job} can be read, {builds}")
        }
        DoctorMessage::LatestBuild(number) => {
            number.map_or_else(|| "no build yet".to_owned(), |number| format!("number {number}"))
        }
        DoctorMessage::BuildStatus(status) => format!("`{status}`"),
        DoctorMessage::Readable => "can be read".to_owned(),
        DoctorMessage::NoProblems { has_permissions: true, exit_code } => {
            format!("no problems found (exit {exit_code})")
        }
        DoctorMessage::NoProblems { has_permissions: false, exit_code } => {
            format!("no problems found, but permissions were not tested (exit {exit_code})")
        }
        DoctorMessage::Problems { number, exit_code } => {
            format!("{} found (exit {exit_code})", count(*number, "problem"))
        }
    }
}

const fn untested(why: Untested) -> &'static str {
    match why {
        Untested::NoSubject => "no task and no job was given",
        Untested::Configuration => "the configuration is incomplete",
        Untested::Login => "the login failed",
        Untested::Endpoint => "the endpoint does not answer",
    }
}

/// What to do about a finding.
pub(in crate::messages) fn doctor_hint(hint: &DoctorHint) -> String {
    match hint {
        DoctorHint::GiveSubject => {
            "run `codearts-gate doctor TASK_ID`, or `codearts-gate doctor --job-id JOB_ID`, to test permissions".to_owned()
        }
        DoctorHint::AddAction(action) => format!("add `{action}` for `--start`"),
        DoctorHint::NameServiceEndpoint => {
            "pass `--task-endpoint-id` if CodeArts reads the repository through a service endpoint".to_owned()
        }
        DoctorHint::Membership => {
            "make the user a member of the project, in a role that may run the job".to_owned()
        }
    }
}
