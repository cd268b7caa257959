//! A job without stored keys, and the logins that it sends.

use crate::kit::scenario::{Task, pdf, succeeded};
use crate::kit::{Run, World};
use codearts_gate::sandbox::{AGENCY_URN, ID_REQUEST_TOKEN, IDP_ID, PROVIDER_URN};
use serde_json::Value;

pub(crate) fn finished() -> Task {
    succeeded().pdf(pdf())
}

/// A gate that has no keys.
pub(crate) fn keyless(world: &World, arguments: &[&str]) -> Run {
    let mut run = world.run(arguments);
    run.without("HUAWEICLOUD_SDK_AK").without("HUAWEICLOUD_SDK_SK").env("CODEARTS_REGION", "cn-north-4");
    run
}

/// A step of GitHub Actions that may ask for an id token, for STS.
pub(crate) fn with_sts(world: &World, arguments: &[&str]) -> Run {
    let mut run = keyless(world, arguments);
    run.env("CODEARTS_STS_ENDPOINT", &world.sandbox.origin());
    run.env("HUAWEICLOUD_OIDC_PROVIDER_URN", PROVIDER_URN).env("HUAWEICLOUD_OIDC_AGENCY_URN", AGENCY_URN);
    on_github(&mut run, world);
    run
}

/// The same for IAM.
pub(crate) fn with_iam(world: &World, arguments: &[&str]) -> Run {
    let mut run = keyless(world, arguments);
    run.env("CODEARTS_IAM_ENDPOINT", &world.sandbox.origin()).env("HUAWEICLOUD_SDK_IDP_ID", IDP_ID);
    on_github(&mut run, world);
    run
}

fn on_github(run: &mut Run, world: &World) {
    let url = format!("{}/id-token?api-version=2.0", world.sandbox.origin());
    run.env("ACTIONS_ID_TOKEN_REQUEST_URL", &url).env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", ID_REQUEST_TOKEN);
}

/// The field of a JSON body in each call of this kind.
pub(crate) fn sent(world: &World, call: &str, pointer: &str) -> Vec<Value> {
    let calls = world.calls(call);
    let bodies = calls.iter().map(|call| serde_json::from_slice::<Value>(&call.body).expect("JSON"));
    bodies.map(|body| body.pointer(pointer).cloned().unwrap_or_default()).collect()
}
