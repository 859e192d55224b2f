//! An expectation while it is being said.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::book::{Book, Entry, HowOften};
use super::wanted::Wanted;
use super::{MockServer, ResponseTemplate};
use crate::runtime::{Operation, Request};

/// A request that is expected, and how often. It counts once a method that begins with `respond`
/// says what is answered.
///
/// The parameters are set as on the request itself, and are compared as the client writes them. What
/// is not set can be anything, and so can the body if nothing is said of it. Said of nothing else, an
/// expectation is for one request or more.
///
/// `Op` is the request, `Success` what a good response is, and `Errors` which errors are documented:
/// they decide which methods there are.
#[must_use = "an expectation counts once it is said what is answered"]
pub struct Expectation<Op, Success, Errors> {
    book: Arc<Book>,
    request: Request,
    how_often: HowOften,
    of: PhantomData<(Op, Success, Errors)>,
}

impl<Op, Success, Errors> Expectation<Op, Success, Errors> {
    /// An expectation of any request of an operation.
    #[allow(dead_code, reason = "a document may have no operations")]
    pub(crate) fn new(mock: &MockServer, operation: &'static Operation) -> Self {
        let request = Request::new(&mock.client, operation);
        let how_often = HowOften::AtLeastOnce;
        Self { book: Arc::clone(&mock.book), request, how_often, of: PhantomData }
    }

    /// Adds to the request what is expected of it.
    pub(crate) fn given(mut self, set: impl FnOnce(Request) -> Request) -> Self {
        self.request = set(self.request);
        self
    }

    /// Expects a header that the document does not have.
    pub fn with_header(self, name: &str, value: &str) -> Self {
        self.given(|request| request.header(name, value))
    }

    /// Success so many requests, all of which must come. Further ones go to the next expectation
    /// that they fit.
    pub fn times(mut self, times: usize) -> Self {
        self.how_often = HowOften::Times(times);
        self
    }

    /// Success one request, which must come. Further ones go to the next expectation that they fit.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Success as many requests as come, even none.
    pub fn any_times(mut self) -> Self {
        self.how_often = HowOften::AnyTimes;
        self
    }

    /// Success with a status, and without a body.
    ///
    /// # Panics
    ///
    /// There is no such status, or a value of the request cannot be written.
    #[track_caller]
    pub fn respond_status(self, status: u16) {
        self.respond(ResponseTemplate::status(status));
    }

    /// Success with anything.
    ///
    /// # Panics
    ///
    /// A value of the request cannot be written.
    #[track_caller]
    pub fn respond(self, response: ResponseTemplate) {
        match Wanted::new(self.request) {
            Ok(wanted) => self.book.add(Entry::new(wanted, response, self.how_often)),
            Err(error) => panic!("this cannot be expected: {error}"),
        }
    }
}

impl<Op, Success, Errors> fmt::Debug for Expectation<Op, Success, Errors> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expectation")
            .field("request", &self.request)
            .field("how_often", &self.how_often)
            .finish_non_exhaustive()
    }
}
