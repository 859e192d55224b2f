//! The mock of the generated crate, by the operations of reports.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use sailpoint_reports::mock::{MockServer, ResponseTemplate, file};
use sailpoint_reports::types::{
    ErrorMessageDto, ErrorResponseDto, FileFormat, RateLimitError, ReportDetails, ReportResults,
    ReportStatus, SearchExportArguments, TaskResultDetails, UnauthorizedError,
};
use sailpoint_reports::{Client, Error, ErrorBody, RetryPolicy, WaitError};

use crate::setup::{any_report, api};

const TICK: Duration = Duration::from_millis(10);

fn task() -> TaskResultDetails {
    TaskResultDetails::new().with_id("7fa2").with_progress("Waiting".to_owned())
}

fn result(status: Option<ReportStatus>) -> ReportResults {
    let result = ReportResults::new().with_id("7fa2");
    match status {
        Some(status) => result.with_status(status).with_rows(3),
        None => result,
    }
}

fn search(query: &str) -> ReportDetails {
    ReportDetails::SearchExport(SearchExportArguments::new(query))
}

fn error(code: &str) -> ErrorResponseDto {
    let message = ErrorMessageDto::new().with_text("Not now.");
    ErrorResponseDto::new().with_detail_code(code).with_messages([message])
}

/// Returns the panic message of a verified mock.
fn verify_message(mock: MockServer) -> String {
    let panic = catch_unwind(AssertUnwindSafe(|| mock.verify())).expect_err("it was as expected");
    *panic.downcast::<String>().unwrap()
}

#[tokio::test]
async fn each_operation_can_be_expected_and_responded_to() {
    let mock = MockServer::start().await;
    let client = mock.client();
    mock.start_report().expect(&search("a")).respond_ok(task());
    let running = result(None);
    mock.get_report_result().task_result_id("7fa2").completed(true).respond_ok(&running);
    let csv = mock.get_report().task_result_id("7fa2").file_format(FileFormat::Csv);
    csv.name("People").auditable(false).respond_ok(file("accounts.csv", "id,name\n"));
    mock.cancel_report().id("7fa2").respond_ok();
    assert_eq!(client.start_report(&search("a")).await.unwrap(), task());
    assert_eq!(client.get_report_result("7fa2").completed(true).await.unwrap(), running);
    let download = client.get_report("7fa2", FileFormat::Csv).name("People").auditable(false);
    let download = download.response().await.unwrap();
    assert_eq!(download.headers["content-type"], "application/csv");
    let folder = tempfile::tempdir().unwrap();
    let path = download.body.save_in(folder.path()).await.unwrap();
    assert_eq!(path.file_name().unwrap(), "accounts.csv");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "id,name\n");
    client.cancel_report("7fa2").await.unwrap();
    mock.verify();
}

#[tokio::test]
async fn each_documented_error_has_a_responder_with_its_type() {
    let mock = MockServer::start().await;
    let expected = || mock.get_report().once();
    expected().respond_400(error("400.1"));
    expected().respond_401(UnauthorizedError::new().with_error("JWT"));
    expected().respond_403(error("403"));
    expected().respond_404(error("404"));
    expected().respond_429(RateLimitError::new().with_message("Later."));
    expected().respond_500(error("500"));
    expected().respond_status(502);
    let client = mock.client();
    for status in [400, 401, 403, 404, 429, 500, 502] {
        let request = client.get_report("7fa2", FileFormat::Csv).retry(RetryPolicy::none());
        let error = request.await.unwrap_err();
        let error = api(&error);
        assert_eq!(error.status(), status);
        match (status, error.body()) {
            (401, ErrorBody::UnauthorizedError(body)) => {
                assert_eq!(*body, UnauthorizedError::new().with_error("JWT"));
            }
            (429, ErrorBody::RateLimitError(body)) => {
                assert_eq!(*body, RateLimitError::new().with_message("Later."));
            }
            (400 | 403 | 404 | 500, ErrorBody::ErrorResponseDto(body)) => {
                let code = body.detail_code.clone().unwrap();
                assert!(code.starts_with(&status.to_string()), "{code}");
                assert_eq!(error.message(), Some("Not now."));
            }
            (502, ErrorBody::Undocumented) => {}
            (_, body) => panic!("{status}: {body:?}"),
        }
    }
    mock.verify();
}

#[tokio::test]
async fn a_poller_waits_for_the_mock() {
    let mock = MockServer::start().await;
    mock.start_report().once().respond_ok(task());
    let state = || mock.get_report_result().task_result_id("7fa2");
    state().times(2).respond_ok(result(None));
    state().once().respond_400(error("400.2.0"));
    state().once().respond_status(503);
    state().once().respond_ok(result(Some(ReportStatus::Success)));
    let poller = mock.client().start_report(&any_report()).poll().interval(TICK, TICK);
    let done = poller.await.unwrap();
    assert_eq!((done.id.as_str(), done.state.rows), ("7fa2", Some(3)));
    mock.verify();
}

#[tokio::test]
async fn an_export_whose_download_fails_is_a_download_error() {
    let mock = MockServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    mock.start_report().respond_ok(task());
    mock.get_report_result().respond_ok(result(Some(ReportStatus::Success)));
    mock.get_report().file_format(FileFormat::Csv).respond_ok(file("a.csv", "id\n"));
    mock.get_report().file_format(FileFormat::Pdf).respond_404(error("404"));
    let formats = [FileFormat::Csv, FileFormat::Pdf];
    let export = mock.client().start_report(&any_report()).export(formats);
    let failed = export.save_in(folder.path()).await.unwrap_err();
    let WaitError::Download { files, .. } = &failed else { panic!("{failed:?}") };
    assert_eq!(files.len(), 1);
    mock.verify();
}

#[tokio::test]
async fn a_client_of_the_mock_retries_without_delay() {
    let mock = MockServer::start().await;
    mock.get_report_result().times(2).respond_status(503);
    mock.get_report_result().once().respond(ResponseTemplate::json(200, &result(None)));
    assert_eq!(mock.client().get_report_result("7fa2").await.unwrap(), result(None));
    mock.verify();
}

#[tokio::test]
async fn a_custom_client_can_call_the_mock() {
    let mock = MockServer::start().await;
    mock.cancel_report().with_header("x-mine", "1").respond_ok();
    let client = Client::builder().base_url(mock.base_url()).token("own").build().unwrap();
    client.cancel_report("7fa2").with_header("x-mine", "1").await.unwrap();
    mock.verify();
}

#[tokio::test]
async fn a_response_can_be_delayed() {
    let mock = MockServer::start().await;
    mock.cancel_report().respond(ResponseTemplate::status(204).delay(Duration::from_secs(5)));
    let late = mock.client().cancel_report("7fa2").timeout(10 * TICK).await.unwrap_err();
    assert!(matches!(late, Error::Timeout(_)), "{late:?}");
}

#[tokio::test]
async fn unmet_expectations_are_described() {
    let mock = MockServer::start().await;
    let client = mock.client();
    mock.start_report().expect(&search("attributes.city:London")).once().respond_ok(task());
    mock.get_report().file_format(FileFormat::Csv).times(3).respond_ok(file("a.csv", ""));
    mock.get_report_result().any_times().respond_ok(result(None));
    client.start_report(&search("attributes.city:Rome")).await.unwrap_err();
    client.get_report("7fa2", FileFormat::Csv).await.unwrap();
    let error = client.get_report("7fa2", FileFormat::Pdf).auditable(true).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 501);
    client.cancel_report("7fa2").await.unwrap_err();
    assert_eq!(verify_message(mock), EXPECTED_MESSAGE);
}

const EXPECTED_MESSAGE: &str = r#"the mock server was not used as expected
these expectations were not met:
- startReport (POST /v3/reports/run): expected once, but never received
    body {"reportType":"SEARCH_EXPORT","arguments":{"query":"attributes.city:London"}}
- getReport (GET /v3/reports/{taskResultId}): expected 3 times, but received once
    query fileFormat=csv
these requests matched no expectation:
- POST /v3/reports/run
    body {"reportType":"SEARCH_EXPORT","arguments":{"query":"attributes.city:Rome"}}
    not startReport: body at /arguments/query: expected "attributes.city:London", received "attributes.city:Rome"
- GET /v3/reports/7fa2?fileFormat=pdf&auditable=true
    not getReport: query: expected fileFormat=csv, received fileFormat=pdf
- POST /v3/reports/7fa2/cancel
    there is no expectation for this operation
"#;
