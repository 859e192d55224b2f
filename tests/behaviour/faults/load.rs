//! Thousands of concurrent calls of one client, some of which encounter faults.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sailpoint_reports::{Client, RetryPolicy};
use tokio::runtime::Handle;
use tokio::sync::Barrier;

use super::random::{
    ATTEMPTS, Breakage, CallResult, Reaction, expected_result, perform, rng, seed, token,
};
use super::server::Server;
use super::{CALL_TIMEOUT, wait_for_count};
use crate::memory::growth;
use crate::process::{is_child, run};

/// The attempt timeout of calls whose server is silent.
const SILENCE: Duration = Duration::from_secs(2);

/// The faults of a number of calls.
#[derive(Clone, Copy)]
struct Plan {
    seed: u64,
    calls: usize,
}

impl Plan {
    /// Whether all requests of a call get no response: one call in a hundred. Only such calls have
    /// a short timeout, so that a slow machine does not affect the others.
    fn is_silent(self, call: usize) -> bool {
        rng(self.seed, call, u32::MAX).u32(..100) == 0
    }

    /// Returns the reaction to a request of a call: a fault in five of a hundred cases.
    fn reaction_to(self, call: usize, request: u32) -> Reaction {
        let mut rng = rng(self.seed, call, request);
        match rng.u32(..100) {
            _ if self.is_silent(call) => Reaction::Silence,
            // A connection that is closed after another call would make the result unpredictable.
            ..5 => match Reaction::fault(&mut rng) {
                Reaction::RespondAndClose => Reaction::Break(Breakage::Close),
                fault => fault,
            },
            5.. => Reaction::Respond,
        }
    }
}

/// The number of requests of each call.
type Counts = Arc<Vec<AtomicU32>>;

/// Starts a server that responds to no call until all calls have started.
async fn server(plan: Plan) -> (Server, Counts) {
    let counts: Counts = Arc::new((0..plan.calls).map(|_| AtomicU32::new(0)).collect());
    let talking = (0..plan.calls).filter(|call| !plan.is_silent(*call)).count();
    let (seen, all) = (Arc::clone(&counts), Arc::new(Barrier::new(talking)));
    let server = Server::start(move |mut connection| {
        let (seen, all) = (Arc::clone(&seen), Arc::clone(&all));
        async move {
            while let Some(head) = connection.head().await {
                connection.body(&head).await;
                if head.line().starts_with("POST /oauth/token") {
                    token(&mut connection).await;
                    continue;
                }
                let id = head.line().split('/').nth(3).unwrap_or_default().to_owned();
                let call: usize = id.parse().unwrap();
                let request = seen[call].fetch_add(1, Ordering::SeqCst);
                let reaction = plan.reaction_to(call, request);
                if request == 0 && reaction != Reaction::Silence {
                    all.wait().await;
                }
                if !perform(&mut connection, reaction, &format!(r#"{{"id":"{id}"}}"#)).await {
                    return;
                }
            }
        }
    });
    (server.await, counts)
}

/// Makes all calls concurrently, and asserts the expected result of each.
async fn check_calls(url: &str, plan: Plan) {
    let client = Client::builder()
        .base_url(url)
        .client_credentials("id", "secret")
        .without_rate_limit()
        .connect_timeout(2 * CALL_TIMEOUT)
        .attempt_timeout(8 * CALL_TIMEOUT)
        .timeout(8 * CALL_TIMEOUT)
        .retry(RetryPolicy::default().with_max_attempts(ATTEMPTS).with_base_delay(Duration::ZERO))
        .build()
        .unwrap();
    let calls: Vec<_> = (0..plan.calls)
        .map(|call| {
            let mut request = client.get_report_result(&call.to_string());
            if plan.is_silent(call) {
                request = request.attempt_timeout(SILENCE);
            }
            tokio::spawn(request.into_future())
        })
        .collect();
    let mut results = std::collections::BTreeMap::new();
    for (call, outcome) in calls.into_iter().enumerate() {
        let outcome = outcome.await.expect("a call that does not panic");
        let (result, _) = expected_result(true, |request| plan.reaction_to(call, request));
        assert_eq!(CallResult::of(&outcome), result, "call {call}: {outcome:?}");
        if let Ok(result) = outcome {
            assert_eq!(result.id, Some(call.to_string()), "the response to another call");
        }
        *results.entry(format!("{result:?}")).or_insert(0) += 1;
    }
    println!("{} calls: {results:?}", plan.calls);
}

/// Asserts that the server has received the expected number of requests of each call.
fn assert_counts(plan: Plan, counts: &Counts) {
    let mut all = 0;
    for (call, count) in counts.iter().enumerate() {
        let (result, requests) = expected_result(true, |request| plan.reaction_to(call, request));
        let count = count.load(Ordering::SeqCst);
        all += count;
        match result {
            // The timeout may end before a request is read.
            CallResult::TimedOut => assert!(count <= requests, "call {call}: {count} requests"),
            _ => assert_eq!(count, requests, "call {call}, which ends with {result:?}"),
        }
    }
    println!("{} calls: {all} requests", plan.calls);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_concurrent_calls_end_as_expected_and_leak_nothing() {
    let plan = Plan { seed: seed("load"), calls: 300 };
    let (server, counts) = server(plan).await;
    let before = Handle::current().metrics().num_alive_tasks();
    check_calls(server.url(), plan).await;
    assert_counts(plan, &counts);
    wait_for_count("connections that stay open", 0, || server.open()).await;
    let tasks = || Handle::current().metrics().num_alive_tasks();
    wait_for_count("tasks that stay alive", before, tasks).await;
}

/// The connections need two processes: one has too few file descriptors for both ends.
#[ignore = "takes 15 s, and 11,000 file descriptors in each of two processes"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_concurrent_calls_end_as_expected_and_leak_nothing() {
    let name = "faults::load::ten_thousand_concurrent_calls_end_as_expected_and_leak_nothing";
    let calls = 10_000;
    if is_child() {
        let before = (descriptors(), Instant::now());
        let tasks = Handle::current().metrics().num_alive_tasks();
        let url = std::env::var("FAULT_SERVER").unwrap();
        let ((), grown) = growth(check_calls(&url, Plan { seed: seed("load"), calls })).await;
        wait_for_count("tasks that stay alive", tasks, || {
            Handle::current().metrics().num_alive_tasks()
        })
        .await;
        assert_eq!(descriptors(), before.0, "connections, files and sockets that stay open");
        let grown = grown / calls;
        let time = before.1.elapsed().as_secs();
        println!("{calls} calls: {} KiB of memory each, {time} s", grown / 1024);
        assert!(grown < 64 * 1024, "{grown} bytes for each call");
        return;
    }
    let plan = Plan { seed: seed("load"), calls };
    let (server, counts) = server(plan).await;
    let with = [("FAULT_SERVER", server.url().to_owned()), ("FAULT_SEED", plan.seed.to_string())];
    let child = tokio::task::spawn_blocking(move || {
        let with = with.each_ref().map(|(name, value)| (*name, value.as_str()));
        run(name, &[], &with)
    });
    print!("{}", child.await.unwrap());
    assert_counts(plan, &counts);
    wait_for_count("connections that stay open", 0, || server.open()).await;
}

/// Returns the number of open file descriptors of this process, if the system reports it.
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}
