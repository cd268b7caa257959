//! Answers from memory in place of those of servers. Compiled for the fuzz targets only (`cfg(fuzzing)`): what reads an answer is
//! then the code that ships, with its calls, pages and retries around it, and millions of answers can be read.

use bytes::Bytes;
use reqwest::Method;
use std::cell::RefCell;

/// Answers a request, by its method and its address.
type Answerer = Box<dyn FnMut(&Method, &str) -> http::Response<Bytes>>;

thread_local! {
    static ANSWERER: RefCell<Option<Answerer>> = const { RefCell::new(None) };
}

/// From now on every request of this thread is answered by `answer`.
pub fn answer_with(answer: impl FnMut(&Method, &str) -> http::Response<Bytes> + 'static) {
    ANSWERER.set(Some(Box::new(answer)));
}

/// The answer to a request; `None`: it is for a server.
pub(crate) fn answer(method: &Method, url: &str) -> Option<http::Response<Bytes>> {
    ANSWERER.with_borrow_mut(|answerer| answerer.as_mut().map(|answer| answer(method, url)))
}
