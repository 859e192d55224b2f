//! Successful responses that differ from the document, and empty ones.

use sailpoint_reports::runtime::StatusCode;
use sailpoint_reports::types::{ReportResults, TaskResultDetails};
use sailpoint_reports::{DecodeError, Error};
use tests::mock_tenant::{Fault, Operation};

use crate::setup::{any_report, builder, client, count, line, tenant};

/// Decodes a result strictly. It has no required properties.
async fn decode_strictly(media_type: &str, body: &str) -> Result<ReportResults, Error> {
    let tenant = tenant().await;
    tenant.inject(Operation::GetReportResult, Fault::response(200, media_type, body.to_owned()));
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
async fn a_type_error_has_its_path_and_the_body() {
    let body = r#"{"id": "1", "availableFormats": ["CSV", {"x": "a\nb"}]}"#;
    let error = decode_strictly("application/json", body).await.unwrap_err();
    let text = line(&error);
    let start = "getReportResult: the body of the response 200 (application/json) cannot be decoded \
                 at `availableFormats[1]`: ";
    assert!(text.starts_with(start), "{text}");
    let error = decode_error(&error);
    assert_eq!(error.path(), "availableFormats[1]");
    assert_eq!(error.bytes(), body);
    assert_eq!(error.status(), StatusCode::OK);
    assert_eq!(error.headers()["content-type"], "application/json");
}

#[tokio::test]
async fn a_type_error_has_its_nested_path() {
    let tenant = tenant().await;
    let body = r#"{"id": "1", "messages": [{"type": "INFO"}, {"type": 7}]}"#;
    tenant.inject(Operation::StartReport, Fault::response(200, "application/json", body));
    let strict = builder(&tenant).strict_decoding().build().unwrap();
    let error = strict.start_report(&any_report()).await.unwrap_err();
    assert_eq!(decode_error(&error).path(), "messages[1].type");
    assert_eq!(error.status(), Some(StatusCode::OK));
    line(&error);
}

#[tokio::test]
async fn an_array_instead_of_an_object_has_the_root_path() {
    let error = decode_strictly("application/json", "[]").await.unwrap_err();
    assert_eq!(decode_error(&error).path(), ".");
    assert!(!line(&error).contains(" at `"), "{error}");
}

#[tokio::test]
async fn a_successful_html_response_is_an_error_with_its_media_type() {
    let page = "<!DOCTYPE html>\n<title>Sign in</title>";
    let error = decode_strictly("text/html; charset=utf-8", page).await.unwrap_err();
    assert!(line(&error).contains("200 (text/html) is not what was requested: "), "{error}");
    assert_eq!(decode_error(&error).bytes(), page);
}

#[tokio::test]
async fn malformed_json_is_an_error_with_the_body() {
    let tenant = tenant().await;
    tenant.inject(Operation::GetReportResult, Fault::malformed_json());
    let error = client(&tenant).get_report_result("1").await.unwrap_err();
    assert!(line(&error).contains("cannot be decoded"), "{error}");
    assert!(decode_error(&error).bytes().starts_with(br#"{"id": "3d9a61f0""#));
}

#[tokio::test]
async fn trailing_characters_after_json_are_an_error() {
    let error =
        decode_strictly("application/json", r#"{"id": "1"} {"id": "2"}"#).await.unwrap_err();
    assert!(line(&error).contains("more text"), "{error}");
}

#[tokio::test]
async fn an_empty_body_is_an_empty_result() {
    for body in ["", " \r\n", "{}"] {
        let result = decode_strictly("application/json", body).await.unwrap();
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
async fn undocumented_values_are_kept() {
    let body = r#"{"reportType": "Signoff-28", "status": "PAUSED", "created": "2025-06-02T14:05:09.318",
                   "duration": null, "availableFormats": ["XLSX"], "owner": {"id": 7}}"#;
    let result = decode_strictly("text/json", body).await.unwrap();
    assert_eq!(result.report_type.unwrap().as_str(), "Signoff-28");
    assert_eq!(result.status.unwrap().as_str(), "PAUSED");
    assert_eq!(result.created.unwrap().timestamp().unwrap().as_millisecond(), 1_748_873_109_318);
    assert_eq!(result.duration, None);
    assert_eq!(result.available_formats.unwrap()[0].as_str(), "XLSX");
    assert_eq!(result.additional_properties["owner"]["id"], 7);
}
