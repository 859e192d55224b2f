//! Metrics: the number of calls of each operation, their responses and their duration.
//!
//! `cargo run -p tests --example metrics` runs it against a mock tenant that it starts. Each call
//! of an operation is a span named `request`, which records each attempt, so a layer of `tracing`
//! can count them without a change to the program. A real program would export the numbers to its
//! collector.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sailpoint_reports::types::{FileFormat, IdentitiesArguments, ReportDetails};
use sailpoint_reports::{Client, IfExists};
use tests::mock_tenant::{Fault, MockTenant, Operation};
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The metrics of each operation, by its name.
#[derive(Clone, Default)]
struct Metrics(Arc<Mutex<BTreeMap<String, Row>>>);

#[derive(Default)]
struct Row {
    requests: u32,
    attempts: u32,
    /// The number of responses with each status, in all attempts.
    statuses: BTreeMap<u64, u32>,
    total: Duration,
    longest: Duration,
}

/// A call that is in progress, which is stored in its span.
struct Call {
    begun: Instant,
    operation: String,
    attempts: u32,
    statuses: Vec<u64>,
}

impl Visit for Call {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "operation" {
            self.operation = value.to_owned();
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "attempt" => self.attempts += 1,
            "http.response.status_code" => self.statuses.push(value),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Metrics {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut call =
            Call { begun: Instant::now(), operation: String::new(), attempts: 0, statuses: vec![] };
        attributes.record(&mut call);
        span.extensions_mut().insert(call);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(call) = span.extensions_mut().get_mut::<Call>() {
            values.record(call);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let call = context.span(&id).and_then(|span| span.extensions_mut().remove::<Call>());
        let Some(call) = call else { return };
        let took = call.begun.elapsed();
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let row = rows.entry(call.operation).or_default();
        row.requests += 1;
        row.attempts += call.attempts;
        row.total += took;
        row.longest = row.longest.max(took);
        for status in call.statuses {
            *row.statuses.entry(status).or_default() += 1;
        }
    }
}

impl Metrics {
    fn print(&self) {
        println!("operation        requests  attempts  mean ms  longest ms  statuses");
        for (operation, row) in &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            let mean = (row.total / row.requests.max(1)).as_millis();
            let (requests, attempts, longest) =
                (row.requests, row.attempts, row.longest.as_millis());
            let statuses = row.statuses.iter().map(|(status, count)| format!("{count} × {status}"));
            let statuses = statuses.collect::<Vec<_>>().join(", ");
            println!(
                "{operation:<16} {requests:>8}  {attempts:>8}  {mean:>7}  {longest:>10}  {statuses}"
            );
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let metrics = Metrics::default();
    let requests = filter_fn(|metadata| metadata.is_span() && metadata.name() == "request");
    tracing_subscriber::registry().with(metrics.clone().with_filter(requests)).try_init()?;

    let tenant = MockTenant::start().await?;
    // With a real tenant: `Client::from_env()?`.
    let client = Client::builder()
        .base_url(tenant.base_url())
        .client_credentials(tenant.client_id(), tenant.client_secret())
        .build()?;
    tenant.inject(Operation::StartReport, Fault::rate_limited("0"));
    tenant.inject(Operation::GetReport, Fault::status(503));

    let details = ReportDetails::Identities(IdentitiesArguments::new());
    let (shortest, longest) = (Duration::from_millis(80), Duration::from_secs(30));
    let exported = client
        .start_report(&details)
        .export([FileFormat::Csv, FileFormat::Pdf])
        .configure_poller(|poller| poller.interval(shortest, longest))
        .if_exists(IfExists::Replace)
        .save_in(std::env::temp_dir().join("metrics"))
        .await?;
    println!("{} files of report {}\n", exported.files.len(), exported.id);
    metrics.print();
    Ok(())
}
