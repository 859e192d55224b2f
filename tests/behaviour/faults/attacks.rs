//! Attacks by servers that comply with HTTP.

use sailpoint_reports::Error;
use sailpoint_reports::types::FileFormat;

use super::server::{Action, Server};
use super::{client, expect_error, in_time};
use crate::setup::any_report;

/// Sends the head of a file that can be resumed, and its first bytes, truncated within a chunk.
fn partial_chunked(first: &str) -> Vec<Action> {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/csv\r\nETag: \"a\"";
    vec![Action::send(format!("{head}\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{first}"))]
}

/// Sends a partial response with some headers.
fn partial_response(headers: &str, bytes: &str) -> Vec<Action> {
    let head = "HTTP/1.1 206 Partial Content\r\nContent-Type: application/csv";
    let length = bytes.len();
    vec![Action::send(format!("{head}\r\n{headers}\r\nContent-Length: {length}\r\n\r\n{bytes}"))]
}

/// Returns the file that a client receives if it is truncated after `id,name\n1,one\n` and resumed
/// with `parts`.
async fn resumed_file(parts: Vec<Vec<Action>>) -> Result<String, Error> {
    let server =
        Server::with_scripts([vec![partial_chunked("id,name\n1,one\n")], parts].concat()).await;
    let file = in_time(client(server.url()).get_report("1", FileFormat::Csv)).await?;
    let bytes = in_time(file.bytes(1 << 20)).await?;
    Ok(String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn a_partial_response_is_appended_where_the_file_was_truncated() {
    let rest = partial_response("Content-Range: bytes 14-19/20\r\nETag: \"a\"", "2,two\n");
    assert_eq!(resumed_file(vec![rest]).await.unwrap(), "id,name\n1,one\n2,two\n");
}

/// A server may send less than requested (RFC 9110, section 15.3.7), and need not send the complete
/// length. Then the end of the part need not be the end of the file.
#[tokio::test]
async fn a_partial_response_of_unknown_length_is_not_the_end_of_a_file() {
    let some = partial_response("Content-Range: bytes 14-15/*\r\nETag: \"a\"", "2,");
    // An impossible end is no better.
    let much =
        partial_response("Content-Range: bytes 14-18446744073709551615/*\r\nETag: \"a\"", "2,");
    for parts in [vec![some; 3], vec![much; 3]] {
        let outcome = resumed_file(parts).await;
        assert!(outcome.is_err(), "a file that was cut is success: {outcome:?}");
    }
}

/// The parts start elsewhere, or belong to another file.
#[tokio::test]
async fn an_invalid_partial_response_is_not_appended() {
    for headers in [
        "Content-Range: bytes 13-18/20\r\nETag: \"a\"",
        "Content-Range: bytes 15-20/21\r\nETag: \"a\"",
        "Content-Range: bytes 14-19/20\r\nETag: \"b\"",
        "Content-Range: bytes 14-19/19\r\nETag: \"a\"",
        "Content-Range: bytes 14-13/20\r\nETag: \"a\"",
        "Content-Range: bytes */20\r\nETag: \"a\"",
        "Content-Range: lines 14-19/20\r\nETag: \"a\"",
        "Content-Type: multipart/byteranges; boundary=x\r\nETag: \"a\"",
        "Content-Range: bytes 14-19/20\r\nContent-Encoding: gzip\r\nETag: \"a\"",
        "Content-Range: bytes 14-19/20\r\nETag: \"a\"\r\nETag: \"b\"",
        "Content-Range: bytes 14-19/20\r\nContent-Range: bytes 0-5/20\r\nETag: \"a\"",
    ] {
        let outcome = resumed_file(vec![partial_response(headers, "2,two\n"); 3]).await;
        assert!(outcome.is_err(), "{headers:?}: {outcome:?}");
    }
}

/// Starts a server that sends a body as long as the client reads it, up to 256 MiB.
async fn endless_server(head: &'static str) -> Server {
    Server::start(move |mut connection| async move {
        if let Some(head) = connection.head().await {
            connection.body(&head).await;
        }
        connection.send(head.as_bytes()).await;
        for _ in 0..4096 {
            if connection.send(&[b' '; 64 << 10]).await.is_none() {
                break;
            }
        }
    })
    .await
}

#[tokio::test]
async fn endless_json_is_an_error_in_bounded_memory() {
    let server = endless_server("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{").await;
    let error = expect_error(client(server.url()).start_report(&any_report())).await;
    assert!(server.bytes_taken() < 200 << 20, "{} MiB: {error}", server.bytes_taken() >> 20);
}

#[tokio::test]
async fn an_endless_error_body_keeps_its_status() {
    let server =
        endless_server("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n").await;
    let error = expect_error(client(server.url()).start_report(&any_report())).await;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
    assert!(server.bytes_taken() < 64 << 20, "{} MiB", server.bytes_taken() >> 20);
    assert!(format!("{error:?}").len() < 1 << 20, "Debug prints a body of megabytes");
}
