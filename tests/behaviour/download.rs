//! Downloads: reading a file, and the metadata of its response.

use futures_util::{StreamExt as _, TryStreamExt as _};
use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Download, Error, FileKind};
use tests::mock_tenant::{Fault, MockTenant, Operation};

use crate::raw::begun_file;
use crate::setup::{client, count, line, start, tenant};

/// More bytes than a test can read.
const HUGE: u64 = 1 << 42;

/// Downloads a report of the tenant as csv.
async fn csv(tenant: &MockTenant) -> Download {
    let client = client(tenant);
    client.get_report(&start(&client).await, FileFormat::Csv).await.unwrap()
}

#[tokio::test]
async fn chunks_arrive_before_the_body_ends() {
    let tenant = tenant().await;
    tenant.set_csv_size(HUGE);
    let mut file = csv(&tenant).await;
    assert_eq!(file.content_length(), Some(HUGE));
    let mut read = 0;
    while read < 1 << 20 {
        read += file.chunk().await.unwrap().unwrap().len();
    }
}

#[tokio::test]
async fn chunks_and_streams_are_the_whole_file() {
    for chunked in [false, true] {
        let tenant = tenant().await;
        tenant.set_csv_size(300_001);
        tenant.set_chunked(chunked);
        let whole = csv(&tenant).await.bytes(300_001).await.unwrap();
        assert_eq!(whole.len(), 300_001);
        let mut file = csv(&tenant).await;
        let mut chunks = vec![];
        while let Some(chunk) = file.chunk().await.unwrap() {
            assert!(!chunk.is_empty());
            chunks.extend_from_slice(&chunk);
        }
        assert!(file.chunk().await.unwrap().is_none(), "the end stays the end");
        assert!(chunks == whole);
        let pieces: Vec<_> = csv(&tenant).await.into_stream().try_collect().await.unwrap();
        assert!(pieces.len() > 1 && pieces.concat() == whole);
    }
}

#[tokio::test]
async fn a_stream_ends_after_its_error() {
    let tenant = tenant().await;
    tenant.inject(Operation::GetReport, Fault::cut_body(2000));
    let mut stream = csv(&tenant).await.into_stream();
    let mut read = 0;
    let error = loop {
        match stream.next().await.unwrap() {
            Ok(chunk) => read += chunk.len(),
            Err(error) => break error,
        }
    };
    assert_eq!(read, 2000);
    let Error::Connection(connection) = &error else { panic!("{error:?}") };
    assert!(connection.may_have_reached_server());
    assert!(line(&error).starts_with("getReport: the connection broke: "), "{error}");
    assert!(stream.next().await.is_none());
    assert_eq!(format!("{stream:?}"), "DownloadStream { ended: true }");
    // Without a strong validator, another response may have other bytes.
    assert_eq!(count(&tenant, Operation::GetReport), 1);
}

#[tokio::test]
async fn a_truncated_chunked_body_is_an_error() {
    let tenant = tenant().await;
    tenant.set_chunked(true);
    tenant.inject(Operation::GetReport, Fault::cut_body(2000).times(3));
    let error = csv(&tenant).await.bytes(1 << 20).await.unwrap_err();
    assert!(matches!(error, Error::Connection(_)), "{error:?}");
}

#[tokio::test]
async fn a_download_has_the_headers_of_the_response() {
    let tenant = tenant().await;
    let file = csv(&tenant).await;
    assert_eq!(file.content_type(), Some("application/csv"));
    assert_eq!(file.content_length(), Some(4096));
    assert_eq!(file.file_name().as_deref(), Some("Identities Report.csv"));
    assert_eq!(file.safe_file_name(), "Identities Report.csv");
    assert_eq!(file.headers()["content-length"], "4096");
    let text = format!("{file:?}");
    assert!(text.contains("Csv") && !text.contains("Lovelace"), "{text}");
    tenant.set_chunked(true);
    assert_eq!(csv(&tenant).await.content_length(), None);
}

#[tokio::test]
async fn missing_and_malformed_headers_are_tolerated() {
    let names = [
        (r#"attachment;filename=\"fileName""#, Some("fileName"), "fileName.csv"),
        (r#"attachment; filename="a \"b\".csv""#, Some(r#"a "b".csv"#), "a _b_.csv"),
        ("attachment; filename*=UTF-8''%E2%82%AC.csv; filename=x", Some("€.csv"), "€.csv"),
        ("attachment", None, "download.csv"),
        ("filename=", None, "download.csv"),
        ("attachment; filename=..", Some(".."), "download.csv"),
        (r#"attachment; filename="C:\boot.ini""#, Some("C:boot.ini"), "C_boot.ini"),
    ];
    let tenant = tenant().await;
    for (header, given, safe) in names {
        tenant.set_content_disposition(Some(header)).unwrap();
        let file = csv(&tenant).await;
        assert_eq!(file.file_name().as_deref(), given, "{header}");
        assert_eq!(file.safe_file_name(), safe, "{header}");
    }
    tenant.omit_content_disposition();
    let file = csv(&tenant).await;
    assert_eq!((file.file_name(), file.safe_file_name().as_str()), (None, "download.csv"));
}

#[tokio::test]
async fn a_file_name_that_looks_like_a_path_is_sanitized() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let id = start(&client).await;
    let names = [
        ("../../etc/passwd", "passwd.csv"),
        ("/etc/passwd", "passwd.csv"),
        ("..\\..\\boot", "boot.csv"),
        ("a\nb", "a_b.csv"),
        ("nul", "_nul.csv"),
    ];
    for (name, safe) in names {
        let file = client.get_report(&id, FileFormat::Csv).name(name).await.unwrap();
        assert_eq!(file.file_name(), Some(format!("{name}.csv")));
        assert_eq!(file.safe_file_name(), safe);
    }
}

#[tokio::test]
async fn bytes_rejects_a_file_larger_than_its_limit() {
    let tenant = tenant().await;
    for chunked in [false, true] {
        tenant.set_chunked(chunked);
        tenant.set_csv_size(4096);
        assert_eq!(csv(&tenant).await.bytes(4096).await.unwrap().len(), 4096);
        let error = csv(&tenant).await.bytes(4095).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        assert!(line(&error).contains("larger than the limit of 4095 bytes"), "{error}");
    }
}

#[tokio::test]
async fn bytes_stops_reading_at_its_limit() {
    for (headers, body) in [
        // The `Content-Length` already exceeds the limit.
        ("Content-Length: 1000", "x".repeat(50)),
        ("Transfer-Encoding: chunked", format!("64\r\n{}\r\n", "x".repeat(100))),
    ] {
        let client = begun_file(headers, &body).await.build().unwrap();
        let file = client.get_report("1", FileFormat::Csv).await.unwrap();
        let error = file.bytes(99).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{headers}: {error:?}");
    }
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let tenant = tenant().await;
    tenant.set_csv_size(0);
    let mut file = csv(&tenant).await;
    assert_eq!((file.kind(), file.content_length()), (FileKind::Csv, Some(0)));
    assert!(file.chunk().await.unwrap().is_none());
    assert!(csv(&tenant).await.bytes(0).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_dropped_download_does_not_affect_the_client() {
    let tenant = tenant().await;
    tenant.set_csv_size(HUGE);
    let client = client(&tenant);
    let id = start(&client).await;
    for _ in 0..3 {
        drop(client.get_report(&id, FileFormat::Csv).await.unwrap());
    }
    client.get_report_result(&id).await.unwrap();
}

#[tokio::test]
async fn the_first_bytes_outweigh_the_media_type() {
    let tenant = tenant().await;
    let zip = Fault::response(200, "application/csv", "PK\x03\x04 and more");
    tenant.inject(Operation::GetReport, zip);
    let file = csv(&tenant).await;
    assert_eq!((file.kind(), file.safe_file_name().as_str()), (FileKind::Zip, "download.zip"));
}
