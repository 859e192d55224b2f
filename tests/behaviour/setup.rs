//! The setup of most tests: a tenant, a client that authenticates there, a report.

use std::time::Duration;

use sailpoint_reports::types::{IdentitiesArguments, ReportDetails};
use sailpoint_reports::{ApiError, Client, ClientBuilder, Error, RetryPolicy};
use tests::mock_tenant::{MockTenant, Operation, RecordedRequest};

/// An hour, which never passes in a test unless the clock is advanced.
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// Starts a tenant whose reports finish immediately.
pub(crate) async fn tenant() -> MockTenant {
    MockTenant::builder().report_duration(Duration::ZERO).start().await.unwrap()
}

/// Creates a client of the tenant with three attempts and no delay between them.
pub(crate) fn client(tenant: &MockTenant) -> Client {
    builder(tenant).build().unwrap()
}

/// Returns the builder of [`client`]. Its timeout keeps a failing test from hanging.
pub(crate) fn builder(tenant: &MockTenant) -> ClientBuilder {
    Client::builder()
        .base_url(tenant.base_url())
        .client_credentials(tenant.client_id(), tenant.client_secret())
        .retry(at_once(3))
        .without_rate_limit()
        .timeout(Duration::from_secs(20))
}

/// A policy without a delay between its attempts.
pub(crate) fn at_once(attempts: u32) -> RetryPolicy {
    RetryPolicy::default().with_max_attempts(attempts).with_base_delay(Duration::ZERO)
}

/// A policy whose delays are too long for any test: a request that succeeds with it has waited for
/// `Retry-After` instead.
pub(crate) fn ages_between(attempts: u32) -> RetryPolicy {
    let ages = 100_000 * HOUR;
    at_once(attempts).with_base_delay(ages).with_max_delay(ages)
}

/// Returns a report without arguments.
pub(crate) fn any_report() -> ReportDetails {
    ReportDetails::Identities(IdentitiesArguments::new())
}

/// Starts a report and returns its id.
pub(crate) async fn start(client: &Client) -> String {
    client.start_report(&any_report()).await.unwrap().id.unwrap()
}

/// Advances the clock of the tenant and of the client.
pub(crate) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    // A paused clock would jump to the next timeout whenever a task waits for a socket.
    tokio::time::resume();
}

/// Returns the only request of an operation.
pub(crate) fn only_request(tenant: &MockTenant, operation: Operation) -> RecordedRequest {
    let mut requests = tenant.requests_to(operation);
    assert_eq!(requests.len(), 1, "{operation:?}: {requests:?}");
    requests.remove(0)
}

/// Returns the number of requests of an operation.
pub(crate) fn count(tenant: &MockTenant, operation: Operation) -> usize {
    tenant.requests_to(operation).len()
}

/// Returns the error response in an error.
pub(crate) fn api(error: &Error) -> &ApiError {
    error.api().unwrap_or_else(|| panic!("not a response of the server: {error:?}"))
}

/// Returns the message of an error, which must be one line.
pub(crate) fn line(error: &Error) -> String {
    let text = error.to_string();
    assert!(!text.is_empty() && !text.contains(|c: char| c.is_control()), "{text:?}");
    text
}
