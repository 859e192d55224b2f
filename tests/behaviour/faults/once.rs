//! POSTs that meet faults: the server counts what it has acted on, by a marker in the body.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sailpoint_reports::types::{ReportDetails, SearchExportArguments};
use sailpoint_reports::{Client, Error, RetryPolicy};

use super::PATIENCE;
use super::chance::{ATTEMPTS, Cut, Ending, Then, dice, expected, play, seed, token};
use super::server::{Connection, Server};

/// How long a POST waits for a response whose server is silent.
const SILENCE: Duration = Duration::from_millis(500);

/// How many POSTs are under way at a time, on connections that are used again.
const TOGETHER: usize = 64;

/// What a POST meets.
#[derive(Debug, Clone, Copy)]
struct Meets {
    /// Whether the connection is reset as soon as the head is read.
    unread: bool,
    /// Whether the server acts on it, before anything else goes wrong.
    acts: bool,
    then: Then,
}

fn meets(seed: u64, post: usize, request: u32) -> Meets {
    let mut dice = dice(seed, post, request);
    let good = Meets { unread: false, acts: true, then: Then::Good };
    if dice.bool() {
        return good;
    }
    if dice.u32(..20) == 0 {
        return Meets { unread: true, acts: false, then: Then::Break(Cut::Reset) };
    }
    if dice.u32(..40) == 0 {
        return Meets { acts: dice.bool(), then: Then::Silence, ..good };
    }
    let then = Then::fault(&mut dice);
    let acts = match then {
        // These say that the request was not dealt with.
        Then::Status(401 | 404 | 429) => false,
        Then::Good | Then::GoodAndClose | Then::Garbled => true,
        Then::Status(_) | Then::Break(_) | Then::Silence => dice.bool(),
    };
    Meets { acts, then, ..good }
}

/// How often requests with each marker have come, and were acted on.
#[derive(Default)]
struct Book {
    seen: AtomicU32,
    acted: AtomicU32,
}

async fn serve(mut connection: Connection, seed: u64, book: Arc<Vec<Book>>) {
    while let Some(head) = connection.head().await {
        if head.line().starts_with("POST /oauth/token") {
            connection.body(&head).await;
            token(&mut connection).await;
            continue;
        }
        let post: usize = head.header("x-post").unwrap().parse().unwrap();
        let request = book[post].seen.fetch_add(1, Ordering::SeqCst);
        let met = meets(seed, post, request);
        if met.unread {
            return connection.reset();
        }
        let Some(body) = connection.body(&head).await else { return };
        // What is acted on is what the body says, whatever the header says.
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let marker: usize = body["arguments"]["query"].as_str().unwrap().parse().unwrap();
        if met.acts {
            book[marker].acted.fetch_add(1, Ordering::SeqCst);
        }
        if !play(&mut connection, met.then, &format!(r#"{{"id":"{marker}"}}"#)).await {
            return;
        }
    }
}

/// Sends one POST and returns its outcome.
async fn post(client: &Client, seed: u64, number: usize) -> Result<Option<String>, Error> {
    let marker = number.to_string();
    let details = ReportDetails::SearchExport(SearchExportArguments::new(&marker));
    let mut request = client.start_report(&details).with_header("x-post", &marker);
    // Only a POST whose server is silent has a short limit of time, so that a slow machine makes no
    // difference to the others.
    if expected(false, |request| meets(seed, number, request).then).0 == Ending::TimedOut {
        request = request.attempt_timeout(SILENCE);
    }
    Ok(request.await?.id)
}

/// Sends so many POSTs, and asserts for each what the server has done and what its error says.
async fn send_all(seed: u64, posts: usize) {
    let book: Arc<Vec<Book>> = Arc::new((0..posts).map(|_| Book::default()).collect());
    let kept = Arc::clone(&book);
    let server = Server::start(move |connection| serve(connection, seed, Arc::clone(&kept))).await;
    let client = Client::builder()
        .base_url(server.url())
        .client_credentials("id", "secret")
        .without_rate_limit()
        .attempt_timeout(4 * PATIENCE)
        .timeout(8 * PATIENCE)
        .retry(RetryPolicy::default().with_max_attempts(ATTEMPTS).with_base_delay(Duration::ZERO))
        .build()
        .unwrap();
    let workers: Vec<_> = (0..TOGETHER)
        .map(|worker| {
            let client = client.clone();
            tokio::spawn(async move {
                let mut outcomes = Vec::new();
                for number in (worker..posts).step_by(TOGETHER) {
                    outcomes.push((number, post(&client, seed, number).await));
                }
                outcomes
            })
        })
        .collect();
    let mut endings = BTreeMap::new();
    for worker in workers {
        for (number, outcome) in worker.await.expect("a POST that does not panic") {
            let ending = check(seed, number, &outcome, &book[number]);
            *endings.entry(ending).or_insert(0) += 1;
        }
    }
    let sum = |count: fn(&Book) -> &AtomicU32| -> u32 {
        book.iter().map(|one| count(one).load(Ordering::SeqCst)).sum()
    };
    println!("{posts} POSTs: {endings:?}");
    println!("{posts} POSTs: {} requests, {} acts", sum(|one| &one.seen), sum(|one| &one.acted));
}

/// Asserts what holds for one POST.
fn check(seed: u64, number: usize, outcome: &Result<Option<String>, Error>, book: &Book) -> String {
    let (seen, acted) = (book.seen.load(Ordering::SeqCst), book.acted.load(Ordering::SeqCst));
    let said = format!("POST {number}: {outcome:?}; seen {seen}, acted {acted}");
    assert!(acted <= 1, "acted on twice: {said}");
    match outcome {
        Ok(id) => {
            assert_eq!(acted, 1, "a success that is none: {said}");
            assert_eq!(id.as_deref(), Some(&*number.to_string()), "of another POST: {said}");
        }
        Err(error) if acted > 0 => {
            assert!(error.may_have_reached_server(), "it has acted: {said}");
        }
        Err(_) => {}
    }
    let (ending, requests) = expected(false, |request| meets(seed, number, request).then);
    let found = Ending::of(outcome);
    if found == Ending::Broken && seen < requests {
        // Its connection was closed after the response to another POST, while it was on its way.
        return "Broken, unread".to_owned();
    }
    assert_eq!(found, ending, "{said}");
    match ending {
        // Time may be over before the request is read.
        Ending::TimedOut => assert!(seen <= requests, "{said}"),
        _ => assert_eq!(seen, requests, "{said}"),
    }
    format!("{found:?}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_hundred_posts_are_acted_on_at_most_once() {
    send_all(seed("once"), 400).await;
}

#[ignore = "takes 10 s"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_thousand_posts_are_acted_on_at_most_once() {
    send_all(seed("once"), 8000).await;
}
