//! Attacks on promises that others hold: servers that keep to the letter and mean harm.

use sailpoint_reports::Error;
use sailpoint_reports::types::FileFormat;

use super::server::{Act, Server};
use super::{client, ends, fails};
use crate::setup::any_report;

/// The head of a file whose rest can be fetched, and its first bytes, cut in the middle of a chunk.
fn begun(first: &str) -> Vec<Act> {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/csv\r\nETag: \"a\"";
    vec![Act::send(format!("{head}\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{first}"))]
}

/// A part of the file, with headers of its own.
fn part(headers: &str, bytes: &str) -> Vec<Act> {
    let head = "HTTP/1.1 206 Partial Content\r\nContent-Type: application/csv";
    let length = bytes.len();
    vec![Act::send(format!("{head}\r\n{headers}\r\nContent-Length: {length}\r\n\r\n{bytes}"))]
}

/// What a client makes of a file that is cut after `id,name\n1,one\n` and goes on so.
async fn continued(parts: Vec<Vec<Act>>) -> Result<String, Error> {
    let server = Server::play_in_turn([vec![begun("id,name\n1,one\n")], parts].concat()).await;
    let file = ends(client(server.url()).get_report("1", FileFormat::Csv)).await?;
    let bytes = ends(file.bytes(1 << 20)).await?;
    Ok(String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn the_rest_of_a_file_is_joined_where_it_broke_off() {
    let rest = part("Content-Range: bytes 14-19/20\r\nETag: \"a\"", "2,two\n");
    assert_eq!(continued(vec![rest]).await.unwrap(), "id,name\n1,one\n2,two\n");
}

/// A server may send less than it was asked for (RFC 9110, section 15.3.7), and need not say how much
/// there is. Then nothing says that the end of the part is that of the file.
#[tokio::test]
async fn a_part_of_a_file_of_unknown_length_is_not_its_end() {
    let some = part("Content-Range: bytes 14-15/*\r\nETag: \"a\"", "2,");
    // An end that no file can have is no better.
    let much = part("Content-Range: bytes 14-18446744073709551615/*\r\nETag: \"a\"", "2,");
    for parts in [vec![some; 3], vec![much; 3]] {
        let outcome = continued(parts).await;
        assert!(outcome.is_err(), "a file that was cut is success: {outcome:?}");
    }
}

/// Parts that do not begin where the file broke off, or are of something else.
#[tokio::test]
async fn a_part_that_does_not_fit_is_not_joined() {
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
        let outcome = continued(vec![part(headers, "2,two\n"); 3]).await;
        assert!(outcome.is_err(), "{headers:?}: {outcome:?}");
    }
}

/// A body that goes on for ever, as long as the client reads it; a quarter of a gigabyte is enough.
async fn endless(head: &'static str) -> Server {
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
async fn json_without_end_is_an_error_before_it_is_read() {
    let server = endless("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{").await;
    let error = fails(client(server.url()).start_report(&any_report())).await;
    assert!(server.taken() < 200 << 20, "{} MiB: {error}", server.taken() >> 20);
}

#[tokio::test]
async fn an_error_without_end_is_told_by_its_status() {
    let server = endless("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n").await;
    let error = fails(client(server.url()).start_report(&any_report())).await;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
    assert!(server.taken() < 64 << 20, "{} MiB", server.taken() >> 20);
    assert!(format!("{error:?}").len() < 1 << 20, "Debug prints a body of megabytes");
}
