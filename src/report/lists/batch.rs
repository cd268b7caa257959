//! Findings on their way to the threads that write files, many at once. What all of these have written is filled anew, so that its
//! memory is used again.

use crate::model::finding::{Finding, Severity};
use crate::report::lists::list::Marked;
use crate::report::lists::spool::size;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// Memory for findings that are handed over at once, in bytes.
const BATCH: usize = 256 * 1024;

/// Findings that are handed over at once.
#[derive(Debug, Default)]
pub(super) struct Batch {
    places: Vec<Marked>,
    /// How many of them hold one.
    used: usize,
    bytes: usize,
}

impl Batch {
    /// Those in it.
    pub(super) fn findings(&self) -> &[Marked] {
        self.places.get(..self.used).unwrap_or_default()
    }
}

/// The batch that is being filled, and those that were handed over.
#[derive(Debug, Default)]
pub(super) struct Batches {
    current: Batch,
    handed: VecDeque<Arc<Batch>>,
}

impl Batches {
    /// The next place; what stands there is overwritten.
    pub(super) fn place(&mut self) -> &mut Marked {
        let Batch { places, used, .. } = &mut self.current;
        if *used == places.len() {
            let finding = Finding::new(Severity::Critical, "", None, "", "");
            places.push(Marked { finding, fingerprint: String::new(), is_known: None });
        }
        &mut places[*used]
    }

    /// Keeps what stands in the place.
    pub(super) fn keep(&mut self) {
        let Batch { places, used, bytes } = &mut self.current;
        *bytes += size(&places[*used].finding);
        *used += 1;
    }

    /// Whether it is time to hand over.
    pub(super) const fn is_full(&self) -> bool {
        self.current.bytes > BATCH
    }

    /// Gives the batch to all; whether all of them go on.
    pub(super) fn hand_over<'a>(
        &mut self,
        takers: impl IntoIterator<Item = &'a SyncSender<Arc<Batch>>>,
    ) -> bool {
        let batch = Arc::new(std::mem::take(&mut self.current));
        let go_on = takers.into_iter().all(|taker| taker.send(Arc::clone(&batch)).is_ok());
        self.handed.push_back(batch);
        // They are written in their order.
        if let Some(first) = self.handed.pop_front() {
            match Arc::try_unwrap(first) {
                Ok(batch) => self.current = Batch { used: 0, bytes: 0, ..batch },
                Err(first) => self.handed.push_front(first),
            }
        }
        go_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::iter::empty;
    use std::sync::mpsc::sync_channel;
    use std::thread;

    #[test]
    fn what_is_kept_arrives_once_and_in_order() {
        let (sender, receiver) = sync_channel::<Arc<Batch>>(1);
        let taker = thread::spawn(move || {
            let ids = |batch: Arc<Batch>| -> Vec<String> {
                batch.findings().iter().map(|marked| marked.finding.id.clone()).collect()
            };
            receiver.into_iter().flat_map(ids).collect::<Vec<_>>()
        });
        let mut batches = Batches::default();
        for number in 0..1000 {
            batches.place().finding.id = number.to_string();
            if number % 3 > 0 {
                batches.keep();
            }
            if number % 7 == 0 || number % 11 == 0 {
                assert!(batches.hand_over([&sender]));
            }
        }
        assert!(batches.hand_over([&sender]));
        drop(sender);
        let expected: Vec<String> =
            (0..1000).filter(|number| number % 3 > 0).map(|number| number.to_string()).collect();
        assert_eq!(taker.join().expect("ids"), expected);
    }

    #[test]
    fn only_what_nobody_reads_any_more_is_filled_anew() {
        let (sender, receiver) = sync_channel(1);
        let mut batches = Batches::default();
        let mut hand_over = |id: &str, takers: &[&SyncSender<Arc<Batch>>]| {
            batches.place().finding.id = id.to_owned();
            batches.keep();
            assert!(batches.hand_over(takers.iter().copied()));
            batches.place().finding.id.clone()
        };
        assert_eq!(hand_over("first", &[]), "first");
        assert_eq!(hand_over("second", &[&sender]), "");
        let held = receiver.recv().expect("a batch");
        assert_eq!(hand_over("third", &[]), "", "the second comes first");
        assert_eq!(held.findings()[0].finding.id, "second");
        drop(held);
        assert_eq!(hand_over("fourth", &[]), "second");
    }

    #[test]
    fn a_taker_that_gave_up_is_noticed() {
        let (sender, receiver) = sync_channel(1);
        let mut batches = Batches::default();
        assert!(batches.hand_over(empty()));
        drop(receiver);
        assert!(!batches.hand_over([&sender]));
    }
}
