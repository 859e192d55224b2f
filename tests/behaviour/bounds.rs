//! Limits of memory use and of the length of error messages.

use std::net::Ipv4Addr;

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Client, ClientBuilder, Error, RetryPolicy};
use tests::mock_tenant::{Fault, MockTenant, Operation};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::memory::growth;
use crate::process::is_alone;
use crate::setup::{any_report, builder, client, line, tenant};

const MIB: usize = 1 << 20;

/// The limit of an error message whose foreign parts all have their maximal length.
const MAX_MESSAGE_CHARS: usize = 1500;

/// The limit of an error's `Debug` output.
const MAX_DEBUG_BYTES: usize = 12_000;

#[track_caller]
fn assert_bounded(error: &Error) {
    let (line, debug) = (line(error), format!("{error:?}"));
    assert!(line.chars().count() < MAX_MESSAGE_CHARS, "{} characters", line.chars().count());
    assert!(debug.len() < MAX_DEBUG_BYTES, "{} bytes", debug.len());
}

#[tokio::test]
async fn the_message_of_an_error_is_one_bounded_line() {
    let tenant = tenant().await;
    let client = builder(&tenant).strict_decoding().build().unwrap();
    let long = "long\\n\\u001b[2J words ".repeat(40_000);
    let problem = format!(
        r#"{{"detailCode": "{long}", "trackingId": "{long}", "messages": [{{"text": "{long}"}}]}}"#
    );
    let bodies = [
        (400, "application/json", problem.clone()),
        (400, "text/plain", "word ".repeat(150_000)),
        (200, "application/json", format!(r#"{{"availableFormats": "{long}"}}"#)),
        (200, "application/json", format!(r#"{{"{long}": "#)),
        (200, "text/html", "<html>".repeat(100_000)),
        (200, "application/zip", "x".repeat(200_000)),
    ];
    for (status, media_type, body) in bodies {
        let fault = Fault::response(status, media_type, body);
        tenant.inject(Operation::GetReportResult, fault.header("X-Long", &"x".repeat(50_000)));
        assert_bounded(&client.get_report_result("1").await.unwrap_err());
    }
    let fault = Fault::response(200, "application/json", problem);
    tenant.inject(Operation::GetReport, fault.header("Content-Encoding", &"x".repeat(50_000)));
    assert_bounded(&client.get_report("1", FileFormat::Csv).await.unwrap_err());
}

#[tokio::test]
async fn the_message_of_an_error_is_truncated_and_its_body_is_kept() {
    let tenant = tenant().await;
    let text = "x".repeat(500_000);
    let body = format!(r#"{{"messages": [{{"text": "{text}"}}]}}"#);
    tenant
        .inject(Operation::GetReportResult, Fault::response(400, "application/json", body.clone()));
    let error = client(&tenant).get_report_result("1").await.unwrap_err();
    let error = error.api().unwrap();
    assert_eq!(error.message().unwrap().chars().count(), 4097);
    assert_eq!(error.bytes(), &body);
}

#[tokio::test]
async fn a_token_error_is_one_bounded_line() {
    let tenant = tenant().await;
    let body = format!(r#"{{"error": "invalid", "error_description": "{}"}}"#, "x".repeat(800_000));
    tenant.inject(Operation::Token, Fault::response(400, "application/json", body));
    assert_bounded(&client(&tenant).start_report(&any_report()).await.unwrap_err());
}

#[tokio::test]
async fn an_oversized_response_is_an_error_that_names_the_limit() {
    for chunked in [false, true] {
        let tenant = tenant().await;
        tenant.set_chunked(chunked);
        let body = |length: usize| format!("{{\"id\": \"{}\"}}", "x".repeat(length - 10));
        let fault = |length| Fault::response(200, "application/json", body(length));
        let client = builder(&tenant).max_response_bytes(1000).build().unwrap();
        tenant.inject(Operation::GetReportResult, fault(1000));
        assert_eq!(client.get_report_result("1").await.unwrap().id.unwrap().len(), 990);
        tenant.inject(Operation::GetReportResult, fault(1001));
        let error = client.get_report_result("1").await.unwrap_err();
        let text = line(&error);
        assert!(text.contains("longer than 1000 bytes"), "{text}");
        assert!(text.contains("ClientBuilder::max_response_bytes"), "{text}");
        let Error::Decode(error) = error else { panic!("{error:?}") };
        assert_eq!(error.bytes(), &body(1001), "the start is kept");
    }
}

/// Half a megabyte of empty objects becomes structs of all their properties.
#[tokio::test]
async fn a_response_that_decodes_to_too_much_is_an_error_that_names_the_limit() {
    let tenant = tenant().await;
    let messages = vec!["{}"; 200_000].join(",");
    let body = format!(r#"{{"id": "t-1", "messages": [{messages}]}}"#);
    let fault = || Fault::response(200, "application/json", body.clone());
    let start = async |client: Client| {
        tenant.inject(Operation::StartReport, fault());
        client.start_report(&any_report()).await
    };
    let limited = builder(&tenant).max_decoded_bytes(16 * MIB);
    for client in [limited.build().unwrap(), strict(&tenant)] {
        let error = start(client).await.unwrap_err();
        let text = line(&error);
        assert!(text.contains("more than 16777216 bytes of memory"), "{text}");
        assert!(text.contains("`ClientBuilder::max_decoded_bytes`"), "{text}");
        assert!(error.may_have_reached_server());
        let Error::Decode(error) = error else { panic!("{error:?}") };
        assert_eq!((&error.bytes()[..], error.path()), (body.as_bytes(), "."), "the body is kept");
        assert_eq!(error.scalar("/id").as_deref(), Some("t-1"));
    }
    let task = start(client(&tenant)).await.unwrap();
    assert_eq!(task.messages.unwrap().len(), 200_000, "the default allows it");
    let small = builder(&tenant).max_decoded_bytes(100_000).build().unwrap();
    tenant
        .inject(Operation::StartReport, Fault::response(200, "application/json", r#"{"id": "1"}"#));
    assert!(small.start_report(&any_report()).await.is_ok());
    // A poller looks up the id, and decodes nothing else.
    tenant.inject(Operation::StartReport, fault());
    let mut poller = small.start_report(&any_report()).poll();
    assert_eq!(poller.started().await.unwrap(), "t-1");
}

fn strict(tenant: &MockTenant) -> Client {
    builder(tenant).max_decoded_bytes(16 * MIB).strict_decoding().build().unwrap()
}

#[tokio::test]
async fn the_limits_of_error_and_token_responses_can_be_set() {
    let tenant = tenant().await;
    let limited = || builder(&tenant).max_error_bytes(10).max_token_bytes(1000);
    let client = limited().build().unwrap();
    tenant.inject(Operation::GetReportResult, Fault::response(400, "text/plain", "x".repeat(100)));
    let error = client.get_report_result("1").await.unwrap_err();
    assert_eq!(error.api().unwrap().bytes(), "xxxxxxxxxx");
    let token = format!(r#"{{"access_token": "t", "more": "{}"}}"#, "x".repeat(1000));
    tenant.inject(Operation::Token, Fault::response(200, "application/json", token));
    let error = limited().build().unwrap().get_report_result("1").await.unwrap_err();
    assert!(matches!(error, Error::Auth(_)), "{error:?}");
    assert!(line(&error).contains("`ClientBuilder::max_token_bytes`"), "{error}");
}

/// Starts a server that sends a head, `start`, and then 256 MiB.
async fn endless(status: &str, media_type: &str, start: &'static str, chunked: bool) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let length = if chunked { String::new() } else { format!("Content-Length: {}\r\n", 256 * MIB) };
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n{length}");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(send_endlessly(stream, head.clone(), start));
        }
    });
    url
}

async fn send_endlessly(mut stream: TcpStream, head: String, start: &str) {
    let mut read = vec![0; 4096];
    let _ = stream.read(&mut read).await;
    // A body without a length ends with the connection.
    let head = format!("{head}Connection: close\r\n\r\n{start}");
    let block = vec![b'x'; 64 * 1024];
    let mut sent = stream.write_all(head.as_bytes()).await;
    for _ in 0..256 * MIB / block.len() {
        if sent.is_err() {
            return;
        }
        sent = stream.write_all(&block).await;
    }
}

fn raw(url: &str) -> ClientBuilder {
    Client::builder().base_url(url).retry(RetryPolicy::none())
}

/// Asserts that the peak memory grows by less than `allowed` bytes while `work` runs.
async fn assert_growth_below(what: &str, allowed: usize, work: impl Future<Output = Error>) {
    let (error, growth) = growth(work).await;
    assert_bounded(&error);
    println!("{what}: {} KiB", growth / 1024);
    assert!(growth < allowed, "{what}: {} KiB", growth / 1024);
}

/// Each response offers 256 MiB. The buffer of a body doubles until it has the size of the limit, and is
/// moved from a place of half that size.
#[tokio::test]
async fn a_response_of_256_mib_needs_no_more_memory_than_its_limit() {
    if !is_alone("bounds::a_response_of_256_mib_needs_no_more_memory_than_its_limit") {
        return;
    }
    for chunked in [false, true] {
        let url = endless("200 OK", "application/json", r#"{"access_token": ""#, chunked).await;
        let client = raw(&url).client_credentials("id", "secret").build().unwrap();
        let work = async { client.get_report_result("1").await.unwrap_err() };
        assert_growth_below("token", 6 * MIB, work).await;
        let url = endless("400 Bad Request", "application/json", r#"{"error": ""#, chunked).await;
        let client = raw(&url).client_credentials("id", "secret").build().unwrap();
        let work = async { client.get_report_result("1").await.unwrap_err() };
        assert_growth_below("token error", 6 * MIB, work).await;
        let client = raw(&url).token("t").build().unwrap();
        let work = async { client.get_report_result("1").await.unwrap_err() };
        assert_growth_below("error", 6 * MIB, work).await;
        let url = endless("200 OK", "text/html", "<html>", chunked).await;
        let client = raw(&url).token("t").build().unwrap();
        let work = async { client.get_report("1", FileFormat::Csv).await.unwrap_err() };
        assert_growth_below("page", MIB, work).await;
        let url = endless("200 OK", "application/json", r#"{"id": ""#, chunked).await;
        let client = raw(&url).token("t").max_response_bytes(8 * MIB).build().unwrap();
        let work = async { client.get_report_result("1").await.unwrap_err() };
        assert_growth_below("JSON up to 8 MiB", 25 * MIB, work).await;
    }
    let url = endless("200 OK", "application/json", r#"{"id": ""#, true).await;
    let client = raw(&url).token("t").build().unwrap();
    let work = async { client.get_report_result("1").await.unwrap_err() };
    assert_growth_below("JSON", 193 * MIB, work).await;
}
