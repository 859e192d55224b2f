//! POSTs that encounter faults. The server counts how often each is carried out, by a marker in the
//! body.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sailpoint_reports::types::{ReportDetails, SearchExportArguments};
use sailpoint_reports::{Client, Error, RetryPolicy};

use super::CALL_TIMEOUT;
use super::random::{
    ATTEMPTS, Breakage, CallResult, Reaction, expected_result, perform, rng, seed, token,
};
use super::server::{Connection, Server};

/// The attempt timeout of POSTs whose server is silent.
const SILENCE: Duration = Duration::from_millis(500);

/// The number of concurrent POSTs, on reused connections.
const CONCURRENCY: usize = 64;

/// What a server does with a POST.
#[derive(Debug, Clone, Copy)]
struct ServerPlan {
    /// Whether the connection is reset as soon as the head is read.
    resets_after_head: bool,
    /// Whether the server carries out the request before the fault.
    carries_out: bool,
    reaction: Reaction,
}

fn plan_for(seed: u64, post: usize, request: u32) -> ServerPlan {
    let mut rng = rng(seed, post, request);
    let success =
        ServerPlan { resets_after_head: false, carries_out: true, reaction: Reaction::Respond };
    if rng.bool() {
        return success;
    }
    if rng.u32(..20) == 0 {
        return ServerPlan {
            resets_after_head: true,
            carries_out: false,
            reaction: Reaction::Break(Breakage::Reset),
        };
    }
    if rng.u32(..40) == 0 {
        return ServerPlan { carries_out: rng.bool(), reaction: Reaction::Silence, ..success };
    }
    let reaction = Reaction::fault(&mut rng);
    let carries_out = match reaction {
        // These mean that the request was not carried out.
        Reaction::Status(401 | 404 | 429) => false,
        Reaction::Respond | Reaction::RespondAndClose | Reaction::TruncatedJson => true,
        Reaction::Status(_) | Reaction::Break(_) | Reaction::Silence => rng.bool(),
    };
    ServerPlan { carries_out, reaction, ..success }
}

/// The number of requests with a marker that were received and carried out.
#[derive(Default)]
struct Counters {
    seen: AtomicU32,
    carried_out: AtomicU32,
}

async fn serve(mut connection: Connection, seed: u64, counters: Arc<Vec<Counters>>) {
    while let Some(head) = connection.head().await {
        if head.line().starts_with("POST /oauth/token") {
            connection.body(&head).await;
            token(&mut connection).await;
            continue;
        }
        let post: usize = head.header("x-post").unwrap().parse().unwrap();
        let request = counters[post].seen.fetch_add(1, Ordering::SeqCst);
        let plan = plan_for(seed, post, request);
        if plan.resets_after_head {
            return connection.reset();
        }
        let Some(body) = connection.body(&head).await else { return };
        // The marker in the body counts, not the one in the header.
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let marker: usize = body["arguments"]["query"].as_str().unwrap().parse().unwrap();
        if plan.carries_out {
            counters[marker].carried_out.fetch_add(1, Ordering::SeqCst);
        }
        if !perform(&mut connection, plan.reaction, &format!(r#"{{"id":"{marker}"}}"#)).await {
            return;
        }
    }
}

/// Sends one POST and returns its outcome.
async fn post(client: &Client, seed: u64, number: usize) -> Result<Option<String>, Error> {
    let marker = number.to_string();
    let details = ReportDetails::SearchExport(SearchExportArguments::new(&marker));
    let mut request = client.start_report(&details).with_header("x-post", &marker);
    // Only a POST whose server is silent has a short timeout, so that a slow machine does not
    // affect the others.
    if expected_result(false, |request| plan_for(seed, number, request).reaction).0
        == CallResult::TimedOut
    {
        request = request.attempt_timeout(SILENCE);
    }
    Ok(request.await?.id)
}

/// Sends POSTs, and checks for each the count of the server and the error.
async fn check_posts(seed: u64, posts: usize) {
    let counters: Arc<Vec<Counters>> = Arc::new((0..posts).map(|_| Counters::default()).collect());
    let kept = Arc::clone(&counters);
    let server = Server::start(move |connection| serve(connection, seed, Arc::clone(&kept))).await;
    let client = Client::builder()
        .base_url(server.url())
        .client_credentials("id", "secret")
        .without_rate_limit()
        .attempt_timeout(4 * CALL_TIMEOUT)
        .timeout(8 * CALL_TIMEOUT)
        .retry(RetryPolicy::default().with_max_attempts(ATTEMPTS).with_base_delay(Duration::ZERO))
        .build()
        .unwrap();
    let workers: Vec<_> = (0..CONCURRENCY)
        .map(|worker| {
            let client = client.clone();
            tokio::spawn(async move {
                let mut outcomes = Vec::new();
                for number in (worker..posts).step_by(CONCURRENCY) {
                    outcomes.push((number, post(&client, seed, number).await));
                }
                outcomes
            })
        })
        .collect();
    let mut results = BTreeMap::new();
    for worker in workers {
        for (number, outcome) in worker.await.expect("a POST that does not panic") {
            let name = check(seed, number, &outcome, &counters[number]);
            *results.entry(name).or_insert(0) += 1;
        }
    }
    let sum = |count: fn(&Counters) -> &AtomicU32| -> u32 {
        counters.iter().map(|one| count(one).load(Ordering::SeqCst)).sum()
    };
    println!("{posts} POSTs: {results:?}");
    println!(
        "{posts} POSTs: {} requests, {} carried out",
        sum(|one| &one.seen),
        sum(|one| &one.carried_out)
    );
}

/// Checks one POST, and returns the name of its result.
fn check(
    seed: u64,
    number: usize,
    outcome: &Result<Option<String>, Error>,
    counters: &Counters,
) -> String {
    let (seen, carried_out) =
        (counters.seen.load(Ordering::SeqCst), counters.carried_out.load(Ordering::SeqCst));
    let context = format!("POST {number}: {outcome:?}; seen {seen}, carried out {carried_out}");
    assert!(carried_out <= 1, "carried out twice: {context}");
    match outcome {
        Ok(id) => {
            assert_eq!(carried_out, 1, "a success that was not carried out: {context}");
            assert_eq!(id.as_deref(), Some(&*number.to_string()), "of another POST: {context}");
        }
        Err(error) if carried_out > 0 => {
            assert!(error.may_have_reached_server(), "it was carried out: {context}");
        }
        Err(_) => {}
    }
    let (ending, requests) =
        expected_result(false, |request| plan_for(seed, number, request).reaction);
    let result = CallResult::of(outcome);
    if result == CallResult::Broken && seen < requests {
        // Its connection was closed after the response to another POST, while it was being sent.
        return "Broken, unread".to_owned();
    }
    assert_eq!(result, ending, "{context}");
    match ending {
        // The timeout may end before the request is read.
        CallResult::TimedOut => assert!(seen <= requests, "{context}"),
        _ => assert_eq!(seen, requests, "{context}"),
    }
    format!("{result:?}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_hundred_posts_are_carried_out_at_most_once() {
    check_posts(seed("once"), 400).await;
}

#[ignore = "takes 10 s"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_thousand_posts_are_carried_out_at_most_once() {
    check_posts(seed("once"), 8000).await;
}
