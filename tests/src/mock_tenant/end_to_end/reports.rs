//! Reports from start to file.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::{Client, MockTenant, assert_valid};

#[tokio::test]
async fn a_report_finishes_after_its_duration() {
    let duration = Duration::from_millis(400);
    let client = Client::start(MockTenant::builder().report_duration(duration)).await;
    let arguments = json!({"correlatedOnly": true});
    let report = json!({"reportType": "IDENTITIES_DETAILS", "arguments": arguments});
    let id = client.run(report).await;
    let result = format!("/v3/reports/{id}/result?completed=true");

    let running = client.get(&result).await.json();
    assert!(running.get("status").is_none());
    assert_valid(&running, "ReportResults");
    let file = format!("/v3/reports/{id}?fileFormat=csv");
    let early = client.get(&file).await;
    assert_eq!(early.status(), 400);
    assert_eq!(early.json()["detailCode"], "400.2.0 Operation in progress");

    sleep(duration).await;
    let done = client.get(&result).await.json();
    assert_eq!(done["status"], "SUCCESS");
    assert_eq!(done["duration"], 400);
    assert_valid(&done, "ReportResults");
    assert_eq!(client.get(&file).await.status(), 200);
}

#[tokio::test]
async fn files_have_their_formats_and_names() {
    let client = Client::with_quick_reports().await;
    client.tenant.set_csv_size(150_000);
    let id = client.run(json!({"reportType": "ORPHAN_IDENTITIES"})).await;
    let csv = format!("/v3/reports/{id}?fileFormat=csv");
    let pdf = format!("/v3/reports/{id}?fileFormat=pdf&name=June+list&auditable=true");
    for (path, media_type, name) in [
        (csv, "application/csv", "Orphan Identities Report.csv"),
        (pdf, "application/pdf", "June list.pdf"),
    ] {
        let response = client.get(&path).await;
        assert_eq!(response.header("content-type"), Some(media_type));
        let disposition = format!("attachment; filename=\"{name}\"");
        assert_eq!(response.header("content-disposition"), Some(disposition.as_str()));
        let length = response.body.len().to_string();
        assert_eq!(response.header("content-length"), Some(length.as_str()));
        assert!(response.body.starts_with(b"%PDF-") || response.body.len() == 150_000);
    }
}

#[tokio::test]
async fn a_search_export_is_a_zip_archive() {
    let client = Client::with_quick_reports().await;
    client.tenant.set_content_disposition(Some(r#"attachment;filename=\"fileName""#)).unwrap();
    let id = client.run(json!({"reportType": "SEARCH_EXPORT", "arguments": {"query": "*"}})).await;
    let accept = "Accept: application/csv, application/pdf\r\n";
    let response = client.send(&format!("GET /v3/reports/{id}?fileFormat=csv"), accept, "").await;
    assert_eq!(response.header("content-type"), Some("application/zip"));
    assert_eq!(response.header("content-disposition"), Some(r#"attachment;filename=\"fileName""#));
    assert!(response.body.starts_with(b"PK\x03\x04"));
    assert_eq!(response.header("content-length"), Some(response.body.len().to_string().as_str()));
}

#[tokio::test]
async fn runs_end_with_the_configured_status() {
    let client = Client::with_quick_reports().await;
    let report = json!({"reportType": "IDENTITIES"});
    client.tenant.set_next_final_status("FAILURE");
    let failed = client.run(report.clone()).await;
    let good = client.run(report).await;
    assert_eq!(client.status_of(&failed).await, "FAILURE");
    assert_eq!(client.status_of(&good).await, "SUCCESS");
    let file = format!("/v3/reports/{failed}?fileFormat=csv");
    assert_eq!(client.get(&file).await.status(), 404);
    assert!(client.tenant.set_final_status_of(&good, "WARNING"));
    assert_eq!(client.status_of(&good).await, "WARNING");
}

#[tokio::test]
async fn only_running_reports_can_be_cancelled() {
    let hour = Duration::from_secs(3600);
    let client = Client::start(MockTenant::builder().report_duration(hour)).await;
    let id = client.run(json!({"reportType": "IDENTITIES"})).await;
    let cancel = format!("POST /v3/reports/{id}/cancel");
    let response = client.send(&cancel, "", "").await;
    assert_eq!((response.status(), response.body.len()), (204, 0));
    assert_eq!(client.status_of(&id).await, "TERMINATED");
    assert_eq!(client.send(&cancel, "", "").await.status(), 400);
}

#[tokio::test]
async fn unknown_ids_have_an_empty_result_and_no_file() {
    let client = Client::with_quick_reports().await;
    let result = client.get("/v3/reports/unknown/result").await;
    assert_eq!((result.status(), result.json()), (200, json!({})));
    let file = client.get("/v3/reports/unknown?fileFormat=csv").await;
    assert_eq!(file.status(), 404);
    assert_valid(&file.json(), "ErrorResponseDto");
    let cancel = client.send("POST /v3/reports/unknown/cancel", "", "").await;
    assert_eq!(cancel.status(), 404);
}

#[tokio::test]
async fn files_are_negotiated_and_can_be_chunked() {
    let client =
        Client::start(MockTenant::builder().report_duration(Duration::ZERO).chunked(true)).await;
    let id = client.run(json!({"reportType": "IDENTITIES"})).await;
    let line = format!("GET /v3/reports/{id}?fileFormat=csv");
    let refused = client.send(&line, "Accept: application/json\r\n", "").await;
    assert_eq!(refused.status(), 500);
    assert!(refused.error_text().contains("NotAcceptableException"));
    client.tenant.omit_content_disposition();
    let chunked = client.send(&line, "Accept: */*\r\n", "").await;
    assert_eq!(
        (chunked.header("transfer-encoding"), chunked.header("content-length")),
        (Some("chunked"), None)
    );
    assert_eq!(chunked.header("content-disposition"), None);
    assert!(chunked.body.ends_with(b"\r\n0\r\n\r\n"));
}
