//! Pollers, and the export of a report in one call.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sailpoint_reports::types::{FileFormat, ReportResults, ReportStatus};
use sailpoint_reports::{
    Error, ExportProgress, PollStatus, Poller, RateLimit, RetryPolicy, WaitError,
};
use tests::mock_tenant::{Fault, MockTenant, Operation};

use crate::setup::{HOUR, any_report, builder, client, count, start, tenant};

const TICK: Duration = Duration::from_millis(10);

/// Makes a poller request the state frequently.
fn with_short_interval(poller: Poller<ReportResults>) -> Poller<ReportResults> {
    poller.interval(TICK, TICK)
}

async fn tenant_ending_with(status: &str) -> MockTenant {
    let builder = MockTenant::builder().report_duration(5 * TICK).final_status(status);
    builder.start().await.unwrap()
}

#[tokio::test]
async fn a_poller_waits_until_a_report_has_finished() {
    for (status, expected) in
        [("SUCCESS", ReportStatus::Success), ("WARNING", ReportStatus::Warning)]
    {
        let tenant = tenant_ending_with(status).await;
        let done =
            with_short_interval(client(&tenant).start_report(&any_report()).poll()).await.unwrap();
        assert_eq!(done.state.status, Some(expected));
        assert_eq!(done.state.id, Some(done.id));
        assert_eq!(count(&tenant, Operation::StartReport), 1);
        assert!(count(&tenant, Operation::GetReportResult) > 1);
    }
}

#[tokio::test]
async fn a_failed_and_a_cancelled_report_are_errors_of_a_poller() {
    for status in ["FAILURE", "ERROR"] {
        let tenant = tenant_ending_with(status).await;
        let ended = with_short_interval(client(&tenant).start_report(&any_report()).poll()).await;
        let WaitError::Failed { id, state } = ended.unwrap_err() else { panic!("{status}") };
        assert_eq!((state.id.as_deref(), state.status.unwrap().as_str()), (Some(&*id), status));
    }
    let tenant =
        MockTenant::builder().report_duration(Duration::from_secs(60)).start().await.unwrap();
    let mut poller = with_short_interval(client(&tenant).start_report(&any_report()).poll());
    assert!(poller.next().await.unwrap().is_ok());
    poller.cancel().await.unwrap();
    assert!(matches!(poller.await, Err(WaitError::Cancelled { .. })));
}

#[tokio::test]
async fn a_poller_resumes_from_an_id() {
    let tenant = tenant_ending_with("SUCCESS").await;
    let id = start(&client(&tenant)).await;
    let another = client(&tenant);
    let done = with_short_interval(another.resume_start_report(&id)).await.unwrap();
    assert_eq!(done.id, id);
    assert_eq!(count(&tenant, Operation::StartReport), 1);
}

#[tokio::test]
async fn an_existing_run_is_joined() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let mut own = with_short_interval(client.start_report(&any_report()).poll());
    own.next().await.unwrap().unwrap();
    assert!(!own.already_running());
    let body = format!(
        "{{\"id\":\"{}\",\"created\":\"2020-07-01T10:00:00.000Z\",\"taskDefName\":\"x\"}}",
        own.id().unwrap()
    );
    tenant.inject(Operation::StartReport, Fault::response(200, "application/json", body));
    let mut joined = with_short_interval(client.start_report(&any_report()).poll());
    joined.next().await.unwrap().unwrap();
    assert!(joined.already_running());
}

#[tokio::test]
async fn an_operation_in_progress_is_pending_and_transient_errors_are_tolerated() {
    let tenant = tenant().await;
    let client = builder(&tenant).retry(RetryPolicy::none()).build().unwrap();
    let in_progress = "{\"detailCode\":\"400.2.0 Operation in progress\"}";
    for code in [in_progress, "{\"detailCode\":\"400.2.0\"}"] {
        let id = start(&client).await;
        let fault = Fault::response(400, "application/json", code.to_owned());
        tenant.inject(Operation::GetReportResult, fault.times(2));
        tenant.inject(Operation::GetReportResult, Fault::status(503));
        tenant.inject(Operation::GetReportResult, Fault::drop_connection());
        tenant.inject(Operation::GetReportResult, Fault::response(200, "application/json", "{}"));
        with_short_interval(client.resume_start_report(&id)).await.unwrap();
        assert_eq!(tenant.pending_faults(), 0, "{code}");
    }
}

#[tokio::test]
async fn a_deadline_can_cancel_the_report() {
    for cancels in [false, true] {
        let tenant =
            MockTenant::builder().report_duration(Duration::from_secs(60)).start().await.unwrap();
        let poller = with_short_interval(client(&tenant).start_report(&any_report()).poll())
            .deadline(10 * TICK);
        let poller = if cancels { poller.cancel_on_timeout() } else { poller };
        let error = poller.await.unwrap_err();
        assert!(
            matches!(&error, WaitError::TimedOut { cancelled, last: Some(_), .. } if *cancelled == cancels),
            "{error:?}"
        );
        assert_eq!(count(&tenant, Operation::CancelReport), usize::from(cancels));
    }
}

#[tokio::test]
async fn one_call_runs_a_report_and_saves_several_formats() {
    let tenant = tenant_ending_with("SUCCESS").await;
    let directory = tempfile::tempdir().unwrap();
    let events = Arc::new(Mutex::new(Vec::new()));
    let recorded = Arc::clone(&events);
    let exported = client(&tenant)
        .start_report(&any_report())
        .export([FileFormat::Csv, FileFormat::Pdf])
        .configure_poller(with_short_interval)
        .on_progress(move |progress| {
            recorded.lock().unwrap().push(match progress {
                ExportProgress::Waiting(polled) => format!("{:?}", polled.status),
                ExportProgress::Downloading { file_name, bytes, total } => {
                    assert!(total.is_none_or(|total| bytes <= total));
                    file_name.to_owned()
                }
                ExportProgress::Event(_) => return,
                _ => unreachable!("nothing else is recorded"),
            });
        })
        .save_in(directory.path().join("new").join("folder"))
        .await
        .unwrap();
    assert_eq!(count(&tenant, Operation::StartReport), 1);
    assert_eq!(exported.state.status, Some(ReportStatus::Success));
    let names: Vec<_> =
        exported.files.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert!(names[0].ends_with(".csv") && names[1].ends_with(".pdf"), "{names:?}");
    assert!(exported.files.iter().all(|path| path.exists()));
    let mut events = events.lock().unwrap().clone();
    events.dedup();
    assert_eq!(events, [&format!("{:?}", PollStatus::InProgress), "Succeeded", names[0], names[1]]);
}

#[tokio::test]
async fn an_unwritable_folder_is_an_error_before_the_report_starts() {
    let tenant = tenant().await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let export = client(&tenant).start_report(&any_report()).export([FileFormat::Csv]);
    let shown = format!("{export:?}");
    assert!(shown.contains("started: None") && shown.contains("files: 1"), "{shown}");
    let error = export.save_in(&file).await.unwrap_err();
    assert!(matches!(error.error(), Some(Error::Save(save)) if save.path() == file), "{error:?}");
    assert_eq!(count(&tenant, Operation::StartReport), 0);
}

#[tokio::test]
async fn a_failed_download_can_be_repeated_later() {
    let tenant = tenant().await;
    let directory = tempfile::tempdir().unwrap();
    tenant.inject(Operation::GetReport, Fault::status(404));
    let export = client(&tenant).start_report(&any_report()).export([FileFormat::Csv]);
    let error =
        export.configure_poller(with_short_interval).save_in(directory.path()).await.unwrap_err();
    let WaitError::Download { id, files, .. } = &error else { panic!("{error:?}") };
    assert!(files.is_empty());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    client(&tenant).get_report(id, FileFormat::Csv).await.unwrap();
}

/// All requests at once would need as many connections. The rate limit of the client spreads them
/// over time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_pollers_share_a_client() {
    let tenant = tenant_ending_with("SUCCESS").await;
    let limit = RateLimit::new(200, Duration::from_millis(50));
    let client = builder(&tenant).rate_limit(limit).timeout(HOUR).build().unwrap();
    let id = start(&client).await;
    let waits: Vec<_> = (0..10_000)
        .map(|_| tokio::spawn(with_short_interval(client.resume_start_report(&id)).into_future()))
        .collect();
    for wait in waits {
        wait.await.unwrap().unwrap();
    }
    assert_eq!(tenant.token_requests(), 1);
    assert!(count(&tenant, Operation::GetReportResult) >= 10_000);
}
