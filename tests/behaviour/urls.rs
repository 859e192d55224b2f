//! The URLs of requests: base URLs, server variables, and rejected values.

use sailpoint_reports::{Client, Error};
use tests::mock_tenant::{Fault, Operation};

use crate::setup::{builder, client, line, tenant};

#[tokio::test]
async fn a_base_url_can_end_with_a_slash_or_the_base_path() {
    for end in ["", "/", "/v3", "/v3/"] {
        let tenant = tenant().await;
        let client = builder(&tenant).base_url(format!("{}{end}", tenant.base_url()));
        client.build().unwrap().get_report_result("1").await.unwrap();
        let requests = tenant.requests();
        let paths: Vec<_> = requests.iter().map(|request| request.path.as_str()).collect();
        assert_eq!(paths, ["/oauth/token", "/v3/reports/1/result"], "{end:?}");
    }
}

#[tokio::test]
async fn a_path_prefix_of_the_base_url_is_kept() {
    let tenant = tenant().await;
    let url = format!("{}/gate", tenant.base_url());
    let client = builder(&tenant).base_url(url).token("t").build().unwrap();
    client.get_report_result("1").await.unwrap_err();
    assert_eq!(tenant.requests()[0].path, "/gate/v3/reports/1/result");
}

#[tokio::test]
async fn the_base_path_selects_the_api_version() {
    for version in ["v2024", "v2025", "v2026"] {
        let tenant = tenant().await;
        let client = builder(&tenant).base_path(format!("/{version}")).build().unwrap();
        client.get_report_result("1").await.unwrap_err();
        let requests = tenant.requests();
        let paths: Vec<_> = requests.iter().map(|request| request.path.as_str()).collect();
        assert_eq!(paths, ["/oauth/token", &format!("/{version}/reports/1/result")]);
    }
}

/// Returns the base URL of a client.
fn base_url(client: &Client) -> String {
    let text = format!("{client:?}");
    let (_, rest) = text.split_once("base_url: \"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn server_variables_select_the_host() {
    let builder = || Client::builder().token("t");
    let client = builder().tenant("acme").build().unwrap();
    assert_eq!(base_url(&client), "https://acme.api.identitynow.com/v3");
    let client = builder().api_url("api.acme.example").build().unwrap();
    assert_eq!(base_url(&client), "https://api.acme.example/v3");
}

#[test]
fn a_server_variable_that_is_not_part_of_a_host_is_rejected() {
    for value in ["", "a b", "a@evil.example", "a?b", "a#b", "a\nb"] {
        let error = Client::builder().token("t").tenant(value).build().unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{value:?}: {error:?}");
        assert!(line(&error).contains("`tenant`"), "{error}");
    }
}

#[test]
fn plain_http_is_rejected_unless_local_or_allowed() {
    let build = |url: &str| Client::builder().token("t").base_url(url).build();
    for url in ["http://acme.example", "http://127.0.0.1.acme.example", "http://10.0.0.1"] {
        let error = build(url).unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        assert!(line(&error).contains("plain http"), "{error}");
        let client = Client::builder().token("t").base_url(url).allow_http(true).build().unwrap();
        assert_eq!(base_url(&client), format!("{url}/v3"));
    }
    for url in ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9"] {
        assert_eq!(base_url(&build(url).unwrap()), format!("{url}/v3"));
    }
}

#[test]
fn an_invalid_base_url_is_rejected_in_one_line() {
    let urls = ["", "acme", "ftp://acme.example", "https://a.example?x", "https://a.example#x"];
    for url in urls.into_iter().chain(["a\nb", "ftp://a\nb"]) {
        let error = Client::builder().token("t").base_url(url).build().unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{url:?}: {error:?}");
        line(&error);
    }
}

#[tokio::test]
async fn a_redirect_of_the_token_request_is_not_followed() {
    let (tenant, other) = (tenant().await, tenant().await);
    let location = format!("{}/oauth/token", other.base_url());
    tenant.inject(Operation::Token, Fault::status(307).header("Location", &location));
    let error = client(&tenant).get_report_result("1").await.unwrap_err();
    assert!(matches!(error, Error::Auth(_)), "{error:?}");
    assert_eq!(other.token_requests(), 0);
}

#[test]
fn variables_of_different_servers_cannot_be_combined() {
    let builder = Client::builder().token("t").tenant("acme").api_url("api.acme.example");
    let error = builder.build().unwrap_err();
    assert!(line(&error).starts_with("server variables: no server"), "{error}");
}
