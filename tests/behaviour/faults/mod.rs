//! Network faults: the results of calls when a server or its connection fails.
//!
//! Each fault is produced by a real socket. For each, the tests check the error, whether it reports
//! that the server may have acted, the number of requests, and that the call ends.

mod attacks;
mod body;
mod connection;
mod dropped;
mod head;
mod http2;
#[cfg(unix)]
mod kills;
mod load;
mod nesting;
mod once;
mod random;
mod server;
mod silence;
mod tls;

use std::time::Duration;

use sailpoint_reports::types::{FileFormat, ReportDetails, SearchExportArguments};
use sailpoint_reports::{Client, ClientBuilder, Error};

use crate::setup::{any_report, at_once, line};
use server::{Action, Server};

/// The time within which each call ends, even on a busy machine.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// The body of a successful response.
const SUCCESS_BODY: &str = r#"{"id":"1","status":"SUCCESS"}"#;

/// Returns the builder of a client with three attempts and no delay between them.
fn builder(url: &str) -> ClientBuilder {
    let client = Client::builder().base_url(url).token("t").retry(at_once(3));
    client.without_rate_limit().attempt_timeout(CALL_TIMEOUT).timeout(CALL_TIMEOUT)
}

fn client(url: &str) -> Client {
    builder(url).build().unwrap()
}

/// Returns a report whose request is larger than the socket buffers of the system.
fn large_report() -> ReportDetails {
    ReportDetails::SearchExport(SearchExportArguments::new("x".repeat(64 << 20)))
}

/// Waits for a call, with a timeout.
async fn in_time<T>(call: impl IntoFuture<Output = T>) -> T {
    tokio::time::timeout(2 * CALL_TIMEOUT, call.into_future()).await.expect("a call that ends")
}

/// Returns the error of a call that must fail, and checks that its message is one line.
async fn expect_error<T: std::fmt::Debug>(
    call: impl IntoFuture<Output = Result<T, Error>>,
) -> Error {
    let error = in_time(call).await.expect_err("a fault");
    assert!(line(&error).len() < 2000, "{error}");
    error
}

/// Asserts a connection error, and whether the server may have acted.
#[track_caller]
fn assert_broken(error: &Error, may_have_reached: bool) {
    let Error::Connection(connection) = error else { panic!("not a connection: {error:?}") };
    assert_eq!(connection.may_have_reached_server(), may_have_reached, "{error:?}");
}

/// Asserts the results of a fault that ends a connection after a request was read and before its
/// response was: a GET is retried; a POST is not, and its error reports that the server may have
/// acted.
async fn assert_breaks_after_request(actions: Vec<Action>) {
    let server = Server::with_script(actions.clone()).await;
    let error = expect_error(client(server.url()).get_report_result("1")).await;
    assert_broken(&error, true);
    assert_eq!(server.requests(), 3, "a GET is sent as often as the policy says: {actions:?}");
    let error = expect_error(client(server.url()).get_report("1", FileFormat::Csv)).await;
    assert_broken(&error, true);
    assert_eq!(server.requests(), 6, "so is a download that has not begun: {actions:?}");
    let error = expect_error(client(server.url()).start_report(&any_report())).await;
    assert_broken(&error, true);
    assert_eq!(server.requests(), 7, "a POST is sent once: {actions:?}");
    let server =
        Server::with_scripts(vec![actions, vec![Action::Send(server::json(SUCCESS_BODY))]]).await;
    in_time(client(server.url()).get_report_result("1")).await.unwrap();
    assert_eq!(server.requests(), 2, "a GET gets over it");
}

/// Waits until a count has the expected value.
async fn wait_for_count(what: &str, expected: usize, count: impl Fn() -> usize) {
    let waited = tokio::time::timeout(CALL_TIMEOUT, async {
        while count() != expected {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    assert!(waited.await.is_ok(), "{what}: {} instead of {expected}", count());
}
