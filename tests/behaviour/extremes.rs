//! Extreme durations and numbers: zero, one nanosecond, and the maximum of the type.
//!
//! With any setting, a call succeeds, fails or continues; it never panics.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use sailpoint_reports::types::FileFormat;
use sailpoint_reports::{
    AccessToken, Client, ClientBuilder, RateLimit, RetryPolicy, TokenFuture, TokenSource,
};
use tests::mock_tenant::{Fault, MockTenant, Operation};

use crate::setup::{any_report, builder, start, tenant};

const TIMES: [Duration; 3] = [Duration::ZERO, Duration::from_nanos(1), Duration::MAX];
const COUNTS: [u32; 3] = [0, 1, u32::MAX];
const SIZES: [usize; 3] = [0, 1, usize::MAX];

/// How long a call runs before it is dropped. By then it was sent and every limit was computed.
const WATCH_TIME: Duration = Duration::from_millis(150);

/// Runs a call for a short time. A panic in it fails the test.
async fn run_briefly<T>(call: impl IntoFuture<Output = T>) -> Option<T> {
    tokio::time::timeout(WATCH_TIME, call.into_future()).await.ok()
}

/// Sends requests whose responses trigger every computation of a client: success, the longest
/// `Retry-After`, an error that is retried, and a truncated file.
async fn use_client(tenant: &MockTenant, client: &Client, id: &str) {
    run_briefly(client.get_report_result(id)).await;
    let forever = u64::MAX.to_string();
    for fault in [
        Fault::rate_limited(&forever),
        Fault::rate_limited("0"),
        Fault::status(503),
        Fault::drop_connection(),
    ] {
        tenant.inject(Operation::GetReportResult, fault);
        run_briefly(client.get_report_result(id)).await;
        tenant.clear_faults();
    }
    tenant.inject(Operation::GetReport, Fault::cut_body(10));
    if let Some(Ok(file)) = run_briefly(client.get_report(id, FileFormat::Csv)).await {
        run_briefly(file.bytes(1 << 20)).await;
    }
    tenant.clear_faults();
}

/// A setter and its name, which `every_numeric_setter_is_tested` compares with the public API.
type Setter<T, V> = (&'static str, fn(T, V) -> T);

const CLIENT_TIMES: [Setter<ClientBuilder, Duration>; 6] = [
    ("ClientBuilder::connect_timeout", ClientBuilder::connect_timeout),
    ("ClientBuilder::attempt_timeout", ClientBuilder::attempt_timeout),
    ("ClientBuilder::timeout", ClientBuilder::timeout),
    ("ClientBuilder::idle_timeout", ClientBuilder::idle_timeout),
    ("ClientBuilder::max_shared_pause", ClientBuilder::max_shared_pause),
    ("RateLimit::new", |builder, time| {
        COUNTS
            .iter()
            .fold(builder, |builder, count| builder.rate_limit(RateLimit::new(*count, time)))
    }),
];

const CLIENT_SIZES: [Setter<ClientBuilder, usize>; 3] = [
    ("ClientBuilder::max_response_bytes", ClientBuilder::max_response_bytes),
    ("ClientBuilder::max_error_bytes", ClientBuilder::max_error_bytes),
    ("ClientBuilder::max_token_bytes", ClientBuilder::max_token_bytes),
];

const POLICY_TIMES: [Setter<RetryPolicy, Duration>; 3] = [
    ("RetryPolicy::with_base_delay", RetryPolicy::with_base_delay),
    ("RetryPolicy::with_max_delay", RetryPolicy::with_max_delay),
    ("RetryPolicy::with_max_wait", RetryPolicy::with_max_wait),
];

const POLICY_COUNTS: [Setter<RetryPolicy, u32>; 1] =
    [("RetryPolicy::with_max_attempts", RetryPolicy::with_max_attempts)];

/// Setters that the tests below call directly.
const TESTED_BELOW: [&str; 12] = [
    "AccessToken::with_expires_in",
    "Download::bytes",
    "Export::deadline",
    "Poller::deadline",
    "Poller::interval",
    "Poller::max_wait",
    "Poller::max_consecutive_errors",
    "Poller::max_consecutive_empty",
    "Request::attempt_timeout",
    "Request::timeout",
    // Setters of the mock, which only tests use.
    "ResponseTemplate::delay",
    "Expectation::times",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_setting_of_a_client_makes_it_panic() {
    let tenant = tenant().await;
    let id = start(&builder(&tenant).build().unwrap()).await;
    for (name, set) in CLIENT_TIMES {
        for time in TIMES {
            println!("{name} {time:?}");
            use_client(&tenant, &set(builder(&tenant), time).build().unwrap(), &id).await;
        }
    }
    for (name, set) in CLIENT_SIZES {
        for size in SIZES {
            println!("{name} {size}");
            use_client(&tenant, &set(builder(&tenant), size).build().unwrap(), &id).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_policy_makes_a_client_panic() {
    let tenant = tenant().await;
    let id = start(&builder(&tenant).build().unwrap()).await;
    let base = || RetryPolicy::default().with_base_delay(Duration::ZERO);
    let mut policies = Vec::new();
    for (name, set) in POLICY_TIMES {
        policies.extend(TIMES.map(|time| (name, set(base(), time))));
    }
    for (name, set) in POLICY_COUNTS {
        policies.extend(COUNTS.map(|count| (name, set(base(), count))));
    }
    let longest = POLICY_TIMES.iter().fold(base(), |policy, (_, set)| set(policy, Duration::MAX));
    policies.push(("all of them", longest.with_max_attempts(u32::MAX)));
    for (name, policy) in policies {
        println!("{name} {policy:?}");
        use_client(&tenant, &builder(&tenant).retry(policy).build().unwrap(), &id).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_setting_of_a_request_or_a_poller_makes_it_panic() {
    let tenant = tenant().await;
    let client = builder(&tenant).build().unwrap();
    let id = start(&client).await;
    tenant.set_report_duration(Duration::from_secs(600));
    for time in TIMES {
        run_briefly(client.get_report_result(&id).timeout(time)).await;
        run_briefly(client.get_report_result(&id).attempt_timeout(time)).await;
        run_briefly(client.get_report_result(&id).timeout(time).attempt_timeout(time)).await;
        let start = || client.start_report(&any_report());
        run_briefly(start().poll().interval(time, time)).await;
        run_briefly(start().poll().interval(Duration::MAX, time)).await;
        run_briefly(start().poll().max_wait(time)).await;
        run_briefly(start().poll().deadline(time)).await;
        run_briefly(start().poll().interval(time, time).max_wait(time).deadline(time)).await;
        let folder = tempfile::tempdir().unwrap();
        run_briefly(start().export([FileFormat::Csv]).deadline(time).save_in(folder.path())).await;
        for count in COUNTS {
            run_briefly(
                start()
                    .poll()
                    .interval(time, time)
                    .max_consecutive_errors(count)
                    .max_consecutive_empty(count),
            )
            .await;
        }
    }
    for size in SIZES {
        if let Some(Ok(file)) = run_briefly(client.get_report(&id, FileFormat::Csv)).await {
            run_briefly(file.bytes(size)).await;
        }
    }
}

/// A source of tokens with a fixed lifetime.
struct FixedLifetime(String, Duration);

impl TokenSource for FixedLifetime {
    fn token(&self) -> TokenFuture<'_> {
        let token = AccessToken::new(self.0.as_str()).with_expires_in(self.1);
        Box::pin(std::future::ready(Ok(token)))
    }
}

#[tokio::test]
async fn no_token_lifetime_makes_a_client_panic() {
    let tenant = tenant().await;
    for time in TIMES {
        let source = FixedLifetime(tenant.issue_token(), time);
        let client = builder(&tenant).token_source(source).build().unwrap();
        for _ in 0..2 {
            assert!(
                run_briefly(client.get_report_result("1")).await.is_some_and(|said| said.is_ok())
            );
        }
    }
}

/// Returns the name of a function with a duration or a number among its arguments:
/// `Poller::max_wait` for `Poller<S>::max_wait(mut self, limit: Duration) -> Self`.
fn numeric_setter(line: &str) -> Option<String> {
    let (head, rest) = line.split_once('(')?;
    let arguments = rest.rsplit_once(')').map_or(rest, |(arguments, _)| arguments);
    let arguments = arguments.split(") ->").next()?;
    let takes =
        |word: &str| arguments.split(", ").any(|one| one.trim_end_matches(')').ends_with(word));
    let is_setter = [": Duration", ": u32", ": u64", ": usize"].iter().any(|word| takes(word));
    let (owner, function) = head.rsplit_once("::")?;
    let owner = owner.split('<').next()?;
    let function = function.rsplit(' ').next()?;
    is_setter.then(|| format!("{owner}::{}", function.split('<').next().unwrap_or(function)))
}

/// A new setter of the public API that takes a duration or a number needs a row in these tables.
#[test]
fn every_numeric_setter_is_tested() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/public_api.snap");
    let api = std::fs::read_to_string(path).unwrap();
    let declared: BTreeSet<String> = api.lines().filter_map(numeric_setter).collect();
    let tables = CLIENT_TIMES.map(|one| one.0).into_iter().chain(CLIENT_SIZES.map(|one| one.0));
    let tables = tables.chain(POLICY_TIMES.map(|one| one.0)).chain(POLICY_COUNTS.map(|one| one.0));
    let covered: BTreeSet<String> = tables.chain(TESTED_BELOW).map(str::to_owned).collect();
    assert_eq!(declared, covered);
}
