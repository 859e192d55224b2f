//! What most tests begin with: a tenant, a client that signs in there, a report.

use std::time::Duration;

use sailpoint_reports::types::{IdentitiesArguments, ReportDetails};
use sailpoint_reports::{ApiError, Client, ClientBuilder, Error, RetryPolicy};
use tests::mock_tenant::{MockTenant, Operation, RecordedRequest};

/// An hour: what never passes in a test, unless the clock is advanced.
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// A tenant whose reports end as soon as they begin.
pub(crate) async fn tenant() -> MockTenant {
    MockTenant::builder().report_duration(Duration::ZERO).start().await.unwrap()
}

/// A client of the tenant that tries three times and does not wait in between.
pub(crate) fn client(tenant: &MockTenant) -> Client {
    builder(tenant).build().unwrap()
}

/// What [`client`] is built from. The limit keeps a test that fails from hanging.
pub(crate) fn builder(tenant: &MockTenant) -> ClientBuilder {
    Client::builder()
        .base_url(tenant.base_url())
        .client_credentials(tenant.client_id(), tenant.client_secret())
        .retry(at_once(3))
        .without_rate_limit()
        .timeout(Duration::from_secs(20))
}

/// So many attempts without a wait between them.
pub(crate) fn at_once(attempts: u32) -> RetryPolicy {
    RetryPolicy::default().with_max_attempts(attempts).with_base_delay(Duration::ZERO)
}

/// So many attempts, and waits between them for which no test has the time: whoever succeeds with
/// it has waited as the server said, and not as the policy does.
pub(crate) fn ages_between(attempts: u32) -> RetryPolicy {
    let ages = 100_000 * HOUR;
    at_once(attempts).with_base_delay(ages).with_max_delay(ages)
}

/// A report without arguments.
pub(crate) fn any_report() -> ReportDetails {
    ReportDetails::Identities(IdentitiesArguments::new())
}

/// Starts a report and gives its id.
pub(crate) async fn start(client: &Client) -> String {
    client.start_report(&any_report()).await.unwrap().id.unwrap()
}

/// Lets time pass for the tenant and for the client, at once.
pub(crate) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    // A clock that stays paused would jump to the next limit whenever a socket is waited for.
    tokio::time::resume();
}

/// The one request that has come for an operation.
pub(crate) fn only_request(tenant: &MockTenant, operation: Operation) -> RecordedRequest {
    let mut requests = tenant.requests_to(operation);
    assert_eq!(requests.len(), 1, "{operation:?}: {requests:?}");
    requests.remove(0)
}

/// How many requests have come for an operation.
pub(crate) fn count(tenant: &MockTenant, operation: Operation) -> usize {
    tenant.requests_to(operation).len()
}

/// The answer of the server that an error must hold.
pub(crate) fn api(error: &Error) -> &ApiError {
    error.api().unwrap_or_else(|| panic!("not an answer of the server: {error:?}"))
}

/// The text of an error, which must be one line.
pub(crate) fn line(error: &Error) -> String {
    let text = error.to_string();
    assert!(!text.is_empty() && !text.contains(|c: char| c.is_control()), "{text:?}");
    text
}
