//! Retry policies: one for the client, and another one for a single request.
//!
//! `cargo run -p tests --example retry_policy` runs it against a mock tenant that it starts, with
//! injected faults.

use std::time::{Duration, Instant};

use sailpoint_reports::types::{IdentitiesArguments, ReportDetails};
use sailpoint_reports::{Client, Error, RetryPolicy};
use tests::mock_tenant::{Fault, MockTenant, Operation};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tenant = MockTenant::start().await?;
    // A nightly job can wait. The delay before an attempt is a random part of 50 ms, 100 ms, 200 ms
    // and so on. For a real tenant, these would be seconds.
    let patient = RetryPolicy::default()
        .with_max_attempts(6)
        .with_base_delay(Duration::from_millis(50))
        .with_max_delay(Duration::from_millis(400));
    // With a real tenant: `Client::builder().discover()?.retry(patient).build()?`.
    let client = Client::builder()
        .base_url(tenant.base_url())
        .client_credentials(tenant.client_id(), tenant.client_secret())
        .retry(patient)
        .build()?;
    let details = ReportDetails::Identities(IdentitiesArguments::new());

    // The tenant limits the rate and states when to retry. After `429`, every request is retried.
    tenant.inject(Operation::StartReport, Fault::rate_limited("1"));
    let begun = Instant::now();
    let id = client.start_report(&details).await?.id.ok_or("a started report has an id")?;
    tell(&tenant, Operation::StartReport, begun);

    // `GET` is idempotent, so it may be retried any number of times.
    tenant.inject(Operation::GetReportResult, Fault::status(503).times(3));
    tenant.inject(Operation::GetReportResult, Fault::drop_connection());
    let begun = Instant::now();
    client.get_report_result(&id).await?;
    tell(&tenant, Operation::GetReportResult, begun);

    // A user waits for this request, so it fails at once instead of being retried.
    tenant.inject(Operation::GetReportResult, Fault::status(503));
    let begun = Instant::now();
    let refused = client.get_report_result(&id).retry(RetryPolicy::none()).await;
    tell(&tenant, Operation::GetReportResult, begun);
    expect_status(refused, 503)?;

    // A report that may have been started is not started a second time, whatever the policy allows.
    tenant.inject(Operation::StartReport, Fault::status(503));
    let begun = Instant::now();
    let refused = client.start_report(&details).await;
    tell(&tenant, Operation::StartReport, begun);
    expect_status(refused, 503)
}

/// Prints the number of requests to an operation since the last time, and how long they took.
fn tell(tenant: &MockTenant, operation: Operation, begun: Instant) {
    let attempts = tenant.requests_to(operation).len();
    let seconds = begun.elapsed().as_secs_f64();
    println!("{:<16} attempts: {attempts}, {seconds:.1} s", operation.id());
    tenant.clear_requests();
}

fn expect_status<T>(
    outcome: Result<T, Error>,
    status: u16,
) -> Result<(), Box<dyn std::error::Error>> {
    match outcome {
        Err(error) if error.status().is_some_and(|known| known.as_u16() == status) => {
            println!("                 {error}");
            Ok(())
        }
        Err(error) => Err(error.into()),
        Ok(_) => Err("the tenant has not failed as it was told".into()),
    }
}
