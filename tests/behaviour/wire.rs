//! The requests as received: method, path, query, headers and body.

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Client, Error};
use tests::mock_tenant::{MockTenant, Operation, RecordedRequest};

use crate::setup::{any_report, builder, client, line, only_request, start, tenant};

/// The `User-Agent` of the generated crate.
const USER_AGENT: &str = "sailpoint-reports/0.1.0";

/// Returns the parts of a request other than its body and the headers of HTTP itself.
fn request_parts(
    request: &RecordedRequest,
) -> (&str, &str, Option<&str>, Option<&str>, Option<&str>) {
    let RecordedRequest { method, path, query, .. } = request;
    (method, path, query.as_deref(), request.header("accept"), request.header("content-type"))
}

/// Returns the names of all headers in alphabetical order, duplicates included.
fn header_names(request: &RecordedRequest) -> Vec<&str> {
    let mut names: Vec<_> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
}

/// Asserts the headers that all operations share.
fn assert_common_headers(tenant: &MockTenant, request: &RecordedRequest) {
    let authorization = request.header("authorization").unwrap();
    let token = authorization.strip_prefix("Bearer ").unwrap();
    assert!(!token.is_empty() && !token.contains(char::is_whitespace), "{authorization}");
    assert_eq!(request.header("user-agent"), Some(USER_AGENT));
    assert_eq!(request.header("host"), tenant.base_url().strip_prefix("http://"));
}

/// The headers of a request without a body.
const BODYLESS_HEADERS: [&str; 5] =
    ["accept", "accept-encoding", "authorization", "host", "user-agent"];

#[tokio::test]
async fn start_report_is_a_post_of_json() {
    let tenant = tenant().await;
    start(&client(&tenant)).await;
    let request = only_request(&tenant, Operation::StartReport);
    let json = Some("application/json");
    assert_eq!(request_parts(&request), ("POST", "/v3/reports/run", None, json, json));
    assert_common_headers(&tenant, &request);
    let mut names = [&BODYLESS_HEADERS[..], &["content-length", "content-type"]].concat();
    names.sort_unstable();
    assert_eq!(header_names(&request), names);
    assert_eq!(request.text(), r#"{"reportType":"IDENTITIES","arguments":{}}"#);
}

#[tokio::test]
async fn get_report_result_is_a_get_without_query() {
    let tenant = tenant().await;
    client(&tenant).get_report_result("7fa20b8d").await.unwrap();
    let request = only_request(&tenant, Operation::GetReportResult);
    let path = "/v3/reports/7fa20b8d/result";
    assert_eq!(request_parts(&request), ("GET", path, None, Some("application/json"), None));
    assert_common_headers(&tenant, &request);
    assert_eq!(header_names(&request), BODYLESS_HEADERS);
    assert!(request.body.is_empty());
}

#[tokio::test]
async fn completed_is_sent_only_if_it_is_set() {
    let tenant = tenant().await;
    let client = client(&tenant);
    client.get_report_result("1").await.unwrap();
    client.get_report_result("1").completed(true).await.unwrap();
    client.get_report_result("1").completed(false).await.unwrap();
    let requests = tenant.requests_to(Operation::GetReportResult);
    let queries: Vec<_> = requests.iter().map(|request| request.query.as_deref()).collect();
    assert_eq!(queries, [None, Some("completed=true"), Some("completed=false")]);
}

#[tokio::test]
async fn get_report_accepts_the_requested_format() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let id = start(&client).await;
    let path = format!("/v3/reports/{id}");
    let formats = [
        (FileFormat::Csv, "fileFormat=csv", "application/csv"),
        (FileFormat::Pdf, "fileFormat=pdf", "application/pdf"),
    ];
    for (format, query, accept) in formats {
        tenant.clear_requests();
        client.get_report(&id, format).await.unwrap();
        let request = only_request(&tenant, Operation::GetReport);
        assert_eq!(
            request_parts(&request),
            ("GET", path.as_str(), Some(query), Some(accept), None)
        );
        assert_common_headers(&tenant, &request);
        assert_eq!(header_names(&request), BODYLESS_HEADERS);
        assert!(request.body.is_empty());
    }
}

#[tokio::test]
async fn an_undocumented_format_accepts_all_documented_media_types() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let unknown = FileFormat::Unknown("xlsx".to_owned());
    client.get_report("1", unknown).await.unwrap_err();
    let request = only_request(&tenant, Operation::GetReport);
    assert_eq!(request.query.as_deref(), Some("fileFormat=xlsx"));
    assert_eq!(request.header("accept"), Some("application/csv, application/pdf, application/zip"));
}

#[tokio::test]
async fn optional_parameters_of_a_download_are_percent_encoded() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let id = start(&client).await;
    client.get_report(&id, FileFormat::Csv).name("My & report").auditable(true).await.unwrap();
    let request = only_request(&tenant, Operation::GetReport);
    let query = "fileFormat=csv&name=My%20%26%20report&auditable=true";
    assert_eq!(request.query.as_deref(), Some(query));
}

#[tokio::test]
async fn cancel_report_is_a_post_without_body() {
    let tenant = tenant().await;
    // The tenant does not know the report, which makes no difference to the request.
    client(&tenant).cancel_report("3d9a61f0").await.unwrap_err();
    let request = only_request(&tenant, Operation::CancelReport);
    let path = "/v3/reports/3d9a61f0/cancel";
    assert_eq!(request_parts(&request), ("POST", path, None, Some("application/json"), None));
    assert_common_headers(&tenant, &request);
    assert!(request.body.is_empty());
    assert_eq!(request.header("content-length"), Some("0"));
    assert_eq!(request.header("transfer-encoding"), None);
}

#[tokio::test]
async fn an_id_stays_one_segment_of_the_path() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let ids = [
        ("a/b c?d", "a%2Fb%20c%3Fd"),
        ("#é%2e", "%23%C3%A9%252e"),
        ("...", "..."),
        ("a\\b;c=d\n", "a%5Cb%3Bc%3Dd%0A"),
    ];
    for (id, segment) in ids {
        tenant.clear_requests();
        client.get_report_result(id).await.unwrap();
        let request = only_request(&tenant, Operation::GetReportResult);
        assert_eq!(request.path, format!("/v3/reports/{segment}/result"));
        assert_eq!(request.query, None);
    }
}

#[tokio::test]
async fn an_id_that_changes_the_path_is_rejected_before_anything_is_sent() {
    let tenant = tenant().await;
    let client = client(&tenant);
    for id in [".", "..", ""] {
        let outcomes = [
            client.get_report_result(id).await.map(drop),
            client.get_report(id, FileFormat::Csv).await.map(drop),
            client.cancel_report(id).await,
        ];
        for outcome in outcomes {
            let error = outcome.unwrap_err();
            assert!(matches!(error, Error::Config(_)), "{id:?}: {error:?}");
            assert!(line(&error).contains("path parameter"), "{error}");
        }
    }
    assert!(tenant.requests().is_empty());
}

#[tokio::test]
async fn a_custom_header_is_sent() {
    let tenant = tenant().await;
    client(&tenant).get_report_result("1").with_header("X-Trace", "a b").await.unwrap();
    let request = only_request(&tenant, Operation::GetReportResult);
    assert_eq!(request.header("x-trace"), Some("a b"));
}

#[tokio::test]
async fn a_custom_header_replaces_that_of_the_client() {
    let tenant = tenant().await;
    let own = [
        ("Accept", "application/json;q=0.5"),
        ("User-Agent", "mine"),
        ("Authorization", "Bearer my-own"),
    ];
    for (name, value) in own {
        tenant.clear_requests();
        // The tenant does not know the token, which makes no difference to the request.
        let _ = client(&tenant).get_report_result("1").with_header(name, value).await;
        let request = tenant.requests_to(Operation::GetReportResult).remove(0);
        assert_eq!(request.header_values(name).collect::<Vec<_>>(), [value]);
    }
}

#[tokio::test]
async fn an_invalid_header_is_rejected_before_anything_is_sent() {
    let tenant = tenant().await;
    let client = client(&tenant);
    for (name, value) in [("X-A", "a\r\nX-B: b"), ("X\nA", "a"), ("", "a")] {
        let error = client.get_report_result("1").with_header(name, value).await.unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        line(&error);
    }
    assert!(tenant.requests().is_empty());
}

#[tokio::test]
async fn products_are_added_to_the_user_agent_of_all_requests() {
    let tenant = tenant().await;
    let client = builder(&tenant).user_agent("nightly/1.2").user_agent("host/7").build().unwrap();
    client.get_report_result("1").await.unwrap();
    for request in tenant.requests() {
        let expected = "sailpoint-reports/0.1.0 nightly/1.2 host/7";
        assert_eq!(request.header("user-agent"), Some(expected));
    }
    assert_eq!(tenant.requests().len(), 2);
}

#[tokio::test]
async fn an_invalid_user_agent_is_rejected() {
    let outcome = Client::builder().user_agent("a\nb").token("t").build();
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error:?}");
    line(&error);
}

#[tokio::test]
async fn a_client_without_credentials_sends_nothing() {
    let tenant = tenant().await;
    let client = Client::builder().base_url(tenant.base_url()).build().unwrap();
    let error = client.start_report(&any_report()).await.unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error:?}");
    assert!(line(&error).contains("has no credentials"));
    assert!(tenant.requests().is_empty());
}

#[tokio::test]
async fn status_and_headers_of_a_response_are_available() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let response = client.get_report_result("1").response().await.unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(response.headers["slpt-request-id"].len(), 32);
    let id = start(&client).await;
    let response = client.get_report(&id, FileFormat::Csv).response().await.unwrap();
    assert_eq!(response.headers["content-type"], "application/csv");
}
