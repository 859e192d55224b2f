//! Servers that send nothing, or almost nothing, against each timeout.

use std::time::Duration;

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Client, Error};

use super::server::{Action, Server, json};
use super::{SUCCESS_BODY, builder, expect_error, in_time, large_report};
use crate::setup::{HOUR, any_report, at_once};

const TIMEOUT: Duration = Duration::from_millis(300);

/// Asserts a timeout error with its limit and number of attempts.
#[track_caller]
fn assert_timed_out(error: &Error, limit: Duration, attempts: u32) {
    let Error::Timeout(timeout) = error else { panic!("not a timeout: {error:?}") };
    assert_eq!((timeout.limit(), timeout.attempts()), (limit, attempts), "{error:?}");
}

/// Returns scripts of servers that stall: before, within and after the head of a response.
fn stalled_responses() -> [Vec<Action>; 4] {
    let good = json(SUCCESS_BODY);
    let in_body = good.len() - 5;
    [0, 9, good.len() - SUCCESS_BODY.len(), in_body]
        .map(|sent| vec![Action::Send(good[..sent].to_vec()), Action::Silence])
}

#[tokio::test]
async fn silence_is_bounded_by_the_attempt_timeout() {
    for actions in stalled_responses() {
        let server = Server::with_script(actions).await;
        let client =
            builder(server.url()).attempt_timeout(TIMEOUT).retry(at_once(2)).build().unwrap();
        assert_timed_out(&expect_error(client.get_report_result("1")).await, TIMEOUT, 2);
        assert_eq!(server.requests(), 2);
        assert_timed_out(&expect_error(client.start_report(&any_report())).await, TIMEOUT, 1);
        assert_eq!(server.requests(), 3);
        super::wait_for_count("connections that nobody needs", 0, || server.open()).await;
    }
}

#[tokio::test]
async fn silence_is_bounded_by_the_timeout() {
    for actions in stalled_responses() {
        let server = Server::with_script(actions).await;
        let client = builder(server.url()).timeout(TIMEOUT).build().unwrap();
        assert_timed_out(&expect_error(client.get_report_result("1")).await, TIMEOUT, 1);
        assert_timed_out(&expect_error(client.start_report(&any_report())).await, TIMEOUT, 1);
        assert_eq!(server.requests(), 2);
    }
}

/// Slow bytes are not silence; the attempt timeout and the timeout still apply.
#[tokio::test]
async fn slow_bytes_are_bounded_by_the_attempt_timeout() {
    let drip = Action::Drip(json(SUCCESS_BODY), TIMEOUT / 4);
    let late = Action::send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    for actions in [vec![drip], vec![late, Action::Drip(vec![b' '; 100], TIMEOUT / 4)]] {
        let server = Server::with_script(actions).await;
        let client =
            builder(server.url()).attempt_timeout(TIMEOUT).retry(at_once(2)).build().unwrap();
        assert_timed_out(&expect_error(client.get_report_result("1")).await, TIMEOUT, 2);
        assert_timed_out(&expect_error(client.start_report(&any_report())).await, TIMEOUT, 1);
        assert_eq!(server.requests(), 3);
    }
}

/// A download has no timeout as long as bytes arrive.
#[tokio::test]
async fn slow_bytes_of_a_file_are_not_a_timeout() {
    let head = Action::send("HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\nid,name\n");
    let drip = Action::Drip(vec![b'x'; 56], Duration::from_millis(10));
    let server = Server::with_script(vec![head, drip]).await;
    let client = builder(server.url()).idle_timeout(5 * TIMEOUT).attempt_timeout(TIMEOUT).build();
    let file = in_time(client.unwrap().get_report("1", FileFormat::Csv)).await.unwrap();
    assert_eq!(in_time(file.bytes(64)).await.unwrap().len(), 64);
}

#[tokio::test]
async fn a_server_that_reads_nothing_is_bounded_by_the_attempt_timeout() {
    let server = Server::start(|connection| async move {
        tokio::time::sleep(HOUR).await;
        drop(connection);
    })
    .await;
    let client = builder(server.url()).attempt_timeout(TIMEOUT).build().unwrap();
    assert_timed_out(&expect_error(client.start_report(&large_report())).await, TIMEOUT, 1);
}

/// The timeout of an operation also covers its token request.
#[tokio::test]
async fn silence_while_authenticating_is_bounded_by_the_timeout() {
    for actions in stalled_responses() {
        let server = Server::with_script(actions).await;
        let client = Client::builder().base_url(server.url()).client_credentials("id", "secret");
        let client = client.without_rate_limit().timeout(TIMEOUT).build().unwrap();
        let error = expect_error(client.start_report(&any_report())).await;
        let Error::Timeout(timeout) = &error else { panic!("{error:?}") };
        assert_eq!(timeout.limit(), TIMEOUT);
        assert_eq!(timeout.authenticating(), Some(server.url().trim_start_matches("http://")));
        assert_eq!(server.requests_to("POST /v3"), 0, "nothing was started");
    }
}

#[tokio::test]
async fn an_unfinished_handshake_has_not_reached_the_server() {
    // Accepts the connection and does not respond to the `ClientHello`.
    let server = Server::start(|mut connection| async move { connection.silence().await }).await;
    let url = server.url().replace("http:", "https:");
    let client = builder(&url).connect_timeout(TIMEOUT).retry(at_once(2)).build().unwrap();
    let error = expect_error(client.start_report(&any_report())).await;
    super::assert_broken(&error, false);
    assert_eq!(server.connections(), 2);
}
