//! Requests that wait for their turn.

use std::time::{Duration, Instant};

use sailpoint_reports::{Client, Error, RateLimit};
use tests::mock_tenant::{Fault, MockTenant, Operation};

use crate::setup::{builder, count, start, tenant};

const WINDOW: Duration = Duration::from_millis(300);

fn limited(tenant: &MockTenant, requests: u32) -> Client {
    builder(tenant).rate_limit(RateLimit::new(requests, WINDOW)).build().unwrap()
}

/// The time that so many requests take which are sent at once, each by a clone.
async fn time(client: &Client, id: &str, requests: usize) -> Duration {
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
async fn clones_share_a_limit() {
    let tenant = tenant().await;
    let client = limited(&tenant, 5);
    let id = start(&client).await;
    let took = time(&client, &id, 14).await;
    assert!(took >= 2 * WINDOW, "one and fourteen requests in {took:?}");
}

/// What the document says of the server: 100 requests in ten seconds.
#[tokio::test]
async fn clients_with_one_id_keep_to_the_documented_limit_together() {
    let tenant = tenant().await;
    let make = || {
        let builder = Client::builder().base_url(tenant.base_url());
        builder.client_credentials(tenant.client_id(), tenant.client_secret()).build().unwrap()
    };
    let (one, other) = (make(), make());
    let id = start(&one).await;
    time(&one, &id, 99).await;
    let soon = Duration::from_millis(200);
    let error = other.get_report_result(&id).timeout(soon).await.unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error:?}");
    let free = builder(&tenant).without_rate_limit().build().unwrap();
    free.get_report_result(&id).timeout(20 * soon).await.unwrap();
}

#[tokio::test]
async fn a_server_that_takes_less_slows_a_client_down() {
    let tenant = tenant().await;
    let client = limited(&tenant, 4);
    let id = start(&client).await;
    tokio::time::sleep(WINDOW).await;
    tenant.inject(Operation::GetReportResult, Fault::rate_limited("0"));
    // One is refused and sent again, and there is room for two where there was for four.
    let took = time(&client, &id, 4).await;
    assert!(took >= WINDOW, "{took:?}");
    assert_eq!(count(&tenant, Operation::GetReportResult), 5);
}

#[tokio::test]
async fn waiting_for_ones_turn_counts_as_time() {
    let tenant = tenant().await;
    let client =
        builder(&tenant).rate_limit(RateLimit::new(1, Duration::from_secs(3600))).build().unwrap();
    let id = start(&client).await;
    let limit = Duration::from_millis(50);
    let error = client.get_report_result(&id).timeout(limit).await.unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error:?}");
    assert_eq!(count(&tenant, Operation::GetReportResult), 0);
}
