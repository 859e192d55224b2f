//! A mock server for the tests of programs that use the client.
//!
//! Takes expectations: requests of an operation, set up with the client's own methods, and the
//! responses to them. Deviations are reported when the server is [verified](MockServer::verify) or
//! dropped. The server is based on `wiremock`, with a single route that accepts every request.

mod bodies;
mod declare;
mod difference;
mod expectation;
mod expected;
mod response_template;
mod state;

use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use wiremock::matchers;

pub use self::bodies::{Empty, Events, Json, Lines, Text, TextEvents};
#[allow(
    unused_imports,
    reason = "a document may have no errors, no operations or no parameters"
)]
pub(crate) use self::declare::expectation;
pub use self::expectation::Expectation;
pub use self::response_template::{File, ResponseTemplate, file};
use self::state::State;
use super::{Client, ClientBuilder, Credential, RetryPolicy, SecurityKind};

/// A mock server on this machine. It stops when it is dropped.
///
/// Each operation has a method that begins an [`Expectation`]: set the known parts of the request,
/// then the response. A request gets the response of the first expectation that matches and is not
/// used up. A request that matches none gets a `501`.
///
/// When the server is dropped, it panics if an expectation was not met: see
/// [`verify`](Self::verify).
#[must_use = "a mock server stops when it is dropped"]
pub struct MockServer {
    server: wiremock::MockServer,
    client: Client,
    state: Arc<State>,
}

impl MockServer {
    /// Starts a server, with a client from a builder. The base URL, the credentials, the retry
    /// policy and the rate limit of the builder are replaced.
    ///
    /// # Panics
    ///
    /// Panics if the server cannot be started or the builder's settings are invalid.
    pub async fn with_builder(builder: ClientBuilder) -> Self {
        let state = Arc::new(State::default());
        let server = wiremock::MockServer::builder().disable_request_recording().start().await;
        let route = wiremock::Mock::given(matchers::any());
        let responses = Arc::clone(&state);
        let response = move |request: &wiremock::Request| responses.respond(request);
        server.register(route.respond_with(response)).await;
        let client = match on_host(&server.uri(), with_test_settings(builder)).build() {
            Ok(client) => client,
            Err(error) => panic!("cannot build a client for {}: {error}", server.uri()),
        };
        Self { server, client, state }
    }

    /// Returns a client for the server. It has credentials for every security scheme, no rate
    /// limit, and no delay between retries. Retries happen as usual, for instance after `429` and
    /// `503`, and each attempt needs an expectation.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Returns the base URL of the server, for a custom client.
    pub fn base_url(&self) -> String {
        self.server.uri()
    }

    /// Stops the server and checks its expectations. Dropping it does the same, unless the test is
    /// panicking already.
    ///
    /// # Panics
    ///
    /// Panics if an expectation was not met or a request matched none. The message lists them with
    /// the differences.
    #[track_caller]
    pub fn verify(self) {
        if let Some(report) = self.state.report() {
            panic!("{report}");
        }
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        if let Some(report) = self.state.report() {
            panic!("{report}");
        }
    }
}

impl fmt::Debug for MockServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockServer").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}

/// Sends all requests to one host, also those of operations with a server of their own.
fn on_host(url: &str, builder: ClientBuilder) -> ClientBuilder {
    let others = builder.api.operation_servers.iter().filter(|one| !one.has_same_host);
    others.fold(builder.base_url(url), |builder, one| builder.server_url(one.server.url, url))
}

/// Removes delays that a test need not wait for, and adds a credential for each security scheme.
fn with_test_settings(builder: ClientBuilder) -> ClientBuilder {
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
