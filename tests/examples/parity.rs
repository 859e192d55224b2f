//! The calls of `parity/sdk_requests.py`, in the same order, made with the crate.
//!
//! Base URL and credentials come from the environment, as for `Client::from_env`. Nothing is
//! printed: the tenant records the requests.

use std::error::Error;
use std::time::Duration;

use sailpoint_reports::Client;
use sailpoint_reports::types::{
    AccountsArguments, FileFormat, IdentitiesArguments, IdentitiesDetailsArguments,
    IdentityProfileIdentityErrorArguments, OrphanIdentitiesArguments, ReportDetails, ReportFormat,
    SearchExportArguments, SearchIndex, UncorrelatedAccountsArguments,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;

    let ids = start_all(&client).await?;
    let [first, .., last] = &ids[..] else { return Err("too few reports were started".into()) };
    client.cancel_report(last).await?;
    // The tenant's reports take one second, and only completed ones have files.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    client.get_report_result(first).await?;
    client.get_report_result(first).completed(true).await?;
    client.get_report_result(first).completed(false).await?;
    client.get_report_result("a/b c?d&e+f%g~ü").await?;
    client.get_report(first, FileFormat::Csv).await?;
    client.get_report(first, FileFormat::Pdf).await?;
    let csv = client.get_report(first, FileFormat::Csv);
    csv.name("Q3 & Q4 = 100% + für alle?").auditable(true).await?;
    client.get_report(first, FileFormat::Pdf).name("harbour").auditable(false).await?;

    // The SDK has two more ways to create a report. The crate has only this one.
    start_all(&client).await?;
    start_all(&client).await?;
    Ok(())
}

/// Starts a report of each type and returns their ids.
async fn start_all(client: &Client) -> Result<Vec<String>, Box<dyn Error>> {
    let mut ids = vec![];
    for report in reports() {
        ids.push(client.start_report(&report).await?.id.ok_or("the response has no id")?);
    }
    Ok(ids)
}

/// A report of each type, with the arguments of the examples in `spec/reports.yaml`.
fn reports() -> [ReportDetails; 7] {
    [
        ReportDetails::Accounts(AccountsArguments::new(
            "5b1d0c7e94f24a6d8e03b6f7a2c95d18",
            "Harbour HR",
        )),
        ReportDetails::IdentitiesDetails(IdentitiesDetailsArguments::new(false)),
        ReportDetails::Identities(IdentitiesArguments::new().with_correlated_only(true)),
        ReportDetails::IdentityProfileIdentityError(IdentityProfileIdentityErrorArguments::new(
            "c07f4e2b6a914d3f95d8e1b0467a3c2e",
        )),
        ReportDetails::OrphanIdentities(
            OrphanIdentitiesArguments::new().with_selected_formats([ReportFormat::Pdf]),
        ),
        ReportDetails::SearchExport(
            SearchExportArguments::new("attributes.department:Logistics AND inactive:false")
                .with_indices([SearchIndex::Identities])
                .with_columns("displayName,email,attributes.department,accounts.spread")
                .with_sort(["-created", "+displayName"]),
        ),
        ReportDetails::UncorrelatedAccounts(
            UncorrelatedAccountsArguments::new()
                .with_selected_formats([ReportFormat::Csv, ReportFormat::Pdf]),
        ),
    ]
}
