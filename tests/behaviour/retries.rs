//! When a request is retried, and when it must not be.

use std::time::{Duration, Instant};

use sailpoint_reports::{Client, Error, RetryPolicy};
use tests::mock_tenant::{Fault, MockTenant, Operation};

use crate::raw::closed_port;
use crate::setup::{ages_between, any_report, api, at_once, builder, client, count, line, tenant};

/// A date in the past, so that nothing has to wait.
const PAST: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const FUTURE: &str = "Fri, 31 Dec 2100 23:59:59 GMT";

#[tokio::test]
async fn a_get_and_a_post_obey_retry_after() {
    let tenant = tenant().await;
    let client = client(&tenant);
    for operation in [Operation::GetReportResult, Operation::StartReport, Operation::CancelReport] {
        tenant.inject(operation, Fault::rate_limited("0").times(2));
    }
    client.get_report_result("1").await.unwrap();
    let id = client.start_report(&any_report()).await.unwrap().id.unwrap();
    // The report has finished by now, so the third attempt gets an error.
    assert_eq!(api(&client.cancel_report(&id).await.unwrap_err()).status(), 400);
    for operation in [Operation::GetReportResult, Operation::StartReport, Operation::CancelReport] {
        assert_eq!(count(&tenant, operation), 3, "{operation:?}");
    }
}

#[tokio::test]
async fn retry_after_in_seconds_is_obeyed() {
    let tenant = tenant().await;
    tenant.inject(Operation::StartReport, Fault::rate_limited("1"));
    let begin = Instant::now();
    client(&tenant).start_report(&any_report()).await.unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn retry_after_with_a_date_is_obeyed() {
    let tenant = tenant().await;
    let client = client(&tenant);
    tenant.inject(Operation::GetReportResult, Fault::rate_limited(PAST));
    client.get_report_result("1").await.unwrap();
    assert_eq!(count(&tenant, Operation::GetReportResult), 2);
    tenant.inject(Operation::StartReport, Fault::rate_limited(PAST));
    client.start_report(&any_report()).await.unwrap();
    assert_eq!(count(&tenant, Operation::StartReport), 2);
}

/// A wait that the server asks for makes the policy's own longer, never shorter.
#[tokio::test]
async fn a_wait_that_is_over_does_not_shorten_the_policys() {
    let tenant = tenant().await;
    let client = builder(&tenant).retry(ages_between(3)).build().unwrap();
    for wait in ["0", PAST] {
        tenant.inject(Operation::GetReportResult, Fault::rate_limited(wait));
        let error = client.get_report_result("1").await.unwrap_err();
        assert_eq!(api(&error).status(), 429, "there is no time for ages: {error}");
    }
    assert_eq!(count(&tenant, Operation::GetReportResult), 2);
}

#[tokio::test]
async fn a_retry_after_beyond_the_timeout_fails_at_once() {
    for wait in ["3600", FUTURE, "18446744073709551615"] {
        let tenant = tenant().await;
        tenant.inject(Operation::GetReportResult, Fault::rate_limited(wait).times(9));
        let begin = Instant::now();
        let error = client(&tenant).get_report_result("1").await.unwrap_err();
        assert!(begin.elapsed() < Duration::from_secs(10), "{wait}: {:?}", begin.elapsed());
        assert!(error.retry_after() >= Some(Duration::from_secs(3600)), "{wait}: {error:?}");
        assert_eq!(api(&error).status(), 429);
        assert_eq!(count(&tenant, Operation::GetReportResult), 1, "{wait}");
    }
}

#[tokio::test]
async fn an_invalid_retry_after_falls_back_to_the_policy() {
    let tenant = tenant().await;
    for value in ["soon", "-1", "1.5", ""] {
        tenant.inject(Operation::StartReport, Fault::rate_limited(value));
        let started = client(&tenant).start_report(&any_report()).await;
        assert!(started.is_ok(), "{value:?}: {started:?}");
    }
    assert_eq!(count(&tenant, Operation::StartReport), 8);
}

#[tokio::test]
async fn a_get_is_retried_after_a_gateway_error() {
    for status in [502, 503, 504] {
        let tenant = tenant().await;
        tenant.inject(Operation::GetReportResult, Fault::status(status).times(2));
        client(&tenant).get_report_result("1").await.unwrap();
        assert_eq!(count(&tenant, Operation::GetReportResult), 3, "{status}");
    }
}

#[tokio::test]
async fn a_post_is_not_retried_after_a_gateway_error() {
    for status in [502, 503, 504] {
        let tenant = tenant().await;
        // `Retry-After` does not make a retry safe.
        let fault = Fault::status(status).header("Retry-After", "0");
        tenant.inject(Operation::StartReport, fault);
        let error = client(&tenant).start_report(&any_report()).await.unwrap_err();
        assert_eq!(api(&error).status(), status);
        assert_eq!(error.retry_after(), Some(Duration::ZERO));
        assert_eq!(count(&tenant, Operation::StartReport), 1, "{status}");
    }
}

#[tokio::test]
async fn a_get_is_retried_after_a_broken_connection() {
    let tenant = tenant().await;
    tenant.inject(Operation::GetReportResult, Fault::drop_connection());
    tenant.inject(Operation::GetReportResult, Fault::cut_body(1));
    client(&tenant).get_report_result("1").await.unwrap();
    assert_eq!(count(&tenant, Operation::GetReportResult), 3);
}

#[tokio::test]
async fn a_download_is_retried_until_it_has_started() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let id = crate::setup::start(&client).await;
    tenant.inject(Operation::GetReport, Fault::drop_connection());
    tenant.inject(Operation::GetReport, Fault::cut_body(3));
    let file = client.get_report(&id, "csv".into()).await.unwrap();
    assert_eq!(file.bytes(4096).await.unwrap().len(), 4096);
    assert_eq!(count(&tenant, Operation::GetReport), 3);
}

#[tokio::test]
async fn a_post_that_may_have_reached_the_server_is_not_retried() {
    for fault in [Fault::drop_connection(), Fault::cut_body(1)] {
        let tenant = tenant().await;
        tenant.inject(Operation::StartReport, fault);
        let error = client(&tenant).start_report(&any_report()).await.unwrap_err();
        let Error::Connection(connection) = &error else { panic!("{error:?}") };
        assert!(connection.may_have_reached_server());
        assert_eq!(connection.attempts(), 1);
        assert!(line(&error).starts_with("startReport: the connection broke: "), "{error}");
        assert_eq!(count(&tenant, Operation::StartReport), 1);
    }
}

#[tokio::test]
async fn a_post_that_cannot_have_reached_the_server_is_retried() {
    let (_socket, url) = closed_port();
    let client = Client::builder().base_url(url).token("t").retry(at_once(3)).build().unwrap();
    let error = client.start_report(&any_report()).await.unwrap_err();
    let Error::Connection(connection) = &error else { panic!("{error:?}") };
    assert!(!connection.may_have_reached_server());
    assert_eq!(connection.attempts(), 3);
    let message = line(&error);
    assert!(message.starts_with("startReport: the server could not be reached: "), "{message}");
    assert!(message.ends_with(" (3 attempts)"), "{message}");
}

#[tokio::test]
async fn a_post_on_an_idle_connection_that_was_closed_succeeds() {
    let first = tenant().await;
    let client = builder(&first).token("t").retry(RetryPolicy::none()).build().unwrap();
    client.start_report(&any_report()).await.unwrap_err();
    let port = first.base_url().rsplit(':').next().unwrap().parse().unwrap();
    first.stop().await;
    let second = MockTenant::builder().port(port).start().await.unwrap();
    // The tenant does not know the token; it is enough that it received the request.
    let error = client.start_report(&any_report()).await.unwrap_err();
    assert_eq!(api(&error).status(), 401);
    assert_eq!(count(&second, Operation::StartReport), 1);
}

#[tokio::test]
async fn the_error_is_that_of_the_last_attempt() {
    let tenant = tenant().await;
    tenant.inject(Operation::GetReportResult, Fault::status(503).times(2));
    tenant.inject(Operation::GetReportResult, Fault::status(502).times(9));
    let error = client(&tenant).get_report_result("1").await.unwrap_err();
    assert_eq!(api(&error).status(), 502);
    assert_eq!(count(&tenant, Operation::GetReportResult), 3);
}

#[tokio::test]
async fn permanent_errors_are_not_retried() {
    for status in [400, 403, 404, 409, 501] {
        let tenant = tenant().await;
        tenant.inject(Operation::GetReportResult, Fault::status(status).times(9));
        let error = client(&tenant).get_report_result("1").await.unwrap_err();
        assert_eq!(api(&error).status(), status);
        assert_eq!(count(&tenant, Operation::GetReportResult), 1, "{status}");
    }
}

#[tokio::test]
async fn a_request_can_have_its_own_policy() {
    let tenant = tenant().await;
    let client = client(&tenant);
    tenant.inject(Operation::GetReportResult, Fault::status(503).times(4));
    client.get_report_result("1").retry(at_once(5)).await.unwrap();
    assert_eq!(count(&tenant, Operation::GetReportResult), 5);
}

#[tokio::test]
async fn no_policy_means_one_attempt() {
    for policy in [RetryPolicy::none(), at_once(1), at_once(0)] {
        let tenant = tenant().await;
        tenant.inject(Operation::GetReportResult, Fault::rate_limited("0").times(9));
        let error = client(&tenant).get_report_result("1").retry(policy.clone()).await.unwrap_err();
        assert_eq!(api(&error).status(), 429);
        assert_eq!(count(&tenant, Operation::GetReportResult), 1, "{policy:?}");
    }
}
