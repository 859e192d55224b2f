//! What a tenant turns down: requests that do not fit the document, and tokens that are not good.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::{MockTenant, Reply, User, assert_fits, document, send};

/// A request that fits nothing is answered with 400, and the text says why.
fn assert_refused(reply: &Reply, expected: &str) {
    assert_eq!(reply.status(), 400, "{expected}");
    let text = reply.error_text();
    assert!(text.contains(expected), "{text}");
    let error = reply.json();
    assert_fits(&error, "ErrorResponseDto");
    assert_eq!(reply.header("SLPT-Request-ID"), error["trackingId"].as_str());
}

#[tokio::test]
async fn parameters_are_held_to_the_document() {
    let user = User::start(MockTenant::builder()).await;
    for (path, expected) in [
        ("x?fileFormat=xml", r#""fileFormat" is "xml"; allowed are "csv", "pdf""#),
        ("x", r#""fileFormat" is required"#),
        ("x/result?complete=1", r#"query parameter "complete" is not known"#),
        ("x/result?completed=maybe", r#""completed" is the string "maybe""#),
    ] {
        assert_refused(&user.get(&format!("/v3/reports/{path}")).await, expected);
    }
    for path in ["/v3/report/x", "/reports/x", "/v3/reports/x/result/"] {
        assert_eq!(user.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn bodies_are_held_to_the_document() {
    let user = User::start(MockTenant::builder()).await;
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
        assert_refused(&user.post("/v3/reports/run", body).await, expected);
    }
    let needless = user.post("/v3/reports/x/cancel", "{}").await;
    assert_refused(&needless, "body is not allowed here");
    let text = "Content-Type: text/plain\r\n";
    let text = user.send("POST /v3/reports/run", text, "{}").await;
    assert_refused(&text, r#""Content-Type" is "text/plain""#);
    let unknown = r#"{"reportType": "BRAND_NEW", "arguments": {"anything": [1]}}"#;
    let unknown = user.post("/v3/reports/run", unknown).await;
    assert_eq!(unknown.json()["reportType"], "BRAND_NEW");
}

#[tokio::test]
async fn every_example_of_the_document_can_be_started() {
    let user = User::start(MockTenant::builder()).await;
    let document = document();
    let content =
        &document["paths"]["/reports/run"]["post"]["requestBody"]["content"]["application/json"];
    let examples = content["examples"].as_object().unwrap();
    assert!(examples.len() >= 7);
    for (_, example) in examples {
        user.run(example["value"].clone()).await;
    }
}

#[tokio::test]
async fn tokens_are_needed_and_run_out() {
    let short = Duration::from_millis(50);
    let user = User::start(MockTenant::builder().token_lifetime(short)).await;
    for headers in ["", "Authorization: Bearer x\r\n"] {
        let reply = send(&user.tenant, "GET /v3/reports/x/result", headers, "").await;
        assert_eq!(reply.status(), 401);
        assert_fits(&reply.json(), "UnauthorizedError");
    }
    sleep(short).await;
    let expired = user.get("/v3/reports/x/result").await;
    let text = json!({"error": "JWT validation failed: JWT is expired"});
    assert_eq!((expired.status(), expired.json()), (401, text));
}

#[tokio::test]
async fn tokens_are_for_good_credentials_only() {
    let user = User::start(MockTenant::builder().credentials("a b", "c&d")).await;
    let good = "grant_type=client_credentials&client_id=a+b&client_secret=c%26d";
    let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
    for (form, status, error) in [
        (good, 200, json!(null)),
        ("grant_type=client_credentials&client_id=a+b", 401, json!("invalid_client")),
        ("grant_type=password", 400, json!("unsupported_grant_type")),
        ("client_id=a%", 400, json!("invalid_request")),
    ] {
        let reply = send(&user.tenant, "POST /oauth/token", headers, form).await;
        assert_eq!((reply.status(), &reply.json()["error"]), (status, &error), "{form}");
    }
    assert_eq!(user.tenant.token_requests(), 5);
}
