//! Pauses of the server, policies with one request, and starts without a response.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rcgen::{CertificateParams, KeyPair};
use sailpoint_reports::{Client, Error, RateLimit, RetryPolicy, WaitError};
use tests::mock_tenant::{Fault, Operation};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::setup::{HOUR, any_report, at_once, builder, client, count, start, tenant};

/// Returns a TLS acceptor for an HTTP/2 server at `localhost`, and its certificate.
pub(crate) fn http2_acceptor() -> (TlsAcceptor, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], der)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    (TlsAcceptor::from(Arc::new(config)), certificate.pem())
}

/// Starts an HTTP/2 server that refuses every stream. Returns its URL, its certificate, and the
/// number of streams.
async fn server_that_refuses_streams() -> (String, String, Arc<AtomicUsize>) {
    let (acceptor, certificate) = http2_acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let streams = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&streams);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, counted) = (acceptor.clone(), Arc::clone(&counted));
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let mut connection = h2::server::handshake(stream).await.unwrap();
                while let Some(Ok((_, mut response))) = connection.accept().await {
                    counted.fetch_add(1, Ordering::SeqCst);
                    response.send_reset(h2::Reason::REFUSED_STREAM);
                }
            });
        }
    });
    (url, certificate, streams)
}

#[tokio::test]
async fn a_refused_http2_stream_counts_as_an_attempt_of_the_policy() {
    for (policy, expected) in [(RetryPolicy::none(), 1), (at_once(3), 3)] {
        let (url, certificate, streams) = server_that_refuses_streams().await;
        let client = Client::builder().base_url(url).token("t").root_certificate(certificate);
        let client = client.retry(policy).without_rate_limit().build().unwrap();
        let error = client.start_report(&any_report()).await.unwrap_err();
        let Error::Connection(connection) = &error else { panic!("{error:?}") };
        assert_eq!(streams.load(Ordering::SeqCst), expected);
        assert_eq!(connection.attempts() as usize, expected);
        assert!(!error.may_have_reached_server(), "the server has not processed it: {error}");
    }
}

/// Retries of a custom HTTP client are not counted; `http_client` documents how to disable them.
#[tokio::test]
async fn a_custom_client_retries_refused_streams_unless_disabled() {
    for (retries, expected) in [(None, 3), (Some(reqwest::retry::never()), 1)] {
        let (url, certificate, streams) = server_that_refuses_streams().await;
        let certificate = reqwest::Certificate::from_pem(certificate.as_bytes()).unwrap();
        let custom = reqwest::Client::builder().tls_certs_only([certificate]).no_proxy();
        let custom = match retries {
            Some(retries) => custom.retry(retries),
            None => custom,
        };
        let client =
            Client::builder().base_url(url).token("t").http_client(custom.build().unwrap());
        let client = client.retry(RetryPolicy::none()).without_rate_limit().build().unwrap();
        let error = client.start_report(&any_report()).await.unwrap_err();
        let Error::Connection(connection) = &error else { panic!("{error:?}") };
        assert_eq!((streams.load(Ordering::SeqCst), connection.attempts()), (expected, 1));
    }
}

#[tokio::test]
async fn a_policy_without_retries_sends_one_request() {
    let faults = [Fault::unauthorized(), Fault::status(503), Fault::rate_limited("0")];
    for fault in faults.into_iter().chain([Fault::drop_connection()]) {
        let tenant = tenant().await;
        let client = builder(&tenant).retry(RetryPolicy::none()).build().unwrap();
        tenant.inject(Operation::GetReportResult, fault.times(9));
        assert!(client.get_report_result("1").await.is_err());
        assert_eq!(count(&tenant, Operation::GetReportResult), 1);
        assert_eq!(tenant.token_requests(), 1);
    }
}

#[tokio::test]
async fn transient_errors_are_retried_at_the_api_and_the_token_endpoint() {
    for status in [408, 500, 502, 503, 504] {
        let tenant = tenant().await;
        for operation in [Operation::GetReportResult, Operation::Token] {
            tenant.inject(operation, Fault::status(status).times(2));
        }
        client(&tenant).get_report_result("1").await.unwrap();
        assert_eq!(count(&tenant, Operation::GetReportResult), 3, "{status}");
        assert_eq!(tenant.token_requests(), 3, "{status}");
        // A request that may have had an effect is not retried.
        tenant.inject(Operation::StartReport, Fault::status(status).times(2));
        client(&tenant).start_report(&any_report()).await.unwrap_err();
        assert_eq!(count(&tenant, Operation::StartReport), 1, "{status}");
    }
}

#[tokio::test]
async fn a_pause_beyond_the_timeout_fails_at_once_and_is_reported() {
    let tenant = tenant().await;
    let limit = RateLimit::new(100, Duration::from_secs(10));
    let client = builder(&tenant).rate_limit(limit).max_shared_pause(HOUR * 3).build().unwrap();
    tenant.inject(Operation::StartReport, Fault::rate_limited("7200"));
    let begin = Instant::now();
    let error = client.start_report(&any_report()).await.unwrap_err();
    assert!(error.to_string().contains("it asks for a pause of 7200 s"), "{error}");
    // The rate limiter delays all requests, and reports why.
    let error = client.get_report_result("1").await.unwrap_err();
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert_eq!(count(&tenant, Operation::GetReportResult), 0);
    let text = error.to_string();
    assert!(text.contains("a pause of 7200 s (429 Too Many Requests to startReport)"), "{text}");
    assert!(error.retry_after() > Some(Duration::from_secs(7100)));
    assert!(error.is_retryable() && !error.may_have_reached_server());
}

#[tokio::test]
async fn max_wait_allows_a_pause_beyond_the_timeout() {
    for (patience, succeeds) in [(10_000, true), (500, false)] {
        let tenant = tenant().await;
        let policy = at_once(3).with_max_wait(Duration::from_millis(patience));
        let client = builder(&tenant).retry(policy).build().unwrap();
        client.get_report_result("1").await.unwrap();
        tenant.inject(Operation::GetReportResult, Fault::rate_limited("2"));
        let call = client.get_report_result("1").timeout(Duration::from_secs(1));
        assert_eq!(call.await.is_ok(), succeeds);
    }
}

#[tokio::test]
async fn a_start_without_a_response_may_have_been_started() {
    for (fault, may_have_started) in [
        (Fault::drop_connection(), true),
        (Fault::status(500), true),
        (Fault::delay(Duration::from_secs(30)), true),
        (Fault::malformed_json(), true),
        (Fault::status(400), false),
        (Fault::rate_limited("7200"), false),
    ] {
        let tenant = tenant().await;
        let client = builder(&tenant).timeout(Duration::from_secs(2)).build().unwrap();
        tenant.inject(Operation::StartReport, fault.times(9));
        let error = client.start_report(&any_report()).poll().await.unwrap_err();
        assert_eq!(error.may_have_been_started(), may_have_started, "{error}");
        assert_eq!(
            error.to_string().contains("may have been started"),
            may_have_started,
            "{error}"
        );
        assert_eq!(count(&tenant, Operation::StartReport), usize::from(true), "{error}");
    }
    let tenant = tenant().await;
    tenant.inject(Operation::StartReport, Fault::delay(Duration::from_secs(30)));
    let poller = client(&tenant).start_report(&any_report()).poll();
    let error = poller.deadline(Duration::from_secs(1)).await.unwrap_err();
    assert!(error.to_string().contains("it may have been started"), "{error}");
    assert!(error.may_have_been_started());
}

/// A timeout before a start was sent means that nothing was started.
#[tokio::test]
async fn a_start_that_is_not_sent_in_time_started_nothing() {
    let deadline = Duration::from_secs(1);
    let tenant = tenant().await;
    tenant.inject(Operation::Token, Fault::delay(Duration::from_secs(30)));
    let poller = client(&tenant).start_report(&any_report()).poll();
    let error = poller.deadline(deadline).await.unwrap_err();
    assert!(matches!(error, WaitError::TimedOut { id: None, .. }), "{error}");
    assert!(!error.may_have_been_started());
    assert!(error.to_string().ends_with(": nothing was started"), "{error}");
    assert_eq!(count(&tenant, Operation::StartReport), 0);
}

/// A poll is one request, and the next one comes at the interval, whatever `Retry-After` says.
#[tokio::test]
async fn polls_that_are_refused_keep_to_the_interval() {
    let tenant = tenant().await;
    let id = start(&client(&tenant)).await;
    tenant.inject(Operation::GetReportResult, Fault::rate_limited("0").times(2));
    let past = "Sun, 06 Nov 1994 08:49:37 GMT";
    tenant.inject(Operation::GetReportResult, Fault::rate_limited(past).times(2));
    let interval = Duration::from_millis(300);
    let begin = Instant::now();
    let poller = client(&tenant).resume_start_report(&id).interval(interval, interval);
    poller.await.unwrap();
    assert_eq!(count(&tenant, Operation::GetReportResult), 5);
    // A fifth of an interval is left to chance.
    assert!(begin.elapsed() >= 4 * interval * 4 / 5, "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_pause_while_polling_ends_with_what_the_poller_waits_at_most() {
    for limiter in [false, true] {
        let tenant = tenant().await;
        let client = match limiter {
            true => builder(&tenant).rate_limit(RateLimit::new(100, Duration::from_millis(10))),
            false => builder(&tenant),
        };
        let client = client.max_shared_pause(Duration::from_millis(500)).build().unwrap();
        let id = start(&client).await;
        tenant.inject(Operation::GetReportResult, Fault::rate_limited("10"));
        let soon = Duration::from_millis(50);
        let poller = client.resume_start_report(&id).interval(soon, soon).max_wait(2 * soon);
        let begin = Instant::now();
        poller.max_consecutive_errors(100).await.unwrap();
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn a_pause_beyond_the_deadline_of_a_poller_fails_at_once_and_is_named() {
    let deadline = Duration::from_secs(5);
    for operation in [Operation::StartReport, Operation::GetReportResult, Operation::Token] {
        let tenant = tenant().await;
        tenant.inject(operation, Fault::rate_limited("10").times(9));
        let soon = Duration::from_millis(50);
        let poller = client(&tenant).start_report(&any_report()).poll().interval(soon, soon);
        let begin = Instant::now();
        let error = poller.deadline(deadline).await.unwrap_err();
        assert!(begin.elapsed() < deadline / 2, "{operation:?}: {:?}", begin.elapsed());
        assert!(error.to_string().contains("it asks for a pause of 10 s"), "{error}");
        let polls = operation == Operation::GetReportResult;
        assert_eq!(matches!(error, WaitError::Poll { .. }), polls, "{error}");
        assert_eq!(matches!(error, WaitError::Start(_)), !polls, "{error}");
        assert_eq!(error.may_have_been_started(), polls, "{error}");
    }
}

#[tokio::test]
async fn one_response_does_not_pause_everybody_for_longer_than_the_bound() {
    let tenant = tenant().await;
    let limit = RateLimit::new(100, Duration::from_secs(10));
    let builder = builder(&tenant).rate_limit(limit);
    let client = builder.max_shared_pause(Duration::from_secs(1)).build().unwrap();
    tenant.inject(Operation::StartReport, Fault::rate_limited("86400"));
    let begin = Instant::now();
    let error = client.start_report(&any_report()).await.unwrap_err();
    assert!(error.to_string().contains("it asks for a pause of 86400 s"), "{error}");
    let soon = Duration::from_millis(100);
    let error = client.get_report_result("1").timeout(soon).await.unwrap_err().to_string();
    let told = "(429 Too Many Requests to startReport, which asked for 86400 s)";
    assert!(error.contains("a pause of 1 s") && error.contains(told), "{error}");
    client.get_report_result("1").await.unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_pause_of_the_token_endpoint_is_held_against_the_time_of_the_call() {
    let tenant = tenant().await;
    let client = client(&tenant);
    tenant.inject(Operation::Token, Fault::rate_limited("2"));
    let patient = tokio::spawn(client.get_report_result("1").into_future());
    while tenant.token_requests() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // One that comes while another waits, and has less time.
    let begin = Instant::now();
    for _ in 0..2 {
        let call = client.get_report_result("1").timeout(Duration::from_secs(1));
        let error = call.await.unwrap_err();
        assert!(begin.elapsed() < Duration::from_millis(500), "{:?}", begin.elapsed());
        let Error::Auth(auth) = &error else { panic!("{error:?}") };
        assert_eq!(auth.status().map(|status| status.as_u16()), Some(429));
        assert!(auth.retry_after().is_some_and(|pause| pause > Duration::from_secs(1)));
        assert!(error.to_string().contains("it asks for a pause of 2 s"), "{error}");
        assert!(error.is_retryable() && !error.may_have_reached_server());
    }
    assert_eq!(tenant.token_requests(), 1, "nobody asks before the pause has ended");
    patient.await.unwrap().unwrap();
    assert_eq!(tenant.token_requests(), 2);
}

#[tokio::test]
async fn requests_for_tokens_follow_the_policy_of_the_call() {
    let tenant = tenant().await;
    let client = client(&tenant);
    tenant.inject(Operation::Token, Fault::status(503).times(2));
    client.get_report_result("1").retry(RetryPolicy::none()).await.unwrap_err();
    assert_eq!(tenant.token_requests(), 1);
    client.get_report_result("1").retry(at_once(2)).await.unwrap();
    assert_eq!(tenant.token_requests(), 3);
}
