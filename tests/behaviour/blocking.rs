//! The blocking methods of the client, without an async runtime.

use std::time::Duration;

use sailpoint_reports::types::{FileFormat, ReportStatus};
use sailpoint_reports::{Error, PollStatus, Wait};
use tests::mock_tenant::{MockTenant, Operation};

use crate::setup::{any_report, client, count};

const TICK: Duration = Duration::from_millis(10);

fn tenant() -> MockTenant {
    MockTenant::builder().report_duration(3 * TICK).start().wait().unwrap()
}

#[test]
fn a_report_is_started_polled_and_saved() {
    let tenant = tenant();
    let client = client(&tenant);
    let id = client.start_report(&any_report()).wait().unwrap().id.unwrap();
    let done = client.resume_start_report(&id).interval(TICK, TICK).wait().unwrap();
    assert_eq!(done.state.status, Some(ReportStatus::Success));
    let directory = tempfile::tempdir().unwrap();
    let file = client.get_report(&id, FileFormat::Csv).wait().unwrap();
    let path = file.save_in(directory.path()).wait().unwrap();
    assert!(path.exists());
    let response = client.get_report_result(&id).response().wait().unwrap();
    assert_eq!(response.status, 200);
}

#[test]
fn pollers_and_exports_have_blocking_methods() {
    let tenant = tenant();
    let client = client(&tenant);
    let mut poller = client.start_report(&any_report()).poll().interval(TICK, TICK);
    let mut phases = Vec::new();
    while let Some(polled) = poller.next().wait() {
        phases.push(polled.unwrap().status);
    }
    assert_eq!(phases.last(), Some(&PollStatus::Succeeded));
    let directory = tempfile::tempdir().unwrap();
    let export = client.start_report(&any_report()).export([FileFormat::Pdf]);
    let export = export.configure_poller(|poller| poller.interval(TICK, TICK));
    let exported = export.save_in(directory.path()).wait().unwrap();
    assert!(exported.files[0].exists());
    assert_eq!(count(&tenant, Operation::StartReport), 2);
}

#[test]
fn blocking_errors_are_the_same_as_async_errors() {
    let error = client(&tenant()).get_report("nothing", FileFormat::Csv).wait().unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error:?}");
}
