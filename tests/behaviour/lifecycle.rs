//! The operations of a report, from start to file.

use sailpoint_reports::types::{
    AccountsArguments, FileFormat, IdentitiesArguments, IdentitiesDetailsArguments,
    IdentityProfileIdentityErrorArguments, OrphanIdentitiesArguments, OtherReportDetails,
    ReportDetails, ReportFormat, ReportResults, ReportStatus, ReportType, SearchExportArguments,
    SearchIndex, UncorrelatedAccountsArguments,
};
use sailpoint_reports::{FileKind, Nullable, Value, json};
use tests::mock_tenant::{MockTenant, Operation};

use crate::setup::{HOUR, any_report, api, client, only_request, pass, start, tenant};

/// Starts a report, and asserts that the tenant received exactly the expected body.
async fn assert_sent(details: ReportDetails, expected: Value) {
    let tenant = tenant().await;
    let task = client(&tenant).start_report(&details).await.unwrap();
    let request = only_request(&tenant, Operation::StartReport);
    assert_eq!(request.json().unwrap(), expected);
    assert_eq!(task.report_type.unwrap().as_str(), expected["reportType"]);
}

#[tokio::test]
async fn an_accounts_report_is_sent_with_its_source() {
    let arguments = AccountsArguments::new("5b1d0c7e94f24a6d8e03b6f7a2c95d18", "Harbour \"HR\" ü");
    let expected = json!({
        "reportType": "ACCOUNTS",
        "arguments": {
            "application": "5b1d0c7e94f24a6d8e03b6f7a2c95d18",
            "sourceName": "Harbour \"HR\" ü",
        },
    });
    assert_sent(ReportDetails::Accounts(arguments), expected).await;
}

#[tokio::test]
async fn an_identities_details_report_is_sent_with_a_false_flag() {
    let arguments = IdentitiesDetailsArguments::new(false);
    let expected =
        json!({"reportType": "IDENTITIES_DETAILS", "arguments": {"correlatedOnly": false}});
    assert_sent(ReportDetails::IdentitiesDetails(arguments), expected).await;
}

#[tokio::test]
async fn an_identities_report_is_sent_with_and_without_its_flag() {
    let bare = json!({"reportType": "IDENTITIES", "arguments": {}});
    assert_sent(ReportDetails::Identities(IdentitiesArguments::new()), bare).await;
    let arguments = IdentitiesArguments::new().with_correlated_only(true);
    let full = json!({"reportType": "IDENTITIES", "arguments": {"correlatedOnly": true}});
    assert_sent(ReportDetails::Identities(arguments), full).await;
}

#[tokio::test]
async fn an_identity_error_report_is_sent_with_its_source() {
    let arguments = IdentityProfileIdentityErrorArguments::new("1234sourceId5678902");
    let expected = json!({
        "reportType": "IDENTITY_PROFILE_IDENTITY_ERROR",
        "arguments": {"authoritativeSource": "1234sourceId5678902"},
    });
    assert_sent(ReportDetails::IdentityProfileIdentityError(arguments), expected).await;
}

#[tokio::test]
async fn an_orphan_identities_report_is_sent_with_its_formats() {
    let arguments = OrphanIdentitiesArguments::new()
        .with_selected_formats([ReportFormat::Pdf, ReportFormat::Csv]);
    let expected = json!({
        "reportType": "ORPHAN_IDENTITIES",
        "arguments": {"selectedFormats": ["PDF", "CSV"]},
    });
    assert_sent(ReportDetails::OrphanIdentities(arguments), expected).await;
}

#[tokio::test]
async fn an_uncorrelated_accounts_report_is_sent_with_its_formats() {
    let arguments = UncorrelatedAccountsArguments::new().with_selected_formats(["CSV"]);
    let expected = json!({
        "reportType": "UNCORRELATED_ACCOUNTS",
        "arguments": {"selectedFormats": ["CSV"]},
    });
    assert_sent(ReportDetails::UncorrelatedAccounts(arguments), expected).await;
}

#[tokio::test]
async fn a_search_export_is_sent_with_its_query() {
    let arguments = SearchExportArguments::new(r#"name:"a b" AND @access(source.name:Payroll)"#)
        .with_indices([SearchIndex::Identities, SearchIndex::All])
        .with_columns("displayName,access.spread")
        .with_sort(["displayName", "-created"]);
    let expected = json!({
        "reportType": "SEARCH_EXPORT",
        "arguments": {
            "indices": ["identities", "*"],
            "query": r#"name:"a b" AND @access(source.name:Payroll)"#,
            "columns": "displayName,access.spread",
            "sort": ["displayName", "-created"],
        },
    });
    assert_sent(ReportDetails::SearchExport(arguments), expected).await;
}

#[tokio::test]
async fn an_undocumented_report_type_is_sent_unchanged() {
    let arguments = json!({"campaign": {"id": "7", "deep": [1, null, {"x": 2.5}]}, "all": true});
    let details = OtherReportDetails::new()
        .with_report_type("CERTIFICATION_SIGNOFF")
        .with_arguments(arguments.clone());
    let expected = json!({"reportType": "CERTIFICATION_SIGNOFF", "arguments": arguments});
    assert_sent(ReportDetails::Other(details), expected).await;
}

#[tokio::test]
async fn undocumented_arguments_are_sent() {
    let mut arguments = IdentitiesArguments::new();
    arguments.additional_properties.insert("region".to_owned(), json!(["EU"]));
    let expected = json!({"reportType": "IDENTITIES", "arguments": {"region": ["EU"]}});
    assert_sent(ReportDetails::Identities(arguments), expected).await;
}

#[tokio::test]
async fn a_started_report_returns_its_task() {
    let tenant = tenant().await;
    let task = client(&tenant).start_report(&any_report()).await.unwrap();
    assert_eq!(task.id.unwrap().len(), 32);
    assert_eq!(task.report_type, Some(ReportType::Identities));
    assert_eq!(task.launcher.as_deref(), Some(tenant.client_id()));
    assert!(task.parent_name.is_null() && task.completion_status.is_null());
    assert_eq!(task.progress, Nullable::from("Initializing..."));
    assert!(task.created.unwrap().timestamp().is_ok());
    assert_eq!(task.attributes.unwrap()["org"], "mock-tenant");
    // The document does not describe this property; it is kept.
    assert_eq!(task.additional_properties["taskDefName"], "Identities Report");
}

#[tokio::test]
async fn a_report_has_no_status_until_it_ends() {
    let tenant = MockTenant::builder().report_duration(HOUR).start().await.unwrap();
    let client = client(&tenant);
    let endings = [
        ("SUCCESS", ReportStatus::Success),
        ("WARNING", ReportStatus::Warning),
        ("FAILURE", ReportStatus::Failure),
        ("TERMINATED", ReportStatus::Terminated),
        ("Success", ReportStatus::Unknown("Success".to_owned())),
    ];
    for (sent, expected) in endings {
        tenant.set_next_final_status(sent);
        let id = start(&client).await;
        let pending = client.get_report_result(&id).await.unwrap();
        assert_eq!((pending.status, pending.rows, pending.duration), (None, None, None));
        assert_eq!(pending.id.as_deref(), Some(id.as_str()));
        pass(HOUR).await;
        let ended = client.get_report_result(&id).await.unwrap();
        assert_eq!(ended.status, Some(expected));
        assert_eq!(ended.duration, Some(3_600_000));
        assert!(ended.rows.is_some_and(|rows| rows > 0));
        assert_eq!(ended.available_formats, Some(vec![ReportFormat::Csv, ReportFormat::Pdf]));
        assert_eq!(ended.task_def_name.as_deref(), Some("Identities Report"));
    }
}

#[tokio::test]
async fn the_result_of_an_unknown_id_is_empty() {
    let tenant = tenant().await;
    let result = client(&tenant).get_report_result("0123456789abcdef").await.unwrap();
    assert_eq!(result, ReportResults::default());
}

#[tokio::test]
async fn a_report_is_downloaded_as_csv() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let file = client.get_report(&start(&client).await, FileFormat::Csv).await.unwrap();
    assert_eq!(file.kind(), FileKind::Csv);
    let bytes = file.bytes(4096).await.unwrap();
    assert_eq!(bytes.len(), 4096);
    assert!(bytes.ends_with(b"\n"));
}

#[tokio::test]
async fn a_report_is_downloaded_as_pdf() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let file = client.get_report(&start(&client).await, FileFormat::Pdf).await.unwrap();
    assert_eq!(file.kind(), FileKind::Pdf);
    let bytes = file.bytes(1 << 20).await.unwrap();
    assert!(bytes.starts_with(b"%PDF-") && bytes.ends_with(b"%%EOF\n"));
}

#[tokio::test]
async fn a_search_export_is_a_zip_archive_although_csv_was_requested() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let details = ReportDetails::SearchExport(SearchExportArguments::new("*"));
    let task = client.start_report(&details).await.unwrap();
    let file = client.get_report(&task.id.unwrap(), FileFormat::Csv).await.unwrap();
    assert_eq!(file.kind(), FileKind::Zip);
    assert_eq!(file.safe_file_name(), "Search Export.zip");
    assert!(file.bytes(1 << 20).await.unwrap().starts_with(b"PK\x03\x04"));
}

#[tokio::test]
async fn a_cancelled_report_is_terminated_and_has_no_file() {
    let tenant = MockTenant::builder().report_duration(HOUR).start().await.unwrap();
    let client = client(&tenant);
    let id = start(&client).await;
    client.cancel_report(&id).await.unwrap();
    let result = client.get_report_result(&id).await.unwrap();
    assert_eq!(result.status, Some(ReportStatus::Terminated));
    let error = client.get_report(&id, FileFormat::Csv).await.unwrap_err();
    assert_eq!(api(&error).status(), 404);
}

#[tokio::test]
async fn an_unfinished_report_has_no_file() {
    let tenant = MockTenant::builder().report_duration(HOUR).start().await.unwrap();
    let client = client(&tenant);
    let error = client.get_report(&start(&client).await, FileFormat::Csv).await.unwrap_err();
    assert_eq!(api(&error).status(), 400);
    assert_eq!(api(&error).code(), Some("400.2.0 Operation in progress"));
}

#[tokio::test]
async fn a_finished_report_cannot_be_cancelled() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let error = client.cancel_report(&start(&client).await).await.unwrap_err();
    assert_eq!(api(&error).status(), 400);
}
