//! A job that can be resumed after a crash: it saves the id of the report before it waits.
//!
//! `cargo run -p tests --example resume_after_a_crash` performs both parts against a mock tenant
//! that it starts.

use std::path::Path;
use std::time::Duration;

use sailpoint_reports::types::{FileFormat, IdentitiesArguments, ReportDetails};
use sailpoint_reports::{Client, IfExists, WaitError};
use tests::mock_tenant::MockTenant;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tenant = MockTenant::builder().report_duration(Duration::from_millis(500)).start().await?;
    // With a real tenant: `Client::from_env()?`.
    let client = Client::builder()
        .base_url(tenant.base_url())
        .client_credentials(tenant.client_id(), tenant.client_secret())
        .build()?;
    let folder = std::env::temp_dir().join("resume-after-a-crash");
    std::fs::create_dir_all(&folder)?;
    let note = folder.join("report-id");

    // Before the crash: the report is started, and its id is saved.
    let details = ReportDetails::Identities(IdentitiesArguments::new());
    let id = client.start_report(&details).await?.id.ok_or("a started report has an id")?;
    std::fs::write(&note, &id)?;

    // After the crash: the id is sufficient.
    finish(&client, &note, &folder).await
}

async fn finish(
    client: &Client,
    note: &Path,
    folder: &Path,
) -> Result<(), Box<dyn std::error::Error>> {
    let id = std::fs::read_to_string(note)?;
    let poller = client.resume_start_report(&id).deadline(Duration::from_secs(3600));
    let done = match poller.await {
        Ok(done) => done,
        Err(error @ (WaitError::Failed { .. } | WaitError::Cancelled { .. })) => {
            // This result is final: the next run starts another report.
            std::fs::remove_file(note)?;
            return Err(error.into());
        }
        // The report may still be in progress: the next run resumes the wait.
        Err(error) => return Err(error.into()),
    };
    let file = client.get_report(&done.id, FileFormat::Csv).await?;
    let path = file.save_in(folder).if_exists(IfExists::Replace).await?;
    std::fs::remove_file(note)?;
    println!(
        "report {} with {} rows: {}",
        done.id,
        done.state.rows.unwrap_or_default(),
        path.display()
    );
    Ok(())
}
