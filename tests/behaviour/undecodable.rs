//! Good answers that are not what the document says, and empty ones.

use sailpoint_reports::runtime::StatusCode;
use sailpoint_reports::types::{ReportResults, TaskResultDetails};
use sailpoint_reports::{DecodeError, Error};
use tests::mock_tenant::{Fault, Operation};

use crate::setup::{any_report, builder, client, count, line, tenant};

/// What becomes of a result that the tenant answers 200 with, decoded strictly: no property of it is
/// required.
async fn decoded(media_type: &str, body: &str) -> Result<ReportResults, Error> {
    let tenant = tenant().await;
    tenant.inject(Operation::GetReportResult, Fault::answer(200, media_type, body.to_owned()));
    let strict = builder(&tenant).strict_decoding().build().unwrap();
    let outcome = strict.get_report_result("1").await;
    assert_eq!(count(&tenant, Operation::GetReportResult), 1, "another attempt cannot help");
    outcome
}

fn decode_error(error: &Error) -> &DecodeError {
    match error {
        Error::Decode(error) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_wrong_type_is_told_with_its_place_and_the_body_is_kept() {
    let body = r#"{"id": "1", "availableFormats": ["CSV", {"x": "a\nb"}]}"#;
    let error = decoded("application/json", body).await.unwrap_err();
    let text = line(&error);
    let start = "getReportResult: the body of the answer 200 (application/json) cannot be decoded \
                 at `availableFormats[1]`: ";
    assert!(text.starts_with(start), "{text}");
    let error = decode_error(&error);
    assert_eq!(error.path(), "availableFormats[1]");
    assert_eq!(error.bytes(), body);
    assert_eq!(error.status(), StatusCode::OK);
    assert_eq!(error.headers()["content-type"], "application/json");
}

#[tokio::test]
async fn the_place_is_found_deep_inside() {
    let tenant = tenant().await;
    let body = r#"{"id": "1", "messages": [{"type": "INFO"}, {"type": 7}]}"#;
    tenant.inject(Operation::StartReport, Fault::answer(200, "application/json", body));
    let strict = builder(&tenant).strict_decoding().build().unwrap();
    let error = strict.start_report(&any_report()).await.unwrap_err();
    assert_eq!(decode_error(&error).path(), "messages[1].type");
    assert_eq!(error.status(), Some(StatusCode::OK));
    line(&error);
}

#[tokio::test]
async fn a_body_that_is_an_array_is_wrong_as_a_whole() {
    let error = decoded("application/json", "[]").await.unwrap_err();
    assert_eq!(decode_error(&error).path(), ".");
    assert!(!line(&error).contains(" at `"), "{error}");
}

#[tokio::test]
async fn html_with_a_good_status_is_told_with_its_media_type() {
    let page = "<!DOCTYPE html>\n<title>Sign in</title>";
    let error = decoded("text/html; charset=utf-8", page).await.unwrap_err();
    assert!(line(&error).contains("200 (text/html) is not what was requested: "), "{error}");
    assert_eq!(decode_error(&error).bytes(), page);
}

#[tokio::test]
async fn malformed_json_is_told_and_kept() {
    let tenant = tenant().await;
    tenant.inject(Operation::GetReportResult, Fault::malformed_json());
    let error = client(&tenant).get_report_result("1").await.unwrap_err();
    assert!(line(&error).contains("cannot be decoded"), "{error}");
    assert!(decode_error(&error).bytes().starts_with(br#"{"id": "3d9a61f0""#));
}

#[tokio::test]
async fn more_text_after_the_json_is_not_passed_over() {
    let error = decoded("application/json", r#"{"id": "1"} {"id": "2"}"#).await.unwrap_err();
    assert!(line(&error).contains("more text"), "{error}");
}

#[tokio::test]
async fn an_empty_body_is_an_empty_result() {
    for body in ["", " \r\n", "{}"] {
        let result = decoded("application/json", body).await.unwrap();
        assert_eq!(result, ReportResults::default());
    }
}

#[tokio::test]
async fn a_started_report_without_body_is_an_empty_task() {
    let tenant = tenant().await;
    tenant.inject(Operation::StartReport, Fault::status(202));
    let task = client(&tenant).start_report(&any_report()).await.unwrap();
    assert_eq!(task, TaskResultDetails::default());
}

#[tokio::test]
async fn values_that_the_document_does_not_know_are_kept() {
    let body = r#"{"reportType": "Signoff-28", "status": "PAUSED", "created": "2025-06-02T14:05:09.318",
                   "duration": null, "availableFormats": ["XLSX"], "owner": {"id": 7}}"#;
    let result = decoded("text/json", body).await.unwrap();
    assert_eq!(result.report_type.unwrap().as_str(), "Signoff-28");
    assert_eq!(result.status.unwrap().as_str(), "PAUSED");
    assert_eq!(result.created.unwrap().timestamp().unwrap().as_millisecond(), 1_748_873_109_318);
    assert_eq!(result.duration, None);
    assert_eq!(result.available_formats.unwrap()[0].as_str(), "XLSX");
    assert_eq!(result.additional_properties["owner"]["id"], 7);
}
