//! What CodeArts answers, in English.

use super::http::failed_briefly;
use crate::messages::http::HttpMessage;
use crate::messages::service::{HostFamily, RedirectFault, ServiceHint, ServiceMessage};
use crate::model::language::Language;
use crate::text::duration;

/// What is wrong with an answer, or is done about a call that failed.
pub(in crate::messages) fn service(message: &ServiceMessage) -> String {
    let text = match message {
        ServiceMessage::Lacks(field) => return format!("the response has no `{field}`"),
        ServiceMessage::NotSummary => "the response is not a summary",
        ServiceMessage::NoBuild => "the response names no build",
        ServiceMessage::NoNewBuild => "the response names no new build",
        ServiceMessage::OtherBuild => "the response is about another build",
        ServiceMessage::NoDiscussions => "the response contains no list of discussions",
        ServiceMessage::NoFindings => "the response contains no list of findings",
        ServiceMessage::TooManyRows { limit, asked } => {
            return format!("the response has more than {limit} rows; requested were {asked}");
        }
        ServiceMessage::NotPdf(why) => return format!("not a PDF: {}", why.text(Language::English)),
        ServiceMessage::RedirectNotFollowed(fault) => {
            return format!("the redirect is not followed: {}", redirect(*fault));
        }
        ServiceMessage::RedirectedTwice => "redirected a second time, which is not followed",
        ServiceMessage::ExportWithoutFile => "the export succeeded, but names no file",
        ServiceMessage::ExportWithoutReason => "CodeArts gave no reason",
        ServiceMessage::ExportReason(reason) => return reason.clone(),
        ServiceMessage::GoingOnWithout(call) => {
            return format!("{}; continuing without it", failed_briefly(call));
        }
        ServiceMessage::AskingWithoutRun(call) => {
            return format!("{}; asking about the task instead of the run", failed_briefly(call));
        }
        ServiceMessage::RenewingCredentials(call) => {
            return format!("{}; renewing the credentials", failed_briefly(call));
        }
        ServiceMessage::RunsNotInTime(limit) => {
            return format!("no list of runs within {}; continuing without it", duration(*limit));
        }
        ServiceMessage::LookingForBuild(call) => {
            return format!("{}; checking whether the build was started", failed_briefly(call));
        }
        ServiceMessage::TaskPerhapsLeft { parent, number } => {
            return format!(
                "trying once more to create the merge-request task for #{number} below task {parent}; the first attempt may have created a task that CodeArts does not list"
            );
        }
        ServiceMessage::FindingTooLarge(call) => {
            let call = HttpMessage::Failed(call.clone()).text(Language::English);
            return format!("{call}; this finding is omitted");
        }
    };
    text.to_owned()
}

/// Which kind of host an address leads to.
pub(in crate::messages) fn host_family(family: &HostFamily) -> String {
    match family {
        HostFamily::ThisMachine => "this machine",
        HostFamily::Sdk => "the official SDK's hosts",
        HostFamily::OlderPages => "the hosts of older pages",
        HostFamily::InternationalPages => "the hosts of the international pages",
        HostFamily::European => "the hosts of the European site",
        HostFamily::Other => "a private deployment, or a proxy's host",
    }
    .to_owned()
}

const fn redirect(fault: RedirectFault) -> &'static str {
    match fault {
        RedirectFault::NoAddress => "it contains no valid URL",
        RedirectFault::NamesUser => "its URL contains a user name",
        RedirectFault::NotHttps => "its URL is not https",
    }
}

/// What to do about an answer of CodeArts.
pub(in crate::messages) fn service_hint(hint: &ServiceHint) -> String {
    match hint {
        ServiceHint::TaskId => {
            "check the id: it must be the id of the task, not of the project, and `--region` (or `--endpoint`) must be where the task is"
        }
        ServiceHint::JobId => {
            "check the id: it must be the id of the build job, not of the project, and `--region` (or `--build-endpoint`) must be where the job is"
        }
        ServiceHint::Id => "check the id, and that `--region` (or `--endpoint`) is where it is",
        ServiceHint::ForeignAnswer => {
            "check the proxy variables, `--region`/`--endpoint` and the network: a proxy, a sign-in page or another server may have sent this answer"
        }
        ServiceHint::Credentials => {
            "check the credentials: keys or token of the right account and region, not expired, without spaces around them"
        }
        ServiceHint::Clock => "check the clock of this machine: a signature is valid for 15 minutes",
        ServiceHint::Membership => {
            "make the user of these credentials a member of the CodeArts project, in a role that may do this; CodeArts Check may need the `codeartscheck` permissions; a wrong region looks the same"
        }
        ServiceHint::TaskCreation => {
            "give the user of these credentials the permission `codeartscheck:task:create` and a role in the CodeArts project that may create check tasks"
        }
        ServiceHint::TaskLanguages => {
            "name the languages of the code with `--task-languages`, for example `java,python`; the project needs a rule set for each"
        }
        ServiceHint::ProjectId => {
            "check `--project-id`: the id of the CodeArts project is needed, not that of a task or of a region's IAM project; and check that `--region` (or `--endpoint`) is where the project lives"
        }
        ServiceHint::ActiveRun => "choose with `--if-running` whether to attach to the active run, queue or fail",
    }
    .to_owned()
}
