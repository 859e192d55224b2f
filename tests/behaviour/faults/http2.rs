//! A server that closes an HTTP/2 connection with GOAWAY (RFC 9113, section 6.8), frame by frame.
//!
//! The frame contains the last stream that the server may have processed. A later request was not
//! processed and can be retried whatever its method; an earlier one may have been.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sailpoint_reports::{Client, Error, RetryPolicy};

use super::server::{Connection, Server};
use super::{assert_broken, expect_error};
use crate::setup::{any_report, at_once};
use crate::waiting::http2_acceptor;

const PREFACE: usize = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len();

/// Types of frames (RFC 9113, section 6).
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;

const NO_ERROR: u32 = 0;
const ENHANCE_YOUR_CALM: u32 = 11;

/// The stream of the first request of a connection.
const FIRST_STREAM: u32 = 1;

fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [length[1], length[2], length[3], kind, 0, 0, 0, 0, 0];
    [&head, payload].concat()
}

fn go_away(last: u32, reason: u32) -> Vec<u8> {
    frame(GOAWAY, &[last.to_be_bytes(), reason.to_be_bytes()].concat())
}

/// Reads frames up to the headers of the next request, and returns its stream.
async fn request(connection: &mut Connection) -> Option<u32> {
    loop {
        let head = connection.read(9).await?;
        let number = |bytes: &[u8]| bytes.iter().fold(0, |all, byte| all << 8 | u32::from(*byte));
        connection.read(usize::try_from(number(&head[..3])).unwrap()).await?;
        if head[3] == HEADERS {
            return Some(number(&head[5..9]));
        }
    }
}

/// Responds to the first request of a connection with GOAWAY, and closes the connection.
async fn serve(mut connection: Connection, last: u32, reason: u32, requests: Arc<AtomicUsize>) {
    if connection.read(PREFACE).await.is_none() {
        return;
    }
    connection.send(&frame(SETTINGS, &[])).await;
    if let Some(stream) = request(&mut connection).await {
        assert_eq!(stream, FIRST_STREAM);
        requests.fetch_add(1, Ordering::SeqCst);
        connection.send(&go_away(last, reason)).await;
        // A client that still writes must not make the system discard what was sent to it.
        connection.end().await;
        connection.silence().await;
    }
}

/// Sends a POST to a server that responds with this GOAWAY frame. Returns the error and the number
/// of requests.
async fn post(policy: RetryPolicy, last: u32, reason: u32) -> (Error, usize) {
    let (tls, certificate) = http2_acceptor();
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    let server = Server::start_encrypted(tls, move |connection| {
        serve(connection, last, reason, Arc::clone(&counted))
    })
    .await;
    let url = server.url().replace("127.0.0.1", "localhost");
    let client = Client::builder().base_url(url).token("t").root_certificate(certificate);
    let client = client.retry(policy).without_rate_limit().build().unwrap();
    let error = expect_error(client.start_report(&any_report())).await;
    (error, requests.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_post_after_the_last_stream_of_goaway_was_not_processed() {
    for (policy, expected) in [(RetryPolicy::none(), 1), (at_once(3), 3)] {
        let (error, requests) = post(policy, 0, NO_ERROR).await;
        assert_broken(&error, false);
        assert!(error.is_retryable(), "{error:?}");
        assert_eq!(
            requests, expected,
            "it is sent as often as the policy says, and by nobody else"
        );
        let Error::Connection(connection) = &error else { unreachable!() };
        assert_eq!(connection.attempts() as usize, expected);
    }
}

#[tokio::test]
async fn a_post_up_to_the_last_stream_of_goaway_may_have_been_processed() {
    for (last, reason) in [
        (FIRST_STREAM, NO_ERROR),
        // The announcement of a graceful shutdown.
        (u32::MAX >> 1, NO_ERROR),
        (FIRST_STREAM, ENHANCE_YOUR_CALM),
    ] {
        let (error, requests) = post(at_once(3), last, reason).await;
        assert_broken(&error, true);
        assert_eq!(requests, 1, "last {last}, reason {reason}: {error:?}");
    }
}

/// A connection error does not prove that a request was not processed. In any case, the request is
/// not sent more often than the policy allows.
#[tokio::test]
async fn goaway_with_an_error_does_not_retry_a_post() {
    let (error, requests) = post(RetryPolicy::none(), 0, ENHANCE_YOUR_CALM).await;
    assert!(matches!(error, Error::Connection(_)), "{error:?}");
    assert_eq!(requests, 1);
}
