//! A server for the tests of those who use the client, which responses as it is told.
//!
//! In come expectations: a request of an operation, as the client would write it, and the response to
//! it. They are kept in a book, which the server asks for each request that comes. What was not
//! as expected is told when the server is [verified](MockServer::verify) or dropped. The server itself is
//! `wiremock`, of which only the sockets are used: it knows one route, which takes everything.

mod book;
mod declare;
mod difference;
mod expectation;
mod kinds;
mod response_template;
mod wanted;

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use wiremock::matchers;

use self::book::Book;
#[allow(
    unused_imports,
    reason = "a document may have no errors, no operations or no parameters"
)]
pub(crate) use self::declare::expectation;
pub use self::expectation::Expectation;
pub use self::kinds::{Empty, Events, Json, Lines, Text, TextEvents};
pub use self::response_template::{File, ResponseTemplate, file};
use super::{Client, ClientBuilder, Credential, RetryPolicy, SecurityKind};

/// A server on this machine that responses as it is told. It stops when it is dropped.
///
/// Each operation has a method that begins an [`Expectation`]: what is known of the request is added
/// to it, and what is answered ends it. A request gets the response of the first expectation that it
/// fits and that is not used up. One that fits none is answered with `501`.
///
/// A mock that is dropped has been used as expected, or else the test panics and says what was not:
/// see [`verify`](Self::verify).
#[must_use = "a mock stops when it is dropped"]
pub struct MockServer {
    server: wiremock::MockServer,
    client: Client,
    book: Arc<Book>,
}

impl MockServer {
    /// Starts a server for clients that are made by a builder. Where they send their requests, what
    /// they show to be let in, and when they send something again is set here.
    ///
    /// # Panics
    ///
    /// There is no port left, or the builder cannot make a client.
    pub async fn with_builder(builder: ClientBuilder) -> Self {
        let book = Arc::new(Book::default());
        let server = wiremock::MockServer::builder().disable_request_recording().start().await;
        let route = wiremock::Mock::given(matchers::any());
        let responses = Arc::clone(&book);
        let response = move |request: &wiremock::Request| responses.respond(request);
        server.register(route.respond_with(response)).await;
        let client = match at_hand(builder).base_url(server.uri()).build() {
            Ok(client) => client,
            Err(error) => panic!("a client for {} cannot be made: {error}", server.uri()),
        };
        Self { server, client, book }
    }

    /// A client that talks to the server. It has whatever it needs to sign in, sends as fast as it
    /// can, and does not wait before it sends something again. That it sends again is the same as
    /// ever: after `429` and `503`, each attempt is a request that an expectation must be there for.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Where the server is, for a client of one's own.
    pub fn base_url(&self) -> String {
        self.server.uri()
    }

    /// Stops the server and looks whether it was used as expected. Dropping it does the same, unless
    /// the test has failed already.
    ///
    /// # Panics
    ///
    /// An expectation was met too seldom, or a request came that fitted none. The message says which,
    /// and what was different.
    #[track_caller]
    pub fn verify(self) {
        if let Some(report) = self.book.report() {
            panic!("{report}");
        }
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        if let Some(report) = self.book.report() {
            panic!("{report}");
        }
    }
}

impl fmt::Debug for MockServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockServer").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}

/// Sets up what a test has no reason to wait for, and something to show for each way to sign in.
fn at_hand(builder: ClientBuilder) -> ClientBuilder {
    let schemes = builder.api.security;
    let builder = builder
        .without_rate_limit()
        .retry(RetryPolicy::default().with_base_delay(Duration::ZERO))
        .token("mock");
    schemes.iter().fold(builder, |builder, scheme| match scheme.kind {
        SecurityKind::ApiKey { .. } => builder.credential(scheme.name, Credential::api_key("mock")),
        SecurityKind::Basic => builder.credential(scheme.name, Credential::basic("mock", "mock")),
        SecurityKind::Bearer => builder,
    })
}

#[cfg(test)]
mod tests;
