//! Faults of the network: what becomes of a call when a server, or the way to it, fails.
//!
//! Each fault is made by a real socket. For each, the tests hold which error it is, whether the error
//! says that the server may have acted, how many requests the server has seen, and that the call
//! ends.

mod attacks;
mod body;
mod chance;
mod connection;
mod dropped;
mod head;
mod http2;
#[cfg(unix)]
mod kills;
mod load;
mod nesting;
mod once;
mod server;
mod silence;
mod tls;

use std::time::Duration;

use sailpoint_reports::types::{FileFormat, ReportDetails, SearchExportArguments};
use sailpoint_reports::{Client, ClientBuilder, Error};

use crate::setup::{any_report, at_once, line};
use server::{Act, Server};

/// The time within which each call of these tests ends, even on a machine that has much to do.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a server sends that has nothing to complain about.
const GOOD: &str = r#"{"id":"1","status":"SUCCESS"}"#;

/// A client with three attempts that follow each other at once.
fn builder(url: &str) -> ClientBuilder {
    let client = Client::builder().base_url(url).token("t").retry(at_once(3));
    client.without_rate_limit().attempt_timeout(PATIENCE).timeout(PATIENCE)
}

fn client(url: &str) -> Client {
    builder(url).build().unwrap()
}

/// A report whose request is larger than what the system buffers of a connection.
fn large_report() -> ReportDetails {
    ReportDetails::SearchExport(SearchExportArguments::new("x".repeat(64 << 20)))
}

/// Waits for a call, but not for ever.
async fn ends<T>(call: impl IntoFuture<Output = T>) -> T {
    tokio::time::timeout(2 * PATIENCE, call.into_future()).await.expect("a call that ends")
}

/// The error of a call that must fail, with a text of one line.
async fn fails<T: std::fmt::Debug>(call: impl IntoFuture<Output = Result<T, Error>>) -> Error {
    let error = ends(call).await.expect_err("a fault");
    assert!(line(&error).len() < 2000, "{error}");
    error
}

/// Asserts that the connection broke, and whether the server may have acted.
#[track_caller]
fn broke(error: &Error, reached: bool) {
    let Error::Connection(connection) = error else { panic!("not a connection: {error:?}") };
    assert_eq!(connection.may_have_reached_server(), reached, "{error:?}");
}

/// Asserts what holds for each fault that ends a connection after a request was read and before
/// its response was: a GET is sent again, a POST is not, and says that it may have acted.
async fn breaks_after_the_request(acts: Vec<Act>) {
    let server = Server::play(acts.clone()).await;
    let error = fails(client(server.url()).get_report_result("1")).await;
    broke(&error, true);
    assert_eq!(server.requests(), 3, "a GET is sent as often as the policy says: {acts:?}");
    let error = fails(client(server.url()).get_report("1", FileFormat::Csv)).await;
    broke(&error, true);
    assert_eq!(server.requests(), 6, "so is a download that has not begun: {acts:?}");
    let error = fails(client(server.url()).start_report(&any_report())).await;
    broke(&error, true);
    assert_eq!(server.requests(), 7, "a POST is sent once: {acts:?}");
    let server = Server::play_in_turn(vec![acts, vec![Act::Send(server::json(GOOD))]]).await;
    ends(client(server.url()).get_report_result("1")).await.unwrap();
    assert_eq!(server.requests(), 2, "a GET gets over it");
}

/// Waits until a count is what it should be.
async fn becomes(what: &str, wanted: usize, count: impl Fn() -> usize) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while count() != wanted {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    assert!(waited.await.is_ok(), "{what}: {} instead of {wanted}", count());
}
