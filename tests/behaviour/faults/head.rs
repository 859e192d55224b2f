//! Heads of responses that are truncated, invalid, or endless.

use sailpoint_reports::Error;
use std::time::Duration;

use super::server::{Action, Server, json};
use super::{
    SUCCESS_BODY, assert_breaks_after_request, assert_broken, builder, client, expect_error,
    in_time,
};
use crate::setup::{any_report, at_once, line};

/// More than the socket buffers of the system hold, and little enough for a test.
const MAX_BUFFERED_BYTES: u64 = 64 << 20;

#[tokio::test]
async fn a_truncated_head_is_a_broken_connection() {
    for head in ["H", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Le"] {
        assert_breaks_after_request(vec![Action::send(head), Action::Reset]).await;
        assert_breaks_after_request(vec![Action::send(head)]).await;
    }
}

#[tokio::test]
async fn bytes_that_are_not_http_are_a_broken_connection() {
    let noise: Vec<u8> =
        (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for garbage in [
        noise,
        b"\0\0\0\0\0\0\0\0".to_vec(),
        b"SSH-2.0-OpenSSH_9.9\r\n".to_vec(),
        b"220 mail.example ESMTP\r\n".to_vec(),
        // The alert of a TLS server on this port.
        b"\x15\x03\x01\x00\x02\x02\x46".to_vec(),
        b"HTTP/2.0 200 OK\r\n\r\n".to_vec(),
        b"HTTP/1.1 two hundred\r\n\r\n".to_vec(),
        b"HTTP/1.1 99 Low\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n".to_vec(),
    ] {
        assert_breaks_after_request(vec![Action::Send(garbage)]).await;
    }
}

/// HTTP/0.9 had no head, so any bytes would be the body.
#[tokio::test]
async fn a_body_without_a_head_is_not_a_response() {
    assert_breaks_after_request(vec![Action::send("id,name\n1,one\n")]).await;
    assert_breaks_after_request(vec![Action::send(SUCCESS_BODY)]).await;
}

#[tokio::test]
async fn two_lengths_that_differ_are_a_broken_connection() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 29\r\n\r\n";
    assert_breaks_after_request(vec![Action::send(format!("{head}{SUCCESS_BODY}"))]).await;
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 2, 29\r\n\r\n";
    assert_breaks_after_request(vec![Action::send(format!("{head}{SUCCESS_BODY}"))]).await;
}

#[tokio::test]
async fn endless_headers_are_an_error_in_bounded_memory() {
    for endless in ["X-More: and more\r\n", "x", " folded\r\n", "X\0: \u{1}\r\n"] {
        let start = Action::send("HTTP/1.1 200 OK\r\nX-First: ");
        let server =
            Server::with_script(vec![start, Action::Flood(endless.repeat(512).into())]).await;
        let error = expect_error(client(server.url()).start_report(&any_report())).await;
        assert_broken(&error, true);
        assert_eq!(server.requests(), 1);
        assert!(
            server.bytes_taken() < MAX_BUFFERED_BYTES,
            "{} bytes of {endless:?}",
            server.bytes_taken()
        );
    }
}

#[tokio::test]
async fn too_many_headers_are_an_error() {
    let headers = "X-More: x\r\n".repeat(5000);
    let head = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: 0\r\n\r\n");
    assert_breaks_after_request(vec![Action::send(head)]).await;
}

/// RFC 9110, section 15.2: a client must be able to parse interim responses, even if it expects none.
#[tokio::test]
async fn interim_responses_are_skipped() {
    let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    let response = [interim.repeat(50).into_bytes(), json(SUCCESS_BODY)].concat();
    let server = Server::with_script(vec![Action::Send(response)]).await;
    in_time(client(server.url()).start_report(&any_report())).await.unwrap();
    assert_eq!(server.requests(), 1);
}

/// Each interim response is short and valid; only time limits their number.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_interim_responses_are_bounded_by_the_attempt_timeout() {
    for interim in
        ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"]
    {
        let server = Server::with_script(vec![Action::Flood(interim.repeat(100).into())]).await;
        let limit = Duration::from_millis(500);
        let client =
            builder(server.url()).attempt_timeout(limit).retry(at_once(2)).build().unwrap();
        let error = expect_error(client.start_report(&any_report())).await;
        let Error::Timeout(timeout) = &error else { panic!("{error:?}") };
        assert_eq!((timeout.limit(), timeout.attempts()), (limit, 1));
        assert_eq!(server.requests(), 1);
        let error = expect_error(client.get_report_result("1")).await;
        assert!(matches!(error, Error::Timeout(_)), "{error:?}");
        assert_eq!(server.requests(), 3);
    }
}

/// The client did not request another protocol.
#[tokio::test]
async fn switching_protocols_is_not_a_success() {
    let head = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
    let server = Server::with_script(vec![Action::send(head), Action::Silence]).await;
    let limit = Duration::from_millis(500);
    let client = builder(server.url()).attempt_timeout(limit).build().unwrap();
    let error = expect_error(client.start_report(&any_report())).await;
    assert!(!matches!(error, Error::Config(_) | Error::Auth(_) | Error::Save(_)), "{error:?}");
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn the_reason_phrase_is_not_shown() {
    let reason = "y".repeat(100_000);
    let head = format!("HTTP/1.1 503 {reason}\r\nContent-Length: 0\r\n\r\n");
    let server = Server::with_script(vec![Action::send(head)]).await;
    let error = expect_error(client(server.url()).start_report(&any_report())).await;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    assert!(line(&error).len() < 300, "{error}");
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn an_unknown_status_is_an_error_of_the_server() {
    for status in [299, 499, 599, 999] {
        let head = format!("HTTP/1.1 {status} Odd\r\nContent-Length: 4\r\n\r\nhuh?");
        let server = Server::with_script(vec![Action::send(head)]).await;
        let error = expect_error(client(server.url()).start_report(&any_report())).await;
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{error:?}");
        assert_eq!(server.requests(), 1, "{status}");
    }
}
