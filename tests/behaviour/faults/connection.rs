//! Connections that cannot be established, and those that break before a response starts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sailpoint_reports::{Error, RetryPolicy};

use super::server::{Action, Head, Server, json};
use super::{
    SUCCESS_BODY, assert_breaks_after_request, assert_broken, builder, client, expect_error,
    in_time, large_report, wait_for_count,
};
use crate::raw::closed_port;
use crate::setup::{any_report, at_once, line};

#[tokio::test]
async fn a_refused_connection_has_not_reached_the_server() {
    let (_socket, url) = closed_port();
    for error in [
        expect_error(client(&url).get_report_result("1")).await,
        expect_error(client(&url).start_report(&any_report())).await,
    ] {
        assert_broken(&error, false);
        let Error::Connection(connection) = &error else { unreachable!() };
        assert_eq!(connection.attempts(), 3, "nothing can have happened twice");
        assert!(line(&error).contains("could not be reached"), "{error}");
    }
}

/// RFC 6761, section 6.4: no resolver knows a name under `.invalid`.
#[tokio::test]
async fn an_unknown_host_has_not_reached_the_server() {
    let client = client("https://no-such-host.invalid");
    for error in [
        expect_error(client.get_report_result("1")).await,
        expect_error(client.start_report(&any_report())).await,
    ] {
        assert_broken(&error, false);
        assert!(line(&error).to_lowercase().contains("dns"), "{error}");
        assert!(!line(&error).contains("Bearer"), "{error}");
    }
}

#[tokio::test]
async fn a_reset_instead_of_a_response_is_a_broken_connection() {
    assert_breaks_after_request(vec![Action::Reset]).await;
}

#[tokio::test]
async fn a_close_instead_of_a_response_is_a_broken_connection() {
    assert_breaks_after_request(vec![]).await;
}

/// The client cannot know how much of its request was read, so it assumes the worst.
#[tokio::test]
async fn a_reset_before_the_request_is_read_may_have_reached_the_server() {
    let server = Server::start(|mut connection| async move { connection.reset() }).await;
    let error = expect_error(client(server.url()).start_report(&any_report())).await;
    let Error::Connection(connection) = &error else { panic!("{error:?}") };
    assert_eq!(server.requests(), 0);
    let attempts = if connection.may_have_reached_server() { 1 } else { 3 };
    assert_eq!(connection.attempts(), attempts, "{error:?}");
    assert_eq!(server.connections(), attempts as usize);
}

#[tokio::test]
async fn a_partly_read_body_is_sent_once() {
    let server = Server::start(|mut connection| async move {
        if connection.head().await.is_some() {
            connection.read(5).await;
            connection.reset();
        }
    })
    .await;
    let error = expect_error(client(server.url()).start_report(&any_report())).await;
    assert_broken(&error, true);
    assert_eq!(server.requests(), 1);
}

/// A server may close a connection at any time between two requests. Only the policy may retry a
/// request that was written by then, not the HTTP client below.
#[tokio::test]
async fn a_post_on_a_closed_connection_is_sent_at_most_once() {
    let received = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&received);
    let server = Server::start(move |mut connection| {
        let received = Arc::clone(&counter);
        async move {
            let mut first = true;
            while let Some(head) = connection.head().await {
                connection.body(&head).await;
                received.fetch_add(1, Ordering::SeqCst);
                if !first {
                    // The second request is read, and then the connection is reset.
                    return connection.reset();
                }
                first = false;
                connection.send(&json(SUCCESS_BODY)).await;
            }
        }
    })
    .await;
    for policy in [RetryPolicy::default(), RetryPolicy::none()] {
        let client = builder(server.url()).retry(policy).build().unwrap();
        in_time(client.start_report(&any_report())).await.unwrap();
        let before = received.load(Ordering::SeqCst);
        let error = expect_error(client.start_report(&any_report())).await;
        assert_broken(&error, true);
        assert_eq!(received.load(Ordering::SeqCst), before + 1);
    }
}

/// Starts a server that closes an idle connection while the next request is written. It continues
/// to read, so that it counts each head that was sent, also those without a response. `delay` is
/// the time until it closes a connection. Requests are identified by the header `x-marker`.
async fn server_that_closes<F: Future<Output = ()> + Send + 'static>(
    delay: impl Fn(usize) -> F + Clone + Send + Sync + 'static,
) -> (Server, Arc<Mutex<BTreeMap<String, usize>>>) {
    let seen = Arc::new(Mutex::new(BTreeMap::new()));
    let (log, number) = (Arc::clone(&seen), Arc::new(AtomicUsize::new(0)));
    let server = Server::start(move |mut connection| {
        let (log, delay) = (Arc::clone(&log), delay.clone());
        let number = number.fetch_add(1, Ordering::SeqCst);
        async move {
            let record = |head: &Head| {
                let marker = head.header("x-marker").unwrap().to_owned();
                *log.lock().unwrap().entry(marker).or_insert(0) += 1;
            };
            let Some(head) = connection.head().await else { return };
            record(&head);
            connection.body(&head).await;
            connection.send(&json(SUCCESS_BODY)).await;
            delay(number).await;
            connection.end().await;
            while let Some(head) = connection.head().await {
                record(&head);
                connection.body(&head).await;
            }
        }
    })
    .await;
    (server, seen)
}

/// Repeats the race between a request and the close of its connection. In each case, no request is
/// sent twice, and a failed one was sent once.
#[tokio::test]
async fn no_request_is_written_twice_when_its_connection_closes() {
    const CALLS: usize = 300;
    // From no delay to long after the next request was written.
    let delay = |number: usize| tokio::time::sleep(Duration::from_micros(number as u64 * 7));
    let (server, seen) = server_that_closes(delay).await;
    let client = builder(server.url()).retry(RetryPolicy::none()).build().unwrap();
    let mut failed = 0;
    for number in 0..CALLS {
        let marker = number.to_string();
        let outcome = match number % 2 {
            0 => {
                in_time(client.get_report_result("1").with_header("x-marker", &marker)).await.err()
            }
            _ => {
                let report = any_report();
                in_time(client.start_report(&report).with_header("x-marker", &marker)).await.err()
            }
        };
        if let Some(error) = outcome {
            assert_broken(&error, true);
            failed += 1;
        }
    }
    // The last connections may not have recorded their requests yet.
    drop(client);
    wait_for_count("connections", 0, || server.open()).await;
    let seen = seen.lock().unwrap();
    println!("{failed} of {CALLS} calls lost the race");
    assert!(seen.values().all(|count| *count == 1), "{seen:?}");
}

/// The server closes a connection when the first byte of the next request arrives, and does not
/// respond. The request was written, so only the policy may retry it.
#[tokio::test]
async fn a_request_that_was_started_is_not_written_again() {
    let server = Server::start(|mut connection| async move {
        if let Some(head) = connection.head().await {
            connection.body(&head).await;
            connection.send(&json(SUCCESS_BODY)).await;
            connection.peek().await;
            connection.end().await;
            while connection.head().await.is_some() {}
        }
    })
    .await;
    for (policy, requests) in [(RetryPolicy::none(), 1), (at_once(3), 2)] {
        let client = builder(server.url()).retry(policy).build().unwrap();
        in_time(client.get_report_result("1")).await.unwrap();
        let before = server.requests();
        assert_broken(&expect_error(client.start_report(&any_report())).await, true);
        assert_eq!(server.requests() - before, 1, "a POST is sent once");
        // The first request of a new connection gets a response.
        in_time(client.get_report_result("1")).await.unwrap();
        let before = server.requests();
        let outcome = in_time(client.get_report_result("1")).await;
        assert_eq!(outcome.is_ok(), requests > 1, "{outcome:?}");
        assert_eq!(server.requests() - before, requests, "a GET as the policy says");
    }
}

/// Without retries a GET is not sent a second time either, not even by the HTTP client below.
#[tokio::test]
async fn without_retries_an_idle_connection_is_used_for_one_request() {
    let server = Server::start(|mut connection| async move {
        if let Some(head) = connection.head().await {
            connection.body(&head).await;
            connection.send(&json(SUCCESS_BODY)).await;
        }
        if connection.head().await.is_some() {
            connection.reset();
        }
    })
    .await;
    let client = builder(server.url()).retry(RetryPolicy::none()).build().unwrap();
    in_time(client.get_report_result("1")).await.unwrap();
    let error = expect_error(client.get_report_result("1")).await;
    assert_broken(&error, true);
    assert_eq!((server.requests(), server.connections()), (2, 1));
}

/// A response before the end of the request is the result: the server has decided.
#[tokio::test]
async fn a_response_before_the_request_body_was_read_is_the_result() {
    let refusal = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
    let server = Server::start(move |mut connection| async move {
        if connection.head().await.is_some() {
            connection.send(refusal.as_bytes()).await;
            connection.silence().await;
        }
    })
    .await;
    let error = expect_error(client(server.url()).start_report(&large_report())).await;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(413), "{error:?}");
    assert_eq!(server.requests(), 1);
}

/// The connection is reset while most of a large body is being written. Nobody has read it, but a
/// response may have been lost.
#[tokio::test]
async fn an_unread_large_body_is_sent_once() {
    let server = Server::start(|mut connection| async move {
        connection.head().await;
        connection.reset();
    })
    .await;
    let error = expect_error(client(server.url()).start_report(&large_report())).await;
    assert_broken(&error, true);
    assert_eq!(server.requests(), 1);
}
