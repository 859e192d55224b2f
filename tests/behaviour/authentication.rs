//! Tokens: requested once, kept, renewed, and requested again when they are rejected.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use sailpoint_reports::runtime::StatusCode;
use sailpoint_reports::{
    AccessToken, AuthError, Client, Error, RetryPolicy, TokenFuture, TokenSource,
};
use tests::mock_tenant::{Fault, MockTenant, Operation};

use crate::raw::closed_port;
use crate::setup::{HOUR, any_report, api, at_once, builder, client, count, line, only_request};
use crate::setup::{pass, tenant};

#[tokio::test]
async fn credentials_are_sent_as_a_form() {
    let tenant = MockTenant::builder().credentials("id & co", "s=3+c%r/t ü").start().await.unwrap();
    client(&tenant).get_report_result("1").await.unwrap();
    let request = only_request(&tenant, Operation::Token);
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/oauth/token"));
    assert_eq!(request.query, None);
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("user-agent"), Some("sailpoint-reports/0.1.0"));
    assert_eq!(request.header("authorization"), None);
    assert_eq!(
        request.text(),
        "grant_type=client_credentials&client_id=id%20%26%20co\
         &client_secret=s%3D3%2Bc%25r%2Ft%20%C3%BC"
    );
}

#[tokio::test]
async fn fifty_concurrent_calls_request_one_token() {
    let tenant = tenant().await;
    tenant.inject(Operation::Token, Fault::delay(Duration::from_millis(50)));
    let client = client(&tenant);
    let calls = (0..50).map(|_| client.get_report_result("1").into_future());
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(tenant.token_requests(), 1);
    assert_eq!(count(&tenant, Operation::GetReportResult), 50);
}

#[tokio::test]
async fn fifty_concurrent_calls_share_a_failed_authentication_and_the_next_call_retries() {
    let tenant = tenant().await;
    tenant.inject(Operation::Token, Fault::status(501).delayed(Duration::from_millis(50)).times(3));
    let client = client(&tenant);
    let calls = (0..50).map(|_| client.get_report_result("1").into_future());
    for outcome in join_all(calls).await {
        assert!(matches!(outcome, Err(Error::Auth(_))), "{outcome:?}");
    }
    assert_eq!(tenant.token_requests(), 3, "three attempts for all");
    client.get_report_result("1").await.unwrap();
    assert_eq!(tenant.token_requests(), 4);
}

#[tokio::test]
async fn a_token_is_kept_for_clones_and_renewed_shortly_before_it_expires() {
    let tenant = tenant().await;
    tenant.set_token_lifetime(Duration::from_secs(720));
    let client = client(&tenant);
    client.get_report_result("1").await.unwrap();
    pass(Duration::from_secs(600)).await;
    client.clone().start_report(&any_report()).await.unwrap();
    assert_eq!(tenant.token_requests(), 1);
    // The token is valid for another minute.
    pass(Duration::from_secs(61)).await;
    client.get_report_result("1").await.unwrap();
    assert_eq!(tenant.token_requests(), 2);
    assert_eq!(count(&tenant, Operation::GetReportResult), 2, "none was refused");
}

#[tokio::test]
async fn extreme_token_lifetimes_are_accepted() {
    for expires_in in ["18446744073709551615", "\"99999999999999999\"", "-1", "null", "1e300"] {
        let tenant = tenant().await;
        let body = format!(r#"{{"access_token": "t", "expires_in": {expires_in}}}"#);
        tenant.inject(Operation::Token, Fault::response(200, "application/json", body));
        tenant.inject(Operation::GetReportResult, Fault::status(200).times(2));
        let client = client(&tenant);
        for _ in 0..2 {
            client.get_report_result("1").await.unwrap();
        }
        assert_eq!(tenant.token_requests(), 1, "{expires_in}");
    }
}

#[tokio::test]
async fn a_rejected_token_is_renewed_and_the_request_retried_even_a_post() {
    let tenant = tenant().await;
    let client = builder(&tenant).retry(at_once(2)).build().unwrap();
    client.get_report_result("1").await.unwrap();
    tenant.revoke_tokens();
    client.start_report(&any_report()).await.unwrap();
    assert_eq!(tenant.token_requests(), 2);
    let requests = tenant.requests_to(Operation::StartReport);
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].body, requests[1].body);
    assert_ne!(requests[0].header("authorization"), requests[1].header("authorization"));
}

#[tokio::test]
async fn fifty_rejected_calls_request_one_new_token() {
    let tenant = tenant().await;
    let client = client(&tenant);
    client.get_report_result("1").await.unwrap();
    tenant.revoke_tokens();
    let calls = (0..50).map(|_| client.get_report_result("1").into_future());
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(tenant.token_requests(), 2);
}

#[tokio::test]
async fn a_request_that_is_always_rejected_is_retried_once() {
    let tenant = tenant().await;
    tenant.inject(Operation::GetReportResult, Fault::unauthorized().times(9));
    let error = client(&tenant).get_report_result("1").await.unwrap_err();
    assert_eq!(api(&error).status(), 401);
    assert_eq!(count(&tenant, Operation::GetReportResult), 2);
    assert_eq!(tenant.token_requests(), 2);
}

#[tokio::test]
async fn invalid_credentials_are_an_error_without_the_secret() {
    let tenant = tenant().await;
    let wrong = builder(&tenant).client_credentials("somebody", "not-the-secret").build().unwrap();
    let error = wrong.get_report_result("1").await.unwrap_err();
    let Error::Auth(auth) = &error else { panic!("{error:?}") };
    assert_eq!(auth.status(), Some(StatusCode::UNAUTHORIZED));
    let text = line(&error);
    let expected = "401 Unauthorized invalid_client: client_id or client_secret is not known";
    assert!(text.starts_with("authentication failed: ") && text.ends_with(expected), "{text}");
    assert!(!format!("{text} {error:?}").contains("not-the-secret"), "{error:?}");
    // Wrong credentials are not retried, and the operation was not called.
    assert_eq!(tenant.requests().len(), 1);
}

#[tokio::test]
async fn an_error_of_the_token_endpoint_has_a_one_line_message() {
    let responses = [
        (400, "application/json", r#"{"error": "a\r\nb", "error_description": "c\u0000\nd"}"#),
        (500, "text/html", "<html>\n<h1>down</h1>"),
        (200, "text/html", "<html>\n<h1>sign in</h1>"),
        (200, "application/json", "{}"),
        (200, "application/json", ""),
    ];
    for (status, media_type, body) in responses {
        let tenant = tenant().await;
        tenant.inject(Operation::Token, Fault::response(status, media_type, body).times(3));
        let error = client(&tenant).get_report_result("1").await.unwrap_err();
        assert!(matches!(error, Error::Auth(_)), "{error:?}");
        line(&error);
    }
}

#[tokio::test]
async fn authentication_is_retried_after_transient_errors() {
    let tenant = tenant().await;
    tenant.inject(Operation::Token, Fault::status(503));
    tenant.inject(Operation::Token, Fault::drop_connection());
    client(&tenant).get_report_result("1").await.unwrap();
    assert_eq!(tenant.token_requests(), 3);
}

#[tokio::test]
async fn an_unreachable_token_endpoint_is_a_connection_error() {
    let (_socket, url) = closed_port();
    let builder = Client::builder().base_url(url.as_str()).client_credentials("id", "secret");
    let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let client = builder.retry(at_once(2)).build().unwrap();
    let error = client.start_report(&any_report()).await.unwrap_err();
    let Error::Connection(connection) = &error else { panic!("{error:?}") };
    assert_eq!(connection.authenticating(), Some(host.as_str()));
    assert!(error.is_retryable() && !error.may_have_reached_server());
    let expected = format!("startReport: authentication: {host} could not be reached: ");
    assert!(line(&error).starts_with(&expected), "{error}");
    let mut below = std::error::Error::source(&error);
    let mut io = None;
    while let Some(cause) = below {
        io = io.or(cause.downcast_ref::<std::io::Error>());
        below = cause.source();
    }
    assert_eq!(io.map(std::io::Error::kind), Some(std::io::ErrorKind::ConnectionRefused));
}

#[tokio::test]
async fn a_fixed_token_is_sent_and_not_retried() {
    let tenant = tenant().await;
    let client = builder(&tenant).token("my.own-token").build().unwrap();
    let error = client.get_report_result("1").await.unwrap_err();
    assert_eq!(api(&error).status(), 401);
    let request = only_request(&tenant, Operation::GetReportResult);
    assert_eq!(request.header("authorization"), Some("Bearer my.own-token"));
    assert_eq!(tenant.token_requests(), 0);
}

/// A source that returns `t1`, `t2`, …, or fails. Each token has the lifetime `expires_in`.
#[derive(Clone, Default)]
struct NumberedTokens {
    calls: Arc<AtomicUsize>,
    fails: bool,
    expires_in: Option<Duration>,
}

impl TokenSource for NumberedTokens {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async {
            let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
            if self.fails {
                return Err(AuthError::new("the vault is\nsealed"));
            }
            let token = AccessToken::new(format!("t{number}"));
            Ok(match self.expires_in {
                Some(expires_in) => token.with_expires_in(expires_in),
                None => token,
            })
        })
    }
}

#[tokio::test]
async fn a_token_source_is_called_again_after_a_rejection_or_expiry() {
    let tenant = tenant().await;
    let expiring = NumberedTokens { expires_in: Some(HOUR), ..NumberedTokens::default() };
    let client = builder(&tenant).token_source(expiring).build().unwrap();
    tenant.inject(Operation::GetReportResult, Fault::unauthorized());
    tenant.inject(Operation::GetReportResult, Fault::status(200).times(3));
    for wait in [0, 3000, 600] {
        pass(Duration::from_secs(wait)).await;
        client.get_report_result("1").await.unwrap();
    }
    let requests = tenant.requests_to(Operation::GetReportResult);
    let tokens: Vec<_> =
        requests.iter().filter_map(|request| request.header("authorization")).collect();
    assert_eq!(tokens, ["Bearer t1", "Bearer t2", "Bearer t2", "Bearer t3"]);
}

#[tokio::test]
async fn a_token_that_never_expires_is_kept() {
    let tenant = tenant().await;
    let source = NumberedTokens { expires_in: Some(Duration::MAX), ..NumberedTokens::default() };
    let client = builder(&tenant).token_source(source.clone()).build().unwrap();
    tenant.inject(Operation::GetReportResult, Fault::status(200).times(2));
    for _ in 0..2 {
        client.get_report_result("1").await.unwrap();
    }
    assert_eq!(source.calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_failed_token_source_is_an_authentication_error() {
    let tenant = tenant().await;
    let source = NumberedTokens { fails: true, ..NumberedTokens::default() };
    let client = builder(&tenant).token_source(source).build().unwrap();
    let error = client.get_report_result("1").await.unwrap_err();
    assert_eq!(line(&error), "authentication failed: the vault is sealed");
    assert!(tenant.requests().is_empty());
}

/// Nobody knows where the tokens of a custom source come from, so no message names a host.
#[tokio::test]
async fn a_token_source_that_says_nothing_ends_with_the_time_of_the_operation() {
    struct Silent;
    impl TokenSource for Silent {
        fn token(&self) -> TokenFuture<'_> {
            Box::pin(std::future::pending())
        }
    }
    let tenant = tenant().await;
    let client = builder(&tenant).token_source(Silent).build().unwrap();
    let call = client.get_report_result("1").timeout(Duration::from_millis(50));
    let error = call.await.unwrap_err();
    let Error::Timeout(timeout) = &error else { panic!("{error:?}") };
    assert_eq!(timeout.authenticating(), None);
    assert!(tenant.requests().is_empty());
}

/// Each failure of a token request keeps its kind and what the response asks for.
#[tokio::test]
async fn a_failed_token_request_keeps_its_kind() {
    let tenant = tenant().await;
    let fails = async |fault: Fault| {
        tenant.inject(Operation::Token, fault);
        let client = builder(&tenant).retry(RetryPolicy::none());
        let client = client.attempt_timeout(Duration::from_millis(500)).build().unwrap();
        client.get_report_result("1").await.unwrap_err()
    };
    let error = fails(Fault::drop_connection()).await;
    let Error::Connection(connection) = &error else { panic!("{error:?}") };
    assert!(connection.authenticating().is_some());
    let error = fails(Fault::delay(HOUR)).await;
    let Error::Timeout(timeout) = &error else { panic!("{error:?}") };
    assert!(timeout.authenticating().is_some());
    let error = fails(Fault::rate_limited("3000")).await;
    assert!(matches!(error, Error::Auth(_)), "{error:?}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3000)));
}
