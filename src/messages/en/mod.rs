//! English: American spelling, verb first in help and hints, the field's words, durations and sizes as they are typed.

mod artifact;
mod attempt;
mod file;
mod hint;
mod http;
mod junit;
mod label;
mod login;
mod outcome;
mod outside;
mod page;
mod proxy;
mod publish;
mod service;
mod setup;
mod tls;

pub(super) use artifact::{artifact, artifact_hint};
pub(super) use attempt::attempt;
pub(super) use file::file;
pub(super) use hint::hint;
pub(super) use http::{http, http_hint};
pub(super) use junit::junit;
pub(super) use label::label;
pub(super) use login::{credentials_kind, login, login_hint};
pub(super) use outcome::outcome;
pub(super) use outside::outside;
pub(super) use page::page;
pub(super) use proxy::proxy;
pub(super) use publish::{publish, publish_hint, publish_label};
pub(super) use service::{host_family, service, service_hint};
pub(super) use setup::setup;
pub(super) use tls::tls;
