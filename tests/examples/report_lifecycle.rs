//! The life cycle of a report: start it, poll it, download it, cancel another one.
//!
//! It runs against a mock tenant that it starts, so it needs no account: `cargo run -p tests
//! --example report_lifecycle`. With a real tenant, only the first lines differ:
//! `Client::from_env()` instead of the builder.

use std::time::Duration;

use sailpoint_reports::types::{
    FileFormat, IdentitiesArguments, ReportDetails, SearchExportArguments,
};
use sailpoint_reports::{Client, IfExists};
use tests::mock_tenant::MockTenant;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tenant = MockTenant::builder().report_duration(Duration::from_millis(600)).start().await?;
    let client = Client::builder()
        .base_url(tenant.base_url())
        .client_credentials(tenant.client_id(), tenant.client_secret())
        .build()?;

    let search = SearchExportArguments::new("attributes.city:London").with_indices(["identities"]);
    let task = client.start_report(&ReportDetails::SearchExport(search)).await?;
    let id = task.id.ok_or("a started report has an id")?;
    println!("started    {id} ({})", task.progress.value().map_or("", String::as_str));

    let result = loop {
        let result = client.get_report_result(&id).await?;
        match &result.status {
            Some(status) => println!("state      {status}"),
            None => println!("state      running"),
        }
        if result.status.is_some() {
            break result;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    };
    println!("rows       {}", result.rows.unwrap_or_default());

    let folder = std::env::temp_dir().join("report-lifecycle");
    std::fs::create_dir_all(&folder)?;
    let file = client.get_report(&id, FileFormat::Csv).name("People in London").await?;
    println!("file       {:?}, {} bytes", file.kind(), file.content_length().unwrap_or_default());
    let path = file.save_in(&folder).if_exists(IfExists::Replace).await?;
    println!("saved as   {}", path.file_name().unwrap_or_default().display());

    let other = ReportDetails::Identities(IdentitiesArguments::new().with_correlated_only(true));
    let other = client.start_report(&other).await?.id.ok_or("a started report has an id")?;
    client.cancel_report(&other).await?;
    let status = client.get_report_result(&other).await?.status;
    println!(
        "cancelled  {other}, which is now {}",
        status.map_or("unknown".to_owned(), |status| status.to_string())
    );

    match client.get_report("no-such-report", FileFormat::Pdf).await {
        Err(error) => println!("refused    {error}"),
        Ok(_) => return Err("there is no such report".into()),
    }
    Ok(())
}
