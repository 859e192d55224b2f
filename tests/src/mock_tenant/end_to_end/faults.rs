//! Faults, injected by the library or over the control endpoints.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::super::ids::Ids;
use super::super::{Fault, MockTenant, Operation};
use super::{Client, Response, send};

#[tokio::test]
async fn faults_replace_the_response_of_an_operation() {
    let client = Client::start(MockTenant::builder()).await;
    let date = "Wed, 21 Oct 2015 07:28:00 GMT";
    let faults = [
        Fault::rate_limited(date),
        Fault::status(500),
        Fault::status(503).header("Retry-After", "1"),
        Fault::unauthorized(),
        Fault::malformed_json(),
        Fault::response(418, "text/html", "<p>tea</p>"),
        Fault::drop_connection(),
    ];
    let count = faults.len();
    for fault in faults {
        client.tenant.inject(Operation::StartReport, fault);
    }
    let body = r#"{"reportType": "IDENTITIES"}"#;
    let mut responses = vec![];
    for _ in 0..count {
        responses.push(client.post("/v3/reports/run", body).await);
    }
    let statuses: Vec<_> = responses.iter().map(Response::status).collect();
    assert_eq!(statuses, [429, 500, 503, 401, 200, 418, 0]);
    assert_eq!(responses[0].header("retry-after"), Some(date));
    let id = responses[1].header("slpt-request-id");
    assert_eq!(responses[1].json()["trackingId"].as_str(), id);
    assert_eq!(responses[2].header("retry-after"), Some("1"));
    assert_eq!(responses[2].body, b"Service Unavailable");
    assert!(serde_json::from_slice::<Value>(&responses[4].body).is_err());
    assert_eq!(responses[6].head, "");
    assert_eq!(client.tenant.pending_faults(), 0);
    assert_eq!(client.tenant.requests_to(Operation::StartReport).len(), count);
    // None of them has started a run: the next run has the first id.
    let report = json!({"reportType": "IDENTITIES"});
    assert_eq!(client.run(report).await, Ids::new(0).next());
}

#[tokio::test]
async fn bodies_are_truncated_at_the_exact_byte() {
    let client =
        Client::start(MockTenant::builder().report_duration(Duration::ZERO).csv_size(8_000_000))
            .await;
    let id = client.run(json!({"reportType": "IDENTITIES"})).await;
    for bytes in [0, 7, 6_543_210] {
        client.tenant.inject_any(Fault::cut_body(bytes));
        let response = client.get(&format!("/v3/reports/{id}?fileFormat=csv")).await;
        assert_eq!((response.status(), response.header("content-length")), (200, Some("8000000")));
        assert_eq!(response.body.len() as u64, bytes);
    }
    client
        .tenant
        .inject(Operation::GetReportResult, Fault::cut_body(10).delayed(Duration::from_millis(40)));
    let before = Instant::now();
    let response = client.get(&format!("/v3/reports/{id}/result")).await;
    assert_eq!((response.status(), response.body.len()), (200, 10));
    assert!(before.elapsed() >= Duration::from_millis(40));
}

#[tokio::test]
async fn control_endpoints_inject_faults_and_return_requests() {
    let client = Client::start(MockTenant::builder()).await;
    let control = async |line: &str, body: &str| send(&client.tenant, line, "", body).await;
    let mut fault = json!({"operation": "getReportResult", "times": 2, "status": 429});
    fault["headers"] = json!({"Retry-After": "1"});
    assert_eq!(control("POST /_mock/faults", &fault.to_string()).await.status(), 204);
    let response = client.get("/v3/reports/x%2Fy/result?completed=true").await;
    assert_eq!((response.status(), response.header("retry-after")), (429, Some("1")));
    assert_eq!(client.tenant.pending_faults(), 1);
    let wrong = control("POST /_mock/faults", r#"{"operation": "nope", "statsu": 1}"#).await;
    let text = String::from_utf8(wrong.body.clone()).unwrap();
    assert!(
        wrong.status() == 400
            && text.contains("$.operation is")
            && text.contains("$.statsu is not known"),
        "{text}"
    );
    let both = control("POST /_mock/faults", r#"{"status": 500, "dropConnection": true}"#).await;
    assert_eq!(both.status(), 400);
    let requests = control("GET /_mock/requests", "").await.json();
    assert_eq!(requests.as_array().unwrap().len(), 2);
    assert_eq!(requests[0]["operation"], "token");
    assert_eq!(
        (&requests[1]["path"], &requests[1]["query"]),
        (&json!("/v3/reports/x%2Fy/result"), &json!("completed=true"))
    );
}
