//! Secrets: seen by the tenant, and by nobody else.

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{AccessToken, Client, Error, Secret};
use tests::mock_tenant::{Fault, MockTenant, Operation};

use crate::process::is_alone;
use crate::raw::closed_port;
use crate::setup::{any_report, at_once, builder, client, tenant};
use crate::spans::{Capture, without_trace};

/// All that must not be seen: the client's secret, and the tokens that it was given.
fn secrets(tenant: &MockTenant) -> Vec<String> {
    let requests = tenant.requests();
    let tokens = requests.iter().filter_map(|request| request.header("authorization"));
    let tokens = tokens.map(|value| value.strip_prefix("Bearer ").unwrap().to_owned());
    let secrets: Vec<_> = tokens.chain([tenant.client_secret().to_owned()]).collect();
    assert!(secrets.len() > 1 && secrets.iter().all(|secret| secret.len() > 8));
    secrets
}

fn assert_hidden(tenant: &MockTenant, text: &str) {
    for secret in secrets(tenant) {
        assert!(!text.contains(&secret), "{secret} is in {text}");
    }
}

/// Lets a client meet every kind of trouble, and gives its errors.
async fn trouble(tenant: &MockTenant, client: &Client) -> Vec<Error> {
    let id = client.start_report(&any_report()).await.unwrap().id.unwrap();
    tenant.revoke_tokens();
    let mut errors = vec![];
    for fault in [
        Fault::status(500).times(3),
        Fault::unauthorized().times(2),
        Fault::drop_connection().times(3),
        Fault::malformed_json(),
        Fault::cut_body(1).times(3),
    ] {
        tenant.inject(Operation::GetReportResult, fault);
        errors.push(client.get_report_result(&id).await.unwrap_err());
    }
    tenant.inject(Operation::GetReport, Fault::cut_body(100));
    let file = client.get_report(&id, FileFormat::Csv).name("q-value").await.unwrap();
    errors.push(file.bytes(4096).await.unwrap_err());
    tenant.revoke_tokens();
    tenant.inject(Operation::Token, Fault::status(403));
    errors.push(client.cancel_report(&id).await.unwrap_err());
    errors
}

#[tokio::test]
async fn no_error_shows_a_secret() {
    let tenant = tenant().await;
    let errors = trouble(&tenant, &client(&tenant)).await;
    assert_eq!(errors.len(), 7);
    for error in errors {
        assert_hidden(&tenant, &format!("{error} {error:?} {error:#?}"));
    }
}

#[tokio::test]
async fn neither_client_nor_builder_nor_request_shows_a_secret() {
    let tenant = tenant().await;
    let client = client(&tenant);
    client.get_report_result("1").await.unwrap();
    let file = client.get_report("1", FileFormat::Csv);
    assert_hidden(&tenant, &format!("{client:?} {client:#?} {file:?}"));
    let builder = builder(&tenant);
    assert_hidden(&tenant, &format!("{builder:?} {builder:#?}"));
    let fixed = Client::builder().base_url("https://acme.example").token("hunter2-fixed");
    let text = format!("{fixed:?}");
    let text = format!("{text}{:?}", fixed.build().unwrap());
    assert!(text.contains("acme.example") && !text.contains("hunter2"), "{text}");
    let secret = Secret::from("hunter2");
    let token = AccessToken::new("hunter2");
    assert!(!format!("{secret:?} {token:?} {token:#?}").contains("hunter2"));
    assert_eq!(secret.expose_secret(), "hunter2");
}

#[tokio::test]
async fn a_password_in_a_base_url_is_refused_and_not_shown() {
    let url = "https://admin:hunter2@acme.example";
    let builder = || Client::builder().token("t").base_url(url);
    let error = builder().build().unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error:?}");
    let text = format!("{error} {error:?}");
    assert!(text.contains("password") && !text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn nothing_that_is_traced_shows_a_secret_or_a_value_of_the_query() {
    if !is_alone("secrets::nothing_that_is_traced_shows_a_secret_or_a_value_of_the_query") {
        return;
    }
    let tenant = tenant().await;
    let (capture, _guard) = Capture::begin();
    let errors = trouble(&tenant, &client(&tenant)).await;
    assert_eq!(errors.len(), 7);
    let text = capture.text();
    assert!(text.contains("\"request\"") && text.contains("getReport"), "{text}");
    assert_hidden(&tenant, &text);
    // Only who listens at the level TRACE sees what exactly was asked for.
    assert!(text.contains("?fileFormat=csv&name=q-value") && text.contains("authorization: ***"));
    assert!(!without_trace(&text).contains("q-value"), "{text}");
    let message = errors[0].api().unwrap().message().unwrap();
    assert!(!text.contains(message), "bodies are not traced: {text}");
}

#[tokio::test]
async fn a_connection_error_does_not_show_the_query() {
    let (_socket, url) = closed_port();
    let client = Client::builder().base_url(url).token("t").retry(at_once(1)).build().unwrap();
    let file = client.get_report("1", FileFormat::Csv).name("q-value");
    let error = file.await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("q-value"), "{error:?}");
}

#[tokio::test]
async fn a_token_that_cannot_be_sent_is_told_but_not_shown() {
    let tenant = tenant().await;
    let client = builder(&tenant).token("hunter2\nhunter3").build().unwrap();
    let error = client.get_report_result("1").await.unwrap_err();
    assert!(matches!(error, Error::Auth(_)), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter"), "{error:?}");
    assert!(tenant.requests().is_empty());
}
