//! Reports from their start to their file.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::{MockTenant, User, assert_fits};

#[tokio::test]
async fn a_report_is_done_after_its_time() {
    let duration = Duration::from_millis(400);
    let user = User::start(MockTenant::builder().report_duration(duration)).await;
    let arguments = json!({"correlatedOnly": true});
    let report = json!({"reportType": "IDENTITIES_DETAILS", "arguments": arguments});
    let id = user.run(report).await;
    let result = format!("/v3/reports/{id}/result?completed=true");

    let running = user.get(&result).await.json();
    assert!(running.get("status").is_none());
    assert_fits(&running, "ReportResults");
    let file = format!("/v3/reports/{id}?fileFormat=csv");
    let early = user.get(&file).await;
    assert_eq!(early.status(), 400);
    assert_eq!(early.json()["detailCode"], "400.2.0 Operation in progress");

    sleep(duration).await;
    let done = user.get(&result).await.json();
    assert_eq!(done["status"], "SUCCESS");
    assert_eq!(done["duration"], 400);
    assert_fits(&done, "ReportResults");
    assert_eq!(user.get(&file).await.status(), 200);
}

#[tokio::test]
async fn files_have_their_formats_and_names() {
    let user = User::with_quick_reports().await;
    user.tenant.set_csv_size(150_000);
    let id = user.run(json!({"reportType": "ORPHAN_IDENTITIES"})).await;
    let csv = format!("/v3/reports/{id}?fileFormat=csv");
    let pdf = format!("/v3/reports/{id}?fileFormat=pdf&name=June+list&auditable=true");
    for (path, media_type, name) in [
        (csv, "application/csv", "Orphan Identities Report.csv"),
        (pdf, "application/pdf", "June list.pdf"),
    ] {
        let reply = user.get(&path).await;
        assert_eq!(reply.header("content-type"), Some(media_type));
        let disposition = format!("attachment; filename=\"{name}\"");
        assert_eq!(reply.header("content-disposition"), Some(disposition.as_str()));
        let length = reply.body.len().to_string();
        assert_eq!(reply.header("content-length"), Some(length.as_str()));
        assert!(reply.body.starts_with(b"%PDF-") || reply.body.len() == 150_000);
    }
}

#[tokio::test]
async fn a_search_export_is_a_zip_archive() {
    let user = User::with_quick_reports().await;
    user.tenant.set_content_disposition(Some(r#"attachment;filename=\"fileName""#)).unwrap();
    let id = user.run(json!({"reportType": "SEARCH_EXPORT", "arguments": {"query": "*"}})).await;
    let accept = "Accept: application/csv, application/pdf\r\n";
    let reply = user.send(&format!("GET /v3/reports/{id}?fileFormat=csv"), accept, "").await;
    assert_eq!(reply.header("content-type"), Some("application/zip"));
    assert_eq!(reply.header("content-disposition"), Some(r#"attachment;filename=\"fileName""#));
    assert!(reply.body.starts_with(b"PK\x03\x04"));
    assert_eq!(reply.header("content-length"), Some(reply.body.len().to_string().as_str()));
}

#[tokio::test]
async fn runs_end_as_they_are_told() {
    let user = User::with_quick_reports().await;
    let report = json!({"reportType": "IDENTITIES"});
    user.tenant.set_next_final_status("FAILURE");
    let failed = user.run(report.clone()).await;
    let good = user.run(report).await;
    assert_eq!(user.status_of(&failed).await, "FAILURE");
    assert_eq!(user.status_of(&good).await, "SUCCESS");
    let file = format!("/v3/reports/{failed}?fileFormat=csv");
    assert_eq!(user.get(&file).await.status(), 404);
    assert!(user.tenant.set_final_status_of(&good, "WARNING"));
    assert_eq!(user.status_of(&good).await, "WARNING");
}

#[tokio::test]
async fn only_running_reports_can_be_cancelled() {
    let hour = Duration::from_secs(3600);
    let user = User::start(MockTenant::builder().report_duration(hour)).await;
    let id = user.run(json!({"reportType": "IDENTITIES"})).await;
    let cancel = format!("POST /v3/reports/{id}/cancel");
    let reply = user.send(&cancel, "", "").await;
    assert_eq!((reply.status(), reply.body.len()), (204, 0));
    assert_eq!(user.status_of(&id).await, "TERMINATED");
    assert_eq!(user.send(&cancel, "", "").await.status(), 400);
}

#[tokio::test]
async fn unknown_ids_have_an_empty_result_and_no_file() {
    let user = User::with_quick_reports().await;
    let result = user.get("/v3/reports/unknown/result").await;
    assert_eq!((result.status(), result.json()), (200, json!({})));
    let file = user.get("/v3/reports/unknown?fileFormat=csv").await;
    assert_eq!(file.status(), 404);
    assert_fits(&file.json(), "ErrorResponseDto");
    let cancel = user.send("POST /v3/reports/unknown/cancel", "", "").await;
    assert_eq!(cancel.status(), 404);
}

#[tokio::test]
async fn files_are_negotiated_and_may_come_in_chunks() {
    let user =
        User::start(MockTenant::builder().report_duration(Duration::ZERO).chunked(true)).await;
    let id = user.run(json!({"reportType": "IDENTITIES"})).await;
    let line = format!("GET /v3/reports/{id}?fileFormat=csv");
    let refused = user.send(&line, "Accept: application/json\r\n", "").await;
    assert_eq!(refused.status(), 500);
    assert!(refused.error_text().contains("NotAcceptableException"));
    user.tenant.omit_content_disposition();
    let chunked = user.send(&line, "Accept: */*\r\n", "").await;
    assert_eq!(
        (chunked.header("transfer-encoding"), chunked.header("content-length")),
        (Some("chunked"), None)
    );
    assert_eq!(chunked.header("content-disposition"), None);
    assert!(chunked.body.ends_with(b"\r\n0\r\n\r\n"));
}
