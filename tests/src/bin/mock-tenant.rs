//! The mock tenant as a program, for manual use and for tests in other languages.
//!
//! It prints one line of JSON when it is ready, with its URL and credentials, and runs until
//! Ctrl-C.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use serde_json::json;
use tests::mock_tenant::{Builder, MockTenant};

/// Serves a mock SailPoint tenant with the reports operations on 127.0.0.1.
#[derive(Debug, Parser)]
#[command(name = "mock-tenant", version)]
struct Options {
    /// Port to listen on; 0 selects a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Duration of a report, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 200)]
    report_duration: u64,
    /// Lifetime of a token, in seconds.
    #[arg(long, value_name = "S", default_value_t = 720)]
    token_lifetime: u64,
    /// Exact size of CSV files.
    #[arg(long, value_name = "BYTES", default_value_t = 4096)]
    csv_size: u64,
    /// Send files with chunked encoding, without Content-Length.
    #[arg(long)]
    chunked: bool,
    /// Final status of reports.
    #[arg(long, value_name = "STATUS", default_value = "SUCCESS")]
    final_status: String,
    /// Client id to accept, instead of the default.
    #[arg(long, value_name = "ID", requires = "client_secret")]
    client_id: Option<String>,
    /// Client secret to accept.
    #[arg(long, value_name = "SECRET", requires = "client_id")]
    client_secret: Option<String>,
    /// Use TLS with a self-signed certificate, which is printed as certificatePem.
    #[arg(long)]
    tls: bool,
    /// Append every request to this file, as one line of JSON each.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let tenant = builder(Options::parse()).start().await?;
    announce(&tenant)?;
    tokio::signal::ctrl_c().await?;
    tenant.stop().await;
    Ok(())
}

fn builder(options: Options) -> Builder {
    let mut builder = MockTenant::builder()
        .port(options.port)
        .report_duration(Duration::from_millis(options.report_duration))
        .token_lifetime(Duration::from_secs(options.token_lifetime))
        .csv_size(options.csv_size)
        .chunked(options.chunked)
        .final_status(options.final_status)
        .tls(options.tls);
    if let Some((id, secret)) = options.client_id.zip(options.client_secret) {
        builder = builder.credentials(id, secret);
    }
    if let Some(path) = options.record {
        builder = builder.record(path);
    }
    builder
}

fn announce(tenant: &MockTenant) -> io::Result<()> {
    let mut line = json!({
        "baseUrl": tenant.base_url(),
        "clientId": tenant.client_id(),
        "clientSecret": tenant.client_secret(),
    });
    if let Some(certificate) = tenant.certificate_pem() {
        line["certificatePem"] = certificate.into();
    }
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    // Stdout may be a pipe, which is not line-buffered.
    stdout.flush()
}
