//! Connections that cannot be made, and those that break before a response has begun.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sailpoint_reports::{Error, RetryPolicy};

use super::server::{Act, Head, Server, json};
use super::{
    GOOD, becomes, breaks_after_the_request, broke, builder, client, ends, fails, large_report,
};
use crate::raw::closed_port;
use crate::setup::{any_report, at_once, line};

#[tokio::test]
async fn a_connection_that_is_refused_has_reached_nobody() {
    let (_socket, url) = closed_port();
    for error in [
        fails(client(&url).get_report_result("1")).await,
        fails(client(&url).start_report(&any_report())).await,
    ] {
        broke(&error, false);
        let Error::Connection(connection) = &error else { unreachable!() };
        assert_eq!(connection.attempts(), 3, "nothing can have happened twice");
        assert!(line(&error).contains("could not be reached"), "{error}");
    }
}

/// RFC 6761, section 6.4: no resolver knows a name under `.invalid`.
#[tokio::test]
async fn a_host_that_no_resolver_knows_has_reached_nobody() {
    let client = client("https://no-such-host.invalid");
    for error in [
        fails(client.get_report_result("1")).await,
        fails(client.start_report(&any_report())).await,
    ] {
        broke(&error, false);
        assert!(line(&error).to_lowercase().contains("dns"), "{error}");
        assert!(!line(&error).contains("Bearer"), "{error}");
    }
}

#[tokio::test]
async fn a_reset_instead_of_a_response_is_a_broken_connection() {
    breaks_after_the_request(vec![Act::Reset]).await;
}

#[tokio::test]
async fn a_close_instead_of_a_response_is_a_broken_connection() {
    breaks_after_the_request(vec![]).await;
}

/// The client cannot know how much of its request has been read, so it takes the worse for true.
#[tokio::test]
async fn a_reset_before_the_request_is_read_may_have_reached_the_server() {
    let server = Server::start(|mut connection| async move { connection.reset() }).await;
    let error = fails(client(server.url()).start_report(&any_report())).await;
    let Error::Connection(connection) = &error else { panic!("{error:?}") };
    assert_eq!(server.requests(), 0);
    let attempts = if connection.may_have_reached_server() { 1 } else { 3 };
    assert_eq!(connection.attempts(), attempts, "{error:?}");
    assert_eq!(server.connections(), attempts as usize);
}

#[tokio::test]
async fn a_body_that_is_not_read_to_its_end_was_sent_once() {
    let server = Server::start(|mut connection| async move {
        if connection.head().await.is_some() {
            connection.read(5).await;
            connection.reset();
        }
    })
    .await;
    let error = fails(client(server.url()).start_report(&any_report())).await;
    broke(&error, true);
    assert_eq!(server.requests(), 1);
}

/// A server may close a connection at any time between two requests. A request that is on its way
/// by then is not sent again by anybody but the policy: the HTTP client must not do so on its own.
#[tokio::test]
async fn a_post_on_a_connection_that_is_closed_meanwhile_is_sent_at_most_once() {
    let acted = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&acted);
    let server = Server::start(move |mut connection| {
        let acted = Arc::clone(&counter);
        async move {
            let mut first = true;
            while let Some(head) = connection.head().await {
                connection.body(&head).await;
                acted.fetch_add(1, Ordering::SeqCst);
                if !first {
                    // The second request is read and acted on, and then the connection is gone.
                    return connection.reset();
                }
                first = false;
                connection.send(&json(GOOD)).await;
            }
        }
    })
    .await;
    for policy in [RetryPolicy::default(), RetryPolicy::none()] {
        let client = builder(server.url()).retry(policy).build().unwrap();
        ends(client.start_report(&any_report())).await.unwrap();
        let before = acted.load(Ordering::SeqCst);
        let error = fails(client.start_report(&any_report())).await;
        broke(&error, true);
        assert_eq!(acted.load(Ordering::SeqCst), before + 1);
    }
}

/// A server that closes a connection which it takes for idle, just as the next request is written. It
/// reads on, so that it counts each head that was on the wire, also those that it does not respond to.
/// `moment`: when it closes; a request is told by its marker.
async fn closing<F: Future<Output = ()> + Send + 'static>(
    moment: impl Fn(usize) -> F + Clone + Send + Sync + 'static,
) -> (Server, Arc<Mutex<BTreeMap<String, usize>>>) {
    let seen = Arc::new(Mutex::new(BTreeMap::new()));
    let (book, number) = (Arc::clone(&seen), Arc::new(AtomicUsize::new(0)));
    let server = Server::start(move |mut connection| {
        let (book, moment) = (Arc::clone(&book), moment.clone());
        let number = number.fetch_add(1, Ordering::SeqCst);
        async move {
            let note = |head: &Head| {
                let marker = head.header("x-marker").unwrap().to_owned();
                *book.lock().unwrap().entry(marker).or_insert(0) += 1;
            };
            let Some(head) = connection.head().await else { return };
            note(&head);
            connection.body(&head).await;
            connection.send(&json(GOOD)).await;
            moment(number).await;
            connection.end().await;
            while let Some(head) = connection.head().await {
                note(&head);
                connection.body(&head).await;
            }
        }
    })
    .await;
    (server, seen)
}

/// The race between a request and the end of its connection, many times over. Whoever loses it, no
/// request is on the wire twice, and one that fails was sent once.
#[tokio::test]
async fn no_request_is_written_twice_when_its_connection_ends_under_it() {
    const CALLS: usize = 300;
    // From at once up to long after the next request has been written.
    let moment = |number: usize| tokio::time::sleep(Duration::from_micros(number as u64 * 7));
    let (server, seen) = closing(moment).await;
    let client = builder(server.url()).retry(RetryPolicy::none()).build().unwrap();
    let mut failed = 0;
    for number in 0..CALLS {
        let marker = number.to_string();
        let outcome = match number % 2 {
            0 => ends(client.get_report_result("1").with_header("x-marker", &marker)).await.err(),
            _ => {
                let report = any_report();
                ends(client.start_report(&report).with_header("x-marker", &marker)).await.err()
            }
        };
        if let Some(error) = outcome {
            broke(&error, true);
            failed += 1;
        }
    }
    // What the last connections have read may still be on its way to the book.
    drop(client);
    becomes("connections", 0, || server.open()).await;
    let seen = seen.lock().unwrap();
    println!("{failed} of {CALLS} calls lost the race");
    assert!(seen.values().all(|count| *count == 1), "{seen:?}");
}

/// The server ends a connection when the first byte of the next request is there, and does not
/// respond to it: it was written, so nobody but the policy may write it again.
#[tokio::test]
async fn a_request_that_was_begun_is_not_written_again() {
    let server = Server::start(|mut connection| async move {
        if let Some(head) = connection.head().await {
            connection.body(&head).await;
            connection.send(&json(GOOD)).await;
            connection.peek().await;
            connection.end().await;
            while connection.head().await.is_some() {}
        }
    })
    .await;
    for (policy, requests) in [(RetryPolicy::none(), 1), (at_once(3), 2)] {
        let client = builder(server.url()).retry(policy).build().unwrap();
        ends(client.get_report_result("1")).await.unwrap();
        let before = server.requests();
        broke(&fails(client.start_report(&any_report())).await, true);
        assert_eq!(server.requests() - before, 1, "a POST is sent once");
        // A new connection has a response to its first request.
        ends(client.get_report_result("1")).await.unwrap();
        let before = server.requests();
        let outcome = ends(client.get_report_result("1")).await;
        assert_eq!(outcome.is_ok(), requests > 1, "{outcome:?}");
        assert_eq!(server.requests() - before, requests, "a GET as the policy says");
    }
}

/// With no policy a GET is not sent a second time either, not even by the HTTP client below.
#[tokio::test]
async fn no_policy_means_one_request_on_a_connection_that_was_kept() {
    let server = Server::start(|mut connection| async move {
        if let Some(head) = connection.head().await {
            connection.body(&head).await;
            connection.send(&json(GOOD)).await;
        }
        if connection.head().await.is_some() {
            connection.reset();
        }
    })
    .await;
    let client = builder(server.url()).retry(RetryPolicy::none()).build().unwrap();
    ends(client.get_report_result("1")).await.unwrap();
    let error = fails(client.get_report_result("1")).await;
    broke(&error, true);
    assert_eq!((server.requests(), server.connections()), (2, 1));
}

/// An outcome that comes before the request was read to its end counts: the server has decided.
#[tokio::test]
async fn a_response_before_the_body_was_read_is_the_response() {
    let refusal = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
    let server = Server::start(move |mut connection| async move {
        if connection.head().await.is_some() {
            connection.send(refusal.as_bytes()).await;
            connection.silence().await;
        }
    })
    .await;
    let error = fails(client(server.url()).start_report(&large_report())).await;
    assert_eq!(error.status().map(|status| status.as_u16()), Some(413), "{error:?}");
    assert_eq!(server.requests(), 1);
}

/// A connection that is closed where most of a large body is on its way: what was written by then
/// has been read by nobody, but a response may have been lost with it.
#[tokio::test]
async fn a_large_body_that_nobody_reads_was_sent_once() {
    let server = Server::start(|mut connection| async move {
        connection.head().await;
        connection.reset();
    })
    .await;
    let error = fails(client(server.url()).start_report(&large_report())).await;
    broke(&error, true);
    assert_eq!(server.requests(), 1);
}
