//! Requests that a tenant rejects: invalid ones, and those without a valid token.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::{Client, MockTenant, Response, assert_valid, document, send};

/// Asserts a 400 response whose message contains `expected`.
fn assert_rejected(response: &Response, expected: &str) {
    assert_eq!(response.status(), 400, "{expected}");
    let text = response.error_text();
    assert!(text.contains(expected), "{text}");
    let error = response.json();
    assert_valid(&error, "ErrorResponseDto");
    assert_eq!(response.header("SLPT-Request-ID"), error["trackingId"].as_str());
}

#[tokio::test]
async fn parameters_are_checked_against_the_document() {
    let client = Client::start(MockTenant::builder()).await;
    for (path, expected) in [
        ("x?fileFormat=xml", r#""fileFormat" is "xml"; allowed are "csv", "pdf""#),
        ("x", r#""fileFormat" is required"#),
        ("x/result?complete=1", r#"query parameter "complete" is not known"#),
        ("x/result?completed=maybe", r#""completed" is the string "maybe""#),
    ] {
        assert_rejected(&client.get(&format!("/v3/reports/{path}")).await, expected);
    }
    for path in ["/v3/report/x", "/reports/x", "/v3/reports/x/result/"] {
        assert_eq!(client.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn bodies_are_checked_against_the_document() {
    let client = Client::start(MockTenant::builder()).await;
    for (body, expected) in [
        ("", "body is required"),
        ("{", "body is not JSON"),
        ("{}", "$.reportType is required"),
        (r#"{"reportType": "ACCOUNTS"}"#, "$.arguments.application is required"),
        (
            r#"{"reportType": "IDENTITIES", "arguments": {"correlatedOnly": 1}}"#,
            "$.arguments.correlatedOnly is 1",
        ),
    ] {
        assert_rejected(&client.post("/v3/reports/run", body).await, expected);
    }
    let needless = client.post("/v3/reports/x/cancel", "{}").await;
    assert_rejected(&needless, "body is not allowed here");
    let text = "Content-Type: text/plain\r\n";
    let text = client.send("POST /v3/reports/run", text, "{}").await;
    assert_rejected(&text, r#""Content-Type" is "text/plain""#);
    let unknown = r#"{"reportType": "BRAND_NEW", "arguments": {"anything": [1]}}"#;
    let unknown = client.post("/v3/reports/run", unknown).await;
    assert_eq!(unknown.json()["reportType"], "BRAND_NEW");
}

#[tokio::test]
async fn every_example_of_the_document_can_be_started() {
    let client = Client::start(MockTenant::builder()).await;
    let document = document();
    let content =
        &document["paths"]["/reports/run"]["post"]["requestBody"]["content"]["application/json"];
    let examples = content["examples"].as_object().unwrap();
    assert!(examples.len() >= 7);
    for (_, example) in examples {
        client.run(example["value"].clone()).await;
    }
}

#[tokio::test]
async fn tokens_are_required_and_expire() {
    let short = Duration::from_millis(50);
    let client = Client::start(MockTenant::builder().token_lifetime(short)).await;
    for headers in ["", "Authorization: Bearer x\r\n"] {
        let response = send(&client.tenant, "GET /v3/reports/x/result", headers, "").await;
        assert_eq!(response.status(), 401);
        assert_valid(&response.json(), "UnauthorizedError");
    }
    sleep(short).await;
    let expired = client.get("/v3/reports/x/result").await;
    let text = json!({"error": "JWT validation failed: JWT is expired"});
    assert_eq!((expired.status(), expired.json()), (401, text));
}

#[tokio::test]
async fn tokens_are_issued_for_valid_credentials_only() {
    let client = Client::start(MockTenant::builder().credentials("a b", "c&d")).await;
    let good = "grant_type=client_credentials&client_id=a+b&client_secret=c%26d";
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    for (form, status, error) in [
        (good, 200, json!(null)),
        ("grant_type=client_credentials&client_id=a+b", 401, json!("invalid_client")),
        ("grant_type=password", 400, json!("unsupported_grant_type")),
        ("client_id=a%", 400, json!("invalid_request")),
    ] {
        let response = send(&client.tenant, "POST /oauth/token", headers, form).await;
        assert_eq!((response.status(), &response.json()["error"]), (status, &error), "{form}");
    }
    assert_eq!(client.tenant.token_requests(), 5);
}
