//! Saved files: a file is complete, or it does not exist.

use std::fs;
use std::future::Future as _;
use std::io::ErrorKind;
use std::path::Path;
use std::task::{Context, Waker};
use std::time::Duration;

use sailpoint_reports::types::{FileFormat, ReportDetails, SearchExportArguments};
use sailpoint_reports::{Client, Download, Error, IfExists, SaveError, WaitError};
use tests::mock_tenant::{Fault, MockTenant, Operation};

use crate::raw::begun_file;
use crate::setup::{any_report, client, line, start, tenant};

async fn csv(client: &Client) -> Download {
    client.get_report(&start(client).await, FileFormat::Csv).await.unwrap()
}

/// Returns the names in a directory, hidden files included.
fn file_names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut file_names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    file_names.sort();
    file_names
}

fn save_error(error: &Error) -> &SaveError {
    match error {
        Error::Save(error) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn save_to_replaces_an_existing_file() {
    let tenant = tenant().await;
    tenant.set_csv_size(300_001);
    let client = client(&tenant);
    let expected = csv(&client).await.bytes(1 << 20).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("report.csv");
    fs::write(&path, "old").unwrap();
    assert_eq!(csv(&client).await.save_to(&path).await.unwrap(), 300_001);
    assert!(fs::read(&path).unwrap() == expected);
    assert_eq!(file_names(directory.path()), ["report.csv"]);
}

#[tokio::test]
async fn save_in_uses_the_name_of_the_file_and_returns_the_path() {
    let tenant = tenant().await;
    let directory = tempfile::tempdir().unwrap();
    let saving = csv(&client(&tenant)).await.save_in(directory.path());
    let shown = format!("{saving:?}");
    assert!(shown.contains("if_exists: Fail") && !shown.contains("Lovelace"), "{shown}");
    let path = saving.await.unwrap();
    assert_eq!(path, directory.path().join("Identities Report.csv"));
    assert_eq!(fs::metadata(path).unwrap().len(), 4096);
    assert_eq!(file_names(directory.path()), ["Identities Report.csv"]);
}

#[tokio::test]
async fn save_in_writes_only_inside_its_directory() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let id = start(&client).await;
    let outer = tempfile::tempdir().unwrap();
    let inner = outer.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let absolute = outer.path().join("absolute").display().to_string();
    for name in ["../escaped", "..", "../../escaped", &absolute, "a/../../b", "..\\c"] {
        let file = client.get_report(&id, FileFormat::Csv).name(name).await.unwrap();
        let path = file.save_in(&inner).if_exists(IfExists::Number).await.unwrap();
        assert_eq!(path.parent(), Some(inner.as_path()), "{name}");
    }
    assert_eq!(file_names(outer.path()), ["inner"]);
    assert_eq!(file_names(&inner).len(), 6);
}

#[tokio::test]
async fn save_in_does_not_change_an_existing_file() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("Identities Report.csv");
    fs::write(&path, "old").unwrap();
    let error = csv(&client).await.save_in(directory.path()).await.unwrap_err();
    assert_eq!(save_error(&error).io().kind(), ErrorKind::AlreadyExists);
    assert_eq!(save_error(&error).path(), path);
    line(&error);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(file_names(directory.path()), ["Identities Report.csv"]);
}

#[tokio::test]
async fn an_existing_name_is_an_error_before_the_file_is_read() {
    let headers = "Content-Disposition: attachment; filename=a.csv\r\nContent-Length: 1000";
    let client = begun_file(headers, "id,name\n").await.build().unwrap();
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("a.csv"), "old").unwrap();
    let file = client.get_report("1", FileFormat::Csv).await.unwrap();
    let error = file.save_in(directory.path()).await.unwrap_err();
    assert_eq!(save_error(&error).io().kind(), ErrorKind::AlreadyExists);
}

#[tokio::test]
async fn save_in_replaces_a_file_with_if_exists_replace() {
    let tenant = tenant().await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("Identities Report.csv");
    fs::write(&path, "old").unwrap();
    let saving = csv(&client(&tenant)).await.save_in(directory.path());
    assert_eq!(saving.if_exists(IfExists::Replace).await.unwrap(), path);
    assert_eq!(fs::metadata(path).unwrap().len(), 4096);
    assert_eq!(file_names(directory.path()), ["Identities Report.csv"]);
}

#[tokio::test]
async fn save_in_numbers_files_with_if_exists_number() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let directory = tempfile::tempdir().unwrap();
    let expected =
        ["Identities Report.csv", "Identities Report (1).csv", "Identities Report (2).csv"];
    for name in expected {
        let saving = csv(&client).await.save_in(directory.path());
        let path = saving.if_exists(IfExists::Number).await.unwrap();
        assert_eq!(path, directory.path().join(name));
        assert_eq!(fs::metadata(path).unwrap().len(), 4096);
    }
    assert_eq!(file_names(directory.path()).len(), 3);
}

#[tokio::test]
async fn a_truncated_body_leaves_no_files() {
    let tenant = tenant().await;
    tenant.set_csv_size(300_000);
    let client = client(&tenant);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("report.csv");
    for chunked in [false, true] {
        tenant.set_chunked(chunked);
        // Each download is retried as often as the policy allows.
        tenant.inject(Operation::GetReport, Fault::cut_body(200_000).times(6));
        let error = csv(&client).await.save_to(&path).await.unwrap_err();
        assert!(matches!(error, Error::Connection(_)), "{error:?}");
        let error = csv(&client).await.save_in(directory.path()).await.unwrap_err();
        assert!(matches!(error, Error::Connection(_)), "{error:?}");
        assert_eq!(file_names(directory.path()), [""; 0]);
    }
}

#[tokio::test]
async fn a_truncated_body_does_not_change_the_existing_file() {
    let tenant = tenant().await;
    tenant.inject(Operation::GetReport, Fault::cut_body(2000).times(3));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("report.csv");
    fs::write(&path, "old").unwrap();
    csv(&client(&tenant)).await.save_to(&path).await.unwrap_err();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(file_names(directory.path()), ["report.csv"]);
}

/// Waits until a partial file is in the directory.
async fn partial_file_is_written(directory: &Path) {
    let is_written =
        |name: &String| fs::metadata(directory.join(name)).is_ok_and(|metadata| metadata.len() > 0);
    while !file_names(directory).iter().any(is_written) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_dropped_save_leaves_no_files() {
    let tenant = tenant().await;
    tenant.set_csv_size(1 << 42);
    let directory = tempfile::tempdir().unwrap();
    let saving = csv(&client(&tenant)).await.save_to(directory.path().join("report.csv"));
    tokio::select! {
        saved = saving => panic!("{saved:?}"),
        () = partial_file_is_written(directory.path()) => {}
        () = tokio::time::sleep(Duration::from_secs(10)) => panic!("nothing was written"),
    }
    assert_eq!(file_names(directory.path()), [""; 0]);
}

/// The first poll starts the creation of the file on a blocking thread. With only one such thread,
/// later tasks run after it.
#[test]
fn a_save_dropped_after_its_first_poll_leaves_no_files() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let tenant = tenant().await;
        let file = csv(&client(&tenant)).await;
        let directory = tempfile::tempdir().unwrap();
        let mut saving = Box::pin(file.save_to(directory.path().join("report.csv")));
        let (held, hold) = std::sync::mpsc::channel::<()>();
        let busy = tokio::task::spawn_blocking(move || hold.recv().is_err());
        assert!(saving.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(saving);
        drop(held);
        assert!(busy.await.unwrap());
        tokio::task::spawn_blocking(|| {}).await.unwrap();
        assert_eq!(file_names(directory.path()), [""; 0]);
    });
}

#[tokio::test]
async fn save_in_creates_directories_and_save_to_does_not() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("not/there");
    let path = missing.join("report.csv");
    let error = csv(&client).await.save_to(&path).await.unwrap_err();
    assert_eq!(save_error(&error).io().kind(), ErrorKind::NotFound);
    assert_eq!(save_error(&error).path(), path);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(line(&error).ends_with(&cause), "{error}");
    assert_eq!(file_names(directory.path()), [""; 0]);
    let saved = csv(&client).await.save_in(&missing).await.unwrap();
    assert_eq!(saved, missing.join("Identities Report.csv"));
    assert_eq!(file_names(&missing), ["Identities Report.csv"]);
}

#[tokio::test]
async fn a_directory_that_cannot_be_created_is_an_error() {
    let tenant = tenant().await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "mine").unwrap();
    let error = csv(&client(&tenant)).await.save_in(&file).await.unwrap_err();
    assert_eq!(save_error(&error).path().parent(), Some(file.as_path()));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[tokio::test]
async fn an_invalid_path_is_an_error_and_leaves_no_files() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let directory = tempfile::tempdir().unwrap();
    let taken = directory.path().join("taken");
    fs::create_dir(&taken).unwrap();
    for path in [taken.as_path(), Path::new("/"), Path::new(""), &taken.join("..")] {
        let error = csv(&client).await.save_to(path).await.unwrap_err();
        assert_eq!(save_error(&error).path(), path);
    }
    assert_eq!(file_names(directory.path()), ["taken"]);
}

#[tokio::test]
async fn concurrent_saves_of_one_name_are_numbered() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let directory = tempfile::tempdir().unwrap();
    let files = [csv(&client).await, csv(&client).await, csv(&client).await];
    let saving =
        files.map(|file| file.save_in(directory.path()).if_exists(IfExists::Number).into_future());
    let saved = futures_util::future::join_all(saving).await;
    assert!(saved.iter().all(Result::is_ok), "{saved:?}");
    let expected =
        ["Identities Report (1).csv", "Identities Report (2).csv", "Identities Report.csv"];
    assert_eq!(file_names(directory.path()), expected);
}

#[tokio::test]
async fn concurrent_saves_of_one_name_do_not_overwrite_each_other() {
    let tenant: MockTenant = tenant().await;
    let client = client(&tenant);
    let directory = tempfile::tempdir().unwrap();
    let files = [csv(&client).await, csv(&client).await, csv(&client).await];
    let saving = files.map(|file| file.save_in(directory.path()).into_future());
    let saved = futures_util::future::join_all(saving).await;
    // All have checked the name before one was finished; still only one of them gets it.
    assert_eq!(saved.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{saved:?}");
    assert_eq!(file_names(directory.path()), ["Identities Report.csv"]);
}

/// Returns the details of a search export, whose file has the same name in any format.
fn search() -> ReportDetails {
    ReportDetails::SearchExport(SearchExportArguments::new("*"))
}

#[tokio::test]
async fn an_export_numbers_a_file_whose_name_exists() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let directory = tempfile::tempdir().unwrap();
    for expected in ["Identities Report.csv", "Identities Report (1).csv"] {
        let export = client.start_report(&any_report()).export([FileFormat::Csv]);
        let exported = export.save_in(directory.path()).await.unwrap();
        assert_eq!(exported.files, [directory.path().join(expected)]);
    }
}

#[tokio::test]
async fn an_export_that_must_not_replace_a_file_fails_before_it_starts() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("b.pdf"), "old").unwrap();
    let export = || {
        let export = client.start_report(&any_report()).export([FileFormat::Csv, FileFormat::Pdf]);
        export.file_names(["a.csv", "b.pdf"])
    };
    let refused = export().if_exists(IfExists::Fail).save_in(directory.path()).await.unwrap_err();
    let WaitError::Start(error) = refused else { panic!("{refused:?}") };
    assert_eq!(save_error(&error).path(), directory.path().join("b.pdf"));
    assert!(tenant.requests_to(Operation::StartReport).is_empty());
    export().save_in(directory.path()).await.unwrap();
    assert_eq!(file_names(directory.path()), ["a.csv", "b (1).pdf", "b.pdf"]);
    assert_eq!(fs::read(directory.path().join("b.pdf")).unwrap(), b"old");
    export().if_exists(IfExists::Replace).save_in(directory.path()).await.unwrap();
    assert_eq!(file_names(directory.path()), ["a.csv", "b (1).pdf", "b.pdf"]);
}

#[tokio::test]
async fn files_of_one_export_do_not_replace_each_other() {
    let tenant = tenant().await;
    let directory = tempfile::tempdir().unwrap();
    let started = client(&tenant).start_report(&search());
    let exported = started.export([FileFormat::Csv, FileFormat::Csv]);
    let exported = exported.if_exists(IfExists::Replace).save_in(directory.path()).await.unwrap();
    assert_eq!(file_names(directory.path()).len(), 2, "{exported:?}");
    assert_ne!(exported.files[0], exported.files[1]);
}
