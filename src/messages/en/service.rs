//! What CodeArts answers, in English.

use crate::messages::ServiceHint;

/// What to do about an answer of CodeArts.
pub(in crate::messages) fn service_hint(hint: &ServiceHint) -> String {
    match hint {
        ServiceHint::TaskId => {
            "check the id: is it the id of the project? The id of the task is needed; and check that `--region` (or `--endpoint`) is where the task lives"
        }
        ServiceHint::Id => "check the id, and that `--region` (or `--endpoint`) is where it lives",
        ServiceHint::ForeignAnswer => {
            "check the proxy variables, `--region`/`--endpoint` and the network: a proxy, a sign-in page or another server may have sent this answer"
        }
        ServiceHint::Credentials => {
            "check the credentials: keys or token of the right account and region, not expired, no stray blanks"
        }
        ServiceHint::Clock => "check the clock of this machine: a signature is valid for 15 minutes",
        ServiceHint::Membership => {
            "make the user of these credentials a member of the CodeArts project, in a role that may do this; CodeArts Check may need the `codeartscheck` permissions; a wrong region looks the same"
        }
        ServiceHint::ActiveRun => "choose with `--if-running` whether to attach to the active run, queue or fail",
    }
    .to_owned()
}
