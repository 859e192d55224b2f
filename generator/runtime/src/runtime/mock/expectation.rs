//! The builder of an expectation.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::expected::ExpectedRequest;
use super::state::{CallCount, Entry, State};
use super::{MockServer, ResponseTemplate};
use crate::runtime::{Operation, Request};

/// An expected request, and how often it is expected. It takes effect once a method that begins
/// with `respond` sets the response.
///
/// The parameters are set as on the request itself, and are compared in the encoding of the client.
/// Parameters and bodies that are not set can have any value. By default, one or more requests are
/// expected.
///
/// `Op` is the type of the request, `Success` that of a successful response, and `Errors` that of
/// the documented errors. They determine which methods there are.
#[must_use = "an expectation takes effect once a response is set"]
pub struct Expectation<Op, Success, Errors> {
    state: Arc<State>,
    request: Request,
    count: CallCount,
    of: PhantomData<(Op, Success, Errors)>,
}

impl<Op, Success, Errors> Expectation<Op, Success, Errors> {
    /// Returns an expectation of any request of an operation.
    #[allow(dead_code, reason = "a document may have no operations")]
    pub(crate) fn new(mock: &MockServer, operation: &'static Operation) -> Self {
        let request = Request::new(&mock.client, operation);
        let count = CallCount::AtLeastOnce;
        Self { state: Arc::clone(&mock.state), request, count, of: PhantomData }
    }

    /// Sets parameters or the body of the expected request.
    pub(crate) fn given(mut self, set: impl FnOnce(Request) -> Request) -> Self {
        self.request = set(self.request);
        self
    }

    /// Expects a header that the document does not describe.
    pub fn with_header(self, name: &str, value: &str) -> Self {
        self.given(|request| request.header(name, value))
    }

    /// Expects exactly this number of requests. Further requests go to the next expectation that
    /// matches.
    pub fn times(mut self, times: usize) -> Self {
        self.count = CallCount::Times(times);
        self
    }

    /// Expects exactly one request. Further requests go to the next expectation that matches.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Accepts any number of requests, including none.
    pub fn any_times(mut self) -> Self {
        self.count = CallCount::AnyTimes;
        self
    }

    /// Responds with a status, without a body.
    ///
    /// # Panics
    ///
    /// Panics if the status is invalid or a value of the request cannot be encoded.
    #[track_caller]
    pub fn respond_status(self, status: u16) {
        self.respond(ResponseTemplate::status(status));
    }

    /// Responds with any response.
    ///
    /// # Panics
    ///
    /// Panics if a value of the request cannot be encoded.
    #[track_caller]
    pub fn respond(self, response: ResponseTemplate) {
        match ExpectedRequest::new(self.request) {
            Ok(expected) => self.state.add(Entry::new(expected, response, self.count)),
            Err(error) => panic!("this request cannot be expected: {error}"),
        }
    }
}

impl<Op, Success, Errors> fmt::Debug for Expectation<Op, Success, Errors> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expectation")
            .field("request", &self.request)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}
