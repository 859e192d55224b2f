//! Servers that say nothing, or next to nothing, against each limit of time.

use std::time::Duration;

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Client, Error};

use super::server::{Act, Server, json};
use super::{GOOD, builder, ends, fails, large_report};
use crate::setup::{HOUR, any_report, at_once};

const SHORT: Duration = Duration::from_millis(300);

/// Asserts that a limit was reached after so many attempts.
#[track_caller]
fn timed_out(error: &Error, limit: Duration, attempts: u32) {
    let Error::Timeout(timeout) = error else { panic!("not a timeout: {error:?}") };
    assert_eq!((timeout.limit(), timeout.attempts()), (limit, attempts), "{error:?}");
}

/// What is left of a response when a server falls silent: before, in and after its head.
fn stopped() -> [Vec<Act>; 4] {
    let good = json(GOOD);
    let in_body = good.len() - 5;
    [0, 9, good.len() - GOOD.len(), in_body]
        .map(|sent| vec![Act::Send(good[..sent].to_vec()), Act::Silence])
}

#[tokio::test]
async fn silence_ends_with_the_time_of_the_attempt_wherever_it_begins() {
    for acts in stopped() {
        let server = Server::play(acts).await;
        let client =
            builder(server.url()).attempt_timeout(SHORT).retry(at_once(2)).build().unwrap();
        timed_out(&fails(client.get_report_result("1")).await, SHORT, 2);
        assert_eq!(server.requests(), 2);
        timed_out(&fails(client.start_report(&any_report())).await, SHORT, 1);
        assert_eq!(server.requests(), 3);
        super::becomes("connections that nobody needs", 0, || server.open()).await;
    }
}

#[tokio::test]
async fn silence_ends_with_the_time_of_the_operation_wherever_it_begins() {
    for acts in stopped() {
        let server = Server::play(acts).await;
        let client = builder(server.url()).timeout(SHORT).build().unwrap();
        timed_out(&fails(client.get_report_result("1")).await, SHORT, 1);
        timed_out(&fails(client.start_report(&any_report())).await, SHORT, 1);
        assert_eq!(server.requests(), 2);
    }
}

/// Bytes that come one by one are no silence; the limits of an attempt and of an operation hold
/// all the same.
#[tokio::test]
async fn one_byte_after_another_does_not_outlast_the_time_of_the_attempt() {
    let drip = Act::Drip(json(GOOD), SHORT / 4);
    let late = Act::send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    for acts in [vec![drip], vec![late, Act::Drip(vec![b' '; 100], SHORT / 4)]] {
        let server = Server::play(acts).await;
        let client =
            builder(server.url()).attempt_timeout(SHORT).retry(at_once(2)).build().unwrap();
        timed_out(&fails(client.get_report_result("1")).await, SHORT, 2);
        timed_out(&fails(client.start_report(&any_report())).await, SHORT, 1);
        assert_eq!(server.requests(), 3);
    }
}

/// A file may take as long as it wants, as long as something comes.
#[tokio::test]
async fn one_byte_after_another_is_a_file_that_takes_its_time() {
    let head = Act::send("HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\nid,name\n");
    let drip = Act::Drip(vec![b'x'; 56], Duration::from_millis(10));
    let server = Server::play(vec![head, drip]).await;
    let client = builder(server.url()).idle_timeout(5 * SHORT).attempt_timeout(SHORT).build();
    let file = ends(client.unwrap().get_report("1", FileFormat::Csv)).await.unwrap();
    assert_eq!(ends(file.bytes(64)).await.unwrap().len(), 64);
}

#[tokio::test]
async fn a_server_that_accepts_and_reads_nothing_ends_with_the_time_of_the_attempt() {
    let server = Server::start(|connection| async move {
        tokio::time::sleep(HOUR).await;
        drop(connection);
    })
    .await;
    let client = builder(server.url()).attempt_timeout(SHORT).build().unwrap();
    timed_out(&fails(client.start_report(&large_report())).await, SHORT, 1);
}

/// A token endpoint that says nothing is bounded as the operation is that needs the token.
#[tokio::test]
async fn silence_while_authenticating_ends_with_the_time_of_the_operation() {
    for acts in stopped() {
        let server = Server::play(acts).await;
        let client = Client::builder().base_url(server.url()).client_credentials("id", "secret");
        let client = client.without_rate_limit().timeout(SHORT).build().unwrap();
        let error = fails(client.start_report(&any_report())).await;
        let Error::Timeout(timeout) = &error else { panic!("{error:?}") };
        assert_eq!(timeout.limit(), SHORT);
        assert_eq!(timeout.authenticating(), Some(server.url().trim_start_matches("http://")));
        assert_eq!(server.requests_to("POST /v3"), 0, "nothing was started");
    }
}

#[tokio::test]
async fn a_handshake_that_does_not_end_has_reached_nobody() {
    // Accepts the connection and says nothing to the hello of TLS.
    let server = Server::start(|mut connection| async move { connection.silence().await }).await;
    let url = server.url().replace("http:", "https:");
    let client = builder(&url).connect_timeout(SHORT).retry(at_once(2)).build().unwrap();
    let error = fails(client.start_report(&any_report())).await;
    super::broke(&error, false);
    assert_eq!(server.connections(), 2);
}
