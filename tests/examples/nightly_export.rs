//! A nightly job: all seven reports, at most three at a time, each saved as CSV and PDF.
//!
//! `cargo run -p tests --example nightly_export` runs it against a mock tenant that it starts. The
//! failure of one report does not stop the others; the exit code states whether all succeeded.

use std::process::ExitCode;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use sailpoint_reports::types::{
    AccountsArguments, FileFormat, IdentitiesArguments, IdentitiesDetailsArguments,
    IdentityProfileIdentityErrorArguments, OrphanIdentitiesArguments, ReportDetails,
    SearchExportArguments, UncorrelatedAccountsArguments,
};
use sailpoint_reports::{Client, IfExists};
use tests::mock_tenant::MockTenant;

/// The maximum number of reports that run at once.
const AT_ONCE: usize = 3;

fn reports() -> Vec<(&'static str, ReportDetails)> {
    let search = SearchExportArguments::new("*").with_indices(["identities"]);
    vec![
        ("accounts", ReportDetails::Accounts(AccountsArguments::new("2c918085", "HR"))),
        ("details", ReportDetails::IdentitiesDetails(IdentitiesDetailsArguments::new(true))),
        ("identities", ReportDetails::Identities(IdentitiesArguments::new())),
        (
            "errors",
            ReportDetails::IdentityProfileIdentityError(
                IdentityProfileIdentityErrorArguments::new("2c918085"),
            ),
        ),
        ("orphans", ReportDetails::OrphanIdentities(OrphanIdentitiesArguments::new())),
        ("search", ReportDetails::SearchExport(search)),
        ("uncorrelated", ReportDetails::UncorrelatedAccounts(UncorrelatedAccountsArguments::new())),
    ]
}

/// Returns the formats of a report. A search export is always CSV in a zip archive.
fn formats(details: &ReportDetails) -> Vec<FileFormat> {
    match details {
        ReportDetails::SearchExport(_) => vec![FileFormat::Csv],
        _ => vec![FileFormat::Csv, FileFormat::Pdf],
    }
}

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let tenant = MockTenant::builder().report_duration(Duration::from_millis(300)).start().await?;
    // With a real tenant: `Client::from_env()?`.
    let client = Client::builder()
        .base_url(tenant.base_url())
        .client_credentials(tenant.client_id(), tenant.client_secret())
        .build()?;
    let folder = std::env::temp_dir().join("nightly-export");
    let (client, folder) = (&client, folder.as_path());

    let exports = stream::iter(reports()).map(|(name, details)| async move {
        let export = client
            .start_report(&details)
            .export(formats(&details))
            .configure_poller(|poller| {
                let (shortest, longest) = (Duration::from_millis(100), Duration::from_secs(30));
                poller.interval(shortest, longest).deadline(Duration::from_secs(3600))
            })
            .if_exists(IfExists::Replace);
        (name, export.save_in(folder.join(name)).await)
    });
    let mut exports = exports.buffer_unordered(AT_ONCE);
    let mut exit = ExitCode::SUCCESS;
    while let Some((name, outcome)) = exports.next().await {
        match outcome {
            Ok(exported) => {
                println!("{name}: {} files of report {}", exported.files.len(), exported.id)
            }
            Err(error) => {
                exit = ExitCode::FAILURE;
                eprintln!("{name}: {error}");
            }
        }
    }
    Ok(exit)
}
