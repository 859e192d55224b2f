//! Tests of a function that uses the client, with the mock server of the crate (feature `mock`).
//!
//! `cargo run -p tests --example testing_with_mock` runs the tests. In another crate they would be
//! functions with `#[tokio::test]`.

use std::error::Error;

use sailpoint_reports::mock::{MockServer, file};
use sailpoint_reports::types::{
    AccountsArguments, ErrorResponseDto, FileFormat, ReportDetails, ReportResults, ReportStatus,
    TaskResultDetails,
};
use sailpoint_reports::{Client, StatusCode};

/// The function under test. It counts the accounts of a source, and returns zero if the report no
/// longer exists.
async fn count_accounts(client: &Client, source: &str) -> Result<usize, Box<dyn Error>> {
    let done = client.start_report(&report_on(source)).poll().await?;
    let mut file = match client.get_report(&done.id, FileFormat::Csv).await {
        Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => return Ok(0),
        file => file?,
    };
    let mut lines = 0;
    while let Some(chunk) = file.chunk().await? {
        lines += chunk.iter().filter(|byte| **byte == b'\n').count();
    }
    Ok(lines.saturating_sub(1))
}

fn report_on(source: &str) -> ReportDetails {
    ReportDetails::Accounts(AccountsArguments::new(source, "Harbour HR"))
}

/// Returns a mock server whose report on a source succeeds at once.
async fn tenant_with_a_report() -> MockServer {
    let mock = MockServer::start().await;
    let task = TaskResultDetails::new().with_id("7fa2");
    mock.start_report().expect(&report_on("5b1d")).once().respond_ok(task);
    let done = ReportResults::new().with_status(ReportStatus::Success);
    mock.get_report_result().task_result_id("7fa2").respond_ok(done);
    mock
}

async fn accounts_are_the_lines_below_the_first() {
    let mock = tenant_with_a_report().await;
    let csv = file("accounts.csv", "id,name\n1,Ada\n2,Grace\n");
    mock.get_report().task_result_id("7fa2").file_format(FileFormat::Csv).respond_ok(csv);
    let counted = count_accounts(&mock.client(), "5b1d").await;
    assert_eq!(counted.expect("a number"), 2);
    // Panics if an expected request was not received, or an unexpected one was.
    mock.verify();
}

async fn a_report_that_is_gone_counts_as_empty() {
    let mock = tenant_with_a_report().await;
    mock.get_report().respond_404(ErrorResponseDto::new().with_detail_code("404 Not found"));
    let counted = count_accounts(&mock.client(), "5b1d").await;
    assert_eq!(counted.expect("a number"), 0);
    mock.verify();
}

#[tokio::main]
async fn main() {
    accounts_are_the_lines_below_the_first().await;
    println!("passed     accounts are the lines below the first");
    a_report_that_is_gone_counts_as_empty().await;
    println!("passed     a report that is gone counts as empty");
}
