//! A search export, from the query to the CSV files on disk: start it, poll it, download it, unpack
//! it.
//!
//! A search export is a zip archive, also if CSV was requested. The content of an archive is
//! untrusted, so `unpack.rs` accepts only entries that can do no harm. `cargo run -p tests
//! --example search_export_unzipped` runs it against a mock tenant that it starts.

mod unpack;

use std::time::Duration;

use sailpoint_reports::types::{FileFormat, ReportDetails, SearchExportArguments};
use sailpoint_reports::{Client, FileKind, IfExists};
use tests::mock_tenant::MockTenant;

use unpack::{Limits, unpack};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tenant = MockTenant::builder().csv_size(200_000).start().await?;
    // With a real tenant: `Client::from_env()?`.
    let client = Client::builder()
        .base_url(tenant.base_url())
        .client_credentials(tenant.client_id(), tenant.client_secret())
        .build()?;
    let folder = std::env::temp_dir().join("search-export-unzipped");

    let search = SearchExportArguments::new("attributes.city:London").with_indices(["identities"]);
    let details = ReportDetails::SearchExport(search);
    let (shortest, longest) = (Duration::from_millis(100), Duration::from_secs(30));
    let report = client.start_report(&details).poll().interval(shortest, longest).await?;
    println!("report     {} with {} rows", report.id, report.state.rows.unwrap_or_default());

    let download = client.get_report(&report.id, FileFormat::Csv).await?;
    if download.kind() != FileKind::Zip {
        return Err(format!("no archive came but {:?}", download.kind()).into());
    }
    let archive = download.save_in(&folder).if_exists(IfExists::Replace).await?;
    println!("archive    {}", archive.file_name().unwrap_or_default().display());

    let target = folder.join(&report.id);
    if target.exists() {
        // Only a mock tenant issues the same ids in each run.
        std::fs::remove_dir_all(&target)?;
    }
    let limits = Limits { entries: 100, bytes: 10 << 30 };
    // Unpacking would block other tasks.
    let files = tokio::task::spawn_blocking(move || unpack(&archive, &target, &limits)).await??;
    for file in files {
        println!("unpacked   {}, {} bytes", file.display(), std::fs::metadata(&file)?.len());
    }
    Ok(())
}
