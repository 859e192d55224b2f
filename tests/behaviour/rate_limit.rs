//! Requests that wait for the rate limit.

use std::time::{Duration, Instant};

use sailpoint_reports::{Client, Error, RateLimit};
use tests::mock_tenant::{Fault, MockTenant, Operation};

use crate::setup::{builder, count, start, tenant};

const WINDOW: Duration = Duration::from_millis(300);

fn client_with_limit(tenant: &MockTenant, requests: u32) -> Client {
    builder(tenant).rate_limit(RateLimit::new(requests, WINDOW)).build().unwrap()
}

/// Measures concurrent requests, each of a clone of the client.
async fn measure(client: &Client, id: &str, requests: usize) -> Duration {
    let begin = Instant::now();
    let tasks: Vec<_> = (0..requests)
        .map(|_| tokio::spawn(client.clone().get_report_result(id).into_future()))
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    begin.elapsed()
}

#[tokio::test]
async fn clones_share_a_rate_limit() {
    let tenant = tenant().await;
    let client = client_with_limit(&tenant, 5);
    let id = start(&client).await;
    let elapsed = measure(&client, &id, 14).await;
    assert!(elapsed >= 2 * WINDOW, "one and fourteen requests in {elapsed:?}");
}

/// The limit in the document: 100 requests in ten seconds.
#[tokio::test]
async fn clients_with_the_same_id_share_the_documented_rate_limit() {
    let tenant = tenant().await;
    let client = || {
        let builder = Client::builder().base_url(tenant.base_url());
        builder.client_credentials(tenant.client_id(), tenant.client_secret()).build().unwrap()
    };
    let (one, other) = (client(), client());
    let id = start(&one).await;
    measure(&one, &id, 99).await;
    let timeout = Duration::from_millis(200);
    let error = other.get_report_result(&id).timeout(timeout).await.unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error:?}");
    let unlimited = builder(&tenant).without_rate_limit().build().unwrap();
    unlimited.get_report_result(&id).timeout(20 * timeout).await.unwrap();
}

#[tokio::test]
async fn a_rate_limited_response_slows_the_client_down() {
    let tenant = tenant().await;
    let client = client_with_limit(&tenant, 4);
    let id = start(&client).await;
    tokio::time::sleep(WINDOW).await;
    tenant.inject(Operation::GetReportResult, Fault::rate_limited("0"));
    // One request is rejected and retried, and the limit is two requests instead of four.
    let elapsed = measure(&client, &id, 4).await;
    assert!(elapsed >= WINDOW, "{elapsed:?}");
    assert_eq!(count(&tenant, Operation::GetReportResult), 5);
}

#[tokio::test]
async fn waiting_for_the_rate_limit_counts_toward_the_timeout() {
    let tenant = tenant().await;
    let client =
        builder(&tenant).rate_limit(RateLimit::new(1, Duration::from_secs(3600))).build().unwrap();
    let id = start(&client).await;
    let limit = Duration::from_millis(50);
    let error = client.get_report_result(&id).timeout(limit).await.unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error:?}");
    assert_eq!(count(&tenant, Operation::GetReportResult), 0);
}
