//! Takes this program's `tracing` events to the console.

use super::line::Parts;
use crate::model::choice::Choice as _;
use crate::model::finding::Severity;
use std::fmt::Debug;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, span};

/// Hands on this program's events. Events of libraries could hold headers, and are not for
/// users.
pub(super) struct Listener<F>(pub(super) F);

impl<F: Fn(Level, &Parts) + 'static + Send + Sync> Subscriber for Listener<F> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut parts = Parts::default();
        event.record(&mut parts);
        (self.0)(*event.metadata().level(), &parts);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

impl Visit for Parts {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let part = match field.name() {
            "hints" => &mut self.hints,
            "place" => &mut self.place,
            "link" => &mut self.link,
            "severity" => {
                self.severity = Severity::find(value);
                return;
            }
            _ => return,
        };
        value.clone_into(part);
    }
}
