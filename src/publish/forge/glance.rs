//! A look at the comments of a pull request that is taken while other things are under way, so that the comment need not wait for
//! it.

use super::sticky::{Comment, Conversation};
use crate::http::error::CallError;
use std::cell::RefCell;
use std::time::Duration;
use tokio::time::Instant;

/// How long what was found is used: about as long as a forge takes to answer a few requests. What another job writes in the
/// meantime is missed.
const FRESH: Duration = Duration::from_secs(2);

/// What was found ahead, until it is used.
#[derive(Debug, Default)]
pub(super) struct Glance(RefCell<Option<Found>>);

#[derive(Debug)]
struct Found {
    /// When the look began.
    begun: Instant,
    comments: Result<Vec<Comment>, CallError>,
}

impl Glance {
    /// Looks, also for who asks next.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn ahead(&self, conversation: &impl Conversation) -> Result<Vec<Comment>, CallError> {
        let begun = Instant::now();
        let comments = conversation.look().await;
        self.0.replace(Some(Found { begun, comments: comments.clone() }));
        comments
    }

    /// What is there: as it was found ahead, once, if that is not long ago. A look that failed is not taken again.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn take(&self, conversation: &impl Conversation) -> Result<Vec<Comment>, CallError> {
        let ahead = self.0.take();
        match ahead.filter(|Found { begun, comments }| comments.is_err() || begun.elapsed() < FRESH) {
            Some(Found { comments, .. }) => comments,
            None => conversation.look().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::repeat::Tries;
    use crate::http::retry::{Backoff, Failure};
    use crate::messages::{Attempt, HttpMessage};
    use std::cell::Cell;

    /// Counts the looks; each finds a comment with its number, or fails.
    struct Counting {
        looks: Cell<u64>,
        fails: bool,
    }

    impl Conversation for Counting {
        async fn look(&self) -> Result<Vec<Comment>, CallError> {
            let id = self.looks.get() + 1;
            self.looks.set(id);
            if self.fails {
                return Err(CallError::before_sending(
                    Attempt::ReadComments,
                    Failure::Denied,
                    HttpMessage::Empty,
                ));
            }
            Ok(vec![Comment { id, url: String::new(), body: String::new() }])
        }

        async fn create(&self, _: &str) -> Result<String, CallError> {
            Ok(String::new())
        }

        async fn edit(&self, _: u64, _: &str) -> Result<(), CallError> {
            Ok(())
        }

        async fn delete(&self, _: u64) -> Result<(), CallError> {
            Ok(())
        }

        fn tries(&self) -> Tries {
            Tries { limit: 1, deadline: Instant::now(), backoff: Backoff::default() }
        }
    }

    /// Milliseconds from the look ahead until it is used -> the look whose result is used.
    #[tokio::test(start_paused = true)]
    async fn what_was_found_is_used_once_and_soon() {
        for (pause, expected) in [(0, 1), (1_999, 1), (2_000, 2)] {
            let (glance, comments) = (Glance::default(), Counting { looks: Cell::new(0), fails: false });
            glance.ahead(&comments).await.expect("comments");
            tokio::time::advance(Duration::from_millis(pause)).await;
            let found = glance.take(&comments).await.expect("comments");
            assert_eq!((found[0].id, comments.looks.get()), (expected, expected), "{pause}");
            let again = glance.take(&comments).await.expect("comments");
            assert_eq!(again[0].id, expected + 1, "{pause}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_that_failed_is_not_taken_again() {
        let (glance, comments) = (Glance::default(), Counting { looks: Cell::new(0), fails: true });
        glance.ahead(&comments).await.expect_err("refused");
        tokio::time::advance(Duration::from_secs(60)).await;
        glance.take(&comments).await.expect_err("refused");
        assert_eq!(comments.looks.get(), 1);
    }
}
