//! Futures that are dropped at any point: what they held is free for other calls.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use fastrand::Rng;
use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{Client, Error, IfExists, RateLimit, RetryPolicy};
use tokio::runtime::Handle;

use super::random::{rng, seed, token};
use super::server::{Connection, Server, json};
use super::{CALL_TIMEOUT, in_time, wait_for_count};
use crate::setup::{HOUR, any_report, at_once, pass};

/// The number of concurrent futures.
const CONCURRENCY: usize = 200;

/// Serves a connection with random delays, and sometimes rejects a token.
async fn serve(mut connection: Connection, seed: u64, turn: Arc<AtomicUsize>) {
    while let Some(head) = connection.head().await {
        let mut rng = rng(seed, turn.fetch_add(1, Ordering::SeqCst), 0);
        moment(&mut rng).await;
        let Some(_) = connection.body(&head).await else { return };
        let sent = match head.line() {
            "POST /oauth/token" => token(&mut connection).await,
            line if !line.starts_with("POST /v3/reports/") && rng.u32(..20) == 0 => {
                let refusal = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
                connection.send(refusal.as_bytes()).await.is_some()
            }
            line if line.contains("fileFormat") => file(&mut connection, &mut rng).await,
            _ => {
                let status = if rng.bool() { "SUCCESS" } else { "PENDING" };
                let body = format!(r#"{{"id":"1","status":"{status}"}}"#);
                connection.send(&json(&body)).await.is_some()
            }
        };
        if !sent {
            return;
        }
    }
}

async fn file(connection: &mut Connection, rng: &mut Rng) -> bool {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/csv\r\nContent-Length: 80000\r\n\r\n";
    if connection.send(head.as_bytes()).await.is_none() {
        return false;
    }
    for _ in 0..8 {
        if connection.send(&[b'x'; 10_000]).await.is_none() {
            return false;
        }
        moment(rng).await;
    }
    true
}

async fn moment(rng: &mut Rng) {
    tokio::time::sleep(Duration::from_micros(rng.u64(..3000))).await;
}

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Returns a random call of a client. Its result does not matter.
fn call(client: &Client, rng: &mut Rng, folder: &Path) -> Call {
    let (client, folder) = (client.clone(), folder.to_owned());
    let tick = Duration::from_millis(1);
    match rng.u32(..6) {
        0 => Box::pin(async move { drop(client.start_report(&any_report()).await) }),
        1 => Box::pin(async move { drop(client.get_report_result("1").await) }),
        2 => Box::pin(async move {
            drop(client.start_report(&any_report()).poll().interval(tick, tick).await);
        }),
        3 => Box::pin(async move {
            if let Ok(file) = client.get_report("1", FileFormat::Csv).await {
                drop(file.bytes(1 << 20).await);
            }
        }),
        4 => Box::pin(async move {
            if let Ok(file) = client.get_report("1", FileFormat::Csv).await {
                drop(file.save_in(folder).if_exists(IfExists::Number).await);
            }
        }),
        _ => Box::pin(async move {
            let export = client.start_report(&any_report()).export([FileFormat::Csv]);
            let export = export.configure_poller(move |poller| poller.interval(tick, tick));
            drop(export.if_exists(IfExists::Number).save_in(folder).await);
        }),
    }
}

/// Drops a future after a random number of polls or a random time. Returns whether it was dropped.
async fn drop_early(call: Call, rng: &mut Rng) -> bool {
    if rng.bool() {
        let time = Duration::from_micros(rng.u64(..40_000));
        return tokio::time::timeout(time, call).await.is_err();
    }
    DropAfterPolls { call, left: rng.u32(..20) }.await
}

/// A future that gives up after a number of polls.
struct DropAfterPolls {
    call: Call,
    left: u32,
}

impl Future for DropAfterPolls {
    type Output = bool;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        if self.left == 0 {
            return Poll::Ready(true);
        }
        self.left -= 1;
        self.call.as_mut().poll(context).map(|()| false)
    }
}

/// Starts futures, drops them at random points, and asserts that the client still works.
async fn check_dropped_futures(seed: u64, futures: usize) {
    let turn = Arc::new(AtomicUsize::new(0));
    let server = Server::start(move |connection| serve(connection, seed, Arc::clone(&turn))).await;
    let folder = tempfile::tempdir().unwrap();
    let tasks = Handle::current().metrics().num_alive_tasks();
    let client = Client::builder()
        .base_url(server.url())
        .client_credentials("id", "secret")
        // Many wait for the rate limit, and are dropped while they do.
        .rate_limit(RateLimit::new(100, Duration::from_millis(50)))
        .retry(at_once(3))
        .attempt_timeout(CALL_TIMEOUT)
        .timeout(2 * CALL_TIMEOUT)
        .build()
        .unwrap();
    let workers: Vec<_> = (0..CONCURRENCY)
        .map(|worker| {
            let (client, folder) = (client.clone(), folder.path().to_owned());
            tokio::spawn(async move {
                let mut dropped = 0;
                for number in (worker..futures).step_by(CONCURRENCY) {
                    let mut rng = rng(seed, number, 1);
                    let call = call(&client, &mut rng, &folder);
                    dropped += usize::from(drop_early(call, &mut rng).await);
                }
                dropped
            })
        })
        .collect();
    let mut dropped = 0;
    for worker in workers {
        dropped += worker.await.expect("nothing panics");
    }
    println!("{futures} futures: {dropped} dropped, {} requests", server.requests());
    assert!(dropped > futures / 4 && dropped < futures, "{dropped} of {futures} were dropped");
    // Later calls authenticate, wait for the rate limit, and succeed.
    for _ in 0..20 {
        let started = in_time(client.start_report(&any_report())).await;
        assert!(started.is_ok() || is_refused_token(&started), "{started:?}");
    }
    drop(client);
    wait_for_count("connections that stay open", 0, || server.open()).await;
    let alive = || Handle::current().metrics().num_alive_tasks();
    wait_for_count("tasks that stay alive", tasks, alive).await;
    let names = || -> Vec<String> {
        let entries = std::fs::read_dir(folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    wait_for_count("files that are not whole", 0, || {
        names().iter().filter(|name| !name.starts_with("download")).count()
    })
    .await;
    for name in names() {
        let length = std::fs::metadata(folder.path().join(&name)).unwrap().len();
        assert_eq!(length, 80_000, "{name} is not whole");
    }
}

/// Whether the server rejected a token and its successor.
fn is_refused_token<T>(outcome: &Result<T, Error>) -> bool {
    outcome.as_ref().is_err_and(|error| error.status().is_some_and(|status| status == 401))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_hundred_dropped_futures_do_not_affect_other_calls() {
    check_dropped_futures(seed("dropped"), 600).await;
}

#[ignore = "takes some seconds"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_thousand_dropped_futures_do_not_affect_other_calls() {
    check_dropped_futures(seed("dropped"), 6000).await;
}

/// A call that is dropped while it waits does not count toward the rate limit.
#[tokio::test]
async fn a_call_dropped_while_rate_limited_uses_no_quota() {
    let server = Server::start(|mut connection| async move {
        while let Some(head) = connection.head().await {
            connection.body(&head).await;
            connection.send(&json(r#"{"id":"1"}"#)).await;
        }
    })
    .await;
    let client = Client::builder().base_url(server.url()).token("t").retry(RetryPolicy::none());
    let client = client.rate_limit(RateLimit::new(20, HOUR)).timeout(2 * HOUR).build().unwrap();
    let all = |number: usize| (0..number).map(|_| in_time(client.get_report_result("1").send()));
    for result in futures_util::future::join_all(all(20)).await {
        result.unwrap();
    }
    let waiting: Vec<_> =
        (0..200).map(|_| tokio::spawn(client.get_report_result("1").send())).collect();
    tokio::task::yield_now().await;
    for one in waiting {
        one.abort();
        assert!(one.await.unwrap_err().is_cancelled());
    }
    assert_eq!(server.requests(), 20);
    pass(HOUR).await;
    for result in futures_util::future::join_all(all(20)).await {
        result.unwrap();
    }
    assert_eq!(server.requests(), 40);
}

/// One call authenticates for all. If it is dropped, another one does.
#[tokio::test]
async fn a_call_dropped_while_authenticating_leaves_it_to_the_next() {
    let server = Server::start(|mut connection| async move {
        while let Some(head) = connection.head().await {
            connection.body(&head).await;
            if head.line() == "POST /oauth/token" {
                tokio::time::sleep(Duration::from_millis(20)).await;
                token(&mut connection).await;
            } else {
                connection.send(&json(r#"{"id":"1"}"#)).await;
            }
        }
    })
    .await;
    let tokens = || server.requests_to("POST /oauth/token");
    for _ in 0..20 {
        let client = Client::builder().base_url(server.url()).client_credentials("id", "secret");
        let client = client.without_rate_limit().timeout(CALL_TIMEOUT).build().unwrap();
        let before = tokens();
        let first = tokio::spawn(client.get_report_result("1").send());
        let call = || tokio::spawn(client.get_report_result("1").send());
        let others: Vec<_> = (0..10).map(|_| call()).collect();
        wait_for_count("requests for a token", before + 1, tokens).await;
        first.abort();
        for one in others {
            in_time(one).await.unwrap().unwrap();
        }
        assert!(tokens() <= before + 2, "one that was dropped, and one for all others");
    }
}
