//! Thousands of calls at once of one client, of which some meet faults.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sailpoint_reports::{Client, RetryPolicy};
use tokio::runtime::Handle;
use tokio::sync::Barrier;

use super::chance::{ATTEMPTS, Cut, Ending, Then, dice, expected, play, seed, token};
use super::server::Server;
use super::{PATIENCE, becomes};
use crate::process::{is_child, run};

/// How long a call waits for a response whose server is silent.
const SILENCE: Duration = Duration::from_secs(2);

/// What is made of a number of calls: which faults they meet.
#[derive(Clone, Copy)]
struct Plan {
    seed: u64,
    calls: usize,
}

impl Plan {
    /// Whether all requests of a call are met by silence: one call in a hundred. Only such calls
    /// have a short limit of time, so that a slow machine makes no difference to the others.
    fn is_silent(self, call: usize) -> bool {
        dice(self.seed, call, u32::MAX).u32(..100) == 0
    }

    /// What a request of a call meets: a fault, five times in a hundred.
    fn meets(self, call: usize, request: u32) -> Then {
        let mut dice = dice(self.seed, call, request);
        match dice.u32(..100) {
            _ if self.is_silent(call) => Then::Silence,
            // A call whose connection was closed after that of another is none that can be foreseen.
            ..5 => match Then::fault(&mut dice) {
                Then::GoodAndClose => Then::Break(Cut::Close),
                fault => fault,
            },
            5.. => Then::Good,
        }
    }
}

/// How many requests each call has sent.
type Counts = Arc<Vec<AtomicU32>>;

/// A server that lets nobody pass until all calls are under way.
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
                let then = plan.meets(call, request);
                if request == 0 && then != Then::Silence {
                    all.wait().await;
                }
                if !play(&mut connection, then, &format!(r#"{{"id":"{id}"}}"#)).await {
                    return;
                }
            }
        }
    });
    (server.await, counts)
}

/// Makes all calls at once, and asserts that each ends as it must.
async fn call_all(url: &str, plan: Plan) {
    let client = Client::builder()
        .base_url(url)
        .client_credentials("id", "secret")
        .without_rate_limit()
        .connect_timeout(2 * PATIENCE)
        .attempt_timeout(8 * PATIENCE)
        .timeout(8 * PATIENCE)
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
    let mut endings = std::collections::BTreeMap::new();
    for (call, outcome) in calls.into_iter().enumerate() {
        let outcome = outcome.await.expect("a call that does not panic");
        let (ending, _) = expected(true, |request| plan.meets(call, request));
        assert_eq!(Ending::of(&outcome), ending, "call {call}: {outcome:?}");
        if let Ok(result) = outcome {
            assert_eq!(result.id, Some(call.to_string()), "the response to another call");
        }
        *endings.entry(format!("{ending:?}")).or_insert(0) += 1;
    }
    println!("{} calls: {endings:?}", plan.calls);
}

/// Asserts that the server has seen as many requests of each call as the policy allows.
fn assert_counts(plan: Plan, counts: &Counts) {
    let mut all = 0;
    for (call, count) in counts.iter().enumerate() {
        let (ending, requests) = expected(true, |request| plan.meets(call, request));
        let count = count.load(Ordering::SeqCst);
        all += count;
        match ending {
            // Time may be over before a request is read.
            Ending::TimedOut => assert!(count <= requests, "call {call}: {count} requests"),
            _ => assert_eq!(count, requests, "call {call}, which ends with {ending:?}"),
        }
    }
    println!("{} calls: {all} requests", plan.calls);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_calls_at_once_end_as_they_must_and_leave_nothing_behind() {
    let plan = Plan { seed: seed("load"), calls: 300 };
    let (server, counts) = server(plan).await;
    let before = Handle::current().metrics().num_alive_tasks();
    call_all(server.url(), plan).await;
    assert_counts(plan, &counts);
    becomes("connections that stay open", 0, || server.open()).await;
    let tasks = || Handle::current().metrics().num_alive_tasks();
    becomes("tasks that stay alive", before, tasks).await;
}

/// Each process has one half of the connections: together they are more than a process may have.
#[ignore = "takes 15 s, and 11,000 file descriptors in each of two processes"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_calls_at_once_end_as_they_must_and_leave_nothing_behind() {
    let name = "faults::load::ten_thousand_calls_at_once_end_as_they_must_and_leave_nothing_behind";
    let calls = 10_000;
    if is_child() {
        let before = (memory("VmRSS:"), descriptors(), Instant::now());
        let tasks = Handle::current().metrics().num_alive_tasks();
        let url = std::env::var("FAULT_SERVER").unwrap();
        call_all(&url, Plan { seed: seed("load"), calls }).await;
        becomes("tasks that stay alive", tasks, || Handle::current().metrics().num_alive_tasks())
            .await;
        assert_eq!(descriptors(), before.1, "connections, files and sockets that stay open");
        let grown = memory("VmHWM:").saturating_sub(before.0) / calls as u64;
        let time = before.2.elapsed().as_secs();
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
    becomes("connections that stay open", 0, || server.open()).await;
}

/// How many descriptors this process has open, where the system says so.
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// A line such as `VmHWM: 1234 kB` of what the kernel says of this process, in bytes.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
    line.trim_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().unwrap_or(0) * 1024
}
