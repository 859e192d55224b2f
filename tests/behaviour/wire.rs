//! What the requests look like when they arrive: method, path, query, headers and body.

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Client, Error};
use tests::mock_tenant::{MockTenant, Operation, RecordedRequest};

use crate::setup::{any_report, builder, client, line, only_request, start, tenant};

/// What the generated crate calls itself.
const USER_AGENT: &str = "sailpoint-reports/0.1.0";

/// Everything of a request but its body and the headers of HTTP itself.
fn shape(request: &RecordedRequest) -> (&str, &str, Option<&str>, Option<&str>, Option<&str>) {
    let RecordedRequest { method, path, query, .. } = request;
    (method, path, query.as_deref(), request.header("accept"), request.header("content-type"))
}

/// The names of all headers in alphabetical order, those that come twice as well.
fn header_names(request: &RecordedRequest) -> Vec<&str> {
    let mut names: Vec<_> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names
}

/// Checks the headers that all operations have in common.
fn assert_signed(tenant: &MockTenant, request: &RecordedRequest) {
    let authorization = request.header("authorization").unwrap();
    let token = authorization.strip_prefix("Bearer ").unwrap();
    assert!(!token.is_empty() && !token.contains(char::is_whitespace), "{authorization}");
    assert_eq!(request.header("user-agent"), Some(USER_AGENT));
    assert_eq!(request.header("host"), tenant.base_url().strip_prefix("http://"));
}

/// The headers of a request without a body.
const PLAIN: [&str; 5] = ["accept", "accept-encoding", "authorization", "host", "user-agent"];

#[tokio::test]
async fn start_report_is_a_post_of_json() {
    let tenant = tenant().await;
    start(&client(&tenant)).await;
    let request = only_request(&tenant, Operation::StartReport);
    let json = Some("application/json");
    assert_eq!(shape(&request), ("POST", "/v3/reports/run", None, json, json));
    assert_signed(&tenant, &request);
    let mut names = [&PLAIN[..], &["content-length", "content-type"]].concat();
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
    assert_eq!(shape(&request), ("GET", path, None, Some("application/json"), None));
    assert_signed(&tenant, &request);
    assert_eq!(header_names(&request), PLAIN);
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
async fn get_report_accepts_the_format_that_it_asks_for() {
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
        assert_eq!(shape(&request), ("GET", path.as_str(), Some(query), Some(accept), None));
        assert_signed(&tenant, &request);
        assert_eq!(header_names(&request), PLAIN);
        assert!(request.body.is_empty());
    }
}

#[tokio::test]
async fn a_format_that_the_document_does_not_know_accepts_all_that_it_does() {
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
    // Whether the tenant knows the report makes no difference to the request.
    client(&tenant).cancel_report("3d9a61f0").await.unwrap_err();
    let request = only_request(&tenant, Operation::CancelReport);
    let path = "/v3/reports/3d9a61f0/cancel";
    assert_eq!(shape(&request), ("POST", path, None, Some("application/json"), None));
    assert_signed(&tenant, &request);
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
async fn an_id_that_would_lead_elsewhere_is_refused_before_anything_is_sent() {
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
async fn a_header_of_ones_own_is_sent() {
    let tenant = tenant().await;
    client(&tenant).get_report_result("1").with_header("X-Trace", "a b").await.unwrap();
    let request = only_request(&tenant, Operation::GetReportResult);
    assert_eq!(request.header("x-trace"), Some("a b"));
}

#[tokio::test]
async fn a_header_of_ones_own_replaces_the_clients() {
    let tenant = tenant().await;
    let own = [
        ("Accept", "application/json;q=0.5"),
        ("User-Agent", "mine"),
        ("Authorization", "Bearer my-own"),
    ];
    for (name, value) in own {
        tenant.clear_requests();
        // The tenant does not know the token, which makes no difference to what is sent.
        let _ = client(&tenant).get_report_result("1").with_header(name, value).await;
        let request = tenant.requests_to(Operation::GetReportResult).remove(0);
        assert_eq!(request.header_values(name).collect::<Vec<_>>(), [value]);
    }
}

#[tokio::test]
async fn a_header_that_cannot_be_one_is_refused_before_anything_is_sent() {
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
async fn a_user_agent_that_cannot_be_a_header_is_refused() {
    let outcome = Client::builder().user_agent("a\nb").token("t").build();
    let error = outcome.unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error:?}");
    line(&error);
}

#[tokio::test]
async fn a_client_without_a_way_to_sign_in_sends_nothing() {
    let tenant = tenant().await;
    let client = Client::builder().base_url(tenant.base_url()).build().unwrap();
    let error = client.start_report(&any_report()).await.unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error:?}");
    assert!(line(&error).contains("sign in"));
    assert!(tenant.requests().is_empty());
}

#[tokio::test]
async fn status_and_headers_of_an_answer_can_be_had_as_well() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let response = client.get_report_result("1").response().await.unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(response.headers["slpt-request-id"].len(), 32);
    let id = start(&client).await;
    let response = client.get_report(&id, FileFormat::Csv).response().await.unwrap();
    assert_eq!(response.headers["content-type"], "application/csv");
}
