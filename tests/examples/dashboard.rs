//! A dashboard: several reports run at once, and each has a line that is kept up to date.
//!
//! `cargo run -p tests --example dashboard` runs it against a mock tenant that it starts. A poller
//! is a stream, so all pollers can be merged into one stream, without a task for each. If the
//! output is not a terminal, every change is a separate line.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::select_all;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use sailpoint_reports::types::{
    IdentitiesArguments, OrphanIdentitiesArguments, ReportDetails, ReportResults,
    SearchExportArguments,
};
use sailpoint_reports::{Client, PollStatus, PollUpdate};
use tests::mock_tenant::{Fault, MockTenant, Operation};

fn reports() -> [(&'static str, ReportDetails); 3] {
    let search = SearchExportArguments::new("*").with_indices(["identities"]);
    [
        ("identities", ReportDetails::Identities(IdentitiesArguments::new())),
        ("orphans", ReportDetails::OrphanIdentities(OrphanIdentitiesArguments::new())),
        ("search", ReportDetails::SearchExport(search)),
    ]
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let tenant = MockTenant::builder().report_duration(Duration::from_millis(1200)).start().await?;
    // One report starts later than the others, so that the lines differ.
    tenant.inject(Operation::StartReport, Fault::delay(Duration::from_millis(600)));
    // With a real tenant: `Client::from_env()?`.
    let client = Client::builder()
        .base_url(tenant.base_url())
        .client_credentials(tenant.client_id(), tenant.client_secret())
        .build()?;

    let screen = MultiProgress::with_draw_target(ProgressDrawTarget::stdout());
    let pollers = reports().map(|(name, details)| {
        let (shortest, longest) = (Duration::from_millis(200), Duration::from_secs(30));
        let poller = client.start_report(&details).poll().interval(shortest, longest);
        let line = Line::new(name, &screen);
        poller.map(move |polled| (line.clone(), polled))
    });
    let mut states = select_all(pollers);
    let mut exit = ExitCode::SUCCESS;
    while let Some((line, polled)) = states.next().await {
        match polled {
            Ok(polled) if polled.status == PollStatus::InProgress => line.change(&polled),
            Ok(polled) => {
                line.end(&polled);
                if polled.status != PollStatus::Succeeded {
                    exit = ExitCode::FAILURE;
                }
            }
            Err(error) => {
                line.fail(&error.to_string());
                exit = ExitCode::FAILURE;
            }
        }
    }
    Ok(exit)
}

/// The line of a report.
#[derive(Clone)]
enum Line {
    /// A line that is overwritten. Its clock continues between two states.
    Bar(ProgressBar),
    /// A new line for each state.
    Plain(&'static str),
}

impl Line {
    fn new(name: &'static str, screen: &MultiProgress) -> Self {
        if !std::io::stdout().is_terminal() {
            return Self::Plain(name);
        }
        let style = ProgressStyle::with_template("{spinner} {prefix:<12} {elapsed:>5}  {msg}");
        let bar = ProgressBar::new_spinner().with_prefix(name).with_message("starting");
        let bar =
            screen.add(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self::Bar(bar)
    }

    fn change(&self, polled: &PollUpdate<ReportResults>) {
        match self {
            Self::Bar(bar) => bar.set_message(text(&polled.state)),
            Self::Plain(name) => {
                let seconds = polled.elapsed.as_secs_f64();
                println!("{name:<12} {seconds:>4.1}s  {}", text(&polled.state));
            }
        }
    }

    fn end(&self, polled: &PollUpdate<ReportResults>) {
        match self {
            Self::Bar(bar) => bar.finish_with_message(text(&polled.state)),
            Self::Plain(_) => self.change(polled),
        }
    }

    fn fail(&self, error: &str) {
        match self {
            Self::Bar(bar) => bar.abandon_with_message(error.to_owned()),
            Self::Plain(name) => println!("{name:<12} {error}"),
        }
    }
}

/// Describes a state. Only a completed report has rows.
fn text(state: &ReportResults) -> String {
    let status = state.status.as_ref().map_or("running", |status| status.as_str());
    match state.rows {
        Some(rows) => format!("{status}, {rows} rows"),
        None => status.to_owned(),
    }
}
