//! Success: only a response with the requested content.

use std::future::ready;

use sailpoint_reports::runtime::{
    Method, Operation, Request, StatusCode, StreamingResponse, Value,
};
use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Client, DecodeError, Download, Error, RetryPolicy};
use tests::mock_tenant::{Fault, MockTenant, Operation as Route};

use crate::raw::server;
use crate::setup::{any_report, client, count, line, start, tenant};

const PAGE: &str = "<!DOCTYPE html>\n<html><title>Sign in</title></html>";
const PROBLEM: &str =
    r#"{"detailCode": "500.0 Internal Fault", "trackingId": "t1", "messages": []}"#;

#[track_caller]
fn unexpected_response(error: &Error) -> &DecodeError {
    let text = line(error);
    assert!(text.contains("is not what was requested: "), "{text}");
    match error {
        Error::Decode(error) => error,
        other => panic!("{other:?}"),
    }
}

async fn get_csv(tenant: &MockTenant, fault: Fault) -> Result<Download, Error> {
    tenant.clear_requests();
    tenant.inject(Route::GetReport, fault);
    let file = client(tenant).get_report("1", FileFormat::Csv).await;
    assert_eq!(count(tenant, Route::GetReport), 1, "another attempt cannot help");
    file
}

#[tokio::test]
async fn a_page_or_an_error_is_not_a_file() {
    let tenant = tenant().await;
    let xml = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>";
    let cases = [
        (200, "text/html", PAGE, "a web page"),
        (200, "Text/HTML; charset=utf-8", PAGE, "a web page"),
        (200, "application/xhtml+xml", PAGE, "a web page"),
        (200, "text/plain", PAGE, "a web page"),
        (200, "application/octet-stream", PAGE, "a web page"),
        (200, "text/html", "", "a web page"),
        (200, "application/json", PROBLEM, "reports an error: 500.0 Internal Fault"),
        (200, "application/problem+json", r#"{"title": "No"}"#, "reports an error: No"),
        (200, "text/plain", PROBLEM, "reports an error: 500.0 Internal Fault"),
        (200, "application/octet-stream", PROBLEM, "reports an error: 500.0 Internal Fault"),
        (200, "application/json", r#"{"state": "pending"}"#, "but received JSON"),
        (200, "application/json", "[]", "but received JSON"),
        (200, "application/xml", xml, "but received XML"),
        (202, "application/json", "{}", "but received JSON"),
        (206, "application/csv", "id,name\n", "a part of the content"),
    ];
    for (status, media_type, body, expected) in cases {
        let fault = Fault::response(status, media_type, body).header("X-Served-By", "proxy");
        let error = get_csv(&tenant, fault).await.unwrap_err();
        let because = line(&error);
        assert!(because.contains(expected), "{media_type} {body}: {because}");
        let error = unexpected_response(&error);
        assert_eq!(error.bytes(), body, "{because}");
        assert_eq!(error.status().as_u16(), status);
        assert_eq!(error.headers()["x-served-by"], "proxy");
        if status != 206 {
            assert!(because.contains("application/csv or application/pdf"), "{because}");
        }
    }
}

#[tokio::test]
async fn a_status_without_content_is_not_a_file() {
    let tenant = tenant().await;
    for status in [202, 204, 205] {
        let error = get_csv(&tenant, Fault::status(status)).await.unwrap_err();
        assert_eq!(unexpected_response(&error).status().as_u16(), status);
    }
}

#[tokio::test]
async fn documented_and_generic_media_types_are_files() {
    let tenant = tenant().await;
    let zip = "PK\u{3}\u{4}archive";
    let cases = [
        ("application/csv", "id,name\n"),
        ("Application/CSV; charset=utf-8", "id,name\n"),
        ("application/pdf", "%PDF-1.7"),
        ("application/zip", zip),
        ("application/octet-stream", zip),
        ("application/octet-stream", "{\"a\": 1, \"b\"\n"),
        ("binary/octet-stream", "id,name\n"),
        ("text/csv", "id,name\n"),
        ("text/plain", "id,name\n"),
        ("application/vnd.ms-excel", "id,name\n"),
        ("application/csv", "<html>\n"),
    ];
    for (media_type, body) in cases {
        let file = get_csv(&tenant, Fault::response(200, media_type, body)).await.unwrap();
        assert_eq!(file.bytes(100).await.unwrap(), body, "{media_type}");
    }
    // Without a media type.
    let url = server("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nid,name\n").await;
    let file = client_of(&url).get_report("1", FileFormat::Csv).await.unwrap();
    assert_eq!(file.bytes(100).await.unwrap(), "id,name\n");
}

#[tokio::test]
async fn a_page_without_a_media_type_is_not_a_file() {
    let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{PAGE}", PAGE.len());
    let error =
        client_of(&server(response).await).get_report("1", FileFormat::Csv).await.unwrap_err();
    assert_eq!(unexpected_response(&error).bytes(), PAGE);
}

#[tokio::test]
async fn unexpected_responses_are_not_saved() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let directory = tempfile::tempdir().unwrap();
    let faults = [
        Fault::response(200, "text/html", PAGE),
        Fault::response(200, "application/json", PROBLEM),
        Fault::response(206, "application/csv", "id"),
        Fault::response(200, "application/csv", &b"\x1f\x8b\x08\x00"[..])
            .header("Content-Encoding", "gzip"),
        Fault::status(204),
    ];
    for fault in faults {
        tenant.inject(Route::GetReport, fault);
        let export = client.start_report(&any_report()).export([FileFormat::Csv]);
        let error = export.save_in(directory.path()).await.unwrap_err().to_string();
        assert!(error.contains("is not what was requested"), "{error}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn an_unrequested_content_encoding_is_rejected() {
    let tenant = tenant().await;
    for coding in ["gzip", "deflate", "br", "GZIP", "identity, gzip", "x-own"] {
        let fault =
            Fault::response(200, "application/csv", "encoded").header("Content-Encoding", coding);
        let error = get_csv(&tenant, fault).await.unwrap_err();
        let text = line(&error);
        assert!(text.contains(&format!("encoded as `{coding}`")), "{text}");
        assert_eq!(unexpected_response(&error).bytes(), "encoded");
        let fault =
            Fault::response(200, "application/json", "{}").header("Content-Encoding", coding);
        tenant.inject(Route::GetReportResult, fault);
        unexpected_response(&client(&tenant).get_report_result("1").await.unwrap_err());
    }
    for coding in ["identity", "", "Identity"] {
        let fault =
            Fault::response(200, "application/csv", "plain").header("Content-Encoding", coding);
        assert_eq!(get_csv(&tenant, fault).await.unwrap().bytes(9).await.unwrap(), "plain");
    }
    let sent = tenant.requests_to(Route::GetReport).remove(0);
    assert_eq!(sent.header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn a_page_is_an_error_for_every_operation() {
    let tenant = tenant().await;
    let client = client(&tenant);
    for media_type in ["text/html", "application/xhtml+xml"] {
        let fault = || Fault::response(200, media_type, PAGE);
        tenant.inject(Route::CancelReport, fault());
        assert_eq!(
            unexpected_response(&client.cancel_report("1").await.unwrap_err()).bytes(),
            PAGE
        );
        tenant.inject(Route::StartReport, fault());
        unexpected_response(&client.start_report(&any_report()).await.unwrap_err());
        tenant.inject(Route::GetReportResult, fault());
        let error = client.get_report_result("1").await.unwrap_err();
        assert!(
            line(&error).contains("expected application/json, but received a web page"),
            "{error}"
        );
    }
    let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{PAGE}", PAGE.len());
    unexpected_response(&client_of(&server(response).await).cancel_report("1").await.unwrap_err());
}

#[tokio::test]
async fn a_file_is_not_json() {
    let tenant = tenant().await;
    let client = client(&tenant);
    for media_type in
        ["application/zip", "application/pdf", "text/csv", "application/csv", "image/png"]
    {
        tenant.inject(Route::GetReportResult, Fault::response(200, media_type, "file"));
        let error = client.get_report_result("1").await.unwrap_err();
        assert_eq!(unexpected_response(&error).bytes(), "file");
        // Nothing is decoded here, so only the media type shows that the response is wrong.
        tenant.inject(Route::CancelReport, Fault::response(200, media_type, "file"));
        unexpected_response(&client.cancel_report("1").await.unwrap_err());
    }
    // These do not determine the content, so decoding decides.
    for media_type in ["application/octet-stream", "text/plain", "text/json", "application/x+json"]
    {
        tenant.inject(Route::GetReportResult, Fault::response(200, media_type, r#"{"id": "7"}"#));
        let result = client.get_report_result("1").await.unwrap();
        assert_eq!(result.id.as_deref(), Some("7"), "{media_type}");
    }
    tenant.inject(Route::GetReportResult, Fault::response(206, "application/json", "{}"));
    unexpected_response(&client.get_report_result("1").await.unwrap_err());
}

#[tokio::test]
async fn partial_content_is_a_success_if_it_was_requested() {
    let tenant = tenant().await;
    let client = client(&tenant);
    let id = start(&client).await;
    let part =
        || Fault::response(206, "application/csv", "id").header("Content-Range", "bytes 0-1/9");
    tenant.inject(Route::GetReport, part());
    let request = client.get_report(&id, FileFormat::Csv).with_header("Range", "bytes=0-1");
    let response = request.response().await.unwrap();
    assert_eq!(response.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(response.body.bytes(9).await.unwrap(), "id");
    // The same applies to other headers of the caller.
    tenant.inject(Route::GetReport, Fault::response(200, "text/html", PAGE));
    let request = client.get_report(&id, FileFormat::Csv).with_header("Accept", "text/html");
    assert_eq!(request.await.unwrap().bytes(100).await.unwrap(), PAGE);
}

/// Creates a client of a server.
fn client_of(url: &str) -> Client {
    Client::builder().base_url(url).token("t").retry(RetryPolicy::none()).build().unwrap()
}

const fn operation(accept: &'static str) -> Operation {
    Operation { id: "own", method: Method::GET, path: "/x", accept, security: &[], errors: &[] }
}

static EVENTS: Operation = operation("text/event-stream");
static LINES: Operation = operation("application/jsonl");
static CASES: Operation = operation("application/json, application/pdf");
static OPEN: Operation = operation("*/*");
static BYTES: Operation = operation("application/octet-stream");

async fn client_of_response(media_type: &str, headers: &str, body: &str) -> Client {
    let length = body.len();
    client_of(&server(format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    ))
    .await)
}

#[tokio::test]
async fn a_stream_must_have_the_requested_media_type() {
    let events = async |media_type| {
        let client = client_of_response(media_type, "", "data: 1\n\n").await;
        let opened =
            Request::new(&client, &EVENTS).stream(StreamingResponse::events::<Value>).await?;
        Ok(opened.body.into_next().await)
    };
    for media_type in
        ["text/html", "application/json", "text/plain", "application/jsonl", "application/zip"]
    {
        let outcome: Result<_, Error> = events(media_type).await;
        unexpected_response(&outcome.unwrap_err());
    }
    assert_eq!(events("text/event-stream; charset=utf-8").await.unwrap(), Some(1.into()));
    let lines = async |media_type| {
        let client = client_of_response(media_type, "", "1\n").await;
        let opened =
            Request::new(&client, &LINES).stream(StreamingResponse::json_lines::<Value>).await?;
        Ok(opened.body.into_next().await)
    };
    for media_type in ["text/html", "text/event-stream", "application/zip"] {
        let outcome: Result<_, Error> = lines(media_type).await;
        unexpected_response(&outcome.unwrap_err());
    }
    for media_type in
        ["application/jsonl", "application/x-ndjson", "application/json", "text/plain"]
    {
        assert_eq!(lines(media_type).await.unwrap(), Some(1.into()), "{media_type}");
    }
}

/// Returns the first item of a stream.
trait IntoNext {
    async fn into_next(self) -> Option<Value>;
}

impl IntoNext for sailpoint_reports::runtime::EventStream<Value> {
    async fn into_next(mut self) -> Option<Value> {
        self.next().await.map(|event| event.unwrap().data)
    }
}

impl IntoNext for sailpoint_reports::runtime::JsonLines<Value> {
    async fn into_next(mut self) -> Option<Value> {
        self.next().await.map(Result::unwrap)
    }
}

#[tokio::test]
async fn a_response_variant_must_have_a_requested_media_type() {
    let status = |incoming: StreamingResponse| ready(Ok(incoming.status()));
    for media_type in ["text/html", "application/zip"] {
        let client = client_of_response(media_type, "", PAGE).await;
        unexpected_response(
            &Request::new(&client, &CASES).decode_by_case(status).await.unwrap_err(),
        );
    }
    for media_type in ["application/pdf", "application/json", "application/octet-stream"] {
        let client = client_of_response(media_type, "", "%PDF").await;
        assert!(Request::new(&client, &CASES).decode_by_case(status).await.is_ok(), "{media_type}");
    }
    let client = client_of_response("application/pdf", "Content-Encoding: br\r\n", "x").await;
    unexpected_response(&Request::new(&client, &CASES).decode_by_case(status).await.unwrap_err());
}

/// If the document allows any file, a page or an error is a file only as an attachment.
#[tokio::test]
async fn a_wildcard_media_type_accepts_attachments() {
    let attachment = "Content-Disposition: attachment; filename=page.html\r\n";
    for operation in [&OPEN, &BYTES] {
        let get = async |client: Client| Request::new(&client, operation).download().await;
        unexpected_response(
            &get(client_of_response("text/html", "", PAGE).await).await.unwrap_err(),
        );
        unexpected_response(
            &get(client_of_response("application/json", "", PROBLEM).await).await.unwrap_err(),
        );
        unexpected_response(
            &get(client_of_response("application/json", attachment, PROBLEM).await)
                .await
                .unwrap_err(),
        );
        assert!(get(client_of_response("text/html", attachment, PAGE).await).await.is_ok());
        assert!(
            get(client_of_response("application/json", "", r#"{"id": 1}"#).await).await.is_ok()
        );
        assert!(get(client_of_response("image/png", "", "png").await).await.is_ok());
    }
}
