//! Timeouts: of an attempt, of an operation, and of an idle download.

use std::time::{Duration, Instant};

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Client, Error, TimeoutError};
use tests::mock_tenant::{Fault, Operation};

use crate::raw::{begun_file, server};
use crate::setup::{HOUR, any_report, api, at_once, builder, client, count, line, tenant};

/// Short, but long enough to read a response that is not delayed.
const SHORT: Duration = Duration::from_millis(200);

fn timeout(error: &Error) -> &TimeoutError {
    line(error);
    match error {
        Error::Timeout(timeout) => timeout,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_get_is_retried_after_an_attempt_timeout() {
    let tenant = tenant().await;
    let client = builder(&tenant).attempt_timeout(SHORT).build().unwrap();
    client.start_report(&any_report()).await.unwrap();
    tenant.inject(Operation::GetReportResult, Fault::delay(HOUR));
    client.get_report_result("1").await.unwrap();
    assert_eq!(count(&tenant, Operation::GetReportResult), 2);
    tenant.inject(Operation::GetReportResult, Fault::delay(HOUR).times(9));
    let error = client.get_report_result("1").await.unwrap_err();
    assert_eq!((timeout(&error).limit(), timeout(&error).attempts()), (SHORT, 3));
    assert_eq!(line(&error), "getReportResult: no response within 200ms (3 attempts)");
}

#[tokio::test]
async fn a_post_is_not_retried_after_an_attempt_timeout() {
    let tenant = tenant().await;
    let client = client(&tenant);
    tenant.inject(Operation::StartReport, Fault::delay(HOUR));
    let slow = client.start_report(&any_report()).attempt_timeout(SHORT);
    let error = slow.await.unwrap_err();
    assert_eq!((timeout(&error).limit(), timeout(&error).attempts()), (SHORT, 1));
    assert_eq!(count(&tenant, Operation::StartReport), 1);
}

#[tokio::test]
async fn the_timeout_covers_all_attempts() {
    let tenant = tenant().await;
    let client = client(&tenant);
    tenant.inject(Operation::GetReportResult, Fault::delay(HOUR).times(99));
    let begin = Instant::now();
    let slow = client.get_report_result("1").attempt_timeout(SHORT).timeout(SHORT * 3 / 2);
    let error = slow.retry(at_once(99)).await.unwrap_err();
    assert_eq!(timeout(&error).attempts(), 2);
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    assert_eq!(count(&tenant, Operation::GetReportResult), 2);
}

#[tokio::test]
async fn the_timeout_covers_authentication() {
    let tenant = tenant().await;
    tenant.inject(Operation::Token, Fault::delay(HOUR));
    let error = client(&tenant).get_report_result("1").timeout(SHORT).await.unwrap_err();
    assert_eq!(timeout(&error).limit(), SHORT);
    assert_eq!(timeout(&error).attempts(), 0);
    assert_eq!(count(&tenant, Operation::GetReportResult), 0);
}

#[tokio::test]
async fn a_call_that_times_out_during_authentication_does_not_block_others() {
    let tenant = tenant().await;
    tenant.inject(Operation::Token, Fault::delay(HOUR));
    let client = client(&tenant);
    let impatient = client.get_report_result("1").timeout(SHORT);
    let patient = client.get_report_result("2");
    let (first, second) = tokio::join!(impatient.into_future(), patient.into_future());
    timeout(&first.unwrap_err());
    second.unwrap();
    assert_eq!(tenant.token_requests(), 2);
}

#[tokio::test]
async fn a_maximal_timeout_is_no_timeout() {
    let tenant = tenant().await;
    let client = builder(&tenant)
        .timeout(Duration::MAX)
        .attempt_timeout(Duration::MAX)
        .idle_timeout(Duration::MAX)
        .connect_timeout(HOUR)
        .build()
        .unwrap();
    let id = client.start_report(&any_report()).await.unwrap().id.unwrap();
    let file = client.get_report(&id, FileFormat::Csv).await.unwrap();
    assert_eq!(file.bytes(4096).await.unwrap().len(), 4096);
}

/// Creates a client of a server that sends the first bytes of a file of 100 bytes and then stalls.
async fn stalled(bytes: usize) -> Client {
    let client = begun_file("Content-Length: 100", &"x".repeat(bytes)).await;
    client.attempt_timeout(SHORT * 2).idle_timeout(SHORT).build().unwrap()
}

#[tokio::test]
async fn a_stalled_download_times_out() {
    let mut file = stalled(50).await.get_report("1", FileFormat::Csv).await.unwrap();
    assert_eq!(file.chunk().await.unwrap().unwrap().len(), 50);
    let error = file.chunk().await.unwrap_err();
    assert_eq!(timeout(&error).limit(), SHORT);
}

#[tokio::test]
async fn a_download_that_does_not_start_is_an_attempt_timeout() {
    let error = stalled(0).await.get_report("1", FileFormat::Csv).await.unwrap_err();
    assert_eq!(timeout(&error).limit(), SHORT * 2);
}

#[tokio::test]
async fn a_stalled_response_is_an_attempt_timeout() {
    let error = stalled(50).await.get_report_result("1").await.unwrap_err();
    assert_eq!(timeout(&error).limit(), SHORT * 2);
}

#[tokio::test]
async fn an_error_with_a_stalled_body_keeps_its_status() {
    let url = server("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 100\r\n\r\nhalf").await;
    let client = Client::builder().base_url(url).token("t").retry(at_once(1));
    let client = client.attempt_timeout(SHORT).build().unwrap();
    let error = client.get_report_result("1").await.unwrap_err();
    assert_eq!(api(&error).status(), 503);
}
