//! The board: what the jobs of a process share. Jobs send events; the board knows what each of them is doing, and writes the
//! ids of runs to the outputs of the step as soon as they are known, so that they are known even if this process is killed.

use crate::console::SINGLE_TASKS_LIMIT;
use crate::publish::Publisher;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep_until};

/// Of many jobs the runs are written at most this often, because each time all are written.
const WRITE_GAP: Duration = Duration::from_secs(5);

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing was sent yet.
    Waiting,
    /// A run is being started.
    Starting,
    /// A run is polled.
    Watching,
    /// The run is given up, and stopped if the settings ask for it.
    Stopping,
    /// The verdict is known; what belongs to it is fetched.
    Collecting,
    /// All is known.
    Done,
}

/// Something that happened to one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// It has entered a phase.
    Entered(Phase),
    /// The run that is watched is known by this name: an id, or a number.
    Learned(String),
}

/// Where one job sends its events.
#[derive(Clone, Debug)]
pub(crate) struct Events {
    job: usize,
    sender: UnboundedSender<(usize, Event)>,
}

impl Events {
    /// Sends an event. When the board is gone it is too late to matter.
    pub(crate) fn send(&self, event: Event) {
        let _ = self.sender.send((self.job, event));
    }
}

/// What all jobs share.
#[derive(Debug)]
pub(crate) struct Board<'a> {
    publisher: Option<&'a Publisher>,
    /// The name of the output that holds the runs.
    output: &'static str,
    /// The run of each job, once it is known.
    runs: Vec<Option<String>>,
    phases: Vec<Phase>,
    /// Whether there are runs that were not written yet.
    has_news: bool,
    written_at: Option<Instant>,
    sender: UnboundedSender<(usize, Event)>,
    receiver: UnboundedReceiver<(usize, Event)>,
}

impl<'a> Board<'a> {
    /// A board for so many jobs. Their runs are written to this output.
    pub(crate) fn new(jobs: usize, output: &'static str, publisher: Option<&'a Publisher>) -> Self {
        let (sender, receiver) = unbounded_channel();
        Self {
            publisher,
            output,
            runs: vec![None; jobs],
            phases: vec![Phase::Waiting; jobs],
            has_news: false,
            written_at: None,
            sender,
            receiver,
        }
    }

    /// Where the job at this position sends its events.
    pub(crate) fn events(&self, job: usize) -> Events {
        Events { job, sender: self.sender.clone() }
    }

    /// Takes events as they come, and writes the runs; never ends.
    pub(crate) async fn serve(&mut self) -> Infallible {
        loop {
            let due = self.written_at.map_or_else(Instant::now, |at| at + WRITE_GAP);
            tokio::select! {
                Some((job, event)) = self.receiver.recv() => self.take(job, event),
                () = sleep_until(due), if self.has_news => self.write(),
            }
        }
    }

    /// Takes what has come by now.
    pub(crate) fn settle(&mut self) {
        while let Ok((job, event)) = self.receiver.try_recv() {
            self.take(job, event);
        }
        if self.has_news {
            self.write();
        }
    }

    fn take(&mut self, job: usize, event: Event) {
        match event {
            Event::Entered(phase) => {
                tracing::trace!("job {job}: {phase:?}");
                self.phases[job] = phase;
            }
            Event::Learned(run) => {
                self.runs[job] = Some(run);
                self.has_news = true;
                self.write_if_due();
            }
        }
    }

    /// Writes the runs at once, but those of many jobs at intervals until all are known.
    fn write_if_due(&mut self) {
        let known = self.runs.iter().flatten().count();
        let is_whole = known == self.runs.len() || known <= SINGLE_TASKS_LIMIT;
        if is_whole || self.written_at.is_none_or(|at| at.elapsed() >= WRITE_GAP) {
            self.write();
        }
    }

    fn write(&mut self) {
        self.has_news = false;
        self.written_at = Some(Instant::now());
        let runs: Vec<&str> = self.runs.iter().flatten().map(String::as_str).collect();
        if let Some(publisher) = self.publisher {
            // The same file is written at the end, and a failure is reported then.
            let _ = publisher.write_outputs(&[(self.output, runs.join(","))]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{advance, timeout};

    #[tokio::test(start_paused = true)]
    async fn runs_of_many_jobs_are_written_at_intervals() {
        let mut board = Board::new(20, "run-id", None);
        for job in 0..=SINGLE_TASKS_LIMIT {
            board.events(job).send(Event::Learned(format!("run {job}")));
        }
        let _ = timeout(Duration::from_millis(1), board.serve()).await;
        assert!(board.has_news, "one more than is written at once");
        advance(WRITE_GAP).await;
        let _ = timeout(Duration::from_millis(1), board.serve()).await;
        assert!(!board.has_news);
        board.events(19).send(Event::Learned("last".to_owned()));
        board.settle();
        assert!(!board.has_news && board.runs[19].as_deref() == Some("last"));
    }
}
