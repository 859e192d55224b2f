//! Concurrent requests on several threads.

use std::sync::Arc;

use sailpoint_reports::types::{FileFormat, ReportStatus};
use sailpoint_reports::{Client, ClientBuilder, Download, Error};
use tests::mock_tenant::Operation;

use crate::setup::{any_report, client, count, start, tenant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_concurrent_requests_share_a_token_and_succeed() {
    let tenant = tenant().await;
    let client = Arc::new(client(&tenant));
    let id: Arc<str> = start(&client).await.into();
    // The token is rejected, so that the requests also share its renewal.
    tenant.revoke_tokens();
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let (client, id) = (Arc::clone(&client), Arc::clone(&id));
            tokio::spawn(async move { client.get_report_result(&id).await })
        })
        .collect();
    for task in tasks {
        let result = task.await.unwrap().unwrap();
        assert_eq!(result.status, Some(ReportStatus::Success));
    }
    assert_eq!(tenant.token_requests(), 2);
    assert!(count(&tenant, Operation::GetReportResult) >= 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_can_be_spawned() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let id = start(&client).await;
    let started = tokio::spawn(client.start_report(&any_report()).into_future());
    let result = tokio::spawn(client.get_report_result(&id).completed(true).send());
    let response = tokio::spawn(client.get_report_result(&id).response());
    let cancelled = tokio::spawn(client.cancel_report(&id).into_future());
    let file = tokio::spawn(client.get_report(&id, FileFormat::Csv).into_future());
    assert!(started.await.unwrap().unwrap().id.is_some());
    assert!(result.await.unwrap().unwrap().id.is_some());
    assert_eq!(response.await.unwrap().unwrap().status, 200);
    cancelled.await.unwrap().unwrap_err();
    let directory = tempfile::tempdir().unwrap();
    let saving = file.await.unwrap().unwrap().save_in(directory.path()).into_future();
    assert!(tokio::spawn(saving).await.unwrap().unwrap().exists());
}

#[test]
fn clients_and_errors_are_send_and_sync() {
    fn is_shared<T: Send + Sync + 'static>() {}
    fn is_sent<T: Send + 'static>() {}
    is_shared::<Client>();
    is_shared::<Error>();
    is_sent::<ClientBuilder>();
    is_sent::<Download>();
}
