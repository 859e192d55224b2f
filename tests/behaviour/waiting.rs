//! Known pauses, single requests, and starts without a response.

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

use crate::setup::{any_report, at_once, builder, client, count, tenant};

/// What encrypts the connections of an HTTP/2 server for `localhost`, and its certificate.
pub(crate) fn http2() -> (TlsAcceptor, String) {
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

/// An HTTP/2 server that refuses every stream, its URL, its certificate, and how many there were.
async fn refusing() -> (String, String, Arc<AtomicUsize>) {
    let (acceptor, certificate) = http2();
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
async fn a_refused_http2_stream_is_counted_and_no_policy_sends_more_than_it_says() {
    for (policy, expected) in [(RetryPolicy::none(), 1), (at_once(3), 3)] {
        let (url, certificate, streams) = refusing().await;
        let client = Client::builder().base_url(url).token("t").root_certificate(certificate);
        let client = client.retry(policy).without_rate_limit().build().unwrap();
        let error = client.start_report(&any_report()).await.unwrap_err();
        let Error::Connection(connection) = &error else { panic!("{error:?}") };
        assert_eq!(streams.load(Ordering::SeqCst), expected);
        assert_eq!(connection.attempts() as usize, expected);
        assert!(!error.may_have_reached_server(), "the server has not processed it: {error}");
    }
}

/// What a custom HTTP client repeats on its own is not counted: `http_client` says how to build it.
#[tokio::test]
async fn a_custom_client_repeats_on_its_own_unless_it_is_told_not_to() {
    for (retries, expected) in [(None, 3), (Some(reqwest::retry::never()), 1)] {
        let (url, certificate, streams) = refusing().await;
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
async fn passing_trouble_is_retried_at_the_api_and_at_the_token_endpoint() {
    for status in [408, 500, 502, 503, 504] {
        let tenant = tenant().await;
        for operation in [Operation::GetReportResult, Operation::Token] {
            tenant.inject(operation, Fault::status(status).times(2));
        }
        client(&tenant).get_report_result("1").await.unwrap();
        assert_eq!(count(&tenant, Operation::GetReportResult), 3, "{status}");
        assert_eq!(tenant.token_requests(), 3, "{status}");
        // A request that may have been acted on is not repeated.
        tenant.inject(Operation::StartReport, Fault::status(status).times(2));
        client(&tenant).start_report(&any_report()).await.unwrap_err();
        assert_eq!(count(&tenant, Operation::StartReport), 1, "{status}");
    }
}

#[tokio::test]
async fn a_pause_without_time_for_it_fails_at_once_and_is_named() {
    let tenant = tenant().await;
    let limit = RateLimit::new(100, Duration::from_secs(10));
    let client = builder(&tenant).rate_limit(limit).build().unwrap();
    tenant.inject(Operation::StartReport, Fault::rate_limited("7200"));
    let begin = Instant::now();
    let error = client.start_report(&any_report()).await.unwrap_err();
    assert!(error.to_string().contains("it asks for a pause of 7200 s"), "{error}");
    // The limiter holds all others, and says why.
    let error = client.get_report_result("1").await.unwrap_err();
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert_eq!(count(&tenant, Operation::GetReportResult), 0);
    let text = error.to_string();
    assert!(text.contains("a pause of 7200 s (429 Too Many Requests to startReport)"), "{text}");
    assert!(error.retry_after() > Some(Duration::from_secs(7100)));
    assert!(error.is_retryable() && !error.may_have_reached_server());
}

#[tokio::test]
async fn a_patience_of_its_own_allows_a_pause_beyond_the_timeout() {
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
async fn a_start_without_a_response_says_that_it_may_have_been_started() {
    for (fault, may_have) in [
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
        assert_eq!(error.may_have_been_started(), may_have, "{error}");
        assert_eq!(error.to_string().contains("may have been started"), may_have, "{error}");
        assert_eq!(count(&tenant, Operation::StartReport), usize::from(true), "{error}");
    }
    let tenant = tenant().await;
    tenant.inject(Operation::StartReport, Fault::delay(Duration::from_secs(30)));
    let poller = client(&tenant).start_report(&any_report()).poll();
    let error = poller.deadline(Duration::from_secs(1)).await.unwrap_err();
    assert!(error.to_string().contains("it may have been started"), "{error}");
    assert!(error.may_have_been_started());
}

/// Who runs out of time before a start was sent, or after it was refused, has started nothing.
#[tokio::test]
async fn a_start_that_is_not_sent_in_time_says_that_nothing_was_started() {
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
